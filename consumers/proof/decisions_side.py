"""Every decision read again: its leaf, the bytes that it is about, and what its row repeats of them; and the bookings that they are in.

Written against the formats; the booking's own code is not used. A row that cannot even be read is a flaw, never an error.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Final

import msgspec
import sqlalchemy as sa

from consumers.ledger.headers import headers_from_text
from consumers.proof.flaw import Flaw
from consumers.proof.leaves import COLUMNS, hash_leaf, leaf_of
from models import bookings, schema
from models.bookings import NO_BOOKING, BookingRecord
from models.cells import UNKNOWN
from models.decoding import Undecodable, decode
from models.merkle import Frontier

_d = schema.decisions.c
_ALL: Final = (_d.number, _d.type, _d.partner, _d.occurred_at, _d.first, _d.raw, _d.headers, *COLUMNS)
_UNREADABLE: Final = (ValueError, TypeError, KeyError, AttributeError, msgspec.MsgspecError)
_COUNTS: Final = ("received", "accepted", "duplicate", "conflict", "rejected", "held")
_BATCH: Final = 5_000


class DecisionsSide:
    """Reads decisions and bookings side by side, in order."""

    def __init__(self, connection: sa.Connection, on_progress: Callable[[int], None]) -> None:
        self._connection = connection
        self._on_progress = on_progress
        self._tree = Frontier()
        self._counts: Counter[str] = Counter()
        self._previous = NO_BOOKING
        self._booking = 0
        self._partitions = 0

    def flaws(self) -> Iterator[Flaw]:
        """Yield what is wrong, decision by decision and booking by booking."""
        rows = iter(self._connection.execute(sa.select(*_ALL).order_by(_d.number), execution_options={"yield_per": _BATCH}))
        waiting = next(rows, None)
        for booked in self._connection.execute(sa.select(schema.bookings).order_by(schema.bookings.c.booking)):
            record = _read_record(booked)
            if isinstance(record, Flaw):
                yield record
                return
            yield from self._of_booking(booked, record)
            first = self._tree.size + 1
            while waiting is not None and waiting.number <= record.size:
                yield from self._of_decision(waiting, record)
                waiting = next(rows, None)
            yield from self._end_of_booking(booked, record, first)
        if waiting is not None:
            yield Flaw(table="decisions", row=str(waiting.number), says="it is after the last booking")
        yield from self._of_head()

    def _of_decision(self, row: Any, record: BookingRecord) -> Iterator[Flaw]:
        if row.number != self._tree.size + 1:
            yield Flaw(table="decisions", row=str(self._tree.size + 1), says=f"decision {self._tree.size + 1} is missing, the next one is {row.number}")
        try:
            leaf = leaf_of(tuple(row[len(_ALL) - len(COLUMNS) :]))
        except _UNREADABLE:
            yield Flaw(table="decisions", row=str(row.number), says="its leaf cannot be made from the row")
            leaf = b""
        self._tree.append(hash_leaf(leaf))
        if self._tree.size % _BATCH == 0:
            self._on_progress(_BATCH)
        if row.booking != record.number:
            yield Flaw(table="decisions", row=str(row.number), columns=("booking",), says=f"it belongs to booking {record.number}")
        is_second = row.first is not None and row.disposition in {"accepted", "rejected"}
        self._counts[row.disposition] += 1
        self._counts["held" if is_second else "received"] += -1 if is_second else 1
        try:
            wrong = tuple(_repeated_wrongly(row))
        except _UNREADABLE:
            wrong = ("raw",)
        if wrong:
            yield Flaw(table="decisions", row=str(row.number), columns=wrong, says="it is not what the bytes say that were booked")

    def _of_booking(self, booked: Any, record: BookingRecord) -> Iterator[Flaw]:
        """Compare a booking's row with its record, and the record with the one before it."""
        if booked.booking != self._booking + 1:
            yield Flaw(table="bookings", row=str(self._booking + 1), says=f"booking {self._booking + 1} is missing, the next one is {booked.booking}")
        if record.previous != self._previous:
            yield Flaw(table="bookings", row=str(self._booking), columns=("record",), says=f"booking {booked.booking} names another record before it")
        told = {"booking": record.number, "booked_at": record.booked_at, "first_decision": self._tree.size + 1, "last_decision": record.size}
        wrong = tuple(name for name, value in told.items() if getattr(booked, name) != value)
        if wrong:
            yield Flaw(table="bookings", row=str(booked.booking), columns=wrong, says="the row is not what the booking's record says")
        self._booking, self._previous, self._partitions = booked.booking, bookings.record_hash(bytes(booked.record)), record.partitions

    def _end_of_booking(self, booked: Any, record: BookingRecord, first: int) -> Iterator[Flaw]:
        wrong = tuple(name for name in _COUNTS if getattr(booked, name) != self._counts[name])
        if wrong:
            yield Flaw(table="bookings", row=str(booked.booking), columns=wrong, says="the running totals are not those of the decisions")
        if self._tree.size != record.size:
            yield Flaw(
                table="decisions", row=str(self._tree.size + 1), says=f"booking {record.number} ends at decision {record.size}, the rows at {self._tree.size}"
            )
        elif self._tree.root().hex() != record.root:
            yield Flaw(table="decisions", row=f"{first}..{record.size}", says=f"the leaves come to another root than booking {record.number} says")

    def _of_head(self) -> Iterator[Flaw]:
        head, *more = self._connection.execute(sa.select(schema.head).order_by(schema.head.c.id)).all() or (None,)
        if head is None or more:
            yield Flaw(table="head", says="there is none" if head is None else "there is more than one")
            return
        told = {
            "id": 1,
            "booking": self._booking,
            "size": self._tree.size,
            "previous": self._previous,
            "frontier": self._tree.to_bytes(),
            "partitions": self._partitions,
        }
        last = self._connection.execute(sa.select(schema.bookings.c.booked_at).where(schema.bookings.c.booking == self._booking)).scalar()
        wrong = tuple(name for name, value in {**told, "booked_at": last or head.booked_at}.items() if getattr(head, name) != value)
        if wrong:
            yield Flaw(table="head", row="1", columns=wrong, says="it is not that of the last booking")


def _read_record(booked: Any) -> BookingRecord | Flaw:
    try:
        return bookings.decode(bytes(booked.record))
    except _UNREADABLE:
        return Flaw(table="bookings", row=str(booked.booking), columns=("record",), says="it cannot be read")


def _repeated_wrongly(row: Any) -> Iterator[str]:
    """Yield the columns that do not repeat what the bytes say."""
    if row.raw is None:
        if row.disposition in {"accepted", "held"}:
            yield "raw"
        return
    raw = bytes(row.raw)
    if hashlib.sha256(raw).digest() != bytes(row.sha256):
        yield "raw"
        return
    event = decode(raw, headers_from_text(row.headers))
    if isinstance(event, Undecodable):
        if row.disposition != "rejected":
            yield "headers" if row.headers else "disposition"
        return
    if row.disposition == "rejected" and not (row.event_id and row.source):
        return  # what may name a person is not kept
    told = {"source": event.source, "event_id": event.id, "type": event.type, "occurred_at": event.occurred_at_ms}
    yield from (name for name, value in told.items() if getattr(row, name) != value)
    if row.partner not in {event.partner, UNKNOWN} or (row.partner == UNKNOWN and row.disposition in {"accepted", "held"}):
        yield "partner"
