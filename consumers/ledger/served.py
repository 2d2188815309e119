"""Recipients served during one booking and before it, known by the hashes of their tokens alone."""

from collections.abc import Iterable, Sequence
from typing import Any

from consumers.ledger.store import LedgerStore
from models.events.catalogue import Event
from models.outcomes import Suspect
from models.recipients import Given, TokenHash, given_by, is_suspicious, token_hashes


class Served:
    """Which accepted deliveries gave something to which tokens. Costs nothing for events without tokens."""

    def __init__(self, store: LedgerStore) -> None:
        self._store = store
        self._given: dict[TokenHash, list[tuple[int, Given]]] = {}
        self._read: set[TokenHash] = set()
        self.rows: list[tuple[Any, ...]] = []

    def look_up(self, events: Iterable[Event]) -> None:
        """Read at once what earlier bookings gave to the recipients of these events."""
        wanted = list(dict.fromkeys(token for event in events for token in token_hashes(event) if token not in self._read))
        self._read.update(wanted)
        for token, number, given in self._store.served(wanted):
            self._given.setdefault(token, []).append((number, given))

    def before(self, event: Event) -> Sequence[Suspect]:
        """Return the earlier deliveries that one of the event's recipients should not have had beside it."""
        self.look_up([event])
        given = given_by(event)
        return [
            Suspect(number, token) for token in token_hashes(event) for number, earlier in sorted(self._given.get(token, ())) if is_suspicious(earlier, given)
        ]

    def add(self, number: int, event: Event) -> None:
        """Note an accepted event."""
        tokens = token_hashes(event)
        if tokens:
            given = given_by(event)
            for token in tokens:
                self._given.setdefault(token, []).append((number, given))
                self.rows.append((token, number, *given))
