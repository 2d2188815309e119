"""One partition's way into Kafka: records of many requests side by side in one batch, and where each of them is once it is known.

Kafka's client does the same record by record, with a future and a look-up for each, which takes longer than judging
an event. Here a request waits once, for all its records. A batch stays open until the client takes it.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any, Final

from aiokafka.errors import KafkaError

from streams.intake.ports import Outgoing, Place


class Call:
    """One request's records, and where they are: ``places`` holds None for what is not known to be there."""

    def __init__(self, size: int) -> None:
        self.places: list[Place | None] = [None] * size
        self.settled: Final[asyncio.Future[None]] = asyncio.get_running_loop().create_future()
        self._left = size

    def done(self) -> bool:
        """Whether nobody waits any more."""
        return self.settled.done()

    def settle(self, index: int, place: Place | None) -> None:
        """Note what became of one record; what is known too late changes nothing."""
        if self.settled.done():
            return
        self.places[index] = place
        self._left -= 1
        if not self._left:
            self.settled.set_result(None)

    def give_up(self) -> None:
        """Wait no longer."""
        if not self.settled.done():
            self.settled.set_result(None)


class Batch:
    """Records that go to Kafka together. ``builder`` is the client's; ``released`` is told how many bytes wait no longer."""

    def __init__(self, builder: Any, released: Callable[[int], None]) -> None:
        self.builder = builder
        self._released = released
        self._records: list[tuple[Call, int]] = []
        self._size = 0

    @property
    def is_awaited(self) -> bool:
        """Whether anybody still waits for one of its records."""
        return any(not call.done() for call, _ in self._records)

    def take(self, record: Outgoing, call: Call, index: int) -> bool:
        """Put a record in; False if the batch is full, or was taken already."""
        if self.builder.append(timestamp=None, key=record.key, value=record.value) is None:
            return False
        self._records.append((call, index))
        self._size += len(record.value)
        return True

    def settle(self, delivered: "asyncio.Future[Any]") -> None:
        """Tell everybody where their records are."""
        if delivered.cancelled() or delivered.exception() is not None:
            self.fail()
            return
        metadata = delivered.result()
        for place, (call, index) in enumerate(self._records):
            call.settle(index, Place(metadata.topic, metadata.partition, metadata.offset + place))
        self._released(self._size)

    def fail(self) -> None:
        """Tell everybody that it is not known."""
        self.builder.close()
        for call, index in self._records:
            call.settle(index, None)
        self._released(self._size)


class Lane:
    """Hands over the batches of one partition, each after the client took the one before."""

    def __init__(self, producer: Any, topic: str, partition: int, released: Callable[[int], None]) -> None:
        self._producer = producer
        self._topic = topic
        self._partition = partition
        self._released = released
        self._open: Batch | None = None
        self._waiting: deque[Batch] = deque()
        self._handing: asyncio.Task[None] | None = None

    def add(self, record: Outgoing, call: Call, index: int) -> None:
        """Send a record after those that were added before."""
        if self._open is not None and self._open.take(record, call, index):
            return
        self._open = Batch(self._producer.create_batch(), self._released)
        self._open.take(record, call, index)
        self._waiting.append(self._open)
        if self._handing is None or self._handing.done():
            self._handing = asyncio.create_task(self._hand_over())

    def stop(self) -> None:
        """Hand nothing more over."""
        if self._handing is not None:
            self._handing.cancel()

    async def _hand_over(self) -> None:
        while self._waiting:
            batch = self._waiting.popleft()
            # What everybody was told is unknown will be sent again: sending it as well only makes a repeat.
            if not batch.is_awaited:
                batch.fail()
                continue
            delivered = None
            try:
                delivered = await self._producer.send_batch(batch.builder, self._topic, partition=self._partition)
            except (KafkaError, TimeoutError):
                continue
            finally:
                if delivered is None:
                    batch.fail()
            delivered.add_done_callback(batch.settle)
