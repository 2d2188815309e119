"""What each booking wrote to each table of booked facts, as hashes: one that a seal binds, and short ones that name a changed row or column.

Owns how rows become bytes. A sum that grows (``cells.steps``) is no booked fact, but what a cell or figure is about is:
it counts to the booking that first posted there.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec
import sqlalchemy as sa

from models import schema

SHORT_BYTES: Final = 8
_encode = msgspec.msgpack.Encoder().encode
_WORKING: Final = {schema.cells: {"steps", "events", "booking"}, schema.figures: {"steps", "events", "booking"}, schema.held: {"second", "outcome", "give_up"}}
"""Columns of working state in tables whose other columns are booked facts."""
_BOOKED: Final = (
    schema.batch_history,
    schema.bookings,
    schema.cell_history,
    schema.decisions,
    schema.entry_records,
    schema.figure_history,
    schema.figure_overlaps,
    schema.overlaps,
)
_BY_NUMBER: Final = {schema.held: "number", schema.identity_segments: "last", schema.links: "number", schema.suspicions: "number", schema.tokens: "number"}
"""Tables whose rows belong to the booking of a decision, by the column that names it."""
_NAMES: Final = ((schema.cells, schema.cell_history), (schema.figures, schema.figure_history))
TABLES: Final = tuple(sorted(table.name for table in (*_BOOKED, *_BY_NUMBER, *(names for names, _ in _NAMES))))


class Written(NamedTuple):
    """What one booking wrote to one table. ``keys`` are the primary keys in the order of the rows."""

    booking: int
    table: str
    digest: bytes
    rows: bytes
    columns: bytes
    keys: Sequence[tuple[Any, ...]]
    values: Sequence[tuple[Any, ...]]

    @property
    def line(self) -> bytes:
        """What the seal binds."""
        return f"{self.booking} {self.table} {len(self.rows) // SHORT_BYTES} {self.digest.hex()}\n".encode()


def written_between(connection: sa.Connection, first: int, last: int) -> Iterator[Written]:
    """Yield what bookings ``first`` to ``last`` wrote, table by table in the order of their names, and by booking in each."""
    for name in TABLES:
        yield from written_to(connection, name, first, last)


def written_to(connection: sa.Connection, name: str, first: int, last: int) -> Iterator[Written]:
    """Yield what bookings ``first`` to ``last`` wrote to one table, by booking."""
    table = schema.metadata.tables[name]
    for booking, rows in _by_booking(connection.execute(_query(table, first, last), execution_options={"yield_per": 5000})):
        yield _digested(booking, table, rows)


def bound(lines: Iterable[bytes]) -> str:
    """Return the hash that a seal names, over the lines in any order."""
    return hashlib.sha256(b"".join(sorted(lines))).hexdigest()


def columns_of(table: str) -> list[str]:
    """Return the names of the columns that are hashed."""
    return [column.name for column in _columns(schema.metadata.tables[table])]


def key_names(table: str) -> list[str]:
    """Return the names of the primary key."""
    return [column.name for column in schema.metadata.tables[table].primary_key]


def short(content: bytes) -> bytes:
    """Return a short hash."""
    return hashlib.sha256(content).digest()[:SHORT_BYTES]


def _columns(table: sa.Table) -> list[sa.Column[Any]]:
    return [column for column in table.columns if column.name not in _WORKING.get(table, ())]


def _query(table: sa.Table, first: int, last: int) -> sa.Select[Any]:
    """Return booking and columns of every row, ordered by booking."""
    columns = _columns(table)
    history: Mapping[sa.Table, sa.Table] = dict(_NAMES)
    if table in _BOOKED:
        return sa.select(table.c.booking.label("of"), *columns).where(table.c.booking.between(first, last)).order_by(table.c.booking)
    if table in _BY_NUMBER:
        bookings = schema.bookings.c
        inside = table.c[_BY_NUMBER[table]].between(bookings.first_decision, bookings.last_decision)
        return (
            sa.select(bookings.booking, *columns)
            .join_from(schema.bookings, table, inside)
            .where(bookings.booking.between(first, last))
            .order_by(bookings.booking)
        )
    past = history[table]
    key = next(iter(table.primary_key)).name
    earlier = past.alias()
    seen = sa.exists().where(earlier.c[key] == past.c[key], earlier.c.booking < past.c.booking)
    joined = sa.select(past.c.booking, *columns).join_from(past, table, past.c[key] == table.c[key])
    return joined.where(past.c.booking.between(first, last), ~seen).order_by(past.c.booking)


def _by_booking(rows: Iterable[Any]) -> Iterator[tuple[int, list[tuple[Any, ...]]]]:
    current, found = 0, list[tuple[Any, ...]]()
    for booking, *values in rows:
        if booking != current:
            if found:
                yield current, found
            current, found = booking, []
        found.append(tuple(values))
    if found:
        yield current, found


def _digested(booking: int, table: sa.Table, rows: list[tuple[Any, ...]]) -> Written:
    columns = _columns(table)
    names = [column.name for column in columns]
    places = [names.index(column.name) for column in table.primary_key]
    sums = [place for place, column in enumerate(columns) if isinstance(column.type, schema.ExactInteger)]
    if sums:
        rows = [tuple(str(value) if place in sums else value for place, value in enumerate(row)) for row in rows]
    rows.sort(key=lambda row: [row[place] for place in places])
    hashed = [hashlib.sha256(_encode(row)).digest() for row in rows]
    by_column = b"".join(short(_encode(column)) for column in zip(*rows, strict=True))
    keys = [tuple(row[place] for place in places) for row in rows]
    return Written(booking, table.name, hashlib.sha256(b"".join(hashed)).digest(), b"".join(one[:SHORT_BYTES] for one in hashed), by_column, keys, rows)
