"""Plans and money around deliveries: budgets, targets, declared batches, what was spent; what could be made, and who needs aid.

None of these is a delivery. They are kept beside the tallies in a table of their own and no delivery figure ever
includes them.
"""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType, field

from models.events.delivery import Evidence, Original, Period, Place
from models.events.envelope import Code, Currency, Envelope, Form, Label, Quantity, Text
from models.events.payments import Payment

LineNumber = Annotated[int, Meta(ge=1, le=1_000_000)]


class MoneyLine(Form, frozen=True, kw_only=True):
    """An amount in major units of a currency."""

    line: LineNumber
    amount: Quantity
    currency: Currency


class TargetLine(Form, frozen=True, kw_only=True):
    """How much of an item is to be delivered: in the item's own unit, in people to be reached, or, for money, in a currency."""

    line: LineNumber
    item: Code
    quantity: Quantity
    unit: Code


class CapacityLine(Form, frozen=True, kw_only=True):
    """How much can be made or served: a rate with ``per``, a plain count without."""

    line: LineNumber
    item: Code
    quantity: Quantity
    unit: Code
    per: Literal["day"] | UnsetType = UNSET


class CaseloadLine(Form, frozen=True, kw_only=True):
    """How many people or households are affected."""

    line: LineNumber
    quantity: Quantity
    unit: Code


class PlanDetails(Form, frozen=True, kw_only=True):
    """What plans and caseloads share: the destination, and by what they were decided. The fiscal year is that of ``time``."""

    country: Code
    activity: Label | UnsetType = UNSET
    place: Place | UnsetType = UNSET
    tranche: Label | UnsetType = UNSET
    legal_basis: Code | UnsetType = UNSET
    recipient_type: Code | UnsetType = UNSET
    evidence: Annotated[list[Evidence], Meta(max_length=100)] | UnsetType = UNSET
    period: Period | UnsetType = UNSET


class Plan(PlanDetails, frozen=True, kw_only=True):
    """A plan of one programme."""

    programme: Code


class MoneyPlan(Plan, frozen=True, kw_only=True):
    """Amounts for a programme."""

    lines: Annotated[list[MoneyLine], Meta(min_length=1, max_length=10_000)]


class Target(Plan, frozen=True, kw_only=True):
    """Quantities that a programme is to reach in the year."""

    lines: Annotated[list[TargetLine], Meta(min_length=1, max_length=10_000)]


class TargetRevision(Target, frozen=True, kw_only=True):
    """The whole target anew, and the event that set it first."""

    original: Original
    reason: Text | UnsetType = UNSET


class Capacity(Plan, frozen=True, kw_only=True):
    """What somebody can make or serve."""

    lines: Annotated[list[CapacityLine], Meta(min_length=1, max_length=10_000)]


class Caseload(PlanDetails, frozen=True, kw_only=True):
    """How many are affected; often no programme's own figure, so the programme may be left out."""

    programme: Code | UnsetType = UNSET
    lines: Annotated[list[CaseloadLine], Meta(min_length=1, max_length=10_000)]


class BudgetLine(Form, frozen=True, kw_only=True):
    """One side of a reallocation."""

    programme: Code
    activity: Label | UnsetType = UNSET


class Reallocation(Form, frozen=True, kw_only=True):
    """An amount taken from one budget and given to another."""

    country: Code
    from_: BudgetLine = field(name="from")
    to: BudgetLine
    amount: Quantity
    currency: Currency
    legal_basis: Code | UnsetType = UNSET
    reason: Text | UnsetType = UNSET
    evidence: Annotated[list[Evidence], Meta(max_length=100)] | UnsetType = UNSET


class BudgetAllocated(Envelope, frozen=True, kw_only=True, tag="salur.budget.allocated.v1"):
    """A programme was given a budget for the year."""

    data: MoneyPlan


class BudgetReallocated(Envelope, frozen=True, kw_only=True, tag="salur.budget.reallocated.v1"):
    """A budget, or part of it, now belongs to something else."""

    data: Reallocation


class ExpenditureRecorded(Envelope, frozen=True, kw_only=True, tag="salur.expenditure.recorded.v1"):
    """Money was spent from a budget; that says nothing yet of who received what."""

    data: MoneyPlan


class TargetSet(Envelope, frozen=True, kw_only=True, tag="salur.target.set.v1"):
    """A programme is to reach this in the year."""

    data: Target


class TargetRevised(Envelope, frozen=True, kw_only=True, tag="salur.target.revised.v1"):
    """A target was changed; the new one takes the place of the newest before it."""

    data: TargetRevision


class BatchDeclared(Envelope, frozen=True, kw_only=True, tag="salur.batch.declared.v1"):
    """A batch of payments is to be made; ``subject`` names it, and the payments name it too."""

    data: Payment


class CapacityStated(Envelope, frozen=True, kw_only=True, tag="salur.capacity.stated.v1"):
    """What somebody says can be made or served; never a stock."""

    data: Capacity


class CaseloadStated(Envelope, frozen=True, kw_only=True, tag="salur.caseload.stated.v1"):
    """How many people are affected; never a delivery."""

    data: Caseload


PlanEvent = BudgetAllocated | BudgetReallocated | ExpenditureRecorded | TargetSet | TargetRevised | CapacityStated | CaseloadStated
"""The plans that have lines or sides of their own; ``BatchDeclared`` has the form of a payment."""
