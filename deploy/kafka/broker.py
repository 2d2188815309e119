"""The local Kafka: one real node on loopback, in a durable folder, started and stopped by Salur.

It is formatted once, keeps its ports, and is owned by one process at a time. It survives a killed process, not a
power cut: Kafka acknowledges before the disk has the bytes (that is what three brokers are for). Restarting it after
a crash is ``deploy.processes``; which jars and which Java is given by the caller.
"""

import contextlib
import fcntl
import logging
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

import msgspec

from deploy import spawn
from deploy.kafka import complaint, config, node, probe
from deploy.kafka.filelock import holder_of
from deploy.kafka.java import Java
from models.errors import ConfigurationError, Unreachable

READY_SECONDS: Final = 60.0
GRACE_SECONDS: Final = 30.0
POLL_SECONDS: Final = 0.02
FORMAT_SECONDS: Final = 60.0
KEEP_LOG_BYTES: Final = 10 * 1024 * 1024

log: Final = logging.getLogger(__name__)


class LocalBroker:
    """One Kafka node in ``folder``.

    ``start`` and ``stop`` run it as a child of this process. A supervisor instead calls ``prepare``, runs ``command``
    itself and asks ``answers``; ``release`` gives the folder back.
    """

    def __init__(
        self,
        folder: Path,
        *,
        class_path: Sequence[Path],
        kafka_version: str,
        java: Java,
        heap_megabytes: int = 512,
        jvm_flags: Sequence[str] = (),
        archive: Path | None = None,
        port: int | None = None,
    ) -> None:
        self.folder = folder.absolute()
        self.log_file = self.folder / "broker.log"
        self._data_folder = self.folder / "data"
        self._properties = self.folder / "server.properties"
        self._log4j = self.folder / "log4j2.yaml"
        self._class_path = os.pathsep.join(str(jar) for jar in class_path)
        self._kafka_version = kafka_version
        self._java = java
        self._heap_megabytes = heap_megabytes
        self._jvm_flags = tuple(jvm_flags)
        # An archive that does not fit is passed over in silence: it only makes the start quicker.
        self._archive_flags = () if archive is None else (f"-XX:SharedArchiveFile={archive}", "-Xshare:auto", "-Xlog:cds=off")
        self._port = port
        self._node: node.Node | None = None
        self._lock: IO[str] | None = None
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    @property
    def port(self) -> int:
        """Return the port of the broker; known after ``prepare``."""
        if self._node is None:
            raise ConfigurationError("the local Kafka has no port yet", hint="prepare or start it first")
        return self._node.port

    @property
    def bootstrap_servers(self) -> str:
        """Return the address that clients connect to; known after ``prepare``."""
        return f"{node.HOST}:{self.port}"

    @property
    def pid(self) -> int | None:
        """Return the process id of the running broker that ``start`` started, else None."""
        return self._child.pid if self._child is not None and self._child.poll() is None else None

    @property
    def command(self) -> list[str]:
        """Return the words that run the broker; it may be run after ``prepare``."""
        heap = f"-Xmx{self._heap_megabytes}m"
        return [*self._java_command(heap, *self._jvm_flags), "kafka.Kafka", str(self._properties)]

    def obstacle(self) -> str:
        """Return why it must not be started now, or nothing."""
        return complaint.of_space(self.folder)

    def prepare(self) -> None:
        """Take the folder, end a broker that was left over in it, write its files and format it if it is new.

        Raises ConfigurationError: the folder cannot be written, is in use, is of another Kafka; a port is taken; the
        disk is full.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._take()
            complaint.check_space(self.folder)
            self._prepare()
        except OSError as error:
            self.release()
            raise complaint.of_folder(error, self.folder) from error
        except BaseException:
            self.release()
            raise

    def start(self, *, ready_seconds: float = READY_SECONDS) -> None:
        """Start the broker and return when it answers. Does nothing if it runs already."""
        if self.pid is not None:
            return
        self.prepare()
        self._rotate_log()
        begun = self.log_file.stat().st_size if self.log_file.exists() else 0
        with self.log_file.open("ab") as output:
            child = self._child = spawn.spawn(self.command, cwd=self.folder, stdout=output, stderr=subprocess.STDOUT)
        try:
            self.wait_until_ready(is_alive=lambda: child.poll() is None, ready_seconds=ready_seconds, log_from=begun)
        except BaseException:
            self.kill()
            self.release()
            raise

    def wait_until_ready(self, *, is_alive: Callable[[], bool], ready_seconds: float = READY_SECONDS, log_from: int = 0) -> None:
        """Return when the broker answers. Raises what its log complains of if it ends, Unreachable if it takes too long."""
        deadline = time.monotonic() + ready_seconds
        while not self.answers():
            if not is_alive():
                raise complaint.of_log(self.log_file, log_from, what="the local Kafka ended while starting")
            if time.monotonic() > deadline:
                raise complaint.of_log(self.log_file, log_from, what=f"the local Kafka does not answer after {ready_seconds:.0f} s")
            time.sleep(POLL_SECONDS)

    def answers(self) -> bool:
        """Tell whether a broker answers at this node's port now."""
        return probe.ask(node.HOST, self.port) == "kafka"

    def stop(self, *, grace_seconds: float = GRACE_SECONDS) -> None:
        """End the broker in order (SIGTERM), by force (SIGKILL) if that takes too long, and give the folder back."""
        if self._child is not None:
            spawn.end(self._child, grace_seconds=grace_seconds)
            self._child = None
        self.release()

    def kill(self) -> None:
        """End the broker at once (SIGKILL) and keep the folder, as a crash would: ``start`` brings it back."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            self._child = None

    def release(self) -> None:
        """Give the folder back, for another process to take."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _take(self) -> None:
        """Hold the folder's lock for as long as this process lives; the kernel releases it however the process ends."""
        if self._lock is not None:
            return
        lock = (self.folder / "owner.lock").open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            owner = lock.read().strip() or "unknown"
            lock.close()
            raise ConfigurationError(
                f"the local Kafka in {self.folder} belongs to a running Salur (process {owner})", hint="stop that one first, or use another data folder"
            ) from error
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        self._lock = lock

    def _prepare(self) -> None:
        found = node.read(self.folder)
        complaint.check_folder(found, data_folder=self._data_folder, kafka_version=self._kafka_version)
        if found is not None:
            self._end_orphan(found)
        current = found or node.new_node(kafka_version=self._kafka_version, port=self._port)
        if self._port is not None and self._port != current.port:
            current = node.with_port(current, self._port)
        complaint.check_ports(current, self.folder)
        self._node = current
        self._properties.write_text(config.server_properties(current, data_folder=self._data_folder), encoding="ascii")
        self._log4j.write_text(config.LOG4J, encoding="ascii")
        if not current.formatted:
            node.write(self.folder, current)
            self._format(current)
        # The version is raised only here: an older data folder is read by a newer Kafka, never the other way round.
        self._node = msgspec.structs.replace(current, kafka_version=self._kafka_version, formatted=True)
        if self._node != found:
            node.write(self.folder, self._node)

    def _format(self, new: node.Node) -> None:
        """Let Kafka make its folder. A format that was cut short is finished: there can be no records yet."""
        words = ["format", "--cluster-id", new.cluster_id, "--config", str(self._properties), "--standalone", "--ignore-formatted"]
        command = [*self._java_command("-XX:TieredStopAtLevel=1"), "kafka.tools.StorageTool", *words]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=FORMAT_SECONDS, check=False, cwd=self.folder)
        except subprocess.TimeoutExpired as error:
            raise Unreachable(f"the local Kafka was not formatted within {FORMAT_SECONDS:.0f} s", hint="the machine may be overloaded") from error
        if done.returncode != 0:
            raise complaint.of_text(done.stdout + done.stderr, self.log_file, what="the local Kafka cannot be formatted")

    def _java_command(self, *flags: str) -> list[str]:
        logging_flag = f"-Dlog4j2.configurationFile={self._log4j.as_uri()}"
        return [str(self._java.executable), "-XX:+UseSerialGC", *self._archive_flags, *flags, logging_flag, "-cp", self._class_path]

    def _end_orphan(self, found: node.Node) -> None:
        """End a broker that still writes to the folder although the Salur that started it is gone."""
        lock = self._data_folder / ".lock"
        pid = holder_of(lock)
        if pid is None:
            return
        if pid <= 0:
            raise ConfigurationError(f"a Kafka in another container is running on {self.folder}", hint="stop that container, or use another data folder")
        log.warning("a Kafka (process %d) was left running in %s by a Salur that is gone; it is stopped now", pid, self.folder)
        for number, patience_seconds in ((signal.SIGTERM, GRACE_SECONDS), (signal.SIGKILL, GRACE_SECONDS)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
            deadline = time.monotonic() + patience_seconds
            while time.monotonic() < deadline:
                # It gives the folder back before its ports, and those are needed next.
                if holder_of(lock) != pid and node.is_free(found.port) and node.is_free(found.controller_port):
                    return
                time.sleep(POLL_SECONDS)
        raise ConfigurationError(f"the Kafka left running in {self.folder} (process {pid}) cannot be stopped", hint=f"stop process {pid} by hand")

    def _rotate_log(self) -> None:
        if self.log_file.exists() and self.log_file.stat().st_size > KEEP_LOG_BYTES:
            self.log_file.replace(self.log_file.with_suffix(".log.1"))
