"""Pack conversions: what somebody once said that a pack holds, with source and date, shown beside a figure in packs.

They are facts about what was said, so they are never used to reckon: 700 boxes stay 700 boxes.
"""

import dataclasses
import functools
from collections.abc import Mapping
from typing import Any

from models.codelists.reader import rows
from models.units import UNITS, format_steps, parse_steps


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """So many packs were said to hold so many pieces; both in steps of their units."""

    item: str
    steps: int
    unit: str
    into_item: str
    into_steps: int
    into_unit: str
    qualifier: str
    source: str
    date: str

    def to_json(self) -> dict[str, Any]:
        """Return the fact as JSON values."""
        return {
            "quantity": format_steps(self.steps, self.unit),
            "unit": self.unit,
            "into_item": self.into_item,
            "into_quantity": format_steps(self.into_steps, self.into_unit),
            "into_unit": self.into_unit,
            "qualifier": self.qualifier,
            "source": self.source,
            "date": self.date,
        }


@functools.cache
def conversions() -> Mapping[tuple[str, str], tuple[Conversion, ...]]:
    """Return the shipped facts by item and unit of the pack."""
    found: dict[tuple[str, str], tuple[Conversion, ...]] = {}
    for row in rows("pack_conversions"):
        fact = Conversion(
            item=row["item"],
            steps=parse_steps(row["quantity"], UNITS[row["unit"]]),
            unit=row["unit"],
            into_item=row["into_item"],
            into_steps=parse_steps(row["into_quantity"], UNITS[row["into_unit"]]),
            into_unit=row["into_unit"],
            qualifier=row["qualifier"],
            source=row["source"],
            date=row["date"],
        )
        found[fact.item, fact.unit] = (*found.get((fact.item, fact.unit), ()), fact)
    return found
