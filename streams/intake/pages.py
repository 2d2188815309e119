"""The pages behind the addresses in a problem's ``type``: what a kind of problem or a reason code means, in both languages."""

import functools
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Request, Response, Router, get

from models.reason_words import REASONS
from models.reasons import Language, Reason
from streams.intake.problem_words import KINDS, STATUS
from streams.intake.problems import PAGES, Problem
from streams.intake.routes import Answers, language_of
from streams.sheets.mistake_words import WORDS as SHEET_WORDS

PAGE_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Vary": "Accept-Language",
}
NONE: Final[Mapping[str, Reason]] = MappingProxyType({})
_HEADINGS: Final[dict[Language, tuple[str, str, str]]] = {
    "en": ("In English", "What to do:", "All problems and reasons"),
    "id": ("Dalam bahasa Indonesia", "Yang perlu dilakukan:", "Semua masalah dan alasan"),
}


class Part(NamedTuple):
    """One language of a page."""

    language: Language
    heading: str
    what_to_do: str
    all: str
    text: str
    hint: str


def explained(more: Mapping[str, Reason] = NONE) -> dict[str, Reason]:
    """Return everything that has a page: kinds of problems by name, ``more`` of them that others answer with, and reasons by code, those of sheets too."""
    kinds: dict[str, Reason] = {str(kind): words for kind, words in KINDS.items()}
    return {**more, **kinds, **REASONS, **SHEET_WORDS}


def problem_page(code: str, language: Language, more: Mapping[str, Reason] = NONE) -> str | None:
    """Return the page of a kind or a reason, the preferred language first; None if there is no such."""
    reason = explained(more).get(code)
    if reason is None:
        return None
    other: Language = "en" if language == "id" else "id"
    status = next((STATUS[kind] for kind in KINDS if kind == code), None)
    return _templates().get_template("problem.html").render(code=code, status=status, first=_part(reason, language), second=_part(reason, other))


def index_page(language: Language, more: Mapping[str, Reason] = NONE) -> str:
    """Return the list of all problems and reasons."""
    problems = [(code, _capitalised(reason.words(language).text)) for code, reason in explained(more).items()]
    return _templates().get_template("problems.html").render(language=language, heading=_HEADINGS[language][2], problems=problems)


def router(*, base_url: str, more: Mapping[str, Reason] = NONE) -> Router:
    """Return the addresses below /problems/. They need no token: they hold nothing but words. ``more`` are kinds of problems that others answer with."""
    answers = Answers(base_url)

    @get(PAGES + "{code:str}", name="problem")
    async def problem(request: Request[Any, Any, Any]) -> Response[Any]:
        language = language_of(request)
        page = problem_page(request.path_params["code"], language, more)
        return _html(page, language) if page is not None else answers.problem(Problem(kind="not-found"), language)

    @get(PAGES, name="problems")
    async def problems(request: Request[Any, Any, Any]) -> Response[Any]:
        language = language_of(request)
        return _html(index_page(language, more), language)

    return Router(path="/", route_handlers=[problem, problems])


def _part(reason: Reason, language: Language) -> Part:
    words = reason.words(language)
    return Part(language, *_HEADINGS[language], text=_capitalised(words.text), hint=_capitalised(words.hint))


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def _html(page: str, language: Language) -> Response[Any]:
    return Response(content=page, media_type="text/html", headers={**PAGE_HEADERS, "Content-Language": language})


@functools.cache
def _templates() -> Environment:
    return Environment(loader=FileSystemLoader(Path(__file__).with_name("templates")), autoescape=True, undefined=StrictUndefined)
