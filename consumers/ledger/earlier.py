"""What earlier bookings say of the events that this one names: read for a whole batch at once, and kept for it."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from consumers.ledger.headers import headers_from_text
from consumers.ledger.identity import identity_key
from consumers.ledger.memory import LedgerMemory
from consumers.ledger.store import LedgerStore, StoredDecision
from models.decoding import decode
from models.errors import IntegrityError
from models.events.catalogue import Event

_postings_decoder = msgspec.json.Decoder(list[tuple[int, int]])

Name = tuple[str, str]
"""Source and id of an event."""


class StoredLink(NamedTuple):
    """An accepted event that names another: its number, the decision it names, and in what way."""

    number: int
    target: int
    kind: str


class Earlier:
    """Accepted events of earlier bookings, by name and by number."""

    def __init__(self, memory: LedgerMemory, store: LedgerStore) -> None:
        self._memory = memory
        self._store = store
        self._accepted: dict[Name, int | None] = {}
        self._roots: dict[int, int] = {}
        self._links: dict[int, list[StoredLink]] = {}
        self._rows: dict[int, StoredDecision] = {}
        self._events: dict[int, Event] = {}

    def read(self, names: Iterable[Name]) -> None:
        """Read all that decisions about corrections of these events may need, in a handful of queries."""
        wanted = [name for name in dict.fromkeys(names) if name not in self._accepted]
        numbers = self._find(wanted)
        roots = self._store.roots(numbers)
        self._roots.update({number: roots.get(number, number) for number in numbers})
        self._read_chains({self._roots[number] for number in numbers} | set(numbers))

    def find(self, name: Name) -> int | None:
        """Return the decision that accepted the event, None if none did."""
        if name not in self._accepted:
            self.read([name])
        return self._accepted[name]

    def root_of(self, number: int) -> int:
        """Return the root of the chain that an accepted event is part of: its own number, unless it corrects another."""
        return self._roots[number]

    def links(self, root: int) -> Sequence[StoredLink]:
        """Return what names something in the chain of ``root``, in order."""
        if root not in self._links:
            self._read_chains([root])
        return self._links[root]

    def event(self, number: int) -> Event:
        """Return the event of an accepted decision. Raises IntegrityError if its bytes are gone."""
        event = self._events.get(number)
        if event is None:
            row = self._row(number)
            decoded = decode(row.raw, headers_from_text(row.headers))
            if not isinstance(decoded, Event):
                message = f"decision {number} was accepted, but its stored bytes are not an event"
                raise IntegrityError(message, hint="run `salur verify`, then rebuild the ledger from Kafka")
            event = self._events[number] = decoded
        return event

    def postings(self, number: int) -> dict[int, int]:
        """Return what a decision posted, by cell."""
        return dict(_postings_decoder.decode(self._row(number).postings))

    def _find(self, names: Sequence[Name]) -> list[int]:
        self._accepted.update(dict.fromkeys(names))
        found = self._memory.ids.candidates([identity_key(*name) for name in names])
        claims = self._store.claims(sorted({number for numbers in found.values() for number in numbers}))
        for claim in claims.values():
            name = (claim.source, claim.event_id)
            if claim.accepted is not None and name in self._accepted:
                self._accepted[name] = claim.accepted
        return [number for name in names if (number := self._accepted[name]) is not None]

    def _read_chains(self, roots: Iterable[int]) -> None:
        wanted = [root for root in roots if root not in self._links]
        self._links.update({root: [] for root in wanted})
        for root, number, target, kind in self._store.links(wanted):
            self._links[root].append(StoredLink(number, target, kind))
        members = {link.number for root in wanted for link in self._links[root]} | set(wanted)
        self._rows.update(self._store.decisions(members - self._rows.keys()))

    def _row(self, number: int) -> StoredDecision:
        if number not in self._rows:
            self._rows.update(self._store.decisions([number]))
        return self._rows[number]
