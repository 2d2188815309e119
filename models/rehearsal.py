"""A rehearsal: what the ledger would decide about a few records in this order, kept in memory and thrown away.

It asks the same rules as the booking (``models.decide``). What the ledger holds besides these records is not known
here: an id that was sent before is not seen as a duplicate, and an original that was booked before is not found.
"""

from collections import Counter
from typing import Literal, NamedTuple

from models.book import Book
from models.cells import LedgerCell
from models.decide import decide
from models.decoding import Undecodable, decode, same_content
from models.events.catalogue import Event
from models.outcomes import Accepted, Held, Rejected
from models.reasons import Violation
from models.registry import Registry

Disposition = Literal["accepted", "duplicate", "conflict", "rejected", "held"]


class Verdict(NamedTuple):
    """The decision about record ``number`` (from 1). ``first`` is the record that a duplicate or a conflict repeats."""

    number: int
    disposition: Disposition
    violations: tuple[Violation, ...] = ()
    flags: tuple[str, ...] = ()
    first: int | None = None
    event_id: str | None = None


class Rehearsal:
    """Records are decided one after the other; a held one is decided again as soon as what it waits for is accepted."""

    def __init__(self, registry: Registry, *, received_at: int) -> None:
        self._before = Book(registry.copy())
        self._received_at = received_at
        self._claimed: dict[tuple[str, str], tuple[int, bytes]] = {}
        self._waiting: dict[tuple[str, str], list[tuple[int, Event]]] = {}
        self.verdicts: dict[int, Verdict] = {}

    def take(self, number: int, value: bytes) -> None:
        """Decide one record; ``verdicts`` then holds the decision, and any that it released."""
        event = decode(value)
        if isinstance(event, Undecodable):
            self.verdicts[number] = Verdict(number, "rejected", event.violations, event_id=event.event_id)
            return
        earlier = self._claimed.get((event.source, event.id))
        if earlier is None:
            self._decide(number, event, value)
            return
        first, bytes_then = earlier
        disposition: Disposition = "duplicate" if same_content(bytes_then, value) else "conflict"
        self.verdicts[number] = Verdict(number, disposition, first=first, event_id=event.id)

    @property
    def cells(self) -> Counter[LedgerCell]:
        """The sums of all cells that accepted records posted to."""
        return self._before.sums

    def _decide(self, number: int, event: Event, value: bytes | None) -> None:
        outcome = decide(event, number=number, received_at=self._received_at, before=self._before, was_held=value is None)
        match outcome:
            case Rejected():
                self.verdicts[number] = Verdict(number, "rejected", tuple(outcome.violations), event_id=event.id)
                self._claimed.pop((event.source, event.id), None)
            case Held():
                self.verdicts[number] = Verdict(number, "held", event_id=event.id)
                self._waiting.setdefault((outcome.source, outcome.event_id), []).append((number, event))
            case Accepted():
                self.verdicts[number] = Verdict(number, "accepted", flags=tuple(outcome.flags), event_id=event.id)
                self._before.add(number, event, outcome)
        if value is not None and not isinstance(outcome, Rejected):
            self._claimed[event.source, event.id] = number, value
        if isinstance(outcome, Accepted):
            for waiting_number, waiting in self._waiting.pop((event.source, event.id), ()):
                self._decide(waiting_number, waiting, None)
