"""How far a worker is: what it says to those who watch it. A stall must be visible, so lag is measured here."""

import dataclasses
import time
from typing import Protocol


@dataclasses.dataclass(slots=True)
class PartitionProgress:
    """One entries partition; offsets are those of the entries topic, ``end_offset`` is -1 until it is known.

    ``short_since`` is when the topic was first told to end before the tables do (seconds since 1970), if it still is.
    """

    number: int = 0
    watermark_offset: int = 0
    end_offset: int = -1
    refolding: bool = False
    short_since: float | None = None

    @property
    def lag(self) -> int:
        """Return how many records are in the topic but not yet in the written tables."""
        return max(self.end_offset - self.watermark_offset, 0)


@dataclasses.dataclass(slots=True)
class Progress:
    """One worker; counters start at 0 with the process.

    ``turned_at`` is when the loop last turned (monotonic seconds), ``written_at`` when the tables were last written
    (seconds since 1970, 0 for never), ``stalled_seconds`` for how long input waits and nothing is done.
    """

    ready: bool = False
    records_applied: int = 0
    records_repeated: int = 0
    entries_applied: int = 0
    flushes: int = 0
    values_written: int = 0
    refolds: int = 0
    revocations: int = 0
    turned_at: float = dataclasses.field(default_factory=time.monotonic)
    written_at: float = 0.0
    stalled_seconds: float = 0.0
    partitions: dict[int, PartitionProgress] = dataclasses.field(default_factory=dict)

    @property
    def lag(self) -> int:
        """Return the records that this worker still has to put into its tables."""
        return sum(partition.lag for partition in self.partitions.values())


class TallyWatch(Protocol):
    """Somebody who is told what cannot be read from the progress."""

    def written(self, *, seconds: float, entries: int) -> None:
        """Take note that entries are in the tables now whose oldest event was received ``seconds`` ago."""

    def recovered(self, *, seconds: float) -> None:
        """Take note that a rebalance is over, tables are recovered and records flow."""


class NoTallyWatch:
    """Nobody watches."""

    def written(self, *, seconds: float, entries: int) -> None:
        """Do nothing."""

    def recovered(self, *, seconds: float) -> None:
        """Do nothing."""


class StallWatch:
    """Tells for how long there has been work to do and nothing was done."""

    def __init__(self) -> None:
        self._seen: object = None
        self._since_seconds = 0.0

    def stalled_seconds(self, *, done: object, behind: bool, now_seconds: float) -> float:
        """Return the seconds since ``done`` last changed or nothing was left to do."""
        if not behind or done != self._seen:
            self._seen = done
            self._since_seconds = now_seconds
        return now_seconds - self._since_seconds
