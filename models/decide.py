"""The decision about one well-formed event whose id nobody has claimed: accepted, rejected or held.

Everything that a decision may depend on is a parameter: the event, the time at which Kafka received it, and what
was booked before (``models.outcomes.BookedBefore``). Whether the id is claimed already (duplicate or conflict) is
settled by the caller first, because that needs no look at the content.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from models.cells import Posting
from models.corrections import AMENDMENT, EVIDENCE, REVERSAL, VERIFICATION, AlreadyReversed
from models.decoding import decode_replacement
from models.events.assurance import DeliveryVerified, DuplicateAdjudicated, DuplicateSuspected, EvidenceAttached, PeriodClosed
from models.events.catalogue import Event
from models.events.corrections import EventAmended, EventReversed
from models.events.envelope import Envelope
from models.events.payments import DisbursementConfirmed, DisbursementReturned
from models.events.plans import TargetRevised
from models.limits import incomplete_batches, limits_passed, sums_passed
from models.measures import UNDELIVERED
from models.naming import ANNOTATION, DELIVERIES, NAMINGS, NOTED, RECEIPT, REFUTATION, REGISTRATIONS, RETURN, Naming, named_by, original_of
from models.outcomes import Accepted, Booked, BookedBefore, Held, Judged, Link, Outcome, Rejected
from models.postings import post
from models.reasons import Violation
from models.registry import Registry
from models.rules.catalogue import flags as local_flags
from models.rules.catalogue import violations as violations_of

_OUT_OF_ORDER: Final = "flag.out_of_order"
_DELIVERIES: Final[frozenset[type[Envelope]]] = frozenset(DELIVERIES)
_UNAMENDABLE: Final = frozenset((EventReversed, *(event for event, naming in NAMINGS.items() if naming.kind in (ANNOTATION, EVIDENCE, VERIFICATION))))
"""Events that stand for themselves beside another: they are reversed and sent anew."""


def judge(event: Event, registry: Registry, received_at: int) -> Judged:
    """Judge an event by all rules, by the code lists as they stand."""
    broken = violations_of(event, registry, received_at)
    return Judged(broken, (), ()) if broken else Judged((), post(event, registry), local_flags(event, registry, received_at))


def decide(event: Event, *, number: int, received_at: int, before: BookedBefore, judged: Judged | None = None, was_held: bool = False) -> Outcome:
    """Decide the event that would become decision ``number``; ``received_at`` is its LogAppendTime in milliseconds.

    ``judged`` is what ``judge`` said of it, if the code lists have not changed since. ``was_held`` tells that it
    came in before what it names.
    """
    if judged is None:
        judged = judge(event, before.registry, received_at)
    if judged.violations:
        return Rejected(judged.violations)
    if event.__class__ not in NAMINGS:
        return _decide_plain(event, number=number, judged=judged, before=before)
    named = named_by(event)
    if named is None:
        return _decide_plain(event, number=number, judged=judged, before=before)
    naming = NAMINGS[event.__class__]
    foreign = naming.kind in (REVERSAL, AMENDMENT, ANNOTATION) and named[0] != event.source
    if foreign:
        return Rejected([Violation("rjct.foreign_correction", "/data/original/source", expected=event.source)])
    target = before.find(*named)
    if target is None:
        return Held(*named)
    if naming.may_name is not None and not isinstance(target.event, naming.may_name):
        return _unsuitable(naming.expected)
    outcome = _decide_naming(event, target, naming, number=number, received_at=received_at, judged=judged, before=before)
    if isinstance(outcome, Accepted) and (was_held or event.time < target.event.time):
        return Accepted(outcome.postings, [*outcome.flags, _OUT_OF_ORDER], outcome.link, outcome.suspects)
    return outcome


def _decide_plain(event: Event, *, number: int, judged: Judged, before: BookedBefore) -> Outcome:
    """Accept an event that names no other."""
    numbered = before.numbered(judged.postings)
    flags = [*judged.flags, *limits_passed(event, numbered, before)] if numbered else judged.flags
    kind = NOTED.get(event.__class__)
    if kind is not None:
        if isinstance(event, PeriodClosed):
            flags = [*flags, *incomplete_batches(event, before)]
        return Accepted(numbered, flags, Link(number, number, kind))
    suspects = before.served_before(event) if event.__class__ in _DELIVERIES and getattr(event.data, "tokens", None) else ()
    if suspects:
        flags = [*flags, "flag.duplicate_suspected"]
    return Accepted(numbered, flags, None, suspects)


def _decide_naming(event: Event, target: Booked, naming: Naming, *, number: int, received_at: int, judged: Judged, before: BookedBefore) -> Accepted | Rejected:
    try:
        match event:
            case EventReversed():
                return _decide_reversal(target, number=number, before=before)
            case EventAmended() | TargetRevised():
                return _decide_amendment(event, target, number=number, received_at=received_at, before=before)
            case EvidenceAttached() | DeliveryVerified():
                return _decide_confirmation(event, target, number=number, before=before)
            case DuplicateSuspected() | DuplicateAdjudicated():
                return _decide_pair(event, target, naming, judged=judged, before=before)
    except AlreadyReversed:
        return Rejected([Violation("rjct.already_reversed", "/data/original")])
    if naming.kind in (RETURN, RECEIPT):
        return _decide_referring(event, target, naming, judged=judged, before=before)
    return Accepted([], [] if naming.kind == ANNOTATION else judged.flags, Link(target.root, target.number, naming.kind))


def _decide_reversal(target: Booked, *, number: int, before: BookedBefore) -> Accepted | Rejected:
    if target.event.__class__ in REGISTRATIONS:
        return _unsuitable("an event that posts something")
    effect = list(before.chain(target.root).reverse(number=number, target=target.number).items())
    return Accepted(effect, sums_passed(effect, before), Link(target.root, target.number, REVERSAL))


def _decide_amendment(event: EventAmended | TargetRevised, target: Booked, *, number: int, received_at: int, before: BookedBefore) -> Accepted | Rejected:
    if target.event.__class__ in REGISTRATIONS:
        return _unsuitable("an event that posts something")
    replacement = _replacement(event, target, received_at=received_at, before=before)
    if isinstance(replacement, Rejected):
        return replacement
    chain = before.chain(target.root)
    chain.check_amendable(target.number)
    # Only now: a cell gets its number when something is posted to it, and a rejected event posts nothing.
    effect = list(chain.amend(number=number, target=target.number, replacement=dict(before.numbered(replacement))).items())
    return Accepted(effect, sums_passed(effect, before), Link(target.root, target.number, AMENDMENT))


def _replacement(event: EventAmended | TargetRevised, target: Booked, *, received_at: int, before: BookedBefore) -> list[Posting] | Rejected:
    """Return what the replacement posts, or why it cannot take the place of the original."""
    if target.event.__class__ in _UNAMENDABLE:
        return _unsuitable("an event that posts something of its own")
    root = before.event(target.root)
    replaced = decode_replacement(root, _revised(event) if isinstance(event, TargetRevised) else event.data.replacement)
    if isinstance(replaced, tuple):
        return Rejected(replaced)
    violations = violations_of(replaced, before.registry, received_at)
    if violations:
        return Rejected(violations)
    postings = post(replaced, before.registry)
    return [*postings, *_undelivered(replaced, postings, before)]


def _undelivered(event: Event, postings: Sequence[Posting], before: BookedBefore) -> list[Posting]:
    """Return what a return takes off what was delivered: all that comes back once it had been confirmed, nothing before."""
    named = named_by(event) if isinstance(event, DisbursementReturned) else None
    target = None if named is None else before.find(*named)
    if target is None or not isinstance(target.event, DisbursementConfirmed):
        return []
    return [Posting(cell._replace(measure=UNDELIVERED), delta) for cell, delta in postings if cell.measure == "returned"]


def _revised(event: TargetRevised) -> bytes:
    """Return the data of the target as a revision states it anew."""
    data = msgspec.to_builtins(event.data)
    return msgspec.json.encode({name: value for name, value in data.items() if name not in ("original", "reason")})


def _decide_confirmation(event: EvidenceAttached | DeliveryVerified, target: Booked, *, number: int, before: BookedBefore) -> Accepted | Rejected:
    """Take up later evidence, which only the partner itself or an auditor gives, or a verification, which never is one's own."""
    is_own = event.source == target.event.source
    if isinstance(event, DeliveryVerified):
        if is_own:
            return Rejected([Violation("rjct.partner_not_entitled", "/data/original", expected="a delivery of another partner")])
        if event.data.result == "refuted":
            return Accepted([], [], Link(target.root, target.number, REFUTATION))
        kind = VERIFICATION
    else:
        if not is_own and not before.registry.is_entitled(partner=event.partner, programme="", country="", group="assurance"):
            return Rejected([Violation("rjct.partner_not_entitled", "/data/original", expected="a delivery of the same partner")])
        kind = EVIDENCE
    effect = before.chain(target.root).confirm(number=number, target=target.number, kind=kind)
    return Accepted(list(effect.items()), [], Link(target.root, target.number, kind))


def _decide_pair(
    event: DuplicateSuspected | DuplicateAdjudicated, target: Booked, naming: Naming, *, judged: Judged, before: BookedBefore
) -> Accepted | Rejected:
    other = before.find(*original_of(event, event.data.other))
    if other is None or not isinstance(other.event, DELIVERIES) or other.number == target.number:
        return Rejected([Violation("rjct.original_unsuitable", "/data/other", expected="another delivery that is booked")])
    return Accepted([], judged.flags, Link(target.root, target.number, naming.kind))


def _decide_referring(event: Event, target: Booked, naming: Naming, *, judged: Judged, before: BookedBefore) -> Accepted:
    numbered = before.numbered([*judged.postings, *_undelivered(event, judged.postings, before)])
    flags = [*judged.flags, *limits_passed(event, numbered, before)]
    if _exceeds_original(numbered, target.number, naming.kind, before):
        flags.append("flag.return_exceeds_sent" if naming.kind == RETURN else "flag.received_exceeds_dispatched")
    return Accepted(numbered, flags, Link(target.number, target.number, naming.kind))


def _exceeds_original(numbered: Iterable[tuple[int, int]], root: int, kind: str, before: BookedBefore) -> bool:
    """Tell whether everything that came back, or arrived, is by now more than the original sent out, in any unit."""
    # A receipt lowers the very measure that its dispatch raised; a return raises a measure of its own.
    sign = 1 if kind == RECEIPT else -1
    left: Counter[tuple[str, str]] = Counter()
    _count(left, before.chain(root).effect.items(), kind=kind, sign=1, before=before)
    for earlier in before.linked(root, kind):
        _count(left, before.chain(earlier).effect.items(), kind=kind, sign=sign, before=before)
    _count(left, numbered, kind=kind, sign=sign, before=before)
    return any(steps < 0 for steps in left.values())


def _count(left: Counter[tuple[str, str]], postings: Iterable[tuple[int, int]], *, kind: str, sign: int, before: BookedBefore) -> None:
    for number, delta in postings:
        cell = before.cell(number)
        if cell.measure == "in-transit" if kind == RECEIPT else cell.measure in _PAID_BACK:
            left[cell.item, cell.unit] += sign * delta


_PAID_BACK: Final = frozenset({"instructed", "sent", "confirmed", "reissued", "returned"})


def _unsuitable(expected: str) -> Rejected:
    return Rejected([Violation("rjct.original_unsuitable", "/data/original", expected=expected)])
