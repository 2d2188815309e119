"""The stall watchdog: asks every process whether it lives, and starts one again that has been silent for too long.

Silence is no answer on its health port, or the answer that its loop does not turn: a stopped process, a blocked event
loop, a worker that Faust forgot. A process that says what it waits for is left alone, because starting it again would not
bring a database back. A process that does not listen yet, or says of itself that its first work takes long, gets longer to
start; one that takes a connection and does not answer has started and hangs. Pauses between starts are the supervisor's.
"""

import dataclasses
import http.client
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from typing import Final, Literal

SILENT_SECONDS: Final = 20.0
START_SECONDS: Final = 60.0
ASK_SECONDS: Final = 2.0
"""How often is asked, and how long an answer may take."""

Answer = Literal["lives", "starting", "silent"]
"""That its loop turns; that nobody listens yet, or that its loop does not turn; that a connection was taken and nothing said."""


@dataclasses.dataclass(slots=True)
class _Watched:
    pid: int
    since: float
    has_started: bool = False


class Watchdog:
    """Watches processes by name; ``urls`` are where each answers whether it lives.

    ``restart`` is given the name of a silent one and for how many seconds it has been silent, and ends it so that it is started again.
    """

    def __init__(
        self,
        *,
        pids: Callable[[], Mapping[str, int]],
        urls: Callable[[], Mapping[str, str]],
        restart: Callable[[str, float], None],
        ask: Callable[[str], Answer] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pids = pids
        self._urls = urls
        self._restart = restart
        self._ask = ask or ask_whether_it_lives
        self._clock = clock
        self._watched: dict[str, _Watched] = {}
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Watch in a thread of its own."""
        self._thread = threading.Thread(target=self._run, name="watchdog", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Watch no more; a restart under way is waited for."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def look(self) -> list[str]:
        """Ask every process once, start those again that are silent for too long, and return their names."""
        pids, urls = self._pids(), self._urls()
        silent = []
        for name in sorted(pids.keys() & urls.keys()):
            watched = self._watched.get(name)
            if watched is None or watched.pid != pids[name]:
                watched = self._watched[name] = _Watched(pids[name], self._clock())
            answer = self._ask(urls[name])
            watched.has_started = watched.has_started or answer != "starting"
            if answer == "lives":
                watched.since = self._clock()
            elif self._clock() - watched.since > (SILENT_SECONDS if watched.has_started else START_SECONDS):
                silent.append(name)
        for name in silent:
            self._restart(name, self._clock() - self._watched.pop(name).since)
        return silent

    def _run(self) -> None:
        while not self._stopping.wait(ASK_SECONDS):
            self.look()


def ask_whether_it_lives(url: str) -> Answer:
    """Return what a process says at ``url`` of whether it lives."""
    try:
        with urllib.request.urlopen(url, timeout=ASK_SECONDS):  # noqa: S310 - an address of our own making
            return "lives"
    except urllib.error.HTTPError as error:
        error.close()
        return "starting"
    except urllib.error.URLError as error:
        return "starting" if isinstance(error.reason, ConnectionRefusedError) else "silent"
    except (OSError, http.client.HTTPException):
        return "silent"
