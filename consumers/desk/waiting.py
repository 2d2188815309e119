"""What lies on the operators' desk now: refused events that nobody has mended, and held ones with what they wait for.

A refused event is open until its id is accepted or held, a newer attempt with its id takes its place, or an operator
dealt with it. Unreadable ones have no id; only an operator closes them.
"""

import dataclasses
from collections.abc import Callable, Collection, Sequence
from typing import Any

import sqlalchemy as sa

from consumers.answers.asof import iso
from consumers.desk.requests import settled
from consumers.ledger.headers import headers_from_text
from consumers.receipts import refusals
from consumers.rejections import Rejection, every_rejection
from models import schema
from models.cloudevents import assembled, is_binary
from models.errors import ConfigurationError
from models.events.envelope import SOURCE_PREFIX
from models.topics import EVENTS, partner_topic

Name = tuple[str, str]
"""Source and id of an event."""

Claimed = Callable[[Sequence[Name]], Sequence[int | None]]
"""Tells for each id which decision has it, None for none (``consumers.receipts``)."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One held event; ``refused`` is the newest decision that refused the event that it waits for, None if that never came."""

    decision: int
    booking: int
    partner: str
    source: str
    id: str
    type: str
    received_at: int
    waits_for_source: str
    waits_for_id: str
    is_given_up: bool
    refused: int | None

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {**dataclasses.asdict(self), "received_at": iso(self.received_at)}


def open_refusals(connection: sa.Connection, claimed: Claimed, *, partner: str = "", code: str = "") -> list[Rejection]:
    """Return the open refused events, oldest first: those of a partner if given, those with this reason if given."""
    newest: dict[object, Rejection] = {}
    done = settled(connection)
    for one in every_rejection(connection, partner=partner):
        newest[(one.source, one.id) if one.id else one.decision] = one
    found = [one for one in newest.values() if one.decision not in done and (not code or any(reason.code == code for reason in one.violations))]
    named = [one for one in found if one.id]
    taken = {one.decision for one, number in zip(named, claimed([(one.source, one.id) for one in named]), strict=True) if number is not None}
    return sorted((one for one in found if one.decision not in taken), key=lambda one: one.decision)


def held_events(connection: sa.Connection, *, partner: str = "") -> list[Held]:
    """Return the held events that still wait, oldest first."""
    held, d = schema.held.c, schema.decisions.c
    wanted = (d.number, d.booking, d.partner, d.source, d.event_id, d.type, d.received_at, held.waits_for_source, held.waits_for_id, held.give_up)
    query = sa.select(*wanted).join_from(schema.held, schema.decisions, held.number == d.number).where(held.second.is_(None)).order_by(d.number)
    rows = connection.execute(query.where(d.partner == partner) if partner else query).all()
    return [
        Held(
            decision=row.number,
            booking=row.booking,
            partner=row.partner,
            source=row.source,
            id=row.event_id,
            type=row.type,
            received_at=row.received_at,
            waits_for_source=row.waits_for_source,
            waits_for_id=row.waits_for_id,
            is_given_up=row.give_up,
            refused=_refused(connection, row.waits_for_source, row.waits_for_id),
        )
        for row in rows
    ]


def give_up(connection: sa.Connection, decisions: Collection[int]) -> frozenset[int]:
    """Let held events be refused by the next booking, and return those that still waited."""
    held = schema.held.c
    waiting = frozenset(connection.scalars(sa.select(held.number).where(held.number.in_(decisions), held.second.is_(None))))
    connection.execute(sa.update(schema.held).where(held.number.in_(waiting)).values(give_up=True))
    return waiting


def bytes_of(connection: sa.Connection, rejection: Rejection) -> bytes:
    """Return the event of a refused record as structured JSON, or whatever its bytes are.

    Raises ConfigurationError if they are not kept here, or must not be sent again by anybody else: they may hold a person's
    identity, or came over a topic that another partner owns.
    """
    d = schema.decisions.c
    row = connection.execute(sa.select(d.raw, d.headers).where(d.number == rejection.decision)).one()
    refuse_foreign(rejection, rejection.source.removeprefix(SOURCE_PREFIX))
    if row.raw is None:
        message = f"the bytes of decision {rejection.decision} are not kept: they may hold personal data, or are too long"
        raise ConfigurationError(message, hint="the partner sends the event again without it; then close this one")
    raw, headers = bytes(row.raw), headers_from_text(row.headers)
    whole = assembled(raw, headers) if is_binary(headers) else raw
    return whole if isinstance(whole, bytes) else raw


def refuse_foreign(rejection: Rejection, partner: str) -> None:
    """Raise ConfigurationError if the record's topic belongs to somebody else than this partner: sent again elsewhere, it would pass for theirs."""
    if rejection.topic != EVENTS and partner and rejection.topic != partner_topic(partner):
        message = f"decision {rejection.decision} came over {rejection.topic}, which is not the topic of {partner}"
        raise ConfigurationError(message, hint="only its true sender can send it; ask the owner of the topic, then close it")


def _refused(connection: sa.Connection, source: str, event_id: str) -> int | None:
    """Return the newest decision that refused this event."""
    return next((row.number for row in connection.execute(refusals(source, event_id)) if row.disposition == "rejected"), None)
