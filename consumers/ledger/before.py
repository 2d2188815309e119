"""What was booked before the event at hand: earlier bookings, and this booking so far.

Implements ``models.decide.BookedBefore`` for one booking.
"""

from collections.abc import Iterable, Sequence

from consumers.ledger.candidates import Candidate
from consumers.ledger.earlier import Earlier, Name, StoredLink
from consumers.ledger.memory import LedgerMemory
from consumers.ledger.store import LedgerStore
from models.cells import LedgerCell, Posting
from models.corrections import AMENDMENT, REVERSAL, Chain
from models.decide import Booked, Link, named_by
from models.decoding import Undecodable
from models.events.catalogue import Event
from models.registry import Registry


class BeforeThis:
    """The ledger up to the last decision, as rules see it."""

    def __init__(self, memory: LedgerMemory, store: LedgerStore) -> None:
        self._memory = memory
        self._earlier = Earlier(memory, store)
        self._events: dict[int, Event] = {}
        self._numbers: dict[Name, int] = {}
        self._postings: dict[int, Sequence[tuple[int, int]]] = {}
        self._links: dict[int, list[StoredLink]] = {}
        self._roots: dict[int, int] = {}

    @property
    def registry(self) -> Registry:
        """Return the code lists as they stand."""
        return self._memory.registry

    def expect(self, candidates: Iterable[Candidate]) -> None:
        """Read at once what the candidates name."""
        contents = (candidate.content for candidate in candidates)
        names = [named_by(content) for content in contents if not isinstance(content, Undecodable)]
        self._earlier.read(name for name in names if name is not None)

    def add(self, number: int, event: Event, postings: Sequence[tuple[int, int]], link: Link | None) -> None:
        """Note that the event was accepted in this booking."""
        self._events[number] = event
        self._numbers[event.source, event.id] = number
        self._postings[number] = postings
        for cell, delta in postings:
            state = self._memory.cells[cell - 1]
            if state.is_stock:
                self._memory.move_stock(state.cell, delta)
        if link is not None:
            self._links.setdefault(link.root, []).append(StoredLink(number, link.target, link.kind))
            if link.kind in (REVERSAL, AMENDMENT):
                self._roots[number] = link.root

    def find(self, source: str, event_id: str) -> Booked | None:
        """Return the accepted event with this id."""
        number = self._numbers.get((source, event_id))
        if number is not None:
            return Booked(number, self._events[number], self._roots.get(number, number))
        number = self._earlier.find((source, event_id))
        return None if number is None else Booked(number, self._earlier.event(number), self._earlier.root_of(number))

    def event(self, number: int) -> Event:
        """Return the event of an accepted decision. Raises IntegrityError if its bytes are gone."""
        return self._events.get(number) or self._earlier.event(number)

    def chain(self, root: int) -> Chain:
        """Return the event and its corrections so far."""
        chain = Chain(root, self._postings_of(root))
        for link in self._links_of(root):
            if link.kind in (REVERSAL, AMENDMENT):
                kind = REVERSAL if link.kind == REVERSAL else AMENDMENT
                chain.replay(number=link.number, target=link.target, kind=kind, postings=self._postings_of(link.number))
        return chain

    def linked(self, root: int, kind: str) -> list[int]:
        """Return the accepted events that name ``root`` in this way."""
        return [link.number for link in self._links_of(root) if link.kind == kind]

    def numbered(self, postings: Sequence[Posting]) -> list[tuple[int, int]]:
        """Return the postings by the numbers of their cells; a new cell gets the next number."""
        states = self._memory.states
        try:
            return [(states[cell].number, delta) for cell, delta in postings]
        except KeyError:
            return [(self._memory.state_of(cell).number, delta) for cell, delta in postings]

    def cell(self, number: int) -> LedgerCell:
        """Return the cell of a number."""
        return self._memory.cells[number - 1].cell

    def on_hand(self, cell: LedgerCell) -> int:
        """Return the stock of the cell's holder, item and measure over all lots."""
        return self._memory.on_hand(cell)

    def _links_of(self, root: int) -> list[StoredLink]:
        earlier = [] if root in self._events else self._earlier.links(root)
        return [*earlier, *self._links.get(root, ())]

    def _postings_of(self, number: int) -> dict[int, int]:
        return dict(self._postings[number]) if number in self._postings else self._earlier.postings(number)
