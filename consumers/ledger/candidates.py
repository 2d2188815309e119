"""Candidates: records of the inbound topics, decoded and hashed before the booking begins.

This is the part of the work that needs nothing of the ledger, so workers do it in parallel.
"""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

from consumers.ledger.identity import identity_key
from models.cells import made
from models.cloudevents import is_binary
from models.decoding import Undecodable, decode
from models.events.catalogue import Event
from models.stencils import Stencils, Traced

Content = Event | Traced | Undecodable
"""What the bytes of a record say: read in full, or only as far as they differ from others like them, or why they are no event."""


class SourceRecord(NamedTuple):
    """One record as Kafka gave it; ``received_at`` is its LogAppendTime in milliseconds."""

    topic: str
    partition: int
    offset: int
    received_at: int
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


class Candidate(NamedTuple):
    """One record, ready to be decided.

    ``name`` is source and id, ``identity`` its key; both are empty for one that could not be read, and so is when it
    happened, in milliseconds since 1970.
    """

    record: SourceRecord
    sha256: bytes
    content: Content
    identity: int
    occurred_at: int
    name: tuple[str, str] = ("", "")


def prepare(record: SourceRecord, stencils: Stencils | None = None) -> Candidate:
    """Decode and hash one record; ``stencils`` save most of it for bytes like those of an event before. Never raises for what a partner sent."""
    hashed = hashlib.sha256(record.value or b"").digest()
    content = decode(record.value, record.headers) if stencils is None else _read(record, stencils)
    if isinstance(content, Undecodable):
        return Candidate(record, hashed, content, 0, 0)
    source, event_id = name = (content.source, content.id)
    return made(Candidate, (record, hashed, content, identity_key(source, event_id), content.occurred_at_ms, name))


def _read(record: SourceRecord, stencils: Stencils) -> Content:
    value = record.value
    if value is None or (record.headers and is_binary(record.headers)):
        return decode(value, record.headers)
    traced = stencils.trace(value)
    if traced is not None:
        return traced
    content = decode(value)
    if not isinstance(content, Undecodable):
        stencils.learn(value, content)
    return content


def event_of(candidate: Candidate) -> Event:
    """Return the whole event of a candidate that is one."""
    content = candidate.content
    if content.__class__ is Traced:
        content = decode(candidate.record.value)
    assert not isinstance(content, Undecodable | Traced), "what fills a stencil is an event, and nothing else is asked for"
    return content
