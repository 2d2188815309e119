"""One event, opened: its decision, what it corrects and what corrected it, and every cell that it moved, before and after.

An event is named by its decision. A held event has two: the one that held it and the one that settled it; either opens
to the one that counts, with the other beside it.
"""

import dataclasses
from typing import Any

import msgspec
import sqlalchemy as sa

from consumers.answers.asof import AsOf, iso, resolve
from consumers.answers.links import Link, links_of
from consumers.answers.moved import MovedCell, moved_cells
from models import schema
from models.reasons import Violation

_postings = msgspec.json.Decoder(list[tuple[int, int]])
_flags = msgspec.json.Decoder(tuple[str, ...])
_violations = msgspec.json.Decoder(list[dict[str, Any]])


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class OpenedEvent:
    """One event. Times are milliseconds since 1970; ``size_bytes`` is None where the bytes are not kept.

    ``state`` is the disposition, ``held`` for what still waits; ``first`` is the decision that held it, or whose id is repeated.
    """

    as_of: AsOf
    decision: int
    booking: int
    booked_at: int
    state: str
    source: str
    id: str
    type: str
    partner: str
    occurred_at: int
    received_at: int
    topic: str
    partition: int
    offset: int
    sha256: str
    size_bytes: int | None
    flags: tuple[str, ...]
    violations: tuple[Violation, ...]
    first: int | None
    waits_for: tuple[str, str] | None
    names: Link | None
    named_by: tuple[Link, ...]
    moved: tuple[MovedCell, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the event as JSON values."""
        same = ("decision", "booking", "state", "source", "id", "type", "partner", "topic", "partition", "offset", "sha256", "size_bytes", "first")
        return {
            "as_of": self.as_of.to_json(),
            **{name: getattr(self, name) for name in same},
            **{name: iso(getattr(self, name)) for name in ("booked_at", "occurred_at", "received_at")},
            "flags": list(self.flags),
            "errors": [{"pointer": one.pointer, "code": one.code, "expected": one.expected, "closest": one.closest} for one in self.violations],
            "waits_for": None if self.waits_for is None else {"source": self.waits_for[0], "id": self.waits_for[1]},
            "corrects": self.names.to_json() if self.names else None,
            "corrected_by": [link.to_json() for link in self.named_by],
            "moved": [cell.to_json() for cell in self.moved],
        }


def open_event(connection: sa.Connection, decision: int) -> OpenedEvent | None:
    """Return the event of a decision, as of the last booking; None if there is no such decision."""
    held = connection.execute(sa.select(schema.held).where(schema.held.c.number == decision)).first()
    number = held.second if held is not None and held.second is not None else decision
    decisions, bookings = schema.decisions.c, schema.bookings.c
    query = sa.select(schema.decisions, bookings.booked_at).join_from(schema.decisions, schema.bookings, bookings.booking == decisions.booking)
    row = connection.execute(query.where(decisions.number == number)).mappings().first()
    if row is None:
        return None
    as_of = resolve(connection, None)
    links = links_of(connection, (number,), as_of)
    is_waiting = held is not None and held.second is None
    return OpenedEvent(
        as_of=as_of,
        decision=number,
        booking=row["booking"],
        booked_at=row["booked_at"],
        state=row["disposition"],
        source=row["source"],
        id=row["event_id"],
        type=row["type"],
        partner=row["partner"],
        occurred_at=row["occurred_at"],
        received_at=row["received_at"],
        topic=row["topic"],
        partition=row["partition"],
        offset=row["offset"],
        sha256=bytes(row["sha256"]).hex(),
        size_bytes=None if row["raw"] is None else len(row["raw"]),
        flags=_flags.decode(row["flags"]),
        violations=tuple(Violation(**reason) for reason in _violations.decode(row["reasons"])),
        first=row["first"],
        waits_for=(held.waits_for_source, held.waits_for_id) if held is not None and is_waiting else None,
        names=links.corrects.get(number),
        named_by=tuple(links.corrected_by.get(number, ())),
        moved=tuple(moved_cells(connection, number, row["booking"], dict(_postings.decode(row["postings"])))),
    )
