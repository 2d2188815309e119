"""The fold workers, simulated: the real ``Tallies`` on event loops in virtual time, between Faust's parts played by stand-ins.

One process has one loop, so that a process can be frozen or killed between any two of its steps. The group follows
Kafka's rules: a new generation begins when every member gave up its partitions or ran out of its session.
"""

import asyncio
import heapq
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any, Final, cast

import faust
from faust.types import TP

from models.cells import TABLES
from models.topics import WATERMARKS, changelog
from streams.fold import PartitionFold
from streams.settings import StreamSettings
from streams.tables import FaustTables
from streams.tallies import Tallies
from tests.simulation.log import Flight, number_of
from tests.simulation.processes import Points, Surroundings

SESSION_SECONDS: Final = 6.0
_NAMES: Final = (*TABLES, WATERMARKS)


class VirtualLoop(asyncio.BaseEventLoop):
    """An event loop that runs only when it is told to, at the time it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.has_ended = False
        self.tasks: list[asyncio.Task[Any]] = []

    def __del__(self) -> None:
        """Complain of nothing: a killed process closes nothing."""

    def time(self) -> float:
        return self.now

    def drain(self, now: float) -> None:
        """Run everything that is ready, or due at ``now``, until nothing is."""
        self.now = now
        asyncio.events._set_running_loop(self)
        try:
            scheduled = cast("list[asyncio.TimerHandle]", self._scheduled)  # type: ignore[attr-defined]
            ready = self._ready  # type: ignore[attr-defined]
            while ready or (scheduled and scheduled[0].when() <= now):
                while scheduled and scheduled[0].when() <= now:
                    handle = heapq.heappop(scheduled)
                    handle._scheduled = False  # type: ignore[attr-defined]
                    ready.append(handle)
                handle = ready.popleft()
                if not handle.cancelled():
                    handle._run()
        finally:
            asyncio.events._set_running_loop(None)

    def create_task(self, coro: Any, *, name: object = None, context: Any = None) -> asyncio.Task[Any]:
        """Remember every task, so that all end with their process."""
        task: asyncio.Task[Any] = asyncio.Task(coro, loop=self, name=str(name), context=context)
        self.tasks.append(task)
        return task

    def call_soon(self, callback: Any, *args: Any, context: Any = None) -> Any:  # type: ignore[override]  # what it calls is not looked at
        """Run something soon, unless the process is dead."""
        return None if self.has_ended else super().call_soon(callback, *args, context=context)

    def call_exception_handler(self, _context: object) -> None:
        """Say nothing: what a task raised is looked at where the process is run."""

    def _write_to_self(self) -> None:
        return

    def _process_events(self, _event_list: object) -> None:
        return


class _Record(SimpleNamespace):
    """A Faust event: a message that can be acknowledged."""

    def ack(self) -> None:
        return


class _Stream:
    """The agent's stream."""

    def __init__(self, loop: VirtualLoop) -> None:
        asyncio.events._set_running_loop(loop)
        self.queue: asyncio.Queue[_Record] = asyncio.Queue()
        asyncio.events._set_running_loop(None)
        self.channel = SimpleNamespace(queue=self.queue)

    def noack(self) -> "_Stream":
        return self

    async def events(self) -> AsyncIterator[_Record]:
        while True:
            yield await self.queue.get()


class _Table:
    """A Faust table: a store that remembers the partition of each key, and a way to its changelog."""

    def __init__(self, process: "FoldProcess", name: str) -> None:
        self._process = process
        self._topic = changelog(name)
        self.data = SimpleNamespace(data={}, _key_partition={})
        self.changelog_topic = SimpleNamespace(get_topic_name=lambda: self._topic)

    def send_changelog(self, partition: int, key: bytes, value: bytes, _key_serializer: str, _value_serializer: str) -> Any:
        """Put a changelog record on its way; the answer is awaited until it is acknowledged."""
        process = self._process
        future: asyncio.Future[int] = process.loop.create_future()
        process.world.log.send(Flight(process, (self._topic, partition), key, value, future.set_result))
        return future


class _Recovery:
    """What Faust knows of the changelogs."""

    def __init__(self) -> None:
        self.active_offsets: dict[TP, int] = {}
        self.active_highwaters: dict[TP, int] = {}

    def revoke(self, tp: TP) -> None:
        self.active_offsets.pop(tp, None)


class FoldProcess:
    """One fold worker, from its start to its end."""

    kind = "fold worker"

    def __init__(self, world: Surroundings, points: Points, now: float) -> None:
        self.world = world
        self.points = points
        self.loop = VirtualLoop()
        self.loop.now = now
        self.frozen_until = 0.0
        self.partitions: frozenset[int] = frozenset()
        self.positions: dict[int, int] = {}
        self.recovery_due = False
        self._fetched: list[_Record] = []
        self._recovery = _Recovery()
        self.app = SimpleNamespace(
            loop=self.loop, consumer_generation_id=0, rebalancing_count=0, rebalancing=False, should_stop=False, tables=SimpleNamespace(recovery=self._recovery)
        )
        self.store = FaustTables(cast("faust.App", self.app), {name: cast("faust.Table", _Table(self, name)) for name in _NAMES})
        swarm = world.swarm
        settings = StreamSettings(
            bootstrap_servers="",
            partitions=swarm.entries_partitions,
            changelog_chunk_records=swarm.chunk,
            unflushed_limit_bytes=swarm.unflushed_bytes,
            session_timeout_seconds=SESSION_SECONDS,
        )
        self.tallies = Tallies(cast("faust.App", self.app), self.store, settings, points)
        self._stream = _Stream(self.loop)
        self._tasks = [self._task(self.tallies.fold(self._stream)), self._task(self.tallies.flush_forever()), self._task(self.tallies.beat_forever())]
        self._giving_up: asyncio.Task[Any] | None = None
        self._starting: asyncio.Task[Any] | None = None

    @property
    def folds(self) -> dict[int, PartitionFold]:
        """The folds of its partitions."""
        return self.tallies._folds

    @property
    def is_ready(self) -> bool:
        """Tell whether it gave up its partitions and waits for new ones."""
        return self._giving_up is None or self._giving_up.done()

    def run(self, now: float) -> None:
        """Run what is ready. Raises what ended the process: Killed, StalePosition, or something that must not happen."""
        if now < self.frozen_until:
            return
        if self.world.calm:
            self.hand_over()
        self.loop.drain(now)
        self._note()
        if self._starting is not None and self._starting.done() and not self._starting.exception():
            self.positions = dict(self._starting.result())
            self._starting = None
        for task in (*self._tasks, self._giving_up, self._starting):
            if task is not None and task.done() and (error := task.exception()):
                raise error

    def give_up(self) -> None:
        """Give up all partitions, because the group begins a new generation."""
        self.app.rebalancing = True
        self.app.rebalancing_count += 1
        self.positions = {}
        self.recovery_due = False
        self._giving_up = self._task(self.tallies.discard())

    def take(self, partitions: frozenset[int], generation: int) -> None:
        """Take partitions in a new generation; they are recovered later."""
        self.app.consumer_generation_id = generation
        self.app.rebalancing = False
        self.partitions = partitions
        self._giving_up = None
        self.recovery_due = True

    def recover(self) -> None:
        """Read the changelogs to where they end now, and start the folds from them."""
        self.recovery_due = False
        for partition in self.partitions:
            for (topic, key), value in self.world.log.changelogs[partition].items():
                data = next(table.data for name, table in self.store.by_name.items() if changelog(name) == topic)
                data.data[key] = value
                data._key_partition[key] = partition
            for name in _NAMES:
                tp = TP(changelog(name), partition)
                self._recovery.active_offsets[tp] = self._recovery.active_highwaters[tp] = -1
            self._note_recovered(partition)
        self._starting = self._task(self.tallies.start_partitions(self.partitions))

    def fetch(self, now: float) -> bool:
        """Hand over the next record of some partition; return whether there was one."""
        log, chance = self.world.log, self.world.chance
        ready = [partition for partition, offset in self.positions.items() if offset < len(log.entries[partition])]
        if not ready or now < self.frozen_until or self.app.rebalancing:
            return False
        partition = chance.choice(ready)
        offset = self.positions[partition]
        self.positions[partition] = offset + 1
        message = SimpleNamespace(partition=partition, offset=offset, value=log.entries[partition][offset], generation_id=self.app.consumer_generation_id)
        self._fetched.append(_Record(message=message))
        # Some lie about for a while, perhaps into the next assignment.
        if self.world.calm or chance.random() < 0.7:
            self.hand_over()
        return True

    def hand_over(self) -> None:
        """Put what was fetched into the agent's queue."""
        for record in self._fetched:
            if record.message.generation_id != self.app.consumer_generation_id:
                self.world.reached.sometimes("record of an older assignment ignored")
            self._stream.queue.put_nowait(record)
        self._fetched.clear()

    def is_done(self, now: float) -> bool:
        """Tell whether every record of its partitions is folded and written."""
        if self.recovery_due or now < self.frozen_until or self.tallies._flushing.locked():
            return False
        return all(partition in self.folds and self._is_folded(partition) for partition in self.partitions)

    def _is_folded(self, partition: int) -> bool:
        fold = self.folds[partition]
        return fold.offset >= _end(self.world.log.entries[partition]) and not fold.unsealed and not fold.refolding

    def end(self) -> None:
        """Let go of everything, as a process does that is killed."""
        self.loop.has_ended = True
        for task in (task for task in self.loop.tasks if not task.done()):
            task._log_destroy_pending = False  # type: ignore[attr-defined]
            coroutine: Any = task.get_coro()
            coroutine.close()

    def _note(self) -> None:
        sometimes, progress = self.world.reached.sometimes, self.tallies.progress
        if not self.tallies._flushed.is_set() and self.tallies._flushed._waiters:
            sometimes("fold waited for a flush")
        if progress.refolds:
            sometimes("partition counted anew after a late write")
        if progress.records_repeated:
            sometimes("record seen again by the fold")

    def _task(self, coroutine: Any) -> asyncio.Task[Any]:
        return self.loop.create_task(coroutine)

    def _note_recovered(self, partition: int) -> None:
        values, watermark = self.store.read(partition)
        covered = watermark.number if watermark else 0
        if any(number_of(value.value) > covered for value in values):
            self.world.reached.sometimes("values ahead of their watermark recovered")
            if watermark is None:
                self.world.reached.sometimes("watermark of a flush that was cut short missing")


def _end(records: list[bytes]) -> int:
    """Return the offset after the first record with the highest number: what follows only repeats."""
    numbers = [number_of(value) for value in records]
    return numbers.index(max(numbers)) + 1 if numbers else 0


class FoldGroup:
    """The consumer group of the fold workers."""

    def __init__(self, world: Surroundings) -> None:
        self._world = world
        self.members: list[FoldProcess] = []
        self.generation = 0
        self._round = 0
        self._told: dict[FoldProcess, int] = {}
        self._joining = False

    def join(self, member: FoldProcess) -> None:
        """Let a process in; it begins without partitions."""
        self.members.append(member)
        self.rebalance()

    def leave(self, member: FoldProcess) -> None:
        """Strike a process off: it died, or its session is over."""
        if member in self.members:
            self.members.remove(member)
            self.rebalance()

    def rebalance(self) -> None:
        """Begin a new generation: every member is told to give up its partitions."""
        self._joining = True
        self._round += 1

    def look(self, now: float) -> None:
        """Tell members of a new generation, and assign once all gave up what they had."""
        if not self._joining or not self.members or any(now < member.frozen_until for member in self.members):
            return
        for member in self.members:
            if self._told.get(member) != self._round:
                self._told[member] = self._round
                member.give_up()
        if all(member.is_ready for member in self.members):
            self._joining = False
            self.generation += 1
            for member in self.members:
                if self._world.log.delay(member, lands_at=now + 0.001):
                    self._world.reached.sometimes("flush unfinished when its partitions were given up")
            self._assign()

    def _assign(self) -> None:
        chance = self._world.chance
        owners = {partition: chance.choice(self.members) for partition in range(self._world.swarm.entries_partitions)}
        before = {partition: member for member in self.members for partition in member.partitions}
        for member in self.members:
            member.take(frozenset(partition for partition, owner in owners.items() if owner is member), self.generation)
        if any(before.get(partition, owner) is not owner for partition, owner in owners.items()):
            self._world.reached.sometimes("fold partitions handed over")
