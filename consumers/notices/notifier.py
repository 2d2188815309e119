"""Tells every target what it was not told yet: bundles, sends, moves the position, tries again later what was not taken."""

import random
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import msgspec
import sqlalchemy as sa
import structlog

from consumers.database import is_unreachable
from consumers.notices import bundles, targets
from consumers.notices.sending import NotTaken, Sender
from consumers.notices.targets import Target
from models.notices import Channel, Notice, as_json, notice_of

LOOK_SECONDS: Final = 2.0
SETTLE_MS: Final = 5_000
"""For so long a first event waits for others that come with it, and for what it waits for itself."""
TOLD_ONE_BY_ONE: Final = 50
LET_BEHIND: Final = 5_000
"""So many decisions of others may pass before the position is moved over them."""
AT_ONCE: Final = 8

Outcome = str
log = structlog.get_logger()


class Notifier:
    """Sends what is due. ``clock`` gives milliseconds since 1970, ``on_outcome`` hears what became of each try."""

    def __init__(
        self,
        engine: sa.Engine,
        senders: Mapping[Channel, Sender],
        *,
        base_url: str,
        clock: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
        jitter: Callable[[], float] = random.random,
        on_outcome: Callable[[Channel, Outcome], None] = lambda _channel, _outcome: None,
    ) -> None:
        self._engine = engine
        self._senders = senders
        self._base_url = base_url
        self._clock = clock
        self._jitter = jitter
        self._on_outcome = on_outcome
        self._stopped = threading.Event()

    def run(self) -> None:
        """Look every few seconds, until stopped. A database that is away is waited for."""
        with ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="notice") as pool:
            while not self._stopped.wait(LOOK_SECONDS):
                try:
                    list(pool.map(self.tell, self.due()))
                except sa.exc.DBAPIError as error:
                    if not is_unreachable(error):
                        raise
                    log.warning("notices_wait", reason="the database does not answer")

    def stop(self) -> None:
        """End the loop soon."""
        self._stopped.set()

    def due(self) -> list[Target]:
        """Return the targets that may be told something now."""
        with self._engine.connect() as connection:
            return targets.due(connection, self._clock())

    def tell(self, target: Target) -> bool:
        """Tell one target what there is, and return whether something was taken."""
        ready = self._prepared(target)
        if ready is None:
            return False
        target, notice = ready
        body = msgspec.json.encode(as_json(notice, target.language, base_url=self._base_url))
        try:
            self._senders[target.channel].send(target, notice, body, now_seconds=self._clock() // 1000)
        except NotTaken as error:
            self._failed(target, error)
            return False
        with self._engine.begin() as connection:
            targets.told(connection, target, now=self._clock())
        self._on_outcome(target.channel, "taken")
        log.info("notice_taken", target=target.target, partner=target.partner, channel=target.channel, notice=notice.name, counts=dict(notice.counts))
        return True

    def _prepared(self, target: Target) -> tuple[Target, Notice] | None:
        """Claim a target and fix its next bundle, in one transaction; None if there is nothing to send now."""
        now = self._clock()
        with self._engine.begin() as connection:
            head = bundles.size(connection)
            found = bundles.bundle(connection, target.partner, after=target.position, to=target.pending or head)
            if not found.told:
                if target.pending is not None or found.last - target.position > LET_BEHIND:
                    targets.passed(connection, target, found.last)
                return None
            is_ripe = target.pending is not None or now - found.oldest_ms >= min(SETTLE_MS, target.every_ms)
            if not is_ripe or not targets.claim(connection, target, now=now):
                return None
            last = target.pending or found.last
            if target.pending is None and not targets.begin(connection, target, last):
                return None
        notice = notice_of(target.target, target.partner, target.position + 1, last, found.told, most=TOLD_ONE_BY_ONE)
        return target._replace(pending=last), notice

    def _failed(self, target: Target, error: NotTaken) -> None:
        with self._engine.begin() as connection:
            is_paused = targets.failed(connection, target, str(error), now=self._clock(), jitter=self._jitter(), for_good=error.for_good)
        self._on_outcome(target.channel, "paused" if is_paused else "failed")
        log.warning("notice_not_taken", target=target.target, partner=target.partner, channel=target.channel, failures=target.failures + 1, paused=is_paused)
