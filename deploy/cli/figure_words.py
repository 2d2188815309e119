"""Measures and units as people read them beside a figure: their codes in English, words in Indonesian.

Codes stay codes wherever programs read or a filter is written: `--json`, `--measure`, `--unit`. Currencies keep their ISO code.
"""

from collections.abc import Mapping
from typing import Final

from deploy.settings import Language

_MEASURES: Final[Mapping[str, str]] = {
    "instructed": "diperintahkan",
    "sent": "dikirim",
    "confirmed": "cair",
    "failed": "gagal",
    "returned": "retur",
    "reissued": "disalurkan ulang",
    "refunded": "disetor ke kas negara",
    "produced": "diproduksi",
    "procured": "dibeli",
    "dispatched": "diberangkatkan",
    "received": "diterima",
    "lost": "rusak atau hilang",
    "distributed": "disalurkan",
    "sold": "dijual",
    "revenue": "hasil penjualan",
    "adjusted-in": "penyesuaian masuk",
    "adjusted-out": "penyesuaian keluar",
    "recipients": "penerima",
    "on-hand": "persediaan",
    "in-transit": "dalam perjalanan",
    "assisted": "dibantu",
    "engaged": "dilibatkan",
}
_UNITS: Final[Mapping[str, str]] = {
    "person": "orang",
    "household": "keluarga",
    "group": "kelompok",
    "payment": "pembayaran",
    "package": "paket",
    "piece": "buah",
    "litre": "liter",
    "kilogram": "kilogram",
    "box": "kotak",
    "set": "set",
    "dose": "dosis",
    "person-day": "hari orang kerja",
    "training-place": "tempat pelatihan",
    "site": "lokasi",
    "enterprise": "usaha",
    "percent": "persen",
}


def measure_word(code: str, lang: Language) -> str:
    """Return what a measure is called."""
    return _MEASURES.get(code, code) if lang == "id" else code


def unit_word(code: str, lang: Language) -> str:
    """Return what a unit is called; a currency by its code."""
    return _UNITS.get(code, code) if lang == "id" else code
