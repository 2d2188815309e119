"""Quantities are exact and positive in their unit, and lines are numbered from 1 so that a line can be named for ever."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import UNSET, UnsetType

from models.events.catalogue import DeliveryEvent, MoneyEvent
from models.events.delivery import Line, Reach
from models.events.goods import GoodsEvent, GoodsLine, ReceivedLine, SoldLine, StockCounted
from models.events.payments import PaymentLine
from models.events.plans import (
    BudgetAllocated,
    BudgetReallocated,
    CapacityLine,
    CapacityStated,
    CaseloadLine,
    CaseloadStated,
    ExpenditureRecorded,
    MoneyLine,
    PlanEvent,
    TargetLine,
    TargetRevised,
    TargetSet,
)
from models.events.services import ParticipantsEngaged, PersondaysWorked, ProceedsReinvested, ServiceEvent, TrainingOffered
from models.reasons import Violation
from models.registry import Registry
from models.rules.personal_numbers import identifies_a_person
from models.rules.rule import MAX_VIOLATIONS, NONE
from models.units import UNITS, QuantityInvalid, Unit, parse_steps

_PAYMENT: Final = UNITS["payment"]
_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def quantities_are_exact(event: MoneyEvent | GoodsEvent | ServiceEvent, _registry: Registry, _received_at_ms: int) -> Sequence[Violation]:
    """Refuse a number that is not an exact positive quantity of its unit; units that are not known are another rule's."""
    found: list[Violation] = []
    lowest = 0 if isinstance(event, StockCounted) else 1  # nothing left is a count too
    lines: Sequence[PaymentLine | GoodsLine | Reach] = event.data.lines
    for index, line in enumerate(lines):
        if isinstance(line, PaymentLine):
            if (wrong := wrong_quantity(line.payments, _PAYMENT)) is not None:
                found += _invalid(index, "payments", line.payments, wrong)
            if (wrong := wrong_quantity(line.amount, UNITS.get(line.currency))) is not None:
                found += _invalid(index, "amount", line.amount, wrong)
        elif isinstance(line, ReceivedLine):
            found += _received_line(line, index)
        elif line.unit is not UNSET and (wrong := wrong_quantity(line.quantity, UNITS.get(line.unit), lowest=lowest)) is not None:
            found += _invalid(index, "quantity", line.quantity, wrong)
        if isinstance(line, SoldLine) and (wrong := wrong_quantity(line.revenue, UNITS.get(line.currency))) is not None:
            found += _invalid(index, "revenue", line.revenue, wrong)
        if line.recipients is not UNSET and (wrong := wrong_quantity(line.recipients.count, UNITS.get(line.recipients.unit))) is not None:
            found += _invalid(index, "recipients/count", line.recipients.count, wrong)
        if len(found) >= MAX_VIOLATIONS:
            break
    return found


def quantity_is_given(event: ParticipantsEngaged | TrainingOffered | PersondaysWorked, _registry: Registry, _received_at_ms: int) -> Sequence[Violation]:
    """Refuse a line without a quantity where nothing else is counted: people are the quantity itself, or were not reached yet."""
    found = (Violation("rjct.missing_field", f"/data/lines/{index}/quantity") for index, line in enumerate(event.data.lines) if line.quantity is UNSET)
    return list(found)[:MAX_VIOLATIONS]


def planned_quantities_are_exact(event: PlanEvent, _registry: Registry, _received_at_ms: int) -> Sequence[Violation]:
    """Refuse a planned number that is not an exact positive quantity of its unit; units that are not known are another rule's."""
    if isinstance(event, BudgetReallocated):
        return quantity_violations("/data/amount", event.data.amount, event.data.currency)
    found: list[Violation] = []
    lines: Sequence[MoneyLine | TargetLine | CapacityLine | CaseloadLine] = event.data.lines
    for index, line in enumerate(lines):
        if isinstance(line, MoneyLine):
            found += quantity_violations(f"/data/lines/{index}/amount", line.amount, line.currency)
        else:
            found += quantity_violations(f"/data/lines/{index}/quantity", line.quantity, line.unit)
        if len(found) >= MAX_VIOLATIONS:
            break
    return found[:MAX_VIOLATIONS]


def reinvested_amounts_are_exact(event: ProceedsReinvested, _registry: Registry, _received_at_ms: int) -> Sequence[Violation]:
    """Refuse an amount that is not an exact positive one of its currency, and such a number of people."""
    found: list[Violation] = []
    for index, line in enumerate(event.data.lines):
        found += quantity_violations(f"/data/lines/{index}/amount", line.amount, line.currency)
        if line.recipients is not UNSET:
            found += quantity_violations(f"/data/lines/{index}/recipients/count", line.recipients.count, line.recipients.unit)
    return found[:MAX_VIOLATIONS]


def lines_are_numbered(
    event: DeliveryEvent | BudgetAllocated | ExpenditureRecorded | TargetSet | TargetRevised | CapacityStated | CaseloadStated,
    _registry: Registry,
    _received_at_ms: int,
) -> Sequence[Violation]:
    """Refuse lines that share a number, or none of which is the first."""
    lines: Sequence[Line | MoneyLine | TargetLine | CapacityLine | CaseloadLine] = event.data.lines
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
        if (wrong := wrong_quantity(number, unit, lowest=0)) is not None:
            found += _invalid(index, member, number, wrong)
    if found:
        return found
    lost = unit is not None and any(number is not UNSET and parse_steps(number, unit) for number in (line.damaged, line.missing))
    wrong = wrong_quantity(line.quantity, unit, lowest=0 if lost else 1)
    return found if wrong is None else _invalid(index, "quantity", line.quantity, wrong)


def quantity_violations(pointer: str, number: int | str, unit: str, *, lowest: int = 1) -> list[Violation]:
    """Return what is wrong with a number of ``unit``; that the unit is unknown is another rule's to say."""
    wrong = wrong_quantity(number, UNITS.get(unit), lowest=lowest)
    return [] if wrong is None else invalid_quantity(pointer, number, wrong)


def missing_half(number: tuple[str, object], unit: tuple[str, object], *, within: str = "/data") -> Iterator[Violation]:
    """Yield that one of two members that belong together was left out."""
    (number_name, number_value), (unit_name, unit_value) = number, unit
    if (number_value is UNSET) is (unit_value is UNSET):
        return
    left_out = number_name if number_value is UNSET else unit_name
    yield Violation("rjct.missing_field", f"{within}/{left_out}", expected=f"{number_name} and {unit_name} together")


def wrong_quantity(number: int | str | UnsetType, unit: Unit | None, *, lowest: int = 1) -> str | None:
    """Return what was expected instead of ``number``, or None if it is right; without a known unit any number is."""
    if number is UNSET:
        return None
    if unit is None:
        return None if isinstance(number, int) or _NUMBER.fullmatch(number) else "ASCII digits with at most one decimal point, as in 1500 or 0.5"
    try:
        steps = parse_steps(number, unit)
    except QuantityInvalid as refusal:
        return refusal.expected
    if steps >= lowest:
        return None
    return "more than 0" if lowest else "0 or more"


def invalid_quantity(pointer: str, number: int | str | UnsetType, expected: str) -> list[Violation]:
    """Return what is wrong; a text in the place of a number may be a person's, a number never is."""
    found = [Violation("rjct.quantity_invalid", pointer, expected=expected)]
    if isinstance(number, str) and not number.isdigit() and identifies_a_person(number):
        found.append(Violation("rjct.personal_data", pointer))
    return found


def _invalid(index: int, member: str, number: int | str | UnsetType, expected: str) -> list[Violation]:
    return invalid_quantity(f"/data/lines/{index}/{member}", number, expected)
