"""A whole Salur to be hurt: a broker, ledger workers, tally workers, and if asked a web process and one that seals; each may be killed at will."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
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
from deploy.kafka.node import free_port
from deploy.migrations.upgrade import upgrade
from deploy.processes import Child, Supervisor
from models import schema
from models.crashpoints import CrashPoint
from models.errors import SalurError
from models.topics import EVENTS
from tests.chaos.clocks import Clocks
from tests.chaos.crash_queue import CrashQueue

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
SEAL_POINTS: Final[tuple[CrashPoint, ...]] = (
    "checkpoint_leaves_read",
    "checkpoint_root_made",
    "checkpoint_signed",
    "checkpoint_remembered",
    "checkpoint_published",
)
PARTITIONS: Final = 4
WEB: Final = "web"
SEALER: Final = "sealer"
SESSION_SECONDS: Final = 6.0
_SETTLED_SECONDS: Final = 0.2
_LATE_SECONDS: Final = 20.0


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
        has_web: bool = False,
        seals: bool = False,
        clocks: Clocks | None = None,
        due: Callable[[], float] = lambda: 1.0,
        patience_seconds: float = 20.0,
    ) -> None:
        self.folder = folder
        self.broker = broker
        self.bootstrap_servers = broker.bootstrap_servers
        self.database_url = database_url or f"sqlite:///{folder / 'ledger.db'}"
        self.ledger_crashes = CrashQueue(LEDGER_POINTS, times=times, log_path=folder / "ledger.crashes", seed=seed, due=due)
        self.tally_crashes = CrashQueue(TALLY_POINTS, times=times, log_path=folder / "tally.crashes", seed=seed + 1, due=due)
        self.seal_crashes = CrashQueue(SEAL_POINTS if seals else (), times=times, log_path=folder / "seal.crashes", seed=seed + 2, due=due)
        self._batch_events = batch_events
        self.data.mkdir(exist_ok=True)
        self._clocks = clocks
        self._patience_seconds = patience_seconds
        self.web_url = f"http://127.0.0.1:{free_port()}" if has_web else ""
        self.ledgers = [f"ledger-{number}" for number in range(ledgers)]
        self.tallies = [f"tallies-{number}" for number in range(tallies)]
        children = [self._child(name, "deploy.workers.ledger", self.ledger_crashes) for name in self.ledgers]
        children += [self._child(name, "deploy.workers.tallies", self.tally_crashes) for name in self.tallies]
        if has_web:
            children.append(self._child(WEB, "deploy.workers.web", CrashQueue((), times=0, log_path=folder / "web.crashes", seed=seed)))
        if seals:
            children.append(self._child(SEALER, "tests.chaos.sealer", self.seal_crashes, str(self.data)))
        self.seals = seals
        self.names = [child.name for child in children]
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

    @property
    def data(self) -> Path:
        """The folder of keys and seals."""
        return self.folder / "data"

    @property
    def missing_crashes(self) -> int:
        """How many crashes are still wanted."""
        return sum(queue.missing for queue, _ in self._queues())

    def wanted_now(self) -> list[CrashPoint]:
        """Return the points at which somebody is still to be killed."""
        return [point for queue, _ in self._queues() for point in queue.wanted_now()]

    def reached(self) -> Counter[str]:
        """Return how often each point killed a process."""
        return sum((queue.reached() for queue, _ in self._queues()), Counter())

    def start_late_ones_anew(self) -> None:
        """End a process in order where a crash is due and nobody is about to have one; it is given one when it starts again."""
        for queue, names in self._queues():
            # A worker may have to wait for its partitions before it reaches its point, and a seal of millions takes long.
            if names and queue.is_behind(after_seconds=self._patience_seconds if names == [SEALER] else _LATE_SECONDS):
                self.supervisor.restart(names[int(time.monotonic()) % len(names)])

    def revive_broker(self) -> None:
        """Start the broker if it ended, as its supervisor would; again and again, for a minute."""
        deadline = time.monotonic() + 60
        while self.broker.pid is None:
            try:
                self.broker.start()
            except (SalurError, OSError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(1)

    def _queues(self) -> tuple[tuple[CrashQueue, list[str]], ...]:
        return (self.ledger_crashes, self.ledgers), (self.tally_crashes, self.tallies), (self.seal_crashes, [SEALER] if SEALER in self.names else [])

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
        self.revive_broker()

    def stop_broker_for(self, seconds: float) -> None:
        """Stop the broker (SIGSTOP) for so long."""
        if pid := self.broker.pid:
            os.kill(pid, signal.SIGSTOP)
            time.sleep(seconds)
            os.kill(pid, signal.SIGCONT)

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

    def log_lines(self) -> list[str]:
        """Return everything that the workers said."""
        return (self.folder / "workers.log").read_text(encoding="utf-8", errors="replace").splitlines()

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

    def _child(self, name: str, module: str, crashes: CrashQueue, *words: str) -> Child:
        (self.folder / name).mkdir(exist_ok=True)
        base = {
            "PATH": os.environ.get("PATH", ""),
            "SALUR_BOOTSTRAP_SERVERS": self.bootstrap_servers,
            "SALUR_DATABASE_URL": self.database_url,
            "SALUR_PARTITIONS": str(PARTITIONS),
            "SALUR_BATCH_MAX_EVENTS": str(self._batch_events),
            "SALUR_SCRATCH": str(self.folder / name),
            "SALUR_DATA": str(self.data),
            "SALUR_WEB_PORT": self.web_url.rpartition(":")[2],
            **(self._clocks.environment(name) if self._clocks else {}),
        }
        return Child(name=name, argv=[sys.executable, "-m", module, *words], env=lambda: {**base, **crashes.environment()})

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
