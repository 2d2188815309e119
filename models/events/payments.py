"""Payments: each stage of a payment is an event of its own and is counted in payments and in money."""

from typing import Annotated, Literal

from msgspec import Meta

from models.events.delivery import Delivery, Line, Original
from models.events.envelope import Currency, Envelope, Quantity

ReturnReason = Literal["account_closed", "frozen", "name_mismatch", "number_mismatch", "duplicate_membership"]


class PaymentLine(Line, frozen=True, kw_only=True):
    """So many payments, and their amount together in major units of the currency."""

    payments: Quantity
    amount: Quantity
    currency: Currency


class Payment(Delivery, frozen=True, kw_only=True):
    """A batch of payments at one stage."""

    lines: Annotated[list[PaymentLine], Meta(min_length=1, max_length=10_000)]


class ReturnedPayment(Delivery, frozen=True, kw_only=True):
    """Payments that came back, why, and the event that they return."""

    lines: Annotated[list[PaymentLine], Meta(min_length=1, max_length=10_000)]
    reason: ReturnReason
    original: Original


class DisbursementInstructed(Envelope, frozen=True, kw_only=True, tag="salur.disbursement.instructed.v1"):
    """The payer was told to pay."""

    data: Payment


class DisbursementSent(Envelope, frozen=True, kw_only=True, tag="salur.disbursement.sent.v1"):
    """The payer sent the money; it is not delivered yet."""

    data: Payment


class DisbursementConfirmed(Envelope, frozen=True, kw_only=True, tag="salur.disbursement.confirmed.v1"):
    """The money arrived."""

    data: Payment


class DisbursementFailed(Envelope, frozen=True, kw_only=True, tag="salur.disbursement.failed.v1"):
    """The money could not be sent."""

    data: Payment


class DisbursementReturned(Envelope, frozen=True, kw_only=True, tag="salur.disbursement.returned.v1"):
    """The money came back (retur)."""

    data: ReturnedPayment


class DisbursementReissued(Envelope, frozen=True, kw_only=True, tag="salur.disbursement.reissued.v1"):
    """A payment that came back is to be made again; it must be sent and confirmed again."""

    data: Payment


class DisbursementRefunded(Envelope, frozen=True, kw_only=True, tag="salur.disbursement.refunded.v1"):
    """Unpaid money went back to the treasury (setor kas negara)."""

    data: Payment


PaymentEvent = (
    DisbursementInstructed | DisbursementSent | DisbursementConfirmed | DisbursementFailed | DisbursementReturned | DisbursementReissued | DisbursementRefunded
)
