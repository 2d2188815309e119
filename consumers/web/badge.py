"""The badge: at which booking table, ledger and log were last found to say the same, and whether that still tells of now.

The monitor compares, again and again, and keeps its last verdicts in the database, so every web process shows the same.
A verdict is *behind* while newer bookings wait to be compared, and *stale* when that takes too long or nobody keeps the
tables. It is never shown as more than it is: where the parts were compared at different bookings, each says its own.
"""

import dataclasses
import time
from collections.abc import Callable, Mapping
from typing import Final, Literal

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from consumers.reconcile.verdicts import SCOPES, Verdict, verdicts
from consumers.web.speaking import Speaker

STALE_SECONDS: Final = 60.0
"""So long may a newer booking wait to be compared with the tables."""

LOOK_SECONDS: Final = 1.0

Kind = Literal["unknown", "supported", "stale", "contradicted"]
Badge = Callable[[], Mapping[str, Verdict]]
"""Gives the last verdicts by scope."""
Attended = Callable[[], bool | None]
"""Tells whether somebody keeps the tables now, None if nobody knows."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """What a verdict is held against: the last booking, the time in milliseconds, and whether somebody keeps the tables (None: nobody knows)."""

    head: int
    at: int
    is_attended: bool | None = None


def nobody_knows() -> bool | None:
    """Return that nobody knows whether the tables are kept."""
    return None


def never_compared() -> Mapping[str, Verdict]:
    """Return that nobody compared them."""
    return {}


def stored(engine: sa.Engine) -> Badge:
    """Return what gives the verdicts that are kept in a database; none while it is away."""

    def look() -> Mapping[str, Verdict]:
        try:
            with engine.connect() as connection, connection.begin():
                return verdicts(connection)
        except DBAPIError:
            return {}

    return look


class Watch:
    """What is known of table, ledger and log now, looked up once a second at most. Several threads may ask."""

    def __init__(
        self,
        badge: Badge,
        *,
        head: Callable[[], int],
        attended: Attended = nobody_knows,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._badge = badge
        self._head = head
        self._attended = attended
        self._clock = clock
        self._monotonic = monotonic
        self._seen: tuple[float, Mapping[str, Verdict], Now] | None = None

    def look(self) -> tuple[Mapping[str, Verdict], Now]:
        """Return the last verdicts, and what they are held against. Raises Unreachable."""
        seen = self._seen
        if seen is None or self._monotonic() - seen[0] > LOOK_SECONDS:
            now = Now(head=self._head(), at=int(self._clock() * 1000), is_attended=self._attended())
            seen = self._seen = self._monotonic(), self._badge(), now
        return seen[1], seen[2]

    def forget(self) -> None:
        """Look anew the next time."""
        self._seen = None

    def mark(self) -> str:
        """Return what changes whenever the words of the badge may. Raises Unreachable."""
        found, now = self.look()
        at = {verdict.compared_at for verdict in found.values()} if kind_of(found, now) == "stale" else ""
        return f"{sorted((one.scope, one.booking, one.differences) for one in found.values())}|{now.is_attended}|{kind_of(found, now)}|{at}"


def kind_of(found: Mapping[str, Verdict], now: Now) -> Kind:
    """Return how a badge looks."""
    if any(verdict.differences for verdict in found.values()):
        return "contradicted"
    if now.is_attended is False:
        return "stale"
    if not set(SCOPES) <= found.keys():
        return "unknown"
    tables = found["tables"]
    return "stale" if tables.booking < now.head and now.at - tables.compared_at > STALE_SECONDS * 1000 else "supported"


def in_words(found: Mapping[str, Verdict], now: Now, speaker: Speaker) -> str:
    """Return what a badge says."""
    say, number = speaker.say, speaker.number
    differences = sum(verdict.differences for verdict in found.values())
    if differences:
        worst = max(found.values(), key=lambda verdict: verdict.differences)
        return say("badge_different", booking=number(worst.booking), differences=number(differences))
    compared = _compared(found, speaker)
    if now.is_attended is False:
        return say("badge_unattended", compared=compared or say("badge_never"))
    if not compared:
        return say("badge_never")
    waiting = now.head - found["tables"].booking
    if waiting <= 0:
        return compared
    key = "badge_stale" if kind_of(found, now) == "stale" else "badge_behind"
    return say(key, compared=compared, waiting=number(waiting), compared_at=speaker.moment(found["tables"].compared_at))


def _compared(found: Mapping[str, Verdict], speaker: Speaker) -> str:
    if not set(SCOPES) <= found.keys():
        return ""
    tables, log = found["tables"].booking, min(found["log"].booking, found["ledger"].booking)
    if tables == log:
        return speaker.say("badge_equal", booking=speaker.number(tables))
    return speaker.say("badge_apart", tables=speaker.number(tables), log=speaker.number(log))
