"""What a decision can be, and what it may ask of the ledger: accepted, rejected or held, on top of what was booked before."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import msgspec

from models.batches import BatchKey
from models.cells import LedgerCell, Posting
from models.corrections import Chain
from models.events.catalogue import Event
from models.reasons import Violation
from models.registry import Registry
from models.standing import Standing, Total


class Link(msgspec.Struct, frozen=True):
    """What an accepted event names: the decision itself, the root of its chain, and in what way."""

    root: int
    target: int
    kind: str


class Suspect(NamedTuple):
    """An earlier event that gave something to the same recipient token (its SHA-256)."""

    number: int
    token: bytes


class Accepted(msgspec.Struct, frozen=True):
    """The event counts: pairs of cell number and increment, flags, what it names, and whom it may have served twice."""

    postings: Sequence[tuple[int, int]]
    flags: Sequence[str]
    link: Link | None = None
    suspects: Sequence[Suspect] = ()


class Rejected(msgspec.Struct, frozen=True):
    """The event does not count, for every reason given."""

    violations: Sequence[Violation]


class Held(msgspec.Struct, frozen=True):
    """The event names one that is not booked yet, by source and id."""

    source: str
    event_id: str


Outcome = Accepted | Rejected | Held


class Judged(NamedTuple):
    """What the rules say of an event by itself: it is broken, or it posts these and raises these flags."""

    violations: Sequence[Violation]
    postings: Sequence[Posting]
    flags: Sequence[str]


class Booked(msgspec.Struct, frozen=True):
    """An accepted event: its decision number, itself, and the root of the chain that it is part of (its own number if none)."""

    number: int
    event: Event
    root: int


class BookedBefore(Protocol):
    """What was booked before the event at hand. Cells are known by number."""

    @property
    def registry(self) -> Registry:
        """Return the code lists as they stand."""

    @property
    def standing(self) -> Standing:
        """Return the sums that flags compare an event with."""

    def find(self, source: str, event_id: str) -> Booked | None:
        """Return the accepted event with this id."""

    def event(self, number: int) -> Event:
        """Return the event of an accepted decision."""

    def chain(self, root: int) -> Chain:
        """Return the event and what corrects or confirms it so far."""

    def linked(self, root: int, kind: str) -> Sequence[int]:
        """Return the accepted events that name ``root`` in this way."""

    def numbered(self, postings: Sequence[Posting]) -> list[tuple[int, int]]:
        """Return the postings by the numbers of their cells; a new cell gets the next number."""

    def cell(self, number: int) -> LedgerCell:
        """Return the cell of a number."""

    def totals(self, number: int) -> tuple[Total, ...]:
        """Return the sums of ``standing`` that a posting to the cell moves."""

    def batch(self, event: Event) -> dict[tuple[str, str], int]:
        """Return the sums per measure and unit of the batch that the event's subject names, empty if it names none."""

    def batch_named(self, key: BatchKey) -> dict[tuple[str, str], int]:
        """Return the sums of a batch, empty for one that nothing is known of."""

    def served_before(self, event: Event) -> Sequence[Suspect]:
        """Return the events that gave something to the same recipients, other than as the next instalment of the same."""
