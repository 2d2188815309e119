"""The same tally as the ledger's, from the materialized tables: coarser cells, a second and independent sum.

The tables keep months and no days, no place and no lot, and only what is now. A question that needs more is
refused, never answered with something else.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from consumers.answers.asof import AsOf
from consumers.answers.dimensions import DEFAULT_BY
from consumers.answers.filters import CellFilter, first_day, last_day
from consumers.answers.intake import DISPOSITIONS, Intake
from consumers.answers.tally import ABOUT_PEOPLE, Source, TallyAnswer, row_of
from consumers.tables.reader import TablesSnapshot
from models.cells import STOCK, TableCell
from models.errors import ConfigurationError
from models.tables import CellSum

TABLES: Final[Source] = "tables"
_HINT: Final = "ask the ledger: --source ledger"
_NOT_KEPT: Final = frozenset({"place", "province", "lot", "day"})


def tally(snapshot: TablesSnapshot, wanted: CellFilter, *, as_of: AsOf, by: Sequence[str] = DEFAULT_BY) -> TallyAnswer:
    """Return the sums over the tables' cells of ``wanted``; ``events`` counts postings. Raises ConfigurationError for what they cannot tell."""
    refuse_what_tables_cannot_tell(wanted, by)
    sums: dict[tuple[Any, ...], list[int]] = {}
    programmes: dict[tuple[Any, ...], set[str]] = {}
    for cell, steps, postings in _cells(snapshot, wanted, by):
        kind = cell.simulated if wanted.shows_simulated else None
        group = (*(str(getattr(cell, name)) for name in by), cell.measure, cell.unit, kind)
        total = sums.setdefault(group, [0, 0])
        total[0] += int(steps)
        total[1] += postings
        if cell.measure in ABOUT_PEOPLE and int(steps):
            programmes.setdefault(group, set()).add(cell.programme)
    ordered = sorted(sums.items(), key=lambda item: tuple(str(value) for value in item[0]))
    return TallyAnswer(
        as_of=as_of,
        intake=intake(snapshot),
        source=TABLES,
        rows=tuple(row_of(group, by, steps, postings, programmes=len(programmes.get(group, "1"))) for group, (steps, postings) in ordered),
    )


def intake(snapshot: TablesSnapshot) -> Intake:
    """Return the intake of all partners, from the partners' table."""
    values = [stored.value.counts for stored in snapshot.partners.values()]
    return Intake(**{name: sum(counts.get(name, 0) for counts in values) for name in ("received", *DISPOSITIONS)})


def refuse_what_tables_cannot_tell(wanted: CellFilter, by: Sequence[str]) -> None:
    """Raise ConfigurationError if the tables do not keep what the question needs."""
    asked = {*wanted.values, *by}
    for dimension in sorted(_NOT_KEPT & asked):
        raise ConfigurationError(f"the tables keep no {dimension}", hint=_HINT)
    if "holder" in asked and wanted.tables(by) != {STOCK}:
        raise ConfigurationError("the tables keep no holder but that of a stock", hint=f"add --table stock, or {_HINT}")
    if wanted.as_of is not None:
        raise ConfigurationError("the tables hold only what is now", hint=_HINT)
    if wanted.day_from and wanted.day_from != first_day(wanted.day_from[:7]):
        raise ConfigurationError(f"the tables keep whole months; {wanted.day_from} is not the first day of one", hint=_HINT)
    if wanted.day_to and wanted.day_to != last_day(wanted.day_to[:7]):
        raise ConfigurationError(f"the tables keep whole months; {wanted.day_to} is not the last day of one", hint=_HINT)


def _cells(snapshot: TablesSnapshot, wanted: CellFilter, by: Sequence[str]) -> Iterator[CellSum]:
    tables = wanted.tables(by)
    for (table, _key), stored in snapshot.tallies.items():
        if table in tables:
            yield from (cell_sum for cell_sum in stored.value.cells if _is_wanted(cell_sum.cell, wanted))


def _is_wanted(cell: TableCell, wanted: CellFilter) -> bool:
    if cell.simulated not in wanted.simulated or cell.measure in wanted.left_out:
        return False
    if wanted.day_from and cell.month < wanted.day_from[:7]:
        return False
    if wanted.day_to and not (cell.month and cell.month <= wanted.day_to[:7]):
        return False
    return all(getattr(cell, name) in values for name, values in wanted.values.items())
