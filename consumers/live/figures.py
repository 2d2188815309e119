"""The figures of one question from the tables, each held against the ledger at the booking that the tables hold.

*Exact* is an answer when there is a booking that every partition holds completely and none holds more than: then each
figure is compared. While entries stream in, some partitions are ahead of others; figures move then, and are not compared.
"""

import dataclasses
from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from consumers.answers.asof import AsOf, resolve
from consumers.answers.filters import CellFilter
from consumers.answers.intake import Intake
from consumers.answers.tally import TallyAnswer, TallyRow
from consumers.answers.tally import tally as ledger_tally
from consumers.tables.coverage import Coverage, coverage
from consumers.tables.reader import TablesSnapshot
from consumers.tables.tally import intake as tables_intake
from consumers.tables.tally import tally as tables_tally


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is looked at: which cells, grouped how. ``name`` tells one question from another."""

    name: str
    cells: CellFilter
    by: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class LiveFigure:
    """One figure of the tables; ``agrees`` with the ledger (None while it moves), which has so many ``events`` for it (None: unknown)."""

    quantity: str
    agrees: bool | None
    events: int | None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class LiveAnswer:
    """The figures by their keys, and the booking up to which all of them hold."""

    as_of: AsOf
    intake: Intake
    is_exact: bool
    figures: Mapping[str, LiveFigure]


def key_of(row: TallyRow, by: Sequence[str]) -> str:
    """Return what tells a figure from the others of its question."""
    kind = "" if row.simulated is None else "simulated" if row.simulated else "real"
    return "|".join([*(row.group[name] for name in by), row.measure, row.unit, kind])


def answer(connection: sa.Connection, snapshot: TablesSnapshot, question: Question) -> LiveAnswer:
    """Return the figures. ``connection`` sees a moment of the ledger that is later than the tables'."""
    covered = coverage(connection, snapshot)
    as_of = resolve(connection, covered.booking)
    is_exact = snapshot.is_settled and _is_level(snapshot, covered)
    tables = _by_key(tables_tally(snapshot, question.cells, as_of=as_of, by=question.by), question.by)
    ledger = _by_key(ledger_tally(connection, dataclasses.replace(question.cells, as_of=as_of.booking), by=question.by), question.by) if is_exact else {}
    figures = {key: _compared(row, ledger.get(key), is_exact=is_exact) for key, row in tables.items()}
    # What the ledger alone has is a difference too; its figure in the tables is none.
    figures |= {key: LiveFigure(quantity="", agrees=False, events=row.events) for key, row in ledger.items() if key not in tables}
    return LiveAnswer(as_of=as_of, intake=tables_intake(snapshot), is_exact=is_exact, figures=figures)


def _is_level(snapshot: TablesSnapshot, covered: Coverage) -> bool:
    # A partition stands as it does from its last record's booking up to the one before its next record's.
    return not covered.torn and all(watermark.booking <= covered.booking for watermark in snapshot.watermarks.values())


def _compared(row: TallyRow, ledger: TallyRow | None, *, is_exact: bool) -> LiveFigure:
    if not is_exact:
        return LiveFigure(quantity=row.quantity, agrees=None, events=None)
    return LiveFigure(quantity=row.quantity, agrees=ledger is not None and ledger.steps == row.steps, events=None if ledger is None else ledger.events)


def _by_key(found: TallyAnswer, by: Sequence[str]) -> dict[str, TallyRow]:
    return {key_of(row, by): row for row in found.rows}
