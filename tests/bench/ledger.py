"""The ledger's whole transaction against a bare ``executemany`` of the very rows that it wrote.

The bare run has no reading, no deciding, no hashing and no encoding: the rows are there. It writes the same tables
with the same indexes and triggers in the same transactions. It writes each cell once, as it is in the end, where the
ledger updates it booking by booking.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from consumers.ledger.candidates import SourceRecord
from consumers.ledger.ledger import Ledger
from models import schema
from tests.bench.batches import RecordStream, book, in_batches, new_ledger
from tests.bench.measured import Figure, Spent, Stopwatch, median

Rows = Sequence[tuple[Any, ...]]
Transaction = list[tuple[sa.Table, Rows]]

WANTED_SHARE_OF_BARE: Final = 0.4
WANTED_RATE: Final = 20_000
_OF_NEW_LEDGER: Final = ("head", "publisher", "entry_partitions")
"""Tables whose few rows are there from the start."""
_BY_DECISION: Final = {"links": "number", "held": "number", "identity_segments": "last"}


def run(folder: Path, *, events: int, rounds: int, say: Callable[[str], None]) -> list[Figure]:
    """Book and insert in turn, ``rounds`` times each, and compare the medians."""
    records = RecordStream(seed=1, events=events).take(events)
    booked: list[Spent] = []
    inserted: list[Spent] = []
    for number in range(rounds):
        engine = new_ledger(folder, f"ledger-{number}")
        booked.append(book_all(engine, records))
        transactions = list(_transactions(engine))
        engine.dispose()
        bare = new_ledger(folder, f"bare-{number}")
        inserted.append(_insert_all(bare, transactions))
        bare.dispose()
        say(f"round {number + 1} of {rounds}: ledger {events / booked[-1].wall:,.0f}/s, bare inserts {events / inserted[-1].wall:,.0f}/s")
    ledger, insert = median(booked), median(inserted)
    return [
        Figure(what="ledger, whole transaction, by the clock", value=events / ledger.wall, unit="events/s", at_least=WANTED_RATE),
        Figure(what="ledger, whole transaction, by processor time", value=events / ledger.cpu, unit="events/s"),
        Figure(what="bare executemany of the same rows, by the clock", value=events / insert.wall, unit="events/s"),
        Figure(what="bare executemany of the same rows, by processor time", value=events / insert.cpu, unit="events/s"),
        Figure(what="ledger / bare inserts, by the clock", value=insert.wall / ledger.wall, unit="x", at_least=WANTED_SHARE_OF_BARE),
        Figure(what="ledger / bare inserts, by processor time", value=insert.cpu / ledger.cpu, unit="x"),
        Figure(what="rows per event", value=sum(len(rows) for one in transactions for _, rows in one) / events, unit="rows"),
    ]


def book_all(engine: sa.Engine, records: Sequence[SourceRecord]) -> Spent:
    """Book everything in batches and return what it took, the first look at the database not counted."""
    ledger = Ledger(engine)
    ledger.book([])
    watch = Stopwatch()
    for batch in in_batches(records):
        with watch:
            book(ledger, batch)
    return watch.spent


def _insert_all(engine: sa.Engine, transactions: Sequence[Transaction]) -> Spent:
    connection = engine.raw_connection()
    cursor = connection.cursor()
    watch = Stopwatch()
    for transaction in transactions:
        with watch:
            cursor.execute("BEGIN IMMEDIATE")
            for table, rows in transaction:
                columns = ", ".join(f'"{column.name}"' for column in table.columns)
                marks = ", ".join("?" for _ in table.columns)
                cursor.executemany(f'INSERT INTO "{table.name}" ({columns}) VALUES ({marks})', rows)
            cursor.execute("COMMIT")
    connection.close()
    return watch.spent


def _transactions(engine: sa.Engine) -> Iterator[Transaction]:
    """Yield, for each booking, the rows that it wrote, as the driver takes them."""
    with engine.connect() as connection:
        ends = connection.exec_driver_sql("SELECT last_decision FROM bookings ORDER BY booking").scalars().all()
        by_table = {table: _by_booking(connection, table, ends) for table in schema.metadata.sorted_tables if table.name not in _OF_NEW_LEDGER}
    for booking in range(1, len(ends) + 1):
        yield [(table, rows[booking]) for table, rows in by_table.items() if booking in rows]


def _by_booking(connection: sa.Connection, table: sa.Table, ends: Sequence[int]) -> dict[int, list[tuple[Any, ...]]]:
    columns = [column.name for column in table.columns]
    names = ", ".join(f'"{name}"' for name in columns)
    by_booking: dict[int, list[tuple[Any, ...]]] = {}
    for row in connection.exec_driver_sql(f'SELECT {names} FROM "{table.name}"'):
        if "booking" in columns:
            booking = int(row[columns.index("booking")])
        elif table.name in _BY_DECISION:
            booking = bisect_left(ends, row[columns.index(_BY_DECISION[table.name])]) + 1
        else:
            booking = len(ends)
        by_booking.setdefault(booking, []).append(tuple(row))
    return by_booking
