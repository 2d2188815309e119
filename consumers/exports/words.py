"""What a spreadsheet says of itself, in English and Indonesian."""

from collections.abc import Mapping
from typing import Final

from consumers.answers.asof import iso
from consumers.exports.manifest import About
from models.reasons import Language

_SHEET: Final[Mapping[str, tuple[str, str]]] = {
    "data": ("rows", "baris"),
    "about": ("about", "keterangan"),
    "note": ("Note", "Catatan"),
    "digits": (
        "A quantity of more than 15 digits stands as text: a spreadsheet would round it.",
        "Kuantitas lebih dari 15 digit ditulis sebagai teks: lembar sebar akan membulatkannya.",
    ),
    "cut": (
        "A text longer than a cell holds is cut off ([…]); CSV, JSON and Parquet have all of it.",
        "Teks yang lebih panjang dari isi sel dipotong ([…]); CSV, JSON, dan Parquet memuat seluruhnya.",
    ),
}
_LINES: Final[Mapping[str, tuple[str, str]]] = {
    "view": ("What", "Isi"),
    "question": ("Asked", "Pertanyaan"),
    "everything": ("everything", "semua"),
    "as_of": ("As of", "Per"),
    "booking": ("booking {booking}, {booked_at}", "pembukuan {booking}, {booked_at}"),
    "intake": ("Intake", "Penerimaan"),
    "identity": (
        "{received} received = {accepted} accepted + {duplicate} duplicate + {conflict} conflict + {rejected} rejected + {held} held",
        "{received} masuk = {accepted} diterima + {duplicate} ganda + {conflict} bertentangan + {rejected} ditolak + {held} tertunda",
    ),
    "newest": ("Newest event received", "Peristiwa terbaru masuk"),
    "root": ("Root of the ledger", "Akar buku besar"),
    "units": ("Units", "Satuan"),
    "never_added": ("each row has its own unit; two units are never added", "setiap baris punya satuannya sendiri; dua satuan tidak pernah dijumlahkan"),
}


def words_of_sheet(language: Language) -> dict[str, str]:
    """Return the words that the writer of a spreadsheet needs."""
    return {name: _say(_SHEET, name, language) for name in _SHEET}


def about_lines(about: About, language: Language) -> list[tuple[str, str]]:
    """Return what a file is, line by line."""
    said = {name: _say(_LINES, name, language) for name in _LINES}
    question = "; ".join(f"{name}={value}" for name, value in about.question.items()) or said["everything"]
    booked_at = iso(about.as_of.booked_at) or "-"
    return [
        (said["view"], about.view),
        (said["question"], question),
        (said["as_of"], said["booking"].format(booking=about.as_of.booking, booked_at=booked_at)),
        (said["intake"], said["identity"].format(**about.intake.to_json())),
        (said["newest"], iso(about.newest_received_at) or "-"),
        (said["root"], about.ledger["root"] or "-"),
        (said["units"], said["never_added"]),
    ]


def _say(words: Mapping[str, tuple[str, str]], name: str, language: Language) -> str:
    english, indonesian = words[name]
    return indonesian if language == "id" else english
