"""The catalogue of rules: which apply to which type of event, in the order in which their findings are listed.

A rule joins by being named here. All violations of an event are returned at once, so that a partner mends it once.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, get_args

from models.events.catalogue import Event
from models.events.corrections import CorrectionEvent
from models.events.envelope import Envelope
from models.events.goods import ConsignmentReceived, GoodsEvent, GoodsSold
from models.events.payments import DisbursementReturned, PaymentEvent
from models.events.reference import ReferenceEvent
from models.events.services import ParticipantsEngaged, ServiceEvent
from models.reasons import Violation
from models.registry import Registry
from models.rules.codes import currencies_are_known, delivery_codes_are_known, items_fit
from models.rules.disaggregation import parts_fit_the_whole
from models.rules.entitlement import partner_may_correct, partner_may_deliver, partner_may_register
from models.rules.flags import local_flags
from models.rules.identity import correction_names_nobody, delivery_names_nobody, envelope_names_nobody, reference_names_nobody
from models.rules.originals import original_is_another_event
from models.rules.quantities import engaged_are_counted, lines_are_numbered, quantities_are_exact
from models.rules.reference import registration_stands
from models.rules.rule import MAX_VIOLATIONS
from models.rules.times import delivery_time_is_possible, time_is_not_in_future

AnyRule = Callable[[Any, Registry, int], Sequence[Violation]]
"""A rule of whichever event it declares; the table below is what pairs the two."""

_DELIVERY: Final[tuple[AnyRule, ...]] = (
    partner_may_deliver,
    delivery_codes_are_known,
    delivery_time_is_possible,
    lines_are_numbered,
    quantities_are_exact,
    parts_fit_the_whole,
    envelope_names_nobody,
    delivery_names_nobody,
)
_REFERENCE: Final[tuple[AnyRule, ...]] = (partner_may_register, registration_stands, time_is_not_in_future, envelope_names_nobody, reference_names_nobody)
_CORRECTION: Final[tuple[AnyRule, ...]] = (
    partner_may_correct,
    original_is_another_event,
    time_is_not_in_future,
    envelope_names_nobody,
    correction_names_nobody,
)

RULES: Final[Mapping[type[Envelope], tuple[AnyRule, ...]]] = MappingProxyType(
    {
        **dict.fromkeys(get_args(PaymentEvent), (*_DELIVERY, currencies_are_known)),
        **dict.fromkeys(get_args(GoodsEvent), (*_DELIVERY, items_fit)),
        **dict.fromkeys(get_args(ServiceEvent), (*_DELIVERY, items_fit)),
        **dict.fromkeys(get_args(ReferenceEvent), _REFERENCE),
        **dict.fromkeys(get_args(CorrectionEvent), _CORRECTION),
        DisbursementReturned: (*_DELIVERY, currencies_are_known, original_is_another_event),
        ConsignmentReceived: (*_DELIVERY, items_fit, original_is_another_event),
        GoodsSold: (*_DELIVERY, items_fit, currencies_are_known),
        ParticipantsEngaged: (*_DELIVERY, items_fit, engaged_are_counted),
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
    return local_flags(event, registry, received_at_ms)
