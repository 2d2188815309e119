"""Around every question: read the address, look at the ledger once, answer from one moment of it, and turn errors into problems."""

import datetime
import traceback
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import structlog
from litestar import Response

from consumers.live.hub import Hub
from consumers.web import problems, responses
from consumers.web.badge import Watch
from consumers.web.fault import Fault
from consumers.web.problems import Problem, Translate
from consumers.web.question import Parameters, read_parameters
from consumers.web.reading import LedgerReader, Moment
from consumers.web.responses import AnyRequest
from models.errors import ConfigurationError, Unreachable
from models.status import Status

log = structlog.get_logger()

CORRELATION: Final = "X-Correlation-Id"


class Asked(NamedTuple):
    """One question: the moment it is asked at, its parameters, and the names in the path."""

    moment: Moment
    parameters: Parameters
    names: tuple[str, ...]


class NotBooked(Exception):
    """What the path names is not there."""


class Verifying(NamedTuple):
    """What the page of proofs hands out: the public key ("" if it is not here), and where the verifiers are, by language."""

    key: str = ""
    addresses: Sequence[tuple[str, str]] = ()


def nobody_asks() -> Status | None:
    """Say nothing of the processes: nobody here can ask them."""
    return None


class Shell(NamedTuple):
    """What every handler needs. ``base_url`` is the address that people know, ``version`` that of the program."""

    reader: LedgerReader
    watch: Watch
    base_url: str
    translate: Translate
    version: str
    verifying: Callable[[], Verifying] = Verifying
    hub: Hub | None = None
    fault: Fault | None = None
    status: Callable[[], Status | None] = nobody_asks

    def answer(
        self,
        request: AnyRequest,
        allowed: Sequence[str],
        make: Callable[[Asked], Response[bytes]],
        fail: Callable[[Problem, str], Response[bytes]],
        names: Sequence[str] = (),
        *,
        is_fresh: bool = False,
    ) -> Response[bytes]:
        """Return what ``make`` answers, nothing if the asker has it already, or what ``fail`` makes of a problem and its correlation id.

        With ``is_fresh`` it is made anew each time: it is about more than the ledger.
        """
        try:
            parameters = read_parameters(list(request.query_params.multi_items()), allowed=allowed)
            live = self.hub.version if self.hub is not None else ""
            mark = responses.mark_of(request, booking=self.reader.head(), more=f"{self.version}|{self.watch.mark()}|{live}|{_today()}")
            if not is_fresh and responses.is_known(request, mark):
                return responses.not_modified(mark)
            with self.reader.moment() as moment:
                response = make(Asked(moment, parameters, tuple(names)))
            if response.status_code == 200 and not is_fresh:
                response.headers["ETag"] = mark
            return response
        except (ConfigurationError, NotBooked, Unreachable) as error:
            problem = _problem_of(error)
        except Exception as error:  # noqa: BLE001 - the one place where an unexpected error becomes an answer; it is logged
            return self._failed(error, fail)
        return fail(problem, problems.new_correlation_id())

    def _failed(self, error: Exception, fail: Callable[[Problem, str], Response[bytes]]) -> Response[bytes]:
        correlation_id = problems.new_correlation_id()
        # Where, not what: the message of an error may hold a value of an event.
        where = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
        log.error("request_failed", error=type(error).__name__, where=where, correlation_id=correlation_id)
        return fail(Problem(kind="internal"), correlation_id)


def _today() -> str:
    # Ages of what waits grow by the day, though nothing is booked.
    return datetime.datetime.now(datetime.UTC).date().isoformat()


def problem_response(shell: Shell, request: AnyRequest, problem: Problem, correlation_id: str) -> Response[bytes]:
    """Return a problem as programs read it (RFC 9457), in the language of the asker."""
    language = responses.language_of(request)
    content = problems.in_language(problem, language, shell.translate, base_url=shell.base_url, correlation_id=correlation_id)
    headers = {CORRELATION: correlation_id, "Content-Language": language, **problem.headers}
    return responses.respond(responses.as_json(content), problems.MEDIA_TYPE, status=problem.status, headers=headers)


def _problem_of(error: ConfigurationError | NotBooked | Unreachable) -> Problem:
    match error:
        case ConfigurationError():
            return Problem(kind="question-unclear", text=str(error.args[0]), hint=error.hint)
        case NotBooked():
            return Problem(kind="not-booked")
        case _:
            return Problem(kind="not-available")
