"""The decisions of one booking: their rows, and their leaves in the Merkle log."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import msgspec

from consumers.ledger.candidates import Candidate
from consumers.ledger.headers import headers_to_text
from consumers.ledger.memory import LedgerMemory
from consumers.ledger.store import LedgerStore
from models import leaf, schema
from models.decoding import Undecodable
from models.events.catalogue import Event
from models.leaf import Leaf
from models.reasons import Violation
from models.rules.identity import raw_may_hold_identity
from models.rules.personal_numbers import holds_nik
from models.topics import MAX_RECORD_BYTES

_encode = msgspec.json.Encoder().encode
_NONE: Final = "[]"
_CLAIMING: Final = frozenset({"accepted", "held"})
_SETTLING: Final = frozenset({"accepted", "rejected"})
_PERSONAL: Final = "rjct.personal_data"
_MAX_KEPT_BYTES: Final = MAX_RECORD_BYTES * 3 // 4
"""What is longer is no event, and might not fit into the rejected topic when it compresses worse than it did on its way in."""


class Decision(NamedTuple):
    """One decision on a candidate. ``first`` is the held decision that it settles, or the one whose id it repeats."""

    candidate: Candidate
    disposition: str
    partner: str
    reasons: Sequence[Violation] = ()
    flags: Sequence[str] = ()
    postings: Sequence[tuple[int, int]] = ()
    first: int | None = None

    @property
    def is_second(self) -> bool:
        """Tell whether it settles a held one."""
        return self.first is not None and self.disposition in _SETTLING


class DecisionLog:
    """The decisions of one booking, in order. Rows and leaves are made when all are there.

    One step for a whole batch keeps the processor in one place and takes half the time of going through every step
    for every event; the same goes for everything else that a booking writes.
    """

    def __init__(self, memory: LedgerMemory, *, booking: int) -> None:
        self._frontier = memory.frontier
        self._booking = booking
        self.first_number = memory.size + 1
        self.decisions: list[Decision] = []

    def __len__(self) -> int:
        return len(self.decisions)

    @property
    def next_number(self) -> int:
        """The number that the next decision will have."""
        return self.first_number + len(self.decisions)

    def append(self, decision: Decision) -> int:
        """Add one decision and return its number."""
        self.decisions.append(decision)
        return self.first_number + len(self.decisions) - 1

    def write(self, store: LedgerStore) -> None:
        """Insert the rows, and add the leaves to the Merkle log in memory."""
        rows = [self._row(number, decision) for number, decision in enumerate(self.decisions, self.first_number)]
        self._frontier.extend([_leaf_of(row, decision) for row, decision in zip(rows, self.decisions, strict=True)])
        store.insert(schema.decisions, rows)

    def _row(self, number: int, decision: Decision) -> tuple[Any, ...]:
        candidate, disposition, partner, reasons, flags, postings, first = decision
        record = candidate.record
        source, event_id, event_type, occurred_at = _named(candidate.content)
        raw = record.value
        if disposition not in _CLAIMING:
            raw = _keepable(candidate, disposition, reasons)
            if any(reason.code == _PERSONAL and reason.pointer in ("/id", "") for reason in reasons):
                event_id = ""
            if disposition == "rejected" and holds_nik(source):
                source = ""
        return (
            number,
            self._booking,
            record.topic,
            record.partition,
            record.offset,
            disposition,
            _encode(reasons).decode() if reasons else _NONE,
            _encode(flags).decode() if flags else _NONE,
            source,
            event_id,
            event_type,
            partner,
            occurred_at,
            record.received_at,
            candidate.sha256,
            first,
            _encode(postings).decode() if postings else _NONE,
            raw,
            headers_to_text(record.headers) if record.headers and raw is not None else None,
        )


def _leaf_of(row: tuple[Any, ...], decision: Decision) -> bytes:
    """Return the leaf hash of a decision, from what its row says."""
    _, booking, topic, partition, offset, disposition, _, _, source, event_id, *_ = row
    codes: list[str] = [reason.code for reason in decision.reasons]
    return leaf.hash_of(Leaf(booking, disposition, event_id, offset, partition, codes, decision.candidate.sha256.hex(), source, topic))


def _named(content: Event | Undecodable) -> tuple[str, str, str, int]:
    """Return source, id, type and time of what came in, as far as it told them."""
    if isinstance(content, Undecodable):
        return content.source or "", content.event_id or "", content.type or "", 0
    return content.source, content.id, content.type, content.occurred_at_ms


def _keepable(candidate: Candidate, disposition: str, reasons: Sequence[Violation]) -> bytes | None:
    """Return the bytes of a decision that does not count, unless they may name a person or are kept already."""
    raw = candidate.record.value
    if raw is None or len(raw) > _MAX_KEPT_BYTES or disposition == "duplicate" or any(reason.code == _PERSONAL for reason in reasons):
        return None
    attributes = (value for name, value in candidate.record.headers if value is not None and name.startswith("ce_"))
    return None if any(raw_may_hold_identity(part) for part in (raw, *attributes)) else raw
