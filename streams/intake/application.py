"""The intake as one ASGI application: its addresses, its life from start to stop, and what unexpected errors become."""

import traceback
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

import msgspec
import structlog
from litestar import Litestar, Request, Response, Router, get
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler

from models.languages import preferred
from models.reasons import Language, Reason
from streams.intake import openapi, pages
from streams.intake.counter import Counter
from streams.intake.counter import router as of_counter
from streams.intake.door import Door
from streams.intake.ports import Access, Ledger, Log
from streams.intake.problem_words import STATUS, Kind
from streams.intake.problems import Problem
from streams.intake.receiving import Intake
from streams.intake.routes import CORRELATION, SAFE_HEADERS, Answers, language_of, respond, router

log = structlog.get_logger()

Beside = Callable[[Intake, Door], Sequence[Router]]
"""Addresses that stand on the intake: they take events in by it, or show what it knows."""

_KINDS: Final[dict[int, Kind]] = {404: "not-found", 405: "method-not-allowed"}


class Application(Litestar):
    """The framework's application behind the counter, which takes its calls before the framework sees them."""

    def __init__(self, counter: Counter, **options: Any) -> None:
        super().__init__(**options)
        self._counter = counter

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request, or the life of the application."""
        if self._counter.serves(scope):
            await self._counter.serve(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def nothing(_intake: Intake, _door: Door) -> Sequence[Router]:
    """Serve nothing beside the intake."""
    return ()


def application(
    *,
    kafka: Log,
    ledger: Ledger,
    access: Access,
    base_url: str,
    requests_per_second: float,
    clock: Callable[[], int],
    others: Sequence[Router] = (),
    kinds_of_others: Mapping[str, Reason] = pages.NONE,
    beside: Beside = nothing,
) -> Litestar:
    """Return the application. ``base_url`` is the address that partners know; ``clock`` gives milliseconds since 1970.

    ``others`` are addresses that are served beside the intake, ``kinds_of_others`` the problems that they answer with.
    ``beside`` makes those that stand on the intake itself.
    """
    intake = Intake(ledger=ledger, log=kafka, clock=clock)
    door = Door(access, requests_per_second=requests_per_second, clock=clock)

    @asynccontextmanager
    async def lifespan(_app: Litestar) -> AsyncIterator[None]:
        await kafka.start()
        yield
        await kafka.stop()
        intake.close()
        door.close()

    answers = Answers(base_url)
    counter = Counter(intake, door, answers, failed=lambda error, accepted: _failed(error, preferred(accepted), answers))

    def fail(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
        return _failed(error, language_of(request), answers)

    return Application(
        counter,
        route_handlers=[
            of_counter(counter),
            router(intake, door, base_url=base_url),
            pages.router(base_url=base_url, more=kinds_of_others),
            *_told(kafka, base_url),
            *beside(intake, door),
            *others,
        ],
        lifespan=[lifespan],
        exception_handlers={Exception: fail},
        openapi_config=None,
        logging_config=None,
        request_max_body_size=None,
    )


def _told(kafka: Log, base_url: str) -> list[HTTPRouteHandler]:
    """Return what programs ask before they send: whether events are taken, and how."""

    @get("/readyz", name="ready")
    async def ready() -> Response[bytes]:
        return respond({"kafka": kafka.is_connected}, 200 if kafka.is_connected else 503, "en", {})

    described = msgspec.json.encode(openapi.description(base_url))

    @get(openapi.PATH, name="openapi")
    async def describe() -> Response[bytes]:
        return Response(content=described, media_type="application/json", headers=dict(SAFE_HEADERS))

    return [ready, describe]


def _failed(error: Exception, language: Language, answers: Answers) -> Response[bytes]:
    status = error.status_code if isinstance(error, HTTPException) else 500
    kind = _KINDS.get(status, "malformed" if 400 <= status < 500 else "internal")
    response = answers.problem(Problem(kind=kind), language)
    if isinstance(error, HTTPException) and "allow" in (error.headers or {}):
        response.headers["Allow"] = str((error.headers or {})["allow"])
    if STATUS[kind] == 500:
        # Where, not what: the message of an error may hold a value of the event.
        where = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
        log.error("request_failed", error=type(error).__name__, where=where, correlation_id=response.headers[CORRELATION])
    return response
