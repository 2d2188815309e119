"""Every posting behind figures: what each accepted event added to which cell. Summed up by any column they make the tallies.

Read in the order of booking, with a bounded number in memory however many there are.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec
import sqlalchemy as sa

from consumers.answers.asof import AsOf, iso
from consumers.answers.filters import CellFilter
from consumers.answers.levels import conditions
from consumers.exports.sheet import Column, Row, Sheet
from models import schema
from models.provinces import province_of
from models.units import format_steps

_DECISION: Final = ("booking", "decision", "booked_at", "occurred_at", "received_at", "partner", "source", "id", "type", "flags", "sha256", "topic")
_CELL: Final = (
    "table",
    "destination",
    "programme",
    "activity",
    "tranche",
    "item",
    "measure",
    "unit",
    "day",
    "recipient_type",
    "place",
    "holder",
    "lot",
    "simulated",
)
COLUMNS: Final = (
    *(Column(name, "whole" if name in {"booking", "decision"} else "text") for name in _DECISION),
    Column("partition", "whole"),
    Column("offset", "whole"),
    *(Column(name, "truth" if name == "simulated" else "text") for name in _CELL),
    Column("province"),
    Column("quantity", "quantity"),
)
_AT_ONCE: Final = 5_000
_FEW: Final = 500
"""So many numbers fit into one query of either database."""
_SPARSE: Final = 4

_members = msgspec.json.Decoder(list[tuple[int, int]])
_flags = msgspec.json.Decoder(list[str])
_cells = schema.cells.c
_history = schema.cell_history.c
_decisions = schema.decisions.c

_Posting = tuple[int, int, int]
"""Decision, cell, increment in steps."""


def entries(connection: sa.Connection, wanted: CellFilter, as_of: AsOf) -> Sheet:
    """Return the postings to the cells of ``wanted``, one a row, in the order of decisions."""
    return Sheet(COLUMNS, _rows(connection, wanted, as_of))


def _rows(connection: sa.Connection, wanted: CellFilter, as_of: AsOf) -> Iterator[Row]:
    cells = _dimensions(connection, wanted)
    pending: list[_Posting] = []
    booking = 0
    for row_booking, cell, members in _history_rows(connection, wanted, as_of):
        if row_booking != booking:
            # Decisions grow with bookings, so what is complete may be sorted and told.
            if len(pending) >= _AT_ONCE:
                yield from _told(connection, sorted(pending), cells)
                pending = []
            booking = row_booking
        pending += [(decision, cell, steps) for decision, steps in _members.decode(members)]
    yield from _told(connection, sorted(pending), cells)


def _dimensions(connection: sa.Connection, wanted: CellFilter) -> Mapping[int, tuple[Row, str]]:
    columns = (_cells["table_name" if name == "table" else name] for name in _CELL)
    found: dict[int, tuple[Row, str]] = {}
    known: dict[str, str] = {}
    for cell, *values in connection.execute(sa.select(_cells.cell, *columns).where(*conditions(wanted))):
        # The same few texts stand in many cells: one copy of each is enough.
        row = [known.setdefault(value, value) if isinstance(value, str) else bool(value) for value in values]
        found[cell] = ((*row, province_of(str(row[_CELL.index("place")]))), str(row[_CELL.index("unit")]))
    return found


def _history_rows(connection: sa.Connection, wanted: CellFilter, as_of: AsOf) -> Iterator[Sequence[Any]]:
    query = (
        sa.select(_history.booking, _history.cell, _history.members)
        .join_from(schema.cell_history, schema.cells, _history.cell == _cells.cell)
        .where(*conditions(wanted), _history.booking <= as_of.booking)
        .order_by(_history.booking)
    )
    yield from connection.execute(query, execution_options={"yield_per": 500})


def _told(connection: sa.Connection, postings: Sequence[_Posting], cells: Mapping[int, tuple[Row, str]]) -> Iterator[Row]:
    for start in range(0, len(postings), _AT_ONCE):
        part = postings[start : start + _AT_ONCE]
        events = _events(connection, sorted({decision for decision, _, _ in part}))
        for decision, cell, steps in part:
            dimensions, unit = cells[cell]
            yield (*events[decision], *dimensions, format_steps(steps, unit))


def _events(connection: sa.Connection, numbers: Sequence[int]) -> Mapping[int, Row]:
    """Return what is told of these decisions: as one run where they are close together, else by their numbers."""
    found: dict[int, Row] = {}
    if numbers and numbers[-1] - numbers[0] < _SPARSE * len(numbers):
        wanted = [_decisions.number.between(numbers[0], numbers[-1])]
    else:
        wanted = [_decisions.number.in_(numbers[start : start + _FEW]) for start in range(0, len(numbers), _FEW)]
    for condition in wanted:
        for row in connection.execute(_told_of.where(condition)):
            found[row.number] = _event(row)
    return found


_told_of: Final = sa.select(
    *(_decisions[name] for name in ("number", "booking", "occurred_at", "received_at", "partner", "source", "event_id", "type", "flags", "sha256")),
    *(_decisions[name] for name in ("topic", "partition", "offset")),
    schema.bookings.c.booked_at,
).join_from(schema.decisions, schema.bookings, schema.bookings.c.booking == _decisions.booking)


def _event(row: Any) -> Row:
    times = (iso(row.booked_at), iso(row.occurred_at), iso(row.received_at))
    flags = " ".join(_flags.decode(row.flags)) if row.flags != "[]" else ""
    names = (row.partner, row.source, row.event_id, row.type, flags, bytes(row.sha256).hex(), row.topic)
    return (row.booking, row.number, *times, *names, row.partition, row.offset)
