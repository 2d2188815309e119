"""The words of what commands say about spreadsheets, in English and Indonesian."""

from collections.abc import Mapping
from typing import Final

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "cell": ("Cell", "Sel"),
    "item_column": ("Column", "Kolom"),
    "mistake": ("What is wrong", "Kesalahan"),
    "mend": ("What to do", "Cara memperbaiki"),
    "sheet_checking": ("checking rows", "memeriksa baris"),
    "sheet_counts": (
        "{rows} rows, {events} events: {good} fine, {wrong} with mistakes, {known} sent before",
        "{rows} baris, {events} peristiwa: {good} baik, {wrong} dengan kesalahan, {known} sudah pernah dikirim",
    ),
    "sheet_nothing_sent": (
        "Nothing was sent, because there are mistakes; --mode good-rows sends the events without any.",
        "Tidak ada yang dikirim karena ada kesalahan; --mode good-rows mengirim peristiwa yang tanpa kesalahan.",
    ),
    "sheet_unreadable_nothing": ("Nothing was sent: mend the file and its header first.", "Tidak ada yang dikirim: betulkan dahulu berkas dan judul kolomnya."),
    "sheet_annotated": ("{out}: your file with each mistake beside its row", "{out}: berkas Anda dengan kesalahan di samping barisnya"),
    "sheet_amendments": (
        "{count} amendments in {out}; look at them, then: salur publish {out}",
        "{count} perubahan dalam {out}; periksa dahulu, lalu: salur publish {out}",
    ),
    "sheet_without_keys": (
        "The rows have no keys: a row that is edited and sent again will count as another event.",
        "Baris-baris ini tanpa kunci: baris yang diubah lalu dikirim lagi akan dihitung sebagai peristiwa lain.",
    ),
    "sheet_undone": (
        "{count} events of the file were in the ledger; each has a reversal now",
        "{count} peristiwa dari berkas ini ada di buku besar; masing-masing kini dibatalkan",
    ),
    "template_written": ("{out} is ready to be filled in", "{out} siap diisi"),
}

HELP: Final[Mapping[str, str]] = {
    "Write a template for a type of event: XLSX with drop-downs and help, or the header of a CSV.": (
        "Menulis templat untuk satu jenis peristiwa: XLSX dengan pilihan dan petunjuk, atau judul kolom CSV."
    ),
    "Type of event, such as distribution.recorded.": "Jenis peristiwa, misalnya distribution.recorded.",
    "XLSX with drop-downs (the default) or CSV.": "XLSX dengan pilihan (bawaan) atau CSV.",
    "Where to write it; the type's name by default.": "Tempat menulisnya; bawaannya nama jenisnya.",
    "JSON Lines, CSV or XLSX files; - reads JSON Lines from standard input.": "Berkas JSON Lines, CSV, atau XLSX; - membaca JSON Lines dari masukan standar.",
    "Spreadsheets: the partner whose file it is.": "Lembar kerja: mitra pemilik berkas.",
    "Spreadsheets: the type of event of rows that do not say it.": "Lembar kerja: jenis peristiwa bagi baris yang tidak menyebutnya.",
    "Spreadsheets: write a copy of the file with each mistake beside its row.": "Lembar kerja: tulis salinan berkas dengan kesalahan di samping barisnya.",
    "Spreadsheets: write amendments of rows whose key was sent before with other content.": (
        "Lembar kerja: tulis perubahan bagi baris yang kuncinya pernah dikirim dengan isi lain."
    ),
    "Spreadsheets: take back every event of the file that the ledger has; say why.": (
        "Lembar kerja: batalkan semua peristiwa dari berkas yang ada di buku besar; sebutkan alasannya."
    ),
    "Spreadsheets: send nothing, all or nothing, or the events without mistakes.": (
        "Lembar kerja: tidak mengirim apa pun, semua atau tidak sama sekali, atau peristiwa yang tanpa kesalahan."
    ),
}
