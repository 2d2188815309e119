"""The words of `salur partner`, in English and Indonesian."""

from collections.abc import Mapping
from typing import Final

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "partner_added": ("{partner} may be given tokens now: salur partner token {partner}", "{partner} kini dapat diberi token: salur partner token {partner}"),
    "partner_known": ("{partner} was added before.", "{partner} sudah ditambahkan sebelumnya."),
    "token_once": (
        "Hand it over safely: it is shown only now. Send it as the header Authorization: Bearer …, never in an address.",
        "Serahkan dengan aman: token hanya tampil sekali ini. Kirim sebagai header Authorization: Bearer …, jangan pernah di alamat.",
    ),
    "tokens_revoked": ("{count} tokens revoked.", "{count} token dicabut."),
    "prefix": ("Token", "Token"),
    "scopes": ("Allows", "Mengizinkan"),
    "created_at": ("Made", "Dibuat"),
    "expires_at": ("Expires", "Kedaluwarsa"),
    "revoked_at": ("Revoked", "Dicabut"),
}

HELP: Final[Mapping[str, str]] = {
    "Let partners send to the HTTP intake: add them, make tokens, revoke them.": (
        "Membuka penerimaan HTTP bagi mitra: menambahkan mitra, membuat token, mencabutnya."
    ),
    "Let a registered partner send to the HTTP intake.": "Mengizinkan mitra terdaftar mengirim ke penerimaan HTTP.",
    "Make a token for a partner, and show it this once.": "Membuat token bagi mitra dan menampilkannya sekali ini saja.",
    "Revoke a token at once, or all of a partner (exit code 1 if there was none in force).": (
        "Mencabut sebuah token seketika, atau semua token mitra (kode keluar 1 jika tidak ada yang berlaku)."
    ),
    "List the partners that were let in and their tokens; the tokens themselves are not kept.": (
        "Mendaftar mitra yang diizinkan dan tokennya; tokennya sendiri tidak disimpan."
    ),
    "The partner's code.": "Kode mitra.",
    "The token's prefix, or the partner's code with --all.": "Awalan token, atau kode mitra dengan --all.",
    "Every token of the holder.": "Semua token pemegangnya.",
    "The last day it is good for (UTC), or for how many days.": "Hari terakhir berlakunya (UTC), atau berapa hari berlakunya.",
    "What it allows: publish or read; both by default.": "Yang diizinkan: publish atau read; bawaannya keduanya.",
}
