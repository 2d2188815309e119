"""How long something took, by the clock and by the processor, and how a figure stands to what was wanted of it."""

import dataclasses
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple, Self


class Spent(NamedTuple):
    """Seconds by the clock, and seconds of this process on a processor (the fairer of the two on a busy machine)."""

    wall: float = 0.0
    cpu: float = 0.0

    def plus(self, other: "Spent") -> "Spent":
        """Return the sum of both."""
        return Spent(self.wall + other.wall, self.cpu + other.cpu)


class Stopwatch:
    """Adds up the time spent inside its ``with`` blocks."""

    def __init__(self) -> None:
        self.spent: Spent = Spent()
        self._started = Spent()

    def __enter__(self) -> Self:
        self._started = Spent(time.perf_counter(), time.process_time())
        return self

    def __exit__(self, *_: object) -> None:
        now = Spent(time.perf_counter(), time.process_time())
        self.spent = self.spent.plus(Spent(now.wall - self._started.wall, now.cpu - self._started.cpu))


def median(spent: Sequence[Spent]) -> Spent:
    """Return the median of each."""
    return Spent(statistics.median(one.wall for one in spent), statistics.median(one.cpu for one in spent))


def peak_megabytes() -> float:
    """Return the most memory that this program had; what getrusage says is, after a fork, at least that of the parent."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024


_FINE: Final = "met"
_MISSED: Final = "missed"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of the report; ``at_least`` or ``at_most`` is what was wanted, if anything was."""

    what: str
    value: float
    unit: str
    at_least: float | None = None
    at_most: float | None = None

    def __str__(self) -> str:
        number = f"{self.value:,.0f}" if abs(self.value) >= 1_000 else f"{self.value:,.2f}"
        return f"  {self.what:<66} {number:>12} {self.unit:<10} {self._verdict()}".rstrip()

    def _verdict(self) -> str:
        if self.at_least is not None:
            return f"wanted at least {self.at_least:,g}: {_FINE if self.value >= self.at_least else _MISSED}"
        if self.at_most is not None:
            return f"wanted at most {self.at_most:,g}: {_FINE if self.value <= self.at_most else _MISSED}"
        return ""
