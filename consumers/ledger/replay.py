"""Making a lost or restored ledger again from Kafka: the raw log, decided once more in the order of the bookings topic.

Every booking is made with the same ranges, the same released and given-up events and the same time, so it must
come to the same Merkle root; the record says which, and a difference stops the replay at that booking.
"""

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Self

import sqlalchemy as sa
from kafka import KafkaConsumer, TopicPartition
from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError

from consumers.header_names import accept_any_header_name
from consumers.ledger.candidates import Candidate, SourceRecord, prepare
from consumers.ledger.ledger import Ledger, PartitionBatch, prepare_ledger
from consumers.ledger.publisher import MAX_BOOKINGS
from models import bookings, schema
from models.bookings import NO_BOOKING, RULES_VERSION, BookingRecord, OffsetRange
from models.errors import ConfigurationError, IntegrityError, LogTruncated, NumbersReused, Unreachable
from models.stencils import Stencils
from models.topics import BOOKINGS

_POLL_MS: Final = 10_000
_FETCH_BYTES: Final = 4 * 1024 * 1024


@dataclasses.dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay came to: the last booking, how many decisions there are, and the Merkle root (hex)."""

    bookings: int
    decisions: int
    root: str


@dataclasses.dataclass(frozen=True, slots=True)
class Progress:
    """How far a replay is."""

    booking: int
    bookings: int


def replay(
    engine: sa.Engine, *, bootstrap_servers: str, on_progress: Callable[[Progress], None] = lambda _progress: None, client: Mapping[str, Any] | None = None
) -> Replayed:
    """Bring the database to the end of the bookings topic, from wherever it is.

    The database has the newest schema and nobody else books into it. Raises LogTruncated if Kafka no longer holds
    what a booking took, NumbersReused if the database has another history, IntegrityError if a booking comes to
    another root, Unreachable.
    """
    with _Log(bootstrap_servers, client or {}) as log:
        last = Replayed(0, 0, "")
        ledger: Ledger | None = None
        end = log.bookings_end()
        for record, value in log.bookings(after=_head(engine)):
            if ledger is None:
                prepare_ledger(engine, partitions=record.partitions)
                ledger = Ledger(engine)
            if not _is_booked(engine, record, value):
                _make_again(ledger, log, record)
            last = Replayed(record.number, record.size, record.root)
            on_progress(Progress(record.number, end))
    if ledger is not None:
        _publish_again_from(engine, last.bookings - MAX_BOOKINGS)
    return last


def _make_again(ledger: Ledger, log: "_Log", record: BookingRecord) -> None:
    if record.rules != RULES_VERSION:
        message = f"booking {record.number} was decided by rules {record.rules}, this program has rules {RULES_VERSION}"
        raise ConfigurationError(message, hint="rebuild with the version of Salur that booked it")
    made = ledger.replay([log.batch(one) for one in record.ranges], record=record)
    if made is None or (made.size, made.root) != (record.size, record.root):
        message = f"booking {record.number}: deciding it again does not come to root {record.root}"
        raise IntegrityError(message, hint="the raw log or the program is not what it was; keep both and compare from this booking on")


def _is_booked(engine: sa.Engine, record: BookingRecord, value: bytes) -> bool:
    with engine.begin() as connection:
        table = schema.bookings.c
        stored = connection.execute(sa.select(table.record).where(table.booking == record.number)).scalar_one_or_none()
    if stored is not None and stored != value:
        message = f"booking {record.number} in the database is not the one in {BOOKINGS}"
        raise NumbersReused(message, hint="rebuild into an empty database and compare the two")
    return stored is not None


def _head(engine: sa.Engine) -> int:
    """Return the last booking in the database, 0 for none."""
    with engine.begin() as connection:
        return connection.execute(sa.select(schema.head.c.booking)).scalar_one_or_none() or 0


def _publish_again_from(engine: sa.Engine, booking: int) -> None:
    """Let the publisher repeat the newest bookings: their entries may not have been sent before the database was lost."""
    table = schema.publisher
    with engine.begin() as connection:
        connection.execute(sa.update(table).where(table.c.published < booking).values(published=booking))


class _Log:
    """The topics that a replay reads, each partition once from its beginning."""

    def __init__(self, bootstrap_servers: str, client: Mapping[str, Any]) -> None:
        self._settings = {"bootstrap_servers": bootstrap_servers, **client}
        self._readers: dict[TopicPartition, Iterator[Any]] = {}
        self._consumers: list[KafkaConsumer] = []
        self._topic_ids: dict[str, str] = {}
        self._stencils = Stencils()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for consumer in self._consumers:
            consumer.close()

    def bookings_end(self) -> int:
        """Return about how many records the bookings topic has."""
        partition = TopicPartition(BOOKINGS, 0)
        return int(self._open(partition).end_offsets([partition])[partition])

    def bookings(self, *, after: int) -> Iterator[tuple[BookingRecord, bytes]]:
        """Yield every booking once, in order, from the first one that Kafka has.

        Raises LogTruncated if that is later than the one after ``after``, IntegrityError where one is missing or does not
        follow the one before.
        """
        number, previous = 0, NO_BOOKING
        partition = TopicPartition(BOOKINGS, 0)
        first = int(self._open(partition).beginning_offsets([partition])[partition])
        for message in self._read(partition, first=first, end=self.bookings_end()):
            record = bookings.decode(message.value)
            if not number and first:
                # What was thrown away must be in the database: the first that is left goes on from there, or repeats its last.
                if record.number > after + 1:
                    missing = f"bookings {after + 1} to {record.number - 1} are no longer in {BOOKINGS}"
                    raise LogTruncated(missing, hint="restore the topic, or restore a newer backup of the database")
                number, previous = record.number - 1, record.previous
            if record.number <= number:
                continue
            if record.number != number + 1 or record.previous != previous:
                raise IntegrityError(f"{BOOKINGS}@{message.offset}: booking {record.number} does not follow booking {number}")
            number, previous = record.number, bookings.record_hash(message.value)
            yield record, message.value

    def batch(self, wanted: OffsetRange) -> PartitionBatch:
        """Return the records of one range. Raises LogTruncated if Kafka does not have them."""
        partition = TopicPartition(wanted.topic, wanted.partition)
        reader = self._readers.get(partition)
        if reader is None:
            reader = self._readers[partition] = self._read(partition, first=wanted.first)
        candidates: list[Candidate] = []
        while not candidates or candidates[-1].record.offset < wanted.next - 1:
            record = next(reader, None)
            if record is None or record.offset >= wanted.next:
                message = f"{wanted.topic}[{wanted.partition}]: offsets {wanted.first} to {wanted.next - 1} are not all in Kafka"
                raise LogTruncated(message, hint="restore the topic, or restore a newer backup of the database")
            if record.offset >= wanted.first:
                source = SourceRecord(wanted.topic, wanted.partition, record.offset, record.timestamp, record.value, [(n, v) for n, v in record.headers])
                candidates.append(prepare(source, self._stencils))
        return PartitionBatch(wanted.topic, wanted.partition, self._topic_id(wanted.topic), wanted.first, wanted.next, candidates)

    def _open(self, partition: TopicPartition) -> KafkaConsumer:
        accept_any_header_name()
        try:
            consumer = KafkaConsumer(
                enable_auto_commit=False, auto_offset_reset="none", isolation_level="read_committed", max_partition_fetch_bytes=_FETCH_BYTES, **self._settings
            )
            self._consumers.append(consumer)
            consumer.assign([partition])
        except KafkaError as error:
            raise Unreachable(f"{partition.topic}: Kafka does not answer ({type(error).__name__})", hint="start the broker") from error
        return consumer

    def _read(self, partition: TopicPartition, *, first: int = 0, end: int | None = None) -> Iterator[Any]:
        """Yield the partition's records from ``first`` up to ``end``, or to where it ends now. Raises LogTruncated, Unreachable."""
        consumer = self._open(partition)
        earliest = consumer.beginning_offsets([partition])[partition]
        if earliest > first:
            message = f"{partition.topic}[{partition.partition}]: offsets {first} to {earliest - 1} are no longer in Kafka"
            raise LogTruncated(message, hint="restore the topic, or restore a newer backup of the database")
        consumer.seek(partition, first)
        last = consumer.end_offsets([partition])[partition] if end is None else end
        while (position := consumer.position(partition)) < last:
            yield from consumer.poll(timeout_ms=_POLL_MS).get(partition, [])
            if consumer.position(partition) == position:
                raise Unreachable(f"{partition.topic}[{partition.partition}]@{position}: Kafka does not answer", hint="start the broker, then try again")

    def _topic_id(self, topic: str) -> str:
        if topic not in self._topic_ids:
            admin = KafkaAdminClient(**self._settings)
            self._topic_ids[topic] = str(admin.describe_topics([topic])[0].get("topic_id", ""))
            admin.close()
        return self._topic_ids[topic]
