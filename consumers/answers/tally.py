"""A tally: sums over cells, one row per group, measure and unit. What stands behind a row is in ``explain``.

Answers about now read the tallies alone, never the events, so they take as long with two million events as with
two thousand. Two units are never added: a wish for one total over several is answered by ``SeveralUnits``.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

import sqlalchemy as sa

from consumers.answers.asof import AsOf, resolve
from consumers.answers.conversions import Conversion, conversions
from consumers.answers.dimensions import DEFAULT_BY, group_value
from consumers.answers.distinct import counted_twice
from consumers.answers.filters import CellFilter
from consumers.answers.history import cells_as_of
from consumers.answers.intake import Intake, intake_total
from consumers.answers.levels import conditions_at, level_of
from models.measures import PARTS, RECIPIENTS
from models.units import format_steps

Source = Literal["ledger", "tables"]
LEDGER: Final[Source] = "ledger"
CONTACTS: Final = "sum of service contacts"
ABOUT_PEOPLE: Final = frozenset({RECIPIENTS, *PARTS})


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TallyRow:
    """One figure: the values it is grouped by, its measure and unit, its sum in whole steps, and how many events made it.

    ``simulated`` is None when simulated partners were left out, as they are unless asked for. ``programmes`` is how
    many programmes a figure about people adds up.
    """

    group: Mapping[str, str]
    measure: str
    unit: str
    steps: int
    events: int
    simulated: bool | None = None
    programmes: int = 1

    @property
    def rule(self) -> str | None:
        """What a figure about people is, where it adds up those of several programmes: not how many there are."""
        return CONTACTS if self.programmes > 1 and self.measure in ABOUT_PEOPLE else None

    @property
    def conversions(self) -> tuple[Conversion, ...]:
        """What the packs of this row were said to hold, if it is about one item in packs."""
        return conversions().get((self.group.get("item", ""), self.unit), ())

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
        more: dict[str, Any] = {} if self.simulated is None else {"simulated": self.simulated}
        if self.rule is not None:
            more["rule"] = self.rule
        if self.conversions:
            more["conversions"] = [fact.to_json() for fact in self.conversions]
        return {**self.group, "measure": self.measure, "unit": self.unit, "quantity": self.quantity, "events": self.events, **more}


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
    level = level_of(wanted, by)
    columns = [level.column(name) for name in by]
    kinds = (level.sums.c.measure, level.sums.c.unit, level.sums.c.simulated, level.sums.c.programme)
    sums: dict[tuple[Any, ...], list[int]] = {}
    programmes: dict[tuple[Any, ...], set[str]] = {}
    group_of: dict[int, tuple[Any, ...]] = {}
    for cell, steps, events, *values in cells_as_of(connection, (*columns, *kinds), conditions_at(level, wanted, by), as_of, level=level):
        group = _group(values, by, wanted)
        group_of[cell] = group
        total = sums.setdefault(group, [0, 0])
        total[0] += steps
        total[1] += events
        if group[-3] in ABOUT_PEOPLE and steps:
            programmes.setdefault(group, set()).add(values[-1])
    for group, surplus in counted_twice(connection, group_of, as_of, level=level).items():
        sums[group][1] -= surplus
    return TallyAnswer(
        as_of=as_of,
        intake=intake_total(connection, as_of),
        source=LEDGER,
        rows=tuple(row_of(group, by, steps, events, programmes=len(programmes.get(group, "1"))) for group, (steps, events) in sorted(sums.items(), key=_order)),
    )


def one_total(answer: TallyAnswer) -> TallyRow | SeveralUnits | None:
    """Return the only figure of an answer that was asked ``by=()``; None when nothing was booked, which is not 0."""
    if len(answer.rows) > 1:
        return SeveralUnits(answer.rows)
    return answer.rows[0] if answer.rows else None


def row_of(group: Sequence[Any], by: Sequence[str], steps: int, events: int, *, programmes: int = 1) -> TallyRow:
    """Return the row of a group: values of ``by``, then measure, unit and kind of partner."""
    *values, measure, unit, simulated = group
    named = dict(zip(by, values, strict=True))
    return TallyRow(group=named, measure=measure, unit=unit, steps=steps, events=events, simulated=simulated, programmes=programmes)


def _group(values: Sequence[Any], by: Sequence[str], wanted: CellFilter) -> tuple[Any, ...]:
    named = (group_value(name, value) for name, value in zip(by, values, strict=False))
    measure, unit, simulated, _programme = values[len(by) :]
    return (*named, measure, unit, bool(simulated) if wanted.shows_simulated else None)


def _order(item: tuple[tuple[Any, ...], list[int]]) -> tuple[str, ...]:
    return tuple(str(value) for value in item[0])
