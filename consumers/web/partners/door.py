"""Who looks at the partners' pages: signing in with a token, the session that a cookie names, and signing out.

The cookie holds a secret that stands on the token: each request looks the token up anew, so revoking it ends the
session at once. Browsers are told to send the cookie to nobody else's request, and every form carries a key of its
session besides.
"""

import math
import secrets
import threading
import time
from collections.abc import Callable
from http.cookies import SimpleCookie
from typing import Final, NamedTuple
from urllib.parse import urlsplit

import sqlalchemy as sa

from consumers import access
from consumers.database import reachable
from consumers.web.responses import AnyRequest
from models.access import SESSION_BYTES, SESSION_MS, Grant, Scope, digest, form_key, is_form_key, is_recognised, prefix_of, session_text
from models.rates import Rates

FAILURES_PER_SECOND: Final = 1.0
FAILURES_AT_ONCE: Final = 30
PAGES_PER_SECOND: Final = 20.0
_SECONDS_AT_ONCE: Final = 10
_LONGEST_TOKEN: Final = 200


class Visitor(NamedTuple):
    """A partner that is signed in. ``key`` belongs into every form of its pages."""

    partner: str
    grant: Grant
    session: str

    @property
    def key(self) -> str:
        """What every form carries."""
        return form_key(self.session)

    def may(self, scope: Scope) -> bool:
        """Tell whether the token allows something."""
        return scope in self.grant.scopes


class Wait(NamedTuple):
    """Somebody asked too often; ``seconds`` says how long to wait."""

    seconds: int


class Door:
    """Lets partners in. ``reading`` is an engine for reading, ``writing`` one for writing; ``clock`` gives milliseconds since 1970."""

    def __init__(
        self, reading: sa.Engine, writing: sa.Engine, *, is_secure: bool, clock: Callable[[], int], pages_per_second: float = PAGES_PER_SECOND
    ) -> None:
        self._reading = reading
        self._writing = writing
        self._is_secure = is_secure
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = Rates(per_second=FAILURES_PER_SECOND, burst=FAILURES_AT_ONCE, clock=time.monotonic)
        self._pages = Rates(per_second=pages_per_second, burst=max(1.0, pages_per_second * _SECONDS_AT_ONCE), clock=time.monotonic)

    @property
    def cookie(self) -> str:
        """The name of the cookie; with TLS one that no other host and no plain connection can set."""
        return "__Host-salur" if self._is_secure else "salur-session"

    def sign_in(self, text: str, request: AnyRequest) -> Visitor | Wait | None:
        """Return the new visitor whose token this is, None for no token in force that may read. Raises Unreachable."""
        where = _address(request)
        if self._is_empty(where):
            return Wait(math.ceil(1 / FAILURES_PER_SECOND))
        prefix = prefix_of(text.strip()[:_LONGEST_TOKEN])
        now = self._clock()
        with reachable(), self._reading.connect() as connection, connection.begin():
            grant = access.grants(connection, [prefix]).get(prefix) if prefix is not None else None
        if not is_recognised(text.strip(), grant) or grant is None or not grant.is_in_force(now) or "read" not in grant.scopes:
            self._take(self._failures, where)
            return None
        session = session_text(secrets.token_bytes(SESSION_BYTES))
        with reachable(), self._writing.begin() as connection:
            access.sign_in(connection, grant, sha256=digest(session), now=now, expires_at=now + SESSION_MS)
        return Visitor(grant.partner, grant, session)

    def visitor(self, request: AnyRequest) -> Visitor | Wait | None:
        """Return who asks; None for nobody who is signed in. Raises Unreachable."""
        session = self._session_of(request)
        if not session:
            return None
        with reachable(), self._reading.connect() as connection, connection.begin():
            grant = access.signed_in(connection, digest(session), now=self._clock())
        if grant is None or not grant.is_in_force(self._clock()):
            return None
        wait = self._take(self._pages, grant.prefix)
        return Wait(math.ceil(wait)) if wait else Visitor(grant.partner, grant, session)

    def sign_out(self, visitor: Visitor) -> None:
        """End the session. Raises Unreachable."""
        with reachable(), self._writing.begin() as connection:
            access.sign_out(connection, visitor.grant, sha256=digest(visitor.session), now=self._clock())

    def handed(self, session: str) -> str:
        """Return the header that gives a browser its session; an empty one takes it away."""
        secure = "; Secure" if self._is_secure else ""
        return f"{self.cookie}={session}; Path=/; Max-Age={SESSION_MS // 1000 if session else 0}; HttpOnly; SameSite=Strict{secure}"

    def _session_of(self, request: AnyRequest) -> str:
        found = SimpleCookie(request.headers.get("cookie", "")).get(self.cookie)
        return found.value if found is not None else ""

    def _take(self, rates: Rates, name: str) -> float:
        with self._lock:
            return rates.wait_seconds(name)

    def _is_empty(self, where: str) -> bool:
        with self._lock:
            return self._failures.is_empty(where)


def is_own_form(request: AnyRequest, *, base_url: str) -> bool:
    """Tell whether a form was sent by a page of this host, as far as the browser says; a program says nothing and has no cookie either."""
    site = request.headers.get("sec-fetch-site")
    if site is not None and site != "same-origin":
        return False
    origin = request.headers.get("origin")
    # Not the scheme: before a proxy it may be another than behind it.
    return origin is None or urlsplit(origin).netloc in {urlsplit(base_url).netloc, request.headers.get("host", "")}


def is_key_of(visitor: Visitor, given: str) -> bool:
    """Tell whether a form belongs to the visitor's session."""
    return is_form_key(given, visitor.session)


def _address(request: AnyRequest) -> str:
    # The address of the connection: what a proxy's header says of it could be said by anybody.
    return request.client.host if request.client else ""
