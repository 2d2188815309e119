"""How far a worker is: what it says to those who watch it. A stall must be visible, so lag is measured here."""

import dataclasses


@dataclasses.dataclass(slots=True)
class PartitionProgress:
    """One entries partition; offsets are those of the entries topic, ``end_offset`` is -1 until it is known."""

    number: int = 0
    watermark_offset: int = 0
    end_offset: int = -1
    refolding: bool = False

    @property
    def lag(self) -> int:
        """Return how many records are in the topic but not yet in the written tables."""
        return max(self.end_offset - self.watermark_offset, 0)


@dataclasses.dataclass(slots=True)
class Progress:
    """One worker; counters start at 0 with the process."""

    ready: bool = False
    records_applied: int = 0
    records_repeated: int = 0
    entries_applied: int = 0
    flushes: int = 0
    values_written: int = 0
    refolds: int = 0
    revocations: int = 0
    partitions: dict[int, PartitionProgress] = dataclasses.field(default_factory=dict)

    @property
    def lag(self) -> int:
        """Return the records that this worker still has to put into its tables."""
        return sum(partition.lag for partition in self.partitions.values())


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
