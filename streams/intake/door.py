"""Who comes in: the token of a request, looked up anew each time, and how often it may ask.

While the database of the grants is away, a token that was in force a short while ago still opens: partners are not
kept out by what is broken inside.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Final

from models.access import Grant, Scope, is_recognised, prefix_of
from models.errors import Unreachable
from models.rates import Rates
from streams.intake.grouped import Grouped
from streams.intake.ports import Access
from streams.intake.problems import Problem, unavailable

REMEMBERED_SECONDS: Final = 900.0
PATIENCE_SECONDS: Final = 2.0
FAILURES_PER_SECOND: Final = 1.0
FAILURES_AT_ONCE: Final = 30
_MOST_REMEMBERED: Final = 10_000
_BEARER: Final = "bearer "


class Door:
    """Lets requests in. ``clock`` gives milliseconds since 1970."""

    def __init__(self, access: Access, *, requests_per_second: float, clock: Callable[[], int]) -> None:
        self._access = access
        self._clock = clock
        self._grants: Grouped[str, Grant | None] = Grouped(self._look_up, patience_seconds=PATIENCE_SECONDS)
        self._remembered: OrderedDict[str, tuple[Grant, float]] = OrderedDict()
        self._by_token = Rates(per_second=requests_per_second, burst=max(1.0, 2 * requests_per_second), clock=time.monotonic)
        self._by_address = Rates(per_second=requests_per_second, burst=max(1.0, 2 * requests_per_second), clock=time.monotonic)
        self._failures = Rates(per_second=FAILURES_PER_SECOND, burst=FAILURES_AT_ONCE, clock=time.monotonic)

    async def enter(self, authorization: str | None, *, address: str, scope: Scope) -> Grant | Problem:
        """Return the grant of a request, or why it may not come in."""
        wait = self._by_address.wait_seconds(address)
        if wait:
            return _too_many(wait)
        if self._failures.is_empty(address):
            return _too_many(1 / FAILURES_PER_SECOND)
        text = _bearer(authorization)
        prefix = prefix_of(text)
        try:
            grant = await self._find(prefix) if prefix is not None else None
        except Unreachable:
            return unavailable()
        if not is_recognised(text, grant) or grant is None or not grant.is_in_force(self._clock()):
            self._failures.wait_seconds(address)
            return Problem(kind="not-signed-in")
        wait = self._by_token.wait_seconds(grant.prefix)
        if wait:
            return _too_many(wait)
        return grant if scope in grant.scopes else Problem(kind="not-permitted", more={"scope": scope})

    def close(self) -> None:
        """Let go of the thread that asks."""
        self._grants.close()

    async def _find(self, prefix: str) -> Grant | None:
        try:
            grant = await self._grants.ask(prefix)
        except Unreachable:
            grant, then = self._remembered.get(prefix, (None, 0.0))
            if grant is None or time.monotonic() - then > REMEMBERED_SECONDS:
                raise
            return grant
        self._remember(prefix, grant)
        return grant

    def _remember(self, prefix: str, grant: Grant | None) -> None:
        self._remembered.pop(prefix, None)
        if grant is not None:
            self._remembered[prefix] = grant, time.monotonic()
        if len(self._remembered) > _MOST_REMEMBERED:
            self._remembered.popitem(last=False)

    def _look_up(self, prefixes: Sequence[str]) -> list[Grant | None]:
        found = self._access.grants(set(prefixes))
        return [found.get(prefix) for prefix in prefixes]


def _bearer(authorization: str | None) -> str:
    given = authorization or ""
    return given[len(_BEARER) :].strip() if given[: len(_BEARER)].lower() == _BEARER else ""


def _too_many(wait_seconds: float) -> Problem:
    return Problem(kind="too-many-requests", retry_after_seconds=max(1, math.ceil(wait_seconds)))
