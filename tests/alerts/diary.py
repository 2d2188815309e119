"""What a run of alerts did and saw, minute by minute; printed as it happens, and kept for the page that shows it."""

import dataclasses
import time
from collections.abc import Callable, Iterable
from typing import Final

Say = Callable[[str], None]


@dataclasses.dataclass
class Seen:
    """An alert that a condition brought about: when it was caused, fired and cleared."""

    caused_at: float
    fired_at: float | None = None
    cleared_at: float | None = None

    @property
    def fired_seconds(self) -> float | None:
        """Return how long after its cause it fired."""
        return None if self.fired_at is None else self.fired_at - self.caused_at

    @property
    def cleared_seconds(self) -> float | None:
        """Return how long after it fired it cleared."""
        return None if self.fired_at is None or self.cleared_at is None else self.cleared_at - self.fired_at


class Diary:
    """Lines with their time since the beginning; and of each alert and condition what was seen."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._began: Final = time.monotonic()
        self.lines: list[str] = []
        self.seen: dict[tuple[str, str], Seen] = {}
        self._condition: dict[str, str] = {}

    @property
    def elapsed_seconds(self) -> float:
        """Return for how long the run has gone on."""
        return time.monotonic() - self._began

    def note(self, line: str) -> None:
        """Write down what is done or seen."""
        minutes, seconds = divmod(int(self.elapsed_seconds), 60)
        stamped = f"{minutes:02}:{seconds:02}  {line}"
        self.lines.append(stamped)
        self._say(stamped)

    def begin(self, step: str, alerts: Iterable[str]) -> None:
        """Write down that a condition is about to be caused, and which alerts it should bring about."""
        for alert in alerts:
            self._condition[alert] = step
            self.seen[alert, step] = Seen(caused_at=time.monotonic())
        self.note(step)

    def note_fired(self, alert: str) -> None:
        """Write down that an alert fires, so long after its condition was caused."""
        seen = self._of(alert)
        seen.fired_at = time.monotonic()
        self.note(f"  {alert} FIRES after {seen.fired_seconds:.0f} s")

    def note_cleared(self, alert: str) -> None:
        """Write down that an alert is over, so long after it fired."""
        seen = self._of(alert)
        assert seen.fired_at is not None, f"{alert} never fired"
        seen.cleared_at = time.monotonic()
        self.note(f"  {alert} is over after {seen.cleared_seconds:.0f} s")

    def _of(self, alert: str) -> Seen:
        return self.seen[alert, self._condition[alert]]
