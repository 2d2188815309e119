"""One seed's world: the processes, what happens next, and the end, when all faults stop and everything must come to rest."""

import contextlib
import random
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any, Final
from unittest import mock

from consumers.ledger import booking as booking_module
from consumers.ledger import ledger as ledger_module
from consumers.ledger import outgoing as outgoing_module
from consumers.ledger import publisher as publisher_module
from consumers.ledger import worker as worker_module
from consumers.ledger.ledger import Ledger
from consumers.ledger.publisher import Publisher
from models.errors import StalePosition, Unreachable
from models.registry import Registry
from models.topics import BOOKINGS, ENTRIES, EVENTS, REJECTED
from streams import tallies as tallies_module
from tests.simulation.database import BrokenInvariant, MemoryDatabase, MemoryStore, Trouble
from tests.simulation.folds import SESSION_SECONDS, FoldGroup, FoldProcess
from tests.simulation.log import Log
from tests.simulation.partners import OWN_TOPIC, Partners, place_of
from tests.simulation.processes import Killed, LedgerProcess, Points, PublisherProcess, SimulatedProducer
from tests.simulation.reached import Reached
from tests.simulation.restoring import restore
from tests.simulation.swarm import Swarm, choose

START_MS: Final = 1_700_000_000_000
_MOST_ROUNDS: Final = 600
_DOWN_SECONDS: Final = (0.0, 0.5, 3.0)
_shipped: list[Registry] = []


class World:
    """Everything of one seed."""

    def __init__(self, seed: int, reached: Reached, *, tell: Callable[[str], None] | None = None) -> None:
        self.seed = seed
        self.chance = random.Random(seed)
        self.swarm: Swarm = choose(self.chance)
        self.reached = reached
        self.calm = False
        self.now = 0.0
        self.skew_ms = 0
        self.log = Log(self.chance, partitions=self.swarm.entries_partitions)
        self.trouble = _Trouble(self)
        self.database = MemoryDatabase(partitions=self.swarm.entries_partitions, trouble=self.trouble)
        self.backup: tuple[dict[str, dict[Any, Any]], float] | None = None
        self.partners = Partners(self.chance)
        self.given_up: set[int] = set()
        self.promised: list[tuple[tuple[str, int], int]] = []
        self.left_to_send = self.swarm.sends
        self.busy: list[object] = []
        self.ledgers: list[LedgerProcess] = []
        self.publishers: list[PublisherProcess] = []
        self.group = FoldGroup(self)
        self.folds: list[FoldProcess] = []
        self.expelled_at: dict[FoldProcess, float] = {}
        self._tell = tell

    # --- what processes ask for

    def clock_ms(self) -> int:
        """Return the wall clock."""
        return START_MS + int(self.now * 1000) + self.skew_ms

    def meanwhile(self) -> int:
        """Let others work while a process waits, or is frozen."""
        if self.calm or self.chance.random() >= self.swarm.meanwhile:
            return 0
        steps = self.chance.randint(1, 8)
        for _ in range(steps):
            self.step()
        return steps

    # --- steps

    def run(self) -> None:
        """Make all steps, then end all faults and let everything come to rest."""
        self._start()
        for _ in range(self.swarm.steps):
            self.step()
        self.calm = True
        for partner, value in self.partners.remaining():
            self._append(partner, value)
        self.settle()

    def step(self) -> None:
        """Do one thing, chosen by chance."""
        drawn = self.chance.random()
        for share, act in self._acts:
            if drawn < share:
                act()
                return
            drawn -= share
        self._tick()

    def tell(self, line: str) -> None:
        """Say what happens, if somebody listens."""
        if self._tell is not None:
            self._tell(f"{self.now:8.2f}  {line}")

    @property
    def _acts(self) -> tuple[tuple[float, Callable[[], None]], ...]:
        return (
            (0.17, self._send),
            (0.17, self._work),
            (0.09 if not self.swarm.slow_publisher else 0.03, self._publish),
            (0.20, self._fetch),
            (0.16, self._land),
            (0.03, self._look_after),
            (0.04, self._disturb),
        )

    def _send(self) -> None:
        if self.left_to_send <= 0:
            return
        self.left_to_send -= 1
        for partner, value in self.partners.next_values():
            self._append(partner, value)
            if self.chance.random() < self.swarm.unacknowledged:
                self.reached.sometimes("acknowledgement lost to a partner, who sent again")
                self._append(partner, value)

    def _append(self, partner: str, value: bytes | None) -> None:
        swarm, chance = self.swarm, self.chance
        place = place_of(partner, partitions=swarm.inbound_partitions, own_topic=swarm.own_topic, chance=chance)
        hole = chance.randint(1, 3) if chance.random() < swarm.hole else 0
        if hole:
            self.reached.sometimes("offsets with holes")
        if place[0] != EVENTS:
            self.reached.sometimes("topic of a partner's own")
        self.log.inbound.append(place, value, received_at=self.clock_ms(), hole=hole)
        self.promised.append((place, self.log.inbound.ends[place] - 1))

    def _work(self) -> None:
        self._run_one(self.ledgers)

    def _publish(self) -> None:
        if any(isinstance(one, PublisherProcess) for one in self.busy):
            self.reached.sometimes("two publishers at once")
        self._run_one(self.publishers)

    def _run_one(self, among: list[Any]) -> None:
        free = [process for process in among if process not in self.busy]
        if not free:
            return
        process = self.chance.choice(free)
        self.busy.append(process)
        try:
            self.tell(f"{process.kind} {among.index(process)} works")
            process.step()
        except Killed:
            self._died(process)
        except Unreachable:
            pass
        finally:
            self.busy.remove(process)

    def _fetch(self) -> None:
        if self.folds:
            process = self.chance.choice(self.folds)
            for _ in range(self.chance.randint(1, 4)):
                process.fetch(self.now)
            if self.chance.random() < 0.8:
                self._run_fold(process)

    def _land(self) -> None:
        for _ in range(self.chance.randint(1, 3)):
            heads = self.log.heads(now=self.now)
            if self.swarm.slow_changelog and self.chance.random() < 0.9:
                heads = [flight for flight in heads if not isinstance(flight.sender, FoldProcess)]
            if heads:
                flight = self.chance.choice(heads)
                heard = self.chance.random() >= self.swarm.unheard
                if not heard:
                    self.reached.sometimes("acknowledgement late")
                sender = flight.sender
                self.log.land(flight, heard=heard)
                if isinstance(sender, FoldProcess) and sender in self.folds and self.chance.random() < self.swarm.kill_in_flight:
                    self._fold_died(sender)
        if self.log.unheard and self.chance.random() < 0.5:
            self.log.hear(self.chance.choice(self.log.unheard))
        for process in list(self.folds):
            self._run_fold(process)

    def _tick(self) -> None:
        """Let time pass."""
        self.now += self.chance.choice([0.01, 0.05, 0.3, 0.3, 1.5])
        for process in list(self.folds):
            self._run_fold(process)

    def _look_after(self) -> None:
        """Do what the group, the supervisor and the assignment do: assign, recover, start again."""
        for process, expelled_at in list(self.expelled_at.items()):
            if self.now >= expelled_at:
                del self.expelled_at[process]
                self.reached.sometimes("fold worker frozen past its session")
                self.log.delay(process, lands_at=self._late())
                self.group.leave(process)
        for process in self.folds:
            if process not in self.group.members and self.now >= process.frozen_until:
                # Struck off while it had no partitions to lose: it comes back.
                self.group.join(process)
        self.group.look(self.now)
        for process in list(self.folds):
            if process.recovery_due and self.now >= process.frozen_until and (self.calm or self.chance.random() < 0.7):
                process.recover()
            self._run_fold(process)
        while len(self.folds) < self.swarm.folds:
            self._start_fold()

    def _run_fold(self, process: FoldProcess) -> None:
        try:
            process.run(self.now)
        except Killed:
            self._fold_died(process)
        except StalePosition:
            self.reached.sometimes("fold worker found itself stale")
            self._fold_died(process)

    # --- faults

    def _disturb(self) -> None:
        """Maybe let something go wrong, and often several things after each other."""
        swarm, chance = self.swarm, self.chance
        for share, act in (
            (swarm.kill, self._kill),
            (swarm.freeze, self._freeze),
            (swarm.rebalance_ledger, self._hand_over),
            (swarm.rebalance_fold, self.group.rebalance),
            (swarm.clock, self._jump),
            (swarm.restore, self._restore),
            (swarm.give_up, self._give_up),
        ):
            if chance.random() < share * 20:
                act()

    def _kill(self) -> None:
        everybody: list[Any] = [*self.ledgers, *self.publishers, *self.folds]
        process = self.chance.choice(everybody)
        if process in self.busy:
            process.points.is_doomed = True
        elif isinstance(process, FoldProcess):
            self._fold_died(process)
        else:
            self._died(process)

    def _freeze(self) -> None:
        if self.folds:
            process = self.chance.choice(self.folds)
            process.frozen_until = self.now + self.chance.choice([1.0, 5.0, 9.0, 15.0])
            if process.frozen_until > self.now + SESSION_SECONDS:
                self.expelled_at[process] = self.now + SESSION_SECONDS
                if self.chance.random() < 0.7:
                    self.now += SESSION_SECONDS
                    self._look_after()

    def _hand_over(self) -> None:
        self.reached.sometimes("ledger partitions handed over")
        self._assign_ledgers()

    def _jump(self) -> None:
        change = self.chance.choice([-3_600_000, -20_000, 20_000, 3_600_000])
        self.reached.sometimes("clock jumped forward" if change > 0 else "clock jumped back")
        self.skew_ms += change

    def _give_up(self) -> None:
        waiting = [row for row in self.database.rows("held") if row.second is None and not row.give_up]
        if waiting:
            row = self.chance.choice(waiting)
            self.database.tables["held"][row.number] = row._replace(give_up=True)

    def _restore(self) -> None:
        """Lose the database, and make it again from the log, with a backup or without; nobody works meanwhile."""
        if self.busy:
            return
        if self.backup is None and self.chance.random() < 0.5:
            self.backup = (self.database.copy(), self.now)
            return
        everybody: list[LedgerProcess | PublisherProcess] = [*self.ledgers, *self.publishers]
        for process in everybody:
            self._died(process, start=False)
        self.log.drop([BOOKINGS, ENTRIES, REJECTED])
        self.ledgers.clear()
        self.publishers.clear()
        self.reached.sometimes("database made again from the log" if self.backup is None else "database restored from a backup")
        given_up = {row.number for row in self.database.rows("held") if row.give_up}
        self.database = restore(self.log, self.swarm.entries_partitions, self.backup and self.backup[0], trouble=self.trouble, shipped=shipped)
        self.given_up |= given_up
        self.backup = None
        self._start_ledgers()

    # --- beginnings and ends

    def _start(self) -> None:
        self._start_ledgers()
        for _ in range(self.swarm.folds):
            self._start_fold()

    def _start_ledgers(self) -> None:
        self.ledgers.extend(self._new_ledger() for _ in range(self.swarm.ledgers))
        self.publishers.extend(self._new_publisher() for _ in range(self.swarm.publishers))
        self._assign_ledgers()

    def _new_ledger(self) -> LedgerProcess:
        points = Points(self, frozenset({"after_poll", "after_commit_before_publish"}))
        engine: Any = self.database
        return LedgerProcess(self, ledger=Ledger(engine, shipped=shipped, clock=self.clock_ms, points=points), points=points)

    def _new_publisher(self) -> PublisherProcess:
        points = Points(self)
        producer = SimulatedProducer(self, points)
        engine: Any = self.database
        with mock.patch.object(publisher_module, "KafkaProducer", return_value=producer):
            publisher = Publisher(engine, bootstrap_servers="", points=points, clock=self.clock_ms)
        publisher._owner = f"{self.chance.getrandbits(32):08x}"
        return PublisherProcess(self, publisher=publisher, producer=producer, points=points)

    def _start_fold(self) -> None:
        process = FoldProcess(self, Points(self), self.now)
        self.folds.append(process)
        self.group.join(process)

    def _assign_ledgers(self) -> None:
        places = [(EVENTS, partition) for partition in range(self.swarm.inbound_partitions)]
        if self.swarm.own_topic:
            places.append((OWN_TOPIC, 0))
        owners = {place: self.chance.randrange(len(self.ledgers)) for place in places}
        for index, process in enumerate(self.ledgers):
            process.source.wanted = frozenset(place for place, owner in owners.items() if owner == index)

    def _died(self, process: LedgerProcess | PublisherProcess, *, start: bool = True) -> None:
        self.tell(f"{process.kind} dies")
        if isinstance(process, PublisherProcess):
            self.reached.sometimes("publisher killed")
            self.log.died(process.producer, lands_at=self._late())
            if start:
                self.publishers[self.publishers.index(process)] = self._new_publisher()
        else:
            self.reached.sometimes("ledger worker killed")
            if start:
                self.ledgers[self.ledgers.index(process)] = self._new_ledger()
                self._assign_ledgers()

    def _fold_died(self, process: FoldProcess) -> None:
        self.tell("fold worker dies")
        self.reached.sometimes("fold worker killed")
        self.folds.remove(process)
        self.expelled_at.pop(process, None)
        self.log.died(process, lands_at=self._late())
        process.end()
        self.group.leave(process)
        self.now += self.chance.choice(_DOWN_SECONDS)

    def _late(self) -> float:
        return self.now + self.chance.choice([0.001, 0.5, self.swarm.orphans_seconds])

    def settle(self) -> None:
        """I10: without faults everything comes to rest, in bounded time."""
        for _ in range(_MOST_ROUNDS):
            self._round()
            if self._rests():
                return
        raise BrokenInvariant(f"I10: still not at rest: {self._unrest()}")

    def restart_folds(self) -> None:
        """Kill every fold worker and let one start from the changelogs."""
        for process in list(self.folds):
            self._fold_died(process)
        self.swarm.folds = 1
        self.settle()

    def _round(self) -> None:
        for process in list(self.ledgers):
            self._run_this(process)
        for publisher in list(self.publishers):
            self._run_this(publisher)
        self._look_after()
        for fold in list(self.folds):
            while fold.fetch(self.now):
                pass
        for flight in list(self.log.unheard):
            self.log.hear(flight)
        while heads := self.log.heads(now=self.now):
            for flight in heads:
                self.log.land(flight)
        self.now += 0.5
        for fold in list(self.folds):
            self._run_fold(fold)

    def _run_this(self, process: Any) -> None:
        with contextlib.suppress(Unreachable):
            self.busy.append(process)
            process.step()
        self.busy.remove(process)

    def _rests(self) -> bool:
        return not self._unrest()

    def _unrest(self) -> list[str]:
        positions = {key: row.next_offset for key, row in self.database.tables["positions"].items()}
        found = [f"{place} is booked to {positions.get(place, 0)} of {end}" for place, end in self.log.inbound.ends.items() if positions.get(place, 0) != end]
        if self.database.tables["publisher"][1].published != self.database.tables["head"][1].booking:
            found.append("not all is published")
        if any(process.has_due for process in self.ledgers):
            found.append("held events are due")
        owned = {partition for process in self.folds for partition in process.partitions}
        if len(owned) < self.swarm.entries_partitions or not all(process.is_done(self.now) for process in self.folds):
            found.append("not all is folded")
        return found + ["records are in flight"] * bool(self.log.flights)


class _Trouble(Trouble):
    def __init__(self, world: World) -> None:
        self._world = world

    def at(self, place: str) -> str:
        world = self._world
        if world.calm:
            return ""
        swarm, drawn = world.swarm, world.chance.random()
        if place != "commit":
            if drawn < swarm.away * 0.3:
                world.reached.sometimes("database away")
                return "away"
            return ""
        if drawn < swarm.commit_lost:
            world.reached.sometimes("commit lost")
            return "away"
        if drawn < swarm.commit_lost + swarm.commit_unknown:
            world.reached.sometimes("commit of unknown outcome")
            return "unknown"
        return ""


def shipped() -> Registry:
    """Return the shipped code lists, read once."""
    if not _shipped:
        _shipped.append(Registry.shipped())
    return _shipped[0].copy()


class _Silent:
    def __getattr__(self, _name: str) -> Callable[..., None]:
        return lambda *_args, **_more: None


@contextlib.contextmanager
def simulated(world: World) -> Iterator[None]:
    """Put the simulation's database, clock and sizes in the place of the real ones, for as long as one world runs."""
    swarm = world.swarm
    clock = SimpleNamespace(monotonic=lambda: world.now + 1.0)
    with contextlib.ExitStack() as stack:
        for module, name, value in (
            (ledger_module, "LedgerStore", MemoryStore),
            (booking_module, "MAX_RELEASED", swarm.max_released),
            (outgoing_module, "_MAX_ENTRIES", swarm.max_entries),
            (publisher_module, "MAX_BOOKINGS", swarm.max_bookings),
            (publisher_module, "log", _Silent()),
            (worker_module, "log", _Silent()),
            (worker_module, "time", clock),
            (tallies_module, "log", _Silent()),
        ):
            stack.enter_context(mock.patch.object(module, name, value))
        yield
