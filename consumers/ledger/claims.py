"""Claims on ids during one booking: those of earlier bookings, and those that this one makes."""

from collections.abc import Sequence
from typing import NamedTuple

from consumers.ledger.candidates import Candidate
from consumers.ledger.headers import headers_from_text
from consumers.ledger.memory import LedgerMemory
from consumers.ledger.store import LedgerStore, StoredDecision
from models.cells import made
from models.decoding import same_content


class Known(NamedTuple):
    """A claim: the decision that made it, the hash of its bytes, and the candidate if it was made in this booking."""

    number: int
    sha256: bytes
    candidate: Candidate | None


class Claims:
    """Answers whether an id is taken, and whether the same content took it."""

    def __init__(self, memory: LedgerMemory, store: LedgerStore) -> None:
        self._memory = memory
        self._store = store
        self._known: dict[tuple[str, str], Known] = {}
        self._rows: dict[int, StoredDecision] = {}

    def look_up(self, candidates: Sequence[Candidate]) -> None:
        """Find, for a whole batch at once, the ids that earlier bookings claimed."""
        found = self._memory.ids.candidates([candidate.identity for candidate in candidates])
        numbers = sorted({number for numbers in found.values() for number in numbers})
        claims = self._store.claims(numbers)
        changed: set[int] = set()
        for position, possible in found.items():
            name = candidates[position].name
            for claim in (claims[number] for number in possible if number in claims):
                if (claim.source, claim.event_id) == name:
                    self._known[name] = Known(claim.number, claim.sha256, None)
                    if claim.sha256 != candidates[position].sha256:
                        changed.add(claim.number)
        self._rows.update(self._store.decisions(changed))

    def get(self, name: tuple[str, str]) -> Known | None:
        """Return the claim on an id, given with its source."""
        return self._known.get(name)

    def claim(self, candidate: Candidate, number: int) -> None:
        """Note that decision ``number`` takes the candidate's id."""
        self._known[candidate.name] = made(Known, (number, candidate.sha256, candidate))
        self._memory.ids.add(candidate.identity, number)

    def is_same_event(self, candidate: Candidate, known: Known) -> bool:
        """Tell whether the candidate says what the claiming event says, in whatever form."""
        record = candidate.record
        if known.sha256 == candidate.sha256 and not record.headers:
            return True
        if known.candidate is not None:
            first = known.candidate.record
            return same_content(first.value or b"", record.value or b"", a_headers=first.headers, b_headers=record.headers)
        if known.number not in self._rows:
            self._rows.update(self._store.decisions([known.number]))
        row = self._rows[known.number]
        return same_content(row.raw or b"", record.value or b"", a_headers=headers_from_text(row.headers), b_headers=record.headers)
