"""What the intake can say of an event at once: whether it is its sender's, and whether it is certainly wrong.

The same checks as the ledger's, run early so that a partner learns everything while it is still there. The ledger
decides all the same: what passes here is not accepted yet.
"""

import hashlib
from typing import Final

import msgspec

from models.decoding import MAX_BYTES, Undecodable, decode
from models.events.catalogue import Event
from models.events.envelope import SOURCE_PREFIX
from models.reasons import Violation
from models.receipts import Asked
from models.registry import Registry
from models.rules.catalogue import violations
from models.rules.raw_codes import unknown_raw_codes
from models.strict_json import parse
from streams.intake.problems import Problem, refused

DEPENDS_ON_LISTS: Final = frozenset(
    {
        "rjct.unknown_partner",
        "rjct.unknown_programme",
        "rjct.unknown_item",
        "rjct.unknown_country",
        "rjct.unknown_holder",
        "rjct.unknown_legal_basis",
        "rjct.partner_not_entitled",
        "rjct.item_unsuitable",
        "rjct.unit_mismatch",
        "rjct.time_before_programme",
        "rjct.code_already_registered",
        "rjct.simulation_unmarked",
    }
)
"""Codes that a registration may change; without the ledger's own lists they are left to the ledger."""


class _Sourced(msgspec.Struct):
    source: str


_sourced: Final = msgspec.json.Decoder(_Sourced)


def read(value: bytes, *, partner: str) -> Event | Problem:
    """Read the event that ``partner`` sent. Another's source is answered before anything else is."""
    if len(value) > MAX_BYTES:
        return Problem(kind="too-large", more={"limit_bytes": MAX_BYTES})
    own = SOURCE_PREFIX + partner
    content = decode(value)
    if not isinstance(content, Undecodable):
        return content if content.source == own else _foreign(own)
    try:
        source = _sourced.decode(value).source
    except (msgspec.MsgspecError, ValueError, RecursionError):
        source = own  # It is no event, and the complete reader has said why.
    return refused(content.violations) if source == own else _foreign(own)


def with_codes(problem: Problem, value: bytes, registry: Registry) -> Problem:
    """Return what is wrong with the shape of an event together with the codes in it that are on no list, as far as they can be read."""
    if problem.kind != "event-refused":
        return problem
    parsed = parse(value)
    if not parsed.is_json:
        return problem
    found = unknown_raw_codes(parsed.value, registry, besides={violation.pointer for violation in problem.violations})
    return refused(sorted({*problem.violations, *found}, key=lambda violation: (violation.pointer, violation.code))) if found else problem


def asked(event: Event, value: bytes) -> Asked:
    """Return what the ledger is asked about the event."""
    return Asked(event.source, event.id, hashlib.sha256(value).digest(), value)


def certainly_wrong(event: Event, registry: Registry, *, now: int, is_current: bool) -> Problem | None:
    """Return everything that is wrong with the event by the code lists, if anything is; ``is_current`` tells if these are the ledger's own."""
    found = violations(event, registry, now)
    if not is_current:
        found = [violation for violation in found if violation.code not in DEPENDS_ON_LISTS]
    return refused(found) if found else None


def _foreign(own: str) -> Problem:
    return Problem(kind="wrong-source", violations=(Violation("rjct.wrong_source", "/source", expected=own),))
