"""What a rule is, and how a rule about codes words its verdict."""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Final, NamedTuple, TypeVar

from msgspec import UNSET, UnsetType

from models.events.catalogue import Event
from models.reasons import ReasonCode, Violation
from models.registry import Registry, closest
from models.rules.personal_numbers import identifies_a_person

E = TypeVar("E", bound=Event)

Rule = Callable[[E, Registry, int], Sequence[Violation]]
"""A rule sees the event, the code lists and the time of receipt (milliseconds since 1970), and returns what is broken."""

NONE: Final[tuple[Violation, ...]] = ()

MAX_VIOLATIONS: Final = 100
"""An event may have ten thousand lines; past this many findings per rule nobody learns more from another."""
_MAX_HINTS: Final = 10
"""Looking for the closest code costs a comparison with the whole list."""


def unknown_code(reason: ReasonCode, pointer: str, *, code: str, known: Collection[str], already_found: int = 0, expected: str = "") -> list[Violation]:
    """Return that ``code`` is not on its list, with the closest one that is; an unknown code may also be a person's number."""
    hint = closest(code, known) if already_found < _MAX_HINTS else ""
    found = [Violation(reason, pointer, expected=expected, closest=hint)]
    if identifies_a_person(code):
        found.append(Violation("rjct.personal_data", pointer))
    return found


class Code(NamedTuple):
    """A code that an event names: what it would be refused for, where it stands, and the list that it should be on."""

    reason: ReasonCode
    pointer: str
    code: str | UnsetType
    known: Collection[str]


def unknown_codes(codes: Iterable[Code]) -> list[Violation]:
    """Return those that are not on their lists; a code that was left out is none."""
    found: list[Violation] = []
    for named in codes:
        if named.code is not UNSET and named.code not in named.known:
            found += unknown_code(named.reason, named.pointer, code=named.code, known=named.known, already_found=len(found))
    return found
