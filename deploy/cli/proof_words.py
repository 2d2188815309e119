"""The words of `salur seal`, `prove`, `verify` and `witness`, and of their help, in English and Indonesian."""

from collections.abc import Mapping
from typing import Final

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "sealing": ("reading every decision again", "membaca ulang setiap putusan"),
    "sealed": (
        "Seal {number}: {size} decisions up to booking {booking}, root {root}",
        "Segel {number}: {size} putusan sampai pembukuan {booking}, akar {root}",
    ),
    "sealed_before": (
        "Nothing was booked since seal {number}: {size} decisions up to booking {booking}, root {root}",
        "Tidak ada pembukuan baru sejak segel {number}: {size} putusan sampai pembukuan {booking}, akar {root}",
    ),
    "public_key": (
        "Public key, to be pinned by whoever checks (and given to him by another way than the seals):",
        "Kunci publik, untuk dipegang oleh pemeriksa (dan diberikan lewat jalan lain, bukan bersama segel):",
    ),
    "proved_figure": (
        "{steps} steps of {unit}, under seal {seal}: {path} ({bytes} bytes)",
        "{steps} langkah {unit}, di bawah segel {seal}: {path} ({bytes} bita)",
    ),
    "proved_decision": ("Decision {number} is under seal {seal}: {path}", "Putusan {number} ada di bawah segel {seal}: {path}"),
    "proving": ("writing decisions", "menulis putusan"),
    "verifying": ("checking rows", "memeriksa baris"),
    "verified": (
        "Everything holds: {decisions} decisions up to booking {booking}, seal {seal}",
        "Semuanya cocok: {decisions} putusan sampai pembukuan {booking}, segel {seal}",
    ),
    "unsealed": ("none yet", "belum ada"),
    "not_verified": ("{count} things are not what they must be; the first:", "{count} hal tidak sebagaimana mestinya; yang pertama:"),
    "key_of_own": (
        "checked with the key of this data folder; an auditor pins his own with --key",
        "diperiksa dengan kunci folder data ini; pemeriksa memakai kuncinya sendiri dengan --key",
    ),
}

REMARKS: Final[Mapping[str, str]] = {
    "nothing is sealed yet": "belum ada yang disegel",
    "seal the ledger with `salur seal`": "segel buku besar dengan `salur seal`",
    "a figure that is proved has one measure and one unit": "angka yang dibuktikan punya satu indikator dan satu satuan",
    "a proof names the places themselves, and no province": "bukti menyebut tempatnya sendiri, bukan provinsinya",
    "name them with --place, with commas between them": "sebutkan dengan --place, dipisahkan koma",
    "name them with --measure and --unit": "sebutkan dengan --measure dan --unit",
    "decision {number} is not under a seal": "putusan {number} belum disegel",
    "the last seal is over {size} decisions": "segel terakhir meliputi {size} putusan",
    "nothing is booked, so there is nothing to seal": "belum ada pembukuan, jadi tidak ada yang disegel",
    "publish events first": "kirim peristiwa dahulu",
    "no key to check with": "tidak ada kunci untuk memeriksa",
    "give the operator's public key with --key": "berikan kunci publik operator dengan --key",
    "ask for one programme, destination, partner, place or span of days at a time, or for a complete proof": (
        "minta satu program, tujuan, mitra, tempat, atau rentang hari saja, atau minta bukti lengkap"
    ),
    "the compact proof of this figure has {size} bytes, more than {most}: its cells lie too far apart": (
        "bukti ringkas angka ini {size} bita, lebih dari {most}: selnya terlalu berjauhan"
    ),
    "nothing was sealed: run `salur verify`, which names the first bad row": (
        "tidak ada yang disegel: jalankan `salur verify`, yang menyebut baris salah pertama"
    ),
}

HELP: Final[Mapping[str, str]] = {
    "Sign what is booked: check all rows, then seal them together with every sum. Nothing is signed that does not hold (exit code 1).": (
        "Menandatangani yang telah dibukukan: memeriksa semua baris lalu menyegelnya beserta semua jumlah. "
        "Yang tidak cocok tidak ditandatangani (kode keluar 1)."
    ),
    "Hand a figure, or one decision, to somebody who has nothing of ours: a proof under the last seal.": (
        "Menyerahkan sebuah angka, atau satu putusan, kepada siapa pun: bukti di bawah segel terakhir."
    ),
    "Check the whole database against itself and its seals, or proofs that somebody handed over (exit code 1 names the first bad row).": (
        "Memeriksa seluruh basis data terhadap dirinya dan segelnya, atau bukti yang diserahkan (kode keluar 1 menyebut baris salah yang pertama)."
    ),
    "Hold a folder of seals against the last seal seen here, and remember the newest. Run it where the operator cannot write.": (
        "Mencocokkan folder segel dengan segel terakhir yang terlihat di sini, lalu mengingat yang terbaru. "
        "Jalankan di tempat yang tidak dapat ditulisi operator."
    ),
    "Take full runs of leaves as they were sealed before; read only what came later.": "Pakai daun yang sudah disegel; baca hanya yang datang kemudian.",
    "Name of the log that seals are signed for.": "Nama log yang disegel.",
    "Carry every decision, so that all sums can be made again from the bytes that partners sent.": (
        "Sertakan setiap putusan, sehingga semua jumlah dapat dihitung ulang dari bita yang dikirim mitra."
    ),
    "A receipt for this decision instead of a figure.": "Tanda terima untuk putusan ini, bukan angka.",
    "Write the proof to this file.": "Tulis bukti ke berkas ini.",
    "Proofs to be checked; none for the ledger's own database.": "Bukti yang diperiksa; tanpa ini, basis data buku besar sendiri.",
    "The operator's public key, or a file that holds it.": "Kunci publik operator, atau berkas berisi kunci itu.",
    "Folder of seals, as the operator publishes it.": "Folder segel, seperti yang diterbitkan operator.",
    "File that keeps the last seal seen.": "Berkas yang menyimpan segel terakhir yang terlihat.",
    "Seal every so many minutes; 0 for never.": "Segel setiap sekian menit; 0 untuk tidak pernah.",
}
