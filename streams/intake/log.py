"""The intake's way into Kafka: a record counts as taken only when all brokers that must have it said so.

One that was not acknowledged in time is *unknown*, never failed: it may be there already, or come later. Whoever
sent it sends it again with the same id, where a repeat is harmless. Nothing here is retried beyond that time, and
what waits is bounded.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Sequence
from typing import Any, Final

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from models.partitioner import murmur2
from models.topics import EVENTS, MAX_RECORD_BYTES
from streams.intake.ports import Outgoing, Place

ACKNOWLEDGE_SECONDS: Final = 10.0
CONNECT_PAUSE_SECONDS: Final = 1.0
LINGER_MS: Final = 2
MAX_WAITING_BYTES: Final = 64 * 1024 * 1024

log = structlog.get_logger()


class KafkaLog:
    """A producer of one topic that starts whenever Kafka is there, and answers at once when it is not."""

    def __init__(self, bootstrap_servers: str, *, topic: str = EVENTS, acknowledge_seconds: float = ACKNOWLEDGE_SECONDS) -> None:
        self._bootstrap_servers = bootstrap_servers
        self._topic = topic
        self._acknowledge_seconds = acknowledge_seconds
        self._producer: Any = None
        self._connecting: asyncio.Task[None] | None = None
        self._waiting_bytes = 0

    @property
    def is_connected(self) -> bool:
        """Whether Kafka has answered since the start."""
        return self._producer is not None

    async def start(self) -> None:
        """Begin to connect; returns at once."""
        self._connecting = asyncio.create_task(self._connect())

    async def stop(self) -> None:
        """Send what is still waiting, and close."""
        if self._connecting is not None:
            self._connecting.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._connecting
        if self._producer is not None:
            with contextlib.suppress(KafkaError, TimeoutError):
                await asyncio.wait_for(self._producer.stop(), self._acknowledge_seconds)

    async def append(self, records: Sequence[Outgoing]) -> list[Place | None]:
        """Put the records into the topic in order, and return where each is; None for one that was not acknowledged in time."""
        size = sum(len(record.value) for record in records)
        if self._producer is None or (self._waiting_bytes and self._waiting_bytes + size > MAX_WAITING_BYTES):
            return [None] * len(records)
        self._waiting_bytes += size
        try:
            return await self._append(records)
        finally:
            self._waiting_bytes -= size

    async def _append(self, records: Sequence[Outgoing]) -> list[Place | None]:
        handed: list[Awaitable[Any]] = []
        with contextlib.suppress(KafkaError, TimeoutError):
            async with asyncio.timeout(self._acknowledge_seconds):
                for record in records:
                    handed.append(await self._producer.send(self._topic, record.value, key=record.key))  # noqa: PERF401 - what was handed over counts, also when the time is up
                # Not cancelled when the time is up: the producer goes on, and settles them by itself.
                await asyncio.wait([_settled(future) for future in handed])
        places = [_place(future) for future in handed]
        return places + [None] * (len(records) - len(places))

    async def _connect(self) -> None:
        while self._producer is None:
            producer = AIOKafkaProducer(
                bootstrap_servers=self._bootstrap_servers.split(","),
                acks="all",
                linger_ms=LINGER_MS,
                max_batch_size=256 * 1024,
                compression_type="lz4",
                max_request_size=MAX_RECORD_BYTES,
                partitioner=_partition,
                request_timeout_ms=int(self._acknowledge_seconds * 1000),
            )
            try:
                await producer.start()
                self._producer = producer
            except (KafkaError, OSError) as error:
                log.warning("kafka_unreachable", error=type(error).__name__)
                with contextlib.suppress(KafkaError, OSError):
                    await producer.stop()
                await asyncio.sleep(CONNECT_PAUSE_SECONDS)


def _partition(key: bytes, partitions: Sequence[int], _available: Sequence[int]) -> int:
    # Kafka's own; the client's is the same and takes three times as long.
    return partitions[(murmur2(key) & 0x7FFFFFFF) % len(partitions)]


def _settled(future: Any) -> Any:
    # An error is read later, from the future itself; here it must not be reported as forgotten.
    future.add_done_callback(lambda done: done.cancelled() or done.exception())
    return future


def _place(future: Any) -> Place | None:
    if not future.done() or future.cancelled() or future.exception() is not None:
        return None
    metadata = future.result()
    return Place(metadata.topic, metadata.partition, metadata.offset)
