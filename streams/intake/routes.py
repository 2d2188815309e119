"""How the intake answers, and where to ask what became of an event; events are sent to ``streams.intake.counter``."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import unquote

import msgspec
from litestar import Request, Response, Router, get

from models.access import Grant, Scope
from models.errors import Unreachable
from models.languages import preferred
from models.reasons import Language
from streams.intake.door import Door
from streams.intake.problems import MEDIA_TYPE, Problem, in_language, unavailable
from streams.intake.receiving import STATUS_PATH, Answer, Intake, Receipt
from streams.intake.status import status_json

JSON: Final = "application/json"
REPLAYED: Final = "Idempotent-Replayed"
CORRELATION: Final = "X-Correlation-Id"
MULTI_STATUS: Final = 207
ACCEPTED: Final = 202

AnyRequest = Request[Any, Any, Any]

SAFE_HEADERS: Final[Mapping[str, str]] = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}


class Answers:
    """Turns outcomes into responses; ``base_url`` is the address that partners know."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url

    def problem(self, problem: Problem, language: Language) -> Response[bytes]:
        """Return a problem in words."""
        correlation_id = new_correlation_id()
        content = in_language(problem, language, base_url=self._base_url, correlation_id=correlation_id)
        return respond(content, problem.status, language, {CORRELATION: correlation_id, **_headers_of(problem)}, media_type=MEDIA_TYPE)

    def receipt(self, receipt: Receipt, language: Language) -> Response[bytes]:
        """Return the receipt of one event."""
        content = receipt.to_json(self._base_url)
        headers = {"Location": content["status_url"], **({REPLAYED: "true"} if receipt.is_replayed else {})}
        return respond(content, ACCEPTED, language, headers)

    def batch(self, answers: Sequence[Answer], language: Language) -> Response[bytes]:
        """Return the result of every event of a batch: 202 if all were taken in, else 207; 503 if Kafka took none."""
        if all(isinstance(answer, Problem) and answer.kind == "not-available" for answer in answers):
            return self.problem(unavailable(), language)
        results = [self._result(number, answer, language) for number, answer in enumerate(answers)]
        statuses = {result["status"] for result in results}
        again = {"Retry-After": str(unavailable().retry_after_seconds)} if unavailable().status in statuses else {}
        return respond({"results": results}, ACCEPTED if statuses == {ACCEPTED} else MULTI_STATUS, language, again)

    def status(self, content: dict[str, Any], language: Language) -> Response[bytes]:
        """Return what became of an event."""
        return respond(content, 200, language, {})

    def _result(self, index: int, answer: Answer, language: Language) -> dict[str, Any]:
        if isinstance(answer, Receipt):
            replayed = {"replayed": True} if answer.is_replayed else {}
            return {"index": index, "status": ACCEPTED, "receipt": answer.to_json(self._base_url), **replayed}
        problem = in_language(answer, language, base_url=self._base_url, correlation_id=new_correlation_id())
        return {"index": index, "status": answer.status, "problem": problem}


def respond(content: Any, status: int, language: Language, headers: Mapping[str, str], *, media_type: str = JSON) -> Response[bytes]:
    """Return JSON, with the headers that every answer has."""
    every = {**SAFE_HEADERS, "Content-Language": language, "Vary": "Accept-Language", **headers}
    return Response(content=msgspec.json.encode(content), status_code=status, media_type=media_type, headers=every)


def new_correlation_id() -> str:
    """Return a random name for one answer, which log lines carry too."""
    return secrets.token_hex(8)


def router(intake: Intake, door: Door, *, base_url: str) -> Router:
    """Return the address below /v1/events."""
    answers = Answers(base_url)

    @get("/v1/events/{event_id:path}", name="event_status")
    async def event_status(request: AnyRequest) -> Response[bytes]:
        language = language_of(request)
        grant = await enter(request, door, scope="read")
        if isinstance(grant, Problem):
            return answers.problem(grant, language)
        try:
            status = await intake.status(_id_of(request), grant)
        except Unreachable:
            return answers.problem(unavailable(), language)
        if status is None:
            return answers.problem(Problem(kind="unknown-event"), language)
        return answers.status(status_json(status, language, base_url=base_url), language)

    return Router(path="/", route_handlers=[event_status])


def language_of(request: AnyRequest) -> Language:
    """Return the language that a request asks for."""
    return preferred(request.headers.get("accept-language"))


async def enter(request: AnyRequest, door: Door, *, scope: Scope) -> Grant | Problem:
    """Return the grant of a request, or why it may not come in."""
    return await door.enter(request.headers.get("authorization"), address=address_of(request), scope=scope)


def address_of(request: AnyRequest) -> str:
    """Return the address of the connection: what a proxy's header says of it could be said by anybody."""
    return request.client.host if request.client else ""


def _id_of(request: AnyRequest) -> str:
    """Return the id as it was written: an id may hold slashes, which the path alone does not show exactly."""
    raw_path = request.scope.get("raw_path") or b""
    name = raw_path.decode("ascii", "replace").partition("?")[0]
    return unquote(name.removeprefix(STATUS_PATH)) if name.startswith(STATUS_PATH) else ""


def _headers_of(problem: Problem) -> dict[str, str]:
    headers = {} if problem.retry_after_seconds is None else {"Retry-After": str(problem.retry_after_seconds)}
    if problem.kind == "not-signed-in":
        headers["WWW-Authenticate"] = 'Bearer realm="salur"'
    return headers
