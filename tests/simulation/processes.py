"""The ledger's processes, simulated: a ledger worker around a simulated source, and a publisher around a simulated producer.

Everything but the source and the producer is the real thing. Killing is an exception that nothing catches: what a
process had in memory is gone, what it had sent may still land.
"""

import random
from collections.abc import Callable, Iterable
from typing import Any, Protocol, cast

from kafka.errors import KafkaTimeoutError

from consumers.ledger.ledger import Ledger, PartitionBatch
from consumers.ledger.publisher import Publisher
from consumers.ledger.source import Source
from consumers.ledger.worker import BatchLimits, LedgerWorker
from models.bookings import BookingRecord
from models.crashpoints import CrashPoint
from models.topics import BOOKINGS, ENTRIES, REJECTED
from tests.simulation.database import MemoryDatabase
from tests.simulation.log import Flight, Log, Place
from tests.simulation.reached import Reached
from tests.simulation.swarm import Swarm


class Killed(BaseException):
    """The process is gone; nothing of it runs any more."""


class Surroundings(Protocol):
    """What a process needs of the world."""

    swarm: Swarm
    chance: random.Random
    log: Log
    database: MemoryDatabase
    reached: Reached
    calm: bool

    def clock_ms(self) -> int:
        """Return the wall clock, which may jump."""

    def meanwhile(self) -> int:
        """Let others work for a while; return how many steps they made."""


class Points:
    """The crash points of one process: each may be its last."""

    def __init__(self, world: Surroundings, lets_others_work: frozenset[str] = frozenset()) -> None:
        self._world = world
        self._lets_others_work = lets_others_work
        self.is_doomed = False

    def hit(self, name: CrashPoint) -> None:
        world = self._world
        if name in self._lets_others_work and world.meanwhile():
            world.reached.sometimes("ledger worker went on after others had worked")
        if self.is_doomed:
            raise Killed
        share = world.swarm.points.get(name, 0.0)
        if share and not world.calm and world.chance.random() < share:
            world.reached.sometimes(f"killed at {name}")
            raise Killed


class SimulatedSource:
    """The inbound partitions as a ledger worker reads them; takes its partitions, and gives them up, only when it polls."""

    def __init__(self, world: Surroundings, positions: Callable[[], dict[Place, Any]]) -> None:
        self._world = world
        self._positions = positions
        self._next: dict[Place, int] = {}
        self._unsettled: set[Place] = set()
        self.wanted: frozenset[Place] = frozenset()

    def poll(self, _timeout_ms: int) -> list[PartitionBatch]:
        world = self._world
        for place in self._next.keys() - self.wanted:
            del self._next[place]
        new = (self.wanted - self._next.keys()) | self._unsettled & self.wanted
        if new:
            positions = self._positions()
            self._next.update({place: positions[place].next_offset if place in positions else 0 for place in new})
            self._unsettled.clear()
        batches = []
        for place in sorted(self._next):
            if not world.calm and world.chance.random() < 0.3:
                continue
            first = self._next[place]
            found = world.log.inbound.after(place, first, at_most=world.swarm.poll_at_most)
            if not found:
                continue
            self._next[place] = found[-1].record.offset + 1
            if self._next[place] < world.log.inbound.ends[place]:
                world.reached.sometimes("batch cut short by the poll")
            batches.append(PartitionBatch(*place, "id", first, self._next[place], found))
        return batches

    def rewind(self, topic: str, partition: int) -> None:
        self._world.reached.sometimes("ledger worker found its batch booked by another")
        self._unsettled.add((topic, partition))

    def keep_alive(self) -> None:
        return

    def commit(self, _batches: Iterable[PartitionBatch]) -> None:
        return


class LedgerProcess:
    """One ledger worker."""

    kind = "ledger worker"

    def __init__(self, world: Surroundings, *, ledger: Ledger, points: Points) -> None:
        self.points = points
        self._world = world
        self._ledger = ledger
        self.source = SimulatedSource(world, ledger.positions)
        limits = BatchLimits(max_events=world.swarm.batch_at_most, linger_ms=world.swarm.linger_ms, idle_poll_ms=0)
        self._worker = LedgerWorker(ledger, cast("Source", self.source), limits=limits, points=points, on_booked=self._booked, pause=self._pause)

    @property
    def has_due(self) -> bool:
        """Tell whether held events wait to be decided again."""
        return self._ledger.has_due

    def step(self) -> None:
        """Poll and book once."""
        self._worker.step()

    def _booked(self, record: BookingRecord) -> None:
        if len(record.released) == self._world.swarm.max_released and self._ledger.has_due:
            self._world.reached.sometimes("release left for the next booking")

    def _pause(self, _seconds: float) -> None:
        self._world.meanwhile()
        if self.points.is_doomed:
            raise Killed


class SimulatedFuture:
    """The acknowledgement of one record."""

    def __init__(self, producer: "SimulatedProducer") -> None:
        self._producer = producer
        self.is_done = False

    def get(self, timeout: float) -> None:
        """Wait, while others work, for the record to land and for the word of it. Raises KafkaTimeoutError."""
        del timeout
        for _ in range(2):
            if self.is_done:
                return
            self._producer.advance()
        if not self.is_done:
            raise KafkaTimeoutError

    def done(self, _offset: int) -> None:
        self.is_done = True


class SimulatedProducer:
    """Sends for one publisher."""

    def __init__(self, world: Surroundings, points: Points) -> None:
        self._world = world
        self._points = points

    def send(self, topic: str, value: bytes, *, partition: int = 0, key: bytes = b"", headers: object = ()) -> SimulatedFuture:
        del headers
        assert topic in {BOOKINGS, ENTRIES, REJECTED}
        future = SimulatedFuture(self)
        self._world.log.send(Flight(self, (topic, partition), key, value, future.done))
        return future

    def advance(self) -> None:
        """Let others work, or one of the records land."""
        world = self._world
        world.meanwhile()
        if self._points.is_doomed:
            raise Killed
        mine = world.log.heads(self)
        if mine and (world.calm or not world.swarm.slow_publisher or world.chance.random() < 0.4):
            world.log.land(world.chance.choice(mine))
        for flight in [flight for flight in world.log.unheard if flight.sender is self]:
            world.log.hear(flight)

    def close(self, timeout: float) -> None:
        del timeout


class PublisherProcess:
    """One publisher."""

    kind = "publisher"

    def __init__(self, world: Surroundings, *, publisher: Publisher, producer: SimulatedProducer, points: Points) -> None:
        self.points = points
        self.producer = producer
        self._world = world
        self._publisher = publisher

    def step(self) -> None:
        """Publish what is booked; an idle publisher only looks, which is not worth doing every time."""
        tables = self._world.database.tables
        if tables["publisher"][1].published == tables["head"][1].booking and self._world.chance.random() < 0.9:
            return
        owner = self._world.database.tables["publisher"][1].owner
        self._publisher.publish()
        if owner not in {"", self._world.database.tables["publisher"][1].owner}:
            self._world.reached.sometimes("lease taken over")
