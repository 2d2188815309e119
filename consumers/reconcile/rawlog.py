"""The raw log as partners wrote it, in the order in which bookings took it.

Reads the bookings topic and every inbound topic, from Kafka alone. Nothing is decided here.
"""

import dataclasses
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final, NamedTuple

from kafka import KafkaConsumer, TopicPartition

from consumers.kafka_reading import POLL_MS, from_the_beginning, partitions_of, records_to_end
from models import bookings
from models.bookings import NO_BOOKING, BookingRecord, OffsetRange
from models.errors import IntegrityError, LogTruncated, NumbersReused
from models.topics import BOOKINGS

MANY_WAITING: Final = 20_000
"""A partition with so many records read ahead is not asked for more until they are used."""

Headers = Sequence[tuple[str, bytes | None]]


class RawRecord(NamedTuple):
    """One record as Kafka gave it; ``received_at`` is its LogAppendTime in milliseconds."""

    topic: str
    partition: int
    offset: int
    received_at: int
    value: bytes | None
    headers: Headers


@dataclasses.dataclass(slots=True)
class _Waiting:
    """Records of one partition that were read but are not yet wanted."""

    records: deque[RawRecord] = dataclasses.field(default_factory=deque)
    paused: bool = False


def read_bookings(consumer: KafkaConsumer) -> list[BookingRecord]:
    """Return every booking that is in the bookings topic now, once each and in order.

    Raises IntegrityError where one is missing, NumbersReused where one does not follow the one before.
    """
    partitions = partitions_of(consumer, BOOKINGS)
    found: list[BookingRecord] = []
    hashes = [NO_BOOKING]
    if not partitions:
        return found
    from_the_beginning(consumer, partitions)
    for message in records_to_end(consumer, partitions):
        record, hashed = bookings.decode(message.value), bookings.record_hash(message.value)
        where = f"{BOOKINGS}@{message.offset}"
        if record.number > len(found) + 1:
            raise IntegrityError(f"{where}: booking {record.number} comes after booking {len(found)}", hint="republish the bookings: salur rebuild")
        if record.number <= len(found):
            # A publisher that was cut short sends again what it is not sure of; it must be the same.
            if hashed != hashes[record.number]:
                raise NumbersReused(f"{where}: booking {record.number} was sent twice, with different content")
            continue
        if record.previous != hashes[-1]:
            raise NumbersReused(f"{where}: booking {record.number} does not follow the booking before it")
        found.append(record)
        hashes.append(hashed)
    return found


class RawLog:
    """The inbound partitions that the bookings name, each read forward once."""

    def __init__(self, consumer: KafkaConsumer, booked: Sequence[BookingRecord]) -> None:
        self._consumer = consumer
        self._first, self._next = _extent(booked)
        self._waiting = {partition: _Waiting() for partition in self._next}
        self._rewind()

    @property
    def size(self) -> int:
        """About how many records there are."""
        return sum(end - self._first[partition] for partition, end in self._next.items())

    def every_record(self) -> Iterator[RawRecord]:
        """Yield all booked records, in no particular order among partitions; then start over for ``take``."""
        while unread := [partition for partition, end in self._next.items() if self._consumer.position(partition) < end]:
            for partition, records in self._poll(unread).items():
                yield from (record for record in records if record.offset < self._next[partition])
        self._rewind()

    def take(self, wanted: OffsetRange) -> Iterator[RawRecord]:
        """Yield the records of a range. Ranges of one partition are taken in order."""
        partition = TopicPartition(wanted.topic, wanted.partition)
        waiting = self._waiting[partition]
        while True:
            while waiting.records and waiting.records[0].offset < wanted.next:
                yield waiting.records.popleft()
            if waiting.records or self._consumer.position(partition) >= wanted.next:
                return
            self._read_on(partition)

    def _rewind(self) -> None:
        if not self._next:
            return
        self._consumer.assign(list(self._next))
        for partition, earliest in self._consumer.beginning_offsets(list(self._next)).items():
            first = self._first[partition]
            if earliest > first:
                raise LogTruncated(
                    f"{partition.topic}[{partition.partition}]: offsets {first} to {earliest - 1} were booked and are no longer in Kafka",
                    hint="restore the topic; without it only the tables and the ledger can be compared",
                )
            self._consumer.seek(partition, first)
        self._consumer.resume(*self._next)
        for waiting in self._waiting.values():
            waiting.records.clear()
            waiting.paused = False

    def _read_on(self, wanted: TopicPartition) -> None:
        self._hold_back(wanted)
        for partition, records in self._poll([wanted]).items():
            self._waiting[partition].records.extend(records)

    def _hold_back(self, wanted: TopicPartition) -> None:
        for partition, waiting in self._waiting.items():
            full = partition != wanted and len(waiting.records) > MANY_WAITING
            if full is not waiting.paused:
                (self._consumer.pause if full else self._consumer.resume)(partition)
                waiting.paused = full

    def _poll(self, unread: Collection[TopicPartition]) -> dict[TopicPartition, list[RawRecord]]:
        """Return what came next. Raises LogTruncated when nothing more comes though some is missing."""
        polled = self._consumer.poll(timeout_ms=POLL_MS)
        if not polled:
            ends = self._consumer.end_offsets(list(unread))
            for partition in unread:
                if ends[partition] < self._next[partition]:
                    raise LogTruncated(
                        f"{partition.topic}[{partition.partition}] ends at {ends[partition]}, but was booked up to {self._next[partition]}",
                        hint="the broker lost its newest records, or this is another cluster",
                    )
        return {partition: [_raw(record) for record in records] for partition, records in polled.items()}


def _extent(booked: Sequence[BookingRecord]) -> tuple[dict[TopicPartition, int], dict[TopicPartition, int]]:
    """Return the first and the next offset that were booked of each partition. Raises IntegrityError where some were left out."""
    first: dict[TopicPartition, int] = {}
    following: dict[TopicPartition, int] = {}
    for record in booked:
        for taken in record.ranges:
            partition = TopicPartition(taken.topic, taken.partition)
            first.setdefault(partition, taken.first)
            expected = following.get(partition, taken.first)
            if taken.first != expected:
                raise IntegrityError(
                    f"booking {record.number} took {taken.topic}[{taken.partition}] from offset {taken.first}, expected {expected}",
                    hint="an offset without a decision: keep everything and compare from this booking on",
                )
            following[partition] = taken.next
    return first, following


def _raw(record: Any) -> RawRecord:
    return RawRecord(record.topic, record.partition, record.offset, record.timestamp, record.value, tuple(record.headers or ()))
