"""The intake's way into Kafka: a record counts as taken only when all brokers that must have it said so.

One that was not acknowledged in time is *unknown*, never failed: it may be there already, or come later. Whoever
sent it sends it again with the same id, where a repeat is harmless. Nothing here is retried beyond that time, and
what waits is bounded.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any, Final

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from models.partitioner import murmur2
from models.topics import EVENTS, MAX_RECORD_BYTES
from streams.intake.lane import Call, Lane
from streams.intake.patience import Patience
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
        self._lanes: dict[int, Lane] = {}
        self._patience: Patience[Call] = Patience(acknowledge_seconds, Call.give_up)
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
        for lane in self._lanes.values():
            lane.stop()
        if self._connecting is not None:
            self._connecting.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._connecting
        if self._producer is not None:
            with contextlib.suppress(KafkaError, TimeoutError):
                await asyncio.wait_for(self._producer.stop(), self._acknowledge_seconds)

    async def append(self, records: Sequence[Outgoing]) -> list[Place | None]:
        """Put the records into the topic in order, and return where each is; None for one that was not acknowledged in time."""
        partitions = self._partitions()
        size = sum(len(record.value) for record in records)
        if not partitions or not records or (self._waiting_bytes and self._waiting_bytes + size > MAX_WAITING_BYTES):
            return [None] * len(records)
        self._waiting_bytes += size
        call = Call(len(records))
        for index, record in enumerate(records):
            # Kafka's own partitioner; the client's is the same and takes three times as long.
            self._lane(partitions[(murmur2(record.key) & 0x7FFFFFFF) % len(partitions)]).add(record, call, index)
        # What was handed over goes on when the time is up: whether it is in Kafka is unknown then.
        self._patience.watch(call)
        await call.settled
        return call.places

    def _partitions(self) -> list[int]:
        known = self._producer.client.cluster.partitions_for_topic(self._topic) if self._producer is not None else None
        return sorted(known or ())

    def _lane(self, partition: int) -> Lane:
        lane = self._lanes.get(partition)
        if lane is None:
            lane = self._lanes[partition] = Lane(self._producer, self._topic, partition, self._release)
        return lane

    def _release(self, size_bytes: int) -> None:
        self._waiting_bytes -= size_bytes

    async def _connect(self) -> None:
        while self._producer is None:
            producer = AIOKafkaProducer(
                bootstrap_servers=self._bootstrap_servers.split(","),
                acks="all",
                linger_ms=LINGER_MS,
                max_batch_size=256 * 1024,
                compression_type="lz4",
                max_request_size=MAX_RECORD_BYTES,
                request_timeout_ms=int(self._acknowledge_seconds * 1000),
            )
            try:
                await producer.start()
                await producer.partitions_for(self._topic)
                self._producer = producer
            except (KafkaError, OSError) as error:
                log.warning("kafka_unreachable", error=type(error).__name__)
                with contextlib.suppress(KafkaError, OSError):
                    await producer.stop()
                await asyncio.sleep(CONNECT_PAUSE_SECONDS)
