"""What events posted to the cells asked for, in the order of booking: all of it, or one page found without reading the rest.

The increments stand in the cells' histories, one row per cell and booking. A page reads bookings in windows that
grow until it is full, so its cost is that of the page and not of the ledger.
"""

from collections.abc import Iterator
from typing import Any

import msgspec
import sqlalchemy as sa

from consumers.answers.asof import AsOf
from consumers.answers.filters import CellFilter
from consumers.answers.levels import conditions
from models import schema

Contributions = dict[tuple[str, str], int]
"""(measure, unit) → increment in steps, of one event."""
Contributed = tuple[int, Contributions]
"""A decision, and what it posted."""

_FIRST_WINDOW = 1
_WIDER = 4

_members = msgspec.json.Decoder(list[tuple[int, int]])
_cells = schema.cells.c
_history = schema.cell_history.c


def all_contributions(connection: sa.Connection, wanted: CellFilter, as_of: AsOf, *, newest_first: bool = False) -> Iterator[Contributed]:
    """Yield every decision that posted to the cells. The database sorts, and spills to its disk if it must."""
    query = _rows(wanted).where(_history.booking <= as_of.booking)
    yield from _by_decision(connection, query, newest_first=newest_first)


def page_of_contributions(
    connection: sa.Connection, wanted: CellFilter, as_of: AsOf, *, after: int | None, limit: int, newest_first: bool
) -> list[Contributed]:
    """Return the first ``limit`` decisions after ``after`` (or before it, the newest first)."""
    page: list[Contributed] = []
    at = _booking_of(connection, after) if after is not None else (as_of.booking if newest_first else 1)
    window = _FIRST_WINDOW
    while len(page) < limit and 1 <= at <= as_of.booking:
        first, last = (max(1, at - window + 1), at) if newest_first else (at, min(as_of.booking, at + window - 1))
        query = _rows(wanted).where(_history.booking >= first, _history.booking <= last)
        query = query.with_hint(schema.cell_history, "INDEXED BY cell_history_by_booking", "sqlite")
        found = _by_decision(connection, query, newest_first=newest_first)
        page += [one for one in found if after is None or (one[0] < after if newest_first else one[0] > after)]
        at = first - 1 if newest_first else last + 1
        window *= _WIDER
    return page[:limit]


def _rows(wanted: CellFilter) -> sa.Select[Any]:
    columns = (_history.booking, _cells.measure, _cells.unit, _history.members)
    return sa.select(*columns).join_from(schema.cell_history, schema.cells, _history.cell == _cells.cell).where(*conditions(wanted))


def _by_decision(connection: sa.Connection, query: sa.Select[Any], *, newest_first: bool) -> Iterator[Contributed]:
    booking = 0
    found: dict[int, Contributions] = {}
    ordered = query.order_by(_history.booking.desc() if newest_first else _history.booking)
    for row_booking, measure, unit, members in connection.execute(ordered, execution_options={"yield_per": 500}):
        if row_booking != booking:
            yield from sorted(found.items(), reverse=newest_first)
            booking, found = row_booking, {}
        key = (measure, unit)
        for decision, steps in _members.decode(members):
            contributions = found.setdefault(decision, {})
            contributions[key] = contributions.get(key, 0) + steps
    yield from sorted(found.items(), reverse=newest_first)


def _booking_of(connection: sa.Connection, decision: int) -> int:
    """Return the booking of a decision; one that is not there yet is after all bookings."""
    decisions = schema.decisions.c
    booking = connection.execute(sa.select(decisions.booking).where(decisions.number == decision)).scalar()
    return booking or (0 if decision <= 0 else 2**62)
