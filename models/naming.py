"""Which event names which, and as what. An event that names one which is not booked yet waits for it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple, get_args

from msgspec import UNSET, UnsetType

from models.corrections import AMENDMENT, EVIDENCE, REVERSAL, VERIFICATION
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
from models.events.catalogue import Event
from models.events.corrections import EventAmended, EventAnnotated, EventReversed
from models.events.delivery import Original, OriginalEvent
from models.events.envelope import Envelope
from models.events.goods import ConsignmentDispatched, ConsignmentReceived, DistributionRecorded, StockCounted
from models.events.payments import DisbursementConfirmed, DisbursementInstructed, DisbursementReissued, DisbursementReturned, DisbursementSent
from models.events.plans import TargetRevised, TargetSet
from models.events.reference import ReferenceEvent
from models.events.services import GroupAssisted, IncentivePaid, ParticipantsEngaged, PersondaysWorked, PlacementMade, ServiceDelivered, TrainingDelivered
from models.events.statements import StatementPublished

ANNOTATION: Final = "annotation"
RETURN: Final = "return"
RECEIPT: Final = "receipt"
REFERENCE: Final = "reference"
REFUTATION: Final = "refutation"
"""A verification that did not find the delivery."""
COMPLAINT: Final = "complaint"
SUSPICION: Final = "suspicion"
ADJUDICATION: Final = "adjudication"
ANSWER: Final = "answer"
FINDING: Final = "finding"
STATEMENT: Final = "statement"
STOCK_COUNT: Final = "stock-count"

DELIVERIES: Final = (
    DisbursementConfirmed,
    DistributionRecorded,
    GroupAssisted,
    ParticipantsEngaged,
    TrainingDelivered,
    PersondaysWorked,
    PlacementMade,
    ServiceDelivered,
    IncentivePaid,
)
"""The events that deliver something; only they can be verified, or be delivered twice."""

Registration = ReferenceEvent | PeriodClosed
REGISTRATIONS: Final = frozenset(get_args(Registration))
"""The events that change the code lists, or what is expected, for all that come after them."""


class Naming(NamedTuple):
    """How events of a type name another: the kind of the link, and what may be named (None for any event), in words too."""

    kind: str
    may_name: tuple[type[Envelope], ...] | None
    expected: str = ""


NAMINGS: Final[Mapping[type[Envelope], Naming]] = MappingProxyType(
    {
        EventReversed: Naming(REVERSAL, None),
        EventAmended: Naming(AMENDMENT, None),
        EventAnnotated: Naming(ANNOTATION, None),
        TargetRevised: Naming(AMENDMENT, (TargetSet, TargetRevised), "a salur.target.set.v1"),
        DisbursementReturned: Naming(RETURN, (DisbursementInstructed, DisbursementSent, DisbursementConfirmed, DisbursementReissued), "a payment"),
        ConsignmentReceived: Naming(RECEIPT, (ConsignmentDispatched,), "a salur.consignment.dispatched.v1"),
        EvidenceAttached: Naming(EVIDENCE, DELIVERIES, "a delivery"),
        DeliveryVerified: Naming(VERIFICATION, DELIVERIES, "a delivery"),
        ComplaintRaised: Naming(COMPLAINT, None),
        ComplaintForwarded: Naming(COMPLAINT, (ComplaintRaised, ComplaintForwarded), "a complaint"),
        ComplaintResolved: Naming(COMPLAINT, (ComplaintRaised, ComplaintForwarded), "a complaint"),
        DuplicateSuspected: Naming(SUSPICION, DELIVERIES, "a delivery"),
        DuplicateAdjudicated: Naming(ADJUDICATION, DELIVERIES, "a delivery"),
        FindingRaised: Naming(FINDING, None),
        FindingAnswered: Naming(ANSWER, (FindingRaised,), "a salur.finding.raised.v1"),
    }
)
"""The types with a member ``original``."""

NOTED: Final[Mapping[type[Envelope], str]] = MappingProxyType(
    {**dict.fromkeys(REGISTRATIONS, REFERENCE), StatementPublished: STATEMENT, StockCounted: STOCK_COUNT, ComplaintRaised: COMPLAINT, FindingRaised: FINDING}
)
"""The types that are listed by a kind of their own; where they name no other event they are linked with themselves."""


def named_by(event: Event) -> tuple[str, str] | None:
    """Return source and id of the event that this one names as its original, None if it names none."""
    if event.__class__ not in NAMINGS:
        return None
    original: Original | UnsetType = getattr(event.data, "original", UNSET)
    return None if original is UNSET else original_of(event, original)


def original_of(event: Event, original: Original) -> tuple[str, str]:
    """Return source and id of the event that ``original`` names."""
    if isinstance(original, OriginalEvent):
        return original.source, original.id
    return event.source, original
