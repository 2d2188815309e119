"""Batches of payments: what was declared for each, and how far it has come. A payment names its batch by its subject."""

from collections.abc import Iterable
from typing import Final, NamedTuple, get_args

from msgspec import UNSET

from models.cells import LedgerCell
from models.events.catalogue import Event, MoneyEvent
from models.measures import DECLARED, PAID, PAYMENT_STAGES, UNDELIVERED

BATCH_PREFIX: Final = "batch/"

_MONEY: Final = get_args(MoneyEvent)
_STAGES: Final = frozenset((*PAYMENT_STAGES, UNDELIVERED, DECLARED, PAID))


class BatchKey(NamedTuple):
    """One batch: its name is the payers' own, so it is told apart by programme and destination too."""

    batch: str
    programme: str
    destination: str
    simulated: bool


Sums = dict[tuple[str, str], int]
"""(measure, unit) → steps."""


def batch_of(event: Event, *, simulated: bool) -> BatchKey | None:
    """Return the batch that a payment belongs to."""
    subject = event.subject
    if subject is UNSET or not subject.startswith(BATCH_PREFIX) or not isinstance(event, _MONEY):
        return None
    return BatchKey(subject, event.data.programme, event.data.country, simulated)


class Batches:
    """The sums of every batch."""

    def __init__(self) -> None:
        self.sums: dict[BatchKey, Sums] = {}

    def of(self, key: BatchKey) -> Sums:
        """Return the sums of a batch; empty for one that nothing is known of."""
        return self.sums.get(key, {})

    def add(self, key: BatchKey, postings: Iterable[tuple[LedgerCell, int]]) -> list[tuple[str, str, int]]:
        """Count what a payment of the batch posted and return the measures and units that changed, with each increment."""
        sums = self.sums.setdefault(key, {})
        changed = []
        for cell, delta in postings:
            if cell.measure in _STAGES:
                kind = cell.measure, cell.unit
                sums[kind] = sums.get(kind, 0) + delta
                changed.append((*kind, delta))
        return changed
