"""Is the database as far as the bookings topic? One that is not was lost or restored, and must not book."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from models import bookings, schema
from models.bookings import BookingRecord
from models.errors import LedgerBehindLog, NumbersReused, Unreachable
from models.topics import BOOKINGS

_TIMEOUT_MS = 15_000
_MAX_REPEATED = 1_000
"""A publisher that is killed again and again repeats up to fifty bookings each time: the last record need not be the newest."""


def refuse_if_behind(engine: sa.Engine, *, bootstrap_servers: str, client: Mapping[str, Any] | None = None) -> None:
    """Raise LedgerBehindLog if Kafka holds bookings that the database does not, NumbersReused if they differ, Unreachable."""
    last = last_booking(bootstrap_servers, client=client)
    if last is None:
        return
    record, value = last
    with engine.begin() as connection:
        head = connection.execute(sa.select(schema.head.c.booking)).scalar_one()
        stored = connection.execute(sa.select(schema.bookings.c.record).where(schema.bookings.c.booking == record.number)).scalar_one_or_none()
    if record.number > head:
        message = f"{BOOKINGS} holds bookings up to {record.number}, the database only up to {head}: it was lost or restored"
        raise LedgerBehindLog(message, hint="stop all ledger workers and run `salur rebuild --ledger`, which makes the same ledger from Kafka")
    if stored != value:
        message = f"booking {record.number} in {BOOKINGS} is not the one in the database: they have different histories"
        raise NumbersReused(message, hint="use the database that belongs to this cluster, or rebuild it with `salur rebuild --ledger`")


def last_booking(bootstrap_servers: str, *, client: Mapping[str, Any] | None = None) -> tuple[BookingRecord, bytes] | None:
    """Return the record with the highest number in the bookings topic and its bytes, None while there is none. Raises Unreachable."""
    partition = TopicPartition(BOOKINGS, 0)
    try:
        consumer = KafkaConsumer(bootstrap_servers=bootstrap_servers, enable_auto_commit=False, auto_offset_reset="none", **(client or {}))
        try:
            consumer.assign([partition])
            end = consumer.end_offsets([partition])[partition]
            first = consumer.beginning_offsets([partition])[partition]
            if end == first:
                return None
            consumer.seek(partition, max(first, end - _MAX_REPEATED))
            values: list[bytes] = []
            while (position := consumer.position(partition)) < end:
                values += (record.value for record in consumer.poll(timeout_ms=_TIMEOUT_MS).get(partition, ()))
                if consumer.position(partition) == position:
                    raise Unreachable(f"{BOOKINGS}: Kafka did not give its last records", hint="try again")
        finally:
            consumer.close()
    except KafkaError as error:
        raise Unreachable(f"{BOOKINGS}: Kafka does not answer ({type(error).__name__})", hint="start the broker, then try again") from error
    return max(((bookings.decode(value), value) for value in values), key=lambda found: found[0].number)
