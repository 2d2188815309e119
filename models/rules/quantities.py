"""Quantities are exact and positive in their unit, and lines are numbered from 1 so that a line can be named for ever."""

from collections.abc import Sequence
from typing import Final

from msgspec import UNSET, UnsetType

from models.events.catalogue import DeliveryEvent
from models.events.delivery import Line, Reach
from models.events.goods import GoodsLine, ReceivedLine, SoldLine, StockCounted
from models.events.payments import PaymentLine
from models.events.services import ParticipantsEngaged
from models.reasons import Violation
from models.registry import Registry
from models.rules.personal_numbers import identifies_a_person
from models.rules.rule import MAX_VIOLATIONS, NONE
from models.units import UNITS, QuantityInvalid, Unit, parse_steps

_PAYMENT: Final = UNITS["payment"]


def quantities_are_exact(event: DeliveryEvent, _registry: Registry, _received_at_ms: int) -> Sequence[Violation]:
    """Refuse a number that is not an exact positive quantity of its unit; units that are not known are another rule's."""
    found: list[Violation] = []
    lowest = 0 if isinstance(event, StockCounted) else 1  # nothing left is a count too
    lines: Sequence[PaymentLine | GoodsLine | Reach] = event.data.lines
    for index, line in enumerate(lines):
        if isinstance(line, PaymentLine):
            if (wrong := _wrong(line.payments, _PAYMENT)) is not None:
                found += _invalid(index, "payments", line.payments, wrong)
            if (wrong := _wrong(line.amount, UNITS.get(line.currency))) is not None:
                found += _invalid(index, "amount", line.amount, wrong)
        elif isinstance(line, ReceivedLine):
            found += _received_line(line, index)
        elif line.unit is not UNSET and (wrong := _wrong(line.quantity, UNITS.get(line.unit), lowest=lowest)) is not None:
            found += _invalid(index, "quantity", line.quantity, wrong)
        if isinstance(line, SoldLine) and (wrong := _wrong(line.revenue, UNITS.get(line.currency))) is not None:
            found += _invalid(index, "revenue", line.revenue, wrong)
        if line.recipients is not UNSET and (wrong := _wrong(line.recipients.count, UNITS.get(line.recipients.unit))) is not None:
            found += _invalid(index, "recipients/count", line.recipients.count, wrong)
        if len(found) >= MAX_VIOLATIONS:
            break
    return found


def engaged_are_counted(event: ParticipantsEngaged, _registry: Registry, _received_at_ms: int) -> Sequence[Violation]:
    """Refuse a line without a quantity: persons engaged are the quantity itself, so nothing else could count them."""
    found = (Violation("rjct.missing_field", f"/data/lines/{index}/quantity") for index, line in enumerate(event.data.lines) if line.quantity is UNSET)
    return list(found)[:MAX_VIOLATIONS]


def lines_are_numbered(event: DeliveryEvent, _registry: Registry, _received_at_ms: int) -> Sequence[Violation]:
    """Refuse lines that share a number, or none of which is the first."""
    lines: Sequence[Line] = event.data.lines
    if len(lines) == 1:
        return NONE if lines[0].line == 1 else [Violation("rjct.line_numbers_invalid", "/data/lines/0/line", expected="1")]
    numbers: set[int] = set()
    found: list[Violation] = []
    for index, line in enumerate(lines):
        if line.line in numbers:
            found.append(Violation("rjct.line_numbers_invalid", f"/data/lines/{index}/line", expected="a number of its own"))
        numbers.add(line.line)
    if 1 not in numbers:
        found.append(Violation("rjct.line_numbers_invalid", "/data/lines", expected="numbers from 1"))
    return found[:MAX_VIOLATIONS]


def _received_line(line: ReceivedLine, index: int) -> list[Violation]:
    """Judge a receipt: everything may have arrived broken or not at all, but then that is said."""
    unit = UNITS.get(line.unit)
    found: list[Violation] = []
    for member, number in (("damaged", line.damaged), ("missing", line.missing)):
        if (wrong := _wrong(number, unit, lowest=0)) is not None:
            found += _invalid(index, member, number, wrong)
    if found or unit is None:
        return found
    lost = any(number is not UNSET and parse_steps(number, unit) for number in (line.damaged, line.missing))
    wrong = _wrong(line.quantity, unit, lowest=0 if lost else 1)
    return found if wrong is None else _invalid(index, "quantity", line.quantity, wrong)


def _wrong(number: int | str | UnsetType, unit: Unit | None, *, lowest: int = 1) -> str | None:
    """Return what was expected instead of ``number``, or None if it is right or its unit is unknown."""
    if unit is None or number is UNSET:
        return None
    try:
        steps = parse_steps(number, unit)
    except QuantityInvalid as refusal:
        return refusal.expected
    if steps >= lowest:
        return None
    return "more than 0" if lowest else "0 or more"


def _invalid(index: int, member: str, number: int | str | UnsetType, expected: str) -> list[Violation]:
    """Return what is wrong; a text in the place of a number may be a person's, a number never is."""
    pointer = f"/data/lines/{index}/{member}"
    found = [Violation("rjct.quantity_invalid", pointer, expected=expected)]
    if isinstance(number, str) and not number.isdigit() and identifies_a_person(number):
        found.append(Violation("rjct.personal_data", pointer))
    return found
