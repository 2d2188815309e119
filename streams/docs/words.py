"""The words around the documentation: menu, headings of tables, forms of members, names of code lists, in English and Indonesian."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from models.reasons import Language
from streams.docs.members import Form

PAGES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "": ("Start", "Mulai"),
        "events": ("Events", "Peristiwa"),
        "codes": ("Codes", "Kode"),
        "answers": ("Answers", "Jawaban"),
        "kobo": ("KoboToolbox", "KoboToolbox"),
        "notices": ("Being told", "Pemberitahuan"),
        "kafka": ("Kafka", "Kafka"),
        "descriptions": ("For programs", "Untuk program"),
    }
)
"""The pages in the order of the menu, by the last part of their address."""

_WORDS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "skip": ("Skip to the content", "Langsung ke isi"),
        "salur": ("Salur for partners", "Salur untuk mitra"),
        "tagline": ("sending what was given out", "mengirim apa yang disalurkan"),
        "pages": ("Pages", "Halaman"),
        "other_language": ("Bahasa Indonesia", "English"),
        "foot": (
            "Served by Salur itself: nothing here comes from elsewhere, and it works without a network.",
            "Disajikan oleh Salur sendiri: tidak ada yang diambil dari tempat lain, dan dapat dibaca tanpa jaringan.",
        ),
        "member": ("Member", "Anggota"),
        "needed": ("Needed", "Wajib"),
        "yes": ("yes", "ya"),
        "form": ("Form", "Bentuk"),
        "meaning": ("Meaning", "Arti"),
        "type": ("Type", "Jenis"),
        "who": ("Who may send it", "Siapa yang boleh mengirim"),
        "everybody": ("Every registered partner.", "Setiap mitra terdaftar."),
        "reporters": ("Partners registered for:", "Mitra yang terdaftar untuk:"),
        "members": ("Members", "Anggota"),
        "example": ("An example", "Contoh"),
        "full_example": ("An example with every member", "Contoh dengan semua anggota"),
        "with_curl": ("With curl", "Dengan curl"),
        "with_python": ("With Python", "Dengan Python"),
        "with_sheet": ("As rows of a spreadsheet", "Sebagai baris lembar kerja"),
        "no_sheet": (
            "No spreadsheet holds this type: its data is nested deeper than rows and columns can say.",
            "Jenis ini tidak bisa ditulis di lembar kerja: isinya bersusun lebih dalam daripada baris dan kolom.",
        ),
        "templates": ("Empty templates:", "Templat kosong:"),
        "schema": ("JSON Schema", "JSON Schema"),
        "as_csv": ("The same as CSV", "Sama sebagai CSV"),
        "current": ("As the ledger has them now.", "Sesuai isi buku besar saat ini."),
        "shipped": ("As shipped; the ledger does not answer just now.", "Daftar bawaan; buku besar sedang tidak menjawab."),
        "code": ("Code", "Kode"),
        "indonesian": ("Indonesian", "Indonesia"),
        "english": ("English", "Inggris"),
        "parent": ("Part of", "Bagian dari"),
        "start": ("Since", "Sejak"),
        "unit": ("Unit", "Satuan"),
        "counts": ("Counts", "Menghitung"),
        "country": ("Destination", "Tujuan"),
        "partner": ("Partner", "Mitra"),
        "programme": ("Programme", "Program"),
        "countries": ("Destinations", "Tujuan"),
        "reports": ("May report", "Boleh melaporkan"),
        "dimension": ("Dimension", "Dimensi"),
        "values": ("Values", "Nilai"),
        "status": ("Status", "Status"),
        "problem": ("Problem", "Masalah"),
        "what_to_do": ("What to do", "Yang perlu dilakukan"),
        "not_found": ("There is no such page", "Halaman ini tidak ada"),
        "not_found_hint": ("Go on from the start.", "Mulai lagi dari awal."),
    }
)

FORMS: Final[Mapping[Form, tuple[str, str]]] = MappingProxyType(
    {
        "text": ("text", "teks"),
        "number": ("whole number, or decimal as text", "bilangan bulat, atau desimal sebagai teks"),
        "whole": ("whole number from 1", "bilangan bulat mulai dari 1"),
        "yes-or-no": ("true or false", "true atau false"),
        "moment": ("time with its zone (RFC 3339)", "waktu dengan zonanya (RFC 3339)"),
        "day": ("day (YYYY-MM-DD)", "tanggal (YYYY-MM-DD)"),
        "day-or-moment": ("day, or time with its zone", "tanggal, atau waktu dengan zonanya"),
        "object": ("object", "objek"),
        "choice": ("one of", "salah satu dari"),
        "original": ("id, or an object of source and id", "id, atau objek berisi source dan id"),
        "parts": ("object of numbers by dimension and value", "objek berisi angka menurut dimensi dan nilai"),
    }
)
LIST_OF: Final[Mapping[Language, str]] = MappingProxyType({"en": "list of {form}", "id": "daftar {form}"})
AT_MOST: Final[Mapping[Language, str]] = MappingProxyType({"en": "at most {most}", "id": "paling banyak {most}"})

REPORTS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "reference": ("reference: codes", "reference: kode"),
        "payments-instruct": ("payments-instruct: telling payers to pay", "payments-instruct: memerintahkan pembayaran"),
        "payments-pay": ("payments-pay: paying", "payments-pay: membayar"),
        "goods": ("goods", "goods: barang"),
        "services": ("services", "services: layanan"),
        "plans": ("plans", "plans: rencana"),
        "assurance": ("assurance: verifying and finding", "assurance: memeriksa dan menemukan"),
        "statements": ("statements: published figures", "statements: angka yang diumumkan"),
    }
)
LISTS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "programmes": ("Programmes", "Program"),
        "countries": ("Destinations", "Tujuan"),
        "items": ("Items", "Jenis bantuan"),
        "units": ("Units", "Satuan"),
        "currencies": ("Currencies", "Mata uang"),
        "recipient_types": ("Recipient types", "Jenis penerima"),
        "disaggregations": ("Parts of recipients", "Bagian penerima"),
        "legal_bases": ("Legal bases", "Dasar hukum"),
        "partners": ("Partners", "Mitra"),
        "sites": ("Sites", "Lokasi"),
        "entitlements": ("Who may report what", "Siapa boleh melaporkan apa"),
    }
)
PROMPTS: Final[Mapping[Language, str]] = MappingProxyType(
    {
        "en": "export URL={url}\nexport TOKEN=…      # the token that you were given\nexport PARTNER=…    # your partner's code",
        "id": "export URL={url}\nexport TOKEN=…      # token yang Anda terima\nexport PARTNER=…    # kode mitra Anda",
    }
)


def say(name: str, language: Language) -> str:
    """Return one of the words."""
    return in_language(_WORDS[name], language)


def in_language(words: tuple[str, str], language: Language) -> str:
    """Return the words of a language."""
    return words[language == "id"]
