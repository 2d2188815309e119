"""The rules of writing: values, then the watermark, then the store, then the acknowledgements; and never after a loss."""

import asyncio
import time
from types import SimpleNamespace
from typing import Any, cast

import pytest

from models import tables
from models.cells import TABLES
from models.crashpoints import NO_CRASH_POINTS, CrashPoint
from models.errors import ConfigurationError, IntegrityError, LogTruncated, StalePosition
from models.topics import WATERMARKS, changelog
from streams.progress import StallWatch
from streams.settings import StreamSettings
from streams.tables import FaustTables
from streams.tallies import END_SETTLES_SECONDS, Tallies
from tests.streams.synthetic import chain


class FakeStore:
    """A memory store."""

    def __init__(self) -> None:
        self.data: dict[bytes, bytes] = {}
        self._key_partition: dict[bytes, int] = {}


class FakeTable:
    """A table whose changelog records are acknowledged when the test says so."""

    def __init__(self, name: str, world: "World") -> None:
        self.name = name
        self.world = world
        self.data = FakeStore()
        self.changelog_topic = SimpleNamespace(get_topic_name=lambda: changelog(name))

    def send_changelog(self, partition: int, key: bytes, value: bytes, *_: str) -> "asyncio.Future[None]":
        """Send."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.world.sent.append((self.name, partition, key, value, future))
        if self.world.acknowledge:
            future.set_result(None)
        return future


class FakeEvent:
    """An event of a stream."""

    def __init__(self, world: "World", value: bytes, offset: int, generation: int = 1) -> None:
        self.message = SimpleNamespace(partition=0, value=value, offset=offset, generation_id=generation)
        self.world = world

    def ack(self) -> None:
        """Acknowledge."""
        self.world.acked.append(self.message.offset)


class World:
    """A worker without Kafka: one partition, a settable clock."""

    def __init__(self) -> None:
        self.acknowledge = True
        self.sent: list[tuple[str, int, bytes, bytes, Any]] = []
        self.acked: list[int] = []
        self.now = 100.0
        self.highwater: int | None = None
        self.told_in_seconds = 0.0
        recovery = SimpleNamespace(active_offsets={}, active_highwaters={}, revoke=lambda _: None)
        self.app: Any = SimpleNamespace(
            consumer_generation_id=1,
            rebalancing_count=1,
            rebalancing=False,
            should_stop=False,
            loop=SimpleNamespace(time=lambda: self.now),
            tables=SimpleNamespace(recovery=recovery),
            consumer=SimpleNamespace(highwater=lambda _: self.highwater, end_told_at=lambda _: time.time() + self.told_in_seconds),
        )
        by_name = {name: FakeTable(name, self) for name in (*TABLES, WATERMARKS)}
        for name in by_name:
            recovery.active_highwaters[(changelog(name), 0)] = -1
        self.store = FaustTables(self.app, cast("Any", by_name))
        settings = StreamSettings(bootstrap_servers="", partitions=1)
        self.tallies = Tallies(self.app, self.store, settings, NO_CRASH_POINTS)
        self.values = chain(partition=0, records=10)

    async def start(self) -> "World":
        """Assign the partition."""
        await self.tallies.start_partitions(frozenset({0}))
        return self

    def fold(self, start: int, end: int, *, generation: int = 1) -> None:
        """Offer records."""
        for offset in range(start, end):
            self.tallies._apply(FakeEvent(self, self.values[offset], offset, generation))

    def watermark(self) -> tables.Watermark | None:
        """Return the newest watermark sent."""
        sent = [value for name, _, _, value, _ in self.sent if name == WATERMARKS]
        return tables.decode_watermark(sent[-1]) if sent else None


async def until_waiting() -> None:
    """Let every task run until it waits."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_the_watermark_waits_for_the_values_and_the_acknowledgements_for_the_watermark() -> None:
    world = await World().start()
    world.acknowledge = False
    world.fold(0, 3)
    flushing = asyncio.ensure_future(world.tallies.flush())
    await until_waiting()
    assert world.sent
    assert world.watermark() is None
    for *_, future in world.sent:
        future.set_result(None)
    await until_waiting()
    watermark = world.watermark()
    assert watermark is not None
    assert (watermark.number, watermark.offset) == (3, 3)
    assert world.acked == []
    assert not world.store.by_name[WATERMARKS].data.data
    world.sent[-1][-1].set_result(None)
    await flushing
    assert world.acked == [0, 1, 2]
    assert world.store.by_name[WATERMARKS].data.data


async def test_a_failed_changelog_record_stops_the_flush_without_acknowledging() -> None:
    world = await World().start()
    world.acknowledge = False
    world.fold(0, 3)
    flushing = asyncio.ensure_future(world.tallies.flush())
    await until_waiting()
    world.sent[0][-1].set_exception(OSError("refused"))
    with pytest.raises(OSError, match="refused"):
        await flushing
    assert world.acked == []
    assert world.watermark() is None


@pytest.mark.parametrize(("name", "value"), [("consumer_generation_id", 2), ("rebalancing_count", 2), ("rebalancing", True)])
async def test_nothing_more_is_written_once_the_partitions_may_be_lost(name: str, value: object) -> None:
    world = await World().start()
    world.acknowledge = False
    world.fold(0, 3)
    flushing = asyncio.ensure_future(world.tallies.flush())
    await until_waiting()
    setattr(world.app, name, value)
    for *_, future in world.sent:
        future.set_result(None)
    await flushing
    assert world.watermark() is None
    assert world.acked == []


async def test_what_was_not_flushed_is_forgotten_at_a_revocation_and_old_events_are_ignored() -> None:
    world = await World().start()
    world.fold(0, 3)
    await world.tallies.flush()
    world.fold(3, 5)
    await world.tallies.discard()
    assert not any(table.data.data for table in world.store.by_name.values())
    world.fold(5, 6)
    await world.tallies.flush()
    assert world.acked == [0, 1, 2]
    assert world.tallies.progress.partitions == {}


async def test_an_event_of_another_generation_is_ignored_and_not_acknowledged() -> None:
    world = await World().start()
    world.fold(0, 2)
    world.fold(2, 3, generation=0)
    await world.tallies.flush()
    assert world.acked == [0, 1]
    watermark = world.watermark()
    assert watermark is not None
    assert watermark.number == 2


async def test_a_repeat_is_acknowledged_and_not_counted() -> None:
    world = await World().start()
    world.fold(0, 3)
    world.fold(1, 3)
    await world.tallies.flush()
    assert world.acked == [0, 1, 2, 1, 2]
    assert world.tallies.progress.records_applied == 3
    assert world.tallies.progress.records_repeated == 2


async def test_a_process_that_stood_still_writes_nothing_more() -> None:
    world = await World().start()
    world.fold(0, 3)
    world.now += 5.0
    with pytest.raises(StalePosition, match="stood still for 5"):
        await world.tallies.flush()
    assert world.sent == []


async def test_a_changelog_that_was_not_read_to_its_end_is_noticed() -> None:
    world = World()
    recovery = world.app.tables.recovery
    recovery.active_highwaters[(changelog("stock"), 0)] = 7
    recovery.active_offsets[(changelog("stock"), 0)] = 6
    with pytest.raises(IntegrityError, match="recovered up to 6, expected 7"):
        await world.start()


async def test_a_table_without_a_changelog_is_named_with_the_remedy() -> None:
    world = World()
    del world.app.tables.recovery.active_highwaters[(changelog("plans"), 0)]
    with pytest.raises(ConfigurationError, match="there is no topic salur-plans-changelog with a partition 0 → make it with: salur topics"):
        await world.start()


async def test_values_without_a_watermark_do_not_pass_for_a_new_table() -> None:
    world = World()
    recovery = world.app.tables.recovery
    recovery.active_highwaters[(changelog(WATERMARKS), 0)] = 3
    recovery.active_offsets[(changelog(WATERMARKS), 0)] = 3
    with pytest.raises(IntegrityError, match="no watermark was recovered"):
        await world.start()


async def test_lag_counts_from_the_watermark_and_a_topic_that_shrank_is_noticed() -> None:
    world = await World().start()
    world.highwater = 5
    world.fold(0, 3)
    assert world.tallies.measure().lag == 5
    await world.tallies.flush()
    assert world.tallies.measure().lag == 2
    world.highwater = 2
    assert world.tallies.measure().lag == 0
    world.told_in_seconds = END_SETTLES_SECONDS + 1
    with pytest.raises(LogTruncated, match="ends at 2"):
        world.tallies.measure()


async def test_an_end_that_is_older_than_what_was_read_is_no_cut() -> None:
    """A broker tells the end as it was before a read, and may be gone right after."""
    world = await World().start()
    world.fold(0, 3)
    await world.tallies.flush()
    world.highwater = 2
    world.tallies.measure()
    world.told_in_seconds = -1.0
    for _ in range(3):
        world.tallies.measure()
    world.highwater = 3
    world.tallies.measure()
    world.highwater, world.told_in_seconds = 2, END_SETTLES_SECONDS - 1
    world.tallies.measure()


async def test_the_crash_points_are_passed_in_order() -> None:
    world = World()
    passed: list[CrashPoint] = []

    class Recorder:
        def hit(self, name: CrashPoint) -> None:
            passed.append(name)

    world.tallies._crash_points = Recorder()
    await world.start()
    world.fold(0, 1)
    await world.tallies.flush()
    await world.tallies.discard()
    assert passed == ["mid_recovery", "after_fold_before_changelog", "mid_changelog", "after_changelog_before_ack", "after_ack_before_commit", "mid_revoke"]


def test_a_stall_is_measured_from_the_last_thing_done() -> None:
    watch = StallWatch()
    assert watch.stalled_seconds(done=1, behind=True, now_seconds=10.0) == 0
    assert watch.stalled_seconds(done=1, behind=True, now_seconds=25.0) == 15
    assert watch.stalled_seconds(done=2, behind=True, now_seconds=30.0) == 0
    assert watch.stalled_seconds(done=2, behind=False, now_seconds=60.0) == 0
    assert watch.stalled_seconds(done=2, behind=True, now_seconds=61.0) == 1
