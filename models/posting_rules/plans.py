"""What plans post: budgets and what was spent of them, targets, capacities and caseloads, in a table that no delivery is in."""

from msgspec import UNSET, UnsetType

from models.cells import NOT_APPLICABLE, PLANS, UNKNOWN, Posting
from models.events.plans import BudgetAllocated, BudgetReallocated, CapacityStated, CaseloadStated, ExpenditureRecorded, PlanDetails, TargetSet
from models.posting_rules.cells_of import MONEY_ITEM, Dimensions, merged
from models.registry import Registry
from models.units import UNITS, parse_steps, per_day

PlannedEvent = BudgetAllocated | ExpenditureRecorded | TargetSet | CapacityStated | CaseloadStated


def post_money(event: BudgetAllocated | ExpenditureRecorded, registry: Registry, measure: str) -> list[Posting]:
    """Count amounts for a programme."""
    shared = _dimensions_of(event, registry)
    postings = [_posting(shared, item=MONEY_ITEM, measure=measure, quantity=line.amount, unit=line.currency) for line in event.data.lines]
    return merged(postings, lines=len(event.data.lines))


def post_reallocated(event: BudgetReallocated, registry: Registry) -> list[Posting]:
    """Take the amount from one budget and give it to the other."""
    given = event.data
    taken, added = (
        _posting(
            _dimensions(event, registry, country=given.country, programme=side.programme, activity=side.activity),
            item=MONEY_ITEM,
            measure="budget",
            quantity=given.amount,
            unit=given.currency,
        )
        for side in (given.from_, given.to)
    )
    return merged([Posting(taken.cell, -taken.delta), added], lines=2)


def post_target(event: TargetSet, registry: Registry) -> list[Posting]:
    """Count what a programme is to reach."""
    shared = _dimensions_of(event, registry)
    postings = [_posting(shared, item=line.item, measure="target", quantity=line.quantity, unit=line.unit) for line in event.data.lines]
    return merged(postings, lines=len(event.data.lines))


def post_capacity(event: CapacityStated, registry: Registry) -> list[Posting]:
    """Count what can be made or served; a rate has a unit of its own, so it never meets a count."""
    shared = _dimensions_of(event, registry)
    postings = [
        _posting(shared, item=line.item, measure="capacity", quantity=line.quantity, unit=line.unit if line.per is UNSET else per_day(line.unit))
        for line in event.data.lines
    ]
    return merged(postings, lines=len(event.data.lines))


def post_caseload(event: CaseloadStated, registry: Registry) -> list[Posting]:
    """Count who is affected, which is no programme's figure unless it says so."""
    shared = _dimensions_of(event, registry)
    postings = [_posting(shared, item=NOT_APPLICABLE, measure="affected", quantity=line.quantity, unit=line.unit) for line in event.data.lines]
    return merged(postings, lines=len(event.data.lines))


def _posting(shared: Dimensions, *, item: str, measure: str, quantity: int | str, unit: str) -> Posting:
    return Posting(shared.cell(PLANS, item=item, measure=measure, unit=unit), parse_steps(quantity, UNITS[unit]))


def _dimensions_of(event: PlannedEvent, registry: Registry) -> Dimensions:
    given: PlanDetails = event.data
    return _dimensions(
        event,
        registry,
        country=given.country,
        programme=event.data.programme,
        activity=given.activity,
        tranche=given.tranche,
        recipient_type=given.recipient_type,
        place=UNSET if given.place is UNSET else given.place.code,
    )


def _dimensions(
    event: PlannedEvent | BudgetReallocated,
    registry: Registry,
    *,
    country: str,
    programme: str | UnsetType,
    activity: str | UnsetType,
    tranche: str | UnsetType = UNSET,
    recipient_type: str | UnsetType = UNSET,
    place: str | UnsetType = UNSET,
) -> Dimensions:
    """Return the dimensions of a plan; what it leaves open is unknown."""
    partner = event.partner
    return Dimensions(
        (country, _or_unknown(programme), _or_unknown(activity), _or_unknown(tranche), partner, partner in registry.simulated),
        (event.day, _or_unknown(recipient_type), _or_unknown(place)),
    )


def _or_unknown(given: str | UnsetType) -> str:
    return UNKNOWN if given is UNSET else given
