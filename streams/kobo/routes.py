"""The address that KoboToolbox's REST service sends submissions to.

Kobo tries again only after 502, 503 and 504, so whatever may pass is answered with 503 and never with 500, 429 or
408. A submission that is refused, and an edit that is a conflict, go into Kafka all the same: the ledger refuses
them there too, and so they stay visible, with their reasons, wherever rejected events are.
"""

import base64
import binascii
import traceback
from collections.abc import Callable
from typing import Any, Final

import msgspec
import structlog
from litestar import Request, Response, Router, post
from litestar.params import FromPath

from models.access import Grant
from models.reasons import Language
from streams.intake import body as bodies
from streams.intake.door import Door
from streams.intake.problems import PAGES, Problem, unavailable
from streams.intake.receiving import Intake, Receipt
from streams.intake.routes import Answers
from streams.kobo.folder import Broken
from streams.kobo.mapping import FormMapping
from streams.kobo.submission import Made, SubmissionError, make

PATH: Final = "/v1/kobo/"
AMENDED: Final = "Salur-Amended"
REASON: Final = {"en": "edited in KoboToolbox", "id": "disunting di KoboToolbox"}
_PASSES: Final = frozenset({"too-slow", "too-many-requests", "internal", "not-available"})
_BASIC: Final = "basic "

Find = Callable[[str], FormMapping | Broken | None]
AnyRequest = Request[Any, Any, Any]
log = structlog.get_logger()


def router(intake: Intake, door: Door, *, find: Find, base_url: str) -> Router:
    """Return the address below /v1/kobo; ``find`` gives the mapping of a name."""
    service = _Service(intake, door, find, base_url)

    @post(PATH + "{name:str}", name="kobo_submission")
    async def submit(request: AnyRequest, name: FromPath[str]) -> Response[bytes]:
        try:
            return await service.take(request, name)
        except Exception as error:  # noqa: BLE001 - Kobo gives up after 500 and tries again after 503
            where = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
            # Where, not what: the message of an error may hold an answer.
            log.error("submission_failed", error=type(error).__name__, where=where)  # noqa: TRY400
            return service.problem(unavailable(), "en")

    return Router(path="/", route_handlers=[submit])


class _Service:
    """Takes in one submission after the other."""

    def __init__(self, intake: Intake, door: Door, find: Find, base_url: str) -> None:
        self._intake = intake
        self._door = door
        self._find = find
        self._base_url = base_url
        self._answers = Answers(base_url)

    async def take(self, request: AnyRequest, name: str) -> Response[bytes]:
        """Return the answer to one submission."""
        address = request.client.host if request.client else ""
        grant = await self._door.enter(_authorization(request), address=address, scope="publish")
        if isinstance(grant, Problem):
            return self.problem(grant, "en")
        mapping = self._find(name)
        if isinstance(mapping, Broken):
            log.warning("mapping_broken", mapping=name, faults=[f"{fault.place} {fault.code}" for fault in mapping.faults])
            return self.problem(unavailable(), "en")
        if mapping is None or mapping.partner != grant.partner:
            # Whether another partner has a mapping of this name is nobody's business.
            return self.problem(Problem(kind="not-found"), "en")
        body = await bodies.read_body(request.stream(), request.headers, limit_bytes=bodies.EVENT_BYTES)
        if isinstance(body, Problem):
            return self.problem(body, mapping.lang)
        made = make(mapping, _json(body))
        if isinstance(made, SubmissionError):
            return self.problem(_refused(mapping.lang, [made], self._base_url), mapping.lang)
        return await self._send(mapping, made, grant)

    def problem(self, problem: Problem, language: Language) -> Response[bytes]:
        """Return a problem; one that may pass as Kobo understands it."""
        return self._answers.problem(unavailable() if problem.kind in _PASSES else problem, language)

    async def _send(self, mapping: FormMapping, made: Made, grant: Grant) -> Response[bytes]:
        if made.errors:
            return await self._keep(made, _refused(mapping.lang, made.errors, self._base_url), mapping)
        (answer,) = await self._intake.take([made.value], grant)
        if isinstance(answer, Receipt):
            return self._receipt(answer, mapping.lang)
        if answer.kind == "id-taken" and mapping.edits == "amend":
            (answer,) = await self._intake.take([made.amendment(REASON[mapping.lang])], grant)
            return self._receipt(answer, mapping.lang, is_amendment=True) if isinstance(answer, Receipt) else self.problem(answer, mapping.lang)
        if answer.kind == "id-taken":
            return await self._keep(made, self._edited(answer), mapping)
        return await self._keep(made, answer, mapping) if answer.kind == "event-refused" else self.problem(answer, mapping.lang)

    def _receipt(self, receipt: Receipt, language: Language, *, is_amendment: bool = False) -> Response[bytes]:
        response = self._answers.receipt(receipt, language)
        if is_amendment:
            response.headers[AMENDED] = "true"
        return response

    @staticmethod
    def _edited(taken: Problem) -> Problem:
        """Return the conflict of an edit, with both hashes and the way to amend what was sent first."""
        return Problem(kind="submission-edited", more=taken.more)

    async def _keep(self, made: Made, problem: Problem, mapping: FormMapping) -> Response[bytes]:
        """Put what is refused where the ledger refuses it too, and say so only once it is there."""
        kept = await self._intake.keep([made.value])
        return self.problem(problem if kept else unavailable(), mapping.lang)


def _refused(language: Language, errors: list[SubmissionError] | tuple[SubmissionError, ...], base_url: str) -> Problem:
    return Problem(kind="event-refused", more={"errors": [error.to_json(language, pages=f"{base_url}{PAGES}") for error in errors]})


def _json(body: bytes) -> object:
    try:
        return msgspec.json.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


def _authorization(request: AnyRequest) -> str | None:
    """Return the token as it was given: in a header of its own, or as the password of HTTP's basic authentication, which Kobo has a field for."""
    given = request.headers.get("authorization")
    if given is None or given[: len(_BASIC)].lower() != _BASIC:
        return given
    try:
        _, _, password = base64.b64decode(given[len(_BASIC) :], validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return f"Bearer {password}"
