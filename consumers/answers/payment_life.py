"""The life of payments, told from how many reached each stage: how many wait, and for what.

Stages are sums, and no stage names the payment it goes on with, except a return. So what is open is worked out from
the sums by these rules, each the most cautious that the reports allow:

* *declared*: neither instructed nor, where no instruction is reported, anything later;
* *instructed*, at first or again: neither sent nor failed before that, nor reported by any later stage;
* *sent*: neither confirmed, nor failed after sending, nor come back before it was confirmed. A payment that failed
  had been sent if more were sent or failed than were ever to be sent;
* *returned*: came back or failed, and was neither issued again nor refunded to the treasury.

Delivered is what was confirmed and did not come back afterwards. A refund never reduces it.
"""

import dataclasses
from collections.abc import Mapping
from typing import Final, Literal

from models.measures import DECLARED, PAYMENT_STAGES

Status = Literal["declared", "instructed", "sent", "returned", "confirmed", "refunded", "nothing"]
STAGES: Final = (DECLARED, *PAYMENT_STAGES)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PaymentLife:
    """The sums of one batch in one unit, in steps; ``returned_confirmed`` is the part of ``returned`` that had been confirmed."""

    declared: int = 0
    instructed: int = 0
    sent: int = 0
    confirmed: int = 0
    failed: int = 0
    returned: int = 0
    reissued: int = 0
    refunded: int = 0
    returned_confirmed: int = 0

    @property
    def stages(self) -> Mapping[str, int]:
        """The sums by stage."""
        return {stage: getattr(self, stage) for stage in STAGES}

    @property
    def delivered(self) -> int:
        """What was confirmed and stayed."""
        return self.confirmed - self.returned_confirmed

    @property
    def undelivered(self) -> int | None:
        """What was declared and not delivered, negative when more was; None if nothing was declared."""
        return self.declared - self.delivered if self.declared > 0 else None

    @property
    def open(self) -> Mapping[str, int]:
        """How much waits in each state: ``declared`` to be instructed, ``instructed`` to be sent, ``sent`` to be confirmed, ``returned`` to be settled."""
        went_out = max(self.sent + self._failed_unsent, self.confirmed + self.failed)
        return {
            "declared": max(0, self.declared - (self.instructed or went_out - self.reissued)),
            "instructed": max(0, self.instructed + self.reissued - went_out),
            "sent": max(0, self.sent - self.confirmed - self._failed_sent - self._returned_unconfirmed),
            "returned": max(0, self.returned + self.failed - self.reissued - self.refunded),
        }

    @property
    def status(self) -> Status:
        """The state of what has come least far; when nothing waits, how it ended."""
        waiting = self.open
        for state in ("declared", "instructed", "sent", "returned"):
            if waiting[state]:
                return state
        if self.delivered > 0:
            return "confirmed"
        return "refunded" if self.refunded > 0 else "nothing"

    @property
    def is_complete(self) -> bool | None:
        """Whether as many were delivered as were declared; None if nothing was declared."""
        return None if self.undelivered is None else not self.undelivered

    @property
    def _failed_sent(self) -> int:
        to_send = self.instructed + self.reissued
        return self.failed if not self.instructed else max(0, min(self.failed, self.sent + self.failed - to_send))

    @property
    def _failed_unsent(self) -> int:
        return self.failed - self._failed_sent

    @property
    def _returned_unconfirmed(self) -> int:
        return self.returned - self.returned_confirmed
