"""How a chaos run spreads its events and its faults: as quickly as faults can follow each other, or evenly over so many seconds."""

import time
from typing import Final, Protocol

_KEPT: Final = 0.02
_QUICKLY_KEPT: Final = 0.3
"""This share of the events is kept for faults that take their time, and sent little by little, so that none happens to an idle stack."""
_PORTIONS: Final = 500


class Pace(Protocol):
    """Says what may have happened by now."""

    @property
    def seconds(self) -> float:
        """About how long the run takes."""

    def share(self) -> float:
        """Return which share of the faults may have happened by now."""

    def due(self, *, events: int, sent: int, wanted: int) -> int:
        """Return how many of the events may be sent by now, when so many faults are still wanted."""


class Quick:
    """One fault after the other, each with its portion of the events."""

    seconds: Final = 60.0

    def __init__(self) -> None:
        self._total = 0
        self._trickled = 0

    def share(self) -> float:
        return 1.0

    def due(self, *, events: int, sent: int, wanted: int) -> int:  # noqa: ARG002  the other pace needs it
        if not wanted:
            return events
        self._total = max(self._total, wanted)
        kept = int(events * _QUICKLY_KEPT)
        self._trickled += max(1, kept // _PORTIONS)
        return min(events - 1, int((events - kept) * (1 - wanted / self._total)) + self._trickled)


class Steady:
    """Evenly over so many seconds, from the first question on."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._began = time.monotonic()

    def share(self) -> float:
        return min(1.0, (time.monotonic() - self._began) / self.seconds)

    def due(self, *, events: int, sent: int, wanted: int) -> int:
        share = self.share()
        if share < 1.0 or wanted:
            kept = max(1, int(events * _KEPT))
            steady = int((events - kept) * share)
            # What is late (a fault that did not happen yet) is accompanied by what was kept, little by little.
            return steady if share < 1.0 else min(events - 1, max(steady, sent + max(1, kept // _PORTIONS)))
        return events
