"""The decisions of one booking: their rows, and their leaves in the Merkle log."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import msgspec

from consumers.ledger.candidates import Candidate, Content
from consumers.ledger.headers import headers_to_text
from consumers.ledger.memory import LedgerMemory
from consumers.ledger.places import Place
from consumers.ledger.store import LedgerStore
from models import leaf, schema
from models.decoding import Undecodable
from models.leaf import Leaf
from models.reasons import Violation
from models.rules.identity import raw_may_hold_identity
from models.rules.personal_numbers import holds_nik
from models.topics import MAX_RECORD_BYTES

_encoder: Final = msgspec.json.Encoder()
_CLAIMING: Final = frozenset({"accepted", "held"})
_SETTLING: Final = frozenset({"accepted", "rejected"})
_PERSONAL: Final = "rjct.personal_data"
_MAX_KEPT_BYTES: Final = MAX_RECORD_BYTES * 3 // 4
"""What is longer is no event, and might not fit into the rejected topic when it compresses worse than it did on its way in."""


class Decision(NamedTuple):
    """One decision on a candidate. ``first`` is the held decision that it settles, or the one whose id it repeats.

    ``place`` is where it posts to, if others were seen to post there.
    """

    candidate: Candidate
    disposition: str
    partner: str
    reasons: Sequence[Violation] = ()
    flags: Sequence[str] = ()
    postings: Sequence[tuple[int, int]] = ()
    first: int | None = None
    place: Place | None = None

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

    def decision(self, number: int) -> Decision:
        """Return a decision of this booking."""
        return self.decisions[number - self.first_number]

    def append(self, decision: Decision) -> int:
        """Add one decision and return its number."""
        self.decisions.append(decision)
        return self.first_number + len(self.decisions) - 1

    def write(self, store: LedgerStore) -> None:
        """Insert the rows, and add the leaves to the Merkle log in memory."""
        decisions = self.decisions
        texts = zip(
            texts_of([decision.reasons for decision in decisions]),
            texts_of([decision.flags for decision in decisions]),
            texts_of([decision.postings for decision in decisions]),
            strict=True,
        )
        numbered = enumerate(decisions, self.first_number)
        rows = [self._row(number, decision, *written) for (number, decision), written in zip(numbered, texts, strict=True)]
        self._frontier.extend(leaf.hashes_of([_leaf_of(row, decision) for row, decision in zip(rows, decisions, strict=True)]))
        store.insert(schema.decisions, rows)

    def _row(self, number: int, decision: Decision, reasons_text: str, flags_text: str, postings_text: str) -> tuple[Any, ...]:
        candidate, disposition, partner, reasons, _, _, first, _ = decision
        (topic, partition, offset, received_at, raw, headers), sha256, content, _, occurred_at, _ = candidate
        source, event_id, event_type = _named(content)
        if disposition not in _CLAIMING:
            raw = _keepable(candidate, disposition, reasons)
            if any(reason.code == _PERSONAL and reason.pointer in ("/id", "") for reason in reasons):
                event_id = ""
            if disposition == "rejected" and holds_nik(source):
                source = ""
        return (
            number,
            self._booking,
            topic,
            partition,
            offset,
            disposition,
            reasons_text,
            flags_text,
            source,
            event_id,
            event_type,
            partner,
            occurred_at,
            received_at,
            sha256,
            first,
            postings_text,
            raw,
            headers_to_text(headers) if headers and raw is not None else None,
        )


def texts_of(values: Sequence[Any]) -> list[str]:
    """Return the JSON text of each value; written at once, they take a third of the time."""
    # JSON has no line break of its own, and within a text it is written as \n; other separators of lines may be there.
    return _encoder.encode_lines(values).decode().split("\n")[:-1]


def _leaf_of(row: tuple[Any, ...], decision: Decision) -> Leaf:
    """Return the leaf of a decision, from what its row says."""
    booking, topic, partition, offset, disposition, _, _, source, event_id = row[1:10]
    codes: list[str] = [reason.code for reason in decision.reasons] if decision.reasons else []
    return Leaf(booking, disposition, event_id, offset, partition, codes, decision.candidate.sha256.hex(), source, topic)


def _named(content: Content) -> tuple[str, str, str]:
    """Return source, id and type of what came in, as far as it told them."""
    if isinstance(content, Undecodable):
        return content.source or "", content.event_id or "", content.type or ""
    return content.source, content.id, content.type


def _keepable(candidate: Candidate, disposition: str, reasons: Sequence[Violation]) -> bytes | None:
    """Return the bytes of a decision that does not count, unless they may name a person or are kept already."""
    raw = candidate.record.value
    if raw is None or len(raw) > _MAX_KEPT_BYTES or disposition == "duplicate" or any(reason.code == _PERSONAL for reason in reasons):
        return None
    attributes = (value for name, value in candidate.record.headers if value is not None and name.startswith("ce_"))
    return None if any(raw_may_hold_identity(part) for part in (raw, *attributes)) else raw
