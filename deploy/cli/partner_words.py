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
    "notice_added_webhook": (
        "{partner} is told from now on (number {number}). Hand the secret over safely: it is shown only now; each call is signed with it.",
        "{partner} diberi tahu mulai sekarang (nomor {number}). Serahkan rahasia ini dengan aman: hanya tampil sekali; setiap panggilan ditandatangani.",
    ),
    "notice_added_mail": ("{partner} is told by mail from now on (number {number}).", "{partner} diberi tahu lewat surel mulai sekarang (nomor {number})."),
    "notice_removed": ("Number {number} is told nothing any more.", "Nomor {number} tidak diberi tahu lagi."),
    "notice_resumed": ("Number {number} is tried again.", "Nomor {number} dicoba lagi."),
    "notice_nothing": ("There is no number {number}.", "Tidak ada nomor {number}."),
    "notice_number": ("Number", "Nomor"),
    "notice_partner": ("Partner", "Mitra"),
    "notice_channel": ("By", "Lewat"),
    "notice_address": ("Address", "Alamat"),
    "notice_state": ("State", "Keadaan"),
    "notice_told_at": ("Last told", "Terakhir diberi tahu"),
    "notice_last_error": ("Last error", "Kesalahan terakhir"),
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
    "Tell partners what was rejected, is a conflict or is held, by webhook or mail.": (
        "Memberi tahu mitra apa yang ditolak, bertentangan, atau tertunda, lewat webhook atau surel."
    ),
    "Tell a partner from now on; a webhook's secret is shown this once.": "Memberi tahu mitra mulai sekarang; rahasia webhook tampil sekali ini saja.",
    "List where partners are told, and how that goes.": "Mendaftar ke mana mitra diberi tahu, dan bagaimana jalannya.",
    "Tell nothing to this address any more (exit code 1 if there is none).": "Tidak memberi tahu alamat ini lagi (kode keluar 1 jika tidak ada).",
    "Try an address again at once, from where it stopped: nothing is missed (exit code 1 if there is none).": (
        "Mencoba lagi sebuah alamat seketika, dari tempat berhentinya: tidak ada yang terlewat (kode keluar 1 jika tidak ada)."
    ),
    "The number that `salur partner notify list` shows.": "Nomor yang ditampilkan `salur partner notify list`.",
    "An https address that is called, signed.": "Alamat https yang dipanggil, dengan tanda tangan.",
    "A mail address.": "Alamat surel.",
    "The language that the partner is told in.": "Bahasa pemberitahuannya.",
    "At most so often; what comes in between is bundled.": "Paling sering sekian; yang datang di antaranya digabung.",
    "Allow an address that only this network or this machine can reach.": "Mengizinkan alamat yang hanya terjangkau dari jaringan atau mesin ini.",
    "The token's prefix, or the partner's code with --all.": "Awalan token, atau kode mitra dengan --all.",
    "Every token of the holder.": "Semua token pemegangnya.",
    "The last day it is good for (UTC), or for how many days.": "Hari terakhir berlakunya (UTC), atau berapa hari berlakunya.",
    "What it allows: publish or read; both by default.": "Yang diizinkan: publish atau read; bawaannya keduanya.",
}
