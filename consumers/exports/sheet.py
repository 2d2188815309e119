"""What every file is made of: columns with their kinds, and rows that are read once, one after the other.

A quantity is an exact decimal string in every row; what a format makes of it is the format's.
"""

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Literal

import msgspec

from models.measures import ALL_MEASURES

Kind = Literal["text", "quantity", "whole", "truth"]
Value = str | int | bool | None
Row = Sequence[Value]

QUANTITIES: Final = ALL_MEASURES | {
    *("quantity", "sum", "change", "before", "after", "moved", "delivered", "undelivered", "percent", "part", "whole"),
    *("counted", "book", "variance", "adjusted", "unexplained", "opening", "uncovered"),
}
"""The members of answers that are quantities: by name, so that a column has one kind in every export."""
_HOLDERS_OF_QUANTITIES: Final = frozenset({"measures", "below", "open", "parts"})


@dataclasses.dataclass(frozen=True, slots=True)
class Column:
    """One column."""

    name: str
    kind: Kind = "text"


@dataclasses.dataclass(frozen=True, slots=True)
class Sheet:
    """Columns, and the rows below them."""

    columns: tuple[Column, ...]
    rows: Iterable[Row]


_OFTEN: Final = 1_000


class Noted:
    """Passes rows on, and notes how many there were and which units."""

    def __init__(self, sheet: Sheet, on_rows: Callable[[int], None] = lambda _more: None) -> None:
        self._on_rows = on_rows
        self.count = 0
        self.units: set[str] = set()
        self._rows = sheet.rows
        self._at = [position for position, column in enumerate(sheet.columns) if column.name.rpartition(".")[2] == "unit"]

    def __iter__(self) -> Iterator[Row]:
        """Yield each row once."""
        for row in self._rows:
            self.count += 1
            if self.count % _OFTEN == 0:
                self._on_rows(_OFTEN)
            for position in self._at:
                if unit := row[position]:
                    self.units.add(str(unit))
            yield row


def sheet_of(answers: Iterable[Mapping[str, Any]]) -> Sheet:
    """Return rows of an answer as a sheet: nested members by their path with dots, lists as JSON, in the order of the answer."""
    flat = [dict(_flattened(answer)) for answer in answers]
    names = list(dict.fromkeys(name for row in flat for name in row))
    columns = tuple(Column(name, _kind(name, [row.get(name) for row in flat])) for name in names)
    return Sheet(columns, [[row.get(name) for name in names] for row in flat])


def _kind(name: str, values: Sequence[Value]) -> Kind:
    path = name.split(".")
    is_named = path[-1] in QUANTITIES or not _HOLDERS_OF_QUANTITIES.isdisjoint(path[:-1])
    if is_named and all(value is None or isinstance(value, str) for value in values):
        return "quantity"
    known = [value for value in values if value is not None]
    if known and all(isinstance(value, bool) for value in known):
        return "truth"
    if known and all(isinstance(value, int) and not isinstance(value, bool) for value in known):
        return "whole"
    return "text"


def _flattened(answer: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Value]]:
    for name, value in answer.items():
        match value:
            case Mapping():
                yield from _flattened(value, f"{prefix}{name}.")
            case None | bool() | int() | str():
                yield f"{prefix}{name}", value
            case list() | tuple() if all(isinstance(one, str) for one in value):
                yield f"{prefix}{name}", " ".join(value)
            case _:
                yield f"{prefix}{name}", msgspec.json.encode(value).decode()
