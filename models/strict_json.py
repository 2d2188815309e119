"""JSON read strictly, so that no two readers can disagree on what was sent.

Refused: what RFC 8259 refuses, and also repeated members, NaN, a byte order mark, characters that hide or
reorder text, and deep nesting. A number with a fraction or an exponent is read as ``INEXACT``, which no member
accepts. Nothing here knows events; nothing here raises.
"""

import dataclasses
import itertools
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from models.reasons import Violation

MAX_DEPTH: Final = 16
_NO_HIDDEN: Final = "no control, bidirectional or zero-width characters"
_MAX_FLAWS: Final = 100
"""A hostile document may hold a flaw per byte; a person reads the first hundred."""

_HIDDEN: Final = (
    "\x7f-\x9f"  # delete and the C1 controls
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e"  # soft hyphen, joiners, fillers, marks without a width
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f"  # zero width, line separators, bidirectional controls
    "\u3164\ufeff\uffa0\ufff0-\uffff"  # fillers, byte order mark, interlinear marks, non-characters
    "\ud800-\udfff"  # surrogates without their other half
    "\U000e0000-\U000e0fff"  # tags
)
HIDDEN: Final = re.compile(f"[{_HIDDEN}]")
"""Characters that must not occur anywhere in an event."""
FORBIDDEN: Final = re.compile(f"[\x00-\x1f{_HIDDEN}]")
"""The same for one string, in which control characters can only stand escaped."""

# A member's name may be anything, even a person's number: only names that look like names are repeated to anyone.
_PLAIN_NAME: Final = re.compile(r"(?!.*[0-9]{6})[A-Za-z_][A-Za-z0-9_.-]{0,62}")
_UNNAMED: Final = "*"


class Inexact:
    """A JSON number with a fraction or an exponent."""


class Ambiguous(dict[str, Any]):
    """A JSON object in which some members occur more than once; ``repeated`` names them."""

    repeated: tuple[str, ...] = ()


INEXACT: Final = Inexact()
_HUGE: Final = 10**64


@dataclasses.dataclass(frozen=True, slots=True)
class Parsed:
    """What was read, if it is JSON at all, and everything that is wrong with its form."""

    value: Any
    flaws: tuple[Violation, ...]
    is_json: bool = True


def parse(raw: bytes) -> Parsed:
    """Read one JSON text."""
    try:
        value = json.loads(raw.decode("utf-8"), object_pairs_hook=_members, parse_int=_integer, parse_float=_inexact, parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        return _not_json(f"UTF-8; byte {error.start} is not")
    except json.JSONDecodeError as error:
        return _not_json(f"JSON; it ends being JSON at line {error.lineno} column {error.colno}")
    except _NotJsonError:
        return _not_json("JSON, which has no NaN and no infinity")
    except RecursionError:
        return _not_json(f"at most {MAX_DEPTH} levels")
    return Parsed(value, _flaws(value))


def pointer(*tokens: str | int) -> str:
    """Return the JSON pointer (RFC 6901) of ``tokens``, with names that may tell something about a person left out."""
    return "".join(f"/{_token(token)}" for token in tokens)


def is_plain(text: object, *, max_length: int = 128) -> bool:
    """Tell whether ``text`` is a short string without forbidden characters."""
    return isinstance(text, str) and 0 < len(text) <= max_length and FORBIDDEN.search(text) is None


class _NotJsonError(ValueError):
    """Python's reader takes more than JSON; this stops it there."""


def _not_json(expected: str) -> Parsed:
    return Parsed(None, (Violation(code="rjct.malformed", expected=expected),), is_json=False)


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    seen: set[str] = set()
    ambiguous = Ambiguous(members)
    ambiguous.repeated = tuple(dict.fromkeys(name for name, _ in pairs if name in seen or seen.add(name)))  # type: ignore[func-returns-value]  # add() returns None, which is the point
    return ambiguous


def _integer(digits: str) -> int:
    # Python refuses to read integers of more than 4,300 digits; so long a number is out of every range anyway.
    if len(digits) <= len(str(_HUGE)):
        return int(digits)
    return -_HUGE if digits.startswith("-") else _HUGE


def _inexact(_: str) -> Inexact:
    return INEXACT


def _no_constant(_: str) -> Any:
    raise _NotJsonError


def _flaws(root: Any) -> tuple[Violation, ...]:
    """Walk without recursion: the depth is what is being judged."""
    flaws: list[Violation] = []
    waiting: list[tuple[Any, tuple[str | int, ...]]] = [(root, ())] if isinstance(root, (str, dict, list)) else []
    while waiting and len(flaws) < _MAX_FLAWS:
        node, path = waiting.pop()
        if isinstance(node, str):
            if FORBIDDEN.search(node):
                flaws.append(_flaw(path, _NO_HIDDEN))
        elif len(path) >= MAX_DEPTH:
            flaws.append(_flaw(path, f"at most {MAX_DEPTH} levels"))
        else:
            if isinstance(node, dict):
                flaws.extend(_flaws_of_names(node, path))
            waiting.extend((value, (*path, key)) for key, value in _items(node) if isinstance(value, (str, dict, list)))
    return tuple(flaws[:_MAX_FLAWS])


def _items(node: dict[str, Any] | list[Any]) -> Iterable[tuple[str | int, Any]]:
    return node.items() if isinstance(node, dict) else enumerate(node)


def _flaws_of_names(node: dict[str, Any], path: tuple[str | int, ...]) -> Iterator[Violation]:
    if isinstance(node, Ambiguous):
        yield from (_flaw((*path, name), "each member once") for name in node.repeated[:_MAX_FLAWS])
    hidden = (name for name in node if FORBIDDEN.search(name))
    yield from (_flaw((*path, name), _NO_HIDDEN) for name in itertools.islice(hidden, _MAX_FLAWS))


def _flaw(path: tuple[str | int, ...], expected: str) -> Violation:
    return Violation(code="rjct.malformed", pointer=pointer(*path), expected=expected)


def _token(token: str | int) -> str:
    if isinstance(token, int):
        return str(token)
    # Plain names hold neither "/" nor "~", so they need no escapes.
    return token if _PLAIN_NAME.fullmatch(token) else _UNNAMED
