"""Shapes: that the rules found nothing wrong with the events of a stencil, and the cells they post to.

Nearly every delivery is like one before it: the same partner, programme, destination and item, other numbers. What is
remembered of a stencil is that its codes passed, and where it posts; times are judged each time. What anything is wrong
with goes the long way, so nothing is ever refused here. A shape holds for the code lists as they stood: when they
change, all are forgotten.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import msgspec
from msgspec import UNSET

from models.cells import LedgerCell, Posting, made
from models.events.delivery import Recipients
from models.events.envelope import Envelope, jakarta_day
from models.events.services import GroupAssisted
from models.postings import post
from models.registry import Registry
from models.rules.catalogue import RULES, AnyRule
from models.rules.codes import currencies_are_known, delivery_codes_are_known, items_fit
from models.rules.disaggregation import parts_fit_the_whole
from models.rules.entitlement import partner_may_report
from models.rules.flags import PERSONS_PER_GROUP, flags_of, lacks_evidence, wants_groups_of_twenty
from models.rules.identity import delivery_names_nobody, envelope_names_nobody
from models.rules.quantities import lines_are_numbered, quantities_are_exact, quantity_is_given
from models.rules.times import delivery_time_is_possible, is_possible
from models.stencils import NUMBERS, Stencil, Traced
from models.units import UNITS, Unit, parse_steps

LONG_AGO_MS: Final = -(2**62)
"""When a programme began of which nobody says when."""
MAX_SPOTS: Final = 20_000
"""How much is remembered at most; then everything is forgotten, which costs one time through the rules for each shape."""

_BY_STENCIL: Final[frozenset[AnyRule]] = frozenset(
    {
        *(partner_may_report, delivery_codes_are_known, items_fit, currencies_are_known, quantity_is_given, lines_are_numbered, parts_fit_the_whole),
        # What fills the holes was looked at when it was read: numbers are whole and above zero, no text is a person's number.
        *(quantities_are_exact, envelope_names_nobody, delivery_names_nobody),
    }
)
"""The rules whose verdict is the same for every event of a stencil."""

RECALLED: Final[frozenset[type[Envelope]]] = frozenset(kind for kind in NUMBERS if set(RULES[kind]) <= {*_BY_STENCIL, delivery_time_is_possible})
"""The types that may be recalled; one with a rule that is none of those above goes the long way."""


class Spot:
    """The cells that events of one shape post to when they happen on one day; ``place`` is for whoever keeps something there."""

    __slots__ = ("cells", "place")

    def __init__(self, cells: tuple[LedgerCell, ...]) -> None:
        self.cells = cells
        self.place: Any = None


class Recalled(NamedTuple):
    """What an event adds of which the rules would find nothing wrong, one increment for each cell of the spot, and the flags that it raises by itself."""

    spot: Spot
    deltas: Sequence[int]
    flags: Sequence[str]

    def postings(self) -> list[Posting]:
        """Return what the event posts."""
        return list(map(Posting, self.spot.cells, self.deltas))


class _Term(NamedTuple):
    """One posting of a shape: its cell on the day of the first, whether that is of the day, and which number it adds, or takes off."""

    cell: LedgerCell
    is_of_day: bool
    number: int
    sign: int


class _Shape(NamedTuple):
    """What the events of a stencil post: ``steps`` are the number and the sign of each term."""

    terms: tuple[_Term, ...]
    steps: tuple[tuple[int, int], ...]
    starts_at_ms: int
    lacks_evidence: bool
    is_of_twenty: bool
    spots: dict[str, Spot]


class Shapes:
    """The shapes met so far under the code lists as they stand."""

    def __init__(self) -> None:
        self._shapes: dict[Stencil, _Shape] = {}
        self._spots = 0
        self._registry: Registry | None = None
        self._changes = 0
        self._is_anything_closed = False

    def hold_for(self, registry: Registry) -> None:
        """Forget everything unless the code lists are the same as they were."""
        if self._registry is not registry or self._changes != registry.changes or self._spots + len(self._shapes) > MAX_SPOTS:
            self._shapes.clear()
            self._spots = 0
            self._registry, self._changes = registry, registry.changes
            self._is_anything_closed = registry.closings.anything or registry.simulated_closings.anything

    def recall(self, traced: Traced, received_at_ms: int) -> "Recalled | None":
        """Return what the event posts and raises by itself, if nothing was wrong with an event of its stencil and nothing is with this one."""
        known = self._shapes.get(traced.stencil)
        if known is None:
            return None
        occurred_at_ms, numbers = traced.occurred_at_ms, traced.numbers
        if not is_possible(occurred_at_ms, starts_at_ms=known.starts_at_ms, received_at_ms=received_at_ms):
            return None
        day = jakarta_day(occurred_at_ms)
        flags = flags_of(
            occurred_at_ms=occurred_at_ms,
            received_at_ms=received_at_ms,
            is_closed=self._is_anything_closed and self._is_closed(traced, day),
            lacks_evidence=known.lacks_evidence,
            has_unusual_groups=known.is_of_twenty and numbers[1] != PERSONS_PER_GROUP * numbers[0],
        )
        spot = known.spots.get(day) or self._spot(known, day)
        return made(Recalled, (spot, [sign * numbers[number] for number, sign in known.steps], flags))

    def learn(self, stencil: Stencil, registry: Registry) -> None:
        """Take up what the events of a stencil post, one of which was found right by every rule under the code lists that ``hold_for`` was given."""
        event: Any = stencil.example
        if stencil in self._shapes or type(event) not in RECALLED:
            return
        terms = _terms(event, registry)
        if terms is not None:
            self._shapes[stencil] = _Shape(
                terms=terms,
                steps=tuple((term.number, term.sign) for term in terms),
                starts_at_ms=registry.programme_starts_at_ms.get(event.data.programme, LONG_AGO_MS),
                lacks_evidence=lacks_evidence(stencil.example),
                is_of_twenty=_is_of_twenty(stencil.example, registry),
                spots={},
            )

    def _spot(self, shape: _Shape, day: str) -> Spot:
        spot = shape.spots[day] = Spot(tuple(term.cell._replace(day=day) if term.is_of_day else term.cell for term in shape.terms))
        self._spots += 1
        return spot

    def _is_closed(self, traced: Traced, day: str) -> bool:
        event: Any = traced.stencil.example
        subject = "" if traced.subject is UNSET else traced.subject
        registry = self._registry
        assert registry is not None, "shapes are asked for some code lists"
        simulated = traced.partner in registry.simulated
        return registry.is_closed(programme=event.data.programme, country=event.data.country, day=day, subject=subject, simulated=simulated)


def _terms(event: Any, registry: Registry) -> tuple[_Term, ...] | None:
    """Find which number each posting is made of: the same event is posted with a power of two in the place of each."""
    line = event.data.lines[0]
    changes: dict[str, Any] = {}
    written: list[tuple[int | str, Unit]] = []
    for member, names_unit in NUMBERS[event.__class__]:
        if getattr(line, member) is not UNSET:
            changes[member] = 1 << len(written)
            written.append((getattr(line, member), UNITS[getattr(line, names_unit) if names_unit else "payment"]))
    if line.recipients is not UNSET:
        changes["recipients"] = Recipients(count=1 << len(written), unit=line.recipients.unit)
        written.append((line.recipients.count, UNITS[line.recipients.unit]))
    replace = msgspec.structs.replace
    probe = replace(event, data=replace(event.data, lines=[replace(line, **changes)]))
    terms: list[_Term] = []
    for (cell, delta), (probed, power) in zip(post(event, registry), post(probe, registry), strict=True):
        number = (abs(power) // 10 ** UNITS[cell.unit].decimals).bit_length() - 1
        sign = 1 if power > 0 else -1
        if cell != probed or delta != sign * parse_steps(*written[number]):
            return None
        terms.append(_Term(cell, cell.day == event.day, number, sign))
    return tuple(terms)


def _is_of_twenty(event: Any, registry: Registry) -> bool:
    if event.__class__ is not GroupAssisted or not wants_groups_of_twenty(event, registry):
        return False
    line = event.data.lines[0]
    return line.quantity is not UNSET and line.recipients is not UNSET and line.recipients.unit == "person"
