"""The ledger worker: polls, books, tells Kafka how far it is; and waits, without losing its place, while it cannot.

Any number of workers may run: the head of the ledger is taken by one at a time, and a worker that lost a partition
finds its positions moved, drops that partition and books the rest.
"""

import dataclasses
import random
import threading
import time
from collections.abc import Callable, Sequence
from typing import Final

import structlog

from consumers.ledger.ledger import Ledger, PartitionBatch, StaleBatch
from consumers.ledger.progress import LedgerProgress, LedgerWatch, NoLedgerWatch, arrivals_of
from consumers.ledger.source import Source
from models.bookings import BookingRecord
from models.crashpoints import CrashPoints
from models.errors import Unreachable

_BACK_OFF_SECONDS: Final = (0.1, 5.0)
_LOOK_SECONDS: Final = 5.0
"""So often an idle worker looks for held events that were given up, or that became due in a worker that is gone."""

log = structlog.get_logger()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class BatchLimits:
    """How large a booking may grow, and how long it may wait to grow."""

    max_events: int = 5_000
    linger_ms: int = 5
    idle_poll_ms: int = 200


class LedgerWorker:
    """One ledger worker's loop; ``stop`` ends it after the booking at hand."""

    def __init__(
        self,
        ledger: Ledger,
        source: Source,
        *,
        limits: BatchLimits,
        points: CrashPoints,
        on_booked: Callable[[BookingRecord], None],
        pause: Callable[[float], None] = time.sleep,
        watch: LedgerWatch | None = None,
    ) -> None:
        self.progress: Final = LedgerProgress()
        self._ledger = ledger
        self._source = source
        self._limits = limits
        self._points = points
        self._on_booked = on_booked
        self._pause = pause
        self._watch: LedgerWatch = watch or NoLedgerWatch()
        self._stopping = threading.Event()
        self._look_at = 0.0

    def stop(self) -> None:
        """End the loop soon."""
        self._stopping.set()

    def run(self) -> None:
        """Book until stopped."""
        while not self._stopping.is_set():
            self.step()

    def step(self) -> None:
        """Poll once and book what came in; now and then look for what others left to do even if nothing came in."""
        self.progress.turn()
        try:
            batches = self._collect()
        except Unreachable as error:
            self.progress.waits_for = str(error)
            log.warning("source_unreachable", reason=str(error))
            self._pause(_BACK_OFF_SECONDS[0])
            return
        if batches or self._ledger.has_due or time.monotonic() > self._look_at:
            self._look_at = time.monotonic() + _LOOK_SECONDS
            self._points.hit("after_poll")
            self._book(batches)

    def _collect(self) -> list[PartitionBatch]:
        """Poll until there are enough events, or waiting longer would only delay them."""
        batches = self._source.poll(0 if self._ledger.has_due else self._limits.idle_poll_ms)
        deadline = time.monotonic() + self._limits.linger_ms / 1000
        while batches and _size(batches) < self._limits.max_events and time.monotonic() < deadline:
            more = self._source.poll(1)
            if not more:
                break
            batches = _joined(batches, more)
        return batches

    def _book(self, batches: list[PartitionBatch]) -> None:
        waited = _BACK_OFF_SECONDS[0]
        while not self._stopping.is_set():
            self.progress.turn()
            try:
                record = self._make(batches)
            except StaleBatch as stale:
                log.info("booked_by_another", topic=stale.topic, partition=stale.partition)
                batches = [one for one in batches if (one.topic, one.partition) != (stale.topic, stale.partition)]
                self._source.rewind(stale.topic, stale.partition)
                if not batches:
                    return
            except Unreachable as error:
                self.progress.waits_for = str(error)
                log.warning("database_unreachable", reason=str(error), retry_seconds=round(waited, 1))
                self._source.keep_alive()
                self._pause(waited * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, not a secret
                waited = min(waited * 2, _BACK_OFF_SECONDS[1])
            else:
                self.progress.waits_for, self.progress.has_booked = "", True
                self._source.commit(batches)
                if record is not None:
                    self._on_booked(record)
                return

    def _make(self, batches: list[PartitionBatch]) -> BookingRecord | None:
        """Book, and tell those who watch."""
        self.progress.booking_since = began = self.progress.clock()
        try:
            record = self._ledger.book(batches)
        finally:
            self.progress.booking_since = None
        if record is not None:
            arrivals = arrivals_of((batch.topic, batch.candidates) for batch in batches)
            self._watch.booked(seconds=self.progress.clock() - began, arrivals=arrivals, partners=self._ledger.activity)
        return record


def _size(batches: Sequence[PartitionBatch]) -> int:
    return sum(len(batch.candidates) for batch in batches)


def _joined(batches: list[PartitionBatch], more: list[PartitionBatch]) -> list[PartitionBatch]:
    """Append later batches; consecutive ranges of one partition become one."""
    joined = {(batch.topic, batch.partition): batch for batch in batches}
    for batch in more:
        earlier = joined.get((batch.topic, batch.partition))
        # Others than the next offsets come when the partition was given away and back: what is read last starts at
        # the database's position, and what was read before may be booked already.
        if earlier is not None and earlier.next == batch.first:
            candidates = [*earlier.candidates, *batch.candidates]
            batch = dataclasses.replace(batch, first=earlier.first, candidates=candidates)  # noqa: PLW2901 - the joined one takes its place
        joined[batch.topic, batch.partition] = batch
    return list(joined.values())
