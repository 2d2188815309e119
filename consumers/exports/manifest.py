"""What goes with every file: what was asked, as of when, how many rows in which units, its hash, and the head of the ledger then.

It depends on nothing but the question and the booking, so a file and its manifest can be made again, and compared.
"""

import dataclasses
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, BinaryIO, Final

import sqlalchemy as sa

from consumers.answers.asof import AsOf, iso
from consumers.answers.intake import Intake
from models import bookings, schema

VERSION: Final = 1
_CHUNK: Final = 1 << 20

NUMBERS: Final[Mapping[str, str]] = {
    "csv": "quantities are exact decimals; texts that would run as a formula have an apostrophe before them",
    "json": "quantities are exact decimal strings",
    "xlsx": "quantities of more than 15 digits are text, because a spreadsheet computes with no more; cells hold at most 32,767 letters",
    "parquet": "quantities are decimal128 with 3 decimals, exact",
    "iati": "values are exact decimals",
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a file holds, before it is written.

    ``question`` are the parameters of its address; ``newest_received_at`` is when the newest event of the booking was
    received, which is how fresh the figures are.
    """

    view: str
    question: Mapping[str, str]
    as_of: AsOf
    intake: Intake
    ledger: Mapping[str, Any]
    newest_received_at: int

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "salur": VERSION,
            "view": self.view,
            "question": dict(self.question),
            "as_of": self.as_of.to_json(),
            "ledger": dict(self.ledger),
            "intake": self.intake.to_json(),
            "newest_event_received_at": iso(self.newest_received_at),
        }


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A file and what it is."""

    about: About
    file: str
    format: str
    media_type: str
    bytes: int
    sha256: str
    rows: int
    columns: Sequence[Mapping[str, str]]
    units: Sequence[str]
    notes: Sequence[str] = ()

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            **self.about.to_json(),
            "file": self.file,
            "format": self.format,
            "media_type": self.media_type,
            "bytes": self.bytes,
            "sha256": self.sha256,
            "rows": self.rows,
            "columns": list(self.columns),
            "units": list(self.units),
            "numbers": NUMBERS[self.format],
            "notes": list(self.notes),
        }


def ledger_at(connection: sa.Connection, as_of: AsOf) -> dict[str, Any]:
    """Return the head of the ledger after a booking: how many decisions, the root over them, and the hash of its record."""
    row = connection.execute(sa.select(schema.bookings.c.record).where(schema.bookings.c.booking == as_of.booking)).first()
    if row is None or not row.record:
        return {"booking": as_of.booking, "decisions": 0, "root": None, "record_sha256": None}
    record = bookings.decode(bytes(row.record))
    return {"booking": as_of.booking, "decisions": record.size, "root": record.root, "record_sha256": bookings.record_hash(bytes(row.record))}


def newest_received_at(connection: sa.Connection, as_of: AsOf) -> int:
    """Return when the newest event of a booking was received (milliseconds, 0 for none)."""
    decisions, booked = schema.decisions.c, schema.bookings.c
    within = decisions.number.between(booked.first_decision, booked.last_decision)
    query = sa.select(sa.func.max(decisions.received_at)).join_from(schema.bookings, schema.decisions, within).where(booked.booking == as_of.booking)
    return connection.execute(query).scalar() or 0


def hashed(chunks: Iterable[bytes]) -> str:
    """Return the SHA-256 over all chunks."""
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()


def chunks_of(file: BinaryIO) -> Iterable[bytes]:
    """Yield a file from its beginning."""
    file.seek(0)
    while chunk := file.read(_CHUNK):
        yield chunk
