"""All that leans on Faust's insides: a consumer that neither skips nor trusts the group's committed offsets.

Stock Faust loses records at nearly every start under load: a fetch that slips in while it recovers tables is put
into queues that are emptied a moment later, and the same records, fetched again, count as already read. This
consumer hands over a record of the entries topic only when the application is really ready for it, and follows the
offsets of every partition itself: what was fetched and not handed over is fetched again.

Each assumption has a test in ``tests/streams/test_transport.py``; ``streams.app`` checks the pinned version.
"""

from collections.abc import AsyncIterator, Awaitable, Mapping
from typing import Any, Protocol

import faust
from faust.transport.drivers import aiokafka as driver
from faust.types import TP
from yarl import URL

from models.topics import ENTRIES


class StartOffsets(Protocol):
    """What knows where each entries partition goes on; called after the tables are recovered, before any record."""

    def __call__(self, partitions: frozenset[int]) -> Awaitable[Mapping[int, int]]:
        """Return the next offset to read of each partition."""
        ...


class Consumer(driver.Consumer):  # type: ignore[misc]  # Faust is not annotated for others
    """Faust's aiokafka consumer with its two overrides, and the bookkeeping they need."""

    transport: "Transport"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._next: dict[TP, int] = {}
        self._hole: dict[TP, int] = {}
        self._in_step: set[TP] = set()

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, Any]]:  # noqa: ASYNC109  the signature is Faust's
        """Yield fetched records, those of the entries topic only once the tables are recovered and positioned."""
        records, active = await self._wait_next_records(timeout)
        if not records or self.should_stop:
            return
        era = self._era()
        fetch_again: set[TP] = set()
        for tp, record in self.scheduler.iterate(records):
            if tp not in self._next or tp in fetch_again:
                # Not positioned yet in this assignment: to wait with it would keep the tables from being recovered.
                continue
            if not await self._may_hand_over(tp, era):
                # What is dropped here is read again: every partition is positioned anew after a rebalance.
                return
            if active is not None and tp not in active and tp not in self._buffered_partitions:
                self._in_step.discard(tp)
                continue
            if await self._is_next(tp, record.offset):
                yield tp, self._to_message(tp, record)
            elif record.offset > self._next.get(tp, record.offset):
                fetch_again.add(tp)

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Forget all positions: a fetch of the old assignment may still arrive under the new one, before it is positioned."""
        self._next.clear()
        self._hole.clear()
        self._in_step.clear()
        await super().on_partitions_revoked(revoked)

    async def seek_wait(self, partitions: Mapping[TP, int]) -> None:
        """Position partitions, and remember which record has to come next."""
        for tp, offset in partitions.items():
            self._next[tp] = offset
            self._in_step.discard(tp)
        await super().seek_wait(partitions)

    async def seek_to_committed(self) -> Mapping[TP, int]:
        """Position the entries partitions where their tables' watermarks say; the committed offsets are not asked for."""
        try:
            mine = frozenset(tp.partition for tp in self.assignment() if tp.topic == ENTRIES)
            starts = await self.transport.start_offsets(mine)
            positions = {TP(ENTRIES, partition): offset for partition, offset in starts.items()}
            if positions:
                await self.seek_wait(positions)
        except Exception as error:
            # Recovery would report it and go on without a position.
            await self.app.crash(error)
            raise
        return positions

    def end_told_at(self, tp: TP) -> float:
        """Return when a broker last told the end that ``highwater`` returns (seconds since 1970), 0 for never."""
        told_at_ms: int | None = self._thread._ensure_consumer().last_poll_timestamp(tp)  # noqa: SLF001  Faust passes on no more than the end
        return (told_at_ms or 0) / 1000

    def _era(self) -> tuple[int, int]:
        """Return what changes with every rebalance, at its start and at its end."""
        return self.app.consumer_generation_id, self.app.rebalancing_count

    async def _may_hand_over(self, tp: TP, era: tuple[int, int]) -> bool:
        """Wait until what is fetched may be handed over; return False if it is of an assignment that has passed.

        It must not be dropped for being early: its partition was positioned already, and at the end of a topic
        no later record would show what is missing.
        """
        while era == self._era() and not self.should_stop:
            if self._is_ready(tp):
                return True
            await self.sleep(0.01)
        return False

    def _is_ready(self, tp: TP) -> bool:
        app = self.app
        if not self.flow_active or not app.flow_control.is_active():
            return False
        return tp.topic != ENTRIES or (app.tables.actives_ready and not app.rebalancing)

    async def _is_next(self, tp: TP, offset: int) -> bool:
        """Tell whether this is the record to hand over; one that lies behind a hole is fetched again, once.

        A hole may be real (compaction, retention): then the same record comes again. Or records were fetched and
        dropped, or fetched from an older position: then the missing ones come.
        """
        expected = self._next.get(tp)
        if expected is None or offset < expected:
            return False
        if offset > expected and tp not in self._in_step and self._hole.get(tp) != offset:
            self._hole[tp] = offset
            await self.seek_wait({tp: expected})
            return False
        self._next[tp] = offset + 1
        if tp.topic != ENTRIES:
            # A changelog is compacted: within one uninterrupted run of fetches its holes are real.
            self._in_step.add(tp)
        return True


class Transport(driver.Transport):  # type: ignore[misc]  # as above
    """Faust's aiokafka transport with the consumer above."""

    Consumer = Consumer

    def __init__(self, app: faust.App, *, start_offsets: StartOffsets, brokers: list[URL]) -> None:
        super().__init__(brokers, app)
        self.start_offsets = start_offsets


def install(app: faust.App, *, start_offsets: StartOffsets) -> None:
    """Make the application read through this transport; before anything of it is started."""
    app.transport = Transport(app, start_offsets=start_offsets, brokers=app.conf.broker_consumer)
