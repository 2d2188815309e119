"""Crash points that kill: the process ends itself with SIGKILL at the N-th passage of one named place.

Chosen by the environment of a test run: ``SALUR_CRASH_POINT=name:N``, and ``SALUR_CRASH_LOG``, a file to which the
name and the process id are appended first, so that a run can prove that the crash really happened.
"""

import os
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Final, get_args

from models.crashpoints import NO_CRASH_POINTS, CrashPoint, CrashPoints
from models.errors import ConfigurationError

POINT_VARIABLE: Final = "SALUR_CRASH_POINT"
LOG_VARIABLE: Final = "SALUR_CRASH_LOG"


class KillingCrashPoints:
    """Kills the process the ``nth`` time that ``name`` is reached."""

    def __init__(self, name: CrashPoint, *, nth: int, log_path: str) -> None:
        self._name = name
        self._left = nth
        self._log_path = log_path

    def hit(self, name: CrashPoint) -> None:
        """Count down at the chosen place; at 0 write the log and end."""
        if name != self._name:
            return
        self._left -= 1
        if self._left == 0:
            self._record()
            os.kill(os.getpid(), signal.SIGKILL)

    def _record(self) -> None:
        if not self._log_path:
            return
        with Path(self._log_path).open("a", encoding="utf-8") as log:
            log.write(f"{self._name} {os.getpid()}\n")
            log.flush()
            os.fsync(log.fileno())


def from_environment(environ: Mapping[str, str]) -> CrashPoints:
    """Return the crash points that the environment asks for; normally none."""
    wanted = environ.get(POINT_VARIABLE, "")
    if not wanted:
        return NO_CRASH_POINTS
    name, _, nth = wanted.partition(":")
    for point in get_args(CrashPoint):
        if point == name and (nth or "1").isdecimal() and int(nth or "1") > 0:
            return KillingCrashPoints(point, nth=int(nth or "1"), log_path=environ.get(LOG_VARIABLE, ""))
    raise ConfigurationError(f"{POINT_VARIABLE} is {wanted!r}, expected NAME:N with N from 1", hint=f"names: {', '.join(get_args(CrashPoint))}")
