"""Pack conversions: what somebody said a pack holds, with date and source. Shown beside a raw figure and never used to reckon."""

from collections.abc import Collection
from typing import NamedTuple

from models.codelists import reader


class Conversion(NamedTuple):
    """So much of an item, in its unit, is said to be so much of another."""

    item: str
    quantity: str
    unit: str
    into_item: str
    into_quantity: str
    into_unit: str
    qualifier: str
    source: str
    date: str
    note: str


def shipped() -> tuple[Conversion, ...]:
    """Return the conversions that Salur knows. Reads the packaged file."""
    return tuple(Conversion(**row) for row in reader.rows("pack_conversions"))


def beside(conversions: Collection[Conversion], *, items: Collection[str], unit: str) -> tuple[Conversion, ...]:
    """Return the conversions that concern a figure of these items in this unit, from either end."""
    return tuple(one for one in conversions if (one.item in items and one.unit == unit) or (one.into_item in items and one.into_unit == unit))
