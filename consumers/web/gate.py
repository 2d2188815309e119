"""The gate around every address that shows figures: who may come in, and the line of the read log before an answer leaves.

It stands outside all handlers, so none of them can forget it. The first byte of an answer waits until its line is
kept; when that fails, the answer is not given. What an answer shows is read from its own headers.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any, Final, NamedTuple, Protocol

import structlog
from litestar import Request, Response
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from consumers.web.problems import Problem
from consumers.web.responses import AS_OF, JSON, ROWS, SAFE_HEADERS, SHA256, AnyRequest
from models.errors import SalurError
from models.reads import Channel, Read, shown, written

MISDIRECTED: Final = 421
PATIENCE_SECONDS: Final = 10.0
"""So long an answer waits for its line in the read log."""
LOCAL: Final = "local"
"""Who reads where only this machine can reach the pages."""
_PROXIED: Final = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
_FIRST_ERROR: Final = 500
_CHALLENGES: Final = ((b"www-authenticate", b'Basic realm="salur", charset="UTF-8"'), (b"www-authenticate", b'Bearer realm="salur"'))

log = structlog.get_logger()

Enter = Callable[[AnyRequest], Awaitable[str | Problem]]
"""Says who a reader is, or why he may not come in."""
Fail = Callable[[AnyRequest, Problem], Response[bytes]]


class Reads(Protocol):
    """The read log: the awaited line is kept when ``append`` returns. Raises SalurError when it is not."""

    async def append(self, read: Read) -> None:
        """Keep one line."""


async def local(request: AnyRequest) -> str | Problem:
    """Let everybody on this machine in, but nobody who came through a proxy: he is not on this machine."""
    if any(name in request.headers for name in _PROXIED):
        return Problem(kind="sign-in-needed", text="this request came through a proxy", hint="name the proxy's address in SALUR_WEB_URL, then sign in")
    return LOCAL


class Gate:
    """Middleware of one router. ``hosts`` are the only names under which it answers, None for any."""

    def __init__(self, inner: ASGIApp, *, hosts: Collection[str] | None, enter: Enter, reads: Reads, fail: Fail) -> None:
        self._inner = inner
        self._hosts = hosts
        self._enter = enter
        self._reads = reads
        self._fail = fail

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request: AnyRequest = Request(scope)
        exchange = _Exchange(request, scope, receive, send)
        if self._hosts is not None and (request.url.hostname or "") not in self._hosts:
            await exchange.answer(Response(content=b"", status_code=MISDIRECTED, media_type="text/plain", headers=dict(SAFE_HEADERS)))
            return
        reader = await self._enter(request)
        if isinstance(reader, Problem):
            answer = self._fail(request, reader)
            await (exchange.challenging() if reader.status == 401 else exchange).answer(answer)
            return
        await self._inner(scope, receive, _Noting(exchange, reader, self._reads, self._fail))


class _Exchange(NamedTuple):
    """One request, and how it is answered."""

    request: AnyRequest
    scope: Scope
    receive: Receive
    send: Send

    async def answer(self, response: Response[bytes]) -> None:
        await response.to_asgi_response(None, self.request)(self.scope, self.receive, self.send)

    def challenging(self) -> "_Exchange":
        """Return one whose answer says both ways to sign in: a browser asks for a password, a program sends a token."""

        async def challenge(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_CHALLENGES]
            await self.send(message)

        return self._replace(send=challenge)


class _Noting:
    """Sends one answer on, once its line is kept; in its place a problem, when that fails."""

    def __init__(self, exchange: _Exchange, reader: str, reads: Reads, fail: Fail) -> None:
        self._exchange = exchange
        self._reader = reader
        self._reads = reads
        self._fail = fail
        self._is_refused = False

    async def __call__(self, message: Message) -> None:
        """Send one message."""
        if message["type"] == "http.response.start" and message["status"] < _FIRST_ERROR and not await self._is_kept(message):
            self._is_refused = True
            await self._exchange.answer(self._fail(self._exchange.request, Problem(kind="not-available")))
        if not self._is_refused:
            await self._exchange.send(message)

    async def _is_kept(self, start: Any) -> bool:
        headers = {name.lower(): value for name, value in start["headers"]}
        try:
            await asyncio.wait_for(self._reads.append(read_of(self._exchange.request, self._reader, start["status"], headers)), PATIENCE_SECONDS)
        except (SalurError, TimeoutError) as error:
            log.error("read_not_logged", error=type(error).__name__, reason=str(error))  # noqa: TRY400 - the reason is all there is to it
            return False
        return True


def read_of(request: AnyRequest, reader: str, status: int, headers: Mapping[bytes, bytes]) -> Read:
    """Return the line of one answer."""
    path = request.url.path
    channel: Channel = "api" if path.startswith("/v1/") else "page"
    question: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        question[name] = f"{question[name]},{value}" if name in question else value
    return Read(
        at=time.time_ns() // 1_000_000,
        reader=reader,
        channel=channel,
        what=shown(path),
        asked=written(question),
        status=status,
        as_of=_number(headers, AS_OF),
        rows=_number(headers, ROWS),
        sha256=headers.get(SHA256.lower().encode(), b"").decode("ascii", "replace"),
    )


def wants_json(request: AnyRequest) -> bool:
    """Tell whether a program asks: it gets a problem as JSON, a person a page."""
    return request.url.path.startswith("/v1/") or JSON in request.headers.get("accept", "")


def _number(headers: Mapping[bytes, bytes], name: str) -> int | None:
    value = headers.get(name.lower().encode(), b"")
    return int(value) if value.isdigit() else None
