"""Measures, units and quantities as people read them beside a figure: codes in English, words in Indonesian.

Codes stay codes wherever programs read or a filter is written: `--json`, `--measure`, `--unit`. Currencies keep their ISO code.
"""

from collections.abc import Mapping
from typing import Final

from models.reasons import Language
from models.units import PER_DAY

_MEASURES: Final[Mapping[str, str]] = {
    "declared": "ditetapkan",
    "instructed": "diperintahkan",
    "sent": "dikirim",
    "confirmed": "cair",
    "failed": "gagal",
    "returned": "retur",
    "undelivered": "retur setelah terkonfirmasi",
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
    "paid": "dibayarkan",
    "reinvested": "diputar kembali",
    "offered": "ditawarkan",
    "worked": "dikerjakan",
    "trained": "dilatih",
    "placed": "ditempatkan",
    "served": "dilayani",
    "budget": "pagu",
    "realised": "realisasi",
    "target": "sasaran",
    "capacity": "kapasitas",
    "affected": "terdampak",
    "evidenced": "berbukti",
    "evidenced-later": "bukti menyusul",
    "verified": "terverifikasi",
}
_PARTS: Final[Mapping[str, str]] = {
    "sex.f": "perempuan",
    "sex.m": "laki-laki",
    "disability.yes": "penyandang disabilitas",
    "disability.no": "bukan penyandang disabilitas",
    "age.0-17": "berusia 0-17 tahun",
    "age.18-24": "berusia 18-24 tahun",
    "age.25-34": "berusia 25-34 tahun",
    "age.35-44": "berusia 35-44 tahun",
    "age.45-59": "berusia 45-59 tahun",
    "age.60-plus": "berusia 60 tahun ke atas",
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
    """Return what a measure is called; a part of people by the whole that it is a part of."""
    if lang == "en":
        return code
    whole, _, part = code.partition(".")
    return f"{_MEASURES[whole]} {_PARTS[part]}" if part in _PARTS else _MEASURES.get(code, code)


def unit_word(code: str, lang: Language) -> str:
    """Return what a unit is called, a rate by the unit it counts in a day; a currency by its code."""
    if lang == "en":
        return code
    return f"{_UNITS[code.removesuffix(PER_DAY)]} per hari" if code.endswith(PER_DAY) else _UNITS.get(code, code)


def grouped(quantity: str, lang: Language) -> str:
    """Return an exact decimal string with its thousands grouped as the language writes them: 1,985.5 or 1.985,5."""
    sign, digits = ("-", quantity[1:]) if quantity.startswith("-") else ("", quantity)
    whole, _, fraction = digits.partition(".")
    thousands, point = (".", ",") if lang == "id" else (",", ".")
    text = f"{int(whole):,}".replace(",", thousands)
    return f"{sign}{text}{point}{fraction}" if fraction else f"{sign}{text}"
