"""The oracle's ledger: every record decided in the order booked, from what the simulation meant by it.

Which records are refused by themselves is told by the simulation, which made them so; everything that depends on
other records is worked out here: duplicates, conflicts, holding, corrections, flags, suspicions.
"""

import datetime
import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from deploy.simulate.oracle import chains
from deploy.simulate.oracle.cell import Cell, Effect
from deploy.simulate.oracle.chains import Chain, Member, NoLongerCounts, measured
from deploy.simulate.oracle.limits import Known, Sums, batch_of
from deploy.simulate.oracle.postings import DELIVERIES, day_of, effect_of

Event = dict[str, Any]
Key = tuple[str, str]

_PREFIX: Final = "urn:salur:partner:"
_NAMES_ANOTHER: Final = frozenset(
    {
        "event.reversed",
        "event.amended",
        "event.annotated",
        "target.revised",
        "disbursement.returned",
        "consignment.received",
        "evidence.attached",
        "delivery.verified",
        "complaint.raised",
        "complaint.forwarded",
        "complaint.resolved",
        "duplicate.suspected",
        "duplicate.adjudicated",
        "finding.raised",
        "finding.answered",
    }
)
_PAIRS: Final = frozenset({"duplicate.suspected", "duplicate.adjudicated"})
_JOINS: Final = {
    "event.reversed": chains.REVERSAL,
    "event.amended": chains.AMENDMENT,
    "target.revised": chains.AMENDMENT,
    "evidence.attached": chains.EVIDENCE,
    "delivery.verified": chains.VERIFICATION,
}
_GROUPS_OF_TWENTY: Final = frozenset({"jps", "padat-karya"})
_LENGTH_OF_A_DAY: Final = len("2020-12-31")
_THIRTY_DAYS: Final = datetime.timedelta(days=30)
_SEVEN_HOURS: Final = datetime.timedelta(hours=7)


class Decided(NamedTuple):
    """One decision. ``reason`` is that of a rejection; ``suspects`` are the earlier decision and the hash of the token."""

    disposition: str
    reason: str = ""
    flags: frozenset[str] = frozenset()
    suspects: frozenset[tuple[int, bytes]] = frozenset()
    effect: Mapping[Cell, int] = {}


class _Claim(NamedTuple):
    number: int
    event: Event


class Fold:
    """Call ``first`` for each record and ``again`` for each held one that is settled, in the order booked."""

    def __init__(self, known: Known, refused: Mapping[str, str]) -> None:
        self._known = known
        self._refused = refused
        self._claims: dict[Key, _Claim] = {}
        self._held: dict[int, Event] = {}
        self._booked: dict[Key, int] = {}
        self._events: dict[int, Event] = {}
        self._chains: dict[int, Chain] = {}
        self._against: dict[int, list[int]] = {}
        self._sums = Sums(known)
        self._tokens: dict[bytes, list[int]] = {}
        self._closed_periods: list[tuple[str, str, str, str]] = []
        self._closed_batches: set[tuple[str, str, str]] = set()
        self.cells: Counter[Cell] = Counter()
        self.postings: Counter[Cell] = Counter()
        self.flags: Counter[str] = Counter()
        self.intake: Counter[str] = Counter()

    def first(self, number: int, value: bytes, received_at: int) -> Decided:
        """Decide a record that came in."""
        self.intake["received"] += 1
        decided = self._decide_record(number, value, received_at)
        self.intake[decided.disposition] += 1
        return self._noted(decided)

    def again(self, number: int, held: int, received_at: int) -> Decided:
        """Decide the record of a held decision once more."""
        event = self._held.pop(held)
        decided = self._decide(number, event, received_at, was_held=True)
        self.intake["held"] -= 1
        self.intake[decided.disposition] += 1
        if decided.disposition == "rejected":
            del self._claims[event["source"], event["id"]]
        return self._noted(decided)

    def _noted(self, decided: Decided) -> Decided:
        self.flags.update(decided.flags)
        for cell, delta in decided.effect.items():
            self.cells[cell] += delta
            self.postings[cell] += 1
        return decided

    def _decide_record(self, number: int, value: bytes, received_at: int) -> Decided:
        reason = self._refused.get(hashlib.sha256(value).hexdigest())
        try:
            event = json.loads(value)
            key = (event["source"], event["id"])
        except (ValueError, TypeError, KeyError, RecursionError):
            assert reason, "the simulation made no such record"
            return Decided("rejected", reason)
        claim = self._claims.get(key)
        if claim is not None:
            return Decided("duplicate" if claim.event == event else "conflict")
        if reason:
            return Decided("rejected", reason)
        decided = self._decide(number, event, received_at, was_held=False)
        if decided.disposition != "rejected":
            self._claims[key] = _Claim(number, event)
        return decided

    def _decide(self, number: int, event: Event, received_at: int, *, was_held: bool) -> Decided:
        name = _named(event)
        if name is None:
            return self._plain(number, event, received_at)
        target = self._booked.get(name)
        if target is None:
            self._held[number] = event
            return Decided("held")
        late = {"flag.out_of_order"} if was_held or _moment(event) < _moment(self._events[target]) else set[str]()
        kind = _kind(event)
        if kind in _JOINS and event["data"].get("result") != "refuted":
            return self._join(number, event, target, late)
        if kind in ("disbursement.returned", "consignment.received"):
            effect = self._effect(event, event["data"])
            flags = {*self._local(event, received_at), *self._sums.of_event(event, effect), *self._exceeding(kind, effect, target), *late}
            self._against.setdefault(target, []).append(number)
            return self._accept(number, event, effect, flags)
        if kind in _PAIRS and self._booked.get(_name_of(event, event["data"]["other"])) in (None, target):
            return Decided("rejected", "rjct.original_unsuitable")
        silent = kind in ("event.annotated", "delivery.verified")
        return self._accept(number, event, {}, late if silent else {*self._local(event, received_at), *late})

    def _plain(self, number: int, event: Event, received_at: int) -> Decided:
        kind = _kind(event)
        effect = self._effect(event, event["data"])
        flags = set(self._local(event, received_at)) | set(self._sums.of_event(event, effect))
        if kind == "period.closed":
            flags |= set(self._sums.of_closing(event))
            self._close(event["data"])
        suspects: set[tuple[int, bytes]] = set()
        if kind in DELIVERIES:
            suspects = self._suspects(number, event)
        if suspects:
            flags.add("flag.duplicate_suspected")
        return self._accept(number, event, effect, flags, suspects)

    def _accept(self, number: int, event: Event, effect: Effect, flags: set[str], suspects: set[tuple[int, bytes]] | None = None) -> Decided:
        self._chains[number] = Chain(number, event, effect)
        self._book(number, event, effect, batch_of(event))
        return Decided("accepted", "", frozenset(flags), frozenset(suspects or ()), effect)

    def _join(self, number: int, event: Event, target: int, late: set[str]) -> Decided:
        """Correct or confirm: post the difference to what the root counted for."""
        kind = _JOINS[_kind(event)]
        chain = self._chains[target]
        replacement: Effect = {}
        if kind == chains.AMENDMENT:
            data = event["data"].get("replacement") or {name: value for name, value in event["data"].items() if name not in ("original", "reason")}
            replacement = self._effect(chain.event, data)
        try:
            effect = chain.join(Member(number, target, kind, replacement))
        except NoLongerCounts:
            return Decided("rejected", "rjct.already_reversed")
        flags = set(late)
        if kind in (chains.REVERSAL, chains.AMENDMENT):
            flags |= set(self._sums.of_change(effect))
        self._chains[number] = chain
        self._book(number, event, effect, batch_of(chain.event))
        return Decided("accepted", "", frozenset(flags), frozenset(), effect)

    def _book(self, number: int, event: Event, effect: Effect, batch: tuple[Any, ...] | None) -> None:
        self._events[number] = event
        self._booked[event["source"], event["id"]] = number
        self._sums.add(effect, batch)

    def _effect(self, event: Event, data: dict[str, Any]) -> Effect:
        partner, kind = _partner(event), _kind(event)
        return effect_of(
            kind, data, partner=partner, simulated=partner.startswith("simulasi-"), day=day_of(event["time"]), undelivers=self._undelivers(event, data)
        )

    def _undelivers(self, event: Event, data: dict[str, Any]) -> bool:
        """Tell whether it returns payments that had been confirmed."""
        if _kind(event) != "disbursement.returned":
            return False
        returned = self._booked.get(_name_of(event, data["original"]))
        return returned is not None and _kind(self._events[returned]) == "disbursement.confirmed"

    def _exceeding(self, kind: str, effect: Effect, target: int) -> set[str]:
        """Tell whether more came back, or arrived, than had gone out."""
        if kind == "disbursement.returned":
            left = measured(self._chains[target].effect(), frozenset({"instructed", "sent", "confirmed", "reissued"}))
            measures, sign, flag = frozenset({"returned"}), -1, "flag.return_exceeds_sent"
        else:
            left = measured(self._chains[target].effect(), frozenset({"in-transit"}))
            measures, sign, flag = frozenset({"in-transit"}), 1, "flag.received_exceeds_dispatched"
        for earlier in (*(self._chains[number].effect() for number in self._against.get(target, ())), effect):
            for what, delta in measured(earlier, measures).items():
                left[what] += sign * delta
        return {flag} if any(steps < 0 for steps in left.values()) else set()

    def _suspects(self, number: int, event: Event) -> set[tuple[int, bytes]]:
        """Return the earlier deliveries to the same tokens that should not have been beside this one, and remember these tokens."""
        found: set[tuple[int, bytes]] = set()
        for token in set(event["data"].get("tokens", ())):
            digest = hashlib.sha256(token.encode()).digest()
            known = self._tokens.setdefault(digest, [])
            found |= {(earlier, digest) for earlier in known if self._chains[earlier].stands(earlier) and _is_twice(self._events[earlier], event)}
            known.append(number)
        return found

    def _close(self, data: dict[str, Any]) -> None:
        where = (data["programme"], data["country"])
        if "period" in data:
            first, last = (day if len(day) == _LENGTH_OF_A_DAY else day_of(day) for day in (data["period"]["start"], data["period"]["end"]))
            self._closed_periods.append((*where, first, last))
        self._closed_batches |= {(*where, batch) for batch in data.get("batches", ())}

    def _local(self, event: Event, received_at: int) -> set[str]:
        """Return the flags that the event raises by itself."""
        flags = set()
        happened, received = _moment(event), datetime.datetime.fromtimestamp(received_at // 1000, tz=datetime.UTC)
        received += datetime.timedelta(milliseconds=received_at % 1000)
        data, kind = event["data"], _kind(event)
        if received - happened > _THIRTY_DAYS:
            flags.add("flag.late")
        if (received + _SEVEN_HOURS).year > (happened + _SEVEN_HOURS).year:
            flags.add("flag.after_fiscal_year")
        if happened > received:
            flags.add("flag.skewed_clock")
        if kind in DELIVERIES and not data.get("evidence"):
            flags.add("flag.no_evidence")
        if kind == "group.assisted" and _GROUPS_OF_TWENTY & set(self._known.lineage(data["programme"])) and any(map(_is_odd_group, data["lines"])):
            flags.add("flag.group_size_unusual")
        if "programme" in data and self._is_closed(event):
            flags.add("flag.after_period_close")
        return flags

    def _is_closed(self, event: Event) -> bool:
        data, day = event["data"], day_of(event["time"])
        above = set(self._known.lineage(data["programme"]))
        return any((programme, data["country"], event.get("subject", "")) in self._closed_batches for programme in above) or any(
            programme in above and country == data["country"] and start <= day <= end for programme, country, start, end in self._closed_periods
        )


def _is_odd_group(line: dict[str, Any]) -> bool:
    reached = line.get("recipients", {})
    return "quantity" in line and reached.get("unit") == "person" and int(reached["count"]) != 20 * int(line["quantity"])


def _is_twice(earlier: Event, later: Event) -> bool:
    one, other = earlier["data"], later["data"]
    if (earlier["source"], one["programme"], one["country"]) != (later["source"], other["programme"], other["country"]):
        return True
    are_payments = all(_kind(event) in ("disbursement.confirmed", "incentive.paid") for event in (earlier, later))
    return are_payments and "tranche" in one and one["tranche"] == other.get("tranche")


def _named(event: Event) -> Key | None:
    original = event["data"].get("original") if _kind(event) in _NAMES_ANOTHER else None
    return None if original is None else _name_of(event, original)


def _name_of(event: Event, original: str | dict[str, str]) -> Key:
    return (event["source"], original) if isinstance(original, str) else (original["source"], original["id"])


def _kind(event: Event) -> str:
    return str(event["type"]).removeprefix("salur.").removesuffix(".v1")


def _partner(event: Event) -> str:
    return str(event["source"]).removeprefix(_PREFIX)


def _moment(event: Event) -> datetime.datetime:
    return datetime.datetime.fromisoformat(event["time"]).astimezone(datetime.UTC)
