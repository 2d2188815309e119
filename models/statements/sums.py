"""What was found for a figure: the sums over its scopes, per measure and unit, and what shows a claim without value.

How they are read from the ledger is not known here. A sum of nothing is not there at all, which is not 0.
"""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from models.measures import EVIDENCE, PARTS

_ASIDE = frozenset({*EVIDENCE, *PARTS})
"""Measures that count what another measure counts already."""


class Amount(NamedTuple):
    """Whole steps of a unit, and of which measure (empty for what was said, or for a sum over measures)."""

    steps: int
    unit: str
    measure: str = ""


def in_one_unit(amounts: Iterable[Amount]) -> dict[str, int]:
    """Return the sums by unit; two units never share a sum."""
    totals: dict[str, int] = {}
    for amount in amounts:
        totals[amount.unit] = totals.get(amount.unit, 0) + amount.steps
    return totals


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ScopeSums:
    """The sums over one scope as somebody asked at one booking.

    ``sums`` are of the scope's measures, ``others`` of all measures besides. ``destinations`` tells them apart
    where the scope names two or more, an empty sequence where nothing is booked. ``is_closed`` when a closing
    covers all of the scope.
    """

    sums: tuple[Amount, ...] = ()
    others: tuple[Amount, ...] = ()
    destinations: Mapping[str, tuple[Amount, ...]] = dataclasses.field(default_factory=dict)
    is_closed: bool = False

    def total(self, unit: str) -> int | None:
        """Return the sum in a unit over the scope's measures, None if nothing counts in it: nothing was booked, or all was taken back."""
        return in_one_unit(self.sums).get(unit) or None

    def was_taken_back(self, unit: str) -> bool:
        """Tell whether something was booked in a unit of which nothing is left."""
        return in_one_unit(self.sums).get(unit) == 0

    def besides(self, unit: str) -> tuple[Amount, ...]:
        """Return what the scope's measures count in other units."""
        return tuple(amount for amount in self.sums if amount.unit != unit and amount.steps)

    def other_measures(self) -> tuple[Amount, ...]:
        """Return what else is counted in the same scope, less what is counted twice."""
        return tuple(amount for amount in self.others if amount.measure not in _ASIDE and amount.steps)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PartSums:
    """The sums over the scopes of a part; None for a scope that it does not have."""

    scope: ScopeSums | None = None
    less: ScopeSums | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class FigureSums:
    """The sums over the scopes of a figure, and the events that show it: their number per destination, by ``shown_by``.

    ``shown`` holds every destination that the claim names, and every other at which something shows it.
    """

    scope: ScopeSums | None = None
    less: ScopeSums | None = None
    of: ScopeSums | None = None
    parts: tuple[PartSums, ...] = ()
    shown: Mapping[str, int] | None = None
