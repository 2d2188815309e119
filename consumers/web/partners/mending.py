"""Mending an event that was refused: its members as fields of a form, and a form as an event again. Values only."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

MEMBER: Final = "member:"
"""Before the pointer in the name of a field."""
_FIXED: Final = frozenset({"/specversion", "/id", "/source", "/type", "/datacontenttype", "/dataschema"})
"""What stays as it was sent: the id above all, which is still free for the mended event."""
_WHOLE: Final = re.compile(r"-?[0-9]{1,15}")
_MOST_MEMBERS: Final = 200


def members_of(raw: bytes) -> dict[str, str] | None:
    """Return every member that may be changed, by pointer; None for what is no JSON object, or has too many."""
    try:
        event = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    if not isinstance(event, dict):
        return None
    found = {pointer: value if isinstance(value, str) else json.dumps(value) for pointer, value in _leaves(event, "") if pointer not in _FIXED}
    return found if len(found) <= _MOST_MEMBERS else None


def mended(raw: bytes, fields: Mapping[str, str]) -> bytes:
    """Return the event with what the fields say; an empty one takes its member away. A number stays a number, a text a text."""
    event = json.loads(raw)
    before = dict(_leaves(event, ""))
    gone: list[str] = []
    for name, written in fields.items():
        pointer, text = name.removeprefix(MEMBER), written.strip()
        if not name.startswith(MEMBER) or pointer in _FIXED or not pointer.startswith("/"):
            continue
        if text:
            _put(event, pointer, _value(text, before.get(pointer)))
        elif pointer in before:
            gone.append(pointer)
    for pointer in reversed(gone):
        _take_away(event, pointer)
    return json.dumps(event, ensure_ascii=False).encode()


def _value(text: str, before: Any) -> Any:
    if isinstance(before, str):
        return text
    if isinstance(before, bool) and text in {"true", "false"}:
        return text == "true"
    return int(text) if _WHOLE.fullmatch(text) else text


def _leaves(node: Any, pointer: str) -> Sequence[tuple[str, Any]]:
    match node:
        case dict() if node or not pointer:
            return [leaf for name, value in node.items() for leaf in _leaves(value, f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}")]
        case list() if node:
            return [leaf for place, value in enumerate(node) for leaf in _leaves(value, f"{pointer}/{place}")]
    return [(pointer, node)]


def _tokens(pointer: str) -> list[str]:
    return [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]


def _put(event: Any, pointer: str, value: Any) -> None:
    """Put a value where the pointer says, as far as there is a place; a member that is missing is made."""
    *way, last = _tokens(pointer)
    node = event
    for token in way:
        node = _step(node, token)
        if node is None:
            return
    if isinstance(node, dict):
        node[last] = value
    elif isinstance(node, list) and last.isdigit() and int(last) < len(node):
        node[int(last)] = value


def _step(node: Any, token: str) -> Any:
    if isinstance(node, dict):
        return node.setdefault(token, {})
    return node[int(token)] if isinstance(node, list) and token.isdigit() and int(token) < len(node) else None


def _take_away(event: Any, pointer: str) -> None:
    *way, last = _tokens(pointer)
    node = event
    for token in way:
        node = _step(node, token)
    if isinstance(node, dict):
        node.pop(last, None)
