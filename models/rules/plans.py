"""Plans name known codes, and count each item in a unit in which its deliveries can be held against them."""

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import UNSET

from models.events.plans import BudgetReallocated, CapacityLine, CapacityStated, CaseloadStated, PlanEvent, TargetLine, TargetRevised, TargetSet
from models.reasons import Violation
from models.registry import Registry
from models.rules.codes import not_people, unknown_currency
from models.rules.rule import MAX_VIOLATIONS, Code, unknown_code, unknown_codes
from models.units import CURRENCIES, PEOPLE, UNITS

_MONEY: Final = "uang"


def plan_codes_are_known(event: PlanEvent, registry: Registry, _received_at_ms: int) -> Sequence[Violation]:
    """Refuse a programme, destination, recipient type or legal basis that is not registered."""
    return unknown_codes(_codes(event, registry))


def planned_items_fit(event: TargetSet | TargetRevised | CapacityStated, registry: Registry, _received_at_ms: int) -> Sequence[Violation]:
    """Refuse an unknown item, and a unit in which nothing of it is ever delivered (for a target) or made (for a capacity)."""
    found: list[Violation] = []
    lines: Sequence[TargetLine | CapacityLine] = event.data.lines
    for index, line in enumerate(lines):
        pointer = f"/data/lines/{index}"
        item = registry.items.get(line.item)
        if item is None:
            found += unknown_code("rjct.unknown_item", f"{pointer}/item", code=line.item, known=registry.items, already_found=len(found))
        if line.unit not in UNITS:
            found += unknown_code("rjct.unknown_unit", f"{pointer}/unit", code=line.unit, known=UNITS, already_found=len(found))
        elif item is not None and line.unit not in (allowed := _units(line, item.unit)):
            expected = f"{' or '.join(allowed)} for item {item.code}"
            found.append(Violation("rjct.unit_mismatch", f"{pointer}/unit", expected=expected, closest=item.unit))
        if len(found) >= MAX_VIOLATIONS:
            break
    return found


def affected_are_people(event: CaseloadStated, _registry: Registry, _received_at_ms: int) -> Sequence[Violation]:
    """Refuse a caseload in anything but persons or households."""
    found: list[Violation] = []
    for index, line in enumerate(event.data.lines):
        if line.unit not in PEOPLE:
            found += not_people(line.unit, f"/data/lines/{index}/unit", already_found=len(found))
        if len(found) >= MAX_VIOLATIONS:
            break
    return found


def reallocated_currency_is_known(event: BudgetReallocated, _registry: Registry, _received_at_ms: int) -> Sequence[Violation]:
    """Refuse a currency that is not on the list."""
    return [] if event.data.currency in CURRENCIES else [unknown_currency(event.data.currency, "/data/currency")]


def programmes_of(event: PlanEvent) -> Iterator[tuple[str, str]]:
    """Yield pointer and code of each programme that the plan is about; none for a caseload that is no programme's."""
    if isinstance(event, BudgetReallocated):
        yield "/data/from/programme", event.data.from_.programme
        yield "/data/to/programme", event.data.to.programme
    elif event.data.programme is not UNSET:
        yield "/data/programme", event.data.programme


def _codes(event: PlanEvent, registry: Registry) -> Iterator[Code]:
    for pointer, programme in programmes_of(event):
        yield Code("rjct.unknown_programme", pointer, programme, registry.programmes)
    yield Code("rjct.unknown_country", "/data/country", event.data.country, registry.countries)
    yield Code("rjct.unknown_legal_basis", "/data/legal_basis", event.data.legal_basis, registry.legal_bases)
    if not isinstance(event, BudgetReallocated):
        yield Code("rjct.unknown_recipient_type", "/data/recipient_type", event.data.recipient_type, registry.recipient_types)


def _units(line: TargetLine | CapacityLine, own: str) -> Sequence[str]:
    """Return the units that the line may be in: a capacity is of the item itself, a target may be of people, one of money of money."""
    if isinstance(line, CapacityLine):
        return (own,)
    return (own, *sorted(CURRENCIES if line.item == _MONEY else PEOPLE - {own}))
