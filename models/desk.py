"""What operators do about refused and waiting events, who may, and what a request has come to. Pure; storage is ``consumers.desk``.

A request is one thing that one person asks for, about one or many decisions. Everything that happens to it is a step,
and steps are only ever added. Where a second person is wanted, nothing is carried out before somebody else approved.
"""

import dataclasses
import enum
from collections.abc import Collection, Sequence
from typing import Final, Literal

from models.errors import ConfigurationError

Kind = Literal["resend", "fix", "close", "give_up"]
"""Send again as it was; send again as edited; never to be sent again; wait no longer."""

Action = Literal["approved", "declined", "sent", "known", "closed", "given_up", "done"]
"""A step. ``known``: the id is accepted or held already, so there is nothing to send. ``done`` ends a request."""

SETTLES: Final[frozenset[Action]] = frozenset({"sent", "known", "closed"})
"""What a refused event is no longer open after."""

LONGEST_WORDS: Final = 500


class State(enum.StrEnum):
    """What a request has come to."""

    WAITS = "waits"
    OPEN = "open"
    DECLINED = "declined"
    DONE = "done"


@dataclasses.dataclass(frozen=True, slots=True)
class Person:
    """Who does something: the name that is signed with, and the account of the machine that was used."""

    name: str
    account: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that happened to a request; ``decision`` is 0 where it is about the whole of it."""

    number: int
    at: int
    action: Action
    person: Person
    decision: int = 0
    detail: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What one person asked for, and everything that came of it. ``edited`` holds the new bytes of a ``fix``."""

    number: int
    at: int
    kind: Kind
    person: Person
    why: str
    needs_second: bool
    decisions: tuple[int, ...]
    edited: bytes | None = None
    steps: tuple[Step, ...] = ()

    @property
    def state(self) -> State:
        """What it has come to."""
        actions = {step.action for step in self.steps}
        if "declined" in actions:
            return State.DECLINED
        if "done" in actions:
            return State.DONE
        return State.WAITS if self.needs_second and "approved" not in actions else State.OPEN

    @property
    def left(self) -> tuple[int, ...]:
        """The decisions that nothing was done about yet."""
        settled = {step.decision for step in self.steps}
        return tuple(number for number in self.decisions if number not in settled)


def refuse_approval(request: Request, person: Person) -> None:
    """Raise ConfigurationError unless this person may approve or decline the request."""
    if request.state is not State.WAITS:
        raise ConfigurationError(f"request {request.number} waits for nobody", hint="`salur rejected requests` lists those that do")
    if is_same(person, request.person):
        raise ConfigurationError(f"request {request.number} was made by {request.person.name}", hint="another person approves it, under a name of their own")


def is_same(one: Person, other: Person) -> bool:
    """Tell whether two names are of one person: case and spaces make no other person."""
    return _plain(one.name) == _plain(other.name)


def refuse_words(name: str, words: str) -> None:
    """Raise ConfigurationError for words that cannot stand in the log: none, too many, or ones that would forge a line."""
    if not words.strip():
        raise ConfigurationError(f"{name} is empty", hint="say it in a few words: it stays in the log")
    if len(words) > LONGEST_WORDS or not words.isprintable():
        raise ConfigurationError(f"{name} is longer than {LONGEST_WORDS} characters or has some that cannot be shown", hint="say it in one line")


def refuse_taken(decisions: Collection[int], unfinished: Sequence[Request]) -> None:
    """Raise ConfigurationError if another request is under way for one of these decisions."""
    for request in unfinished:
        for number in sorted(set(decisions) & set(request.left)):
            hint = "let another person approve it" if request.state is State.WAITS else f"carry it out: salur rejected finish {request.number}"
            raise ConfigurationError(f"decision {number} is in request {request.number} already", hint=hint)


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
