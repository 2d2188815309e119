"""What there is to tell a partner between two decisions: read from the ledger's rows in the order of their numbers, so that it costs no index.

An event that was held and has counted since is not told: what is told is what the partner has something to do about.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

import msgspec
import sqlalchemy as sa

from models import schema
from models.events.catalogue import EVENT_TYPES
from models.events.envelope import SOURCE_PREFIX
from models.notices import STATES, State, Told
from models.reasons import Violation
from models.rules.personal_numbers import identifies_a_person

MOST_DECISIONS: Final = 10_000
"""A bundle holds no more; what comes after it is the next one."""

_reasons: Final = msgspec.json.Decoder(list[dict[str, Any]])
_PERSONAL: Final = "rjct.personal_data"


class Bundle(NamedTuple):
    """What there is to tell up to decision ``last``, and when the oldest of it was booked (milliseconds since 1970)."""

    last: int
    oldest_ms: int
    told: list[Told]


def size(connection: sa.Connection) -> int:
    """Return the number of the last decision."""
    return int(connection.execute(sa.select(schema.head.c.size)).scalar_one_or_none() or 0)


def bundle(connection: sa.Connection, partner: str, *, after: int, to: int) -> Bundle:
    """Return what there is to tell of the decisions after one and up to another, or up to the most that one bundle holds."""
    decisions, held, bookings = schema.decisions.c, schema.held.c, schema.bookings.c
    query = (
        sa.select(
            decisions.number,
            decisions.disposition,
            decisions.event_id,
            decisions.type,
            decisions.reasons,
            bookings.booked_at,
            held.second,
            held.waits_for_source,
            held.waits_for_id,
        )
        .select_from(schema.decisions.join(schema.bookings, bookings.booking == decisions.booking).outerjoin(schema.held, held.number == decisions.number))
        .where(decisions.number > after, decisions.number <= to, decisions.partner == partner, decisions.disposition.in_(STATES))
        .order_by(decisions.number)
        .limit(MOST_DECISIONS)
    )
    rows = connection.execute(query).all()
    open_ones = [row for row in rows if row.disposition != "held" or row.second is None]
    last = rows[-1].number if len(rows) == MOST_DECISIONS else to
    return Bundle(last, min((row.booked_at for row in open_ones), default=0), list(_told(open_ones, partner)))


def _told(rows: Iterable[Any], partner: str) -> Iterator[Told]:
    for row in rows:
        state: State = row.disposition
        violations = tuple(Violation(**reason) for reason in _reasons.decode(row.reasons)) if state == "rejected" else ()
        is_personal = any(violation.code == _PERSONAL for violation in violations)
        event_id = "" if is_personal or identifies_a_person(row.event_id) else row.event_id
        waits_for = "" if state != "held" or identifies_a_person(row.waits_for_id) else _named(row.waits_for_source, row.waits_for_id, partner)
        yield Told(row.number, state, event_id, row.type if row.type in EVENT_TYPES else "", violations, waits_for)


def _named(source: str, event_id: str, partner: str) -> str:
    """Return the name of an event: its id, with its partner where that is another one."""
    owner = source.removeprefix(SOURCE_PREFIX)
    return event_id if owner == partner else f"{event_id} ({owner})"
