"""Which crash point the next process that starts is to die at, until each was really reached often enough."""

import math
import random
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final

from models.crashpoints import CrashPoint

AT_ONCE: Final[frozenset[CrashPoint]] = frozenset(
    {
        "mid_revoke",
        "mid_recovery",
        "mid_correction",
        "checkpoint_leaves_read",
        "checkpoint_root_made",
        "checkpoint_signed",
        "checkpoint_remembered",
        "checkpoint_published",
    }
)
"""Passed seldom; the others are passed all the time, and the 1st to 4th passage is as good as any."""


class CrashQueue:
    """Hands out crash points to starting processes. ``due`` is the share of all crashes that may have happened by now."""

    def __init__(self, points: Iterable[CrashPoint], *, times: int, log_path: Path, seed: int, due: Callable[[], float] = lambda: 1.0) -> None:
        self._wanted = dict.fromkeys(points, times)
        self._log_path = log_path
        self._random = random.Random(seed)
        self._due = due
        self._lock = threading.Lock()
        self._order: deque[CrashPoint] = deque(self._wanted)
        self._handed_out_at = time.monotonic()

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

    def is_behind(self, *, after_seconds: float) -> bool:
        """Tell whether a crash is due and none has been handed out for so long: then somebody must start anew to be given one."""
        return self._is_due() and time.monotonic() - self._handed_out_at > after_seconds

    def environment(self) -> Mapping[str, str]:
        """Return the variables for one start: the next point that was not reached often enough, if one is due."""
        with self._lock:
            if not self._is_due():
                return {}
            reached = self.reached()
            for _ in range(len(self._order)):
                self._order.rotate(-1)
                point = self._order[0]
                if reached[point] < self._wanted[point]:
                    self._handed_out_at = time.monotonic()
                    nth = 1 if point in AT_ONCE else self._random.randint(1, 4)
                    return {"SALUR_CRASH_POINT": f"{point}:{nth}", "SALUR_CRASH_LOG": str(self._log_path)}
        return {}

    def _is_due(self) -> bool:
        total = sum(self._wanted.values())
        return total - self.missing < math.ceil(self._due() * total)
