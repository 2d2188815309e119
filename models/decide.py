"""The decision about one well-formed event whose id nobody has claimed: accepted, rejected or held.

Everything that a decision may depend on is a parameter: the event, the time at which Kafka received it, and what
was booked before (``BookedBefore``). Whether the id is claimed already (duplicate or conflict) is settled by the
caller first, because that needs no look at the content.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple, Protocol, get_args

import msgspec
from msgspec import UNSET

from models.cells import STOCK, LedgerCell, Posting
from models.corrections import AMENDMENT, REVERSAL, AlreadyReversed, Chain
from models.decoding import decode_replacement
from models.events.catalogue import Event
from models.events.corrections import CorrectionEvent, EventAmended, EventAnnotated, EventReversed
from models.events.delivery import Original, OriginalEvent
from models.events.goods import ConsignmentDispatched, ConsignmentReceived, GoodsEvent
from models.events.payments import DisbursementConfirmed, DisbursementInstructed, DisbursementReissued, DisbursementReturned, DisbursementSent
from models.events.reference import ReferenceEvent
from models.postings import post
from models.reasons import Violation
from models.registry import Registry
from models.rules.catalogue import flags as local_flags
from models.rules.catalogue import violations as violations_of

ANNOTATION: Final = "annotation"
RETURN: Final = "return"
RECEIPT: Final = "receipt"
REFERENCE: Final = "reference"

_MOVE_STOCK: Final = get_args(GoodsEvent)
_RETURNABLE: Final = (DisbursementInstructed, DisbursementSent, DisbursementConfirmed, DisbursementReissued)


class Link(msgspec.Struct, frozen=True):
    """What an accepted event names: the decision itself, the root of its chain, and in what way."""

    root: int
    target: int
    kind: str


class Accepted(msgspec.Struct, frozen=True):
    """The event counts: pairs of cell number and increment, flags, and what it names."""

    postings: Sequence[tuple[int, int]]
    flags: Sequence[str]
    link: Link | None = None


class Rejected(msgspec.Struct, frozen=True):
    """The event does not count, for every reason given."""

    violations: Sequence[Violation]


class Held(msgspec.Struct, frozen=True):
    """The event names one that is not booked yet, by source and id."""

    source: str
    event_id: str


Outcome = Accepted | Rejected | Held


class Booked(msgspec.Struct, frozen=True):
    """An accepted event: its decision number, itself, and the root of the chain that it is part of (its own number if none)."""

    number: int
    event: Event
    root: int


class BookedBefore(Protocol):
    """What was booked before the event at hand. Cells are known by number."""

    @property
    def registry(self) -> Registry:
        """Return the code lists as they stand."""

    def find(self, source: str, event_id: str) -> Booked | None:
        """Return the accepted event with this id."""

    def event(self, number: int) -> Event:
        """Return the event of an accepted decision."""

    def chain(self, root: int) -> Chain:
        """Return the event and its corrections so far."""

    def linked(self, root: int, kind: str) -> Sequence[int]:
        """Return the accepted events that name ``root`` in this way."""

    def numbered(self, postings: Sequence[Posting]) -> list[tuple[int, int]]:
        """Return the postings by the numbers of their cells; a new cell gets the next number."""

    def cell(self, number: int) -> LedgerCell:
        """Return the cell of a number."""

    def on_hand(self, cell: LedgerCell) -> int:
        """Return the stock of the cell's holder, item and measure over all lots."""


class Judged(NamedTuple):
    """What the rules say of an event by itself: it is broken, or it posts these and raises these flags."""

    violations: Sequence[Violation]
    postings: Sequence[Posting]
    flags: Sequence[str]


def judge(events: Sequence[tuple[Event, int]], registry: Registry) -> list[Judged]:
    """Judge events, each given with its time of receipt, by the code lists as they stand.

    Step after step for all of them: one that stays in the processor's caches takes half as long.
    """
    broken = [violations_of(event, registry, received_at) for event, received_at in events]
    postings = [() if found else post(event, registry) for (event, _), found in zip(events, broken, strict=True)]
    flags = [() if found else local_flags(event, registry, received_at) for (event, received_at), found in zip(events, broken, strict=True)]
    return list(map(Judged, broken, postings, flags))


def decide(event: Event, *, number: int, received_at: int, before: BookedBefore, judged: Judged | None = None) -> Outcome:
    """Decide the event that would become decision ``number``; ``received_at`` is its LogAppendTime in milliseconds.

    ``judged`` is what ``judge`` said of it, if the code lists have not changed since.
    """
    if judged is None:
        (judged,) = judge([(event, received_at)], before.registry)
    if judged.violations:
        return Rejected(judged.violations)
    match event:
        case EventReversed() | EventAmended() | EventAnnotated():
            return _decide_correction(event, number=number, received_at=received_at, before=before)
        case DisbursementReturned(data=returned):
            return _decide_referring(event, returned.original, RETURN, judged=judged, before=before)
        case ConsignmentReceived(data=receipt) if receipt.original is not UNSET:
            return _decide_referring(event, receipt.original, RECEIPT, judged=judged, before=before)
    flags = judged.flags
    if isinstance(event, _MOVE_STOCK) and _overdraws(judged.postings, before):
        flags = [*flags, "flag.negative_stock"]
    return Accepted(before.numbered(judged.postings), flags)


def named_by(event: Event) -> tuple[str, str] | None:
    """Return source and id of the event that this one names as its original, None if it names none."""
    match event:
        case EventReversed() | EventAmended() | EventAnnotated() | DisbursementReturned():
            return original_of(event, event.data.original)
        case ConsignmentReceived(data=receipt) if receipt.original is not UNSET:
            return original_of(event, receipt.original)
        case _:
            return None


def original_of(event: Event, original: Original) -> tuple[str, str]:
    """Return source and id of the event that ``original`` names."""
    if isinstance(original, OriginalEvent):
        return original.source, original.id
    return event.source, original


def _decide_correction(event: CorrectionEvent, *, number: int, received_at: int, before: BookedBefore) -> Outcome:
    source, event_id = original_of(event, event.data.original)
    if source != event.source:
        return Rejected([Violation("rjct.foreign_correction", "/data/original/source", expected=event.source)])
    target = before.find(source, event_id)
    if target is None:
        return Held(source, event_id)
    if isinstance(event, EventAnnotated):
        return Accepted([], [], Link(target.root, target.number, ANNOTATION))
    if isinstance(target.event, ReferenceEvent):
        return _unsuitable("an event that posts something")
    try:
        if isinstance(event, EventReversed):
            effect = before.chain(target.root).reverse(number=number, target=target.number)
            return Accepted(list(effect.items()), [], Link(target.root, target.number, REVERSAL))
        return _decide_amendment(event, target, number=number, received_at=received_at, before=before)
    except AlreadyReversed:
        return Rejected([Violation("rjct.already_reversed", "/data/original")])


def _decide_amendment(event: EventAmended, target: Booked, *, number: int, received_at: int, before: BookedBefore) -> Outcome:
    replacement = _replacement(event, target, received_at=received_at, before=before)
    if isinstance(replacement, Rejected):
        return replacement
    chain = before.chain(target.root)
    chain.check_amendable(target.number)
    # Only now: a cell gets its number when something is posted to it, and a rejected event posts nothing.
    effect = chain.amend(number=number, target=target.number, replacement=dict(before.numbered(replacement)))
    return Accepted(list(effect.items()), [], Link(target.root, target.number, AMENDMENT))


def _replacement(event: EventAmended, target: Booked, *, received_at: int, before: BookedBefore) -> list[Posting] | Rejected:
    """Return what the replacement posts, or why it cannot take the place of the original."""
    if isinstance(target.event, EventReversed | EventAnnotated):
        return _unsuitable("an event that posts something of its own")
    root = before.event(target.root)
    replaced = decode_replacement(root, event.data.replacement)
    if isinstance(replaced, tuple):
        return Rejected(replaced)
    violations = violations_of(replaced, before.registry, received_at)
    if violations:
        return Rejected(violations)
    return post(replaced, before.registry)


def _decide_referring(event: DisbursementReturned | ConsignmentReceived, original: Original, kind: str, *, judged: Judged, before: BookedBefore) -> Outcome:
    source, event_id = original_of(event, original)
    target = before.find(source, event_id)
    if target is None:
        return Held(source, event_id)
    suitable = _RETURNABLE if kind == RETURN else (ConsignmentDispatched,)
    if not isinstance(target.event, suitable):
        return _unsuitable("a payment" if kind == RETURN else "a salur.consignment.dispatched.v1")
    flags = list(judged.flags)
    numbered = before.numbered(judged.postings)
    if _exceeds_original(numbered, target.number, kind, before):
        flags.append("flag.return_exceeds_sent" if kind == RETURN else "flag.received_exceeds_dispatched")
    return Accepted(numbered, flags, Link(target.number, target.number, kind))


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
        if cell.measure == "in-transit" if kind == RECEIPT else cell.measure != "recipients":
            left[cell.item, cell.unit] += sign * delta


def _overdraws(postings: Sequence[Posting], before: BookedBefore) -> bool:
    return any(delta < 0 and cell.table == STOCK and cell.measure == "on-hand" and before.on_hand(cell) + delta < 0 for cell, delta in postings)


def _unsuitable(expected: str) -> Rejected:
    return Rejected([Violation("rjct.original_unsuitable", "/data/original", expected=expected)])
