"""One booking: decides a batch of candidates in order, decides released events again, and writes it all at once.

Owns the order of decisions and what a decision leaves behind. What a decision *is* comes from ``models.decide``;
the transaction around it belongs to the caller, and so do the positions.

The order within a booking is: first decisions in the order given, then released events, then those given up.
A replay of the raw log keeps to it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from consumers.ledger.before import BeforeThis
from consumers.ledger.candidates import Candidate, Content, event_of
from consumers.ledger.claims import Claims
from consumers.ledger.decision_log import Decision, DecisionLog
from consumers.ledger.holding import Holding
from consumers.ledger.identity import segment_to_bytes
from consumers.ledger.memory import DISPOSITIONS, LedgerMemory
from consumers.ledger.outgoing import OutgoingRecords
from consumers.ledger.places import place_of
from consumers.ledger.store import Head, LedgerStore
from consumers.ledger.tallying import BookingTallies
from models import bookings, schema
from models.bookings import BookingRecord, OffsetRange
from models.cells import UNKNOWN, made
from models.corrections import CHAIN_KINDS
from models.crashpoints import CrashPoints
from models.decide import decide, judge
from models.decoding import Undecodable
from models.entries import PartnerActivity
from models.errors import IntegrityError
from models.events.catalogue import Event
from models.naming import REGISTRATIONS, Registration
from models.outcomes import Accepted, Held, Judged, Rejected
from models.reasons import Violation
from models.shapes import Recalled
from models.stencils import Traced
from models.topics import EVENTS, partner_topic

MAX_RELEASED: Final = 1_000
"""How many held events one booking decides again; the rest follow in the next bookings."""


class Booking:
    """Booking ``memory.booking + 1``, in the making. The memory changes along: throw it away if the booking fails."""

    def __init__(self, *, memory: LedgerMemory, store: LedgerStore, points: CrashPoints, booked_at: int) -> None:
        self.number = memory.booking + 1
        self.booked_at = max(booked_at, memory.booked_at)
        self._memory = memory
        self._store = store
        self._points = points
        self._log = DecisionLog(memory, booking=self.number)
        self._before = BeforeThis(memory, store, self._log)
        self._claims = Claims(memory, store)
        self._holding = Holding(memory, store)
        self._links: list[tuple[int, int, int, str]] = []
        self._suspicions: list[tuple[int, int, bytes]] = []
        self._released: list[int] = []
        self._given_up: list[int] = []
        self.activity: Sequence[PartnerActivity] = ()

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was decided."""
        return len(self._log) == 0

    def decide_all(self, candidates: Sequence[Candidate]) -> None:
        """Give every candidate its first decision, in the order given."""
        self._claims.look_up(candidates)
        self._before.expect(candidates)
        for stretch in _until_registration(candidates):
            for candidate, judged in zip(stretch, self._judge(stretch), strict=True):
                if judged.__class__ is Recalled and candidate.record.topic == EVENTS and self._claims.get(candidate.name) is None:
                    self._accept_recalled(candidate, judged)  # by class: nearly every event comes by here
                else:
                    self._decide_first(candidate, judged)

    def release(self) -> None:
        """Decide again, oldest first, the held events whose original is booked now."""
        while len(self._released) < MAX_RELEASED and (number := self._holding.next_due()) is not None:
            self.release_one(number)

    def release_one(self, number: int) -> None:
        """Decide one held event again."""
        candidate, event = self._holding.load(number)
        self._released.append(number)
        partner = self._partner(event.partner)
        outcome = decide(event, number=self._log.next_number, received_at=candidate.record.received_at, before=self._before, was_held=True)
        second = self._log.next_number
        match outcome:
            case Accepted():
                self._accept(candidate, event, partner, outcome, first=number)
                self._holding.settle(number, second=second, outcome="accepted")
            case Rejected():
                self._reject(candidate, partner, outcome.violations, first=number)
                self._holding.settle(number, second=second, outcome="rejected")
            case Held():
                message = f"held decision {number} was released, but what it waits for is not booked"
                raise IntegrityError(message, hint="run `salur verify`")

    def give_up(self, numbers: Sequence[int]) -> None:
        """Refuse held events for good, on an operator's word; one that this booking released after all stays as it was decided."""
        for number in numbers:
            if self._holding.is_settled(number):
                continue
            candidate, event = self._holding.load(number)
            self._given_up.append(number)
            partner = self._partner(event.partner)
            second = self._reject(candidate, partner, [Violation("rjct.given_up", "/data/original")], first=number)
            self._holding.settle(number, second=second, outcome="rejected")
            self._holding.stop_waiting(number)

    def write(self, ranges: Sequence[OffsetRange]) -> BookingRecord:
        """Write everything that was decided, and bring the memory up to this booking."""
        store = self._store
        self._points.hit("in_batch_before_insert")
        self._log.write(store)
        store.insert(schema.links, self._links)
        store.insert(schema.suspicions, self._suspicions)
        self._before.write(store, self.number)
        self._holding.write(store)
        self._points.hit("after_insert_before_tally")
        tallies = BookingTallies(self._memory, self._log.decisions, first_number=self._log.first_number)
        partners = self.activity = tallies.partners()
        tallies.write(store, self.number)
        OutgoingRecords(self._memory, booking=self.number, booked_at=self.booked_at).write(store, self._log, partners)
        self._seal_ids()
        return self._close(ranges, tallies.totals())

    def _judge(self, candidates: Sequence[Candidate]) -> list[Judged | Recalled | None]:
        """Return what the rules say of each event that nobody has sent before; None for anything else."""
        memory = self._memory
        memory.shapes.hold_for(memory.registry)
        return [self._judge_one(candidate, candidate.content) for candidate in candidates]

    def _judge_one(self, candidate: Candidate, content: Content) -> Judged | Recalled | None:
        if isinstance(content, Undecodable) or self._claims.get(candidate.name) is not None:
            return None
        memory, received_at = self._memory, candidate.record.received_at
        if not isinstance(content, Traced):
            return judge(content, memory.registry, received_at)
        recalled = memory.shapes.recall(content, received_at)
        if recalled is not None:
            return recalled
        judged = judge(event_of(candidate), memory.registry, received_at)
        if not judged.violations:
            memory.shapes.learn(content.stencil, memory.registry)
        return judged

    def _decide_first(self, candidate: Candidate, judged: Judged | Recalled | None) -> None:
        content, record = candidate.content, candidate.record
        if isinstance(content, Undecodable):
            self._reject(candidate, self._partner(content.partner or ""), content.violations)
            return
        code = content.partner
        partner = self._partner(code)
        if record.topic != EVENTS and record.topic != partner_topic(code):
            # Before the ids: nobody learns from a topic of his own which ids others have used.
            expected = f"the partner who owns {record.topic}"
            self._reject(candidate, partner, [Violation("rjct.wrong_source", "/source", expected=expected)])
            return
        known = self._claims.get(candidate.name)
        if known is not None:
            disposition = "duplicate" if self._claims.is_same_event(candidate, known) else "conflict"
            self._log.append(Decision(candidate, disposition, partner, first=known.number))
        elif isinstance(judged, Recalled):
            self._accept_recalled(candidate, judged)
        else:
            self._decide_new(candidate, event_of(candidate), partner, judged)

    def _decide_new(self, candidate: Candidate, event: Event, partner: str, judged: Judged | None) -> None:
        number = self._log.next_number
        outcome = decide(event, number=number, received_at=candidate.record.received_at, before=self._before, judged=judged)
        match outcome:
            case Accepted():
                self._claims.claim(candidate, number)
                self._accept(candidate, event, partner, outcome)
            case Held():
                self._claims.claim(candidate, number)
                self._log.append(Decision(candidate, "held", partner, [Violation("held.original_not_booked", "/data/original")]))
                self._holding.hold(number, candidate, outcome)
            case Rejected():
                self._reject(candidate, partner, outcome.violations)

    def _accept_recalled(self, candidate: Candidate, recalled: Recalled) -> None:
        """Accept an event with which nothing is wrong and that names no other, from what is remembered of those like it."""
        traced = candidate.content
        assert isinstance(traced, Traced), "only what fills a stencil is recalled"
        spot, deltas, flags = recalled
        place = spot.place or place_of(spot, self._memory, traced.stencil.example)
        passed = self._before.limits(traced, place, deltas)
        postings = list(zip(place.numbers, deltas, strict=True))
        # Its partner is registered: an event like this one has passed the rules.
        decision = made(Decision, (candidate, "accepted", traced.partner, (), (*flags, *passed) if passed else flags, postings, None, place))
        number = self._log.append(decision)
        self._claims.claim(candidate, number)
        self._before.add_recalled(number, candidate, place, deltas)
        self._holding.became_booked(candidate.name)

    def _accept(self, candidate: Candidate, event: Event, partner: str, outcome: Accepted, *, first: int | None = None) -> None:
        postings, link = outcome.postings, outcome.link
        number = self._log.append(Decision(candidate, "accepted", partner, (), outcome.flags, postings, first))
        self._before.add(number, event, postings, link)
        if link is not None:
            self._links.append((number, link.root, link.target, link.kind))
            if link.kind in CHAIN_KINDS:
                self._points.hit("mid_correction")
            if isinstance(event, Registration):
                self._memory.registry.apply(event)
        if outcome.suspects:
            self._suspicions += [(number, *suspect) for suspect in outcome.suspects]
        self._holding.became_booked((event.source, event.id))

    def _reject(self, candidate: Candidate, partner: str, violations: Sequence[Violation], *, first: int | None = None) -> int:
        return self._log.append(Decision(candidate, "rejected", partner, violations, first=first))

    def _partner(self, code: str) -> str:
        return code if code in self._memory.registry.partners else UNKNOWN

    def _seal_ids(self) -> None:
        segment = self._memory.ids.seal()
        if segment is not None:
            self._store.insert(schema.identity_segments, [(segment.first, segment.last, *segment_to_bytes(segment))])

    def _close(self, ranges: Sequence[OffsetRange], totals: Mapping[str, int]) -> BookingRecord:
        """Write the booking's own row and the head."""
        memory = self._memory
        memory.intake.update(totals)
        record = BookingRecord(
            number=self.number,
            booked_at=self.booked_at,
            partitions=memory.partitions,
            ranges=list(ranges),
            released=self._released,
            given_up=self._given_up,
            size=memory.size,
            root=memory.frontier.root().hex(),
            previous=memory.previous,
        )
        value = bookings.encode(record)
        counts = (memory.intake[name] for name in ("received", *DISPOSITIONS))
        first = memory.size - len(self._log) + 1
        self._store.insert(schema.bookings, [(self.number, self.booked_at, first, memory.size, *counts, value)])
        memory.booking, memory.booked_at, memory.previous = (self.number, self.booked_at, bookings.record_hash(value))
        frontier = memory.frontier.to_bytes()
        self._store.move_head(Head(self.number, self.booked_at, memory.size, frontier, memory.previous, memory.partitions))
        return record


def _until_registration(candidates: Sequence[Candidate]) -> Iterator[Sequence[Candidate]]:
    """Yield the candidates in stretches, each up to and with an event that may change the code lists."""
    start = 0
    for end, candidate in enumerate(candidates, start=1):
        if candidate.content.__class__ in REGISTRATIONS:
            yield candidates[start:end]
            start = end
    yield candidates[start:]
