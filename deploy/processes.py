"""A supervisor of local child processes: it starts them in order, restarts one that ends, and stops them in reverse.

What the children do, and which there are, is decided by the caller. No child outlives the supervisor (on Linux, not
even when it is killed with SIGKILL). Everything happens in threads of its own, so ``start`` and ``stop`` may be called
from anywhere.
"""

import contextlib
import dataclasses
import json
import os
import random
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Literal, Self

from deploy import spawn
from models.errors import ConfigurationError, Unreachable

FIRST_PAUSE_SECONDS: Final = 0.2
LONGEST_PAUSE_SECONDS: Final = 15.0
CALM_SECONDS: Final = 30.0
"""A child that ran this long is healthy: its next end is paused for as if it were the first."""

GRACE_SECONDS: Final = 20.0
READY_SECONDS: Final = 60.0
READY_POLL_SECONDS: Final = 0.05
LAST_LINES_SECONDS: Final = 1.0
LONGEST_LINE_BYTES: Final = 64 * 1024
KEEP_LOG_BYTES: Final = 10 * 1024 * 1024
"""A log file that has grown so large becomes the old one, and a new one is begun: two of them are kept."""

NO_EXIT_RESTART: Final = frozenset({2})
"""Exit code 2 says that settings or words are wrong: starting again would say it again, for ever."""

State = Literal["waiting", "running", "pausing", "stopped", "refused"]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """One process to keep running.

    ``env`` may be a callable: it is asked before every start, so the first run and a restart may differ. ``ready`` is
    polled after the first start, and the next child waits for it. ``passes_lines`` leaves its lines as they are (JSON);
    with a ``log_file`` they go there instead of to the supervisor's output. ``obstacle`` is asked before it is started
    again, and says why that has to wait, or nothing.
    """

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] | Callable[[], Mapping[str, str]] | None = None
    ready: Callable[[], bool] | None = None
    ready_seconds: float = READY_SECONDS
    grace_seconds: float = GRACE_SECONDS
    passes_lines: bool = False
    log_file: Path | None = None
    on_start: Callable[[int], None] | None = None
    obstacle: Callable[[], str] | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What one child does now; ``last_exit`` is its last end in words, empty if it never ended."""

    name: str
    state: State
    pid: int | None
    starts: int
    last_exit: str

    @property
    def restarts(self) -> int:
        """Return how often it was started again."""
        return max(0, self.starts - 1)


class Supervisor:
    """Keeps ``children`` running from ``start`` to ``stop``; their lines go to ``output``."""

    def __init__(
        self,
        children: Sequence[Child],
        *,
        output: IO[bytes],
        first_pause_seconds: float = FIRST_PAUSE_SECONDS,
        longest_pause_seconds: float = LONGEST_PAUSE_SECONDS,
        calm_seconds: float = CALM_SECONDS,
    ) -> None:
        names = [child.name for child in children]
        if len(set(names)) != len(names):
            raise ConfigurationError(f"two children have one name: {', '.join(names)}", hint="name each child differently")
        width = max((len(name) for name in names), default=0)
        lines = _Lines(output)
        pauses = _Pauses(first_seconds=first_pause_seconds, longest_seconds=longest_pause_seconds, calm_seconds=calm_seconds)
        self._is_over = threading.Event()
        self._keepers = {child.name: _Keeper(child, lines=lines, width=width, pauses=pauses, on_refusal=self._is_over.set) for child in children}

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """Start the children in order, each when the one before is ready. If one never is, stops all and raises Unreachable."""
        try:
            for keeper in self._keepers.values():
                keeper.start()
                keeper.wait_until_ready()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop the children in reverse order: SIGTERM, then after its grace SIGKILL. May be called again."""
        # All are told before the first is ended: none may start again because one that it needs is gone.
        for keeper in self._keepers.values():
            keeper.restart_no_more()
        for keeper in reversed(self._keepers.values()):
            keeper.stop()
        self._is_over.set()

    def status(self) -> list[Status]:
        """Return what each child does now, in their order."""
        return [keeper.status() for keeper in self._keepers.values()]

    def pid(self, name: str) -> int | None:
        """Return the process id of a child, None while it does not run."""
        return self._keepers[name].status().pid

    def restart(self, name: str, *, grace_seconds: float | None = None) -> None:
        """End one child in order, within its own grace or the one given; it is started again like one that ended by itself."""
        self._keepers[name].end_once(grace_seconds=grace_seconds)

    def wait_for_refusal(self, timeout_seconds: float | None = None) -> Status | None:
        """Wait until a child says that its settings are wrong (it is not started again), or ``stop`` was called: then None."""
        self._is_over.wait(timeout_seconds)
        return next((status for status in self.status() if status.state == "refused"), None)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Pauses:
    """How long to wait before a start: doubling with each quick end, never the same for two children."""

    first_seconds: float
    longest_seconds: float
    calm_seconds: float

    def seconds(self, quick_ends: int) -> float:
        longest = min(self.longest_seconds, self.first_seconds * 2.0 ** min(quick_ends - 1, 30))
        return longest * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, not a secret


class _Lines:
    """One output that several children write to, a whole line at a time."""

    def __init__(self, output: IO[bytes]) -> None:
        self._output = output
        self._lock = threading.Lock()

    def write(self, line: bytes) -> None:
        # An output that is gone (a closed terminal, a full disk) loses lines; it must not stop the children that write them.
        with self._lock, contextlib.suppress(ValueError, OSError):
            self._output.write(line)
            self._output.flush()


class _Keeper:
    """Keeps one child running, in a thread that waits for its end."""

    def __init__(self, child: Child, *, lines: _Lines, width: int, pauses: _Pauses, on_refusal: Callable[[], None]) -> None:
        self._child = child
        self._lines = lines
        self._prefix = b"" if child.passes_lines else f"{child.name:<{width}} | ".encode()
        self._pauses = pauses
        self._on_refusal = on_refusal
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._running: subprocess.Popen[bytes] | None = None
        self._state: State = "waiting"
        self._starts = 0
        self._quick_ends = 0
        self._last_exit = ""
        self._thread: threading.Thread | None = None

    def restart_no_more(self) -> None:
        self._stopping.set()

    def start(self) -> None:
        """Start the child now, and a thread that keeps it running."""
        process = self._spawn()
        self._thread = threading.Thread(target=self._keep, args=(process,), name=f"keeper {self._child.name}", daemon=True)
        self._thread.start()

    def wait_until_ready(self) -> None:
        if self._child.ready is None:
            return
        deadline = time.monotonic() + self._child.ready_seconds
        while not self._child.ready():
            status = self.status()
            if status.state == "refused":
                raise ConfigurationError(f"{self._child.name} refused to start ({status.last_exit})", hint="its last lines say why")
            if time.monotonic() > deadline:
                raise Unreachable(
                    f"{self._child.name} is not ready after {self._child.ready_seconds:.0f} s ({status.last_exit or 'it runs'})",
                    hint="its last lines say what it waits for",
                )
            if self._stopping.wait(READY_POLL_SECONDS):
                return

    def stop(self) -> None:
        self._stopping.set()
        self.end_once()
        if self._thread is not None:
            self._thread.join()

    def end_once(self, *, grace_seconds: float | None = None) -> None:
        with self._lock:
            process = self._running
        if process is not None:
            spawn.end(process, grace_seconds=self._child.grace_seconds if grace_seconds is None else grace_seconds)

    def status(self) -> Status:
        with self._lock:
            pid = self._running.pid if self._running is not None else None
            return Status(name=self._child.name, state=self._state, pid=pid, starts=self._starts, last_exit=self._last_exit)

    def _keep(self, process: "subprocess.Popen[bytes] | None") -> None:
        """Wait for the end, pause, start again; until told to stop or refused."""
        while process is not None:
            began = time.monotonic()
            copier = self._copy_lines(process)
            code = process.wait()
            # The last lines come before the sentence about the end, unless a grandchild keeps the output open.
            copier.join(LAST_LINES_SECONDS)
            if time.monotonic() - began >= self._pauses.calm_seconds:
                self._quick_ends = 0
            if not self._note_end(code):
                return
            process = self._start_again(spawn.describe_exit(code))
        with self._lock:
            self._state = "stopped"

    def _start_again(self, why: str) -> "subprocess.Popen[bytes] | None":
        """Pause and start, until the machine lets it start; None if the supervisor stops meanwhile."""
        while True:
            self._quick_ends += 1
            seconds = self._pauses.seconds(self._quick_ends)
            where = f"; its log is {self._child.log_file}" if self._child.log_file is not None else ""
            self._say(f"ended ({why}); starts again in {seconds:.1f} s{where}")
            if self._stopping.wait(seconds):
                return None
            if self._child.obstacle is not None and (obstacle := self._child.obstacle()):
                why = f"cannot start: {obstacle}"
                continue
            try:
                return self._spawn()
            except OSError as error:
                # No memory or no process ids left: this passes, and giving up would need an operator.
                why = f"cannot start: {error.strerror}"

    def _note_end(self, code: int) -> bool:
        """Record the end and tell whether there is to be another start."""
        with self._lock:
            self._running = None
            self._last_exit = spawn.describe_exit(code)
            if self._stopping.is_set():
                self._state = "stopped"
            else:
                self._state = "refused" if code in NO_EXIT_RESTART else "pausing"
            again = self._state == "pausing"
        if self._state == "refused":
            self._say(f"ended ({self._last_exit}): its settings are wrong, it is not started again")
            self._on_refusal()
        return again

    def _spawn(self) -> "subprocess.Popen[bytes] | None":
        """Start the child, unless the supervisor stops; ``stop`` sees the new process or no process, never half of one."""
        env = self._child.env
        wanted = env() if callable(env) else env
        with self._lock:
            if self._stopping.is_set():
                return None
            process = spawn.spawn(self._child.argv, env=dict(wanted) if wanted is not None else None, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            self._running = process
            self._state = "running"
            self._starts += 1
        if self._child.on_start is not None:
            self._child.on_start(process.pid)
        return process

    def _copy_lines(self, process: "subprocess.Popen[bytes]") -> threading.Thread:
        """Copy the child's lines, in a thread of their own: a grandchild may hold the output open after the child's end."""
        copier = threading.Thread(target=self._copy, args=(process.stdout,), name=f"lines of {self._child.name}", daemon=True)
        copier.start()
        return copier

    def _copy(self, stream: IO[bytes]) -> None:
        """Copy until the output is closed; a very long line is cut into pieces so that memory is bounded."""
        with stream:
            while line := stream.readline(LONGEST_LINE_BYTES):
                whole = line if line.endswith(b"\n") else line + b"\n"
                if self._child.log_file is None:
                    self._lines.write(self._prefix + whole)
                else:
                    with contextlib.suppress(OSError):  # as in _Lines: a full disk must not block the child
                        self._write(self._child.log_file, whole)

    def _write(self, path: Path, line: bytes) -> None:
        """Append a line to a log file, which is bounded."""
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_size > KEEP_LOG_BYTES:
                path.replace(path.with_suffix(f"{path.suffix}.1"))
        with path.open("ab", buffering=0) as log:
            log.write(line)

    def _say(self, sentence: str) -> None:
        """Tell what happens to the child: on the output in any case, which is where an operator looks."""
        if self._child.passes_lines:
            self._lines.write(json.dumps({"worker": self._child.name, "level": "warning", "event": "supervised", "said": sentence}).encode() + b"\n")
        else:
            self._lines.write(self._prefix + sentence.encode() + os.linesep.encode())
