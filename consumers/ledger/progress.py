"""How far a ledger worker and its publisher are: what they say to those who watch them.

Only plain values, written by the one thread that works and read by others. Times are monotonic seconds.
"""

import dataclasses
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Final, Protocol

from consumers.ledger.candidates import Candidate, Content
from models.decoding import Undecodable
from models.entries import PartnerActivity
from models.stencils import Traced

INVALID: Final = "invalid"
"""Stands for the type of what cannot be read: the word that somebody sent is not a label."""

Arrivals = Counter[tuple[str, str]]
"""How many events came, by topic and type."""


@dataclasses.dataclass(slots=True)
class LedgerProgress:
    """One ledger worker.

    ``waits_for`` says in words what it waits for, empty while nothing is in its way; ``has_booked`` tells whether the
    database took, or could have taken, a booking.
    """

    clock: Callable[[], float] = time.monotonic
    turned_at: float = 0.0
    booking_since: float | None = None
    waits_for: str = ""
    has_booked: bool = False

    def __post_init__(self) -> None:
        """Begin now, not at the machine's start."""
        self.turned_at = self.clock()

    def turn(self) -> None:
        """Note that the loop turns."""
        self.turned_at = self.clock()

    def booking_seconds(self) -> float:
        """Return for how long the booking at hand has been in the making, 0 if there is none."""
        since = self.booking_since
        return 0.0 if since is None else self.clock() - since


@dataclasses.dataclass(slots=True)
class PublisherProgress:
    """One publisher: the last booking that it published, 0 for none, and what it waits for."""

    published: int = 0
    waits_for: str = ""


class LedgerWatch(Protocol):
    """Somebody who is told of every booking, after its commit."""

    def booked(self, *, seconds: float, arrivals: Arrivals, partners: Sequence[PartnerActivity]) -> None:
        """Take note of a booking that took ``seconds``."""


class NoLedgerWatch:
    """Nobody watches."""

    def booked(self, *, seconds: float, arrivals: Arrivals, partners: Sequence[PartnerActivity]) -> None:
        """Do nothing."""


def arrivals_of(batches: Iterable[tuple[str, Sequence[Candidate]]]) -> Arrivals:
    """Count events by topic and type."""
    found: Arrivals = Counter()
    for topic, candidates in batches:
        for content, count in Counter(_class_of(candidate.content) for candidate in candidates).items():
            found[topic, _type_of(content)] += count
    return found


def _class_of(content: Content) -> type:
    return (content.stencil.example if isinstance(content, Traced) else content).__class__


def _type_of(content: type) -> str:
    if content is Undecodable:
        return INVALID
    tag = content.__struct_config__.tag  # type: ignore[attr-defined]  # of every msgspec struct
    return str(tag)
