"""What was booked before the event at hand: earlier bookings from the database, and this booking so far.

Implements ``models.decide.BookedBefore`` for one booking.
"""

from collections.abc import Sequence

import msgspec

from models.cells import LedgerCell
from models.corrections import AMENDMENT, REVERSAL, Chain
from models.decide import Booked, Link
from models.decoding import decode
from models.errors import IntegrityError
from models.events.catalogue import Event
from models.registry import Registry

from consumers.ledger.headers import headers_from_text
from consumers.ledger.identity import identity_key
from consumers.ledger.memory import LedgerMemory
from consumers.ledger.store import LedgerStore

_postings_decoder = msgspec.json.Decoder(list[tuple[int, int]])


class BeforeThis:
    """The ledger up to the last decision, as rules see it."""

    def __init__(self, memory: LedgerMemory, store: LedgerStore) -> None:
        self._memory = memory
        self._store = store
        self._events: dict[int, Event] = {}
        self._numbers: dict[tuple[str, str], int] = {}
        self._postings: dict[int, Sequence[tuple[int, int]]] = {}
        self._links: dict[int, list[tuple[int, Link]]] = {}
        self._roots: dict[int, int] = {}

    @property
    def registry(self) -> Registry:
        """Return the code lists as they stand."""
        return self._memory.registry

    def add(
        self,
        number: int,
        event: Event,
        postings: Sequence[tuple[int, int]],
        link: Link | None,
    ) -> None:
        """Note that the event was accepted in this booking."""
        self._events[number] = event
        self._numbers[event.source, event.id] = number
        self._postings[number] = postings
        if link is not None:
            self._links.setdefault(link.root, []).append((number, link))
            if link.kind in (REVERSAL, AMENDMENT):
                self._roots[number] = link.root

    def find(self, source: str, event_id: str) -> Booked | None:
        """Return the accepted event with this id."""
        number = self._numbers.get((source, event_id))
        if number is not None:
            return Booked(number, self._events[number], self._roots.get(number, number))
        candidates = self._memory.ids.candidates([identity_key(source, event_id)]).get(0, [])
        for claim in self._store.claims(candidates).values():
            if (claim.source, claim.event_id) == (
                source,
                event_id,
            ) and claim.accepted is not None:
                return Booked(
                    claim.accepted,
                    self.event(claim.accepted),
                    self._store.root_of(claim.accepted) or claim.accepted,
                )
        return None

    def event(self, number: int) -> Event:
        """Return the event of an accepted decision. Raises IntegrityError if its bytes are gone."""
        staged = self._events.get(number)
        if staged is not None:
            return staged
        row = self._store.decisions([number]).get(number)
        event = decode(row.raw, headers_from_text(row.headers)) if row is not None else None
        if event is None or not isinstance(event, Event):
            message = f"decision {number} was accepted, but its stored bytes are not an event"
            raise IntegrityError(message, hint="run `salur verify`, then rebuild the ledger from Kafka")
        return event

    def chain(self, root: int) -> Chain:
        """Return the event and its corrections so far."""
        corrections = [(number, Link(root, target, kind)) for number, target, kind in self._store.links(root)]
        corrections = [*corrections, *self._links.get(root, ())]
        corrections = [(number, link) for number, link in corrections if link.kind in (REVERSAL, AMENDMENT)]
        postings = self._postings_of([root, *(number for number, _ in corrections)])
        chain = Chain(root, postings[root])
        for number, link in corrections:
            kind = REVERSAL if link.kind == REVERSAL else AMENDMENT
            chain.replay(number=number, target=link.target, kind=kind, postings=postings[number])
        return chain

    def linked(self, root: int, kind: str) -> list[int]:
        """Return the accepted events that name ``root`` in this way."""
        booked = [number for number, _, link_kind in self._store.links(root) if link_kind == kind]
        return booked + [number for number, link in self._links.get(root, ()) if link.kind == kind]

    def number_of(self, cell: LedgerCell) -> int:
        """Return the number of a cell, giving it one if it is new."""
        return self._memory.state_of(cell).number

    def cell(self, number: int) -> LedgerCell:
        """Return the cell of a number."""
        return self._memory.cells[number - 1].cell

    def on_hand(self, cell: LedgerCell) -> int:
        """Return the stock of the cell's holder, item and measure over all lots."""
        return self._memory.on_hand(cell)

    def _postings_of(self, numbers: Sequence[int]) -> dict[int, dict[int, int]]:
        stored = self._store.decisions([number for number in numbers if number not in self._postings])
        return {number: dict(self._postings[number] if number in self._postings else _postings_decoder.decode(stored[number].postings)) for number in numbers}
