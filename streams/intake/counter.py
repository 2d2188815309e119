"""The counter: where events are sent to, one or many, answered by the framework's way or straight from the server.

Nearly all that the process does is this, and the framework's way to a handler and back took a third of its time. So what is
plainly sent to one of the two addresses is served here; everything else, another method say, goes through the framework,
whose routes call the same two functions. What is taken in is decided in ``streams.intake.receiving``.
"""

import functools
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from litestar import Response, Router, post
from litestar.types import HTTPScope, Receive, Send

from models.access import Grant
from models.languages import preferred
from streams.intake import body as bodies
from streams.intake.door import Door
from streams.intake.patience import Patience, Timeout
from streams.intake.problems import Problem
from streams.intake.receiving import Intake, Receipt
from streams.intake.routes import Answers, AnyRequest, address_of

EVENT_PATH: Final = "/v1/events"
BATCH_PATH: Final = "/v1/events:batch"


class Call(NamedTuple):
    """One request: its headers, named in lower case, the address of its connection, and the body as it comes."""

    headers: Mapping[str, str]
    address: str
    body: AsyncIterator[bytes]


class GoneError(Exception):
    """Whoever sent the request closed the connection before its end: there is nobody to answer."""


class Counter:
    """Takes calls. ``failed`` makes the answer of an error that nobody expected."""

    def __init__(self, intake: Intake, door: Door, answers: Answers, *, failed: Callable[[Exception, str | None], Response[bytes]]) -> None:
        self._intake = intake
        self._door = door
        self._answers = answers
        self._failed = failed
        self._reading: Patience[Timeout] = Patience(bodies.BODY_SECONDS, Timeout.end)
        self._takes: Final[Mapping[str, Callable[[Call], Awaitable[Response[bytes]]]]] = {EVENT_PATH: self.take_event, BATCH_PATH: self.take_batch}

    def serves(self, scope: Mapping[str, Any]) -> bool:
        """Tell whether a request is one of those that are served without the framework."""
        return scope["type"] == "http" and scope["method"] == "POST" and scope["path"] in self._takes

    async def serve(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        """Answer a request that came straight from the server."""
        path = scope["path"]
        scope["path_template"] = path
        # Of a header that is there twice the first one counts, as in the framework.
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(list(scope["headers"]))}
        client = scope.get("client")
        try:
            response = await self._takes[path](Call(headers, client[0] if client else "", _body(receive)))
        except GoneError:
            return
        except Exception as error:  # noqa: BLE001 - answered and logged, as the framework would
            response = self._failed(error, headers.get("accept-language"))
        await _send(response, send)

    async def take_event(self, call: Call) -> Response[bytes]:
        """Answer a request with one event."""
        language = preferred(call.headers.get("accept-language"))
        body = await self._enter_and_read(call, supported=bodies.EVENT_TYPES, limit_bytes=bodies.EVENT_BYTES)
        if isinstance(body, Problem):
            return self._answers.problem(body, language)
        grant, value = body
        (answer,) = await self._intake.take([value], grant)
        return self._answers.receipt(answer, language) if isinstance(answer, Receipt) else self._answers.problem(answer, language)

    async def take_batch(self, call: Call) -> Response[bytes]:
        """Answer a request with many events."""
        language = preferred(call.headers.get("accept-language"))
        body = await self._enter_and_read(call, supported=bodies.BATCH_TYPES, limit_bytes=bodies.BATCH_BYTES)
        if isinstance(body, Problem):
            return self._answers.problem(body, language)
        grant, value = body
        values = bodies.events_of(value, is_lines=bodies.media_type(call.headers) in bodies.LINES_TYPES)
        if isinstance(values, Problem):
            return self._answers.problem(values, language)
        return self._answers.batch(await self._intake.take(values, grant), language)

    async def _enter_and_read(self, call: Call, *, supported: Sequence[str], limit_bytes: int) -> tuple[Grant, bytes] | Problem:
        grant = await self._door.enter(call.headers.get("authorization"), address=call.address, scope="publish")
        if isinstance(grant, Problem):
            return grant
        problem = bodies.unsupported(call.headers, supported)
        if problem is not None:
            return problem
        body = await bodies.read_body(call.body, call.headers, limit_bytes=limit_bytes, within=Timeout(self._reading))
        return body if isinstance(body, Problem) else (grant, body)


def router(counter: Counter) -> Router:
    """Return the two addresses as the framework serves them."""

    @post(EVENT_PATH, name="send_event")
    async def send_event(request: AnyRequest) -> Response[bytes]:
        return await counter.take_event(_call(request))

    @post(BATCH_PATH, name="send_batch")
    async def send_batch(request: AnyRequest) -> Response[bytes]:
        return await counter.take_batch(_call(request))

    return Router(path="/", route_handlers=[send_event, send_batch])


def _call(request: AnyRequest) -> Call:
    return Call(request.headers, address_of(request), request.stream())


async def _body(receive: Callable[[], Awaitable[Any]]) -> AsyncIterator[bytes]:
    has_more = True
    while has_more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise GoneError
        part: bytes = message.get("body", b"")
        has_more = message.get("more_body", False)
        yield part


async def _send(response: Response[bytes], send: Send) -> None:
    named = {**response.headers, "Content-Type": str(response.media_type), "Content-Length": str(len(response.content))}
    headers = [(_header_name(name), value.encode("latin-1")) for name, value in named.items()]
    await send({"type": "http.response.start", "status": response.status_code or 200, "headers": headers})
    await send({"type": "http.response.body", "body": response.content, "more_body": False})


@functools.lru_cache(maxsize=64)
def _header_name(name: str) -> bytes:
    return name.lower().encode("latin-1")
