"""Making a lost database again from the log, as ``consumers.ledger.replay`` does it: with the real ledger, booking by booking."""

from collections.abc import Callable
from typing import Any

from consumers.ledger.ledger import Ledger, PartitionBatch
from models import bookings
from models.bookings import NO_BOOKING, BookingRecord
from models.registry import Registry
from tests.simulation.database import BrokenInvariant, MemoryDatabase, Trouble
from tests.simulation.log import Log
from tests.simulation.statements import Tables

_PUBLISHED_AGAIN = 50


def restore(log: Log, partitions: int, backup: Tables | None, *, trouble: Trouble, shipped: Callable[[], Registry]) -> MemoryDatabase:
    """Return a database brought to the end of the bookings topic, from a backup or from nothing."""
    database = MemoryDatabase(partitions=partitions)
    if backup is not None:
        database.tables = backup
    engine: Any = database
    ledger = Ledger(engine, shipped=shipped)
    number, previous = 0, NO_BOOKING
    for value in log.bookings:
        record = bookings.decode(value)
        if record.number <= number:
            continue
        if record.number != number + 1 or record.previous != previous:
            raise BrokenInvariant(f"booking {record.number} in the log does not follow booking {number}")
        number, previous = record.number, bookings.record_hash(value)
        stored = database.tables["bookings"].get(number)
        if stored is None:
            _make_again(ledger, log, record)
        elif stored.record != value:
            raise BrokenInvariant(f"booking {number} of the backup is not the one in the log")
    row = database.tables["publisher"][1]
    database.tables["publisher"][1] = row._replace(published=min(row.published, max(0, number - _PUBLISHED_AGAIN)))
    database.trouble = trouble
    return database


def _make_again(ledger: Ledger, log: Log, record: BookingRecord) -> None:
    batches = []
    for topic, partition, first, end in record.ranges:
        found = [candidate for candidate in log.inbound.records[topic, partition] if first <= candidate.record.offset < end]
        batches.append(PartitionBatch(topic, partition, "id", first, end, found))
    made = ledger.replay(batches, record=record)
    if made is None or (made.size, made.root) != (record.size, record.root):
        raise BrokenInvariant(f"I6: booking {record.number}, made again, does not come to its root")
