"""A tally: sums over cells, one row per group, measure and unit. What stands behind a row is in ``explain``.

Answers about now read the tallies alone, never the events, so they take as long with two million events as with
two thousand. Two units are never added: a wish for one total over several is answered by ``SeveralUnits``.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

import sqlalchemy as sa

from consumers.answers.asof import AsOf, resolve
from consumers.answers.dimensions import DEFAULT_BY, group_value, grouping_column
from consumers.answers.distinct import counted_twice
from consumers.answers.filters import CellFilter, conditions
from consumers.answers.history import cells_as_of
from consumers.answers.intake import Intake, intake_total
from models import schema
from models.units import format_steps

Source = Literal["ledger", "tables"]
LEDGER: Final[Source] = "ledger"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TallyRow:
    """One figure: the values it is grouped by, its measure and unit, its sum in whole steps, and how many events made it.

    ``simulated`` is None when simulated partners were left out, as they are unless asked for.
    """

    group: Mapping[str, str]
    measure: str
    unit: str
    steps: int
    events: int
    simulated: bool | None = None

    @property
    def quantity(self) -> str:
        """The sum as an exact decimal string in whole units."""
        return format_steps(self.steps, self.unit)

    def key(self) -> dict[str, str | bool]:
        """Return what tells this row from the others: ``CellFilter.narrowed`` takes it."""
        kind: dict[str, str | bool] = {} if self.simulated is None else {"simulated": self.simulated}
        return {**self.group, "measure": self.measure, "unit": self.unit, **kind}

    def to_json(self) -> dict[str, Any]:
        """Return the row as JSON values."""
        kind = {} if self.simulated is None else {"simulated": self.simulated}
        return {**self.group, "measure": self.measure, "unit": self.unit, "quantity": self.quantity, "events": self.events, **kind}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TallyAnswer:
    """The rows, the booking that they hold for, the intake up to it, and where they were read."""

    as_of: AsOf
    intake: Intake
    source: Source
    rows: tuple[TallyRow, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the answer as JSON values."""
        return {"as_of": self.as_of.to_json(), "intake": self.intake.to_json(), "source": self.source, "rows": [row.to_json() for row in self.rows]}


@dataclasses.dataclass(frozen=True, slots=True)
class SeveralUnits:
    """One total was wished for over figures that cannot be added: their measures or units differ."""

    figures: tuple[TallyRow, ...]

    @property
    def units(self) -> tuple[str, ...]:
        """The units of the figures, each once."""
        return tuple(dict.fromkeys(figure.unit for figure in self.figures))

    @property
    def message(self) -> str:
        """What cannot be added, with every figure."""
        listed = " and ".join(f"{figure.quantity} {figure.unit} ({figure.measure})" for figure in self.figures)
        reason = "are different units" if len(self.units) > 1 else "are different measures"
        return f"there is no total of {listed}: they {reason}"

    def to_json(self) -> dict[str, Any]:
        """Return the refusal as JSON values."""
        return {"error": "several_units", "message": self.message, "units": list(self.units), "figures": [row.to_json() for row in self.figures]}


def tally(connection: sa.Connection, wanted: CellFilter, *, by: Sequence[str] = DEFAULT_BY) -> TallyAnswer:
    """Return the sums over the cells of ``wanted``, one row per combination of ``by``, measure and unit, in that order.

    ``connection`` must see one moment of the ledger (``open_for_reading``). ``events`` counts different events.
    """
    as_of = resolve(connection, wanted.as_of)
    columns = [grouping_column(name) for name in by]
    kinds = (schema.cells.c.measure, schema.cells.c.unit, schema.cells.c.simulated)
    sums: dict[tuple[Any, ...], list[int]] = {}
    group_of: dict[int, tuple[Any, ...]] = {}
    for cell, steps, events, *values in cells_as_of(connection, (*columns, *kinds), conditions(wanted, by), as_of):
        group = _group(values, by, wanted)
        group_of[cell] = group
        total = sums.setdefault(group, [0, 0])
        total[0] += steps
        total[1] += events
    for group, surplus in counted_twice(connection, group_of, as_of).items():
        sums[group][1] -= surplus
    return TallyAnswer(
        as_of=as_of,
        intake=intake_total(connection, as_of),
        source=LEDGER,
        rows=tuple(row_of(group, by, steps, events) for group, (steps, events) in sorted(sums.items(), key=_order)),
    )


def one_total(answer: TallyAnswer) -> TallyRow | SeveralUnits | None:
    """Return the only figure of an answer that was asked ``by=()``; None when nothing was booked, which is not 0."""
    if len(answer.rows) > 1:
        return SeveralUnits(answer.rows)
    return answer.rows[0] if answer.rows else None


def row_of(group: Sequence[Any], by: Sequence[str], steps: int, events: int) -> TallyRow:
    """Return the row of a group: values of ``by``, then measure, unit and kind of partner."""
    *values, measure, unit, simulated = group
    return TallyRow(group=dict(zip(by, values, strict=True)), measure=measure, unit=unit, steps=steps, events=events, simulated=simulated)


def _group(values: Sequence[Any], by: Sequence[str], wanted: CellFilter) -> tuple[Any, ...]:
    named = (group_value(name, value) for name, value in zip(by, values, strict=False))
    measure, unit, simulated = values[len(by) :]
    return (*named, measure, unit, bool(simulated) if wanted.shows_simulated else None)


def _order(item: tuple[tuple[Any, ...], list[int]]) -> tuple[str, ...]:
    return tuple(str(value) for value in item[0])
