"""Whether a process lives, is ready and has started. What stands in its way is asked of its parts, and said in words."""

import time
from collections.abc import Callable, Iterable
from typing import Final

from models.metrics import WORKER_READY, Reading

LIVE_SECONDS: Final = 20.0
"""A loop that has not turned for so long hangs: nothing that a worker waits for keeps it longer without a turn."""


class Health:
    """``turned_at`` is when the loop last turned (monotonic seconds); ``obstacles`` are sentences, none when it can work."""

    def __init__(
        self,
        *,
        turned_at: Callable[[], float],
        obstacles: Callable[[], Iterable[str]],
        live_seconds: float = LIVE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._live_seconds = live_seconds
        self._turned_at = turned_at
        self._obstacles = obstacles
        self._clock = clock
        self._has_started = False

    def live(self) -> list[str]:
        """Return why the process should be started again; nothing when its loop turns."""
        still_seconds = self._clock() - self._turned_at()
        return [f"the loop has not turned for {still_seconds:.0f} s"] if still_seconds > self._live_seconds else []

    def ready(self) -> list[str]:
        """Return why no work gets done now; nothing when it does."""
        problems = [*self.live(), *self._obstacles()]
        self._has_started = self._has_started or not problems
        return problems

    def started(self) -> list[str]:
        """Return why the process was never ready yet; nothing once it was."""
        return [] if self._has_started else self.ready()

    def readings(self, worker: str) -> Iterable[Reading]:
        """Return readiness as a metric."""
        return (Reading(WORKER_READY, (worker,), 0 if self.ready() else 1),)
