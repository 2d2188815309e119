"""A whole Salur to be hurt: a broker, ledger workers and tally workers, each a process that may be killed at will."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final, Self

import sqlalchemy as sa
from kafka import KafkaConsumer, TopicPartition

from consumers.database import open_for_reading
from consumers.ledger.ledger import prepare_ledger
from consumers.tables.coverage import coverage
from consumers.tables.reader import read_tables
from deploy import topics
from deploy.kafka.broker import LocalBroker
from deploy.migrations.upgrade import upgrade
from deploy.processes import Child, Supervisor
from models import schema
from models.crashpoints import CrashPoint
from models.topics import EVENTS

LEDGER_POINTS: Final[tuple[CrashPoint, ...]] = (
    "after_poll",
    "in_batch_before_insert",
    "mid_correction",
    "after_insert_before_tally",
    "before_commit",
    "after_commit_before_publish",
    "mid_publish",
    "after_publish_before_mark",
)
TALLY_POINTS: Final[tuple[CrashPoint, ...]] = (
    "after_fold_before_changelog",
    "mid_changelog",
    "after_changelog_before_ack",
    "after_ack_before_commit",
    "mid_revoke",
    "mid_recovery",
)
PARTITIONS: Final = 4
SESSION_SECONDS: Final = 6.0
_SETTLED_SECONDS: Final = 0.2


class CrashQueue:
    """Hands out crash points to starting workers until each was really reached often enough."""

    def __init__(self, points: Iterable[CrashPoint], *, times: int, log_path: Path, seed: int) -> None:
        self._wanted = dict.fromkeys(points, times)
        self._log_path = log_path
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self._order: deque[CrashPoint] = deque(self._wanted)

    def reached(self) -> Counter[str]:
        """Return how often each point killed a process, by the log that the killed wrote."""
        lines = self._log_path.read_text(encoding="utf-8").splitlines() if self._log_path.exists() else []
        return Counter(line.split()[0] for line in lines)

    @property
    def missing(self) -> int:
        """How many crashes are still wanted."""
        reached = self.reached()
        return sum(max(0, times - reached[point]) for point, times in self._wanted.items())

    def wanted_now(self) -> list[CrashPoint]:
        """Return the points that were not reached often enough."""
        reached = self.reached()
        return [point for point, times in self._wanted.items() if reached[point] < times]

    def environment(self) -> Mapping[str, str]:
        """Return the variables for one start: the next point that was not reached often enough."""
        with self._lock:
            reached = self.reached()
            for _ in range(len(self._order)):
                self._order.rotate(-1)
                point = self._order[0]
                if reached[point] < self._wanted[point]:
                    nth = 1 if point in ("mid_revoke", "mid_recovery") else self._random.randint(1, 4)
                    return {"SALUR_CRASH_POINT": f"{point}:{nth}", "SALUR_CRASH_LOG": str(self._log_path)}
        return {}


class Stack:
    """Started with ``with``; everything ends with it."""

    def __init__(
        self,
        folder: Path,
        broker: LocalBroker,
        *,
        seed: int = 0,
        times: int = 0,
        ledgers: int = 2,
        tallies: int = 2,
        database_url: str = "",
        batch_events: int = 5_000,
    ) -> None:
        self.folder = folder
        self.broker = broker
        self.bootstrap_servers = broker.bootstrap_servers
        self.database_url = database_url or f"sqlite:///{folder / 'ledger.db'}"
        self.ledger_crashes = CrashQueue(LEDGER_POINTS, times=times, log_path=folder / "ledger.crashes", seed=seed)
        self.tally_crashes = CrashQueue(TALLY_POINTS, times=times, log_path=folder / "tally.crashes", seed=seed + 1)
        self._batch_events = batch_events
        self.ledgers = [f"ledger-{number}" for number in range(ledgers)]
        self.tallies = [f"tallies-{number}" for number in range(tallies)]
        children = [self._child(name, "deploy.workers.ledger", self.ledger_crashes) for name in self.ledgers]
        children += [self._child(name, "deploy.workers.tallies", self.tally_crashes) for name in self.tallies]
        self._output = (folder / "workers.log").open("ab")
        self.supervisor = Supervisor(children, output=self._output, first_pause_seconds=0.05, longest_pause_seconds=0.5)

    def __enter__(self) -> Self:
        topics.ensure(self.bootstrap_servers, partitions=PARTITIONS, replication_factor=1)
        upgrade(self.database_url)
        self.reading = open_for_reading(self.database_url)
        engine = sa.create_engine(self.database_url)
        prepare_ledger(engine, partitions=PARTITIONS)
        engine.dispose()
        self.supervisor.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.supervisor.stop()
        self.reading.dispose()
        self._output.close()

    def kill_migrations(self, times: int) -> list[str]:
        """Kill as many upgrades of the empty database in the middle; return what did not die as it should."""
        upgrading = "import os; from deploy import crashpoints; from deploy.migrations.upgrade import upgrade; "
        upgrading += f"upgrade({self.database_url!r}, points=crashpoints.from_environment(os.environ))"
        environment = {**os.environ, "SALUR_CRASH_POINT": "mid_migration:1"}
        ends = [subprocess.run([sys.executable, "-c", upgrading], env=environment, check=False).returncode for _ in range(times)]
        return [f"an upgrade that was to be killed ended with {end}" for end in ends if end != -signal.SIGKILL]

    def kill(self, name: str) -> None:
        """``kill -9`` one worker."""
        self._signal(name, signal.SIGKILL)

    def stop_for(self, name: str, seconds: float) -> None:
        """Stop one worker past its session (it becomes a zombie), then let it go on."""
        pid = self._signal(name, signal.SIGSTOP)
        time.sleep(seconds)
        if pid:
            try:
                os.kill(pid, signal.SIGCONT)
            except ProcessLookupError:
                return

    def restart_broker(self) -> None:
        """``kill -9`` the broker and start it again."""
        self.broker.kill()
        self.broker.start()

    def wait_until_booked(self, *, seconds: float) -> None:
        """Wait until the ledger has decided everything in Kafka and published it."""
        _until(self._is_booked, seconds=seconds, what="everything is booked and published")

    def wait_until_drained(self, *, seconds: float) -> None:
        """Wait until the tables hold everything too."""
        deadline = time.monotonic() + seconds
        self.wait_until_booked(seconds=seconds)
        _until(self._is_folded, seconds=max(1.0, deadline - time.monotonic()), what="everything is folded")

    def log_tail(self) -> str:
        """Return the end of the workers' log, for a failing test."""
        return (self.folder / "workers.log").read_text(encoding="utf-8", errors="replace")[-6_000:]

    def ends(self) -> dict[int, int]:
        """Return the end offset of every partition of the events topic."""
        consumer = KafkaConsumer(bootstrap_servers=self.bootstrap_servers, enable_auto_commit=False)
        try:
            partitions = [TopicPartition(EVENTS, partition) for partition in range(PARTITIONS)]
            return {partition.partition: end for partition, end in consumer.end_offsets(partitions).items()}
        finally:
            consumer.close()

    def _is_booked(self) -> bool:
        ends = self.ends()
        with self.reading.connect() as connection:
            table = schema.positions.c
            positions = {row.partition: row.next_offset for row in connection.execute(sa.select(schema.positions).where(table.topic == EVENTS))}
            head = connection.execute(sa.select(schema.head.c.booking)).scalar_one()
            published = connection.execute(sa.select(schema.publisher.c.published)).scalar_one()
        return published == head and all(positions.get(partition, 0) == end for partition, end in ends.items())

    def _is_folded(self) -> bool:
        with self.reading.connect() as connection:
            return coverage(connection, read_tables(self.bootstrap_servers)).is_drained

    def _child(self, name: str, module: str, crashes: CrashQueue) -> Child:
        (self.folder / name).mkdir(exist_ok=True)
        base = {
            "PATH": os.environ.get("PATH", ""),
            "SALUR_BOOTSTRAP_SERVERS": self.bootstrap_servers,
            "SALUR_DATABASE_URL": self.database_url,
            "SALUR_PARTITIONS": str(PARTITIONS),
            "SALUR_BATCH_MAX_EVENTS": str(self._batch_events),
            "SALUR_SCRATCH": str(self.folder / name),
        }
        return Child(name=name, argv=[sys.executable, "-m", module], env=lambda: {**base, **crashes.environment()})

    def _signal(self, name: str, number: signal.Signals) -> int:
        pid = self.supervisor.pid(name)
        if pid:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                return 0
        return pid or 0


def _until(is_so: Callable[[], bool], *, seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds:.0f} s: {what}")
        time.sleep(_SETTLED_SECONDS)
