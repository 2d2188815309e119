"""The sum of each cell now or after an older booking: from the tallies themselves, or from the last row of their history."""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from consumers.answers.asof import AsOf
from models import schema

_cells = schema.cells.c
_history = schema.cell_history.c


def cells_as_of(
    connection: sa.Connection, columns: Sequence[sa.Column[Any]], conditions: Sequence[sa.ColumnElement[bool]], as_of: AsOf
) -> Iterator[Sequence[Any]]:
    """Yield (cell, steps, events, *columns) of every cell that meets ``conditions`` and had been booked to by ``as_of``."""
    if as_of.is_head:
        query = sa.select(_cells.cell, _cells.steps, _cells.events, *columns).where(*conditions)
    else:
        query = _last_rows(columns, conditions, as_of.booking)
    yield from connection.execute(query, execution_options={"yield_per": 2000})


def _last_rows(columns: Sequence[sa.Column[Any]], conditions: Sequence[sa.ColumnElement[bool]], booking: int) -> sa.Select[Any]:
    # One descent of the primary key (cell, booking) per cell, in either database, however long the history is.
    earlier = schema.cell_history.alias("earlier")
    last = (
        sa.select(sa.func.max(earlier.c.booking)).where(earlier.c.cell == _cells.cell, earlier.c.booking <= booking).correlate(schema.cells).scalar_subquery()
    )
    return (
        sa.select(_cells.cell, _history.steps, _history.events, *columns)
        .join_from(schema.cells, schema.cell_history, sa.and_(_history.cell == _cells.cell, _history.booking == last))
        .where(*conditions)
    )
