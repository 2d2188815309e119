"""Pages and the read API put together, as routers that a web application takes in: the auditors' behind one gate, and the partners'."""

from collections.abc import Callable, Collection
from importlib.metadata import PackageNotFoundError, version
from typing import Final

import sqlalchemy as sa
from litestar import Response, Router, get
from litestar.types import ASGIApp

from consumers.live.hub import Hub
from consumers.web import api, assurance, files, openapi, pages, problems, responses
from consumers.web.answer import BASE
from consumers.web.badge import Attended, Badge, Watch, never_compared, nobody_knows
from consumers.web.fault import Fault
from consumers.web.files import Handed
from consumers.web.gate import Enter, Gate, Reads, local, wants_json
from consumers.web.partners import pages as partner_pages
from consumers.web.partners.door import PAGES_PER_SECOND, Door
from consumers.web.partners.ports import Sending
from consumers.web.partners.shell import Frame
from consumers.web.problems import Problem, Translate
from consumers.web.reading import LedgerReader
from consumers.web.responses import AnyRequest
from consumers.web.shell import Shell, Verifying, nobody_asks, problem_response
from models.reasons import Language
from models.status import Status

LOOPBACK_NAMES: Final = frozenset({"127.0.0.1", "::1", "localhost"})

NOTHING: Final = Handed()


def in_english(text: str, _language: Language) -> str:
    """Return an error's words as they are, where nobody translates them."""
    return text


def auditors(
    engine: sa.Engine,
    *,
    base_url: str,
    reads: Reads,
    enter: Enter = local,
    badge: Badge = never_compared,
    attended: Attended = nobody_knows,
    hub: Hub | None = None,
    fault: Fault | None = None,
    verifying: Callable[[], Verifying] = Verifying,
    status: Callable[[], Status | None] = nobody_asks,
    translate: Translate = in_english,
    hosts: Collection[str] | None = None,
    handed: Handed = NOTHING,
) -> list[Router]:
    """Return the routers. ``engine`` is one of ``open_for_reading``, ``base_url`` the address that people know, ``reads`` the read log.

    ``enter`` says who a reader is. ``hosts`` are the only names under which figures are answered (None for any): a page
    elsewhere that has its own name lead here is answered with nothing. ``hub`` reads the tables for the live view,
    ``badge`` knows how they were last compared, ``attended`` whether somebody keeps them; ``fault`` is a demonstration's.
    ``handed`` is what goes with files, ``status`` asks how the processes are.
    """
    reader = LedgerReader(engine)
    watch = Watch(badge, head=reader.head, attended=attended)
    shell = Shell(
        reader=reader,
        watch=watch,
        base_url=base_url.rstrip("/"),
        translate=translate,
        version=_version(),
        verifying=verifying,
        hub=hub,
        fault=fault,
        status=status,
    )

    def fail(request: AnyRequest, problem: Problem) -> Response[bytes]:
        correlation_id = problems.new_correlation_id()
        if wants_json(request):
            return problem_response(shell, request, problem, correlation_id)
        return pages.problem_page(shell, request, _language_of(request), problem, correlation_id)

    def gate(app: ASGIApp) -> ASGIApp:
        return Gate(app, hosts=hosts, enter=enter, reads=reads, fail=fail)

    every = [api.router(shell, assurance.addresses()), files.router(shell, handed), *pages.routers(shell)]
    return [Router(path="/", route_handlers=every, middleware=[gate]), Router(path="/", route_handlers=[_described(shell), pages.root()])]


def partners(
    reading: sa.Engine,
    writing: sa.Engine,
    sending: Sending,
    *,
    base_url: str,
    clock: Callable[[], int],
    translate: Translate = in_english,
    is_open: bool = False,
    pages_per_second: float = PAGES_PER_SECOND,
) -> list[Router]:
    """Return the partners' pages, for those who sign in. ``reading`` and ``writing`` are engines of ``consumers.database``, ``sending`` is the intake.

    ``is_open`` tells that nobody has to sign in to look at figures, so that these pages lead there. ``clock`` gives milliseconds since 1970.
    """
    reader = LedgerReader(reading)
    watch = Watch(never_compared, head=reader.head)
    shell = Shell(reader=reader, watch=watch, base_url=base_url.rstrip("/"), translate=translate, version=_version())
    door = Door(reading, writing, is_secure=base_url.startswith("https:"), clock=clock, pages_per_second=pages_per_second)
    return partner_pages.routers(Frame(shell=shell, door=door, sending=sending, clock=clock, is_open=is_open))


def _described(shell: Shell) -> Router:
    addresses = {path: allowed for path, (allowed, _) in {**api.simple(), **assurance.addresses()}.items()}
    content = responses.as_json(openapi.description(shell.base_url, addresses, files.addresses()))

    @get(f"{BASE}{openapi.PATH}", name="api_description", sync_to_thread=False)
    def description() -> Response[bytes]:
        return responses.respond(content, responses.JSON)

    return Router(path="/", route_handlers=[description])


def _language_of(request: AnyRequest) -> Language:
    named = request.url.path.split("/", 2)[1]
    return next((language for language in pages.LANGUAGES if language == named), responses.language_of(request))


def _version() -> str:
    try:
        return f"{version('salur')}|{pages.asset_path('salur.css')}"
    except PackageNotFoundError:
        return pages.asset_path("salur.css")
