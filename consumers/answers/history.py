"""The sum of each cell, or figure, now or after an older booking: from the sums themselves, or from the last row of their history."""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from consumers.answers.asof import AsOf
from consumers.answers.levels import CELLS, Level


def cells_as_of(
    connection: sa.Connection, columns: Sequence[sa.Column[Any]], conditions: Sequence[sa.ColumnElement[bool]], as_of: AsOf, *, level: Level = CELLS
) -> Iterator[Sequence[Any]]:
    """Yield (number, steps, events, *columns) of every sum of a level that meets ``conditions`` and had been booked to by ``as_of``."""
    sums = level.sums.c
    if as_of.is_head:
        query = sa.select(sums[level.number], sums.steps, sums.events, *columns).where(*conditions)
    else:
        query = _last_rows(level, columns, conditions, as_of.booking)
    yield from connection.execute(query, execution_options={"yield_per": 2000})


def _last_rows(level: Level, columns: Sequence[sa.Column[Any]], conditions: Sequence[sa.ColumnElement[bool]], booking: int) -> sa.Select[Any]:
    # One descent of the primary key (number, booking) per sum, in either database, however long the history is.
    number, history = level.sums.c[level.number], level.history
    earlier = history.alias("earlier")
    last = (
        sa.select(sa.func.max(earlier.c.booking)).where(earlier.c[level.number] == number, earlier.c.booking <= booking).correlate(level.sums).scalar_subquery()
    )
    return (
        sa.select(number, history.c.steps, history.c.events, *columns)
        .join_from(level.sums, history, sa.and_(history.c[level.number] == number, history.c.booking == last))
        .where(*conditions)
    )
