"""The ledger: books batches, one transaction each, on top of what was booked before.

Holds the memory between bookings and throws it away when one fails. Knows nothing of Kafka: a batch is candidates
with the offset ranges they came from.
"""

import dataclasses
import time
from collections.abc import Callable, Sequence
from typing import Final

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from consumers.database import is_unreachable, unreachable
from consumers.ledger.booking import Booking
from consumers.ledger.candidates import Candidate, SourceRecord, prepare
from consumers.ledger.memory import LedgerMemory
from consumers.ledger.store import LedgerStore, Position
from models import schema
from models.bookings import NO_BOOKING, BookingRecord, OffsetRange
from models.crashpoints import NO_CRASH_POINTS, CrashPoints
from models.entries import NO_RECORD, PartnerActivity
from models.errors import ConfigurationError, StalePosition
from models.registry import Registry
from models.stencils import Stencils

Clock = Callable[[], int]


def wall_clock_ms() -> int:
    """Return the time in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


@dataclasses.dataclass(frozen=True, slots=True)
class PartitionBatch:
    """Consecutive records of one source partition: offsets ``first`` up to but not including ``next``."""

    topic: str
    partition: int
    topic_id: str
    first: int
    next: int
    candidates: Sequence[Candidate]


class StaleBatch(StalePosition):
    """Somebody else booked offsets of this partition; nothing was written."""

    def __init__(self, batch: PartitionBatch) -> None:
        super().__init__(f"{batch.topic}[{batch.partition}]@{batch.first}: these offsets are booked already")
        self.topic = batch.topic
        self.partition = batch.partition


class Ledger:
    """Books into one database."""

    def __init__(
        self, engine: sa.Engine, *, shipped: Callable[[], Registry] = Registry.shipped, clock: Clock = wall_clock_ms, points: CrashPoints = NO_CRASH_POINTS
    ) -> None:
        self._engine = engine
        self._shipped: Final = shipped
        self._clock = clock
        self._points = points
        self._memory: LedgerMemory | None = None
        self._stencils = Stencils()
        self.activity: Sequence[PartnerActivity] = ()
        """What the last booking said of each partner."""

    def prepare(self, record: SourceRecord) -> Candidate:
        """Decode and hash a record that is to be booked; what was learned from those before it makes that quick."""
        return prepare(record, self._stencils)

    @property
    def has_due(self) -> bool:
        """Tell whether held events wait to be decided again although nothing new comes in; true until that was looked at."""
        return self._memory is None or bool(self._memory.due)

    def positions(self) -> dict[tuple[str, int], Position]:
        """Return how far every source partition is booked. Raises Unreachable."""
        try:
            with self._engine.begin() as connection:
                return LedgerStore(connection).positions()
        except DBAPIError as error:
            if is_unreachable(error):
                raise unreachable(error) from error
            raise

    def book(self, batches: Sequence[PartitionBatch]) -> BookingRecord | None:
        """Book a batch, and held events that are due; None if there was nothing to do.

        Raises StaleBatch if another worker booked some of it (nothing is written, the rest can be booked), and
        Unreachable if the database is away (the same batch can be booked later).
        """
        return self._transact(lambda booking, store: self._fill(booking, store, batches))

    def replay(self, batches: Sequence[PartitionBatch], *, record: BookingRecord) -> BookingRecord | None:
        """Make a booking again exactly as ``record`` says it was made."""

        def fill(booking: Booking, store: LedgerStore) -> BookingRecord | None:
            _move_positions(store, batches)
            booking.booked_at = record.booked_at
            booking.decide_all([candidate for batch in batches for candidate in batch.candidates])
            for number in record.released:
                booking.release_one(number)
            booking.give_up(record.given_up)
            return booking.write(record.ranges)

        return self._transact(fill)

    def _transact(self, fill: Callable[[Booking, LedgerStore], BookingRecord | None]) -> BookingRecord | None:
        memory = self._memory or LedgerMemory(self._shipped())
        self._memory = None
        try:
            with self._engine.begin() as connection:
                store = LedgerStore(connection)
                head = store.lock_head()
                if memory.booking != head.booking or not memory.records:
                    memory.catch_up(store, head)
                booking = Booking(memory=memory, store=store, points=self._points, booked_at=self._clock())
                try:
                    made = fill(booking, store)
                except StaleBatch:
                    self._memory = memory
                    raise
                self._points.hit("before_commit")
        except DBAPIError as error:
            if is_unreachable(error):
                raise unreachable(error) from error
            raise
        self._memory = memory
        self.activity = booking.activity
        if made is not None:
            self._points.hit("after_commit_before_publish")
        return made

    def _fill(self, booking: Booking, store: LedgerStore, batches: Sequence[PartitionBatch]) -> BookingRecord | None:
        _move_positions(store, batches)
        booking.decide_all([candidate for batch in batches for candidate in batch.candidates])
        booking.release()
        booking.give_up([row.number for row in store.rows(schema.held, schema.held.c.second.is_(None), schema.held.c.give_up)])
        if booking.is_empty:
            return None
        return booking.write([OffsetRange(batch.topic, batch.partition, batch.first, batch.next) for batch in batches])


def prepare_ledger(engine: sa.Engine, *, partitions: int) -> None:
    """Make the rows that a new ledger starts with. Raises ConfigurationError if it was made for other partitions."""
    try:
        with engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                # Two workers may start at once; on SQLite the transaction is exclusive already.
                connection.execute(sa.text("LOCK TABLE head IN EXCLUSIVE MODE"))
            store = LedgerStore(connection)
            heads = store.rows(schema.head)
            if not heads:
                store.insert(schema.head, [(1, 0, 0, 0, b"", NO_BOOKING, partitions)])
                store.insert(schema.publisher, [(1, 0, "", 0)])
                store.insert(schema.entry_partitions, [(partition, 0, NO_RECORD) for partition in range(partitions)])
            elif heads[0].partitions != partitions:
                message = f"this ledger routes entries to {heads[0].partitions} partitions, but {partitions} are configured"
                raise ConfigurationError(message, hint=f"set SALUR_PARTITIONS={heads[0].partitions}; the number is fixed for a ledger's life")
    except DBAPIError as error:
        if is_unreachable(error):
            raise unreachable(error) from error
        raise


def _move_positions(store: LedgerStore, batches: Sequence[PartitionBatch]) -> None:
    for batch in batches:
        last = batch.candidates[-1]
        position = Position(batch.next, batch.topic_id, last.record.offset, last.sha256)
        if not store.move_position(batch.topic, batch.partition, expected=batch.first, position=position):
            raise StaleBatch(batch)
