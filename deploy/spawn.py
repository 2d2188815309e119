"""Child processes that do not outlive their parent, whatever kills it. Restarting them is ``deploy.processes``.

Each child has a session of its own, so a Ctrl-C at the terminal reaches only the parent, which then stops its
children in order.
"""

import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import IO, Any, Final

_WRAPPER: Final = Path(__file__).with_name("die_with_parent.py")


def spawn(
    argv: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    stdout: IO[Any] | int | None = None,
    stderr: IO[Any] | int | None = None,
) -> "subprocess.Popen[bytes]":
    """Start ``argv``; on Linux the kernel kills it (SIGKILL) when this process ends, also by SIGKILL.

    Raises OSError if the wrapper cannot be run; a program that is not there ends with exit code 1 and a traceback.
    """
    wrapped = [sys.executable, "-I", "-S", str(_WRAPPER), str(os.getpid()), *argv]
    return _in_lasting_thread(
        lambda: subprocess.Popen(wrapped, env=env, cwd=cwd, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, start_new_session=True)
    )


def end(child: "subprocess.Popen[bytes]", *, grace_seconds: float) -> int:
    """Ask the child to end (SIGTERM), wait, and kill it if it does not; returns its exit code."""
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(grace_seconds)
        except subprocess.TimeoutExpired:
            child.kill()
    return child.wait()


def describe_exit(code: int) -> str:
    """Say how a process ended, as words: an exit code or the name of a signal."""
    if code >= 0:
        return f"exit code {code}"
    return f"killed by {signal.Signals(-code).name}"


_Start = Callable[[], "subprocess.Popen[bytes]"]


class _Spawner:
    """One thread that lives as long as the process and starts all children.

    The kernel's signal at the parent's death is in truth one at the death of the *thread* that forked, so a child
    started from a thread that ends would be killed with it.
    """

    def __init__(self) -> None:
        self.pid = os.getpid()
        self._requests: queue.SimpleQueue[tuple[_Start, Future[subprocess.Popen[bytes]]]] = queue.SimpleQueue()
        threading.Thread(target=self._serve, name="spawner", daemon=True).start()

    def start(self, start: _Start) -> "subprocess.Popen[bytes]":
        answer: Future[subprocess.Popen[bytes]] = Future()
        self._requests.put((start, answer))
        return answer.result()

    def _serve(self) -> None:
        while True:
            start, answer = self._requests.get()
            try:
                answer.set_result(start())
            except BaseException as error:  # noqa: BLE001 - handed to the thread that asked
                answer.set_exception(error)


_lock = threading.Lock()
_spawners: list[_Spawner] = []


def _in_lasting_thread(start: _Start) -> "subprocess.Popen[bytes]":
    with _lock:
        # A forked copy of this process has the object but not its thread.
        if not _spawners or _spawners[-1].pid != os.getpid():
            _spawners.append(_Spawner())
        spawner = _spawners[-1]
    return spawner.start(start)
