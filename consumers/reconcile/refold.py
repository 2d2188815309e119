"""The raw log decided and summed a second time, by code that shares nothing with the ledger's.

This is the auditor's version, to be read beside the rules. It takes from the rest of Salur only whether the bytes
of one event are valid by themselves (``models.decoding``, ``models.rules``) and what the code lists say. Written
again here: duplicates and conflicts, holding and release, who may name whom, corrections of corrections, evidence
and verification, postings (``recount``), and the counts of the intake. Decisions are numbered from 1 in the order of the bookings.

What an event comes to:

1. Bytes that are no event are rejected.
2. An event that comes in on the topic of another partner is rejected.
3. An id that an accepted or held event has is a duplicate if the content is the same, else a conflict; otherwise
   an event that breaks a rule is rejected.
4. An event that names an original is held until that is accepted, and rejected if it may not name it (``naming``).
5. Corrections touch only events of their own source; only something that still counts can be corrected.
6. What corrections, later evidence and verifications come to is the business of ``chains``.
"""

import dataclasses
import datetime
import json
from collections import Counter
from collections.abc import Iterable
from typing import Any, Final, Literal

import msgspec

from consumers.reconcile import naming
from consumers.reconcile.batches import BatchCell, batch_postings
from consumers.reconcile.chains import Booked, Chain, Kind, Member
from consumers.reconcile.rawlog import Headers, RawRecord
from consumers.reconcile.recount import Postings, postings_of
from consumers.reconcile.remembered import hash_of
from models.bookings import BookingRecord
from models.cells import LedgerCell
from models.cloudevents import assembled, is_binary
from models.decoding import Undecodable, decode, decode_replacement
from models.events.assurance import PeriodClosed
from models.events.catalogue import Event
from models.events.reference import ReferenceEvent
from models.registry import Registry
from models.rules.catalogue import violations
from models.topics import EVENTS

Disposition = Literal["accepted", "duplicate", "conflict", "rejected", "held"]

NOBODY_WE_KNOW: Final = "unknown"
_JAKARTA: Final = datetime.timezone(datetime.timedelta(hours=7))


@dataclasses.dataclass(slots=True)
class Refold:
    """Sums per cell, how many events made each, the batches of payments, and the intake of each partner, after the bookings taken so far.

    ``remember`` says which ids may be asked for again. ``oddities`` are sentences about bookings that do not fit.
    """

    registry: Registry
    remember: set[int]
    steps: Counter[LedgerCell] = dataclasses.field(default_factory=Counter)
    events: Counter[LedgerCell] = dataclasses.field(default_factory=Counter)
    batches: Counter[BatchCell] = dataclasses.field(default_factory=Counter)
    intake: dict[str, Counter[str]] = dataclasses.field(default_factory=dict)
    decisions: int = 0
    oddities: list[str] = dataclasses.field(default_factory=list)
    _known: dict[tuple[str, str], Booked] = dataclasses.field(default_factory=dict)
    _held: dict[int, Booked] = dataclasses.field(default_factory=dict)

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
        booked = Booked(record, event, _as_json(record.value, record.headers))
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

    def _judge(self, booked: Booked) -> Disposition:
        """Decide an event whose id is free, or its own; if it is accepted, it counts from here on."""
        event = booked.event
        if violations(event, self.registry, booked.record.received_at):
            return "rejected"
        original = naming.named(booked.whole)
        if original is not None:
            return self._judge_naming(booked, original)
        if isinstance(event, ReferenceEvent | PeriodClosed):
            self.registry.apply(event)
        return self._accept(booked, self._own_postings(booked.whole, event))

    def _judge_naming(self, booked: Booked, original: naming.Name) -> Disposition:
        """Decide an event that names another: it waits for it, and only some may name it."""
        event = booked.event
        if event.type in naming.OWN_EVENTS_ONLY and original[0] != event.source:
            return "rejected"
        target = self._accepted(original)
        if target is None:
            return "held"
        if not (naming.is_suitable(event.type, target) and self._is_entitled(event, target) and self._has_its_pair(booked, target)):
            return "rejected"
        match event.type:
            case naming.REVERSED:
                return self._join(booked, target, "reversal")
            case naming.AMENDED | naming.REVISED:
                return self._replace(booked, target)
            case naming.SHOWN:
                return self._join(booked, target, "evidence")
            case naming.VERIFIED if booked.whole["data"]["result"] == "confirmed":
                return self._join(booked, target, "verification")
        return self._accept(booked, self._own_postings(booked.whole, event))

    def _accepted(self, name: naming.Name) -> Booked | None:
        booked = self._known.get(name)
        return booked if booked is not None and booked.accepted else None

    def _is_entitled(self, event: Event, target: Booked) -> bool:
        """Evidence is given for one's own deliveries unless one is an auditor; nobody verifies a delivery of one's own."""
        is_own = event.source == target.event.source
        if event.type == naming.SHOWN:
            return is_own or self.registry.is_entitled(partner=event.partner, programme="", country="", group="assurance")
        return event.type != naming.VERIFIED or not is_own

    def _has_its_pair(self, booked: Booked, target: Booked) -> bool:
        """Tell whether the second event of a pair, if there is to be one, is accepted, another one, and may be named likewise."""
        if booked.event.type not in naming.PAIRS:
            return True
        name = naming.named(booked.whole, "other")
        other = None if name is None else self._accepted(name)
        return other is not None and other is not target and naming.is_suitable(booked.event.type, other)

    def _join(self, booked: Booked, target: Booked, kind: Kind, replacement: Postings | None = None) -> Disposition:
        """Take the event up into the chain of what it names; what is reversed or replaced must still count."""
        chain = target.chain
        assert chain is not None, "whatever is named as an original is remembered with its chain"
        if kind in ("reversal", "replacement") and not chain.counts(target.accepted):
            return "rejected"
        if kind == "replacement" and not chain.counts(chain.root.accepted):
            return "rejected"
        return self._accept(booked, chain.join(Member(self.decisions, target.accepted, kind, replacement or Counter())), chain)

    def _replace(self, booked: Booked, target: Booked) -> Disposition:
        """Put what an amendment or a revised target says in the place of the root, if it is a valid event of the root's type."""
        assert target.chain is not None, "as above"
        root = target.chain.root
        written = dict(booked.whole["data"])
        if booked.event.type == naming.AMENDED:
            written = dict(written["replacement"])
        else:
            written = {name: value for name, value in written.items() if name not in ("original", "reason")}
        replaced = decode_replacement(root.event, json.dumps(written).encode())
        if isinstance(replaced, tuple) or violations(replaced, self.registry, booked.record.received_at):
            return "rejected"
        written.pop("time", None)
        return self._join(booked, target, "replacement", self._own_postings({"data": written}, replaced))

    def _accept(self, booked: Booked, postings: Postings, chain: Chain | None = None) -> Disposition:
        booked.accepted = self.decisions
        booked.chain = chain or Chain(booked, postings)
        self.steps.update(postings)
        self.events.update(dict.fromkeys(postings, 1))
        root = booked.chain.root
        for where, steps in batch_postings(root, postings, simulated=root.event.partner in self.registry.simulated):
            self.batches[where] += steps
        return "accepted"

    def _own_postings(self, whole: dict[str, Any], event: Event) -> Postings:
        found = postings_of(
            event.type,
            whole["data"],
            partner=event.partner,
            simulated=event.partner in self.registry.simulated,
            day=event.time.astimezone(_JAKARTA).date().isoformat(),
        )
        if event.type == naming.RETURNED:
            original = naming.named({**whole, "source": event.source})
            returned = None if original is None else self._accepted(original)
            if returned is not None and returned.event.type == naming.CONFIRMED:
                found.update({cell._replace(measure="undelivered"): steps for cell, steps in found.items() if cell.measure == "returned"})
        return found

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
