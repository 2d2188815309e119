"""The words of `salur kobo`, in English and Indonesian."""

from collections.abc import Mapping
from typing import Final

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "kobo_added": (
        "Give this address to the form's REST service (JSON), with a token of {partner} as the header Authorization: Bearer …, or as the password.",
        "Isikan alamat ini di layanan REST formulir (JSON), dengan token {partner} sebagai header Authorization: Bearer …, atau sebagai kata sandi.",
    ),
    "kobo_fine": ("{file}: nothing is wrong.", "{file}: tidak ada yang salah."),
    "file": ("File", "Berkas"),
    "where": ("Where", "Di mana"),
    "asked": ("Question", "Pertanyaan"),
}

HELP: Final[Mapping[str, str]] = {
    "Take in submissions of KoboToolbox forms, by mapping files.": "Menerima kiriman formulir KoboToolbox, menurut berkas pemetaan.",
    "Print a mapping to begin with; it says what each line is for.": "Mencetak contoh pemetaan; setiap barisnya dijelaskan.",
    "Say everything that is wrong with mappings (exit code 1 if anything is).": "Menyebut semua yang salah pada pemetaan (kode keluar 1 jika ada).",
    "Show the event that a mapping makes of a submission, and its verdict; nothing is sent (exit code 1 unless it would be accepted).": (
        "Menampilkan peristiwa yang dibuat pemetaan dari sebuah kiriman, dan putusannya; tidak ada yang dikirim (kode keluar 1 jika tidak akan diterima)."
    ),
    "Check a mapping and put it where it is served; prints the address for the form's REST service. Adding it again replaces it.": (
        "Memeriksa pemetaan dan menaruhnya di tempat penyajiannya; mencetak alamat untuk layanan REST formulir. Menambahkannya lagi menggantinya."
    ),
    "The mapping, a TOML file.": "Pemetaan, sebuah berkas TOML.",
    "The mappings, TOML files.": "Pemetaan, berkas-berkas TOML.",
    "A submission as JSON, as KoboToolbox shows it.": "Sebuah kiriman sebagai JSON, seperti ditampilkan KoboToolbox.",
}
