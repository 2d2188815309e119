"""How many people were reached. That cannot be added up like goods, so every figure says by which rule it was found.

* ``distinct``: every delivery of the scope names its recipients by tokens, as many as the people it reached; then the
  different tokens are counted, and nobody twice.
* ``sum``: one programme only. What is summed are service contacts: whoever came twice is counted twice.
* ``maximum``: several programmes. They overlap, so in each destination and place the programme with the most contacts
  counts, and the places are summed. People of a place that is unknown are taken as people of one place.

The people of a delivery are its recipients; where it names none, or fewer than it counted in persons or households
(people engaged, trained or placed), they are those. The contacts of each programme and place stand beside the figure,
and how many deliveries name no recipients by token.
A household is not a person: the two are never added.
"""

import dataclasses
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

import sqlalchemy as sa

from consumers.answers.asof import AsOf, resolve
from consumers.answers.deliveries import Delivery, Group, deliveries
from consumers.answers.dimensions import group_value
from consumers.answers.filters import CellFilter
from consumers.answers.versions import amended, standing_versions
from models import schema
from models.measures import DELIVERED, RECIPIENTS
from models.recipients import TokenHash, token_hashes
from models.units import PEOPLE, format_steps

Rule = Literal["distinct", "sum", "maximum"]
SENTENCES: Final[Mapping[Rule, str]] = {
    "distinct": "different recipient tokens: nobody counts twice",
    "sum": "service contacts of one programme: whoever came twice counts twice",
    "maximum": "the programme with the most service contacts in each place, summed over places: programmes overlap",
}
DEFAULT_BY: Final = ("destination",)
_SCOPE: Final = ("destination", "place", "programme")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Contacts:
    """The service contacts of one programme in one place; ``counts`` when they are in the figure as they are."""

    destination: str
    place: str
    programme: str
    steps: int
    counts: bool


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ReachedRow:
    """One figure with its rule. ``events`` are deliveries; ``without_tokens`` those that do not name all they reached."""

    group: Mapping[str, str]
    unit: str
    simulated: bool | None
    rule: Rule
    steps: int
    events: int
    without_tokens: int
    contacts: tuple[Contacts, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the row as JSON values."""
        kind = {} if self.simulated is None else {"simulated": self.simulated}
        contacts = [
            {
                "destination": one.destination,
                "place": one.place,
                "programme": one.programme,
                "quantity": format_steps(one.steps, self.unit),
                "counts": one.counts,
            }
            for one in self.contacts
        ]
        return {
            **self.group,
            "unit": self.unit,
            "quantity": format_steps(self.steps, self.unit),
            "rule": self.rule,
            "sentence": SENTENCES[self.rule],
            "events": self.events,
            "events_without_tokens": self.without_tokens,
            "contacts": contacts,
            **kind,
        }


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """The rows, and the booking that they hold for."""

    as_of: AsOf
    rows: tuple[ReachedRow, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the answer as JSON values."""
        return {"as_of": self.as_of.to_json(), "rows": [row.to_json() for row in self.rows]}


class _Place(NamedTuple):
    destination: str
    place: str
    programme: str


class _Scope:
    """What was delivered in one group: contacts per unit, place and programme, and per event the people it reached."""

    def __init__(self) -> None:
        self.contacts: dict[str, dict[_Place, int]] = {}
        self.events: dict[int, int] = {}

    def add(self, number: int, unit: str, place: _Place, people: int) -> None:
        self.events[number] = self.events.get(number, 0) + people
        if people:
            contacts = self.contacts.setdefault(unit, {})
            contacts[place] = contacts.get(place, 0) + people


def reached(connection: sa.Connection, wanted: CellFilter, *, by: Sequence[str] = DEFAULT_BY) -> Reached:
    """Return how many people the deliveries of ``wanted`` reached, one row per combination of ``by`` and unit."""
    as_of = resolve(connection, wanted.as_of)
    scopes: dict[Group, _Scope] = {}
    every = (*by, *_SCOPE)
    for delivery in deliveries(connection, wanted, as_of, measures={*DELIVERED, RECIPIENTS}, by=every, kinds=True):
        *values, kind = delivery.group
        place = _Place(*values[len(by) :])
        people = _people(delivery) if delivery.unit in PEOPLE else 0
        group = (*values[: len(by)], kind if wanted.shows_simulated else "")
        scopes.setdefault(group, _Scope()).add(delivery.number, delivery.unit, place, people)
    tokens = _tokens(connection, {number for scope in scopes.values() for number in scope.events}, as_of)
    rows = [row for group, scope in sorted(scopes.items()) for row in _rows(group, scope, tokens, by)]
    return Reached(as_of=as_of, rows=tuple(rows))


def _people(delivery: Delivery) -> int:
    named = delivery.steps.get(RECIPIENTS, 0)
    return max(named, sum(delivery.steps.values()) - named)


def _rows(group: Group, scope: _Scope, tokens: Mapping[int, Collection[TokenHash]], by: Sequence[str]) -> Iterator[ReachedRow]:
    without = sum(1 for number, people in scope.events.items() if len(tokens.get(number, ())) < max(people, 1))
    # A token is a person or a household, and no token says which: where both were reached there is no telling.
    is_distinct = not without and len(scope.contacts) == 1
    rule: Rule
    for unit, contacts in sorted(scope.contacts.items()):
        if is_distinct:
            rule, counted = "distinct", frozenset[_Place]()
            steps = len({token for number in scope.events for token in tokens[number]})
        elif len({place.programme for place in contacts}) == 1:
            rule, counted = "sum", frozenset(contacts)
            steps = sum(contacts.values())
        else:
            rule, counted = "maximum", frozenset(_highest(contacts))
            steps = sum(contacts[place] for place in counted)
        yield ReachedRow(
            group=dict(zip(by, (group_value(name, value) for name, value in zip(by, group, strict=False)), strict=False)),
            unit=unit,
            simulated=group[-1] == "true" if group[-1] else None,
            rule=rule,
            steps=steps,
            events=len(scope.events),
            without_tokens=without,
            contacts=tuple(Contacts(**place._asdict(), steps=people, counts=place in counted) for place, people in sorted(contacts.items())),
        )


def _highest(contacts: Mapping[_Place, int]) -> Iterator[_Place]:
    """Yield in each destination and place the programme with the most contacts, the first by code among equals."""
    best: dict[tuple[str, str], _Place] = {}
    for place in sorted(contacts):
        known = best.setdefault(place[:2], place)
        if contacts[place] > contacts[known]:
            best[place[:2]] = place
    yield from best.values()


def _tokens(connection: sa.Connection, numbers: Collection[int], as_of: AsOf) -> Mapping[int, Collection[TokenHash]]:
    """Return the tokens of each event as it stands; those of an amended one are in what replaced it."""
    columns = schema.tokens.c
    found: dict[int, set[TokenHash]] = {}
    # One pass over all tokens: they are kept in the order of tokens, so to find those of an event needs as much.
    for number, token in connection.execute(sa.select(columns.number, columns.token), execution_options={"yield_per": 2000}):
        if number in numbers:
            found.setdefault(number, set()).add(bytes(token))
    replaced = amended(connection, as_of) & set(numbers)
    return {**found, **{number: token_hashes(event) for number, event in standing_versions(connection, replaced, as_of).items()}}
