"""Shapes of events: that the rules found nothing wrong with the codes of one, and the cells it posts to, for the next of its kind.

Nearly every delivery is like one before it: the same partner, programme, destination and item, other numbers. Two
events have one shape if they differ in id, times, numbers, texts and evidence alone. What is remembered of a shape
is that its codes passed, and where it posts; numbers, times and texts are judged each time. An event of which
anything is not plain, or is wrong, goes the long way, so nothing is ever refused here. A shape holds for the code
lists as they stood: when they change, all are forgotten.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import msgspec
from msgspec import UNSET

from models.cells import LedgerCell, Posting, made
from models.events.catalogue import Event
from models.events.delivery import Line, Recipients
from models.events.envelope import Envelope
from models.events.goods import DistributionRecorded, GoodsProcured, GoodsProduced
from models.events.payments import (
    DisbursementConfirmed,
    DisbursementFailed,
    DisbursementInstructed,
    DisbursementRefunded,
    DisbursementReissued,
    DisbursementSent,
)
from models.events.plans import BatchDeclared
from models.events.services import GroupAssisted, IncentivePaid, ParticipantsEngaged, PersondaysWorked, PlacementMade, ServiceDelivered, TrainingDelivered
from models.postings import post
from models.registry import Registry
from models.rules.catalogue import RULES, AnyRule
from models.rules.codes import currencies_are_known, delivery_codes_are_known, items_fit
from models.rules.disaggregation import parts_fit_the_whole
from models.rules.entitlement import partner_may_report
from models.rules.quantities import lines_are_numbered, quantities_are_exact, quantity_is_given
from models.units import UNITS, QuantityInvalid, Unit, parse_steps

MAX_SPOTS: Final = 20_000
"""How much is remembered at most; then everything is forgotten, which costs one time through the rules for each shape."""

_BY_SHAPE: Final = frozenset(
    {partner_may_report, delivery_codes_are_known, items_fit, currencies_are_known, quantity_is_given, lines_are_numbered, parts_fit_the_whole}
)
"""The rules whose verdict on a line of number 1 without parts depends on its shape alone; any other rule is asked each time."""

_THINGS: Final = (DistributionRecorded, GoodsProduced, GoodsProcured)
_SERVICES: Final = (GroupAssisted, ParticipantsEngaged, TrainingDelivered, PersondaysWorked, PlacementMade, ServiceDelivered)
_PAYMENTS: Final = (
    *(DisbursementInstructed, DisbursementSent, DisbursementConfirmed, DisbursementFailed, DisbursementReissued, DisbursementRefunded),
    *(IncentivePaid, BatchDeclared),
)

_Key = tuple[Any, ...]


class Spot:
    """The cells that events of one shape post to when they happen on one day; ``numbers`` are for whoever numbers cells."""

    __slots__ = ("cells", "numbers")

    def __init__(self, cells: tuple[LedgerCell, ...]) -> None:
        self.cells = cells
        self.numbers: tuple[int, ...] = ()


class Recalled(NamedTuple):
    """What an event adds of which the rules would find nothing wrong, one increment for each cell of the spot."""

    spot: Spot
    deltas: Sequence[int]

    def postings(self) -> list[Posting]:
        """Return what the event posts."""
        return list(map(Posting, self.spot.cells, self.deltas))


class _Kind(NamedTuple):
    """How the events of a type are read: the codes of their line, its numbers with what names their unit, and the rules to ask each time."""

    codes: Callable[[Line], tuple[Any, ...]]
    numbers: tuple[tuple[str, str], ...]
    rules: tuple[AnyRule, ...]


class _Number(NamedTuple):
    """A number that events of a shape have: how it is read from the line, and its unit."""

    read: Callable[[Line], int | str]
    unit: Unit


class _Term(NamedTuple):
    """One posting of a shape: its cell on the day of the first, whether that is of the day, and which number it adds, or takes off."""

    cell: LedgerCell
    is_of_day: bool
    number: int
    sign: int


class _Shape(NamedTuple):
    numbers: tuple[_Number, ...]
    terms: tuple[_Term, ...]
    steps: tuple[tuple[int, int], ...]
    spots: dict[str, Spot]


class Shapes:
    """The shapes met so far under the code lists as they stand."""

    def __init__(self) -> None:
        self._shapes: dict[_Key, _Shape] = {}
        self._met: set[_Key] = set()
        self._spots = 0
        self._registry: Registry | None = None
        self._changes = 0

    def hold_for(self, registry: Registry) -> None:
        """Forget everything unless the code lists are the same as they were."""
        if self._registry is not registry or self._changes != registry.changes or self._spots + len(self._met) > MAX_SPOTS:
            self._shapes.clear()
            self._met.clear()
            self._spots = 0
            self._registry, self._changes = registry, registry.changes

    def recall(self, event: Event, registry: Registry, received_at: int) -> Recalled | None:
        """Return what the event posts if an event of its shape was met before and nothing is wrong with this one either."""
        kind = _KINDS.get(event.__class__)
        if kind is None or (key := _key(event, kind)) is None or (shape := self._shapes.get(key)) is None:
            return None
        data: Any = event.data
        line = data.lines[0]
        try:
            steps = [parse_steps(read(line), unit) for read, unit in shape.numbers]
        except QuantityInvalid:
            return None
        if min(steps) <= 0:
            return None
        for rule in kind.rules:
            if rule(event, registry, received_at):
                return None
        day = event.day
        spot = shape.spots.get(day)
        if spot is None:
            spot = shape.spots[day] = Spot(tuple(term.cell._replace(day=day) if term.is_of_day else term.cell for term in shape.terms))
            self._spots += 1
        return made(Recalled, (spot, [sign * steps[number] for number, sign in shape.steps]))

    def learn(self, event: Event, registry: Registry, postings: Sequence[Posting]) -> None:
        """Take up the shape of an event with which nothing is wrong; one that is met for the first time may be the only one of its kind."""
        kind = _KINDS.get(event.__class__)
        if kind is None or (key := _key(event, kind)) is None or key in self._shapes:
            return
        if key in self._met:
            shape = _shape_of(event, kind, registry, postings)
            if shape is not None:
                self._shapes[key] = shape
        self._met.add(key)


_of_data: Final = operator.attrgetter("programme", "country", "activity", "tranche", "recipient_type", "place", "from_", "to", "legal_basis")


def _key(event: Any, kind: _Kind) -> _Key | None:
    """Return what events of one shape have in common, None for an event that is not plain."""
    data = event.data
    lines = data.lines
    line = lines[0]
    if len(lines) != 1 or line.disaggregation is not UNSET or line.line != 1:
        return None
    people = line.recipients
    return (event.__class__, event.source, *_of_data(data), *kind.codes(line), people if people is UNSET else people.unit, bool(data.evidence))


def _shape_of(event: Any, kind: _Kind, registry: Registry, postings: Sequence[Posting]) -> _Shape | None:
    """Find which number each posting is made of: the same event is posted with a power of two in the place of each."""
    line = event.data.lines[0]
    changes: dict[str, Any] = {}
    numbers: list[_Number] = []
    for member, names_unit in kind.numbers:
        if getattr(line, member) is not UNSET:
            changes[member] = 1 << len(numbers)
            numbers.append(_Number(operator.attrgetter(member), UNITS[getattr(line, names_unit) if names_unit else "payment"]))
    if line.recipients is not UNSET:
        changes["recipients"] = Recipients(count=1 << len(numbers), unit=line.recipients.unit)
        numbers.append(_Number(operator.attrgetter("recipients.count"), UNITS[line.recipients.unit]))
    replace = msgspec.structs.replace
    probe = replace(event, data=replace(event.data, lines=[replace(line, **changes)]))
    terms: list[_Term] = []
    for (cell, delta), (probed, power) in zip(postings, post(probe, registry), strict=True):
        number = (abs(power) // 10 ** UNITS[cell.unit].decimals).bit_length() - 1
        sign = 1 if power > 0 else -1
        if cell != probed or delta != sign * parse_steps(numbers[number].read(line), numbers[number].unit):
            return None
        terms.append(_Term(cell, cell.day == event.day, number, sign))
    return _Shape(tuple(numbers), tuple(terms), tuple((term.number, term.sign) for term in terms), {})


def _kinds(types: Sequence[type[Envelope]], codes: Sequence[str], numbers: tuple[tuple[str, str], ...]) -> dict[type[Envelope], _Kind]:
    read: Callable[[Line], tuple[Any, ...]] = operator.attrgetter(*codes)
    asked = {kind: tuple(rule for rule in RULES[kind] if rule not in _BY_SHAPE and rule is not quantities_are_exact) for kind in types}
    return {kind: _Kind(read, numbers, asked[kind]) for kind in types}


_KINDS: Final[Mapping[type[Envelope], _Kind]] = MappingProxyType(
    _kinds((*_THINGS, *_SERVICES), ("item", "unit", "lot"), (("quantity", "unit"),))
    | _kinds(_PAYMENTS, ("currency", "lot"), (("payments", ""), ("amount", "currency")))
)
"""The types that come in great numbers and name no other event; any other goes through all rules each time."""
