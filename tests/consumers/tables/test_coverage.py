"""How far tables are folded is told by the bookings that their partitions still miss."""

import lz4.frame
import sqlalchemy as sa

from consumers.tables.coverage import as_of_tables, coverage
from models import schema
from tests.consumers.books import Books, Told
from tests.consumers.tables.snapshots import snapshot_of, watermark


def with_records(books: Books, *records: tuple[int, int, int]) -> Books:
    """Write (booking, partition, number) into the outbox, after booking as many bookings as they need."""
    for _ in range(max(booking for booking, _, _ in records)):
        books.book(Told())
    with books.engine.begin() as connection:
        for booking, partition, number in records:
            row = {"booking": booking, "partition": partition, "number": number, "value": lz4.frame.compress(b"{}")}
            connection.execute(sa.insert(schema.entry_records), row)
    return books


def test_a_partition_that_nothing_was_written_to_is_current(books: Books) -> None:
    with_records(books, (1, 0, 1), (2, 1, 1), (5, 1, 2))
    snapshot = snapshot_of([], partitions=3, watermarks={0: watermark(1, booking=1), 1: watermark(2, booking=5)})
    with books.engine.connect() as connection:
        found = coverage(connection, snapshot)
        as_of = as_of_tables(connection, snapshot)
    assert found.is_drained
    assert found.bookings == {0: 5, 1: 5, 2: 5}
    assert (as_of.booking, as_of.booked_at) == (5, books.booked_at(5))


def test_the_tables_hold_what_their_slowest_partition_holds(books: Books) -> None:
    with_records(books, (1, 0, 1), (2, 1, 1), (3, 0, 2), (4, 1, 2))
    snapshot = snapshot_of([], partitions=2, watermarks={0: watermark(2, booking=3), 1: watermark(1, booking=2)})
    with books.engine.connect() as connection:
        found = coverage(connection, snapshot)
    assert (found.booking, found.is_drained, found.bookings) == (3, False, {0: 4, 1: 3})


def test_a_booking_of_several_records_is_held_only_with_the_last(books: Books) -> None:
    with_records(books, (1, 0, 1), (2, 0, 2), (2, 0, 3))
    with books.engine.connect() as connection:
        torn = coverage(connection, snapshot_of([], watermarks={0: watermark(2, booking=2)}))
        whole = coverage(connection, snapshot_of([], watermarks={0: watermark(3, booking=2)}))
        empty = coverage(connection, snapshot_of([], watermarks={}))
    assert (torn.booking, torn.torn) == (1, frozenset({0}))
    assert (whole.booking, whole.torn) == (2, frozenset())
    assert empty.booking == 0
