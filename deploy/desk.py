"""Carrying out what operators asked for: refused events sent again, closed, and held ones given up.

It may be killed anywhere and begun again: what was noted is not done twice, and what was sent but not noted is sent with
the same id and bytes, where a repeat is harmless. Who may ask and approve is decided in ``models.desk``.
"""

import dataclasses
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, Protocol, TypeVar

import sqlalchemy as sa

from consumers.desk import requests
from consumers.desk.waiting import Claimed, bytes_of, give_up, refuse_foreign
from consumers.rejections import Rejection, rejection
from consumers.verdicts import Place
from models.crashpoints import CrashPoints
from models.decoding import Undecodable, decode
from models.desk import Action, Person, Request
from models.errors import ConfigurationError
from models.events.catalogue import Event
from models.reasons import Violation
from models.registry import Registry
from models.rehearsal import Rehearsal
from streams.publishing import Line, Sent, is_registration

CHUNK: Final = 500
"""So many are sent before they are noted."""
_PERSONAL: Final = "rjct.personal_data"
_Thing = TypeVar("_Thing")


class Sender(Protocol):
    """What sends lines and tells where each is; a ``streams.publishing.Publisher``."""

    def send(self, lines: Iterable[Line]) -> Iterator[Sent]:
        """Send in order."""


@dataclasses.dataclass(slots=True, kw_only=True)
class CarriedOut:
    """What was done: where each event was sent, those whose id was known already, and those that Kafka did not acknowledge."""

    request: int
    sent: dict[int, Place] = dataclasses.field(default_factory=dict)
    known: list[int] = dataclasses.field(default_factory=list)
    settled: list[int] = dataclasses.field(default_factory=list)
    unacknowledged: list[int] = dataclasses.field(default_factory=list)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Hands:
    """What carrying out needs. ``until_booked`` returns when the ledger has decided what was sent to these places."""

    writing: sa.Engine
    claimed: Claimed
    sender: Callable[[], Sender]
    clock: Callable[[], int]
    points: CrashPoints
    until_booked: Callable[[Sequence[Place]], None]


def carry_out(request: Request, person: Person, hands: Hands, *, on_done: Callable[[int], None] = lambda _more: None) -> CarriedOut:
    """Do what is left of an approved request. What Kafka does not acknowledge stays left. Raises Unreachable, ConfigurationError."""
    done = CarriedOut(request=request.number)
    if request.kind in ("resend", "fix"):
        _send(request, person, hands, done, on_done)
    else:
        for some in _chunks(request.left):
            _settle(request, some, person, hands, done)
            on_done(len(some))
    if not done.unacknowledged:
        with hands.writing.begin() as connection:
            requests.note(connection, request.number, [(0, "")], action="done", person=person, now=hands.clock())
    return done


def _settle(request: Request, some: Sequence[int], person: Person, hands: Hands, done: CarriedOut) -> None:
    """Close refused events, or give held ones up: in one transaction with its steps."""
    with hands.writing.begin() as connection:
        still = give_up(connection, some) if request.kind == "give_up" else frozenset(some)
        now = hands.clock()
        action: Action = "given_up" if request.kind == "give_up" else "closed"
        requests.note(connection, request.number, [(number, "") for number in some if number in still], action=action, person=person, now=now)
        decided = [(number, "it was decided meanwhile") for number in some if number not in still]
        requests.note(connection, request.number, decided, action="known", person=person, now=now)
    done.settled += [number for number in some if number in still]
    done.known += [number for number, _ in decided]


def _send(request: Request, person: Person, hands: Hands, done: CarriedOut, on_done: Callable[[int], None]) -> None:
    sender: Sender | None = None
    lines = _lines(request, hands)
    was_registering = False
    for is_registering, some in itertools.groupby(lines, key=lambda line: is_registration(line.value)):
        if was_registering and done.sent:
            # Partitions are booked in any order: what uses a new code is sent when the code is booked.
            hands.until_booked(list(done.sent.values()))
        was_registering = is_registering
        for chunk in _chunks(some):
            free = _note_known(request, chunk, person, hands, done)
            if free:
                sender = sender or hands.sender()
                _send_chunk(request, free, person, hands, done, sender)
            on_done(len(chunk))


def _send_chunk(request: Request, lines: Sequence[Line], person: Person, hands: Hands, done: CarriedOut, sender: Sender) -> None:
    """Send, then note where each is. Killed in between, all of them are sent again, and are duplicates."""
    sent = list(sender.send(lines))
    hands.points.hit("mid_rejected_replay")
    places = {one.line.number: (one.topic, one.partition, one.offset) for one in sent if one.is_acknowledged}
    with hands.writing.begin() as connection:
        steps = [(number, f"{topic}[{partition}]@{offset}") for number, (topic, partition, offset) in places.items()]
        requests.note(connection, request.number, steps, action="sent", person=person, now=hands.clock())
    done.sent.update(places)
    done.unacknowledged += [one.line.number for one in sent if not one.is_acknowledged]


def _note_known(request: Request, lines: Sequence[Line], person: Person, hands: Hands, done: CarriedOut) -> list[Line]:
    """Note those whose id was accepted or held since, and return the others."""
    names = [_name(line.value) for line in lines]
    numbers = dict(zip([name for name in names if name], hands.claimed([name for name in names if name]), strict=True))
    known = [(line.number, f"decision {number}") for line, name in zip(lines, names, strict=True) if name and (number := numbers[name]) is not None]
    with hands.writing.begin() as connection:
        requests.note(connection, request.number, known, action="known", person=person, now=hands.clock())
    done.known += [number for number, _ in known]
    return [line for line in lines if line.number not in {number for number, _ in known}]


def _lines(request: Request, hands: Hands) -> Iterator[Line]:
    """Yield what is to be sent, a chunk of it in memory at a time."""
    for numbers in _chunks(request.left):
        with hands.writing.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            values = [request.edited or bytes_of(connection, refused(connection, number)) for number in numbers]
        yield from (Line(f"request {request.number}", number, value) for number, value in zip(numbers, values, strict=True))


def _chunks(things: Iterable[_Thing]) -> Iterator[list[_Thing]]:
    left = iter(things)
    while chunk := list(itertools.islice(left, CHUNK)):
        yield chunk


def _name(value: bytes) -> tuple[str, str] | None:
    event = decode(value)
    if isinstance(event, Undecodable):
        return (event.source, event.event_id) if event.source and event.event_id else None
    return event.source, event.id


def refused(connection: sa.Connection, decision: int) -> Rejection:
    """Return a refused record. Raises ConfigurationError if that decision refused nothing."""
    found = rejection(connection, decision)
    if found is None:
        raise ConfigurationError(f"decision {decision} rejected nothing", hint="`salur rejected list --open` shows what can be sent again")
    return found


def rehearsed(events: Mapping[int, bytes], registry: Registry, *, now: int) -> dict[int, tuple[Violation, ...]]:
    """Return for each event, in this order, why the ledger would refuse it now; nothing where it would take it."""
    rehearsal = Rehearsal(registry, received_at=now)
    for number, value in events.items():
        rehearsal.take(number, value)
    return {number: rehearsal.verdicts[number].violations if rehearsal.verdicts[number].disposition == "rejected" else () for number in events}


def refuse_edited(original: Rejection, edited: bytes, violations: Sequence[Violation], *, anyway: bool) -> None:
    """Raise ConfigurationError unless the edited event may take the place of the refused one: the same event, and one that would be taken."""
    event = decode(edited)
    source, event_id = (event.source, event.id) if isinstance(event, Event) else (event.source or "", event.event_id or "")
    for what, before, after in (("source", original.source, source), ("id", original.id, event_id)):
        if before and before != after:
            message = f"the edited event has another {what} than decision {original.decision}"
            raise ConfigurationError(message, hint="an event under another name is a new one: send it with `salur publish`")
    if isinstance(event, Event):
        refuse_foreign(original, event.partner)
    personal = any(violation.code == _PERSONAL for violation in violations)
    if violations and (personal or not anyway):
        codes = ", ".join(sorted({violation.code for violation in violations}))
        message = f"the edited event would be refused again: {codes}"
        raise ConfigurationError(message, hint="`salur check` names every mistake; --anyway sends it nevertheless, unless it holds personal data")
