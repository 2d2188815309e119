"""Services and jobs: groups assisted, people engaged, trained, placed and served, incentives paid, proceeds put back."""

from typing import Annotated

from msgspec import Meta

from models.events.delivery import Delivery, Line, Reach
from models.events.envelope import Currency, Envelope, Quantity
from models.events.payments import Payment


class Service(Delivery, frozen=True, kw_only=True):
    """A service as it was given."""

    lines: Annotated[list[Reach], Meta(min_length=1, max_length=10_000)]


class ReinvestedLine(Line, frozen=True, kw_only=True):
    """An amount in major units of a currency."""

    amount: Quantity
    currency: Currency


class Reinvestment(Delivery, frozen=True, kw_only=True):
    """Money from sales that went back into production."""

    lines: Annotated[list[ReinvestedLine], Meta(min_length=1, max_length=10_000)]


class GroupAssisted(Envelope, frozen=True, kw_only=True, tag="salur.group.assisted.v1"):
    """Groups were assisted, such as twenty entrepreneurs with a grant."""

    data: Service


class ParticipantsEngaged(Envelope, frozen=True, kw_only=True, tag="salur.participants.engaged.v1"):
    """Persons were engaged whom no group event of the programme covers."""

    data: Service


class TrainingOffered(Envelope, frozen=True, kw_only=True, tag="salur.training.offered.v1"):
    """Training places were opened; nobody has been trained yet."""

    data: Service


class TrainingDelivered(Envelope, frozen=True, kw_only=True, tag="salur.training.delivered.v1"):
    """Persons completed a training."""

    data: Service


class PersondaysWorked(Envelope, frozen=True, kw_only=True, tag="salur.persondays.worked.v1"):
    """Days of work in public works, counted in person-days."""

    data: Service


class PlacementMade(Envelope, frozen=True, kw_only=True, tag="salur.placement.made.v1"):
    """Persons were placed in jobs."""

    data: Service


class ServiceDelivered(Envelope, frozen=True, kw_only=True, tag="salur.service.delivered.v1"):
    """A service was given, such as doses of a vaccine or sites disinfected."""

    data: Service


class IncentivePaid(Envelope, frozen=True, kw_only=True, tag="salur.incentive.paid.v1"):
    """An incentive was paid; it is the delivery itself and no disbursement."""

    data: Payment


class ProceedsReinvested(Envelope, frozen=True, kw_only=True, tag="salur.proceeds.reinvested.v1"):
    """Proceeds of sales went back into production."""

    data: Reinvestment


ServiceEvent = GroupAssisted | ParticipantsEngaged | TrainingOffered | TrainingDelivered | PersondaysWorked | PlacementMade | ServiceDelivered
"""The services whose lines count an item."""
