"""What events posted to the cells asked for, in the order of booking: all of it, or as much as a page needs without reading the rest.

The increments stand in the cells' histories, one row per cell and booking. There are two ways to them: through the
bookings, which reads whatever was booked in between, and through the cells, which looks into each history. A page
begins at the first booking that moved one of its figures, reads stretches that likely hold enough, and takes the
shorter way for each; so its cost is that of the page and not of the ledger.
"""

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

import msgspec
import sqlalchemy as sa

from consumers.answers.asof import AsOf
from consumers.answers.filters import CellFilter
from consumers.answers.levels import CELLS, Level, conditions, conditions_at, level_of
from models import schema

Contributions = dict[tuple[str, str], int]
"""(measure, unit) → increment in steps, of one event."""
Contributed = tuple[int, Contributions]
"""A decision, and what it posted."""

THROUGH_BOOKINGS: Final = 30_000
"""So many decisions are read through their bookings in the time that a look at every cell takes."""
THROUGH_CELLS: Final = 200_000
"""More events than these are read through bookings, which are in order already."""
MOST_NAMED: Final = 2_000
_SHORTEST: Final = 500
_WIDER: Final = 4
_MORE: Final = 1.5

_members = msgspec.json.Decoder(list[tuple[int, int]])
_cells = schema.cells.c
_history = schema.cell_history.c
_bookings = schema.bookings.c


class Increment(NamedTuple):
    """One cell in one booking: its measure, unit and kind of partner, and what each decision added."""

    booking: int
    measure: str
    unit: str
    simulated: bool
    members: Sequence[tuple[int, int]]


Posted = tuple[int, list[tuple[Increment, int]]]
"""A decision, and how many steps it added in which increments."""


def all_contributions(connection: sa.Connection, wanted: CellFilter, as_of: AsOf, *, events: int, newest_first: bool = False) -> Iterator[Contributed]:
    """Yield every decision that posted to the cells, of which there are about so many ``events``. The database sorts, and spills to its disk if it must."""
    yield from _contributed(increments(connection, wanted, 1, as_of.booking, events=events, newest_first=newest_first), newest_first=newest_first)


def page_of_contributions(
    connection: sa.Connection, wanted: CellFilter, as_of: AsOf, *, after: int | None, limit: int, newest_first: bool
) -> list[Contributed]:
    """Return the first ``limit`` decisions after ``after`` (or before it, the newest first)."""
    page: list[Contributed] = []
    at = booking_of(connection, after) if after is not None else (as_of.booking if newest_first else 1)
    first, last = (1, min(at, as_of.booking)) if newest_first else (at, as_of.booking)
    found = in_stretches(connection, wanted, first, last, enough=limit, newest_first=newest_first)
    for one in _contributed(found, newest_first=newest_first):
        if after is None or (one[0] < after if newest_first else one[0] > after):
            page.append(one)
            if len(page) == limit:
                break
    return page


def increments(
    connection: sa.Connection, wanted: CellFilter, first: int, last: int, *, events: int, newest_first: bool = False, only: Sequence[int] = ()
) -> Iterator[Increment]:
    """Yield what bookings ``first`` to ``last`` did to the cells of ``wanted`` (or only to these), about so many ``events``, in the order of booking."""
    through_bookings = not only and (events > THROUGH_CELLS or decisions_between(connection, first, last) <= THROUGH_BOOKINGS)
    # SQLite goes through the bookings unless it is given the cells as a list; PostgreSQL finds the shorter way by itself.
    wanted_cells: Any = only or sa.select(_cells.cell).where(*conditions(wanted))
    query = (
        sa.select(_history.booking, _cells.measure, _cells.unit, _cells.simulated, _history.members)
        .join_from(schema.cell_history, schema.cells, _history.cell == _cells.cell)
        .where(*(conditions(wanted) if through_bookings else [_history.cell.in_(wanted_cells)]), _history.booking >= first, _history.booking <= last)
        .order_by(_history.booking.desc() if newest_first else _history.booking)
    )
    # Who has enough stops in the middle; the cursor is closed then.
    with connection.execute(query, execution_options={"yield_per": 500}) as rows:
        for booking, measure, unit, simulated, members in rows:
            yield Increment(booking, measure, unit, bool(simulated), _members.decode(members))


def in_stretches(connection: sa.Connection, wanted: CellFilter, first: int, last: int, *, enough: int, newest_first: bool = False) -> Iterator[Increment]:
    """Yield the same, read in stretches of which the first likely holds ``enough`` events: who has enough stops."""
    figures = _Figures(connection, wanted, first, last)
    at = figures.next(last if newest_first else first, newest_first=newest_first)
    decisions = figures.decisions_for(enough) if at is not None else 0
    while at is not None:
        start, end = _stretch(connection, at, decisions, newest_first=newest_first)
        start, end = max(start, first), min(end, last)
        yield from increments(connection, wanted, start, end, events=enough, newest_first=newest_first, only=figures.cells)
        at = figures.next(start - 1 if newest_first else end + 1, newest_first=newest_first)
        decisions *= _WIDER


class _Figures:
    """The sums that answer a question, coarse ones if they do: how often, and in which bookings, they moved."""

    def __init__(self, connection: sa.Connection, wanted: CellFilter, first: int, last: int) -> None:
        self._connection = connection
        self._bounds = first, last
        self._level: Level = level_of(wanted, ())
        sums = self._level.sums.c
        self._number = sums[self._level.number]
        query = sa.select(self._number, sums.events).where(*conditions_at(self._level, wanted), sums.booking >= first)
        found = connection.execute(query).all()
        self._events: int = sum(events for _, events in found)
        self._numbers = [number for number, _ in found]
        self.cells: Sequence[int] = self._numbers if self._level is CELLS and len(found) <= MOST_NAMED else ()

    def next(self, at: int, *, newest_first: bool) -> int | None:
        """Return the first booking from ``at`` on that moved one of them, None if there is none; many cells are taken to move in every one."""
        first, last = self._bounds
        if not self._numbers or not first <= at <= last:
            return None
        if len(self._numbers) > MOST_NAMED:
            return at
        history = self._level.history.c
        mine = history[self._level.number] == self._number
        edge = sa.func.max(history.booking) if newest_first else sa.func.min(history.booking)
        beyond = history.booking <= at if newest_first else history.booking >= at
        of_one = sa.select(edge).where(mine, beyond).correlate(self._level.sums).scalar_subquery()
        of_all = sa.func.max(of_one) if newest_first else sa.func.min(of_one)
        found: int | None = self._connection.execute(sa.select(of_all).where(self._number.in_(self._numbers))).scalar()
        return found if found is not None and first <= found <= last else None

    def decisions_for(self, enough: int) -> int:
        """Return how many decisions likely hold so many events of these figures."""
        first, last = self._bounds
        start, end = self.next(first, newest_first=False), self.next(last, newest_first=True)
        if start is None or end is None:
            return _SHORTEST
        share = max(1, self._events) / decisions_between(self._connection, start, end)
        return max(_SHORTEST, math.ceil(enough * _MORE / share))


def _stretch(connection: sa.Connection, at: int, decisions: int, *, newest_first: bool) -> tuple[int, int]:
    """Return the bookings from ``at`` on, or back from it, that hold about so many decisions."""
    edge = connection.execute(sa.select(_bookings.first_decision, _bookings.last_decision).where(_bookings.booking == at)).one()
    if newest_first:
        return booking_of(connection, max(1, edge.last_decision - decisions)), at
    return at, booking_of(connection, edge.first_decision + decisions)


def decisions_between(connection: sa.Connection, first: int, last: int) -> int:
    """Return how many decisions bookings ``first`` to ``last`` made."""
    query = sa.select(sa.func.min(_bookings.first_decision), sa.func.max(_bookings.last_decision)).where(_bookings.booking.in_((first, last)))
    start, end = connection.execute(query).one()
    return int(end - start + 1) if start is not None else 0


def by_decision(found: Iterable[Increment], *, newest_first: bool = False) -> Iterator[Posted]:
    """Yield the decisions of increments that come in the order of booking, each with what it added to which cell."""
    for _, booked in itertools.groupby(found, key=_booking):
        of_booking: dict[int, list[tuple[Increment, int]]] = {}
        for increment in booked:
            for decision, steps in increment.members:
                of_booking.setdefault(decision, []).append((increment, steps))
        for decision in sorted(of_booking, reverse=newest_first):
            yield decision, of_booking[decision]


def _booking(increment: Increment) -> int:
    return increment.booking


def _contributed(found: Iterable[Increment], *, newest_first: bool) -> Iterator[Contributed]:
    for decision, posted in by_decision(found, newest_first=newest_first):
        contributions: Contributions = {}
        for increment, steps in posted:
            key = (increment.measure, increment.unit)
            contributions[key] = contributions.get(key, 0) + steps
        yield decision, contributions


def booking_of(connection: sa.Connection, decision: int) -> int:
    """Return the booking of a decision; one that is not there yet is after all bookings."""
    decisions = schema.decisions.c
    booking: int | None = connection.execute(sa.select(decisions.booking).where(decisions.number == decision)).scalar()
    return booking or (0 if decision <= 0 else 2**62)
