"""The members of a type of event, from its JSON Schema: where each stands, whether it is needed, and what form it has. No words of its own."""

import dataclasses
import functools
from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal

from models.json_schema import Schema, schema_of

Form = Literal["text", "number", "whole", "yes-or-no", "moment", "day", "day-or-moment", "object", "list", "choice", "original", "parts", "any"]

_REFERS: Final = frozenset({"original", "other"})
_BY_FORMAT: Final[Mapping[str, Form]] = {"date-time": "moment", "date": "day"}
_DEEPEST: Final = 8


@dataclasses.dataclass(frozen=True, slots=True)
class Member:
    """One member. ``owner`` is the title of the form that it belongs to; ``most`` the longest text or list, 0 for no limit."""

    path: str
    name: str
    owner: str
    form: Form
    required: bool
    choices: tuple[str, ...] = ()
    most: int = 0
    is_list: bool = False


@functools.cache
def members_of(event_type: str) -> tuple[Member, ...]:
    """Return the members of a type in the order of its schema, those of data behind those of the envelope."""
    root = schema_of(event_type)
    return tuple(_members(_resolved(root, root), root, "", ()))


def _members(node: Schema, root: Schema, above: str, seen: tuple[str, ...]) -> Iterator[Member]:
    title = node.get("title", "")
    needed = node.get("required", ())
    for name, member in node.get("properties", {}).items():
        path = f"{above}{name}"
        yield _member(path, name, title, member, root, required=name in needed)
        inner = _inner(member, root)
        if inner is not None and len(seen) < _DEEPEST and inner.get("title") not in seen:
            step = "[]." if _resolved(member, root).get("type") == "array" else "."
            yield from _members(inner, root, f"{path}{step}", (*seen, title))


def _member(path: str, name: str, owner: str, member: Schema, root: Schema, *, required: bool) -> Member:
    resolved = _resolved(member, root)
    is_list = resolved.get("type") == "array"
    element = _resolved(resolved["items"], root) if is_list else resolved
    choices = tuple(map(str, element.get("enum", ())))
    form: Form = "original" if name in _REFERS else "choice" if choices else "parts" if name == "disaggregation" else _form(element)
    return Member(path, name, owner, form, required, choices, int(resolved.get("maxItems" if is_list else "maxLength", 0)), is_list)


def _form(member: Mapping[str, Any]) -> Form:
    match member.get("type"):
        case ["integer", "string"]:
            return "number"
        case "integer":
            return "whole"
        case "boolean":
            return "yes-or-no"
        case "object":
            return "object"
        case "string" if "T(" in member.get("pattern", ""):
            return "day-or-moment"
        case "string":
            return _BY_FORMAT.get(member.get("format", ""), "text")
        case _:
            return "any"


def _inner(member: Schema, root: Schema) -> Schema | None:
    """Return the object that a member is, or a list of; of an original, which may be a mere id, the object."""
    resolved = _resolved(member, root)
    if resolved.get("type") == "array":
        resolved = _resolved(resolved["items"], root)
    alternatives = [_resolved(one, root) for one in resolved.get("anyOf", ())]
    return next((one for one in (resolved, *alternatives) if "properties" in one), None)


def _resolved(member: Schema, root: Schema) -> Schema:
    reference = member.get("$ref", "")
    resolved: Schema = root["$defs"][reference.rpartition("/")[2]] if reference else member
    return resolved
