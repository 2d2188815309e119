"""The raw log decided and summed a second time, by code that shares nothing with the ledger's.

This is the auditor's version, to be read beside the rules. It takes from the rest of Salur only whether the bytes
of one event are valid by themselves (``models.decoding``, ``models.rules``) and what the code lists say. Written
again here: duplicates and conflicts, holding and release, corrections of corrections, postings (``recount``), and
the counts of the intake. Decisions are numbered from 1 in the order of the bookings.

What an event comes to:

1. Bytes that are no event are rejected.
2. An event that comes in on the topic of another partner is rejected.
3. An id that an accepted or held event has is a duplicate if the content is the same, else a conflict; otherwise
   an event that breaks a rule is rejected.
4. An event that names an original is held until that is accepted.
5. Corrections touch only events of their own source; only something that still counts can be corrected.
"""

import dataclasses
import datetime
import json
from collections import Counter
from collections.abc import Iterable
from typing import Any, Final, Literal

import msgspec

from consumers.reconcile.rawlog import Headers, RawRecord
from consumers.reconcile.recount import Postings, postings_of
from consumers.reconcile.remembered import hash_of
from models.bookings import BookingRecord
from models.cells import LedgerCell
from models.cloudevents import assembled, is_binary
from models.decoding import Undecodable, decode, decode_replacement
from models.events.catalogue import Event
from models.events.reference import ReferenceEvent
from models.registry import Registry
from models.rules.catalogue import violations
from models.topics import EVENTS

Disposition = Literal["accepted", "duplicate", "conflict", "rejected", "held"]

REVERSED: Final = "salur.event.reversed.v1"
AMENDED: Final = "salur.event.amended.v1"
ANNOTATED: Final = "salur.event.annotated.v1"
RETURNED: Final = "salur.disbursement.returned.v1"
RECEIVED: Final = "salur.consignment.received.v1"
MAY_BE_RETURNED: Final = tuple(f"salur.disbursement.{stage}.v1" for stage in ("instructed", "sent", "confirmed", "reissued"))
MAY_BE_RECEIVED: Final = ("salur.consignment.dispatched.v1",)
NOBODY_WE_KNOW: Final = "unknown"
_JAKARTA: Final = datetime.timezone(datetime.timedelta(hours=7))


@dataclasses.dataclass(slots=True)
class _Booked:
    """An event that has its id: accepted with this number, or held (``accepted`` is 0)."""

    record: RawRecord
    event: Event
    whole: dict[str, Any]
    accepted: int = 0
    chain: "_Chain | None" = None


@dataclasses.dataclass(frozen=True, slots=True)
class _Correction:
    """An accepted reversal, or an accepted amendment with what it puts in the place of the root."""

    number: int
    target: int
    replacement: Postings | None


@dataclasses.dataclass(slots=True)
class _Chain:
    """An event (the root), what it adds by itself, and every correction of it or of its corrections, in order."""

    root: _Booked
    own: Postings
    corrections: list[_Correction] = dataclasses.field(default_factory=list)

    def counts(self, number: int) -> bool:
        """Tell whether decision ``number`` of the chain still counts: no reversal that itself counts names it."""
        struck: set[int] = set()
        for correction in reversed(self.corrections):
            if correction.replacement is None and correction.number not in struck:
                struck.add(correction.target)
        return number not in struck

    def effect(self) -> Postings:
        """Return what the root adds now: nothing if reversed, else its newest replacement that counts, else its own."""
        if not self.counts(self.root.accepted):
            return Counter()
        for correction in reversed(self.corrections):
            if correction.replacement is not None and self.counts(correction.number):
                return correction.replacement
        return self.own


@dataclasses.dataclass(slots=True)
class Refold:
    """Sums per cell, how many events made each, and the intake of each partner, after the bookings taken so far.

    ``remember`` says which ids may be asked for again. ``oddities`` are sentences about bookings that do not fit.
    """

    registry: Registry
    remember: set[int]
    steps: Counter[LedgerCell] = dataclasses.field(default_factory=Counter)
    events: Counter[LedgerCell] = dataclasses.field(default_factory=Counter)
    intake: dict[str, Counter[str]] = dataclasses.field(default_factory=dict)
    decisions: int = 0
    oddities: list[str] = dataclasses.field(default_factory=list)
    _known: dict[tuple[str, str], _Booked] = dataclasses.field(default_factory=dict)
    _held: dict[int, _Booked] = dataclasses.field(default_factory=dict)

    def take(self, booking: BookingRecord, records: Iterable[RawRecord]) -> None:
        """Decide the records of one booking, then the held events that it released and gave up."""
        for record in records:
            self._decide_first(record)
        for number in booking.released:
            self._decide_again(number, booking, give_up=False)
        for number in booking.given_up:
            self._decide_again(number, booking, give_up=True)
        if booking.size != self.decisions:
            self.oddities.append(f"booking {booking.number} says it ends at decision {booking.size}, the log gives {self.decisions}")

    def _decide_first(self, record: RawRecord) -> None:
        self.decisions += 1
        event = decode(record.value, record.headers)
        if isinstance(event, Undecodable):
            self._count(event.partner, "received", "rejected")
            return
        disposition = self._first_disposition(record, event)
        self._count(event.partner, "received", disposition)

    def _first_disposition(self, record: RawRecord, event: Event) -> Disposition:
        if record.topic not in (EVENTS, f"aid.in.{event.partner}.v1"):
            return "rejected"
        key = (event.source, event.id)
        booked = self._known.get(key)
        if booked is not None:
            return "duplicate" if _is_same(booked.record, record) else "conflict"
        booked = _Booked(record, event, _as_json(record.value, record.headers))
        disposition = self._judge(booked)
        if disposition == "held":
            self._held[self.decisions] = booked
        if disposition == "held" or (disposition == "accepted" and hash_of(*key) in self.remember):
            self._known[key] = booked
        return disposition

    def _decide_again(self, number: int, booking: BookingRecord, *, give_up: bool) -> None:
        self.decisions += 1
        booked = self._held.pop(number, None)
        if booked is None:
            self.oddities.append(f"booking {booking.number} settles decision {number}, which is not held")
            return
        disposition = "rejected" if give_up else self._judge(booked)
        if disposition == "held":
            self.oddities.append(f"booking {booking.number} releases decision {number}, but its original is not booked")
        if disposition == "rejected":
            del self._known[booked.event.source, booked.event.id]
        self._count(booked.event.partner, disposition)
        self._count(booked.event.partner, "held", by=-1)

    def _judge(self, booked: _Booked) -> Disposition:
        """Decide an event whose id is free, or its own; if it is accepted, it counts from here on."""
        event, data = booked.event, booked.whole["data"]
        if violations(event, self.registry, booked.record.received_at):
            return "rejected"
        if event.type in (REVERSED, AMENDED, ANNOTATED) or (event.type in (RETURNED, RECEIVED) and "original" in data):
            return self._judge_reference_to(booked, data["original"])
        if isinstance(event, ReferenceEvent):
            self.registry.apply(event)
        return self._accept(booked, self._own_postings(booked.whole, event))

    def _judge_reference_to(self, booked: _Booked, original: Any) -> Disposition:
        event = booked.event
        source, event_id = (original["source"], original["id"]) if isinstance(original, dict) else (event.source, original)
        if event.type in (REVERSED, AMENDED, ANNOTATED) and source != event.source:
            return "rejected"
        target = self._known.get((source, event_id))
        if target is None or not target.accepted:
            return "held"
        if event.type == ANNOTATED:
            return self._accept(booked, Counter())
        if event.type in (RETURNED, RECEIVED):
            suitable = target.event.type in (MAY_BE_RETURNED if event.type == RETURNED else MAY_BE_RECEIVED)
            return self._accept(booked, self._own_postings(booked.whole, event)) if suitable else "rejected"
        return self._correct(booked, target)

    def _correct(self, booked: _Booked, target: _Booked) -> Disposition:
        """Reverse or amend: what the correction adds is what the root comes to after it, less what it came to before."""
        chain = target.chain
        assert chain is not None, "whatever is named as an original is remembered with its chain"
        if isinstance(target.event, ReferenceEvent) or not chain.counts(target.accepted):
            return "rejected"
        replacement = None
        if booked.event.type == AMENDED:
            replacement = self._replacement(booked, target)
            if replacement is None or not chain.counts(chain.root.accepted):
                return "rejected"
        before = chain.effect()
        chain.corrections.append(_Correction(self.decisions, target.accepted, replacement))
        after = chain.effect()
        difference = Counter(after)
        difference.subtract(before)
        return self._accept(booked, Counter({cell: steps for cell, steps in difference.items() if steps}), chain)

    def _replacement(self, booked: _Booked, target: _Booked) -> Postings | None:
        """Return what an amendment puts in the root's place, None if it is no valid event of the root's type."""
        assert target.chain is not None, "the caller has looked"
        if target.event.type in (REVERSED, ANNOTATED):
            return None
        root = target.chain.root
        written = dict(booked.whole["data"]["replacement"])
        replaced = decode_replacement(root.event, json.dumps(written).encode())
        if isinstance(replaced, tuple) or violations(replaced, self.registry, booked.record.received_at):
            return None
        written.pop("time", None)
        return self._own_postings({"data": written}, replaced)

    def _accept(self, booked: _Booked, postings: Postings, chain: _Chain | None = None) -> Disposition:
        booked.accepted = self.decisions
        booked.chain = chain or _Chain(booked, postings)
        self.steps.update(postings)
        self.events.update(dict.fromkeys(postings, 1))
        return "accepted"

    def _own_postings(self, whole: dict[str, Any], event: Event) -> Postings:
        return postings_of(
            event.type,
            whole["data"],
            partner=event.partner,
            simulated=event.partner in self.registry.simulated,
            day=event.time.astimezone(_JAKARTA).date().isoformat(),
        )

    def _count(self, partner: str | None, *names: str, by: int = 1) -> None:
        known = partner if partner is not None and partner in self.registry.partners else NOBODY_WE_KNOW
        counts = self.intake.setdefault(known, Counter())
        for name in names:
            counts[name] += by


def _as_json(value: bytes | None, headers: Headers) -> dict[str, Any]:
    """Return the whole event as plain JSON values; it is known to be valid."""
    whole = assembled(value or b"", headers) if is_binary(headers) else value
    assert isinstance(whole, bytes), "only valid events are read"
    event: dict[str, Any] = json.loads(whole)
    return event


def _is_same(first: RawRecord, second: RawRecord) -> bool:
    """Tell whether two valid events say the same, whatever their form: equal as canonical JSON (RFC 8785)."""
    if (first.value, tuple(first.headers)) == (second.value, tuple(second.headers)):
        return True
    return _canonical(first) == _canonical(second)


def _canonical(record: RawRecord) -> bytes:
    event = _as_json(record.value, record.headers)
    # Data is JSON whether or not the event says so, and binary mode always says so.
    if event.get("datacontenttype") == "application/json":
        del event["datacontenttype"]
    # The numbers of valid events are integers, for which sorted members without blanks are the canonical form.
    return msgspec.json.encode(event, order="sorted")
