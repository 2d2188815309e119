"""What was booked before the event at hand: earlier bookings, and this booking so far.

Implements ``models.outcomes.BookedBefore`` for one booking.
"""

from collections.abc import Iterable, Sequence
from typing import cast

import msgspec
from msgspec import UNSET

from consumers.ledger.candidates import Candidate, event_of
from consumers.ledger.decision_log import DecisionLog
from consumers.ledger.earlier import Earlier, Name, StoredLink
from consumers.ledger.memory import LedgerMemory
from consumers.ledger.places import Place
from consumers.ledger.served import Served
from consumers.ledger.store import LedgerStore
from models import schema
from models.batches import BatchKey, Sums, batch_of
from models.cells import LedgerCell, Posting
from models.corrections import CHAIN_KINDS, Chain, ChainKind
from models.decoding import Undecodable
from models.events.catalogue import Event
from models.limits import limits_passed, watched_passed
from models.measures import DELIVERED
from models.naming import named_by
from models.outcomes import Booked, Link, Suspect
from models.reasons import FlagCode
from models.registry import Registry
from models.standing import Standing, Total
from models.stencils import Traced

_encode = msgspec.json.Encoder().encode


class BeforeThis:
    """The ledger up to the last decision, as rules see it."""

    def __init__(self, memory: LedgerMemory, store: LedgerStore, log: DecisionLog) -> None:
        self._memory = memory
        self._log = log
        self._earlier = Earlier(memory, store)
        self._numbers: dict[Name, int] = {}
        self._links: dict[int, list[StoredLink]] = {}
        self._roots: dict[int, int] = {}
        self._served = Served(store)
        self._touched_batches: dict[tuple[BatchKey, str, str], dict[int, int]] = {}

    @property
    def registry(self) -> Registry:
        """Return the code lists as they stand."""
        return self._memory.registry

    @property
    def standing(self) -> Standing:
        """Return the sums that flags compare an event with."""
        return self._memory.standing

    def expect(self, candidates: Iterable[Candidate]) -> None:
        """Read at once what the candidates name, and which of their recipients were served before."""
        # What fills a stencil names no other event and nobody by a token.
        events = [candidate.content for candidate in candidates if not isinstance(candidate.content, Undecodable | Traced)]
        self._earlier.read(name for name in map(named_by, events) if name is not None)
        self._served.look_up(events)

    def add(self, number: int, event: Event, postings: Sequence[tuple[int, int]], link: Link | None) -> None:
        """Note that the event was accepted in this booking."""
        self._numbers[event.source, event.id] = number
        cells = self._memory.cells
        for cell, delta in postings:
            for total in cells[cell - 1].totals:
                total.steps += delta
                total.postings += 1
        self._served.add(number, event)
        root = event
        if link is not None and link.root != number:
            self._links.setdefault(link.root, []).append(StoredLink(number, link.target, link.kind))
            if link.kind in CHAIN_KINDS:
                self._roots[number] = link.root
                root = self.event(link.root)
        if root.subject is not UNSET and postings:
            self._count_in_batch(root, number, postings)

    def limits(self, traced: Traced, place: Place, deltas: Sequence[int]) -> Sequence[FlagCode]:
        """Return which limits an event passes that posts ``deltas`` to a place."""
        watch, stencil = place.watch, traced.stencil
        if watch.needs_care or stencil.is_in_batch or not watch.programmes.isdisjoint(self._memory.standing.planned):
            return limits_passed(stencil.example, list(zip(place.numbers, deltas, strict=True)), self)
        return watched_passed(watch, deltas)

    def add_recalled(self, number: int, candidate: Candidate, place: Place, deltas: Sequence[int]) -> None:
        """Note that an event was accepted that posts ``deltas`` to a place."""
        self._numbers[candidate.name] = number
        for index, total in place.totals:
            total.steps += deltas[index]
            total.postings += 1
        traced = candidate.content
        if isinstance(traced, Traced) and traced.stencil.is_in_batch:
            self._count_in_batch(traced.stencil.example, number, list(zip(place.numbers, deltas, strict=True)))

    def find(self, source: str, event_id: str) -> Booked | None:
        """Return the accepted event with this id."""
        number = self._numbers.get((source, event_id))
        if number is not None:
            return Booked(number, self.event(number), self._roots.get(number, number))
        number = self._earlier.find((source, event_id))
        return None if number is None else Booked(number, self._earlier.event(number), self._earlier.root_of(number))

    def event(self, number: int) -> Event:
        """Return the event of an accepted decision. Raises IntegrityError if its bytes are gone."""
        return event_of(self._log.decision(number).candidate) if self._is_of_this(number) else self._earlier.event(number)

    def chain(self, root: int) -> Chain:
        """Return the event and what corrects or confirms it so far."""
        chain = Chain(root, self._postings_of(root), self)
        for link in self._links_of(root):
            if link.kind in CHAIN_KINDS:
                chain.replay(number=link.number, target=link.target, kind=cast("ChainKind", link.kind), postings=self._postings_of(link.number))
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

    def totals(self, number: int) -> tuple[Total, ...]:
        """Return the sums that a posting to the cell moves."""
        return self._memory.cells[number - 1].totals

    def measure(self, cell: int) -> str:
        """Return the measure of a cell."""
        return self.cell(cell).measure

    def shadow(self, cell: int, measure: str) -> int | None:
        """Return the cell that counts under ``measure`` what ``cell`` delivers."""
        delivered = self.cell(cell)
        return self._memory.state_of(delivered._replace(measure=measure)).number if delivered.measure in DELIVERED else None

    def batch(self, event: Event) -> Sums:
        """Return the sums of the batch that the event's subject names."""
        if event.subject is UNSET:
            return {}
        key = batch_of(event, simulated=event.partner in self.registry.simulated)
        return {} if key is None else self._memory.batches.of(key)

    def batch_named(self, key: BatchKey) -> Sums:
        """Return the sums of a batch."""
        return self._memory.batches.of(key)

    def served_before(self, event: Event) -> Sequence[Suspect]:
        """Return the events that gave something to the same recipients, other than as the next instalment of the same."""
        found = self._served.before(event)
        counting = {number: self.chain(number).counts for number in {suspect.number for suspect in found}}
        return [suspect for suspect in found if counting[suspect.number]]

    def write(self, store: LedgerStore, booking: int) -> None:
        """Write the recipients served and the batches changed."""
        store.insert(schema.tokens, self._served.rows)
        sums = self._memory.batches.sums
        rows = [((*key, measure, unit), store.exact(sums[key][measure, unit]), found) for (key, measure, unit), found in self._touched_batches.items()]
        store.replace(schema.batches, [(*key, steps, booking) for key, steps, _ in rows])
        store.insert(schema.batch_history, [(*key, booking, steps, _encode(list(found.items())).decode()) for key, steps, found in rows])

    def _count_in_batch(self, root: Event, number: int, postings: Sequence[tuple[int, int]]) -> None:
        key = batch_of(root, simulated=root.partner in self.registry.simulated)
        if key is None:
            return
        for measure, unit, delta in self._memory.batches.add(key, ((self.cell(cell), delta) for cell, delta in postings)):
            members = self._touched_batches.setdefault((key, measure, unit), {})
            members[number] = members.get(number, 0) + delta

    def _links_of(self, root: int) -> list[StoredLink]:
        earlier = [] if self._is_of_this(root) else self._earlier.links(root)
        return [*earlier, *self._links.get(root, ())]

    def _postings_of(self, number: int) -> dict[int, int]:
        return dict(self._log.decision(number).postings) if self._is_of_this(number) else self._earlier.postings(number)

    def _is_of_this(self, number: int) -> bool:
        return number >= self._log.first_number
