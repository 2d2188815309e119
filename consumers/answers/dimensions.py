"""The dimensions that a tally may be asked by, and the ledger column of each.

``month`` is no column but the start of ``day``, and ``province`` the start of ``place`` (see ``models.provinces``).
``measure`` and ``unit`` are dimensions to filter by, and part of every row anyway, because a figure without them is none.
"""

import difflib
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import sqlalchemy as sa

from models import schema
from models.errors import ConfigurationError
from models.provinces import province_of

_cells = schema.cells.c

COLUMNS: Final[Mapping[str, sa.Column[Any]]] = MappingProxyType(
    {
        "destination": _cells.destination,
        "programme": _cells.programme,
        "activity": _cells.activity,
        "tranche": _cells.tranche,
        "partner": _cells.partner,
        "item": _cells.item,
        "measure": _cells.measure,
        "unit": _cells.unit,
        "recipient_type": _cells.recipient_type,
        "place": _cells.place,
        "province": _cells.place,
        "holder": _cells.holder,
        "lot": _cells.lot,
        "table": _cells.table_name,
    }
)
"""The dimensions that a filter may name, with their columns."""

MEASURE_AND_UNIT: Final = ("measure", "unit")
DEFAULT_BY: Final = ("destination", "programme", "item")
GROUPINGS: Final = (*COLUMNS, "day", "month")
"""The dimensions that rows may be grouped by."""


def parse_by(text: str | Sequence[str]) -> tuple[str, ...]:
    """Read the dimensions of ``--by``; none at all is one row per measure and unit. Raises ConfigurationError."""
    names = text.split(",") if isinstance(text, str) else text
    by: list[str] = []
    for name in (name.strip().replace("-", "_") for name in names):
        if name and name not in by and name not in MEASURE_AND_UNIT:
            if name not in GROUPINGS:
                raise unknown("dimension", name, GROUPINGS)
            by.append(name)
    return tuple(by)


def unknown(what: str, value: str, valid: Collection[str]) -> ConfigurationError:
    """Return the error that names a word nobody knows, and the closest one that is known."""
    closest = difflib.get_close_matches(value.lower(), {code.lower(): code for code in valid}, n=1, cutoff=0.0)
    by_lower = {code.lower(): code for code in valid}
    hint = f"the closest is {by_lower[closest[0]]!r}" if closest else ""
    return ConfigurationError(f"there is no {what} {value!r}", hint=hint)


def group_value(dimension: str, value: Any) -> str:
    """Return what a row shows for the stored value of a grouping dimension."""
    match dimension:
        case "month":
            return str(value)[:7]
        case "province":
            return province_of(str(value))
        case _:
            return str(value)


def grouping_column(dimension: str) -> sa.Column[Any]:
    """Return the column from which a grouping dimension is read."""
    return _cells.day if dimension in {"day", "month"} else COLUMNS[dimension]
