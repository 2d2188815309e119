"""Who was served twice, as far as pseudonyms tell: recipient tokens, what their events gave, and when two are suspicious.

A token is never kept as it was sent, only its SHA-256. Two events that gave something to the same token may both be
right, so a suspicion is a flag for somebody to look at and refuses nothing.
"""

import hashlib
from typing import Any, Final, NamedTuple

from msgspec import UNSET

from models.cells import UNKNOWN
from models.events.catalogue import Event
from models.events.envelope import Envelope
from models.events.payments import DisbursementConfirmed
from models.events.services import IncentivePaid
from models.naming import DELIVERIES

TokenHash = bytes

_DELIVERIES: Final[frozenset[type[Envelope]]] = frozenset(DELIVERIES)


class Given(NamedTuple):
    """What a delivery gave, as far as it matters for being given twice."""

    partner: str
    programme: str
    destination: str
    tranche: str
    is_payment: bool


def token_hashes(event: Event) -> list[TokenHash]:
    """Return the SHA-256 of every different recipient token of a delivery, in order; empty for an event that delivers nothing."""
    # By class: every event comes by here three times, and is seldom one with tokens.
    data: Any = event.data
    if event.__class__ not in _DELIVERIES or data.tokens is UNSET:
        return []
    return [hashlib.sha256(token.encode()).digest() for token in dict.fromkeys(data.tokens)]


def given_by(event: Event) -> Given:
    """Return what a delivery gave."""
    assert isinstance(event, DELIVERIES), "only deliveries carry tokens"
    data = event.data
    tranche = UNKNOWN if data.tranche is UNSET else data.tranche
    return Given(event.partner, data.programme, data.country, tranche, isinstance(event, DisbursementConfirmed | IncentivePaid))


def is_suspicious(earlier: Given, later: Given) -> bool:
    """Tell whether one recipient should not have had both: from another partner, programme or destination, or the same instalment."""
    if earlier[:3] != later[:3]:
        return True
    return earlier.is_payment and later.is_payment and earlier.tranche == later.tranche != UNKNOWN
