"""What one partner sent, newest first, and what became of each: a page at a time, without an index over all decisions.

A partner's counts have a history, which says in which bookings it was heard of; only their decisions are looked
through. What was held and decided again is one row, with what came of it.
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec
import sqlalchemy as sa

from consumers.answers.asof import iso
from consumers.answers.intake import DISPOSITIONS
from models import schema
from models.cells import PARTNERS
from models.reasons import Violation

MOST: Final = 100_000
"""So many rows at most are in one answer."""
_BOOKINGS_AT_ONCE: Final = 25
_SETTLING: Final = ("accepted", "rejected")

_decisions = schema.decisions.c
_held = schema.held.c
_flags = msgspec.json.Decoder(tuple[str, ...])
_violations = msgspec.json.Decoder(list[dict[str, Any]])


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SentFilter:
    """Which of a partner's events: in one state (empty for all), of one type, received in a stretch of time (milliseconds, the end not included)."""

    partner: str
    state: str = ""
    type: str = ""
    received_from: int = 0
    received_to: int = 2**62


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SentEvent:
    """One event as it came in, with what became of it by now; ``decision`` is the one that counts, ``place`` where it stands in the list."""

    place: int
    decision: int
    booking: int
    booked_at: int
    state: str
    id: str
    type: str
    occurred_at: int
    received_at: int
    sha256: bytes
    flags: tuple[str, ...]
    violations: tuple[Violation, ...]
    waits_for: tuple[str, str] | None

    def to_json(self) -> dict[str, Any]:
        """Return the event as JSON values."""
        return {
            **{name: getattr(self, name) for name in ("id", "type", "state", "decision", "booking")},
            **{name: iso(getattr(self, name)) for name in ("booked_at", "received_at", "occurred_at")},
            "sha256": self.sha256.hex(),
            "reasons": [violation.code for violation in self.violations],
            "pointers": [violation.pointer for violation in self.violations],
            "flags": list(self.flags),
            "waits_for": None if self.waits_for is None else self.waits_for[1],
        }


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SentPage:
    """A page of events; ``next`` is where the following one begins, None on the last."""

    events: tuple[SentEvent, ...]
    next: int | None


def sent(connection: sa.Connection, wanted: SentFilter, *, before: int | None = None, limit: int) -> SentPage:
    """Return at most ``limit`` events, those before decision ``before`` if it is given."""
    found: list[SentEvent] = []
    for row in _rows(connection, wanted, before):
        found.append(_event(row))
        if len(found) > limit:
            break
    return SentPage(events=tuple(found[:limit]), next=found[limit - 1].place if len(found) > limit else None)


def events_at(connection: sa.Connection, numbers: Sequence[int]) -> dict[int, SentEvent]:
    """Return the events of these first decisions, by number."""
    found: dict[int, SentEvent] = {}
    for start in range(0, len(numbers), 500):
        query = _query().where(_decisions.number.in_(numbers[start : start + 500]))
        found.update({row["number"]: _event(row) for row in connection.execute(query).mappings()})
    return found


def _rows(connection: sa.Connection, wanted: SentFilter, before: int | None) -> Iterator[sa.RowMapping]:
    conditions = [_decisions.partner == wanted.partner, _decisions.received_at >= wanted.received_from, _decisions.received_at < wanted.received_to]
    if wanted.type:
        conditions.append(_decisions.type == wanted.type)
    if before is not None:
        conditions.append(_decisions.number < before)
    conditions += _of_state(wanted.state)
    query = _query().where(*conditions).order_by(_decisions.number.desc())
    for first, last in _stretches(connection, wanted, before):
        yield from connection.execute(query.where(_decisions.number >= first, _decisions.number <= last)).mappings()


def _of_state(state: str) -> list[sa.ColumnElement[bool]]:
    """Return the conditions of a state as things stand now; a first decision that was settled since counts as its second one."""
    is_first = ~((_decisions.disposition.in_(_SETTLING)) & _decisions.first.is_not(None))
    match state:
        case "":
            return [is_first]
        case "held":
            return [_decisions.disposition == "held", _held.second.is_(None)]
    settled = (_decisions.disposition == "held") & (_held.outcome == state)
    return [is_first, (_decisions.disposition == state) | settled]


def _stretches(connection: sa.Connection, wanted: SentFilter, before: int | None) -> Iterator[tuple[int, int]]:
    """Yield the first and last decision of every booking in which the partner was heard of, the newest first."""
    bookings = schema.bookings.c
    numbers = _counts_of(connection, wanted)
    at = 2**62 if before is None else connection.execute(sa.select(_decisions.booking + 1).where(_decisions.number == before)).scalar() or 0
    while numbers:
        heard = _heard_before(connection, numbers, at)
        query = sa.select(bookings.booked_at, bookings.first_decision, bookings.last_decision).where(bookings.booking.in_(heard))
        for row in connection.execute(query.order_by(bookings.booking.desc())).all():
            if row.booked_at < wanted.received_from:
                return
            yield row.first_decision, row.last_decision
        if len(heard) < _BOOKINGS_AT_ONCE:
            return
        at = heard[-1]


def _counts_of(connection: sa.Connection, wanted: SentFilter) -> list[int]:
    """Return the cells that count what became of the partner's events."""
    cells = schema.cells.c
    measures = (wanted.state,) if wanted.state in DISPOSITIONS and wanted.state not in _SETTLING else DISPOSITIONS
    query = sa.select(cells.cell).where(cells.table_name == PARTNERS, cells.partner == wanted.partner, cells.measure.in_(measures))
    return list(connection.execute(query).scalars())


def _heard_before(connection: sa.Connection, numbers: Sequence[int], at: int) -> list[int]:
    """Return the last bookings before ``at`` that changed one of these cells. Each cell is a descent of the primary key of its own."""
    history = schema.cell_history.c
    found: set[int] = set()
    for number in numbers:
        query = sa.select(history.booking).where(history.cell == number, history.booking < at).order_by(history.booking.desc()).limit(_BOOKINGS_AT_ONCE)
        found.update(connection.execute(query).scalars())
    return sorted(found, reverse=True)[:_BOOKINGS_AT_ONCE]


def _query() -> sa.Select[Any]:
    """Return the question for first decisions, each with the one that settled it."""
    second = schema.decisions.alias("second")
    columns = ("number", "type", "event_id", "occurred_at", "received_at", "sha256", "disposition")
    return (
        sa.select(
            *(_decisions[name] for name in columns),
            _held.waits_for_source,
            _held.waits_for_id,
            _held.second,
            *(sa.func.coalesce(second.c[name], _decisions[name]).label(f"now_{name}") for name in ("number", "booking", "disposition", "flags", "reasons")),
            schema.bookings.c.booked_at,
        )
        .select_from(schema.decisions)
        .outerjoin(schema.held, _held.number == _decisions.number)
        .outerjoin(second, second.c.number == _held.second)
        .join(schema.bookings, schema.bookings.c.booking == sa.func.coalesce(second.c.booking, _decisions.booking))
    )


def _event(row: Mapping[str, Any] | sa.RowMapping) -> SentEvent:
    is_waiting = row["disposition"] == "held" and row["second"] is None
    refused = row["now_disposition"] == "rejected"
    return SentEvent(
        place=row["number"],
        decision=row["now_number"],
        booking=row["now_booking"],
        booked_at=row["booked_at"],
        state=row["now_disposition"],
        id=row["event_id"],
        type=row["type"],
        occurred_at=row["occurred_at"],
        received_at=row["received_at"],
        sha256=bytes(row["sha256"]),
        flags=_flags.decode(row["now_flags"]),
        violations=tuple(Violation(**reason) for reason in _violations.decode(row["now_reasons"])) if refused else (),
        waits_for=(row["waits_for_source"], row["waits_for_id"]) if is_waiting else None,
    )
