"""The publisher: sends what was booked to Kafka, in booking order, and moves its mark after every acknowledgement.

For each booking: first its record for ``aid.bookings.v1``, acknowledged, then its entries and its rejected events.
A lease keeps it to one publisher at a time; a second one would be harmless, because readers know records by number.
"""

import contextlib
import json
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

import lz4.frame
import sqlalchemy as sa
import structlog
from kafka import KafkaProducer
from kafka.errors import KafkaError, KafkaTimeoutError
from sqlalchemy.exc import DBAPIError

from consumers.database import is_unreachable, unreachable
from consumers.ledger.ledger import Clock, wall_clock_ms
from consumers.ledger.progress import PublisherProgress
from models import schema
from models.crashpoints import CrashPoints
from models.errors import Unreachable
from models.topics import BOOKINGS, ENTRIES, MAX_RECORD_BYTES, REJECTED

LEASE_MS: Final = 5_000
MAX_BOOKINGS: Final = 50
_IDLE_SECONDS: Final = 0.25
_RETRY_SECONDS: Final = 1.0
_ACKNOWLEDGE_SECONDS: Final = 5.0
_NEVER_MS: Final = 2**31 - 1

log = structlog.get_logger()


class Publisher:
    """Publishes from one database to one cluster; call ``run`` in a thread of its own."""

    def __init__(
        self,
        engine: sa.Engine,
        *,
        bootstrap_servers: str,
        points: CrashPoints,
        clock: Clock = wall_clock_ms,
        client: Mapping[str, Any] | None = None,
        on_published: Callable[[int], None] = lambda _booking: None,
    ) -> None:
        self._engine = engine
        self._points = points
        self._clock = clock
        self._owner = uuid.uuid4().hex
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._on_published = on_published
        self.progress: Final = PublisherProgress()
        # Idempotent with acks=all by default. A batch never expires: giving one up and sending its successors would
        # leave a gap in the numbers for ever, while waiting for the broker only delays them. Values may outgrow the
        # topic's limit before compression.
        self._open: Final[Callable[[], KafkaProducer]] = partial(
            KafkaProducer,
            bootstrap_servers=bootstrap_servers,
            client_id="salur-publisher",
            compression_type="lz4",
            linger_ms=0,
            max_request_size=8 * MAX_RECORD_BYTES,
            delivery_timeout_ms=_NEVER_MS,
            max_block_ms=_NEVER_MS,
            **(client or {}),
        )
        self._producer = self._open()

    def wake(self) -> None:
        """Say that something was booked."""
        self._woken.set()

    def stop(self) -> None:
        """End ``run`` soon."""
        self._stopping.set()
        self._woken.set()

    def run(self) -> None:
        """Publish until stopped; an unreachable broker or database only makes it wait."""
        while not self._stopping.is_set():
            self._woken.clear()
            try:
                published = self.publish()
                self.progress.waits_for = ""
                if published:
                    continue
                self._woken.wait(_IDLE_SECONDS)
            except Unreachable as error:
                self.progress.waits_for = str(error)
                log.warning("publishing_waits", reason=str(error))
                self._stopping.wait(_RETRY_SECONDS)
        self._producer.close(timeout=_ACKNOWLEDGE_SECONDS)

    def publish(self) -> int:
        """Publish the next bookings and return how many. Raises Unreachable."""
        try:
            published = self._take_lease()
            if published is None:
                return 0
            with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                bookings = _bookings_after(connection, published)
                if not bookings:
                    return 0
                self._send_bookings(bookings)
                self._send_contents(connection, bookings)
            self._points.hit("after_publish_before_mark")
            self._move_mark(bookings[-1].booking)
        except DBAPIError as error:
            if is_unreachable(error):
                raise unreachable(error) from error
            raise
        except KafkaError as error:
            self._start_anew()
            raise Unreachable(f"Kafka did not acknowledge what was published ({type(error).__name__})") from error
        self.progress.published = bookings[-1].booking
        self._on_published(bookings[-1].booking)
        return len(bookings)

    def _send_bookings(self, bookings: Sequence[Any]) -> None:
        self._acknowledged([self._producer.send(BOOKINGS, value=row.record, partition=0) for row in bookings])

    def _send_contents(self, connection: sa.Connection, bookings: Sequence[Any]) -> None:
        first, last = bookings[0], bookings[-1]
        entries = schema.entry_records.c
        query = sa.select(entries.partition, entries.value).where(entries.booking.between(first.booking, last.booking))
        futures = []
        for partition, value in connection.execute(query.order_by(entries.booking, entries.number)):
            futures.append(self._producer.send(ENTRIES, value=lz4.frame.decompress(value), partition=partition))
            self._points.hit("mid_publish")
        for key, value, headers in _rejected(connection, first.first_decision, last.last_decision):
            futures.append(self._producer.send(REJECTED, key=key, value=value, headers=headers))
        self._acknowledged(futures)

    def _acknowledged(self, futures: Sequence[Any]) -> None:
        """Wait until Kafka has every record. Raises Unreachable when told to stop meanwhile; then the mark stays."""
        for future in futures:
            while True:
                try:
                    future.get(timeout=_ACKNOWLEDGE_SECONDS)
                except KafkaTimeoutError as error:
                    if self._stopping.is_set():
                        raise Unreachable("Kafka did not acknowledge what was published before the stop") from error
                    self.progress.waits_for = "Kafka does not acknowledge"
                    log.warning("publishing_waits", reason=self.progress.waits_for)
                else:
                    break

    def _start_anew(self) -> None:
        """Take another producer: one that was told of an error which it cannot retry refuses everything from then on, also when its cause is gone."""
        # What it still holds is sent again by the next one.
        with contextlib.suppress(KafkaTimeoutError):
            self._producer.close(timeout=0)
        self._producer = self._open()

    def _take_lease(self) -> int | None:
        """Return the published mark if this publisher may publish now."""
        now = self._clock()
        table = schema.publisher
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            row = connection.execute(sa.select(table)).one()
            behind = connection.execute(sa.select(schema.head.c.booking)).scalar_one() > row.published
        if not behind:
            return None
        # Renewed when half of it is gone, so that publishing in quick succession costs no extra transaction.
        if row.owner == self._owner and row.leased_until - now > LEASE_MS // 2:
            return int(row.published)
        free = (table.c.owner == self._owner) | (table.c.leased_until < now) | (table.c.leased_until > now + 2 * LEASE_MS)
        with self._engine.begin() as connection:
            taken = connection.execute(sa.update(table).where(free).values(owner=self._owner, leased_until=now + LEASE_MS))
            return int(row.published) if taken.rowcount == 1 else None

    def _move_mark(self, booking: int) -> None:
        table = schema.publisher
        with self._engine.begin() as connection:
            connection.execute(sa.update(table).where(table.c.published < booking).values(published=booking))


def _bookings_after(connection: sa.Connection, published: int) -> Sequence[Any]:
    table = schema.bookings
    query = sa.select(table.c.booking, table.c.first_decision, table.c.last_decision, table.c.record)
    return connection.execute(query.where(table.c.booking > published).order_by(table.c.booking).limit(MAX_BOOKINGS)).all()


def _rejected(connection: sa.Connection, first: int, last: int) -> list[tuple[bytes, bytes, list[tuple[str, bytes]]]]:
    """Return key, value and headers of the rejected events among decisions ``first`` to ``last``."""
    d = schema.decisions.c
    query = sa.select(d.topic, d.partition, d.offset, d.reasons, d.sha256, d.raw, d.source, d.event_id)
    rows = connection.execute(query.where(d.number.between(first, last), d.disposition == "rejected").order_by(d.number))
    return [
        (
            f"{row.topic}-{row.partition}-{row.offset}".encode(),
            # Bytes that may name a person are not sent on; their hash shows which record it was.
            row.raw if row.raw is not None else b"",
            [
                ("reasons", json.dumps([reason["code"] for reason in json.loads(row.reasons)]).encode()),
                ("violations", row.reasons.encode()),
                ("sha256", row.sha256.hex().encode()),
                ("source", row.source.encode()),
                ("id", row.event_id.encode()),
            ],
        )
        for row in rows
    ]
