"""Where partners are told, and how far: one row for each webhook and mail address, with its durable position.

A bundle is fixed (``pending``) before it is sent, and the position moves to its end only afterwards. So whatever is
killed in between sends the same bundle again, under the same name, and nothing is missed. Whoever sends claims the
row for a while, so that two processes do not send the same at the same time; if they do all the same, the receiver
sees one name twice.
"""

from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from models import schema
from models.notices import Channel
from models.reasons import Language

CLAIM_MS: Final = 180_000
FIRST_PAUSE_MS: Final = 10_000
LONGEST_PAUSE_MS: Final = 3_600_000
GIVE_UP_MS: Final = 3 * 86_400_000
"""A target that failed for so long is paused; its position stays, so that nothing is missed once it is resumed."""

_targets: Final = schema.notice_targets
_t: Final = schema.notice_targets.c


class Target(NamedTuple):
    """One webhook or mail address. Times are milliseconds since 1970; ``position`` and ``pending`` are decision numbers."""

    target: int
    partner: str
    channel: Channel
    address: str
    language: Language
    secret: bytes
    may_be_private: bool
    every_ms: int
    added_at: int
    removed_at: int | None
    position: int
    pending: int | None
    claimed_until: int
    next_at: int
    failures: int
    failing_since: int | None
    paused_at: int | None
    last_error: str
    told_at: int | None


def add(
    connection: sa.Connection, *, partner: str, channel: Channel, address: str, language: Language, secret: bytes, may_be_private: bool, every_ms: int, now: int
) -> int:
    """Keep a new target, which is told of everything from now on; returns its number."""
    size = connection.execute(sa.select(schema.head.c.size)).scalar_one_or_none() or 0
    row = {"partner": partner, "channel": channel, "address": address, "language": language, "secret": secret, "may_be_private": may_be_private}
    row |= {"every_ms": every_ms, "added_at": now, "position": size, "claimed_until": 0, "next_at": 0, "failures": 0, "last_error": ""}
    made = connection.execute(sa.insert(_targets).returning(_t.target), row)
    return int(made.scalar_one())


def remove(connection: sa.Connection, target: int, *, partner: str = "", now: int) -> bool:
    """Tell this target nothing any more; False if there is none (of this partner, if one is given)."""
    return _change(connection, target, partner, _t.removed_at.is_(None), removed_at=now)


def resume(connection: sa.Connection, target: int, *, partner: str = "") -> bool:
    """Try a target again at once, from where it stopped; False if there is none."""
    return _change(connection, target, partner, _t.removed_at.is_(None), paused_at=None, failures=0, failing_since=None, next_at=0)


def listed(connection: sa.Connection, partner: str = "") -> list[Target]:
    """Return every target that was not removed, of one partner if one is given."""
    query = sa.select(_targets).where(_t.removed_at.is_(None)).order_by(_t.partner, _t.target)
    return _read(connection, query.where(_t.partner == partner) if partner else query)


def due(connection: sa.Connection, now: int) -> list[Target]:
    """Return the targets that may be told something now."""
    return _read(connection, sa.select(_targets).where(_t.removed_at.is_(None), _t.paused_at.is_(None), _t.next_at <= now, _t.claimed_until <= now))


def claim(connection: sa.Connection, target: Target, *, now: int) -> bool:
    """Take a target for a while; False if somebody else has it, or has moved it since."""
    free = (_t.claimed_until <= now, _t.removed_at.is_(None), _t.paused_at.is_(None), *_unmoved(target))
    return _change(connection, target.target, "", *free, claimed_until=now + CLAIM_MS)


def begin(connection: sa.Connection, target: Target, pending: int) -> bool:
    """Fix the end of the bundle that is sent next."""
    return _change(connection, target.target, "", *_unmoved(target), pending=pending)


def told(connection: sa.Connection, target: Target, *, now: int) -> bool:
    """Note that the bundle was taken."""
    done = {"position": target.pending, "pending": None, "claimed_until": 0, "failures": 0, "failing_since": None, "last_error": "", "told_at": now}
    return _change(connection, target.target, "", *_unmoved(target), **done, next_at=now + target.every_ms)


def passed(connection: sa.Connection, target: Target, position: int) -> bool:
    """Move on over decisions of which nothing is to be told."""
    return _change(connection, target.target, "", *_unmoved(target), position=position, pending=None, claimed_until=0)


def release(connection: sa.Connection, target: Target) -> None:
    """Give a claimed target back."""
    _change(connection, target.target, "", *_unmoved(target), claimed_until=0)


def failed(connection: sa.Connection, target: Target, why: str, *, now: int, jitter: float, for_good: bool) -> bool:
    """Note that the bundle was not taken, and when to try again; ``jitter`` is between 0 and 1. True if the target is paused now."""
    failures = target.failures + 1
    pause = min(FIRST_PAUSE_MS * 2 ** min(failures - 1, 20), LONGEST_PAUSE_MS)
    since = target.failing_since or now
    is_over = for_good or now - since >= GIVE_UP_MS
    values = {"failures": failures, "failing_since": since, "next_at": now + int(pause * (0.75 + jitter / 2)), "last_error": why[:500], "claimed_until": 0}
    _change(connection, target.target, "", *_unmoved(target), **values, paused_at=now if is_over else None)
    return is_over


def _unmoved(target: Target) -> tuple[sa.ColumnElement[bool], ...]:
    return _t.position == target.position, _t.pending.is_(None) if target.pending is None else _t.pending == target.pending


def _change(connection: sa.Connection, target: int, partner: str, *conditions: sa.ColumnElement[bool], **values: Any) -> bool:
    query = sa.update(_targets).where(_t.target == target, *conditions).values(**values)
    return connection.execute(query.where(_t.partner == partner) if partner else query).rowcount == 1


def _read(connection: sa.Connection, query: sa.Select[Any]) -> list[Target]:
    return [Target(**{**row, "secret": bytes(row["secret"])}) for row in connection.execute(query).mappings()]
