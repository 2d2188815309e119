"""A book in memory: accepted events with what they posted, for rehearsals and for anything else that decides without a database.

Implements ``models.outcomes.BookedBefore``. Nothing is ever forgotten, so it is for thousands of events, not millions.
"""

from collections import Counter
from collections.abc import Sequence
from typing import cast

from models.batches import Batches, BatchKey, Sums, batch_of
from models.cells import LedgerCell, Posting
from models.corrections import CHAIN_KINDS, Chain, ChainKind
from models.events.catalogue import Event
from models.measures import DELIVERED
from models.naming import Registration
from models.outcomes import Accepted, Booked, Link, Suspect
from models.recipients import TokenHash, given_by, is_suspicious, token_hashes
from models.registry import Registry
from models.standing import Standing, Total


class Book:
    """Accepted events by number. Cells are numbered as they come."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.standing = Standing()
        self.sums: Counter[LedgerCell] = Counter()
        self._batches = Batches()
        self._cells: list[LedgerCell] = []
        self._totals: list[tuple[Total, ...]] = []
        self._numbers: dict[LedgerCell, int] = {}
        self._events: dict[int, Event] = {}
        self._by_id: dict[tuple[str, str], int] = {}
        self._postings: dict[int, dict[int, int]] = {}
        self._links: dict[int, Link] = {}
        self._served: dict[TokenHash, list[int]] = {}

    def add(self, number: int, event: Event, accepted: Accepted) -> None:
        """Note an accepted event."""
        self._events[number] = event
        self._by_id[event.source, event.id] = number
        self._postings[number] = dict(accepted.postings)
        link = accepted.link
        if link is not None and link.root != number:
            self._links[number] = link
        for cell, delta in accepted.postings:
            self.sums[self.cell(cell)] += delta
            for total in self._totals[cell - 1]:
                total.steps += delta
                total.postings += 1
        for token in token_hashes(event):
            self._served.setdefault(token, []).append(number)
        root = self._events[link.root] if link is not None and link.kind in CHAIN_KINDS else event
        batch = batch_of(root, simulated=root.partner in self.registry.simulated)
        if batch is not None:
            self._batches.add(batch, [(self.cell(cell), delta) for cell, delta in accepted.postings])
        if isinstance(event, Registration):
            self.registry.apply(event)

    @property
    def cells(self) -> Sequence[LedgerCell]:
        """The cells that anything was posted to, in the order of their numbers."""
        return self._cells

    def find(self, source: str, event_id: str) -> Booked | None:
        """Return the accepted event with this id."""
        number = self._by_id.get((source, event_id))
        if number is None:
            return None
        link = self._links.get(number)
        root = link.root if link is not None and link.kind in CHAIN_KINDS else number
        return Booked(number, self._events[number], root)

    def event(self, number: int) -> Event:
        """Return the event of an accepted record."""
        return self._events[number]

    def chain(self, root: int) -> Chain:
        """Return the event and what corrects or confirms it so far."""
        chain = Chain(root, self._postings[root], self)
        for number, link in self._links.items():
            if link.root == root and link.kind in CHAIN_KINDS:
                chain.replay(number=number, target=link.target, kind=cast("ChainKind", link.kind), postings=self._postings[number])
        return chain

    def linked(self, root: int, kind: str) -> Sequence[int]:
        """Return the accepted events that name ``root`` in this way."""
        return [number for number, link in self._links.items() if link.root == root and link.kind == kind]

    def numbered(self, postings: Sequence[Posting]) -> list[tuple[int, int]]:
        """Return the postings by the numbers of their cells; a new cell gets the next number."""
        return [(self._number_of(cell), delta) for cell, delta in postings]

    def cell(self, number: int) -> LedgerCell:
        """Return the cell of a number."""
        return self._cells[number - 1]

    def totals(self, number: int) -> tuple[Total, ...]:
        """Return the sums that a posting to the cell moves."""
        return self._totals[number - 1]

    def measure(self, cell: int) -> str:
        """Return the measure of a cell."""
        return self.cell(cell).measure

    def shadow(self, cell: int, measure: str) -> int | None:
        """Return the cell that counts under ``measure`` what ``cell`` delivers."""
        delivered = self.cell(cell)
        return self._number_of(delivered._replace(measure=measure)) if delivered.measure in DELIVERED else None

    def batch(self, event: Event) -> Sums:
        """Return the sums of the batch that the event's subject names."""
        key = batch_of(event, simulated=event.partner in self.registry.simulated)
        return {} if key is None else self._batches.of(key)

    def batch_named(self, key: BatchKey) -> Sums:
        """Return the sums of a batch."""
        return self._batches.of(key)

    def served_before(self, event: Event) -> Sequence[Suspect]:
        """Return the events that gave something to the same recipients, other than as the next instalment of the same."""
        given = given_by(event)
        return [
            Suspect(number, token)
            for token in token_hashes(event)
            for number in self._served.get(token, ())
            if is_suspicious(given_by(self._events[number]), given) and self.chain(number).counts
        ]

    def _number_of(self, cell: LedgerCell) -> int:
        number = self._numbers.setdefault(cell, len(self._cells) + 1)
        if number > len(self._cells):
            self._cells.append(cell)
            self._totals.append(self.standing.totals(cell))
        return number
