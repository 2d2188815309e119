"""What the descriptions of all addresses are made of (OpenAPI 3.1): references, objects, problems by status."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from streams.intake.problem_words import KINDS, STATUS, Kind
from streams.intake.problems import MEDIA_TYPE

SCHEMAS: Final = "#/components/schemas/"
ENTRY: Final[tuple[Kind, ...]] = ("not-signed-in", "not-permitted", "too-many-requests", "internal", "not-available")
BODY: Final[tuple[Kind, ...]] = (*ENTRY, "malformed", "too-slow", "too-large", "media-type-unsupported")

Json = dict[str, Any]


def language() -> Json:
    """Return the parameter that chooses the language of all words."""
    schema = {"type": "string", "examples": ["id", "en"]}
    return {"name": "Accept-Language", "in": "header", "required": False, "schema": schema, "description": "id or en: the language of all words."}


def problems(kinds: Iterable[Kind]) -> Json:
    """Return the answers with these kinds of problems, by status."""
    by_status: dict[int, list[str]] = {}
    for kind in kinds:
        by_status.setdefault(STATUS[kind], []).append(KINDS[kind].en.text)
    content = {MEDIA_TYPE: {"schema": ref("Problem")}}
    waiting = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait before the next try."}}
    return {
        str(status): {"description": "; ".join(texts), "content": content, **({"headers": waiting} if status in (429, 503) else {})}
        for status, texts in sorted(by_status.items())
    }


def record(required: Mapping[str, Any], optional: Mapping[str, Any] | None = None) -> Json:
    """Return the schema of an object."""
    return {"type": "object", "properties": {**required, **(optional or {})}, "required": list(required)}


def listed(name: str) -> Json:
    """Return the schema of a list of what is described under a name."""
    return {"type": "array", "items": ref(name)}


def ref(name: str) -> Json:
    """Return a reference to what is described under a name."""
    return {"$ref": SCHEMAS + name}
