"""Held events during one booking: what is put on hold, what became due, and how each was settled."""

import heapq
from collections.abc import Sequence
from typing import Any

from consumers.ledger.candidates import Candidate, SourceRecord, prepare
from consumers.ledger.headers import headers_from_text
from consumers.ledger.memory import LedgerMemory
from consumers.ledger.store import LedgerStore
from models import schema
from models.errors import IntegrityError
from models.events.catalogue import Event
from models.outcomes import Held


class Holding:
    """Held decisions, by number."""

    def __init__(self, memory: LedgerMemory, store: LedgerStore) -> None:
        self._memory = memory
        self._store = store
        self._due = sorted(memory.due)
        self._held_here: dict[int, tuple[Candidate, Held]] = {}
        self._settled: dict[int, tuple[int, str]] = {}

    def hold(self, number: int, candidate: Candidate, outcome: Held) -> None:
        """Put decision ``number`` on hold until its original is booked."""
        self._held_here[number] = (candidate, outcome)
        self._memory.waiting.setdefault((outcome.source, outcome.event_id), []).append(number)

    def became_booked(self, name: tuple[str, str]) -> None:
        """Make due what waits for this event."""
        if not self._memory.waiting:
            return
        for number in self._memory.waiting.pop(name, ()):
            heapq.heappush(self._due, number)

    def next_due(self) -> int | None:
        """Take the oldest held decision that can be decided again."""
        while self._due:
            number = heapq.heappop(self._due)
            if number not in self._settled:
                return number
        return None

    def is_settled(self, number: int) -> bool:
        """Tell whether this booking gave a held decision its second one."""
        return number in self._settled

    def load(self, number: int) -> tuple[Candidate, Event]:
        """Return what was held. Raises IntegrityError if its bytes are no longer an event."""
        if number in self._held_here:
            candidate = self._held_here[number][0]
        else:
            row = self._store.decisions([number])[number]
            headers = headers_from_text(row.headers)
            record = SourceRecord(row.topic, row.partition, row.offset, row.received_at, row.raw, headers)
            candidate = prepare(record)
        if not isinstance(candidate.content, Event):
            message = f"decision {number} was held, but its stored bytes are not an event"
            raise IntegrityError(message, hint="run `salur verify`, then rebuild the ledger from Kafka")
        return candidate, candidate.content

    def settle(self, number: int, *, second: int, outcome: str) -> None:
        """Note the second decision on a held one."""
        self._settled[number] = (second, outcome)

    def stop_waiting(self, number: int) -> None:
        """Forget that a given-up decision waits."""
        for key, numbers in list(self._memory.waiting.items()):
            if number in numbers:
                numbers.remove(number)
                if not numbers:
                    del self._memory.waiting[key]

    def write(self, store: LedgerStore) -> None:
        """Write what was held and settled, and remember what is still due."""
        rows: list[tuple[Any, ...]] = []
        for number, (_, outcome) in self._held_here.items():
            second, settled_as = self._settled.get(number, (None, None))
            rows.append((number, outcome.source, outcome.event_id, second, settled_as, False))
        store.insert(schema.held, rows)
        earlier: Sequence[tuple[Any, ...]] = [(*settled, number) for number, settled in self._settled.items() if number not in self._held_here]
        store.update(schema.held, key=["number"], columns=["second", "outcome"], rows=earlier)
        self._memory.due = {number for number in self._due if number not in self._settled}
