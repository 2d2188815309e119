"""Events that post nothing and are listed by a kind of their own, as they stood at a booking: corrected, and not taken back."""

import dataclasses
from collections.abc import Collection, Iterator, Sequence
from typing import Final

import sqlalchemy as sa

from consumers.answers.asof import AsOf
from consumers.ledger.headers import headers_from_text
from models import schema
from models.corrections import AMENDMENT, REVERSAL
from models.decoding import decode, decode_replacement
from models.errors import IntegrityError
from models.events.catalogue import Event
from models.events.corrections import EventAmended

_AT_ONCE: Final = 500
"""So many numbers fit into one query of either database."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An event with what it says by now; ``decision`` booked it, ``version`` is the decision that gave it its newest form."""

    decision: int
    booking: int
    version: int
    event: Event


def standing_events(connection: sa.Connection, *, kind: str, types: Collection[str], as_of: AsOf) -> list[Standing]:
    """Return the events of these types that link themselves by ``kind`` and were not reversed by ``as_of``, in booking order."""
    decisions, links = schema.decisions.c, schema.links.c
    query = (
        sa.select(decisions.number, decisions.booking, decisions.raw, decisions.headers)
        .join_from(schema.links, schema.decisions, decisions.number == links.number)
        .where(links.kind == kind, decisions.type.in_(sorted(types)), decisions.booking <= as_of.booking)
        .order_by(links.number)
    )
    rows = {row.number: row for row in connection.execute(query)}
    corrections = _corrections(connection, list(rows), as_of)
    return [
        Standing(decision=number, booking=row.booking, version=version, event=event)
        for number, row in rows.items()
        for version, event in _newest(number, _event(row.number, row.raw, row.headers), corrections.get(number, []))
    ]


@dataclasses.dataclass(frozen=True, slots=True)
class _Correction:
    number: int
    target: int
    kind: str
    event: Event


def _corrections(connection: sa.Connection, roots: Sequence[int], as_of: AsOf) -> dict[int, list[_Correction]]:
    """Return what reverses and amends the events, or such corrections, in booking order."""
    decisions, links = schema.decisions.c, schema.links.c
    found: dict[int, list[_Correction]] = {}
    for start in range(0, len(roots), _AT_ONCE):
        query = (
            sa.select(links.number, links.root, links.target, links.kind, decisions.raw, decisions.headers)
            .join_from(schema.links, schema.decisions, decisions.number == links.number)
            .where(links.root.in_(roots[start : start + _AT_ONCE]), links.kind.in_((REVERSAL, AMENDMENT)), decisions.booking <= as_of.booking)
            .order_by(links.number)
        )
        for row in connection.execute(query):
            correction = _Correction(row.number, row.target, row.kind, _event(row.number, row.raw, row.headers))
            found.setdefault(row.root, []).append(correction)
    return found


def _newest(root: int, event: Event, corrections: Sequence[_Correction]) -> Iterator[tuple[int, Event]]:
    """Yield the newest version that counts, or nothing if the event is taken back."""
    reversed_numbers: set[int] = set()
    for correction in reversed(corrections):
        # Corrections only name older decisions, so going from the newest to the oldest needs one pass.
        if correction.kind == REVERSAL and correction.number not in reversed_numbers:
            reversed_numbers.add(correction.target)
    if root in reversed_numbers:
        return
    for correction in reversed(corrections):
        if isinstance(correction.event, EventAmended) and correction.number not in reversed_numbers:
            replaced = decode_replacement(event, correction.event.data.replacement)
            assert not isinstance(replaced, tuple), "a replacement was read before it was accepted"
            yield correction.number, replaced
            return
    yield root, event


def _event(number: int, raw: bytes, headers: str | None) -> Event:
    event = decode(bytes(raw), headers_from_text(headers))
    if not isinstance(event, Event):
        message = f"decision {number} was accepted, but its stored bytes are not an event"
        raise IntegrityError(message, hint="run `salur verify`, then rebuild the ledger from Kafka")
    return event
