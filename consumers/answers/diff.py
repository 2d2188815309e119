"""What changed between two moments of the ledger, and why: every event booked between them, by cause, adding up exactly.

The events are read from the cells' histories between the two bookings, so a day's changes take as long in a long
history as in a short one. Memory holds one page and one stretch of events. The sums are held against two tallies
that are asked independently, one for each moment. Between moments that are far apart, these tallies and a page of
the events are answered at once; the causes are added up when that is asked for.
"""

import dataclasses
import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

import sqlalchemy as sa

from consumers.answers.asof import AsOf, milliseconds, resolve
from consumers.answers.contributions import Increment, booking_of, by_decision, decisions_between, in_stretches, increments
from consumers.answers.events import AT_ONCE, BookedEvent, booked_events
from consumers.answers.filters import CellFilter
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
ADDED_BY_ITSELF: Final = 6_000
"""Between moments with so many decisions the causes are always added up; otherwise when that is asked for."""

_DENSE: Final = 10
_RETURNS: Final = frozenset(str(event.__struct_config__.tag) for event in (DisbursementReturned, DisbursementRefunded))


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
    """A figure at both moments, None where nothing was booked for it, and what each cause added in between, with its events.

    ``causes`` is None where they were not added up. ``is_moved`` tells whether anything was booked for it in between.
    """

    figure: Figure
    before: int | None
    after: int | None
    causes: Mapping[Cause, tuple[Moved, int]] | None
    is_moved: bool

    @property
    def steps(self) -> int:
        """The sum over all causes; the difference itself where they were not added up."""
        if self.causes is None:
            return (self.after or 0) - (self.before or 0)
        return sum(moved.steps for moved, _ in self.causes.values())

    @property
    def adds_up(self) -> bool | None:
        """Whether the causes explain the whole difference between the two tallies; None if they were not added up."""
        return None if self.causes is None else (self.before or 0) + self.steps == (self.after or 0)

    def to_json(self) -> dict[str, Any]:
        """Return the figure as JSON values."""
        unit = self.figure.unit
        figures = {name: None if steps is None else format_steps(steps, unit) for name, steps in (("before", self.before), ("after", self.after))}
        causes = [{"cause": cause, **_moved_json(cause, moved, unit), "events": events} for cause, (moved, events) in (self.causes or {}).items()]
        told = None if self.causes is None else causes
        return {**_figure_json(self.figure), **figures, "change": format_steps(self.steps, unit), "causes": told, "adds_up": self.adds_up}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Diff:
    """The figures that changed and a page of the events that did it; ``next`` is the cursor of the following page, None on the last.

    ``total`` is the number of all events, None where they were not added up.
    """

    first: AsOf
    last: AsOf
    total: int | None
    figures: tuple[FigureChange, ...]
    events: tuple[ChangingEvent, ...]
    next: int | None

    @property
    def adds_up(self) -> bool | None:
        """Whether the causes explain the difference of every figure, changed or not; None if they were not added up."""
        return None if self.total is None else all(figure.adds_up for figure in self.figures)

    def to_json(self) -> dict[str, Any]:
        """Return the answer as JSON values; figures that nothing was booked to in between are left out."""
        return {
            "from": self.first.to_json(),
            "to": self.last.to_json(),
            "adds_up": self.adds_up,
            "figures": [figure.to_json() for figure in self.figures if figure.is_moved or figure.adds_up is False],
            "total": self.total,
            "events": [event.to_json() for event in self.events],
            "next": self.next,
        }


Moment = int | datetime.datetime
"""A booking or a moment, as ``--as-of`` takes it."""


def diff(
    connection: sa.Connection,
    wanted: CellFilter,
    first: Moment,
    last: Moment,
    *,
    cursor: int | None = None,
    limit: int | None = PAGE,
    adding: bool | None = None,
) -> Diff:
    """Return what changed in the cells of ``wanted`` after ``first`` and up to ``last``: events after decision ``cursor``, at most ``limit``.

    ``adding`` sums up the causes of all events, whatever the page; by default that is done between moments with up to
    ``ADDED_BY_ITSELF`` decisions, and always when all are listed. Raises ConfigurationError when ``first`` is the later one.
    """
    start, end = resolve(connection, first), resolve(connection, last)
    if start.booking > end.booking:
        raise ConfigurationError(f"booking {start.booking} is after booking {end.booking}", hint="turn them round")
    decisions = decisions_between(connection, start.booking + 1, end.booking) if end.booking > start.booking else 0
    between = _Between(connection=connection, wanted=wanted, start=start, end=end, known_at=_known_at(first, start), decisions=decisions)
    if limit is None or (decisions <= ADDED_BY_ITSELF if adding is None else adding):
        return _added_up(between, cursor=cursor, limit=limit)
    page = between.page(cursor, limit + 1)
    following = page[limit - 1][0] if len(page) > limit > 0 else None
    return Diff(first=start, last=end, total=None, figures=between.figures(None), events=tuple(between.events(page[:limit])), next=following)


def _added_up(between: "_Between", *, cursor: int | None, limit: int | None) -> Diff:
    sums: dict[Figure, dict[Cause, tuple[Moved, int]]] = {}
    page: list[Caused] = []
    total = 0
    following: int | None = None
    for number, cause, moves in between.causes():
        total += 1
        for figure, moved in moves.items():
            causes = sums.setdefault(figure, {})
            known, events = causes.get(cause, (Moved(0, 0), 0))
            causes[cause] = Moved(known.steps + moved.steps, known.moved + moved.moved), events + 1
        if cursor is not None and number <= cursor:
            continue
        if limit is None or len(page) < limit:
            page.append((number, cause, moves))
        elif following is None:
            following = page[-1][0] if page else None
    shown = tuple(between.events(page))
    return Diff(first=between.start, last=between.end, total=total, figures=between.figures(sums), events=shown, next=following)


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


Caused = tuple[int, Cause, Increments]
"""A decision, why it changed the figures, and what it did to each."""
Sums = Mapping[Figure, Mapping[Cause, tuple[Moved, int]]]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Between:
    """What was booked to the cells of a question after ``start`` and up to ``end``."""

    connection: sa.Connection
    wanted: CellFilter
    start: AsOf
    end: AsOf
    known_at: int
    decisions: int

    def figures(self, sums: Sums | None) -> tuple[FigureChange, ...]:
        """Return every figure at both moments, with the causes if they were added up."""
        before, after = self._tally(self.start), self._tally(self.end)
        nothing = (None, 0)
        return tuple(
            FigureChange(
                figure=figure,
                before=before.get(figure, nothing)[0],
                after=after.get(figure, nothing)[0],
                causes=None if sums is None else {cause: causes[cause] for cause in CAUSES if cause in causes},
                is_moved=before.get(figure) != after.get(figure) if sums is None else bool(causes),
            )
            for figure in sorted({*before, *after, *(sums or ())}, key=lambda figure: tuple(map(str, figure)))
            for causes in [(sums or {}).get(figure, {})]
        )

    def causes(self) -> Iterator[Caused]:
        """Yield all of it in the order of booking."""
        found = increments(self.connection, self.wanted, self.start.booking + 1, self.end.booking, events=self.decisions)
        stretch: dict[int, Increments] = {}
        for number, moves in self._by_decision(found):
            stretch[number] = moves
            if len(stretch) == AT_ONCE:
                yield from self._judged(stretch)
                stretch = {}
        yield from self._judged(stretch)

    def page(self, cursor: int | None, limit: int) -> list[Caused]:
        """Return the first ``limit`` of it after decision ``cursor``, read no further than that."""
        first = max(self.start.booking + 1, booking_of(self.connection, cursor) if cursor is not None else 0)
        page: dict[int, Increments] = {}
        for number, moves in self._by_decision(in_stretches(self.connection, self.wanted, first, self.end.booking, enough=limit)):
            if cursor is None or number > cursor:
                page[number] = moves
                if len(page) == limit:
                    break
        return list(self._judged(page))

    def events(self, page: Sequence[Caused]) -> Iterator[ChangingEvent]:
        """Yield the events of a page."""
        for start in range(0, len(page), AT_ONCE):
            part = page[start : start + AT_ONCE]
            numbers = [number for number, _, _ in part]
            events, links = booked_events(self.connection, numbers), links_of(self.connection, numbers, self.end)
            for number, cause, moves in part:
                yield ChangingEvent(cause=cause, event=events[number], increments=moves, names=links.corrects.get(number))

    def _tally(self, as_of: AsOf) -> dict[Figure, tuple[int, int]]:
        answer = tally(self.connection, dataclasses.replace(self.wanted, as_of=as_of.booking), by=())
        return {Figure(row.measure, row.unit, row.simulated): (row.steps, row.events) for row in answer.rows}

    def _by_decision(self, found: Iterable[Increment]) -> Iterator[tuple[int, Increments]]:
        for number, posted in by_decision(found):
            moves: dict[Figure, Moved] = {}
            for increment, steps in posted:
                figure = Figure(increment.measure, increment.unit, increment.simulated if self.wanted.shows_simulated else None)
                known = moves.get(figure, Moved(0, 0))
                moves[figure] = Moved(known.steps + steps, known.moved + max(steps, 0))
            yield number, moves

    def _judged(self, stretch: Mapping[int, Increments]) -> Iterator[Caused]:
        if not stretch:
            return
        decisions, links = schema.decisions.c, schema.links.c
        first, last = min(stretch), max(stretch)
        # A list of hundreds of numbers costs a database more than rows in between that nobody asked for. Said of the
        # links as well, lest PostgreSQL read all of them.
        is_dense = last - first < _DENSE * len(stretch)
        asked, linked = (number.between(first, last) if is_dense else number.in_(stretch) for number in (decisions.number, links.number))
        query = (
            sa.select(decisions.number, decisions.type, decisions.occurred_at, links.kind)
            .join_from(schema.decisions, schema.links, sa.and_(links.number == decisions.number, linked), isouter=True)
            .where(asked)
        )
        told = {row.number: row for row in self.connection.execute(query)}
        for number, moves in stretch.items():
            row = told[number]
            yield number, cause_of(link=row.kind, event_type=row.type, occurred_at=row.occurred_at, known_at=self.known_at, increments=moves), moves


def _figure_json(figure: Figure) -> dict[str, Any]:
    kind = {} if figure.simulated is None else {"simulated": figure.simulated}
    return {"measure": figure.measure, "unit": figure.unit, **kind}


def _moved_json(cause: Cause, moved: Moved, unit: str) -> dict[str, str]:
    """Return the sum; of what was reclassified, which adds nothing, also how much went from one cell into another."""
    between = {"moved": format_steps(moved.moved, unit)} if cause == "reclassification" else {}
    return {"quantity": format_steps(moved.steps, unit), **between}
