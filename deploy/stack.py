"""One whole stack on a data folder: broker, topics, database, ledger workers and tallies' workers, in this order.

Which settings it has is given; showing its progress is the caller's. It holds the folder's lock from start to stop,
and its addresses are in the folder only while everything is ready.
"""

import contextlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Final, Literal, Self

from deploy import running, topics
from deploy.groups import LEDGER_GROUP, TALLIES_GROUP, Groups, groups
from deploy.kafka import jars, java
from deploy.kafka.broker import LocalBroker
from deploy.migrations import upgrade
from deploy.processes import Child, Status, Supervisor
from deploy.running import RunningStack
from deploy.settings import Settings

LOGS: Final = "logs"
KAFKA: Final = "kafka"

Step = Literal["jars", "kafka", "topics", "database", "workers", "ready"]


class Stack:
    """Use it as a context manager: it is ready inside, and stopped in order after."""

    def __init__(self, settings: Settings, *, on_step: Callable[[Step], None] = lambda step: None, quiet: bool = False) -> None:
        self._asked = settings
        self._on_step = on_step
        self._quiet = quiet
        self._parts = contextlib.ExitStack()
        self._supervisors: list[Supervisor] = []
        self.settings = settings

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop everything in reverse order. May be called again."""
        self._parts.close()

    def status(self) -> list[Status]:
        """Return what each process does now."""
        return [status for supervisor in self._supervisors for status in supervisor.status()]

    def refused(self) -> Status | None:
        """Return a process that ended for good because its settings are wrong, if there is one."""
        return next((status for status in self.status() if status.state == "refused"), None)

    def described(self) -> RunningStack:
        """Return the addresses and process ids as they are now."""
        return RunningStack(
            bootstrap_servers=str(self.settings.bootstrap_servers),
            database_url=self.settings.database_url,
            processes={"salur": os.getpid(), **{status.name: status.pid for status in self.status() if status.pid is not None}},
        )

    def _start(self) -> None:
        data_dir = self._asked.data_dir
        self._parts.enter_context(running.claimed(data_dir))
        running.withdraw(data_dir)
        (data_dir / LOGS).mkdir(exist_ok=True)
        if self._asked.bootstrap_servers is None:
            self.settings = self._asked.replaced(bootstrap_servers=self._start_broker())
        self._on_step("topics")
        self._prepare_topics(str(self.settings.bootstrap_servers))
        self._on_step("database")
        upgrade.upgrade(self.settings.database_url)
        self._on_step("workers")
        self._start_workers(str(self.settings.bootstrap_servers))
        self._parts.callback(running.withdraw, data_dir)
        running.write(data_dir, self.described())
        self._on_step("ready")

    def _start_broker(self) -> str:
        self._on_step("jars")
        listed = jars.locked()
        class_path = jars.fetch(listed, cache=self._asked.cache_dir, mirror=self._asked.maven_mirror, quiet=self._quiet)
        self._on_step("kafka")
        broker = LocalBroker(
            self._asked.data_dir / KAFKA,
            class_path=class_path,
            kafka_version=listed.kafka_version,
            java=java.find(os.environ),
            heap_megabytes=self._asked.broker_heap_megabytes,
        )
        broker.prepare()
        self._parts.callback(broker.release)
        self._supervise(
            [Child(name=KAFKA, argv=broker.command, ready=broker.answers, passes_lines=True, log_file=broker.log_file, grace_seconds=30.0)]
        )
        return broker.bootstrap_servers

    def _prepare_topics(self, servers: str) -> None:
        states = topics.ensure(
            servers,
            partitions=self._asked.partitions,
            replication_factor=self._asked.replication_factor,
            min_insync_replicas=self._asked.min_insync_replicas,
        )
        topics.demand(states)

    def _start_workers(self, servers: str) -> None:
        with groups(servers) as asking:
            self._supervise([*self._ledger_workers(asking), *self._tally_workers(asking)])

    def _ledger_workers(self, asking: Groups) -> list[Child]:
        count = self._asked.ledger_workers
        return [self._worker("ledger", number, ready=lambda: asking.is_settled(LEDGER_GROUP)) for number in range(1, count + 1)]

    def _tally_workers(self, asking: Groups) -> list[Child]:
        count = self._asked.tally_workers
        return [self._worker("tallies", number, ready=lambda: asking.is_settled(TALLIES_GROUP)) for number in range(1, count + 1)]

    def _worker(self, kind: str, number: int, *, ready: Callable[[], bool]) -> Child:
        name = f"{kind}-{number}"
        own = {"SALUR_INSTANCE_ID": f"salur-{name}", "SALUR_SCRATCH": str(self._scratch())} if kind == "tallies" else {}
        return Child(
            name=name,
            argv=[sys.executable, "-m", f"deploy.workers.{kind}"],
            env={**os.environ, **self.settings.as_environment(), **own},
            ready=ready,
            passes_lines=True,
            log_file=self._asked.data_dir / LOGS / f"{name}.log",
        )

    def _scratch(self) -> Path:
        scratch = self._asked.data_dir / "scratch"
        scratch.mkdir(exist_ok=True)
        return scratch

    def _supervise(self, children: list[Child]) -> None:
        supervisor = Supervisor(children, output=sys.stderr.buffer)
        self._parts.callback(supervisor.stop)
        self._supervisors.append(supervisor)
        supervisor.start()
