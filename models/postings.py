"""Postings: what an accepted event adds to which cells. One rule per event type, nothing else decides it.

Every posting is an increment of one measure in one unit: payments and money of the same line are two postings,
people reached are a third, and each known part of them one more. What an event delivered with evidence is posted
again as evidenced. Reference events, assurance, statements and corrections have no postings of their own; what a
correction, a revised target or later evidence changes is settled in ``models.corrections``. The event must have
passed ``models.rules``. How each noun is counted is written in ``models.posting_rules``.
"""

from typing import assert_never

from models.cells import Posting
from models.events.assurance import (
    AssuranceEvent,
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
from models.events.corrections import CorrectionEvent, EventAmended, EventAnnotated, EventReversed
from models.events.goods import (
    ConsignmentDispatched,
    ConsignmentReceived,
    DistributionRecorded,
    GoodsProcured,
    GoodsProduced,
    GoodsSold,
    StockAdjusted,
    StockCounted,
)
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
from models.events.reference import (
    ItemRegistered,
    LegalBasisRegistered,
    PartnerRegistered,
    ProgrammeRegistered,
    ProgrammeResumed,
    ProgrammeSuspended,
    ReferenceEvent,
    SiteRegistered,
)
from models.events.services import (
    GroupAssisted,
    IncentivePaid,
    ParticipantsEngaged,
    PersondaysWorked,
    PlacementMade,
    ProceedsReinvested,
    ServiceDelivered,
    TrainingDelivered,
    TrainingOffered,
)
from models.events.statements import StatementPublished
from models.posting_rules.goods import post_adjusted, post_came_in, post_dispatched, post_distributed, post_received, post_reinvested, post_sold
from models.posting_rules.payments import post_payments
from models.posting_rules.plans import post_capacity, post_caseload, post_money, post_reallocated, post_target
from models.posting_rules.services import post_services
from models.registry import Registry


def post(event: Event, registry: Registry) -> list[Posting]:  # noqa: C901, PLR0911, PLR0912 - one line per type, so that none is hidden in another
    """Return what the event adds, each cell once and in the order of its lines; nothing for events that count nothing by themselves."""
    match event:  # those that come by the million are first
        case DistributionRecorded():
            return post_distributed(event, registry)
        case DisbursementConfirmed():
            return post_payments(event, registry, "confirmed", counts_recipients=True)
        case GroupAssisted():
            return post_services(event, registry, "assisted", counts_recipients=True)
        case DisbursementInstructed():
            return post_payments(event, registry, "instructed")
        case DisbursementSent():
            return post_payments(event, registry, "sent")
        case DisbursementFailed():
            return post_payments(event, registry, "failed")
        case DisbursementReturned():
            return post_payments(event, registry, "returned")
        case DisbursementReissued():
            return post_payments(event, registry, "reissued")
        case DisbursementRefunded():
            return post_payments(event, registry, "refunded")
        case ParticipantsEngaged():
            return post_services(event, registry, "engaged")
        case GoodsProduced():
            return post_came_in(event, registry, "produced")
        case GoodsProcured():
            return post_came_in(event, registry, "procured")
        case ConsignmentDispatched():
            return post_dispatched(event, registry)
        case ConsignmentReceived():
            return post_received(event, registry)
        case GoodsSold():
            return post_sold(event, registry)
        case StockAdjusted():
            return post_adjusted(event, registry)
        case PersondaysWorked():
            return post_services(event, registry, "worked")
        case TrainingDelivered():
            return post_services(event, registry, "trained", counts_recipients=True)
        case PlacementMade():
            return post_services(event, registry, "placed", counts_recipients=True)
        case ServiceDelivered():
            return post_services(event, registry, "served", counts_recipients=True)
        case IncentivePaid():
            return post_payments(event, registry, "paid")
        case ProceedsReinvested():
            return post_reinvested(event, registry)
        case TrainingOffered():
            return post_services(event, registry, "offered")
        case BatchDeclared():
            return post_payments(event, registry, "declared")
        case StockCounted():
            return []
        case _:
            return _post_beside_deliveries(event, registry)


def _post_beside_deliveries(event: PlanEvent | AssuranceEvent | StatementPublished | ReferenceEvent | CorrectionEvent, registry: Registry) -> list[Posting]:
    """Return what a plan adds to its table, and nothing for what counts nothing by itself."""
    match event:
        case BudgetAllocated():
            return post_money(event, registry, "budget")
        case BudgetReallocated():
            return post_reallocated(event, registry)
        case ExpenditureRecorded():
            return post_money(event, registry, "realised")
        case TargetSet():
            return post_target(event, registry)
        case CapacityStated():
            return post_capacity(event, registry)
        case CaseloadStated():
            return post_caseload(event, registry)
        case _:
            return _post_nothing(event)


def _post_nothing(event: TargetRevised | AssuranceEvent | StatementPublished | ReferenceEvent | CorrectionEvent) -> list[Posting]:
    """Return no postings for what is named here; a type that is new is named here only if it counts nothing."""
    match event:
        case TargetRevised() | EventReversed() | EventAmended() | EventAnnotated():
            return []
        case EvidenceAttached() | DeliveryVerified() | ComplaintRaised() | ComplaintForwarded() | ComplaintResolved():
            return []
        case DuplicateSuspected() | DuplicateAdjudicated() | PeriodClosed() | FindingRaised() | FindingAnswered() | StatementPublished():
            return []
        case PartnerRegistered() | ProgrammeRegistered() | ItemRegistered() | SiteRegistered() | LegalBasisRegistered():
            return []
        case ProgrammeSuspended() | ProgrammeResumed():
            return []
        case _:
            assert_never(event)
