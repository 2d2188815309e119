"""An audit sample that anyone can draw again: which deliveries to look at follows from a published seed and nothing else.

The population is every delivery of the filter that counts as of a booking (an event with its corrections is one
delivery), in the order of decisions. Written as lines of compact JSON, `["source","id"]` by events and
`["source","id",steps]` by value, each ended by a line feed, its SHA-256 is published with the answer.

By events: the key of a delivery is the SHA-256 of the compact JSON `["seed","source","id"]` in UTF-8; the sample is
the ``size`` deliveries with the lowest keys.

By value (monetary-unit sampling, in one unit): the deliveries lie end to end on a line, each as long as its value in
the smallest steps of the unit. The interval is the whole divided by ``size``, rounded up; the start is the SHA-256 of
`["seed"]`, as an unsigned big-endian number, modulo the interval. The sample is every delivery that holds one of the
points start, start + interval, … below the whole: at most ``size``, and every step has the same chance.

A seed is fair only if nobody could know it when the events were sent: publish the booking first, then draw the seed.
"""

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

import sqlalchemy as sa

from consumers.answers.asof import AsOf, resolve
from consumers.answers.deliveries import deliveries
from consumers.answers.events import BookedEvent, booked_events
from consumers.answers.filters import CellFilter
from consumers.answers.versions import in_parts
from models import schema
from models.errors import ConfigurationError
from models.measures import DELIVERED
from models.units import format_steps

By = Literal["events", "value"]
RECIPES: Final[Mapping[By, str]] = {
    "events": 'key = SHA-256 of compact JSON ["seed","source","id"]; the deliveries with the lowest keys',
    "value": (
        "the deliveries end to end, in decision order, as long as their steps; interval = whole / size, rounded up; "
        'start = SHA-256 of compact JSON ["seed"] modulo interval; every delivery that holds start + k * interval'
    ),
}


class Member(NamedTuple):
    """One delivery of the population; ``steps`` per unit."""

    number: int
    source: str
    id: str
    steps: Mapping[str, int]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class DrawnEvent:
    """One delivery of the sample: its values, and its key, or how many points it holds."""

    event: BookedEvent
    steps: Mapping[str, int]
    key: str | None
    points: int | None

    def to_json(self) -> dict[str, Any]:
        """Return the delivery as JSON values."""
        values = [{"unit": unit, "quantity": format_steps(steps, unit)} for unit, steps in sorted(self.steps.items())]
        drawn = {"key": self.key} if self.key is not None else {"points": self.points}
        return {**self.event.to_json(), "values": values, **drawn}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The sample and everything that is needed to draw it again. ``unit``, ``whole``, ``interval`` and ``start`` by value only."""

    as_of: AsOf
    seed: str
    size: int
    by: By
    members: tuple[Member, ...]
    unit: str | None
    whole: int | None
    interval: int | None
    start: int | None
    events: tuple[DrawnEvent, ...]

    def lines(self) -> Iterator[str]:
        """Yield the population as it is hashed: a line of compact JSON for each delivery, with its steps when drawn by value."""
        for member in self.members:
            value = [] if self.unit is None else [member.steps[self.unit]]
            yield _compact([member.source, member.id, *value]) + "\n"

    @property
    def population_sha256(self) -> str:
        """The SHA-256 of all lines of the population."""
        digest = hashlib.sha256()
        for line in self.lines():
            digest.update(line.encode())
        return digest.hexdigest()

    def to_json(self) -> dict[str, Any]:
        """Return the answer as JSON values; steps are whole numbers of the unit's smallest step."""
        by_value = {} if self.unit is None else {"unit": self.unit, "whole_steps": self.whole, "interval_steps": self.interval, "start_steps": self.start}
        return {
            "as_of": self.as_of.to_json(),
            "seed": self.seed,
            "size": self.size,
            "by": self.by,
            "recipe": RECIPES[self.by],
            "population": len(self.members),
            "population_sha256": self.population_sha256,
            **by_value,
            "events": [event.to_json() for event in self.events],
        }


def sample(connection: sa.Connection, wanted: CellFilter, *, seed: str, size: int, by: By = "events") -> Sample:
    """Draw the sample. Raises ConfigurationError when values of several units would have to be added."""
    as_of = resolve(connection, wanted.as_of)
    members = population(connection, wanted, as_of)
    unit = _one_unit(members) if by == "value" else None
    if unit is None:
        drawn: dict[int, tuple[str | None, int | None]] = {member.number: (key, None) for key, member in _lowest(members, seed, size)}
        whole = interval = start = None
    else:
        values = [(member.number, member.steps[unit]) for member in members]
        whole = sum(steps for _, steps in values)
        interval = max(1, -(-whole // size))
        start = int(_sha256([seed]), 16) % interval
        drawn = {number: (None, points) for number, points in _holding(values, interval=interval, start=start)}
    events = booked_events(connection, list(drawn))
    steps = {member.number: member.steps for member in members if member.number in drawn}
    return Sample(
        as_of=as_of,
        seed=seed,
        size=size,
        by=by,
        members=tuple(members),
        unit=unit,
        whole=whole,
        interval=interval,
        start=start,
        events=tuple(DrawnEvent(event=events[number], steps=steps[number], key=key, points=points) for number, (key, points) in drawn.items()),
    )


def population(connection: sa.Connection, wanted: CellFilter, as_of: AsOf) -> list[Member]:
    """Return every delivery of the filter that counts as of a booking, in the order of decisions."""
    values: dict[int, dict[str, int]] = {}
    for delivery in deliveries(connection, wanted, as_of, measures=DELIVERED):
        steps = sum(delivery.steps.values())
        if steps > 0:
            values.setdefault(delivery.number, {})[delivery.unit] = steps
    return [Member(number, source, event_id, values[number]) for number, source, event_id in _names(connection, sorted(values))]


class ValuesDiffer(ConfigurationError):
    """Values of several units would have to be laid on one line. ``sums`` has the steps of each unit."""

    def __init__(self, sums: Mapping[str, int]) -> None:
        super().__init__(f"values in {' and '.join(sums)} cannot be laid on one line", hint="choose one with --unit, or draw --by events")
        self.sums = sums


def _one_unit(members: Sequence[Member]) -> str | None:
    sums: dict[str, int] = {}
    for member in members:
        for unit, steps in member.steps.items():
            sums[unit] = sums.get(unit, 0) + steps
    if len(sums) > 1:
        raise ValuesDiffer(dict(sorted(sums.items())))
    return next(iter(sums), None)


def _lowest(members: Iterable[Member], seed: str, size: int) -> list[tuple[str, Member]]:
    keys = sorted((_sha256([seed, member.source, member.id]), member) for member in members)
    return keys[:size]


def _holding(values: Iterable[tuple[int, int]], *, interval: int, start: int) -> Iterator[tuple[int, int]]:
    """Yield each delivery that holds a point, and how many: the points below its end, less those below its beginning."""
    end = 0
    for number, steps in values:
        begin, end = end, end + steps
        points = -(-(end - start) // interval) - max(0, -(-(begin - start) // interval)) if end > start else 0
        if points:
            yield number, points


def _names(connection: sa.Connection, numbers: Sequence[int]) -> Iterator[tuple[int, str, str]]:
    decisions = schema.decisions.c
    for part in in_parts(numbers):
        query = sa.select(decisions.number, decisions.source, decisions.event_id).where(decisions.number.in_(part)).order_by(decisions.number)
        yield from ((number, source, event_id) for number, source, event_id in connection.execute(query))


def _sha256(value: Sequence[object]) -> str:
    return hashlib.sha256(_compact(value).encode()).hexdigest()


def _compact(value: Sequence[object]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
