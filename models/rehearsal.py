"""A rehearsal: what the ledger would decide about a few records in this order, kept in memory and thrown away.

It asks the same rules as the booking (``models.decide``). What the ledger holds besides these records is not known
here: an id that was sent before is not seen as a duplicate, and an original that was booked before is not found.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Literal, NamedTuple, get_args

from models.cells import LedgerCell, Posting
from models.corrections import AMENDMENT, REVERSAL, Chain
from models.decide import Accepted, Booked, Held, Link, Rejected, decide
from models.decoding import Undecodable, decode, same_content
from models.events.catalogue import Event
from models.events.reference import ReferenceEvent
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
        self._before = _InMemory(registry.copy())
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
        outcome = decide(event, number=number, received_at=self._received_at, before=self._before)
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


class _InMemory:
    """Implements ``models.decide.BookedBefore``. Cells are numbered as they come."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.sums: Counter[LedgerCell] = Counter()
        self._cells: list[LedgerCell] = []
        self._numbers: dict[LedgerCell, int] = {}
        self._events: dict[int, Event] = {}
        self._by_id: dict[tuple[str, str], int] = {}
        self._postings: dict[int, dict[int, int]] = {}
        self._links: dict[int, Link] = {}

    def add(self, number: int, event: Event, accepted: Accepted) -> None:
        """Note an accepted event."""
        self._events[number] = event
        self._by_id[event.source, event.id] = number
        self._postings[number] = dict(accepted.postings)
        if accepted.link is not None:
            self._links[number] = accepted.link
        for cell, delta in accepted.postings:
            self.sums[self.cell(cell)] += delta
        if isinstance(event, get_args(ReferenceEvent)):
            self.registry.apply(event)

    def find(self, source: str, event_id: str) -> Booked | None:
        """Return the accepted event with this id."""
        number = self._by_id.get((source, event_id))
        if number is None:
            return None
        link = self._links.get(number)
        root = link.root if link is not None and link.kind in (REVERSAL, AMENDMENT) else number
        return Booked(number, self._events[number], root)

    def event(self, number: int) -> Event:
        """Return the event of an accepted record."""
        return self._events[number]

    def chain(self, root: int) -> Chain:
        """Return the event and its corrections so far."""
        chain = Chain(root, self._postings[root])
        for number, link in self._links.items():
            if link.root == root and link.kind in (REVERSAL, AMENDMENT):
                kind = REVERSAL if link.kind == REVERSAL else AMENDMENT
                chain.replay(number=number, target=link.target, kind=kind, postings=self._postings[number])
        return chain

    def linked(self, root: int, kind: str) -> Sequence[int]:
        """Return the accepted events that name ``root`` in this way."""
        return [number for number, link in self._links.items() if link.root == root and link.kind == kind]

    def numbered(self, postings: Sequence[Posting]) -> list[tuple[int, int]]:
        """Return the postings by the numbers of their cells; a new cell gets the next number."""
        return [(self._number_of(cell), delta) for cell, delta in postings]

    def _number_of(self, cell: LedgerCell) -> int:
        number = self._numbers.setdefault(cell, len(self._cells) + 1)
        if number > len(self._cells):
            self._cells.append(cell)
        return number

    def cell(self, number: int) -> LedgerCell:
        """Return the cell of a number."""
        return self._cells[number - 1]

    def on_hand(self, cell: LedgerCell) -> int:
        """Return the stock of the cell's holder, item and measure over all lots."""
        return sum(
            steps
            for other, steps in self.sums.items()
            if (other.table, other.holder, other.item, other.measure, other.simulated) == (cell.table, cell.holder, cell.item, cell.measure, cell.simulated)
        )
