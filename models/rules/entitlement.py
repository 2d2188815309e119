"""Who may report what: the partner is registered, and its registration covers type, programme and destination."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, get_args

from msgspec import UNSET

from models.events.assurance import DeliveryVerified, DuplicateAdjudicated, FindingRaised, PeriodClosed
from models.events.catalogue import DeliveryEvent, Event
from models.events.envelope import SOURCE_PREFIX, Envelope
from models.events.goods import GoodsEvent
from models.events.payments import (
    DisbursementConfirmed,
    DisbursementFailed,
    DisbursementInstructed,
    DisbursementRefunded,
    DisbursementReissued,
    DisbursementReturned,
    DisbursementSent,
)
from models.events.plans import (
    BatchDeclared,
    BudgetAllocated,
    BudgetReallocated,
    CapacityStated,
    CaseloadStated,
    ExpenditureRecorded,
    PlanEvent,
    TargetRevised,
    TargetSet,
)
from models.events.reference import ReferenceEvent, ReportGroup
from models.events.services import IncentivePaid, ProceedsReinvested, ServiceEvent
from models.events.statements import StatementPublished
from models.reasons import Violation
from models.registry import EVERY_PROGRAMME, Grant, Registry, covers
from models.rules.rule import NONE, unknown_code

Assessment = DeliveryVerified | DuplicateAdjudicated | FindingRaised | StatementPublished
"""What only partners registered for it may say, whatever the programme."""
ProgrammePlan = BudgetAllocated | ExpenditureRecorded | TargetSet | TargetRevised | CapacityStated
"""The plans of one programme."""

_EITHER_SIDE: Final[tuple[ReportGroup, ...]] = ("payments-pay", "payments-instruct")

GROUPS: Final[Mapping[type[Envelope], tuple[ReportGroup, ...]]] = MappingProxyType(
    {
        BatchDeclared: ("payments-instruct",),
        DisbursementInstructed: ("payments-instruct",),
        DisbursementSent: ("payments-pay",),
        DisbursementConfirmed: ("payments-pay",),
        DisbursementFailed: ("payments-pay",),
        DisbursementReturned: ("payments-pay",),
        # To pay again, and to hand back what was not paid, is reported by whoever did it.
        DisbursementReissued: _EITHER_SIDE,
        DisbursementRefunded: _EITHER_SIDE,
        **dict.fromkeys(get_args(GoodsEvent), ("goods",)),
        **dict.fromkeys(get_args(ServiceEvent), ("services",)),
        IncentivePaid: ("services",),
        # Whoever sold the goods has the proceeds.
        ProceedsReinvested: ("services", "goods"),
        **dict.fromkeys(get_args(PlanEvent), ("plans",)),
        PeriodClosed: ("plans",),
        DeliveryVerified: ("assurance",),
        DuplicateAdjudicated: ("assurance",),
        FindingRaised: ("assurance",),
        StatementPublished: ("statements",),
        **dict.fromkeys(get_args(ReferenceEvent), ("reference",)),
    }
)
"""The groups of a registration any one of which lets a partner publish the type. What is not here, every registered partner may."""


def partner_may_report(event: DeliveryEvent | ProgrammePlan | PeriodClosed, registry: Registry, _received_at_ms: int) -> Sequence[Violation]:
    """Refuse an event of an unknown partner, or of one that is not entitled to this type, programme and destination."""
    data = event.data
    partner = event.partner
    for group in GROUPS[event.__class__]:
        if registry.is_entitled(partner=partner, programme=data.programme, country=data.country, group=group):
            return NONE
    return _not_entitled(event, registry, programme=data.programme, country=data.country)


def partner_may_state_caseload(event: CaseloadStated, registry: Registry, _received_at_ms: int) -> Sequence[Violation]:
    """Refuse a caseload of anybody who plans neither its programme nor, where it has none, any programme at the destination."""
    partner, programme, country = event.partner, event.data.programme, event.data.country
    if programme is not UNSET:
        allowed = registry.is_entitled(partner=partner, programme=programme, country=country, group="plans")
        return NONE if allowed else _not_entitled(event, registry, programme=programme, country=country)
    if partner not in registry.partners:
        return _unknown_partner(partner, registry)
    if country not in registry.countries or registry.is_entitled_somewhere(partner=partner, country=country, group="plans"):
        return NONE
    return _refused(event, registry, "/data/country")


def partner_may_reallocate(event: BudgetReallocated, registry: Registry, _received_at_ms: int) -> Sequence[Violation]:
    """Refuse to move a budget unless the partner plans both programmes."""
    partner, country = event.partner, event.data.country
    if partner not in registry.partners:
        return _unknown_partner(partner, registry)
    found: list[Violation] = []
    for side, programme in (("from", event.data.from_.programme), ("to", event.data.to.programme)):
        if registry.is_entitled(partner=partner, programme=programme, country=country, group="plans"):
            continue
        found += _not_entitled(event, registry, programme=programme, country=country, pointer=f"/data/{side}/programme")
    return found


def partner_may_assess(event: Assessment, registry: Registry, _received_at_ms: int) -> Sequence[Violation]:
    """Refuse a verification, an adjudication, a finding or a statement of anybody who was not registered for it."""
    (group,) = GROUPS[event.__class__]
    if registry.is_entitled(partner=event.partner, programme="", country="", group=group):
        return NONE
    if event.partner not in registry.partners:
        return _unknown_partner(event.partner, registry)
    return _refused(event, registry, "/type")


def partner_may_register(event: ReferenceEvent, registry: Registry, _received_at_ms: int) -> Sequence[Violation]:
    """Refuse a reference event of anybody but Kemnaker's partners."""
    partner = event.partner
    if registry.is_entitled(partner=partner, programme="", country="", group="reference"):
        return NONE
    if partner not in registry.partners:
        return _unknown_partner(partner, registry)
    return [Violation("rjct.partner_not_entitled", "/type", expected="a partner of Kemnaker")]


def partner_is_registered(event: Event, registry: Registry, _received_at_ms: int) -> Sequence[Violation]:
    """Refuse an event of an unknown partner; whose events it may correct or show is known only to the ledger."""
    return NONE if event.partner in registry.partners else _unknown_partner(event.partner, registry)


def wrong_source(event: Event, authenticated_partner: str) -> Sequence[Violation]:
    """Refuse an event whose source is not the partner that was authenticated, or that owns the topic it came from."""
    if event.partner == authenticated_partner:
        return NONE
    return [Violation("rjct.wrong_source", "/source", expected=f"{SOURCE_PREFIX}{authenticated_partner}")]


def _unknown_partner(partner: str, registry: Registry) -> Sequence[Violation]:
    return unknown_code("rjct.unknown_partner", "/source", code=partner, known=registry.partners)


def _not_entitled(event: Event, registry: Registry, *, programme: str, country: str, pointer: str = "") -> Sequence[Violation]:
    """Return why the partner may not report this, once it is known that it may not."""
    if event.partner not in registry.partners:
        return _unknown_partner(event.partner, registry)
    if programme not in registry.programmes or country not in registry.countries:
        return NONE  # the unknown code is what has to be mended; it has its own reason
    return _refused(event, registry, pointer or _closest_obstacle(event, registry, programme))


def _refused(event: Event, registry: Registry, pointer: str) -> Sequence[Violation]:
    return [Violation("rjct.partner_not_entitled", pointer, expected=_granted(event.partner, registry))]


def _closest_obstacle(event: Event, registry: Registry, programme: str) -> str:
    """Return the member that stands in the way if it alone were changed, else the type."""
    groups = GROUPS[event.__class__]
    grants = [grant for grant in registry.grants(event.partner) if not grant.reports.isdisjoint(groups)]
    if any(covers(grant, registry.ancestors(programme)) for grant in grants):
        return "/data/country"
    return "/data/programme" if grants else "/type"


def _granted(partner: str, registry: Registry) -> str:
    grants = registry.grants(partner)
    if not grants:
        return "nothing: the partner is registered and reports nothing yet"
    as_such = [report for grant in grants if not grant.programme for report in sorted(grant.reports)]
    return "; ".join([*as_such, *(_of_programme(grant) for grant in grants if grant.programme)])


def _of_programme(grant: Grant) -> str:
    reports, countries = " ".join(sorted(grant.reports)), " ".join(sorted(grant.countries))
    if grant.programme == EVERY_PROGRAMME:
        return f"{reports} of every programme at {countries}"
    return f"{reports} of {grant.programme} at {countries}"
