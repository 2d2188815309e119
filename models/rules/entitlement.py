"""Who may report what: the partner is registered, and its registration covers type, programme and destination."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, get_args

from models.events.catalogue import DeliveryEvent, Event
from models.events.corrections import CorrectionEvent
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
from models.events.reference import ReferenceEvent, ReportGroup
from models.events.services import ServiceEvent
from models.reasons import Violation
from models.registry import Registry
from models.rules.rule import NONE, unknown_code

_EITHER_SIDE: Final[tuple[ReportGroup, ...]] = ("payments-pay", "payments-instruct")

GROUPS: Final[Mapping[type[Envelope], tuple[ReportGroup, ...]]] = MappingProxyType(
    {
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
    }
)
"""The groups of a registration any one of which lets a partner publish the type."""


def partner_may_deliver(event: DeliveryEvent, registry: Registry, _received_at_ms: int) -> Sequence[Violation]:
    """Refuse a delivery of an unknown partner, or of one that is not entitled to this type, programme and destination."""
    data = event.data
    partner = event.partner
    groups = GROUPS[event.__class__]
    for group in groups:
        if registry.is_entitled(partner=partner, programme=data.programme, country=data.country, group=group):
            return NONE
    if partner not in registry.partners:
        return _unknown_partner(partner, registry)
    if data.programme not in registry.programmes or data.country not in registry.countries:
        return NONE  # the unknown code is what has to be mended; it has its own reason
    return [Violation("rjct.partner_not_entitled", _closest_obstacle(event, registry, groups), expected=_granted(partner, registry))]


def partner_may_register(event: ReferenceEvent, registry: Registry, _received_at_ms: int) -> Sequence[Violation]:
    """Refuse a reference event of anybody but Kemnaker's partners."""
    partner = event.partner
    if registry.is_entitled(partner=partner, programme="", country="", group="reference"):
        return NONE
    if partner not in registry.partners:
        return _unknown_partner(partner, registry)
    return [Violation("rjct.partner_not_entitled", "/type", expected="a partner of Kemnaker")]


def partner_may_correct(event: CorrectionEvent, registry: Registry, _received_at_ms: int) -> Sequence[Violation]:
    """Refuse a correction of an unknown partner; whose events it may correct is known only to the ledger."""
    return NONE if event.partner in registry.partners else _unknown_partner(event.partner, registry)


def wrong_source(event: Event, authenticated_partner: str) -> Sequence[Violation]:
    """Refuse an event whose source is not the partner that was authenticated, or that owns the topic it came from."""
    if event.partner == authenticated_partner:
        return NONE
    return [Violation("rjct.wrong_source", "/source", expected=f"{SOURCE_PREFIX}{authenticated_partner}")]


def _unknown_partner(partner: str, registry: Registry) -> Sequence[Violation]:
    return unknown_code("rjct.unknown_partner", "/source", code=partner, known=registry.partners)


def _closest_obstacle(event: DeliveryEvent, registry: Registry, groups: Sequence[ReportGroup]) -> str:
    """Return the member that stands in the way if it alone were changed, else the type."""
    grants = [grant for grant in registry.grants(event.partner) if not grant.reports.isdisjoint(groups)]
    within = [grant for grant in grants if registry.programme_is_within(event.data.programme, grant.programme)]
    if within:
        return "/data/country"
    return "/data/programme" if grants else "/type"


def _granted(partner: str, registry: Registry) -> str:
    grants = registry.grants(partner)
    if not grants:
        return "nothing: the partner is registered and reports nothing yet"
    return "; ".join(
        f"{' '.join(sorted(grant.reports))} of {grant.programme} at {' '.join(sorted(grant.countries))}" if grant.programme else "reference" for grant in grants
    )
