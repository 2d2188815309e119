"""Candidates: records of the inbound topics, decoded and hashed before the booking begins.

This is the part of the work that needs nothing of the ledger, so workers do it in parallel.
"""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

from consumers.ledger.identity import identity_key
from models.decoding import Undecodable, decode
from models.events.catalogue import Event


class SourceRecord(NamedTuple):
    """One record as Kafka gave it; ``received_at`` is its LogAppendTime in milliseconds."""

    topic: str
    partition: int
    offset: int
    received_at: int
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


class Candidate(NamedTuple):
    """One record, ready to be decided. ``identity``, and when it happened in milliseconds since 1970, are 0 for one that could not be read."""

    record: SourceRecord
    sha256: bytes
    content: Event | Undecodable
    identity: int
    occurred_at: int


def prepare(record: SourceRecord) -> Candidate:
    """Decode and hash one record. Never raises for what a partner sent."""
    value = record.value
    content = decode(value, record.headers)
    hashed = hashlib.sha256(value or b"").digest()
    if isinstance(content, Undecodable):
        return Candidate(record, hashed, content, 0, 0)
    return Candidate(record, hashed, content, identity_key(content.source, content.id), content.occurred_at_ms)
