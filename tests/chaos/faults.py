"""What goes wrong in a chaos run besides crashes at named points: how much of each, in which order, and how it is done."""

import dataclasses
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from tests.chaos.clocks import Clocks
from tests.chaos.database import Database
from tests.chaos.disk import SmallDisk
from tests.chaos.stack import SESSION_SECONDS, Stack

Say = Callable[[str], None]

_STOP_BROKER_SECONDS: Final = (3.0, 15.0)
_DATABASE_SECONDS: Final = (0.5, 8.0)
_FULL_SECONDS: Final = (8.0, 20.0)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """How much goes wrong: kills at each crash point, and faults at random moments."""

    crashes_per_point: int = 1
    kills: int = 0
    broker_kills: int = 0
    broker_stops: int = 0
    stops: int = 0
    databases: int = 0
    full_disks: int = 0
    clock_jumps: int = 0
    restarts: int = 0
    give_up_seconds: float = 600.0

    def schedule(self, chance: random.Random) -> list[str]:
        """Return every fault by its name, in a random order."""
        amounts = {
            "kill": self.kills,
            "broker": self.broker_kills,
            "broker stop": self.broker_stops,
            "stop": self.stops,
            "database": self.databases,
            "full disk": self.full_disks,
            "clock": self.clock_jumps,
            "restart": self.restarts,
        }
        schedule = [name for name, times in amounts.items() for _ in range(times)]
        chance.shuffle(schedule)
        return schedule


class Hurting:
    """Does faults to one stack, by name, and counts those that really happened."""

    def __init__(self, stack: Stack, *, chance: random.Random, say: Say, database: Database, disk: SmallDisk | None, clocks: Clocks | None) -> None:
        self.done: Counter[str] = Counter()
        self._stack = stack
        self._chance = chance
        self._say = say
        self._database = database
        self._disk = disk
        self._clocks = clocks
        self._acts: Mapping[str, Callable[[], None]] = {
            "kill": self._kill,
            "broker": self._kill_broker,
            "broker stop": self._stop_broker,
            "stop": self._stop,
            "database": self._hurt_database,
            "full disk": self._fill_disk,
            "clock": self._jump,
            "restart": self._restart,
        }

    def do(self, name: str) -> None:
        """Do one fault, to its end."""
        self._acts[name]()
        self.done[name] += 1

    def restart(self, names: Sequence[str]) -> None:
        """Tell one of these to end; it starts again."""
        self._stack.supervisor.restart(self._chance.choice(names))

    def _kill(self) -> None:
        name = self._chance.choice(self._stack.names)
        self._say(f"kill -9 of {name}")
        self._stack.kill(name)

    def _kill_broker(self) -> None:
        self._say("kill -9 of the broker")
        self._stack.restart_broker()

    def _stop_broker(self) -> None:
        seconds = self._chance.uniform(*_STOP_BROKER_SECONDS)
        self._say(f"SIGSTOP of the broker for {seconds:.0f} s")
        self._stack.stop_broker_for(seconds)

    def _stop(self) -> None:
        name = self._chance.choice([*self._stack.ledgers, *self._stack.tallies])
        self._say(f"SIGSTOP of {name} past its session")
        self._stack.stop_for(name, 2 * SESSION_SECONDS)

    def _hurt_database(self) -> None:
        seconds = self._chance.uniform(*_DATABASE_SECONDS)
        self._say(f"{self._database.hurt_in_words}, for {seconds:.0f} s")
        self._database.hurt(seconds)

    def _fill_disk(self) -> None:
        assert self._disk is not None, "a run with full disks has a disk of its own"
        seconds = self._chance.uniform(*_FULL_SECONDS)
        self._say(f"the disk of broker and database full for {seconds:.0f} s")
        until = time.monotonic() + seconds
        while time.monotonic() < until:  # again and again: files that are removed meanwhile give space back
            self._disk.fill()
            time.sleep(0.5)
        self._disk.free()
        self._database.revive()
        if self._stack.broker.pid is None:
            self._say("the broker had ended for want of space and is started again")
            self.done["broker ended by a full disk"] += 1
            self._stack.revive_broker()

    def _jump(self) -> None:
        assert self._clocks is not None, "a run with clock jumps has clocks of its own"
        name = self._chance.choice(self._stack.names)
        self._say(f"the clock of {name} is off by {self._clocks.jump(name, self._chance)} s")

    def _restart(self) -> None:
        self._say("a process is told to end, and starts again")
        self.restart(self._stack.names)
