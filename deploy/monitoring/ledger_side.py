"""What a ledger worker's process shows: counters of its bookings, and what stands in the way of more."""

from collections.abc import Iterator, Sequence
from typing import Final

from consumers.ledger.progress import Arrivals, LedgerProgress, PublisherProgress
from consumers.ledger.source import Source
from deploy.monitoring.health import Health
from deploy.monitoring.instruments import Instruments
from models import metrics
from models.entries import PartnerActivity
from models.metrics import Reading

SLOW_BOOKING_SECONDS: Final = 15.0
"""A booking takes less than a second; one that takes so long waits for the database's lock."""
_DISPOSITIONS: Final = ("accepted", "duplicate", "conflict", "rejected", "held")


class LedgerCounters:
    """Counts bookings; implements ``LedgerWatch``."""

    def __init__(self, instruments: Instruments) -> None:
        self._received = instruments.counter(metrics.EVENTS_RECEIVED)
        self._dispositions = instruments.counter(metrics.DISPOSITIONS)
        self._bookings = instruments.counter(metrics.BOOKINGS)
        self._commit = instruments.histogram(metrics.COMMIT)

    def booked(self, *, seconds: float, arrivals: Arrivals, partners: Sequence[PartnerActivity]) -> None:
        """Count one booking."""
        self._bookings.inc()
        self._commit.observe(seconds)
        for (topic, event_type), count in arrivals.items():
            self._received.labels(topic, event_type).inc(count)
        for activity in partners:
            for disposition in _DISPOSITIONS:
                # A held event that was decided leaves "held", which is a change of a sum and no decision.
                if (count := activity.counts.get(disposition, 0)) > 0:
                    self._dispositions.labels(disposition, activity.partner).inc(count)


def ledger_health(progress: LedgerProgress, publisher: PublisherProgress, source: Source) -> Health:
    """Return the health of a ledger worker."""

    def turned_at() -> float:
        # A booking that waits for the database's lock is no hanging loop, and starting again would not help.
        return progress.clock() if progress.booking_since is not None else progress.turned_at

    def obstacles() -> Iterator[str]:
        if progress.waits_for:
            yield progress.waits_for
        if (seconds := progress.booking_seconds()) > SLOW_BOOKING_SECONDS:
            yield f"the database has not taken a booking for {seconds:.0f} s"
        if not source.is_assigned:
            yield "Kafka has not assigned partitions yet"
        elif not source.is_heard:
            yield "Kafka does not answer"
        elif not progress.has_booked:
            yield "the ledger has not been opened yet"
        if publisher.waits_for:
            yield f"the publisher waits: {publisher.waits_for}"
        for problem in list(source.halted.values()):
            yield f"halted: {problem}"

    return Health(turned_at=turned_at, obstacles=obstacles)


def read_ledger(instruments: Instruments, publisher: PublisherProgress, source: Source) -> None:
    """Export what is read when somebody asks."""
    instruments.read_at_scrape(
        lambda: (
            Reading(metrics.HALTED, (), len(source.halted)),
            Reading(metrics.PUBLISHED, (), publisher.published),
            Reading(metrics.PUBLISHER_WAITS, (), 1 if publisher.waits_for else 0),
        )
    )
