"""The wall clock of a process that a chaos run lets jump: it is off by what ``SALUR_TEST_CLOCK``, a file, says now.

Python imports a module of this name before anything else. Monotonic clocks are left alone, as a real jump leaves them.
"""

import contextlib
import os
import time
from pathlib import Path

_LOOK_NS = 200_000_000


def _install(path: str) -> None:
    true_ns, monotonic_ns = time.time_ns, time.monotonic_ns
    state = [0, 0]

    def jumping_ns() -> int:
        if monotonic_ns() >= state[1]:
            state[1] = monotonic_ns() + _LOOK_NS
            with contextlib.suppress(OSError, ValueError):
                state[0] = int(Path(path).read_text(encoding="ascii") or 0) * 1_000_000_000
        return true_ns() + state[0]

    time.time_ns = jumping_ns
    time.time = lambda: jumping_ns() / 1e9


if "SALUR_TEST_CLOCK" in os.environ:
    _install(os.environ["SALUR_TEST_CLOCK"])
