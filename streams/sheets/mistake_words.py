"""The words of the mistakes that only a sheet can have, in English and Indonesian.

``{suggestions}`` in a hint is what the cell may have meant.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

from models.reasons import Reason, Words

SheetCode = Literal[
    "sheet.unreadable",
    "sheet.too_large",
    "sheet.not_utf8",
    "sheet.no_rows",
    "sheet.several_sheets",
    "sheet.type_unknown",
    "sheet.column_unknown",
    "sheet.column_twice",
    "sheet.column_missing",
    "sheet.beyond_header",
    "sheet.formula",
    "sheet.error_cell",
    "sheet.merged",
    "sheet.number_ambiguous",
    "sheet.number_invalid",
    "sheet.number_rounded",
    "sheet.date_ambiguous",
    "sheet.date_invalid",
    "sheet.date_serial",
    "sheet.year_short",
    "sheet.zone_missing",
    "sheet.became_date",
    "sheet.truth_value",
    "sheet.choice_invalid",
    "sheet.key_missing",
    "sheet.key_twice",
    "sheet.same_row",
    "sheet.rows_disagree",
    "sheet.id_taken",
]


def _words(en: str, en_hint: str, indonesian: str, id_hint: str) -> Reason:
    return Reason(en=Words(en, en_hint), id=Words(indonesian, id_hint))


_FILES: Final[Mapping[str, Reason]] = {
    "sheet.unreadable": _words(
        "the file cannot be read as a spreadsheet",
        "save it as .xlsx without a password, or as CSV",
        "berkas tidak dapat dibaca sebagai lembar kerja",
        "simpan sebagai .xlsx tanpa kata sandi, atau sebagai CSV",
    ),
    "sheet.too_large": _words(
        "the file is larger than what is read at once",
        "split it into files of at most 100,000 rows",
        "berkas lebih besar daripada yang dapat dibaca sekaligus",
        "bagi menjadi beberapa berkas, masing-masing paling banyak 100.000 baris",
    ),
    "sheet.not_utf8": _words(
        "the CSV is not UTF-8 text", "save it as “CSV UTF-8”, or as .xlsx", "CSV ini bukan teks UTF-8", "simpan sebagai “CSV UTF-8”, atau .xlsx"
    ),
    "sheet.no_rows": _words(
        "there are no rows to read", "fill in the rows under the headers", "tidak ada baris yang dapat dibaca", "isi baris di bawah judul kolom"
    ),
    "sheet.several_sheets": _words(
        "several sheets hold rows",
        "keep the rows of one type in one sheet, and remove or empty the others",
        "lebih dari satu lembar berisi baris",
        "kumpulkan baris satu jenis dalam satu lembar, lalu hapus atau kosongkan lembar lain",
    ),
    "sheet.type_unknown": _words(
        "it is not said which type of event the rows are",
        "name the sheet after the type, as in distribution.recorded; or give a column “type”, or --type",
        "jenis peristiwa baris-baris ini tidak disebut",
        "beri nama lembar sesuai jenisnya, misalnya distribution.recorded; atau isi kolom “jenis”, atau --type",
    ),
    "sheet.column_unknown": _words(
        "this column is not known for the type of event",
        "correct the header; begin it with # if the column is only for yourself",
        "kolom ini tidak dikenal untuk jenis peristiwanya",
        "betulkan judul kolom; awali dengan # jika kolom itu hanya untuk Anda sendiri",
    ),
    "sheet.column_twice": _words("this column is there twice", "keep one of the two", "kolom ini ada dua kali", "sisakan satu saja"),
    "sheet.column_missing": _words(
        "a column that every event needs is missing", "add the column “{header}”", "kolom yang wajib ada tidak ditemukan", "tambahkan kolom “{header}”"
    ),
    "sheet.beyond_header": _words(
        "this cell stands under no header",
        "write a header over it, or empty it",
        "sel ini tidak mempunyai judul kolom",
        "tulis judul kolom di atasnya, atau kosongkan sel ini",
    ),
}

_CELLS: Final[Mapping[str, Reason]] = {
    "sheet.formula": _words(
        "the cell holds a formula",
        "copy it and paste the value in its place; a formula may change after it was sent",
        "sel ini berisi rumus",
        "salin lalu tempel sebagai nilai; hasil rumus dapat berubah setelah dikirim",
    ),
    "sheet.error_cell": _words(
        "the cell holds an error such as #N/A", "write the value itself", "sel ini berisi galat seperti #N/A", "tulis nilainya langsung"
    ),
    "sheet.merged": _words(
        "the cell is merged with others", "unmerge the cells and fill in each row", "sel ini digabung dengan sel lain", "pisahkan selnya, lalu isi setiap baris"
    ),
    "sheet.number_ambiguous": _words(
        "this number can be read in two ways",
        "write {suggestions}, without a separator of thousands",
        "angka ini dapat dibaca dengan dua cara",
        "tulis {suggestions}, tanpa pemisah ribuan",
    ),
    "sheet.number_invalid": _words(
        "this is not a number",
        "write digits only, as in 1500 or 1500,5; units and currencies have columns of their own",
        "ini bukan angka",
        "tulis angkanya saja, misalnya 1500 atau 1500,5; satuan dan mata uang mempunyai kolom sendiri",
    ),
    "sheet.number_rounded": _words(
        "the number has more than 15 digits, of which a spreadsheet keeps only the first 15",
        "format the cell as text, then write the number again",
        "angka ini lebih dari 15 digit, padahal lembar kerja hanya menyimpan 15 digit pertama",
        "ubah format sel menjadi teks, lalu tulis lagi angkanya",
    ),
    "sheet.date_ambiguous": _words(
        "day and month of this date can be read in two ways", "write {suggestions}", "tanggal dan bulan pada sel ini dapat tertukar", "tulis {suggestions}"
    ),
    "sheet.date_invalid": _words(
        "this is not a day of the calendar",
        "write it as 2020-05-31 or 31 May 2020",
        "ini bukan tanggal yang ada dalam kalender",
        "tulis seperti 2020-05-31 atau 31 Mei 2020",
    ),
    "sheet.date_serial": _words("this is a bare number, not a date", "write it as 2020-05-31", "ini angka biasa, bukan tanggal", "tulis seperti 2020-05-31"),
    "sheet.year_short": _words("the year has two digits", "write the year in four digits", "tahun hanya dua angka", "tulis tahun dengan empat angka"),
    "sheet.zone_missing": _words(
        "the time of day has no zone",
        "write the day alone, or the time as text with its zone: 2020-05-31 09:00 WIB, or +08:00",
        "jamnya tidak disertai zona waktu",
        "tulis tanggalnya saja, atau waktunya sebagai teks dengan zona: 2020-05-31 09:00 WIB, atau +08:00",
    ),
    "sheet.became_date": _words(
        "the spreadsheet has made a date or a time of this text",
        "format the cell as text, then write it again",
        "teks ini telah diubah oleh lembar kerja menjadi tanggal atau jam",
        "ubah format sel menjadi teks, lalu tulis lagi isinya",
    ),
    "sheet.truth_value": _words("the cell holds TRUE or FALSE", "write the value itself", "sel ini berisi TRUE atau FALSE", "tulis nilainya langsung"),
    "sheet.choice_invalid": _words("this is not one of the choices", "write {suggestions}", "ini bukan salah satu pilihan", "tulis {suggestions}"),
}

_ROWS: Final[Mapping[str, Reason]] = {
    "sheet.key_missing": _words(
        "other rows have a key, this one has none",
        "give the row a key; rows of one event have the same key",
        "baris lain memiliki kunci, baris ini tidak",
        "isi kunci baris ini; baris-baris dari satu peristiwa memakai kunci yang sama",
    ),
    "sheet.key_twice": _words(
        "the key is that of an earlier row, and events of this type have one row",
        "give the row a key of its own, or remove it",
        "kunci ini sudah dipakai baris sebelumnya, padahal peristiwa jenis ini hanya satu baris",
        "beri baris ini kunci tersendiri, atau hapus",
    ),
    "sheet.same_row": _words(
        "the row is the same as an earlier one",
        "remove it; if both are true, tell them apart by a key",
        "baris ini sama persis dengan baris sebelumnya",
        "hapus salah satunya; jika keduanya memang terjadi, bedakan dengan kunci",
    ),
    "sheet.rows_disagree": _words(
        "the value differs from the first row with the same key",
        "write the same value in all rows of the event, or give the row another key",
        "isinya berbeda dari baris pertama dengan kunci yang sama",
        "tulis isi yang sama di semua baris peristiwa itu, atau beri baris ini kunci lain",
    ),
    "sheet.id_taken": _words(
        "the key was sent before with other content, which stands",
        "take another key if this is another event; to correct the earlier one, send the amendments that --amendments writes",
        "kunci ini sudah pernah dikirim dengan isi lain, dan isi itulah yang berlaku",
        "pakai kunci lain jika peristiwanya berbeda; untuk mengoreksi yang lama, kirim perubahan yang ditulis oleh --amendments",
    ),
}

WORDS: Final[Mapping[str, Reason]] = MappingProxyType({**_FILES, **_CELLS, **_ROWS})
"""Every code with its words."""
