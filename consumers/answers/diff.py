"""What changed between two moments of the ledger, and why: every event booked between them, by cause, adding up exactly.

The events are read from the cells' histories between the two bookings, so a day's changes take as long in a long
history as in a short one. Memory holds one page and one stretch of events. The sums are held against two tallies
that are asked independently, one for each moment.
"""

import dataclasses
import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

import msgspec
import sqlalchemy as sa

from consumers.answers.asof import AsOf, milliseconds, resolve
from consumers.answers.events import AT_ONCE, BookedEvent, booked_events
from consumers.answers.filters import CellFilter
from consumers.answers.levels import conditions
from consumers.answers.links import Link, links_of
from consumers.answers.tally import tally
from models import schema
from models.corrections import AMENDMENT, REVERSAL
from models.errors import ConfigurationError
from models.events.payments import DisbursementRefunded, DisbursementReturned
from models.units import format_steps

Cause = Literal["new", "late", "correction", "return", "reclassification"]
CAUSES: Final[tuple[Cause, ...]] = ("new", "late", "correction", "return", "reclassification")
PAGE: Final = 100

_RETURNS: Final = frozenset(str(event.__struct_config__.tag) for event in (DisbursementReturned, DisbursementRefunded))
_members = msgspec.json.Decoder(list[tuple[int, int]])


class Figure(NamedTuple):
    """What is summed: one measure in one unit; ``simulated`` is None where simulated partners are left out."""

    measure: str
    unit: str
    simulated: bool | None


class Moved(NamedTuple):
    """What one event, or all of a cause, did to a figure: the sum, and how much of it went from one cell into another."""

    steps: int
    moved: int


Increments = Mapping[Figure, Moved]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ChangingEvent:
    """One event booked between the moments: its cause, what it did to the figures, and the event that it names."""

    cause: Cause
    event: BookedEvent
    increments: Increments
    names: Link | None

    def to_json(self) -> dict[str, Any]:
        """Return the event as JSON values."""
        changes = [{**_figure_json(figure), **_moved_json(self.cause, moved, figure.unit)} for figure, moved in self.increments.items()]
        return {"cause": self.cause, **self.event.to_json(), "changes": changes, "names": self.names.to_json() if self.names else None}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class FigureChange:
    """A figure at both moments, None where nothing was booked for it, and what each cause added in between, with its events."""

    figure: Figure
    before: int | None
    after: int | None
    causes: Mapping[Cause, tuple[Moved, int]]

    @property
    def steps(self) -> int:
        """The sum over all causes."""
        return sum(moved.steps for moved, _ in self.causes.values())

    @property
    def adds_up(self) -> bool:
        """Whether the causes explain the whole difference between the two tallies."""
        return (self.before or 0) + self.steps == (self.after or 0)

    def to_json(self) -> dict[str, Any]:
        """Return the figure as JSON values."""
        unit = self.figure.unit
        figures = {name: None if steps is None else format_steps(steps, unit) for name, steps in (("before", self.before), ("after", self.after))}
        causes = [{"cause": cause, **_moved_json(cause, moved, unit), "events": events} for cause, (moved, events) in self.causes.items()]
        return {**_figure_json(self.figure), **figures, "change": format_steps(self.steps, unit), "causes": causes, "adds_up": self.adds_up}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Diff:
    """The figures that changed and a page of the events that did it; ``next`` is the cursor of the following page, None on the last."""

    first: AsOf
    last: AsOf
    total: int
    figures: tuple[FigureChange, ...]
    events: tuple[ChangingEvent, ...]
    next: int | None

    @property
    def adds_up(self) -> bool:
        """Whether the causes explain the difference of every figure, changed or not."""
        return all(figure.adds_up for figure in self.figures)

    def to_json(self) -> dict[str, Any]:
        """Return the answer as JSON values; figures that nothing was booked to in between are left out."""
        return {
            "from": self.first.to_json(),
            "to": self.last.to_json(),
            "adds_up": self.adds_up,
            "figures": [figure.to_json() for figure in self.figures if figure.causes or not figure.adds_up],
            "total": self.total,
            "events": [event.to_json() for event in self.events],
            "next": self.next,
        }


Moment = int | datetime.datetime
"""A booking or a moment, as ``--as-of`` takes it."""


def diff(connection: sa.Connection, wanted: CellFilter, first: Moment, last: Moment, *, cursor: int | None = None, limit: int | None = PAGE) -> Diff:
    """Return what changed in the cells of ``wanted`` after ``first`` and up to ``last``: events after decision ``cursor``, at most ``limit``.

    All events are summed up, whatever the page. Raises ConfigurationError when ``first`` is the later one.
    """
    start, end = resolve(connection, first), resolve(connection, last)
    if start.booking > end.booking:
        raise ConfigurationError(f"booking {start.booking} is after booking {end.booking}", hint="turn them round")
    sums: dict[Figure, dict[Cause, tuple[Moved, int]]] = {}
    page: list[tuple[int, Cause, Increments]] = []
    total = 0
    following: int | None = None
    for number, cause, increments in _causes(connection, wanted, start, end, known_at=_known_at(first, start)):
        total += 1
        for figure, moved in increments.items():
            causes = sums.setdefault(figure, {})
            known, events = causes.get(cause, (Moved(0, 0), 0))
            causes[cause] = Moved(known.steps + moved.steps, known.moved + moved.moved), events + 1
        if cursor is not None and number <= cursor:
            continue
        if limit is None or len(page) < limit:
            page.append((number, cause, increments))
        elif following is None:
            following = page[-1][0] if page else None
    figures = _figures(_steps(connection, wanted, start), _steps(connection, wanted, end), sums)
    return Diff(first=start, last=end, total=total, figures=figures, events=tuple(_events(connection, page, end)), next=following)


def cause_of(*, link: str | None, event_type: str, occurred_at: int, known_at: int, increments: Increments) -> Cause:
    """Return why an event changed the figures; ``known_at`` is the earlier moment in milliseconds, before which a new event was there to be known."""
    if link == AMENDMENT and any(moved.moved for moved in increments.values()) and not any(moved.steps for moved in increments.values()):
        return "reclassification"
    if link in (AMENDMENT, REVERSAL):
        return "correction"
    if event_type in _RETURNS:
        return "return"
    return "new" if occurred_at > known_at else "late"


def _known_at(asked: Moment, start: AsOf) -> int:
    """Return the earlier moment itself, or when the booking was made; before the first booking everything was new."""
    if isinstance(asked, datetime.datetime):
        return milliseconds(asked)
    return start.booked_at or 0


def _steps(connection: sa.Connection, wanted: CellFilter, as_of: AsOf) -> dict[Figure, int]:
    answer = tally(connection, dataclasses.replace(wanted, as_of=as_of.booking), by=())
    return {Figure(row.measure, row.unit, row.simulated): row.steps for row in answer.rows}


def _figures(before: Mapping[Figure, int], after: Mapping[Figure, int], sums: Mapping[Figure, Mapping[Cause, tuple[Moved, int]]]) -> tuple[FigureChange, ...]:
    figures = sorted({*before, *after, *sums}, key=lambda figure: tuple(map(str, figure)))
    return tuple(
        FigureChange(figure=figure, before=before.get(figure), after=after.get(figure), causes={cause: causes[cause] for cause in CAUSES if cause in causes})
        for figure in figures
        for causes in [sums.get(figure, {})]
    )


def _causes(connection: sa.Connection, wanted: CellFilter, start: AsOf, end: AsOf, *, known_at: int) -> Iterator[tuple[int, Cause, Increments]]:
    stretch: dict[int, Increments] = {}
    for number, increments in _increments(connection, wanted, start, end):
        stretch[number] = increments
        if len(stretch) == AT_ONCE:
            yield from _judged(connection, stretch, known_at)
            stretch = {}
    yield from _judged(connection, stretch, known_at)


def _judged(connection: sa.Connection, stretch: Mapping[int, Increments], known_at: int) -> Iterator[tuple[int, Cause, Increments]]:
    decisions, links = schema.decisions.c, schema.links.c
    query = (
        sa.select(decisions.number, decisions.type, decisions.occurred_at, links.kind)
        .join_from(schema.decisions, schema.links, links.number == decisions.number, isouter=True)
        .where(decisions.number.in_(stretch))
    )
    told = {row.number: row for row in connection.execute(query)}
    for number, increments in stretch.items():
        row = told[number]
        yield number, cause_of(link=row.kind, event_type=row.type, occurred_at=row.occurred_at, known_at=known_at, increments=increments), increments


def _increments(connection: sa.Connection, wanted: CellFilter, start: AsOf, end: AsOf) -> Iterator[tuple[int, Increments]]:
    """Yield (decision, what it did to each figure) in the order of booking."""
    cells, history = schema.cells.c, schema.cell_history.c
    query = (
        sa.select(history.booking, cells.measure, cells.unit, cells.simulated, history.members)
        .join_from(schema.cells, schema.cell_history, history.cell == cells.cell)
        # A cell that was booked to last before the interval needs no look into its history.
        .where(*conditions(wanted), cells.booking > start.booking, history.booking > start.booking, history.booking <= end.booking)
        .order_by(history.booking)
    )
    booking = 0
    found: dict[int, dict[Figure, Moved]] = {}
    for row_booking, measure, unit, simulated, members in connection.execute(query, execution_options={"yield_per": 500}):
        if row_booking != booking:
            yield from sorted(found.items(), key=_number)
            booking, found = row_booking, {}
        figure = Figure(measure, unit, bool(simulated) if wanted.shows_simulated else None)
        for decision, steps in _members.decode(members):
            increments = found.setdefault(decision, {})
            known = increments.get(figure, Moved(0, 0))
            increments[figure] = Moved(known.steps + steps, known.moved + max(steps, 0))
    yield from sorted(found.items(), key=_number)


def _number(item: tuple[int, object]) -> int:
    return item[0]


def _events(connection: sa.Connection, page: Sequence[tuple[int, Cause, Increments]], end: AsOf) -> Iterator[ChangingEvent]:
    for start in range(0, len(page), AT_ONCE):
        part = page[start : start + AT_ONCE]
        numbers = [number for number, _, _ in part]
        events, links = booked_events(connection, numbers), links_of(connection, numbers, end)
        for number, cause, increments in part:
            yield ChangingEvent(cause=cause, event=events[number], increments=increments, names=links.corrects.get(number))


def _figure_json(figure: Figure) -> dict[str, Any]:
    kind = {} if figure.simulated is None else {"simulated": figure.simulated}
    return {"measure": figure.measure, "unit": figure.unit, **kind}


def _moved_json(cause: Cause, moved: Moved, unit: str) -> dict[str, str]:
    """Return the sum; of what was reclassified, which adds nothing, also how much went from one cell into another."""
    between = {"moved": format_steps(moved.moved, unit)} if cause == "reclassification" else {}
    return {"quantity": format_steps(moved.steps, unit), **between}
