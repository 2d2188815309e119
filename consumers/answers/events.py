"""Booked events as answers show them: where the bytes are, who reported what and when, and the reason that the event gives of itself."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
import sqlalchemy as sa

from consumers.answers.asof import iso
from consumers.ledger.headers import headers_from_text
from models import schema
from models.decoding import decode

AT_ONCE: Final = 500
"""So many numbers fit into one query of either database."""

_flags = msgspec.json.Decoder(tuple[str, ...])


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class BookedEvent:
    """One decision. Times are milliseconds since 1970; ``reason`` is the event's own word, empty if it gives none."""

    decision: int
    booking: int
    booked_at: int
    topic: str
    partition: int
    offset: int
    sha256: str
    source: str
    id: str
    type: str
    partner: str
    occurred_at: int
    received_at: int
    flags: tuple[str, ...]
    reason: str

    def to_json(self) -> dict[str, Any]:
        """Return the event as JSON values."""
        times = {name: iso(getattr(self, name)) for name in ("booked_at", "occurred_at", "received_at")}
        return {**self.members(), **times, "flags": list(self.flags)}

    def members(self) -> dict[str, Any]:
        """Return what is known of every booked event, by name."""
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(BookedEvent)}


def booked_events(connection: sa.Connection, numbers: Sequence[int]) -> Mapping[int, BookedEvent]:
    """Return the events of these accepted decisions, by number."""
    decisions, bookings = schema.decisions.c, schema.bookings.c
    columns = [column for column in decisions if column.name not in {"disposition", "reasons", "first", "postings"}]
    found: dict[int, BookedEvent] = {}
    for start in range(0, len(numbers), AT_ONCE):
        query = (
            sa.select(*columns, bookings.booked_at)
            .join_from(schema.decisions, schema.bookings, bookings.booking == decisions.booking)
            .where(decisions.number.in_(numbers[start : start + AT_ONCE]))
        )
        for row in connection.execute(query).mappings():
            found[row["number"]] = _event(row)
    return found


def _event(row: Mapping[str, Any] | sa.RowMapping) -> BookedEvent:
    return BookedEvent(
        decision=row["number"],
        booking=row["booking"],
        booked_at=row["booked_at"],
        topic=row["topic"],
        partition=row["partition"],
        offset=row["offset"],
        sha256=bytes(row["sha256"]).hex(),
        source=row["source"],
        id=row["event_id"],
        type=row["type"],
        partner=row["partner"],
        occurred_at=row["occurred_at"],
        received_at=row["received_at"],
        flags=_flags.decode(row["flags"]),
        reason=_reason(row["raw"], row["headers"]),
    )


def _reason(raw: bytes | None, headers: str | None) -> str:
    """Return the event's ``reason``. What a rule let pass holds no person's number, so it may be shown."""
    if raw is None:
        return ""
    event = decode(bytes(raw), headers_from_text(headers))
    reason = getattr(getattr(event, "data", None), "reason", "")
    return reason if isinstance(reason, str) else ""
