"""The pages below /id and /en: which there are, what each is asked, and how it becomes HTML."""

import dataclasses
import functools
import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Response, Router, get
from litestar.params import FromPath
from litestar.response import Redirect

from consumers.answers.roots import root_at
from consumers.web import fault, live, responses
from consumers.web.api import event_id_of
from consumers.web.badge import in_words, kind_of
from consumers.web.downloads import downloads
from consumers.web.problems import Problem
from consumers.web.question import COMMON, address
from consumers.web.responses import AnyRequest
from consumers.web.shell import CORRELATION, Asked, NotBooked, Shell
from consumers.web.speaking import Speaker
from consumers.web.view import View
from consumers.web.views import balance, batches, diff, event, evidence, figure, flags, intake, people, plans, public, seals, statements, status, tallies, total
from consumers.web.views.scene import NAMED_PAGES, Scene
from consumers.web.words import WORDS
from models.reasons import Language

LANGUAGES: Final[tuple[Language, Language]] = ("id", "en")
MENU: Final = ("overview", "people", "plans", "balance", "batches", "statements", "evidence", "flags", "diff", "intake", "seals", "status")
ASSETS: Final[Mapping[str, str]] = {"salur.css": "text/css", "salur.svg": "image/svg+xml", "live.js": "text/javascript"}
"""The files that pages use, and what they are."""
_FOLDER: Final = Path(__file__).parent
_YEAR_SECONDS: Final = 31_536_000

Draw = Callable[[Scene], View]

_SIMPLE: Final[Mapping[str, tuple[Sequence[str], Draw]]] = {
    "": (tallies.OVERVIEW_ALLOWED, tallies.overview),
    "figure": (figure.ALLOWED, figure.figure),
    "statements": (statements.ALLOWED, statements.statements),
    "diff": (diff.ALLOWED, diff.changes),
    "balance": (balance.ALLOWED, balance.goods),
    "intake": (intake.ALLOWED, intake.received),
    "plans": (plans.ALLOWED, plans.planned),
    "flags": (flags.ALLOWED, flags.raised),
    "people": (people.ALLOWED, people.people),
    "public": (public.ALLOWED, public.published),
    "batches": (batches.ALLOWED, batches.paid),
    "evidence": (evidence.ALLOWED, evidence.evidence),
    "sample": (evidence.SAMPLE_ALLOWED, evidence.sample),
    "total": (total.ALLOWED, total.total),
}


def routers(shell: Shell) -> list[Router]:
    """Return the pages of both languages."""
    return [_router(shell, language) for language in LANGUAGES]


def _router(shell: Shell, language: Language) -> Router:
    handlers = [_handler(shell, language, page, allowed, draw) for page, (allowed, draw) in _SIMPLE.items()]
    handlers += [_code_handler(shell, language, dimension) for dimension in NAMED_PAGES]

    @get("/statements/{statement:str}", name=f"{language}_statement", sync_to_thread=True)
    def one_statement(request: AnyRequest, statement: FromPath[str]) -> Response[bytes]:
        return _respond(shell, request, language, statements.ALLOWED, statements.statement, (statement,))

    @get("/partners/{partner:str}/events/{event_id:path}", name=f"{language}_event", sync_to_thread=True)
    def one_event(request: AnyRequest, partner: FromPath[str], event_id: FromPath[str]) -> Response[bytes]:
        names = (partner, event_id_of(request, event_id))
        return _respond(shell, request, language, event.ALLOWED, lambda scene: event.event(scene, shell), names)

    @get("/seals", name=f"{language}_seals", sync_to_thread=True)
    def every_seal(request: AnyRequest) -> Response[bytes]:
        return _respond(shell, request, language, seals.ALLOWED, lambda scene: seals.sealed(scene, shell.verifying()), ("seals",))

    @get("/status", name=f"{language}_status", sync_to_thread=True)
    def how_it_is(request: AnyRequest) -> Response[bytes]:
        return _respond(shell, request, language, status.ALLOWED, lambda scene: status.now(scene, shell.status(), shell.translate), ("status",), is_fresh=True)

    @get("/{rest:path}", name=f"{language}_nothing", sync_to_thread=True)
    def nothing(request: AnyRequest, rest: FromPath[str]) -> Response[bytes]:
        return _respond(shell, request, language, COMMON, _nothing, (rest,))

    handlers += [] if shell.hub is None else [live.handler(shell, shell.hub, language)]
    handlers += [] if shell.fault is None else [fault.handler(shell.fault, language, then=shell.watch.forget)]
    return Router(path=f"/{language}", route_handlers=[*handlers, one_statement, one_event, every_seal, how_it_is, nothing])


def _nothing(_scene: Scene) -> View:
    raise NotBooked


def _handler(shell: Shell, language: Language, page: str, allowed: Sequence[str], draw: Draw) -> Any:
    @get(f"/{page}", name=f"{language}_{page or 'overview'}", sync_to_thread=True)
    def handle(request: AnyRequest) -> Response[bytes]:
        return _respond(shell, request, language, allowed, draw, (page,))

    return handle


def _code_handler(shell: Shell, language: Language, dimension: str) -> Any:
    @get(f"/{dimension}/{{code:str}}", name=f"{language}_{dimension}", sync_to_thread=True)
    def handle(request: AnyRequest, code: FromPath[str]) -> Response[bytes]:
        return _respond(shell, request, language, tallies.ALLOWED, tallies.of_code, (dimension, code))

    return handle


def root() -> Router:
    """Return what shows no figure: the files that pages use, and the way from / to the language of the reader."""

    @get("/", name="root", sync_to_thread=False)
    def choose_language(request: AnyRequest) -> Redirect:
        return Redirect(path=f"/{responses.language_of(request)}/", status_code=302, headers={**responses.SAFE_HEADERS, "Vary": "Accept-Language"})

    return Router(path="/", route_handlers=[choose_language, *(_asset(name) for name in ASSETS)])


def _asset(name: str) -> Any:
    content = _content(name)

    @get(asset_path(name), name=f"asset_{name}", sync_to_thread=False)
    def asset() -> Response[bytes]:
        headers = {"Cache-Control": f"public, max-age={_YEAR_SECONDS}, immutable"}
        return responses.respond(content, ASSETS[name], headers=headers)

    return asset


def _respond(
    shell: Shell, request: AnyRequest, language: Language, allowed: Sequence[str], draw: Draw, names: Sequence[str], *, is_fresh: bool = False
) -> Response[bytes]:
    def make(asked: Asked) -> Response[bytes]:
        speaker = Speaker(language, asked.moment.registry)
        view = draw(Scene(asked, speaker, shell.hub))
        html = _page(view, asked, speaker, shell, request)
        shown = {responses.AS_OF: str(view.as_of.booking), responses.ROWS: str(sum(len(section.table.rows) for section in view.sections if section.table))}
        return responses.respond(html.encode(), responses.HTML, status=view.status, headers={"Content-Language": language, **shown})

    def fail(problem: Problem, correlation_id: str) -> Response[bytes]:
        return problem_page(shell, request, language, problem, correlation_id)

    return shell.answer(request, allowed, make, fail, names, is_fresh=is_fresh)


def problem_page(shell: Shell, request: AnyRequest, language: Language, problem: Problem, correlation_id: str) -> Response[bytes]:
    """Return a problem as people read it."""
    speaker = Speaker(language)
    text, hint = problem.words(language, shell.translate)
    html = (
        _environment()
        .get_template("problem.html")
        .render(
            **common(speaker, request),
            title=speaker.say(f"problem_{problem.status}"),
            text=text[:1].upper() + text[1:],
            hint=hint[:1].upper() + hint[1:],
            correlation_id=correlation_id,
        )
    )
    headers = {"Content-Language": language, CORRELATION: correlation_id, **problem.headers}
    return responses.respond(html.encode(), responses.HTML, status=problem.status, headers=headers)


def _page(view: View, asked: Asked, speaker: Speaker, shell: Shell, request: AnyRequest) -> str:
    here = f"/{speaker.language}/{'' if view.page == 'overview' else view.page}"
    moment = asked.moment
    return (
        _environment()
        .get_template("page.html")
        .render(
            **common(speaker, request),
            view=view,
            live=view.live,
            fault=(f"/{speaker.language}{fault.PATH}", shell.fault.token) if shell.fault and view.page == "overview" else None,
            title=view.title,
            here=here,
            provenance=provenance(view, asked, speaker),
            badge=_badge(shell, moment.head.booking, speaker),
            root=root_at(moment.connection, view.as_of.booking),
            permalink=shell.base_url + address(here, asked.parameters, **({"as_of": view.as_of.booking} if view.is_pinnable else {})),
            downloads=downloads(view, asked, speaker),
            older="" if view.as_of.booking == moment.head.booking else speaker.say("older", head=speaker.number(moment.head.booking)),
        )
    )


def provenance(view: View, asked: Asked, speaker: Speaker) -> str:
    """Return what stands under every figure: as of when, the intake then, and how fresh it is."""
    if not view.as_of.booking:
        return speaker.say("provenance_none")
    counts = {name: speaker.number(count) for name, count in view.intake.to_json().items()}
    last = asked.moment.last_received_at
    return "; ".join(
        [
            speaker.say("provenance_booking", booking=speaker.number(view.as_of.booking), booked_at=speaker.moment(view.as_of.booked_at)),
            speaker.say("intake_identity", **counts),
            speaker.say("freshness", received_at=speaker.moment(last)) if last else speaker.say("freshness_none"),
        ]
    )


def asset_path(name: str) -> str:
    """Return the address of a file that pages use, which changes whenever the file does."""
    stem, _, ending = name.rpartition(".")
    return f"/assets/{stem}.{hashlib.sha256(_content(name)).hexdigest()[:12]}.{ending}"


def common(speaker: Speaker, request: AnyRequest, menu: Sequence[tuple[str, str, str]] | None = None) -> dict[str, Any]:
    """Return what the frame of every page is filled with; ``menu`` is (name, words, address) of each entry."""
    language = speaker.language
    other: Language = "en" if language == "id" else "id"
    rest = request.url.path.removeprefix(f"/{language}")
    raw = (request.scope.get("raw_path") or b"").decode("ascii", "replace").partition("?")[0]
    path = raw.removeprefix(f"/{language}") if raw.startswith(f"/{language}") else rest
    query = f"?{request.url.query}" if request.url.query else ""
    return {
        "language": language,
        "other_language": other,
        "other_path": f"/{other}{path}{query}",
        "say": speaker.say,
        "menu": _menu(speaker) if menu is None else menu,
        "home": f"/{language}/",
        "style": asset_path("salur.css"),
        "icon": asset_path("salur.svg"),
        "script": asset_path("live.js"),
    }


def _menu(speaker: Speaker) -> list[tuple[str, str, str]]:
    return [(name, _menu_word(speaker, name), f"/{speaker.language}/{'' if name == 'overview' else name}") for name in MENU]


def _menu_word(speaker: Speaker, page: str) -> str:
    """Return what a page is called in the menu, where there is less room than in its title."""
    return speaker.kind("menu", page) if f"menu_{page}" in WORDS else speaker.say(page)


def _badge(shell: Shell, head: int, speaker: Speaker) -> tuple[str, str]:
    """Return the badge's mark and words."""
    found, now = shell.watch.look()
    now = dataclasses.replace(now, head=head)
    return kind_of(found, now), in_words(found, now, speaker)


@functools.cache
def _content(name: str) -> bytes:
    return (_FOLDER / "assets" / name).read_bytes()


@functools.cache
def _environment() -> Environment:
    return Environment(loader=FileSystemLoader(_FOLDER / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
