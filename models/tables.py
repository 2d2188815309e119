"""The values of the materialized tables, as bytes in their changelog topics.

A value carries the number of the last entries record applied to it, so applying a record twice changes nothing
and a reader knows at which booking the value holds. Sums are decimal strings: they may outgrow 64 bits.

Values are written before the watermark that covers them, so after a crash some may be ahead of it. Each says with
which number (``before``, 0 for none) the last watermark counted its key; the digest can be checked all the same.
"""

from typing import NamedTuple

import msgspec

from models.cells import TableCell


class CellSum(NamedTuple):
    """The sum of one table cell: whole steps of its unit as a decimal string, and how many postings made it."""

    cell: TableCell
    steps: str
    postings: int


class TallyValue(msgspec.Struct, frozen=True, kw_only=True):
    """The value of one key of a tally table (``models.cells.TALLY_TABLES``)."""

    number: int
    cells: list[CellSum]
    before: int = 0


class PartnerValue(msgspec.Struct, frozen=True, kw_only=True):
    """The value of one key of ``partners``; times are milliseconds since 1970, 0 for never."""

    number: int
    counts: dict[str, int]
    last_occurred_at: int
    last_received_at: int
    before: int = 0


class Watermark(msgspec.Struct, frozen=True, kw_only=True):
    """How far one entries partition is folded: written only after every value it covers is acknowledged.

    ``offset`` is the next offset to read, ``hash`` the hash of record ``number``, ``digest`` a digest over
    (table, key, number) of all values of the partition, which shows a late write of a worker that lost it; a value
    that is ahead of the watermark counts with its ``before``.
    """

    number: int
    offset: int
    hash: str
    digest: str
    booking: int


_encoder = msgspec.json.Encoder()
_tally = msgspec.json.Decoder(TallyValue)
_partner = msgspec.json.Decoder(PartnerValue)
_watermark = msgspec.json.Decoder(Watermark)


def encode(value: TallyValue | PartnerValue | Watermark) -> bytes:
    """Return the value's bytes."""
    return _encoder.encode(value)


def decode_tally(value: bytes) -> TallyValue:
    """Read the value of a tally table."""
    return _tally.decode(value)


def decode_partner(value: bytes) -> PartnerValue:
    """Read the value of the ``partners`` table."""
    return _partner.decode(value)


def decode_watermark(value: bytes) -> Watermark:
    """Read the value of the ``watermarks`` table."""
    return _watermark.decode(value)
