"""What a run of alerts did and saw, minute by minute; printed as it happens, and kept for the page that shows it."""

import time
from collections.abc import Callable
from typing import Final

Say = Callable[[str], None]


class Diary:
    """Lines with their time since the beginning; and of each alert, after how long it fired and cleared."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._began: Final = time.monotonic()
        self.lines: list[str] = []
        self.fired: dict[str, float] = {}
        self.cleared: dict[str, float] = {}
        self._step_began = self._began
        self._fired_at: dict[str, float] = {}

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

    def begin(self, step: str) -> None:
        """Write down that a condition is about to be caused."""
        self._step_began = time.monotonic()
        self.note(step)

    def note_fired(self, alert: str) -> None:
        """Write down that an alert fires, so long after its step began."""
        self._fired_at[alert] = time.monotonic()
        seconds = self.fired[alert] = time.monotonic() - self._step_began
        self.note(f"  {alert} FIRES after {seconds:.0f} s")

    def note_cleared(self, alert: str) -> None:
        """Write down that an alert is over, so long after it fired."""
        seconds = self.cleared[alert] = time.monotonic() - self._fired_at[alert]
        self.note(f"  {alert} is over after {seconds:.0f} s")
