"""Evidence coverage: of what was delivered, how much is shown by evidence, and how much somebody else has verified.

By number of deliveries and by value, in each unit apart. ``evidenced`` is what the event itself brought evidence for,
``evidenced-later`` what evidence was attached to afterwards; the two never count the same twice, and with ``without``
they make the whole. ``verified`` is a question of its own, so it is beside them. Values are what was delivered, before
anything that came back. Percentages are exact fractions of two whole numbers and are always shown with both.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa

from consumers.answers.asof import AsOf, resolve
from consumers.answers.deliveries import Group, deliveries
from consumers.answers.filters import CellFilter
from consumers.answers.percent import Percent
from models.measures import DELIVERED, EVIDENCED, EVIDENCED_LATER, VERIFIED
from models.units import format_steps

DEFAULT_BY: Final = ("programme", "partner", "place")
SHOWN: Final = (EVIDENCED, EVIDENCED_LATER, VERIFIED)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """How many deliveries, and their value in steps."""

    events: int = 0
    steps: int = 0

    def plus(self, steps: int) -> "Covered":
        """Return this with one more delivery."""
        return Covered(events=self.events + 1, steps=self.steps + steps)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CoverageRow:
    """The coverage of one group in one unit; ``simulated`` is None when simulated partners were left out."""

    group: Mapping[str, str]
    unit: str
    simulated: bool | None
    delivered: Covered
    shown: Mapping[str, Covered]

    @property
    def without(self) -> Covered:
        """What no evidence shows."""
        evidenced, later = self.shown[EVIDENCED], self.shown[EVIDENCED_LATER]
        return Covered(events=self.delivered.events - evidenced.events - later.events, steps=self.delivered.steps - evidenced.steps - later.steps)

    @property
    def with_evidence(self) -> Covered:
        """What some evidence shows, from the event or later."""
        return Covered(events=self.delivered.events - self.without.events, steps=self.delivered.steps - self.without.steps)

    def to_json(self) -> dict[str, Any]:
        """Return the row as JSON values."""
        kind = {} if self.simulated is None else {"simulated": self.simulated}
        figures = {"delivered": self.delivered, **self.shown, "without": self.without}
        listed = {name: {"events": found.events, "quantity": format_steps(found.steps, self.unit)} for name, found in figures.items()}
        percents = {"with_evidence": self._percents(self.with_evidence), VERIFIED: self._percents(self.shown[VERIFIED])}
        return {**self.group, "unit": self.unit, **listed, "percent": percents, **kind}

    def _percents(self, part: Covered) -> dict[str, Any]:
        of_events = Percent(part=part.events, whole=self.delivered.events, unit="site") if self.delivered.events else None
        of_value = Percent(part=part.steps, whole=self.delivered.steps, unit=self.unit) if self.delivered.steps else None
        return {
            "events": None if of_events is None else {**of_events.to_json(), "part": part.events, "whole": self.delivered.events},
            "quantity": None if of_value is None else of_value.to_json(),
        }


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """The rows, and the booking that they hold for."""

    as_of: AsOf
    rows: tuple[CoverageRow, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the answer as JSON values."""
        return {"as_of": self.as_of.to_json(), "rows": [row.to_json() for row in self.rows]}


def coverage(connection: sa.Connection, wanted: CellFilter, *, by: Sequence[str] = DEFAULT_BY) -> Coverage:
    """Return the coverage of the deliveries of ``wanted``, one row per combination of ``by`` and unit."""
    as_of = resolve(connection, wanted.as_of)
    sums: dict[tuple[Group, str], dict[str, Covered]] = {}
    for delivery in deliveries(connection, wanted, as_of, measures={*DELIVERED, *SHOWN}, by=by, kinds=True):
        row = sums.setdefault((delivery.group, delivery.unit), dict.fromkeys(("delivered", *SHOWN), Covered()))
        delivered = sum(steps for measure, steps in delivery.steps.items() if measure in DELIVERED)
        for name, steps in (("delivered", delivered), *((measure, delivery.steps.get(measure, 0)) for measure in SHOWN)):
            if steps:
                row[name] = row[name].plus(steps)
    return Coverage(as_of=as_of, rows=tuple(_row(group, unit, found, by, wanted) for (group, unit), found in sorted(sums.items(), key=_order)))


def _row(group: Group, unit: str, found: Mapping[str, Covered], by: Sequence[str], wanted: CellFilter) -> CoverageRow:
    return CoverageRow(
        group=dict(zip(by, group, strict=False)),
        unit=unit,
        simulated=group[-1] == "true" if wanted.shows_simulated else None,
        delivered=found["delivered"],
        shown={name: found[name] for name in SHOWN},
    )


def _order(item: tuple[tuple[Group, str], object]) -> tuple[Group, str]:
    return item[0]
