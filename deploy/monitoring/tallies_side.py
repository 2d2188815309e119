"""What a tallies' worker's process shows: how far its tables are, how long events take, and whether it stands still."""

from collections.abc import Iterator
from typing import Final

from deploy.monitoring.health import Health
from deploy.monitoring.instruments import Instruments, observe_many
from models import metrics
from models.metrics import Reading
from streams.progress import Progress

STALLED_SECONDS: Final = 20.0


class TallyHistograms:
    """Observes what cannot be read from the progress; implements ``TallyWatch``."""

    def __init__(self, instruments: Instruments) -> None:
        self._end_to_end = instruments.histogram(metrics.END_TO_END)
        self._recovery = instruments.histogram(metrics.RECOVERY)

    def written(self, *, seconds: float, entries: int) -> None:
        """Observe how long the entries of one record took."""
        observe_many(self._end_to_end, seconds, entries)

    def recovered(self, *, seconds: float) -> None:
        """Observe how long a rebalance took."""
        self._recovery.observe(seconds)


def tallies_health(progress: Progress) -> Health:
    """Return the health of a tallies' worker; one without partitions (there are more workers than those) is ready too."""

    def obstacles() -> Iterator[str]:
        if not progress.ready:
            yield "tables are being recovered" if progress.partitions or progress.revocations else "Kafka has not assigned partitions yet"
        if progress.stalled_seconds > STALLED_SECONDS:
            yield f"nothing was applied for {progress.stalled_seconds:.0f} s with {progress.lag} records to go"
        for partition, one in list(progress.partitions.items()):
            if one.refolding:
                yield f"partition {partition} is being counted anew"

    return Health(turned_at=lambda: progress.turned_at, obstacles=obstacles)


def read_progress(instruments: Instruments, progress: Progress) -> None:
    """Export what is read when somebody asks."""

    def readings() -> Iterator[Reading]:
        yield Reading(metrics.TALLY_RECORDS, ("applied",), progress.records_applied)
        yield Reading(metrics.TALLY_RECORDS, ("repeated",), progress.records_repeated)
        yield Reading(metrics.TALLY_ENTRIES, (), progress.entries_applied)
        yield Reading(metrics.TALLY_FLUSHES, (), progress.flushes)
        yield Reading(metrics.TALLY_REFOLDS, (), progress.refolds)
        yield Reading(metrics.REBALANCES, (), progress.revocations)
        yield Reading(metrics.STALLED, (), 1 if progress.stalled_seconds > STALLED_SECONDS else 0)
        yield Reading(metrics.STALLED_FOR, (), progress.stalled_seconds)
        if progress.written_at:
            yield Reading(metrics.TALLY_UPDATED, (), progress.written_at)
        for partition, one in sorted(progress.partitions.items()):
            yield Reading(metrics.TALLY_LAG, (str(partition),), one.lag)
            yield Reading(metrics.TALLY_WATERMARK, (str(partition),), one.number)

    instruments.read_at_scrape(readings)
