"""Assurance: evidence and verification of deliveries, complaints, suspected duplicates, findings, and periods that are closed.

An event that names an ``original`` waits until that is booked. Only evidence and verification post anything, and
only as long as their original counts.
"""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from models.events.delivery import Evidence, Original, Period
from models.events.envelope import Code, Currency, Envelope, Form, Label, Quantity, Text


class AttachedEvidence(Form, frozen=True, kw_only=True):
    """Documents that show an event that is booked."""

    original: Original
    evidence: Annotated[list[Evidence], Meta(min_length=1, max_length=100)]
    text: Text | UnsetType = UNSET


class Verification(Form, frozen=True, kw_only=True):
    """What somebody else than the reporting partner found when the delivery was looked at."""

    original: Original
    result: Literal["confirmed", "refuted"]
    method: Label | UnsetType = UNSET
    text: Text | UnsetType = UNSET
    evidence: Annotated[list[Evidence], Meta(max_length=100)] | UnsetType = UNSET


class Complaint(Form, frozen=True, kw_only=True):
    """What somebody complains about; never who."""

    programme: Code
    country: Code
    about: Literal["not-received", "wrong-amount", "wrong-recipient", "paid-twice", "quality", "fee-demanded", "other"]
    channel: Label | UnsetType = UNSET
    original: Original | UnsetType = UNSET
    text: Text | UnsetType = UNSET


class ForwardedComplaint(Form, frozen=True, kw_only=True):
    """A complaint that went on to whoever can mend it."""

    original: Original
    to: Code
    text: Text | UnsetType = UNSET


class ResolvedComplaint(Form, frozen=True, kw_only=True):
    """How a complaint ended."""

    original: Original
    outcome: Literal["upheld", "rejected", "mended", "withdrawn"]
    text: Text | UnsetType = UNSET


class Suspicion(Form, frozen=True, kw_only=True):
    """Two events that may have given the same thing to the same recipient."""

    original: Original
    other: Original
    reason: Literal["same-recipient", "same-delivery", "same-document", "other"]
    text: Text | UnsetType = UNSET


class Adjudication(Form, frozen=True, kw_only=True):
    """What came of a suspicion about two events; a mistake is then corrected by an event of its own."""

    original: Original
    other: Original
    finding: Literal["duplicate", "distinct", "undecided"]
    text: Text | UnsetType = UNSET


class PeriodClosure(Form, frozen=True, kw_only=True):
    """A programme's period, or batches of it, that its owner holds complete."""

    programme: Code
    country: Code
    period: Period | UnsetType = UNSET
    batches: Annotated[list[Label], Meta(min_length=1, max_length=1000)] | UnsetType = UNSET
    text: Text | UnsetType = UNSET


class Finding(Form, frozen=True, kw_only=True):
    """What an auditor found, with the number or amount it is about."""

    finding: Label
    text: Text
    programme: Code | UnsetType = UNSET
    country: Code | UnsetType = UNSET
    quantity: Quantity | UnsetType = UNSET
    unit: Code | UnsetType = UNSET
    amount: Quantity | UnsetType = UNSET
    currency: Currency | UnsetType = UNSET
    original: Original | UnsetType = UNSET
    evidence: Annotated[list[Evidence], Meta(max_length=100)] | UnsetType = UNSET


class FindingAnswer(Form, frozen=True, kw_only=True):
    """What the audited party answers."""

    original: Original
    text: Text
    evidence: Annotated[list[Evidence], Meta(max_length=100)] | UnsetType = UNSET


class EvidenceAttached(Envelope, frozen=True, kw_only=True, tag="salur.evidence.attached.v1"):
    """Evidence came in later than the event it shows."""

    data: AttachedEvidence


class DeliveryVerified(Envelope, frozen=True, kw_only=True, tag="salur.delivery.verified.v1"):
    """Somebody else looked at a delivery."""

    data: Verification


class ComplaintRaised(Envelope, frozen=True, kw_only=True, tag="salur.complaint.raised.v1"):
    """Somebody complained."""

    data: Complaint


class ComplaintForwarded(Envelope, frozen=True, kw_only=True, tag="salur.complaint.forwarded.v1"):
    """A complaint went on."""

    data: ForwardedComplaint


class ComplaintResolved(Envelope, frozen=True, kw_only=True, tag="salur.complaint.resolved.v1"):
    """A complaint ended."""

    data: ResolvedComplaint


class DuplicateSuspected(Envelope, frozen=True, kw_only=True, tag="salur.duplicate.suspected.v1"):
    """Somebody suspects that two events are one delivery, or reached one recipient twice."""

    data: Suspicion


class DuplicateAdjudicated(Envelope, frozen=True, kw_only=True, tag="salur.duplicate.adjudicated.v1"):
    """A suspicion was settled."""

    data: Adjudication


class PeriodClosed(Envelope, frozen=True, kw_only=True, tag="salur.period.closed.v1"):
    """Nothing more is expected of a period or of batches; what comes all the same is accepted and flagged."""

    data: PeriodClosure


class FindingRaised(Envelope, frozen=True, kw_only=True, tag="salur.finding.raised.v1"):
    """An auditor found something."""

    data: Finding


class FindingAnswered(Envelope, frozen=True, kw_only=True, tag="salur.finding.answered.v1"):
    """The audited party answered."""

    data: FindingAnswer


AssuranceEvent = (
    EvidenceAttached
    | DeliveryVerified
    | ComplaintRaised
    | ComplaintForwarded
    | ComplaintResolved
    | DuplicateSuspected
    | DuplicateAdjudicated
    | PeriodClosed
    | FindingRaised
    | FindingAnswered
)
