"""What the consumer assumes of Faust's insides, each assumption by itself: a moved pin fails here first."""

import asyncio
import inspect
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, cast

import faust
import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.consumer.fetcher import Fetcher
from faust.tables.manager import TableManager
from faust.tables.recovery import Recovery
from faust.transport import consumer as base
from faust.transport.drivers import aiokafka as driver
from faust.transport.utils import DefaultSchedulingStrategy
from faust.types import TP
from mode.utils.queues import FlowControlEvent, ThrowableQueue

from models.topics import ENTRIES
from streams.transport import Consumer

E0 = TP(ENTRIES, 0)
C0 = TP("salur-stock-changelog", 0)


class StubConsumer(Consumer):
    """The consumer above a scripted fetcher; nothing of Faust is started."""

    def __init__(self, *batches: Mapping[TP, list[int]]) -> None:
        self._next, self._hole, self._in_step = {}, {}, set()
        self.batches = list(batches)
        self.seeks: list[dict[TP, int]] = []
        self.flow_active = True
        self.scheduler = cast("Any", DefaultSchedulingStrategy())
        self._buffered_partitions: set[TP] = set()
        self.app = cast(
            "Any",
            SimpleNamespace(
                consumer_generation_id=1,
                rebalancing_count=1,
                rebalancing=False,
                tables=SimpleNamespace(actives_ready=True),
                flow_control=SimpleNamespace(is_active=lambda: True),
            ),
        )

    should_stop = False

    async def _wait_next_records(self, timeout: float) -> Any:  # noqa: ASYNC109, ARG002  Faust's signature
        batch = self.batches.pop(0)
        return {tp: [SimpleNamespace(offset=offset) for offset in offsets] for tp, offsets in batch.items()}, None

    def _to_message(self, tp: TP, record: Any) -> Any:  # noqa: ARG002  Faust's signature
        return record.offset

    async def sleep(self, n: Any) -> None:  # noqa: ARG002  Faust's signature
        await asyncio.sleep(0)

    async def seek_wait(self, partitions: Mapping[TP, int]) -> None:
        self.seeks.append(dict(partitions))
        for tp, offset in partitions.items():
            self._next[tp] = offset
            self._in_step.discard(tp)

    async def read(self) -> list[tuple[TP, int]]:
        """Take one batch."""
        return [(tp, cast("int", message)) async for tp, message in self.getmany(1.0)]


async def test_records_of_a_partition_without_a_position_are_left_alone() -> None:
    consumer = StubConsumer({E0: [5, 6], C0: [1]})
    assert await consumer.read() == []
    assert consumer.seeks == []


async def test_records_before_the_position_are_passed_over() -> None:
    consumer = StubConsumer({E0: [5, 6, 7, 8]})
    consumer._next[E0] = 7
    assert await consumer.read() == [(E0, 7), (E0, 8)]


async def test_a_hole_is_read_again_and_then_believed() -> None:
    consumer = StubConsumer({E0: [9, 10]}, {E0: [7, 8]}, {E0: [12]}, {E0: [12, 13]})
    consumer._next[E0] = 7
    assert await consumer.read() == []
    assert consumer.seeks == [{E0: 7}]
    assert await consumer.read() == [(E0, 7), (E0, 8)]
    assert await consumer.read() == []
    assert await consumer.read() == [(E0, 12), (E0, 13)]
    assert consumer.seeks == [{E0: 7}, {E0: 9}]


async def test_the_holes_of_a_compacted_changelog_cost_one_seek_at_most() -> None:
    consumer = StubConsumer({C0: [3, 5, 9]}, {C0: [3, 5, 9, 20]})
    consumer._next[C0] = 0
    assert await consumer.read() == []
    assert await consumer.read() == [(C0, 3), (C0, 5), (C0, 9), (C0, 20)]
    assert consumer.seeks == [{C0: 0}]


async def test_what_is_fetched_before_the_flow_resumes_is_kept_until_it_does() -> None:
    consumer = StubConsumer({C0: [0, 1]})
    consumer._next[C0] = 0
    consumer.flow_active = False
    reading = asyncio.ensure_future(consumer.read())
    for _ in range(5):
        await asyncio.sleep(0)
    assert not reading.done()
    consumer.flow_active = True
    assert await reading == [(C0, 0), (C0, 1)]


@pytest.mark.parametrize("waits_for", ["actives_ready", "rebalancing"])
async def test_entries_wait_until_the_tables_are_recovered(waits_for: str) -> None:
    consumer = StubConsumer({E0: [0]})
    consumer._next[E0] = 0
    app = cast("Any", consumer.app)
    app.rebalancing, app.tables.actives_ready = waits_for == "rebalancing", waits_for != "actives_ready"
    reading = asyncio.ensure_future(consumer.read())
    for _ in range(5):
        await asyncio.sleep(0)
    assert not reading.done()
    app.rebalancing, app.tables.actives_ready = False, True
    assert await reading == [(E0, 0)]


@pytest.mark.parametrize("changed", ["consumer_generation_id", "rebalancing_count"])
async def test_records_of_a_passed_assignment_are_dropped(changed: str) -> None:
    consumer = StubConsumer({E0: [0, 1]})
    consumer._next[E0] = 0
    app = cast("Any", consumer.app)
    taken = []
    async for _, message in consumer.getmany(1.0):
        taken.append(message)
        setattr(app, changed, 2)
    assert taken == [0]


def test_faust_still_has_the_methods_that_are_overridden_or_called() -> None:
    assert list(inspect.signature(driver.Consumer.getmany).parameters) == ["self", "timeout"]
    assert inspect.isasyncgenfunction(base.Consumer.getmany)
    assert inspect.iscoroutinefunction(driver.Consumer.seek_to_committed)
    assert list(inspect.signature(driver.Consumer.seek_wait).parameters) == ["self", "partitions"]
    assert list(inspect.signature(base.Consumer._wait_next_records).parameters) == ["self", "timeout"]
    assert list(inspect.signature(driver.Consumer._to_message).parameters) == ["self", "tp", "record"]
    assert inspect.iscoroutinefunction(base.Consumer.on_partitions_revoked)


def test_the_end_of_a_partition_is_still_told_with_its_time() -> None:
    assert "_ensure_consumer().highwater(tp)" in inspect.getsource(driver.AIOKafkaConsumerThread.highwater)
    assert inspect.getsource(AIOKafkaConsumer.last_poll_timestamp).rstrip().endswith("state_value(partition).timestamp")
    source = inspect.getsource(Fetcher._proc_fetch_request)
    assert source.count("tp_state.highwater = highwater") == source.count("tp_state.timestamp = now_ms") == 1


def test_recovery_still_does_things_in_the_order_that_the_overrides_rely_on() -> None:
    source = inspect.getsource(Recovery.on_recovery_completed)
    steps = ["resume_partitions", "perform_seek", "flow_control.resume", "resume_flow", "on_actives_ready", "on_rebalance_end"]
    assert [source.index(step) for step in steps] == sorted(source.index(step) for step in steps)
    assert "seek_to_committed" in inspect.getsource(base.Consumer.perform_seek)
    restart = inspect.getsource(cast("Any", Recovery._restart_recovery).fun)
    assert restart.index("_seek_offsets") < restart.index("consumer.resume_flow")
    assert "seek_wait" in inspect.getsource(Recovery._seek_offsets)
    assert "actives_ready = False" in inspect.getsource(TableManager.on_rebalance_start)
    assert "rebalancing_count += 1" in inspect.getsource(faust.App.on_rebalance_start)


async def test_stock_faust_still_empties_its_queues_at_the_end_of_recovery() -> None:
    """The reason for waiting: what was delivered a moment before is gone, and its offset counts as read."""
    flow = FlowControlEvent()
    queue: Any = ThrowableQueue(flow_control=flow, clear_on_resume=True)
    queue.put_nowait("a record")
    flow.resume()
    assert queue.empty()
    drain = inspect.getsource(base.Consumer._drain_messages)
    assert "offset >= r_offset" in drain
    assert "DROPPED MESSAGE ROFF" in drain


def test_revoking_a_changelog_partition_still_makes_recovery_read_it_from_the_start() -> None:
    recovery = SimpleNamespace(standby_offsets={}, standby_highwaters={}, active_offsets={C0: 41}, active_highwaters={C0: 41})
    Recovery.revoke(cast("Any", recovery), C0)
    assert C0 not in recovery.active_offsets
