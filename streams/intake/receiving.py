"""Taking events in: whose they are, whether they are known or certainly wrong, and only then into Kafka.

The answer to each is a receipt or a problem. A receipt is given only for what Kafka has for sure, or what the
ledger has already.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, TypeVar
from urllib.parse import quote

from models.access import Grant
from models.errors import Unreachable
from models.events.catalogue import Event
from models.events.envelope import SOURCE_PREFIX
from models.receipts import Asked, Known, Seen, Status
from models.registry import Registry
from models.uploads import Standing
from streams.intake.grouped import Grouped
from streams.intake.judging import asked, certainly_wrong, read, with_codes
from streams.intake.ports import Ledger, Log, Outgoing
from streams.intake.problems import Problem, unavailable
from streams.publishing import key_of, key_of_event

LOOK_SECONDS: Final = 2.0
STANDING_SECONDS: Final = 20.0
STATUS_PATH: Final = "/v1/events/"
_AT_ONCE: Final = 200
"""So many events are judged before other requests have their turn."""

T = TypeVar("T")
R = TypeVar("R")


class Receipt(NamedTuple):
    """An event that is in Kafka, or in the ledger since before (``is_replayed``); ``sha256`` is that of the bytes which stand."""

    source: str
    event_id: str
    sha256: bytes
    is_replayed: bool

    def to_json(self, base_url: str) -> dict[str, str]:
        """Return the receipt as JSON values: the same for the same event, whenever it is sent."""
        return {"id": self.event_id, "source": self.source, "sha256": self.sha256.hex(), "status_url": base_url + status_path(self.event_id)}


Answer = Receipt | Problem


class Intake:
    """Takes events in. ``clock`` gives milliseconds since 1970."""

    def __init__(self, *, ledger: Ledger, log: Log, clock: Callable[[], int]) -> None:
        self._ledger = ledger
        self._log = log
        self._clock = clock
        self._looks: Grouped[tuple[Asked, ...], Seen] = Grouped(self._look, patience_seconds=LOOK_SECONDS)
        self._statuses: Grouped[tuple[str, str], Status | None] = Grouped(self._read_statuses, patience_seconds=LOOK_SECONDS)
        self._stands: Grouped[tuple[str, tuple[str, ...]], list[Standing | None]] = Grouped(self._read_standings, patience_seconds=STANDING_SECONDS)
        self._shipped = Registry.shipped()

    async def take(self, values: Sequence[bytes], grant: Grant) -> list[Answer]:
        """Take in the events of one partner, and return the answer to each in their order."""
        read_ones = await _in_turns(lambda value: read(value, partner=grant.partner), values)
        problems = [(place, one) for place, one in enumerate(read_ones) if isinstance(one, Problem)]
        events = [(place, one) for place, one in enumerate(read_ones) if not isinstance(one, Problem)]
        questions = tuple(asked(event, values[place]) for place, event in events)
        seen = await self._see(questions) if any(_needs_look(one) for one in read_ones) else None
        answers: list[Answer | None] = [None] * len(values)
        for place, problem in await _in_turns(lambda one: (one[0], _with_codes(one[1], values[one[0]], seen)), problems):
            answers[place] = problem
        known = seen.known if seen else [None] * len(questions)
        judged = await _in_turns(lambda one: self._judge(*one, seen), list(zip(events, questions, known, strict=True)))
        for (place, _), answer in zip(events, judged, strict=True):
            answers[place] = answer
        taken = [(event, question) for (_, event), question, answer in zip(events, questions, judged, strict=True) if answer is None]
        appended = iter(await self._append(taken))
        return [answer if answer is not None else next(appended) for answer in answers]

    async def status(self, event_id: str, grant: Grant) -> Status | None:
        """Return the verdict on an event of the partner. Raises Unreachable while the ledger does not answer."""
        return await self._statuses.ask((SOURCE_PREFIX + grant.partner, event_id))

    async def keep(self, values: Sequence[bytes]) -> bool:
        """Put what was refused into Kafka, for the ledger to refuse it where people see it; False if that is not known to be so."""
        places = await self._log.append([Outgoing(key_of(value) or b"", value) for value in values])
        return all(place is not None for place in places)

    async def known(self, values: Sequence[bytes], grant: Grant) -> list[Known | None] | None:
        """Return what the ledger has under the ids of a partner's events, None while it does not answer."""
        read_ones = await _in_turns(lambda value: read(value, partner=grant.partner), values)
        places = [place for place, one in enumerate(read_ones) if not isinstance(one, Problem)]
        questions = tuple(asked(one, value) for one, value in zip(read_ones, values, strict=True) if not isinstance(one, Problem))
        seen = await self._see(questions)
        if seen is None:
            return None
        found = dict(zip(places, seen.known, strict=True))
        return [found.get(place) for place in range(len(values))]

    async def standings(self, event_ids: Sequence[str], grant: Grant) -> list[Standing | None]:
        """Return how events of the partner stand. Raises Unreachable while the ledger does not answer."""
        return await self._stands.ask((SOURCE_PREFIX + grant.partner, tuple(event_ids)))

    async def lists(self) -> Registry | None:
        """Return the code lists as the ledger has them now, None while it does not answer."""
        seen = await self._see(())
        return seen.registry if seen is not None else None

    def close(self) -> None:
        """Let go of the threads that ask."""
        self._looks.close()
        self._stands.close()
        self._statuses.close()

    async def _see(self, questions: tuple[Asked, ...]) -> Seen | None:
        try:
            return await self._looks.ask(questions)
        except Unreachable:
            return None

    def _judge(self, placed: tuple[int, Event], question: Asked, known: Known | None, seen: Seen | None) -> Answer | None:
        """Return the answer that can be given without Kafka; None for an event that is to go there."""
        if known is not None:
            return _repeated(question, known)
        registry = seen.registry if seen is not None else self._shipped
        return certainly_wrong(placed[1], registry, now=self._clock(), is_current=seen is not None)

    async def _append(self, taken: Sequence[tuple[Event, Asked]]) -> list[Answer]:
        places = await self._log.append([Outgoing(key_of_event(event), one.value) for event, one in taken]) if taken else []
        return [
            Receipt(one.source, one.event_id, one.sha256, is_replayed=False) if kept else unavailable() for (_, one), kept in zip(taken, places, strict=True)
        ]

    def _look(self, groups: Sequence[tuple[Asked, ...]]) -> list[Seen]:
        seen = self._ledger.look([one for group in groups for one in group])
        known = iter(seen.known)
        return [Seen(tuple(next(known) for _ in group), seen.registry) for group in groups]

    def _read_standings(self, questions: Sequence[tuple[str, tuple[str, ...]]]) -> list[list[Standing | None]]:
        return [self._ledger.standings(source, event_ids) for source, event_ids in questions]

    def _read_statuses(self, names: Sequence[tuple[str, str]]) -> list[Status | None]:
        return [self._ledger.status(*name) for name in names]


def _needs_look(one: Event | Problem) -> bool:
    return not isinstance(one, Problem) or one.kind == "event-refused"


def _with_codes(problem: Problem, value: bytes, seen: Seen | None) -> Problem:
    return with_codes(problem, value, seen.registry) if seen is not None else problem


def status_path(event_id: str) -> str:
    """Return where the verdict on an event is shown."""
    quoted = quote(event_id, safe="")
    # Two names that every client would take for steps up the path.
    return STATUS_PATH + (quoted.replace(".", "%2E") if event_id in {".", ".."} else quoted)


def _repeated(question: Asked, known: Known) -> Answer:
    if known.is_same:
        return Receipt(question.source, question.event_id, known.sha256, is_replayed=True)
    return Problem(kind="id-taken", more={"id": question.event_id, "sha256": question.sha256.hex(), "standing_sha256": known.sha256.hex()})


async def _in_turns(function: Callable[[T], R], values: Sequence[T]) -> list[R]:
    """Apply a function to every value, and let other requests have their turn in between."""
    results: list[R] = []
    for start in range(0, len(values), _AT_ONCE):
        if start:
            await asyncio.sleep(0)
        results.extend(map(function, values[start : start + _AT_ONCE]))
    return results
