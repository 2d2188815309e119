"""Which sums answer a question: the cells themselves, or figures that leave out the dimensions the question does not ask for.

The answer is the same from either; figures are fewer, so a question about years of deliveries reads few rows.
"""

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import sqlalchemy as sa

from consumers.answers.dimensions import COLUMNS
from consumers.answers.filters import CellFilter, last_day
from models import schema
from models.cells import STOCK, TALLY_TABLES
from models.provinces import beginnings_of


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One place where sums are kept: rows by number with their dimensions, the history of each, and which rows share events."""

    sums: sa.Table
    number: str
    history: sa.Table
    overlaps: sa.Table
    members: str
    columns: Mapping[str, sa.Column[Any]]
    only: tuple[sa.ColumnElement[bool], ...] = ()

    def column(self, dimension: str) -> sa.Column[Any]:
        """Return the column from which a dimension is read."""
        return self.columns[dimension]


CELLS: Final = Level(
    sums=schema.cells,
    number="cell",
    history=schema.cell_history,
    overlaps=schema.overlaps,
    members="cells",
    columns=MappingProxyType({**COLUMNS, "day": schema.cells.c.day, "month": schema.cells.c.day}),
)
"""The finest level: it answers every question."""

_SUMMED: Final = frozenset(TALLY_TABLES) - {STOCK}
"""The tables that figures are kept of."""
_figures = schema.figures.c
_SHARED: Final = {name: _figures[column.name] for name, column in COLUMNS.items() if column.name in _figures}


def _level(number: int, **own: sa.Column[Any]) -> Level:
    shared = {name: column for name, column in _SHARED.items() if name != "partner"}
    return Level(
        sums=schema.figures,
        number="figure",
        history=schema.figure_history,
        overlaps=schema.figure_overlaps,
        members="figures",
        columns=MappingProxyType({**shared, **own}),
        only=(_figures.level == number,),
    )


BY_PARTNER: Final = _level(1, partner=_figures.partner)
BY_MONTH: Final = _level(2, month=_figures.month)


def level_of(wanted: CellFilter, by: Sequence[str]) -> Level:
    """Return the coarsest level that tells apart what the question does."""
    if not wanted.tables(by) <= _SUMMED:
        return CELLS
    needed = {*by, *wanted.values}
    if wanted.day_from or wanted.day_to:
        needed.add("month" if _is_whole_months(wanted) else "day")
    return next((level for level in (BY_PARTNER, BY_MONTH) if needed <= level.columns.keys()), CELLS)


def _is_whole_months(wanted: CellFilter) -> bool:
    begins = not wanted.day_from or wanted.day_from.endswith("-01")
    return begins and (not wanted.day_to or wanted.day_to == last_day(wanted.day_to[:7]))


def conditions_at(level: Level, wanted: CellFilter, by: Sequence[str] = ()) -> list[sa.ColumnElement[bool]]:
    """Return the SQL conditions on a level's sums that select exactly what is asked for."""
    sums = level.sums.c
    found: list[sa.ColumnElement[bool]] = [*level.only, sums.table_name.in_(sorted(wanted.tables(by)))]
    found += [_chosen(level.columns[name], name, values) for name, values in sorted(wanted.values.items()) if name != "table"]
    if wanted.left_out:
        found.append(sums.measure.not_in(sorted(wanted.left_out)))
    if wanted.simulated != {True, False}:
        found.append(sums.simulated.is_(True in wanted.simulated))
    if wanted.day_from or wanted.day_to:
        # A stock has no day, so it is in no period.
        when, length = (level.columns["month"], 7) if level is BY_MONTH else (level.columns["day"], 10)
        found.append(when >= (wanted.day_from[:length] or "0"))
        if wanted.day_to:
            found.append(when <= wanted.day_to[:length])
    return found


def _chosen(column: sa.Column[Any], name: str, values: Collection[str]) -> sa.ColumnElement[bool]:
    if name != "province":
        return column.in_(sorted(values))
    found: list[sa.ColumnElement[bool]] = []
    for exactly, begins in map(beginnings_of, sorted(values)):
        found += [column.in_(exactly), *(sa.func.substr(column, 1, len(beginning)) == beginning for beginning in begins)]
    return sa.or_(*found)


def conditions(wanted: CellFilter, by: Sequence[str] = ()) -> list[sa.ColumnElement[bool]]:
    """Return the SQL conditions on ``cells`` that select exactly the cells asked for."""
    return conditions_at(CELLS, wanted, by)
