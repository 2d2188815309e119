"""The words of `salur auditor` and `salur readlog`, in English and Indonesian."""

from collections.abc import Mapping
from typing import Final

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "auditor": ("Auditor", "Pemeriksa"),
    "auditor_added": ("{auditor} may be given tokens now: salur auditor token {auditor}", "{auditor} kini dapat diberi token: salur auditor token {auditor}"),
    "auditor_known": ("{auditor} was added before.", "{auditor} sudah ditambahkan sebelumnya."),
    "auditor_token_once": (
        "Hand it over safely: it is shown only now. Programs send it as Authorization: Bearer …; in a browser it is the password, with any name.",
        "Serahkan dengan aman: token hanya tampil sekali ini. Kirim sebagai Authorization: Bearer …; di peramban, sebagai kata sandi dengan nama apa pun.",
    ),
    "read_at": ("At", "Waktu"),
    "read_reader": ("Reader", "Pembaca"),
    "read_channel": ("By", "Lewat"),
    "read_what": ("What", "Yang dibaca"),
    "read_question": ("Question", "Pertanyaan"),
    "read_as_of_booking": ("As of", "Per"),
    "read_rows": ("Rows", "Baris"),
    "read_answer": ("Answer", "Jawaban"),
    "reads_hold": (
        "Everything holds: {lines} lines. The last, to be kept elsewhere: {last}",
        "Semuanya cocok: {lines} baris. Baris terakhir, untuk disimpan di tempat lain: {last}",
    ),
    "reads_touched": ("Somebody touched the read log: {flaw}", "Log pembacaan telah diubah: {flaw}"),
    "reads_last_good": ("The last good line: {last}", "Baris baik terakhir: {last}"),
}

REMARKS: Final[Mapping[str, str]] = {
    "{name} may not be given tokens yet": "{name} belum boleh diberi token",
    "let it in with `salur auditor add {name}`": "izinkan dengan `salur auditor add {name}`",
    "{name} is no name of an auditor": "{name} bukan nama pemeriksa",
    "write small letters, digits and hyphens, such as bpk-ri": "tulis huruf kecil, angka, dan tanda hubung, misalnya bpk-ri",
    "auditors look at figures and send nothing; partners send and see what is theirs": (
        "pemeriksa melihat angka dan tidak mengirim apa pun; mitra mengirim dan melihat miliknya sendiri"
    ),
    "give each a token of its own": "beri masing-masing token sendiri",
    "--last goes with --verify": "--last dipakai bersama --verify",
    "write salur readlog --verify --last NUMBER:HASH": "tulis salur readlog --verify --last NOMOR:HASH",
    "{line} is no line of the read log": "{line} bukan baris log pembacaan",
    "write NUMBER:HASH, as `salur readlog` prints it": "tulis NOMOR:HASH, seperti yang ditampilkan `salur readlog`",
    "{text} is neither a day nor a moment": "{text} bukan tanggal dan bukan waktu",
    "write 2026-05-03, or 2026-05-03T12:00:00+07:00": "tulis 2026-05-03, atau 2026-05-03T12:00:00+07:00",
    "the read log does not keep up": "log pembacaan tertinggal",
    "the read log cannot be made": "log pembacaan tidak dapat dibuat",
    "let this role use the schema {schema}, or make it as another one": "izinkan peran ini memakai skema {schema}, atau buat dengan peran lain",
    "this request came through a proxy": "permintaan ini datang lewat proksi",
    "name the proxy's address in SALUR_WEB_URL, then sign in": "sebutkan alamat proksi di SALUR_WEB_URL, lalu masuk",
}

HELP: Final[Mapping[str, str]] = {
    "Let auditors look at figures from elsewhere: add them, make tokens, revoke them.": (
        "Mengizinkan pemeriksa melihat angka dari tempat lain: menambahkan, membuat token, mencabutnya."
    ),
    "Let an auditor be given tokens.": "Mengizinkan seorang pemeriksa diberi token.",
    "Make a token for an auditor, good for 90 days unless said otherwise, and show it this once.": (
        "Membuat token bagi pemeriksa, berlaku 90 hari jika tidak ditentukan lain, dan menampilkannya sekali ini saja."
    ),
    "Revoke an auditor's token at once, or all of his (exit code 1 if there was none in force).": (
        "Mencabut sebuah token pemeriksa seketika, atau semuanya (kode keluar 1 jika tidak ada yang berlaku)."
    ),
    "List the auditors that were let in and their tokens; the tokens themselves are not kept.": (
        "Mendaftar pemeriksa yang diizinkan dan tokennya; tokennya sendiri tidak disimpan."
    ),
    "The auditor's short name.": "Nama singkat pemeriksa.",
    "The token's prefix, or the auditor's name with --all.": "Awalan token, atau nama pemeriksa dengan --all.",
    "Show who was shown what, when, with which question and as of when; or check that nobody touched the log.": (
        "Menampilkan siapa melihat apa, kapan, dengan pertanyaan apa dan per kapan; atau memeriksa bahwa lognya tidak diubah."
    ),
    "Read every line again and hold it against the one before (exit code 1 if one was touched).": (
        "Baca ulang setiap baris dan cocokkan dengan baris sebelumnya (kode keluar 1 jika ada yang diubah)."
    ),
    "With --verify: a line that was seen before; it must still be there.": "Bersama --verify: baris yang pernah terlihat; baris itu harus masih ada.",
    "Only what this reader was shown, such as auditor:bpk-ri or local.": "Hanya yang dilihat pembaca ini, misalnya auditor:bpk-ri atau local.",
    "Only from this day or moment on.": "Hanya sejak tanggal atau waktu ini.",
    "At most so many lines, the newest.": "Paling banyak sekian baris, yang terbaru.",
}
