"""Codes of deliveries are on their lists, and each item is counted in its own unit in an event that it fits."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, get_args

from msgspec import UNSET

from models.events.catalogue import DeliveryEvent, MoneyEvent
from models.events.delivery import Reach
from models.events.envelope import Envelope
from models.events.goods import GoodsEvent, GoodsLine, GoodsSold, SoldLine
from models.events.payments import PaymentLine
from models.events.plans import BudgetAllocated, ExpenditureRecorded, MoneyLine
from models.events.services import (
    GroupAssisted,
    ParticipantsEngaged,
    PersondaysWorked,
    PlacementMade,
    ProceedsReinvested,
    ReinvestedLine,
    ServiceDelivered,
    ServiceEvent,
    TrainingDelivered,
    TrainingOffered,
)
from models.reasons import Violation
from models.registry import Registry
from models.rules.rule import MAX_VIOLATIONS, NONE, unknown_code
from models.units import CURRENCIES, PEOPLE, UNITS

_THINGS: Final = frozenset({"package", "piece", "litre", "kilogram", "box", "set", "dose"})

SUITABLE_UNITS: Final[Mapping[type[Envelope], frozenset[str]]] = MappingProxyType(
    {
        **dict.fromkeys(get_args(GoodsEvent), _THINGS),
        GroupAssisted: frozenset({"group"}),
        ParticipantsEngaged: frozenset({"person"}),
        TrainingOffered: frozenset({"training-place"}),
        TrainingDelivered: frozenset({"person"}),
        PersondaysWorked: frozenset({"person-day"}),
        PlacementMade: frozenset({"person"}),
        ServiceDelivered: frozenset({"dose", "site", "person"}),
    }
)
"""What an item must be counted in to belong in the type: masks are not assisted, groups are not handed out."""


def delivery_codes_are_known(event: DeliveryEvent, registry: Registry, _received_at_ms: int) -> Sequence[Violation]:
    """Refuse a programme, destination, recipient type, legal basis or holder that is not registered."""
    data = event.data
    if (
        data.programme in registry.programmes
        and data.country in registry.countries
        and (data.recipient_type is UNSET or data.recipient_type in registry.recipient_types)
        and (data.from_ is UNSET or registry.is_holder(data.from_))
        and (data.to is UNSET or registry.is_holder(data.to))
        and (data.legal_basis is UNSET or data.legal_basis in registry.legal_bases)
    ):
        return NONE
    found: list[Violation] = []
    if data.programme not in registry.programmes:
        found += unknown_code("rjct.unknown_programme", "/data/programme", code=data.programme, known=registry.programmes)
    if data.country not in registry.countries:
        found += unknown_code("rjct.unknown_country", "/data/country", code=data.country, known=registry.countries)
    if data.recipient_type is not UNSET and data.recipient_type not in registry.recipient_types:
        found += unknown_code("rjct.unknown_recipient_type", "/data/recipient_type", code=data.recipient_type, known=registry.recipient_types)
    if data.legal_basis is not UNSET and data.legal_basis not in registry.legal_bases:
        found += unknown_code("rjct.unknown_legal_basis", "/data/legal_basis", code=data.legal_basis, known=registry.legal_bases)
    for member, holder in (("from", data.from_), ("to", data.to)):
        if holder is not UNSET and not registry.is_holder(holder):
            found += unknown_code("rjct.unknown_holder", f"/data/{member}", code=holder, known=[*registry.partners, *registry.sites])
    return found


def items_fit(event: GoodsEvent | ServiceEvent, registry: Registry, _received_at_ms: int) -> Sequence[Violation]:
    """Refuse an unknown item, an item of another kind of event, a unit that is not the item's, and people in another unit."""
    found: list[Violation] = []
    suitable = SUITABLE_UNITS[event.__class__]
    lines: Sequence[GoodsLine | Reach] = event.data.lines
    for index, line in enumerate(lines):
        item = registry.items.get(line.item)
        if item is None or item.unit not in suitable or (line.unit is not UNSET and line.unit != item.unit):
            found += _unfit(line, f"/data/lines/{index}", registry, suitable, already_found=len(found))
        if line.recipients is not UNSET and line.recipients.unit not in PEOPLE:
            found += not_people(line.recipients.unit, f"/data/lines/{index}/recipients/unit", already_found=len(found))
        if len(found) >= MAX_VIOLATIONS:
            break
    return found


def currencies_are_known(
    event: MoneyEvent | GoodsSold | ProceedsReinvested | BudgetAllocated | ExpenditureRecorded, _registry: Registry, _received_at_ms: int
) -> Sequence[Violation]:
    """Refuse a currency that is not on the list, and people in another unit."""
    found: list[Violation] = []
    lines: Sequence[PaymentLine | SoldLine | ReinvestedLine | MoneyLine] = event.data.lines
    for index, line in enumerate(lines):
        if line.currency not in CURRENCIES:
            found.append(unknown_currency(line.currency, f"/data/lines/{index}/currency", already_found=len(found)))
        if isinstance(line, PaymentLine | ReinvestedLine) and line.recipients is not UNSET and line.recipients.unit not in PEOPLE:
            found += not_people(line.recipients.unit, f"/data/lines/{index}/recipients/unit", already_found=len(found))
        if len(found) >= MAX_VIOLATIONS:
            break
    return found


def unknown_currency(currency: str, pointer: str, *, already_found: int = 0) -> Violation:
    """Return that the currency is not on the list, with the one that was probably meant."""
    hint = "" if already_found else next((code for code in CURRENCIES if code == currency.upper()), "")
    return Violation("rjct.currency_invalid", pointer, expected=", ".join(sorted(CURRENCIES)), closest=hint)


def not_people(unit: str, pointer: str, *, already_found: int = 0) -> list[Violation]:
    """Return what is wrong with a unit that counts no people."""
    if unit not in UNITS:
        return unknown_code("rjct.unknown_unit", pointer, code=unit, known=PEOPLE, already_found=already_found)
    return [Violation("rjct.unit_mismatch", pointer, expected="person or household")]


def _unfit(line: GoodsLine | Reach, pointer: str, registry: Registry, suitable: frozenset[str], *, already_found: int) -> list[Violation]:
    item = registry.items.get(line.item)
    found: list[Violation] = []
    if item is None:
        found += unknown_code("rjct.unknown_item", f"{pointer}/item", code=line.item, known=registry.items, already_found=already_found)
    elif item.unit not in suitable:
        found.append(Violation("rjct.item_unsuitable", f"{pointer}/item", expected=f"an item in {' or '.join(sorted(suitable))}"))
    if line.unit is not UNSET and line.unit not in UNITS:
        found += unknown_code("rjct.unknown_unit", f"{pointer}/unit", code=line.unit, known=UNITS, already_found=already_found)
    elif line.unit is not UNSET and item is not None and line.unit != item.unit:
        found.append(Violation("rjct.unit_mismatch", f"{pointer}/unit", expected=f"{item.unit} for item {item.code}", closest=item.unit))
    return found
