"""Provinces: which one a place is in, read from the place's code alone; and their names.

Events carry the codes that partners have: of the Ministry of Home Affairs (``33``, ``33.74``, ``33.74.01.1001``), of
Statistics Indonesia (``3374``, ``3374010``), either of them after ``ID-``, or of ISO 3166-2 (``ID-JT``, ``TW-TPE``). The
first two digits are the province in both lists, but in Papua, where since 2022 the same number stands for different
provinces; those keep their number and get no name, and their ISO codes stay beside them. Outside Indonesia
the first subdivision takes the place of the province.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from models.cells import UNKNOWN

_INDONESIA: Final = "ID-"


class Province(NamedTuple):
    """One province: its two digits, its letters in ISO 3166-2, and its name in both languages."""

    digits: str
    letters: str
    en: str
    id: str


_LISTED: Final = (
    Province("11", "AC", "Aceh", "Aceh"),
    Province("12", "SU", "North Sumatra", "Sumatera Utara"),
    Province("13", "SB", "West Sumatra", "Sumatera Barat"),
    Province("14", "RI", "Riau", "Riau"),
    Province("15", "JA", "Jambi", "Jambi"),
    Province("16", "SS", "South Sumatra", "Sumatera Selatan"),
    Province("17", "BE", "Bengkulu", "Bengkulu"),
    Province("18", "LA", "Lampung", "Lampung"),
    Province("19", "BB", "Bangka Belitung Islands", "Kepulauan Bangka Belitung"),
    Province("21", "KR", "Riau Islands", "Kepulauan Riau"),
    Province("31", "JK", "Jakarta", "DKI Jakarta"),
    Province("32", "JB", "West Java", "Jawa Barat"),
    Province("33", "JT", "Central Java", "Jawa Tengah"),
    Province("34", "YO", "Yogyakarta", "DI Yogyakarta"),
    Province("35", "JI", "East Java", "Jawa Timur"),
    Province("36", "BT", "Banten", "Banten"),
    Province("51", "BA", "Bali", "Bali"),
    Province("52", "NB", "West Nusa Tenggara", "Nusa Tenggara Barat"),
    Province("53", "NT", "East Nusa Tenggara", "Nusa Tenggara Timur"),
    Province("61", "KB", "West Kalimantan", "Kalimantan Barat"),
    Province("62", "KT", "Central Kalimantan", "Kalimantan Tengah"),
    Province("63", "KS", "South Kalimantan", "Kalimantan Selatan"),
    Province("64", "KI", "East Kalimantan", "Kalimantan Timur"),
    Province("65", "KU", "North Kalimantan", "Kalimantan Utara"),
    Province("71", "SA", "North Sulawesi", "Sulawesi Utara"),
    Province("72", "ST", "Central Sulawesi", "Sulawesi Tengah"),
    Province("73", "SN", "South Sulawesi", "Sulawesi Selatan"),
    Province("74", "SG", "Southeast Sulawesi", "Sulawesi Tenggara"),
    Province("75", "GO", "Gorontalo", "Gorontalo"),
    Province("76", "SR", "West Sulawesi", "Sulawesi Barat"),
    Province("81", "MA", "Maluku", "Maluku"),
    Province("82", "MU", "North Maluku", "Maluku Utara"),
)
PROVINCES: Final[Mapping[str, Province]] = MappingProxyType({one.digits: one for one in _LISTED})
_BY_LETTERS: Final[Mapping[str, Province]] = MappingProxyType({one.letters: one for one in _LISTED})
_BY_NAME: Final[Mapping[str, Province]] = MappingProxyType({name.lower(): one for one in _LISTED for name in (one.en, one.id)})


def province_of(place: str) -> str:
    """Return the code of the province that a place is in: two digits in Indonesia, else the first subdivision; UNKNOWN stays."""
    if place in {"", UNKNOWN}:
        return place
    bare = place.removeprefix(_INDONESIA)
    digits = bare[:2]
    if _is_number(digits):
        return digits
    first = "-".join(place.split("-")[:2]).split(".")[0]
    listed = _BY_LETTERS.get(first.removeprefix(_INDONESIA)) if first.startswith(_INDONESIA) else None
    # A code that begins with a mark is in no list, and in nothing but itself.
    return first or place if listed is None else listed.digits


def read_province(text: str) -> str:
    """Return the code of a province that is given by its code in any list, or by its name in either language."""
    named = _BY_NAME.get(text.lower())
    return province_of(text) if named is None else named.digits


def beginnings_of(province: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return how the codes of a province's places are: exactly one of the first, or beginning with one of the second.

    ``province_of`` of exactly these places is ``province``, which is one that it returns.
    """
    if province in {"", UNKNOWN} or province.startswith("."):
        return (province,), ()
    if not _is_number(province):
        return (province,), tuple(f"{province}{mark}" for mark in (("-", ".") if "-" in province else (".",)))
    listed = PROVINCES.get(province)
    iso = [] if listed is None else [f"{_INDONESIA}{listed.letters}"]
    return tuple(iso), (province, f"{_INDONESIA}{province}", *(f"{code}{mark}" for code in iso for mark in "-."))


def _is_number(text: str) -> bool:
    return len(text) == 2 and text.isascii() and text.isdigit()
