"""What templates say to whoever fills them in, in English and Indonesian."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from models.reasons import Language


class Sheets(NamedTuple):
    """The names of the two sheets beside the rows."""

    help: str
    lists: str


SHEETS: Final[Mapping[Language, Sheets]] = MappingProxyType({"en": Sheets("Help", "Code lists"), "id": Sheets("Petunjuk", "Daftar kode")})
BESIDE: Final = frozenset(name.lower() for sheets in SHEETS.values() for name in sheets)
"""Sheets that hold no rows."""

HELP: Final[Mapping[Language, tuple[str, ...]]] = MappingProxyType(
    {
        "en": (
            "Fill in the first sheet, a row for each line of what you report. Columns with * are always needed; leave out of the others what you do not know.",
            (
                "Key: a name of your own for the event, such as a number of handover minutes, that no other file of yours uses. Rows with the same key are "
                "one event; what holds for the whole event may stand in its first row only."
            ),
            "Send the file again whenever you are not sure: the same key with the same content is counted once. Without keys, an edited row is another event.",
            "Dates: a day such as 2020-05-31 or 31 May 2020. Numbers: digits without a separator of thousands. No formulas, no merged cells.",
            "No names, NIK, passport, phone or account numbers anywhere. A column whose header begins with # is yours alone and is not read.",
        ),
        "id": (
            "Isi lembar pertama, satu baris untuk setiap rincian yang dilaporkan. Kolom bertanda * wajib diisi; kolom lain boleh kosong bila tidak diketahui.",
            (
                "Kunci: nama dari Anda sendiri untuk peristiwa itu, misalnya nomor BAST, yang tidak dipakai di berkas lain. Baris dengan kunci yang sama "
                "adalah satu peristiwa; isian yang berlaku untuk seluruh peristiwa cukup ditulis di baris pertamanya."
            ),
            "Kirim ulang berkas ini bila ragu: kunci yang sama dengan isi yang sama dihitung satu kali. Tanpa kunci, baris yang diubah menjadi peristiwa lain.",
            "Tanggal: seperti 2020-05-31 atau 31 Mei 2020. Angka: tanpa pemisah ribuan. Jangan memakai rumus atau sel gabungan.",
            "Jangan menulis nama, NIK, paspor, nomor telepon, atau nomor rekening. Kolom yang judulnya diawali # hanya untuk Anda dan tidak dibaca.",
        ),
    }
)
REMARKS: Final[Mapping[Language, tuple[str, ...]]] = MappingProxyType(
    {"en": ("Indonesian", "English", "Needed", "What to write", "Example"), "id": ("Bahasa Indonesia", "Bahasa Inggris", "Wajib", "Cara mengisi", "Contoh")}
)
NEEDED: Final[Mapping[Language, str]] = MappingProxyType({"en": "yes", "id": "ya"})
KINDS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "text": ("a code of the list, or a short text", "kode dari daftar, atau teks singkat"),
        "number": ("digits, as in 1500 or 1500.5", "angka, misalnya 1500 atau 1500,5"),
        "line": ("the number of the line from 1; may be left out", "nomor baris mulai dari 1; boleh kosong"),
        "moment": ("a day, or a time with its zone: 2020-05-31, 2020-05-31 09:00 WIB", "tanggal, atau waktu dengan zonanya: 2020-05-31, 2020-05-31 09:00 WIB"),
        "day": ("a day, as in 2020-05-31", "tanggal, misalnya 2020-05-31"),
        "day-or-moment": ("a day, or a time with its zone", "tanggal, atau waktu dengan zonanya"),
        "choice": ("one of the choices in the cell", "salah satu pilihan dalam sel"),
        "yes-or-no": ("ya or tidak", "ya atau tidak"),
        "list": ("codes with a semicolon between them", "kode-kode dengan titik koma di antaranya"),
    }
)
LISTS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "programmes": ("Programmes", "Program"),
        "countries": ("Countries", "Negara"),
        "items": ("Items", "Bantuan"),
        "units": ("Units", "Satuan"),
        "people": ("Units of recipients", "Satuan penerima"),
        "currencies": ("Currencies", "Mata uang"),
        "recipient_types": ("Recipient types", "Jenis penerima"),
        "legal_bases": ("Legal bases", "Dasar hukum"),
        "partners": ("Partners", "Mitra"),
        "holders": ("Partners and sites", "Mitra dan lokasi"),
    }
)
