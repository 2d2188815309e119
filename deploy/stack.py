"""One whole stack on a data folder: broker, topics, database, ledger workers, tallies' workers and the web process, in this order.

Which settings it has is given; showing its progress is the caller's. It holds the folder's lock from start to stop,
and its addresses are in the folder only while everything is ready.
"""

import contextlib
import functools
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Final, Literal, Self

from consumers.database import open_database
from consumers.ledger.ledger import prepare_ledger
from consumers.ledger.log_check import refuse_if_behind
from deploy import holding, running, topics
from deploy.groups import LEDGER_GROUP, TALLIES_GROUP, groups
from deploy.kafka import archive, jars, java
from deploy.kafka.broker import LocalBroker
from deploy.kafka.node import free_port
from deploy.migrations import upgrade
from deploy.monitoring import server
from deploy.processes import Child, Status, Supervisor
from deploy.running import RunningStack
from deploy.settings import Settings
from deploy.watchdog import Watchdog
from deploy.web import attended
from deploy.web.binding import Binding
from deploy.web.probe import is_ready
from models.errors import ConfigurationError, Unreachable

SHORT_LIVED_JVM: Final = ("-XX:TieredStopAtLevel=1", "-Xshare:auto")
"""For a broker that lives for minutes: it starts sooner and is never warm enough to miss the better compiler."""

READY_SECONDS: Final = 60.0
POLL_SECONDS: Final = 0.05
GROUPS: Final[dict[holding.Kind, str]] = {"ledger": LEDGER_GROUP, "tallies": TALLIES_GROUP}
LOGS: Final = "logs"
Lines = Literal["files", "prefix", "json"]
"""Where the lines of processes go: to files in the data folder, or shown, with the name of each before them or as the JSON that they are."""

KAFKA: Final = "kafka"
WEB: Final = "web"
MONITOR: Final = "monitor"
SILENT_GRACE_SECONDS: Final = 3.0

Step = Literal["jars", "kafka", "topics", "database", "workers", "ready"]


class Stack:
    """Use it as a context manager: it is ready inside, and stopped in order after.

    A ``bare`` one is a broker, its topics and a database, for somebody who makes the ledger or the tables anew: there is
    nothing yet to keep, to show or to compare.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        bare: bool = False,
        on_step: Callable[[Step], None] = lambda _step: None,
        quiet: bool = False,
        jvm_flags: Sequence[str] = (),
        web_environment: Mapping[str, str] = MappingProxyType({}),
        lines: Lines = "files",
    ) -> None:
        self._asked = settings
        self._bare = bare
        self._on_step = on_step
        self._quiet = quiet
        self._jvm_flags = tuple(jvm_flags)
        self._web_environment = web_environment
        self._lines: Lines = lines
        self._parts = contextlib.ExitStack()
        self._broker: Supervisor | None = None
        self._workers: dict[holding.Kind, Supervisor] = {}
        self._web: Supervisor | None = None
        self._monitor: Supervisor | None = None
        self._metrics_ports: dict[str, int] = {}
        self._published: RunningStack | None = None
        self._later: list[Callable[[], object]] = []
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
        supervisors = [supervisor for supervisor in (self._broker, *list(self._workers.values()), self._web, self._monitor) if supervisor is not None]
        return [status for supervisor in supervisors for status in supervisor.status()]

    def prepare_next_start(self) -> None:
        """Make, in the background, what lets the next start be quicker. Only time is at stake: it may be cut short."""
        for make in self._later:
            threading.Thread(target=make, name="next start", daemon=True).start()
        self._later.clear()

    def tend(self) -> None:
        """Rest the workers that somebody asks to rest, start those that may go on, and keep the published process ids true."""
        for kind in holding.KINDS:
            if holding.is_held(self._asked.data_dir, kind):
                if kind in self._workers:
                    self._workers.pop(kind).stop()
            elif kind not in self._workers:
                self._keep(kind)
        self._tend_monitor()
        described = self.described()
        if described != self._published:
            # On a full disk the file keeps the ids of before; the next time there may be space.
            with contextlib.suppress(OSError):
                self._publish(described)

    def refused(self) -> Status | None:
        """Return a process that ended for good because its settings are wrong, if there is one."""
        return next((status for status in self.status() if status.state == "refused"), None)

    def described(self) -> RunningStack:
        """Return the addresses and process ids as they are now."""
        return RunningStack(
            bootstrap_servers=str(self.settings.bootstrap_servers),
            database_url=self.settings.database_url,
            web_url=self.settings.web_url,
            metrics_urls=[server.url(port) for _, port in sorted(self._metrics_ports.items())],
            processes={"salur": os.getpid(), **{status.name: status.pid for status in self.status() if status.pid is not None}},
            workers={name: server.url(port, "") for name, port in sorted(self._metrics_ports.items())},
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
        if not self._bare:
            self._on_step("workers")
            self._refuse_lost_ledger()
            self._start_workers()
            self._watch()
        self._parts.callback(running.withdraw, data_dir)
        self._publish(self.described())
        self._on_step("ready")

    def _publish(self, described: RunningStack) -> None:
        running.write(self._asked.data_dir, described)
        self._published = described

    def _refuse_lost_ledger(self) -> None:
        """Raise LedgerBehindLog at once, rather than watch workers refuse one after the other."""
        if not self._asked.ledger_workers:
            return
        engine = open_database(self.settings.database_url)
        try:
            prepare_ledger(engine, partitions=self._asked.partitions)
            refuse_if_behind(engine, bootstrap_servers=str(self.settings.bootstrap_servers))
        finally:
            engine.dispose()

    def _start_broker(self) -> str:
        self._on_step("jars")
        listed = jars.locked()
        class_path = jars.fetch(listed, cache=self._asked.cache_dir, mirror=self._asked.maven_mirror, quiet=self._quiet)
        self._on_step("kafka")
        found = java.find(os.environ)
        ready_made = archive.find(found, class_path=class_path)
        if ready_made is None:
            self._later.append(functools.partial(archive.make, found, class_path=class_path, kafka_version=listed.kafka_version))
        broker = LocalBroker(
            self._asked.data_dir / KAFKA,
            class_path=class_path,
            kafka_version=listed.kafka_version,
            java=found,
            archive=ready_made,
            heap_megabytes=self._asked.broker_heap_megabytes,
            jvm_flags=self._jvm_flags,
        )
        broker.prepare()
        self._parts.callback(broker.release)
        child = Child(name=KAFKA, argv=broker.command, ready=broker.answers, log_file=broker.log_file, grace_seconds=30.0, obstacle=broker.obstacle)
        self._broker = Supervisor([child], output=sys.stderr.buffer)
        self._parts.callback(self._broker.stop)
        self._broker.start()
        return broker.bootstrap_servers

    def _prepare_topics(self, servers: str) -> None:
        states = topics.ensure(
            servers, partitions=self._asked.partitions, replication_factor=self._asked.replication_factor, min_insync_replicas=self._asked.min_insync_replicas
        )
        topics.demand(states)

    def _start_workers(self) -> None:
        """Start all workers at once, and return when each kind has its partitions and the web process answers."""
        expected = []
        binding = self._start_web()
        self._tend_monitor()
        for kind, group in GROUPS.items():
            if not holding.is_held(self._asked.data_dir, kind):
                self._keep(kind)
                expected += [group] if self._count(kind) else []
        deadline = time.monotonic() + READY_SECONDS
        with groups(str(self.settings.bootstrap_servers)) as asking:
            while not (all(asking.is_settled(group) for group in expected) and is_ready(binding)):
                self._refuse_to_wait(deadline)
                time.sleep(POLL_SECONDS)

    def _tend_monitor(self) -> None:
        """Keep what looks at the whole stack from outside, but not while the ledger is made anew: half of it differs from the log."""
        if not holding.is_held(self._asked.data_dir, "ledger"):
            if self._monitor is None:
                self._start_monitor()
        elif self._monitor is not None:
            self._monitor.stop()
            self._monitor = None

    def _start_monitor(self) -> None:
        child = Child(
            name=MONITOR,
            argv=[sys.executable, "-m", "deploy.workers.monitor"],
            env={**os.environ, **self.settings.as_environment(), **self._metrics(MONITOR)},
            log_file=self._log_file(MONITOR),
            passes_lines=self._lines == "json",
        )
        self._monitor = Supervisor([child], output=sys.stderr.buffer)
        self._parts.callback(self._monitor.stop)
        self._monitor.start()

    def _watch(self) -> None:
        """Start again what is silent."""
        watchdog = Watchdog(
            pids=lambda: {status.name: status.pid for status in self.status() if status.pid is not None}, urls=self._live_urls, restart=self._restart
        )
        self._parts.callback(watchdog.stop)
        watchdog.start()

    def _live_urls(self) -> dict[str, str]:
        return {name: server.url(port, "/livez") for name, port in list(self._metrics_ports.items())}

    def _restart(self, name: str, silent_seconds: float) -> None:
        said = f"{name} has been silent for {silent_seconds:.0f} s: it is started again"
        line = json.dumps({"worker": name, "level": "warning", "event": "silent", "said": said}) if self._lines == "json" else said
        with contextlib.suppress(OSError):  # where that line goes may be a full disk
            sys.stderr.write(f"{line}\n")
        for supervisor in (*list(self._workers.values()), self._web, self._monitor):
            if supervisor is not None and any(status.name == name for status in supervisor.status()):
                supervisor.restart(name, grace_seconds=SILENT_GRACE_SECONDS)

    def _metrics(self, name: str) -> dict[str, str]:
        """Return the variable that gives a process its port for metrics and health, which it keeps."""
        if name not in self._metrics_ports:
            self._metrics_ports[name] = free_port()
        return {server.PORT_VARIABLE: str(self._metrics_ports[name])}

    def _start_web(self) -> Binding:
        """Start the web process on its port, which it keeps however often it is started again."""
        port = self.settings.web_port or free_port()
        certificate, key = self.settings.web_tls_certificate, self.settings.web_tls_key
        binding = Binding(self.settings.web_host, port, str(certificate or ""), str(key or ""))
        self.settings = self.settings.replaced(web_port=port, web_url=self.settings.web_url or binding.url)
        child = Child(
            name=WEB,
            argv=[sys.executable, "-m", "deploy.workers.web"],
            env={**os.environ, **self.settings.as_environment(), **self._metrics(WEB), **self._attendance(), **self._web_environment},
            log_file=self._log_file(WEB),
            passes_lines=self._lines == "json",
        )
        self._web = Supervisor([child], output=sys.stderr.buffer)
        self._parts.callback(self._web.stop)
        self._web.start()
        return binding

    def _attendance(self) -> dict[str, str]:
        """Return the variable by which the web process knows whether the tables are kept."""
        names = [f"tallies-{number}" for number in range(1, self._count("tallies") + 1)]
        return {attended.URLS_VARIABLE: ",".join(server.url(int(self._metrics(name)[server.PORT_VARIABLE]), "/readyz") for name in names)}

    def kill(self, kind: holding.Kind) -> None:
        """End the first worker of a kind as a crash would; it is started again like any that crashed."""
        supervisor = self._workers.get(kind)
        pid = next((status.pid for status in supervisor.status() if status.pid is not None), None) if supervisor is not None else None
        if pid is not None:
            os.kill(pid, signal.SIGKILL)

    def _refuse_to_wait(self, deadline: float) -> None:
        refused = self.refused()
        hint = f"its log is in {self._asked.data_dir / LOGS}"
        if refused is not None:
            raise ConfigurationError(f"{refused.name} refused to start ({refused.last_exit})", hint=hint)
        if time.monotonic() > deadline:
            states = ", ".join(f"{status.name} {status.last_exit or 'runs'}" for status in self.status())
            raise Unreachable(f"the workers are not ready after {READY_SECONDS:.0f} s ({states})", hint=hint)

    def _keep(self, kind: holding.Kind) -> None:
        children = [self._worker(kind, number) for number in range(1, self._count(kind) + 1)]
        supervisor = self._workers[kind] = Supervisor(children, output=sys.stderr.buffer)
        self._parts.callback(supervisor.stop)
        supervisor.start()

    def _count(self, kind: holding.Kind) -> int:
        return self._asked.ledger_workers if kind == "ledger" else self._asked.tally_workers

    def _worker(self, kind: holding.Kind, number: int) -> Child:
        name = f"{kind}-{number}"
        own = self._metrics(name)
        own |= {"SALUR_INSTANCE_ID": f"salur-{name}", "SALUR_SCRATCH": str(self._scratch())} if kind == "tallies" else {}
        return Child(
            name=name,
            argv=[sys.executable, "-m", f"deploy.workers.{kind}"],
            env={**os.environ, **self.settings.as_environment(), **own},
            log_file=self._log_file(name),
            passes_lines=self._lines == "json",
        )

    def _log_file(self, name: str) -> Path | None:
        """Return where a process's lines go, None if they are shown."""
        return self._asked.data_dir / LOGS / f"{name}.log" if self._lines == "files" else None

    def _scratch(self) -> Path:
        scratch = self._asked.data_dir / "scratch"
        scratch.mkdir(exist_ok=True)
        return scratch
