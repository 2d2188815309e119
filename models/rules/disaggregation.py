"""Parts are known, and no more than their whole: each way to divide the people of a line adds up to at most their number."""

from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import UNSET

from models.events.catalogue import DeliveryEvent
from models.events.delivery import Disaggregation, Line, Reach
from models.events.payments import PaymentLine
from models.events.services import ParticipantsEngaged
from models.measures import DISAGGREGATIONS
from models.reasons import Violation
from models.registry import Registry
from models.rules.rule import MAX_VIOLATIONS
from models.units import PEOPLE, UNITS, QuantityInvalid, parse_steps

_PERSON: Final = UNITS["person"]
KNOWN_PARTS: Final = {dimension: frozenset(values) for dimension, values in DISAGGREGATIONS.items()}
"""The values of each dimension."""


def parts_fit_the_whole(event: DeliveryEvent, _registry: Registry, _received_at_ms: int) -> Sequence[Violation]:
    """Refuse an unknown dimension or value, a dimension whose parts exceed the line's people, and parts that are not whole numbers.

    The whole is ``recipients``, else the quantity if it counts people, else the number of payments (nobody is paid
    less than once); of persons engaged it is their quantity, which alone is counted. Where none of these is known
    there is nothing to compare with.
    """
    found: list[Violation] = []
    for index, line in enumerate(event.data.lines):
        if line.disaggregation is UNSET:
            continue
        found += _flaws(line.disaggregation, _whole(line, of_quantity=event.__class__ is ParticipantsEngaged), f"/data/lines/{index}/disaggregation")
        if len(found) >= MAX_VIOLATIONS:
            break
    return found[:MAX_VIOLATIONS]


def _flaws(disaggregation: Disaggregation, whole: int | None, pointer: str) -> list[Violation]:
    """Return what is wrong with the parts of a line. An unknown name is a text of the partner's, so the pointer stops above it."""
    found: list[Violation] = []
    for dimension, parts in disaggregation.items():
        known = KNOWN_PARTS.get(dimension)
        if known is None:
            found.append(Violation("rjct.value_invalid", pointer, expected=f"one of {', '.join(DISAGGREGATIONS)}"))
        elif not known.issuperset(parts):
            found.append(Violation("rjct.value_invalid", f"{pointer}/{dimension}", expected=f"one of {', '.join(sorted(known))}"))
        total = _total(parts.values())
        if total is None:
            found.append(Violation("rjct.quantity_invalid", pointer, expected="whole numbers of 0 or more"))
        elif whole is not None and total > whole:
            found.append(Violation("rjct.disaggregation_exceeds_total", pointer, expected="at most the number of people of the line"))
    return found


def _whole(line: Line, *, of_quantity: bool) -> int | None:
    try:
        if line.recipients is not UNSET and not of_quantity:
            return parse_steps(line.recipients.count, _PERSON)
        if isinstance(line, Reach) and line.quantity is not UNSET and line.unit in PEOPLE:
            return parse_steps(line.quantity, _PERSON)
        if isinstance(line, PaymentLine):
            return parse_steps(line.payments, _PERSON)
    except QuantityInvalid:
        return None  # the number itself is refused by its own rule
    return None


def _total(parts: Iterable[int | str]) -> int | None:
    """Return the sum of the parts, or None if one of them is no whole number of 0 or more."""
    total = 0
    for part in parts:
        try:
            steps = parse_steps(part, _PERSON)
        except QuantityInvalid:
            return None
        if steps < 0:
            return None
        total += steps
    return total
