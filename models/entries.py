"""The record of ``aid.entries.v1``: what one booking adds to the tables of one entries partition.

The records of a partition are numbered 1, 2, 3, … without a gap, and each names the hash of the one before it,
so a reader can tell a repeat from a gap from a rewritten history. The format is public: any consumer may fold
it. Quantities are increments in whole steps of the cell's unit.
"""

import hashlib
from typing import Final, NamedTuple

import msgspec

from models.cells import TableCell

VERSION: Final = 1
NO_RECORD: Final = "0" * 64
"""``previous`` of the first record of a partition."""


class Entry(NamedTuple):
    """One accepted event: its decision number, its identity, and pairs (index into ``cells``, increment)."""

    decision: int
    source: str
    id: str
    postings: list[tuple[int, int]]


class PartnerActivity(NamedTuple):
    """What one booking says of one partner: increments per disposition, and its newest event (milliseconds since 1970, 0 for none)."""

    partner: str
    counts: dict[str, int]
    last_occurred_at: int
    last_received_at: int


class EntriesRecord(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The entries of booking ``booking`` for partition ``partition``; the oldest of them was received at ``received_at``, 0 if there are none."""

    v: int = VERSION
    partition: int
    number: int
    booking: int
    booked_at: int
    previous: str
    cells: list[TableCell]
    entries: list[Entry]
    partners: list[PartnerActivity]
    received_at: int = 0


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(EntriesRecord)


def encode(record: EntriesRecord) -> bytes:
    """Return the record's bytes, the same for the same record."""
    return _encoder.encode(record)


def decode(value: bytes) -> EntriesRecord:
    """Read a record. Raises msgspec.DecodeError (or its ValidationError): the topic is ours, so that is a bug, not input."""
    return _decoder.decode(value)


def record_hash(value: bytes) -> str:
    """Return the hash by which the next record of the partition names this one."""
    return hashlib.sha256(value).hexdigest()
