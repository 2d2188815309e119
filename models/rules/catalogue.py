"""The catalogue of rules: which apply to which type of event, in the order in which their findings are listed.

A rule joins by being named here. All violations of an event are returned at once, so that a partner mends it once.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, get_args

from models.events.assurance import (
    ComplaintForwarded,
    ComplaintRaised,
    ComplaintResolved,
    DeliveryVerified,
    DuplicateAdjudicated,
    DuplicateSuspected,
    EvidenceAttached,
    FindingAnswered,
    FindingRaised,
    PeriodClosed,
)
from models.events.catalogue import Event, MoneyEvent
from models.events.corrections import CorrectionEvent, EventAmended
from models.events.envelope import Envelope
from models.events.goods import ConsignmentReceived, GoodsEvent, GoodsSold
from models.events.payments import DisbursementReturned
from models.events.plans import BudgetAllocated, BudgetReallocated, CapacityStated, CaseloadStated, ExpenditureRecorded, TargetRevised, TargetSet
from models.events.reference import ReferenceEvent
from models.events.services import ParticipantsEngaged, PersondaysWorked, ProceedsReinvested, ServiceEvent, TrainingOffered
from models.events.statements import StatementPublished
from models.reasons import Violation
from models.registry import Registry
from models.rules.assurance import assurance_codes_are_known, finding_is_whole, forwarded_to_somebody, something_is_closed, two_events_are_compared
from models.rules.codes import currencies_are_known, delivery_codes_are_known, items_fit
from models.rules.disaggregation import parts_fit_the_whole
from models.rules.entitlement import (
    partner_is_registered,
    partner_may_assess,
    partner_may_reallocate,
    partner_may_register,
    partner_may_report,
    partner_may_state_caseload,
)
from models.rules.flags import local_flags
from models.rules.identity import delivery_names_nobody, envelope_names_nobody, replacement_names_nobody, texts_name_nobody
from models.rules.originals import original_is_another_event
from models.rules.plans import affected_are_people, plan_codes_are_known, planned_items_fit, reallocated_currency_is_known
from models.rules.quantities import lines_are_numbered, planned_quantities_are_exact, quantities_are_exact, quantity_is_given, reinvested_amounts_are_exact
from models.rules.reference import registration_stands
from models.rules.rule import MAX_VIOLATIONS
from models.rules.statements import figures_can_be_asked
from models.rules.times import delivery_time_is_possible, plan_time_is_possible, time_is_not_in_future

AnyRule = Callable[[Any, Registry, int], Sequence[Violation]]
"""A rule of whichever event it declares; the table below is what pairs the two."""

_DELIVERY: Final[tuple[AnyRule, ...]] = (
    partner_may_report,
    delivery_codes_are_known,
    delivery_time_is_possible,
    lines_are_numbered,
    quantities_are_exact,
    parts_fit_the_whole,
    envelope_names_nobody,
    delivery_names_nobody,
)
_REINVESTMENT: Final = tuple(reinvested_amounts_are_exact if rule is quantities_are_exact else rule for rule in _DELIVERY)
_ANY_OTHER: Final[tuple[AnyRule, ...]] = (time_is_not_in_future, envelope_names_nobody, texts_name_nobody)
_PLAN: Final[tuple[AnyRule, ...]] = (plan_codes_are_known, plan_time_is_possible, planned_quantities_are_exact, envelope_names_nobody, texts_name_nobody)
_PROGRAMME_PLAN: Final[tuple[AnyRule, ...]] = (partner_may_report, lines_are_numbered, *_PLAN)
_REFERENCE: Final[tuple[AnyRule, ...]] = (partner_may_register, registration_stands, *_ANY_OTHER)
_REFERRING: Final[tuple[AnyRule, ...]] = (partner_is_registered, original_is_another_event, *_ANY_OTHER)
_ASSESSING: Final[tuple[AnyRule, ...]] = (partner_may_assess, original_is_another_event, *_ANY_OTHER)

RULES: Final[Mapping[type[Envelope], tuple[AnyRule, ...]]] = MappingProxyType(
    {
        **dict.fromkeys(get_args(MoneyEvent), (*_DELIVERY, currencies_are_known)),
        **dict.fromkeys(get_args(GoodsEvent), (*_DELIVERY, items_fit)),
        **dict.fromkeys(get_args(ServiceEvent), (*_DELIVERY, items_fit)),
        **dict.fromkeys(get_args(ReferenceEvent), _REFERENCE),
        **dict.fromkeys(get_args(CorrectionEvent), _REFERRING),
        DisbursementReturned: (*_DELIVERY, currencies_are_known, original_is_another_event),
        ConsignmentReceived: (*_DELIVERY, items_fit, original_is_another_event),
        GoodsSold: (*_DELIVERY, items_fit, currencies_are_known),
        **dict.fromkeys((ParticipantsEngaged, TrainingOffered, PersondaysWorked), (*_DELIVERY, items_fit, quantity_is_given)),
        ProceedsReinvested: (*_REINVESTMENT, currencies_are_known),
        BudgetAllocated: (*_PROGRAMME_PLAN, currencies_are_known),
        BudgetReallocated: (partner_may_reallocate, *_PLAN, reallocated_currency_is_known),
        ExpenditureRecorded: (*_PROGRAMME_PLAN, currencies_are_known),
        TargetSet: (*_PROGRAMME_PLAN, planned_items_fit),
        TargetRevised: (*_PROGRAMME_PLAN, planned_items_fit, original_is_another_event),
        CapacityStated: (*_PROGRAMME_PLAN, planned_items_fit),
        CaseloadStated: (partner_may_state_caseload, lines_are_numbered, *_PLAN, affected_are_people),
        EvidenceAttached: _REFERRING,
        DeliveryVerified: _ASSESSING,
        ComplaintRaised: (*_REFERRING, assurance_codes_are_known),
        ComplaintForwarded: (*_REFERRING, forwarded_to_somebody),
        ComplaintResolved: _REFERRING,
        DuplicateSuspected: (*_REFERRING, two_events_are_compared),
        DuplicateAdjudicated: (*_ASSESSING, two_events_are_compared),
        PeriodClosed: (partner_may_report, assurance_codes_are_known, something_is_closed, *_ANY_OTHER),
        FindingRaised: (*_ASSESSING, assurance_codes_are_known, finding_is_whole),
        FindingAnswered: _REFERRING,
        StatementPublished: (partner_may_assess, figures_can_be_asked, *_ANY_OTHER),
        EventAmended: (*_REFERRING, replacement_names_nobody),
    }
)
"""The rules of each type of event."""


def violations(event: Event, registry: Registry, received_at_ms: int) -> list[Violation]:
    """Return everything that is wrong with the event by itself, at most ``MAX_VIOLATIONS``; empty if it may be booked.

    ``received_at_ms`` is the record's LogAppendTime in milliseconds since 1970. What needs other events is decided
    in ``models.decide``.
    """
    found: list[Violation] = []
    for rule in RULES[event.__class__]:
        if broken := rule(event, registry, received_at_ms):
            found += broken
    return found[:MAX_VIOLATIONS] if found else found


def flags(event: Event, registry: Registry, received_at_ms: int) -> list[str]:
    """Return the flags that an accepted event raises by itself."""
    return list(local_flags(event, registry, received_at_ms))
