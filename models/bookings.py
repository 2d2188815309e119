"""The record of ``aid.bookings.v1``: what one booking took, so that the raw log can be decided again the same way.

Bookings are numbered 1, 2, 3, …; each names the hash of the one before. Replaying the ranges and the held
decisions of every booking, in order, gives the same decisions and the same Merkle root, which the record states.
"""

import hashlib
from typing import Final, NamedTuple

import msgspec

VERSION: Final = 1
RULES_VERSION: Final = 2
"""Raised when a rule changes what an old event would be decided to; a replay refuses another version."""

NO_BOOKING: Final = "0" * 64
"""``previous`` of the first booking."""


class OffsetRange(NamedTuple):
    """Offsets ``first`` up to but not including ``next`` of one source partition, in the order they were decided."""

    topic: str
    partition: int
    first: int
    next: int


class BookingRecord(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One booking. ``released`` and ``given_up`` are numbers of held decisions that were decided again, in order."""

    v: int = VERSION
    number: int
    booked_at: int
    rules: int = RULES_VERSION
    partitions: int
    ranges: list[OffsetRange]
    released: list[int]
    given_up: list[int]
    size: int
    root: str
    previous: str


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(BookingRecord)


def encode(record: BookingRecord) -> bytes:
    """Return the record's bytes, the same for the same record."""
    return _encoder.encode(record)


def decode(value: bytes) -> BookingRecord:
    """Read a record. Raises msgspec.DecodeError (or its ValidationError): the topic is ours, so that is a bug, not input."""
    return _decoder.decode(value)


def record_hash(value: bytes) -> str:
    """Return the hash by which the next booking names this one."""
    return hashlib.sha256(value).hexdigest()
