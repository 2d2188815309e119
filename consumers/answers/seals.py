"""The seals of the ledger: what was signed, how old the last one is, whether it is that of this ledger, and what no seal covers yet.

A quick look: the last seal names a booking by its hash, and its root. Whether every row is still what was sealed is
verified by `salur verify`, and who signed by the verifiers, which share no line with this.
"""

import dataclasses
from typing import Any, Final

import sqlalchemy as sa

from consumers.answers.asof import iso
from models import bookings, schema
from models.errors import IntegrityError
from models.proof import seal as seals

NEWEST: Final = 20
_seals = schema.seals.c
_bookings = schema.bookings.c


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SealRow:
    """One seal; ``root`` is that over the first ``size`` decisions, ``note`` the text that was signed, with its signature."""

    number: int
    booking: int
    size: int
    origin: str
    root: str
    sealed_at: int
    note: str
    software: str

    def to_json(self) -> dict[str, Any]:
        """Return the seal as JSON values."""
        return {**dataclasses.asdict(self), "sealed_at": iso(self.sealed_at)}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Seals:
    """The newest seals, the last first. ``holds`` is None before the first; ``unsealed_since`` when the oldest booking without a seal was made."""

    total: int
    rows: tuple[SealRow, ...]
    holds: bool | None
    unsealed: int
    unsealed_since: int | None

    def to_json(self) -> dict[str, Any]:
        """Return the answer as JSON values."""
        listed = [row.to_json() for row in self.rows]
        return {"total": self.total, "holds": self.holds, "unsealed": self.unsealed, "unsealed_since": iso(self.unsealed_since), "seals": listed}


def newest_seals(connection: sa.Connection, *, limit: int = NEWEST) -> Seals:
    """Return the newest seals; one that cannot be read has a number and little else, and does not hold."""
    stored = connection.execute(
        sa.select(_seals.number, _seals.booking, _seals.size, _seals.document, _seals.note).order_by(_seals.number.desc()).limit(limit)
    ).all()
    rows = tuple(_row(one) for one in stored)
    covered = rows[0].booking if rows else 0
    query = sa.select(sa.func.count(), sa.func.min(_bookings.booked_at)).where(_bookings.booking > covered)
    unsealed, since = connection.execute(query).one()
    holds = is_of_this_ledger(connection, bytes(stored[0].document), size=rows[0].size) if rows else None
    return Seals(total=rows[0].number if rows else 0, rows=rows, holds=holds, unsealed=unsealed, unsealed_since=since)


def is_of_this_ledger(connection: sa.Connection, document: bytes, *, size: int) -> bool:
    """Tell whether the ledger has the booking that a seal names, with its hash, size and root."""
    try:
        sealed = seals.decode(document)
        record = connection.execute(sa.select(_bookings.record).where(_bookings.booking == sealed.booking)).scalar()
        if record is None:
            return False
        booked = bookings.decode(bytes(record))
        tree = sealed.log
    except (IntegrityError, ValueError):
        return False
    return sealed.record == bookings.record_hash(bytes(record)) and booked.size == tree.size == size and booked.root == tree.root.hex()


def _row(stored: Any) -> SealRow:
    named = {"number": stored.number, "booking": stored.booking, "size": stored.size, "note": stored.note}
    try:
        sealed = seals.decode(bytes(stored.document))
        log = sealed.log
    except IntegrityError:
        return SealRow(**named, origin="", root="", sealed_at=0, software="")
    return SealRow(**named, origin=log.origin, root=log.root.hex(), sealed_at=sealed.sealed_at, software=sealed.software)
