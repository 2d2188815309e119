"""How a page of the documentation becomes HTML: templates, what is around every page, and the headers it is served with."""

import functools
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Response

from models.reasons import Language
from streams.docs import words

ROOT: Final = "/docs"
LANGUAGES: Final[tuple[Language, Language]] = ("id", "en")
HTML: Final = "text/html"
SAFE: Final[Mapping[str, str]] = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_FOLDER: Final = Path(__file__).parent


def page(language: Language, template: str, *, here: str, title: str, status: int = 200, **more: Any) -> Response[str]:
    """Return a page. ``here`` is its address below the language; prose has a template for each language."""
    other: Language = "en" if language == "id" else "id"
    html = (
        _environment()
        .get_template(template)
        .render(
            language=language,
            other_language=other,
            other_path=f"{ROOT}/{other}/{here}",
            root=f"{ROOT}/{language}/",
            files=f"{ROOT}/",
            say=lambda name: words.say(name, language),
            menu=[(name, words.in_language(text, language)) for name, text in words.PAGES.items()],
            here=here.partition("/")[0],
            is_part="/" in here,
            style=style_path(),
            title=title,
            **more,
        )
    )
    return Response(content=html, media_type=HTML, status_code=status, headers={**SAFE, "Content-Language": language, "Cache-Control": "no-cache"})


def style_path() -> str:
    """Return the address of the style sheet, which changes whenever the style does."""
    return f"{ROOT}/assets/docs.{hashlib.sha256(style_sheet()).hexdigest()[:12]}.css"


@functools.cache
def style_sheet() -> bytes:
    """Return the style sheet."""
    return (_FOLDER / "assets" / "docs.css").read_bytes()


@functools.cache
def _environment() -> Environment:
    return Environment(loader=FileSystemLoader(_FOLDER / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
