"""Which event may name which as its original, written from the rules and from no other code.

Every event with a member ``original`` waits until that is accepted; what it may name depends on its type.
"""

from collections.abc import Mapping
from typing import Any, Final

from consumers.reconcile.chains import Booked

Name = tuple[str, str]
"""Source and id of an event."""

REVERSED: Final = "salur.event.reversed.v1"
AMENDED: Final = "salur.event.amended.v1"
ANNOTATED: Final = "salur.event.annotated.v1"
REVISED: Final = "salur.target.revised.v1"
RETURNED: Final = "salur.disbursement.returned.v1"
CONFIRMED: Final = "salur.disbursement.confirmed.v1"
SHOWN: Final = "salur.evidence.attached.v1"
VERIFIED: Final = "salur.delivery.verified.v1"
SUSPECTED: Final = "salur.duplicate.suspected.v1"
ADJUDICATED: Final = "salur.duplicate.adjudicated.v1"

OWN_EVENTS_ONLY: Final = frozenset({REVERSED, AMENDED, ANNOTATED, REVISED})
"""The types that name events of their own source only."""
PAIRS: Final = frozenset({SUSPECTED, ADJUDICATED})
"""The types that name a second event, ``other``, which must be accepted already."""

NEVER_CORRECTED: Final = frozenset(
    {
        *(f"salur.{noun}.registered.v1" for noun in ("partner", "programme", "item", "site", "legal-basis")),
        *(f"salur.programme.{verb}.v1" for verb in ("suspended", "resumed")),
        "salur.period.closed.v1",
    }
)
"""Registrations: what came after them was decided by them, so they are not undone."""
NEVER_REPLACED: Final = frozenset({REVERSED, ANNOTATED, SHOWN, VERIFIED, *NEVER_CORRECTED})

_DELIVERIES: Final = frozenset(
    f"salur.{what}.v1"
    for what in (
        "disbursement.confirmed",
        "distribution.recorded",
        "group.assisted",
        "participants.engaged",
        "persondays.worked",
        "training.delivered",
        "incentive.paid",
        "placement.made",
        "service.delivered",
    )
)
_COMPLAINTS: Final = frozenset({"salur.complaint.raised.v1", "salur.complaint.forwarded.v1"})
_ONLY: Final[Mapping[str, frozenset[str]]] = {
    RETURNED: frozenset(f"salur.disbursement.{stage}.v1" for stage in ("instructed", "sent", "confirmed", "reissued")),
    "salur.consignment.received.v1": frozenset({"salur.consignment.dispatched.v1"}),
    REVISED: frozenset({"salur.target.set.v1", REVISED}),
    **dict.fromkeys((SHOWN, VERIFIED, SUSPECTED, ADJUDICATED), _DELIVERIES),
    **dict.fromkeys(("salur.complaint.forwarded.v1", "salur.complaint.resolved.v1"), _COMPLAINTS),
    "salur.finding.answered.v1": frozenset({"salur.finding.raised.v1"}),
}
"""What each type may name; a type that is not here may name any event."""


def named(whole: Mapping[str, Any], member: str = "original") -> Name | None:
    """Return the event that a member of the data names: an id of the same source, or source and id; None without the member."""
    given = whole["data"].get(member)
    if given is None:
        return None
    return (given["source"], given["id"]) if isinstance(given, dict) else (whole["source"], given)


def is_suitable(event_type: str, original: Booked) -> bool:
    """Tell whether an event of this type may name the other."""
    if event_type in (REVERSED, AMENDED) and original.event.type in NEVER_CORRECTED:
        return False
    if event_type == AMENDED and original.event.type in NEVER_REPLACED:
        return False
    return event_type not in _ONLY or original.event.type in _ONLY[event_type]
