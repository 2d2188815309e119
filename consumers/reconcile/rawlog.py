"""The raw log as partners wrote it, in the order in which bookings took it.

Reads the bookings topic and every inbound topic, from Kafka alone. Nothing is decided here.
"""

import contextlib
import functools
import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Self

from kafka import KafkaConsumer, TopicPartition

from consumers.kafka_reading import POLL_MS, from_the_beginning, partitions_of, reader, records_to_end
from models import bookings
from models.bookings import NO_BOOKING, BookingRecord, OffsetRange
from models.errors import IntegrityError, LogTruncated, NumbersReused
from models.topics import BOOKINGS

Headers = Sequence[tuple[str, bytes | None]]


class RawRecord(NamedTuple):
    """One record as Kafka gave it; ``received_at`` is its LogAppendTime in milliseconds."""

    topic: str
    partition: int
    offset: int
    received_at: int
    value: bytes | None
    headers: Headers


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
    """The inbound partitions that the bookings name, each read forward once by a consumer of its own.

    One consumer for all would have to hold back the partitions that are not wanted yet, and kafka-python 3.0
    forgets a partition that was paused while it had records in hand.
    """

    def __init__(self, bootstrap_servers: str, booked: Sequence[BookingRecord], *, client: Mapping[str, Any] | None = None) -> None:
        self._extents = _extents(booked)
        self._open = functools.partial(reader, bootstrap_servers, client)
        self._readers: dict[TopicPartition, Iterator[RawRecord]] = {}
        self._next: dict[TopicPartition, RawRecord] = {}
        self._opened = contextlib.ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._opened.close()

    @property
    def size(self) -> int:
        """About how many records there are."""
        return sum(extent.next - extent.first for extent in self._extents.values())

    def every_record(self) -> Iterator[RawRecord]:
        """Yield all booked records, partition by partition. Raises LogTruncated."""
        for partition, extent in self._extents.items():
            with self._open() as consumer:
                yield from _records(consumer, partition, extent)

    def take(self, wanted: OffsetRange) -> Iterator[RawRecord]:
        """Yield the records of a range. Ranges of one partition are taken in order. Raises LogTruncated."""
        partition = TopicPartition(wanted.topic, wanted.partition)
        if partition not in self._readers:
            consumer = self._opened.enter_context(self._open())
            self._readers[partition] = _records(consumer, partition, self._extents[partition])
        read_ahead = self._next.pop(partition, None)
        for record in itertools.chain([read_ahead] if read_ahead else [], self._readers[partition]):
            if record.offset >= wanted.next:
                self._next[partition] = record
                return
            yield record
            if record.offset == wanted.next - 1:
                return


def _records(consumer: KafkaConsumer, partition: TopicPartition, extent: OffsetRange) -> Iterator[RawRecord]:
    """Yield the records of one partition that were booked. Raises LogTruncated if Kafka does not have them all."""
    where = f"{partition.topic}[{partition.partition}]"
    consumer.assign([partition])
    earliest, end = consumer.beginning_offsets([partition])[partition], consumer.end_offsets([partition])[partition]
    if earliest > extent.first:
        raise LogTruncated(
            f"{where}: offsets {extent.first} to {earliest - 1} were booked and are no longer in Kafka",
            hint="restore the topic; without it only the tables and the ledger can be compared",
        )
    if end < extent.next:
        raise LogTruncated(f"{where} ends at {end}, but was booked up to {extent.next}", hint="the broker lost its newest records, or this is another cluster")
    consumer.seek(partition, extent.first)
    while consumer.position(partition) < extent.next:
        for record in consumer.poll(timeout_ms=POLL_MS).get(partition, ()):
            if record.offset < extent.next:
                yield _raw(record)


def _extents(booked: Sequence[BookingRecord]) -> dict[TopicPartition, OffsetRange]:
    """Return what was booked of each partition as one range. Raises IntegrityError where offsets were left out."""
    extents: dict[TopicPartition, OffsetRange] = {}
    for record in booked:
        for taken in record.ranges:
            partition = TopicPartition(taken.topic, taken.partition)
            before = extents.get(partition)
            if before is not None and taken.first != before.next:
                raise IntegrityError(
                    f"booking {record.number} took {taken.topic}[{taken.partition}] from offset {taken.first}, expected {before.next}",
                    hint="an offset without a decision: keep everything and compare from this booking on",
                )
            extents[partition] = taken if before is None else before._replace(next=taken.next)
    return extents


def _raw(record: Any) -> RawRecord:
    return RawRecord(record.topic, record.partition, record.offset, record.timestamp, record.value, tuple(record.headers or ()))
