"""From the header of a sheet to its columns, in either language and however it is written; what is not known is told with the closest."""

import difflib
import functools
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from models.reasons import Language
from streams.sheets.columns import KEY, SHEET_TYPES, TYPE, Column, columns_of
from streams.sheets.header_words import ERRORS, HEADERS
from streams.sheets.mistakes import Mistake

OWN: Final = "#"
"""How a header begins whose column is the partner's own and not read."""
_SPACES: Final = re.compile(r"[\s_.\-]+")
_REMARK: Final = re.compile(r"\([^)]*\)")

Places = Mapping[str, int]
"""The place of each column in a row, counted from 0, by its name."""


def plain(header: str) -> str:
    """Return a header as it is compared: small letters, one space, no asterisk and nothing in parentheses."""
    return _SPACES.sub(" ", _REMARK.sub("", header.replace("*", ""))).strip().lower()


def recognised(header: Sequence[str]) -> int:
    """Count the headers that mean a column of any type."""
    names = _names(SHEET_TYPES)
    return sum(plain(cell) in names for cell in header)


def match(header: Sequence[str], *, row: int, types: Collection[str]) -> tuple[Places, list[Mistake]]:
    """Return where each column of these types is, and what is wrong with the header."""
    names = _names(tuple(sorted(types)))
    places: dict[str, int] = {}
    mistakes: list[Mistake] = []
    for place, written in enumerate(header):
        if not written or is_own(written):
            continue
        name = names.get(plain(written))
        if name is None:
            mistakes.append(Mistake(row, place + 1, "sheet.column_unknown", suggestions=closest(written, names)))
        elif name in places:
            mistakes.append(Mistake(row, place + 1, "sheet.column_twice", header=written))
        else:
            places[name] = place
    return places, mistakes


def missing(places: Places, types: Collection[str]) -> Iterator[Column]:
    """Yield the columns that every event of one of these types needs and that the sheet has not."""
    needed = {column.name: column for event_type in types for column in columns_of(event_type) if column.required}
    return (column for name, column in needed.items() if name not in places)


def is_own(header: str) -> bool:
    """Tell whether a column is not for Salur: the partner's own, or the errors that an annotated copy shows."""
    return header.startswith((OWN, ERRORS.en, ERRORS.id))


def language_of(header: Sequence[str]) -> Language:
    """Return the language that most headers are in."""
    written = {plain(cell) for cell in header}
    indonesian = sum(plain(one.id) in written for one in HEADERS.values() if one.id != one.en)
    english = sum(plain(one.en) in written for one in HEADERS.values() if one.id != one.en)
    return "en" if english > indonesian else "id"


def closest(written: str, names: Collection[str]) -> tuple[str, ...]:
    """Return the header that looks most like what was written, if any does."""
    return tuple(difflib.get_close_matches(plain(written)[:64], names, n=1))


@functools.lru_cache(maxsize=256)
def _names(types: tuple[str, ...]) -> Mapping[str, str]:
    """Return the name of the column for every header that means one. A header of a language wins over the name on the wire."""
    known = {column.name for event_type in types for column in columns_of(event_type)} | {KEY.name, TYPE.name}
    names = {plain(name): name for name in known}
    for name in known:
        names.update((plain(other), name) for other in HEADERS[name].others if plain(other) not in known)
    for name in known:
        names.update((plain(header), name) for header in (HEADERS[name].en, HEADERS[name].id))
    return names
