"""A seeded stream of partner events with everything that goes wrong in the field, and what it must come to.

The expected figures are counted while the stream is made, by plain arithmetic that shares nothing with Salur. They
do not depend on the order in which partitions are read: a correction goes to the partition of its original.
"""

import dataclasses
import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from tests import variety
from tests.variety import Figure, figures_of, shadow_of

_PREFIX = "urn:salur:partner:"
_ABROAD = (("kdei-taipei", "TW"), ("kjri-hong-kong", "HK"), ("kbri-kuala-lumpur", "MY"), ("kbri-singapura", "SG"), ("kbri-seoul", "KR"))
_POISON = (
    b"",
    b"{",
    b"[]",
    b"\xff\xfe",
    b'{"specversion":"1.0","id":"x","id":"y"}',
    b'{"n":NaN}',
    b"[" * 2_000,
    b'{"specversion":"1.0","id":"p","source":"urn:salur:partner:kdei-taipei","type":"salur.nothing.v1","time":"2020-05-01T00:00:00Z","data":{}}',
)
_MINUTES = {"kind": "bast", "reference": "BAST-2"}


class Message(NamedTuple):
    """One Kafka record to send."""

    key: bytes
    value: bytes


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """Shares of the stream that are not plain new events."""

    duplicates: float = 0.10
    conflicts: float = 0.01
    corrections: float = 0.02
    poison: float = 0.01
    variety: float = 0.0
    """Plans, services, evidence, verifications, suspicions and all else that is not among the three commonest deliveries."""


class Workload:
    """``events`` messages made from ``seed``; ``figures`` and ``intake`` are complete once all were taken."""

    def __init__(self, *, seed: int, events: int, mix: Mix | None = None, prefix: str = "w") -> None:
        self._random = random.Random(seed)
        self._events = events
        self._mix = mix or Mix()
        self._prefix = prefix
        self._count = 0
        self._recent: list[tuple[Message, dict[str, Any]]] = []
        self._waiting: list[tuple[Message, Counter[Figure]]] = []
        self._confirmed: defaultdict[str, set[str]] = defaultdict(set)
        self.figures: Counter[Figure] = Counter()
        self.intake: Counter[str] = Counter()

    def __iter__(self) -> Iterator[Message]:
        for left in range(self._events, 0, -1):
            yield self._next(is_last=left == 1)

    def _next(self, *, is_last: bool) -> Message:
        self.intake["received"] += 1
        if self._waiting:
            return self._follow(*self._waiting.pop(0))
        if is_last:  # so that no correction is left waiting for its original
            return self._plain()
        chance = self._random.random()
        for share, make in (
            (self._mix.duplicates, self._duplicate),
            (self._mix.conflicts, self._conflict),
            (self._mix.corrections, self._correction),
            (self._mix.poison, self._poison),
            (self._mix.variety, self._varied),
        ):
            if chance < share and (self._recent or make == self._poison):
                return make()
            chance -= share
        return self._plain()

    def _varied(self) -> Message:
        """Make something else than one of the three commonest deliveries, and what belongs to it."""
        return self._random.choice([self._other_kind, self._other_kind, self._confirmation, self._confirmation, self._pair, self._revision, self._remark])()

    def _other_kind(self) -> Message:
        kind = self._random.choice(variety.TYPES)
        event = self._envelope(variety.partner_of(kind), kind)
        event["data"] = self._delivery(event)
        if kind in variety.WITH_PAYMENTS:
            event["subject"] = f"batch/{self._random.randint(1, 3)}"
        message = _message(event)
        self._remember(message, event)
        return self._follow(message, figures_of(event))

    def _confirmation(self) -> Message:
        """Attach evidence to a remembered event or to one that comes after it, or verify it; sometimes take that back."""
        comes_first = self._random.random() < 0.1
        event = self._new_event() if comes_first else self._random.choice(self._recent)[1]
        key = _message(event).key
        verifies = self._random.random() < 0.4
        data: dict[str, Any] = {"result": self._random.choice(["confirmed", "confirmed", "refuted"])} if verifies else {"evidence": [_MINUTES]}
        if not shadow_of(figures_of(event), ""):  # a plan: there is nothing to show
            return self._remark()
        kind, partner = ("delivery.verified", "bpk") if verifies else ("evidence.attached", event["source"].removeprefix(_PREFIX))
        confirming = self._about(kind, partner, event, **data)
        before = Counter() if comes_first else self._comes_to(event)
        measure = "verified" if verifies else "evidenced-later"
        was_new = measure not in self._confirmed[event["id"]]
        if data.get("result") != "refuted":
            self._confirmed[event["id"]].add(measure)
        after = self._comes_to(event)
        if comes_first:
            self._waiting.append((_message(event), Counter()))
        elif was_new and data.get("result") != "refuted" and self._random.random() < 0.2:
            self._confirmed[event["id"]].discard(measure)
            taken_back = Counter(before)
            taken_back.subtract(after)
            reversal = self._about("event.reversed", confirming["source"].removeprefix(_PREFIX), confirming, reason="entered_twice")
            self._waiting.append((Message(key, _message(reversal).value), taken_back))
        after.subtract(before)
        return self._follow(Message(key, _message(confirming).value), after)

    def _pair(self) -> Message:
        """Make two deliveries that somebody suspects to be one, the suspicion, and what came of it; all in one partition."""
        first, second = self._new_event(), self._new_event()
        message = _message(first)
        pair = {"other": {"source": second["source"], "id": second["id"]}}
        for event, figures in (
            (second, figures_of(second)),
            (self._about("duplicate.suspected", "pos", first, **pair, reason="same-recipient"), Counter[Figure]()),
            (self._about("duplicate.adjudicated", "kemnaker", first, **pair, finding="distinct"), Counter[Figure]()),
        ):
            self._waiting.append((Message(message.key, _message(event).value), figures))
        return self._follow(message, figures_of(first))

    def _revision(self) -> Message:
        """Set a target and revise it."""
        event = self._envelope("kemnaker", "salur.target.set.v1")
        event["data"] = self._delivery(event)
        message = _message(event)
        revised = self._delivery(event)
        change = figures_of({**event, "data": revised})
        change.subtract(figures_of(event))
        self._waiting.append((Message(message.key, _message(self._about("target.revised", "kemnaker", event, **revised)).value), change))
        return self._follow(message, figures_of(event))

    def _remark(self) -> Message:
        """Make an event that counts nothing, and what it leads to."""
        events: list[dict[str, Any]] = []
        for kind, partner, data in self._random.choice(variety.REMARKS):
            events.append(self._about(kind, partner, events[-1], **data) if events else self._event(kind, partner, data))
        message = _message(events[0])
        self._waiting += [(Message(message.key, _message(one).value), Counter()) for one in events[1:]]
        return self._follow(message, Counter())

    def _event(self, kind: str, partner: str, data: dict[str, Any]) -> dict[str, Any]:
        return {**self._envelope(partner, f"salur.{kind}.v1"), "data": data}

    def _about(self, kind: str, partner: str, original: dict[str, Any], **data: Any) -> dict[str, Any]:
        return self._event(kind, partner, {"original": {"source": original["source"], "id": original["id"]}, **data})

    def _plain(self) -> Message:
        event = self._new_event()
        message = _message(event)
        self._post(event, 1)
        self.intake["accepted"] += 1
        self._remember(message, event)
        return message

    def _duplicate(self) -> Message:
        self.intake["duplicate"] += 1
        message, event = self._random.choice(self._recent)
        if self._random.random() < 0.3:  # the same content in another form
            return Message(message.key, json.dumps(dict(reversed(list(event.items()))), indent=1).encode())
        return message

    def _conflict(self) -> Message:
        self.intake["conflict"] += 1
        message, event = self._random.choice(self._recent)
        return Message(message.key, json.dumps({**event, "subject": f"changed/{self._count}"}).encode())

    def _poison(self) -> Message:
        self.intake["rejected"] += 1
        return Message(b"poison-%d" % self._random.randrange(1000), self._random.choice(_POISON))

    def _correction(self) -> Message:
        """Reverse or amend a remembered event once; sometimes send the correction before its original."""
        self.intake["accepted"] += 1
        if self._random.random() < 0.1:
            event = self._new_event()
            original = _message(event)
            self._waiting.append((original, Counter()))
            return self._reverse(original, event, posted=False)
        original, event = self._recent.pop(self._random.randrange(len(self._recent)))
        if self._random.random() < 0.5:
            return self._reverse(original, event, posted=True)
        return self._amend(original, event)

    def _reverse(self, original: Message, event: dict[str, Any], *, posted: bool) -> Message:
        if posted:
            self._post(event, -1)
        return Message(original.key, self._correcting("salur.event.reversed.v1", event, {"reason": "entered_twice"}))

    def _amend(self, original: Message, event: dict[str, Any]) -> Message:
        data = self._delivery(event)
        self._post(event, -1)
        self._post({**event, "data": data}, 1)
        return Message(original.key, self._correcting("salur.event.amended.v1", event, {"reason": "wrong_quantity", "replacement": data}))

    def _correcting(self, kind: str, event: dict[str, Any], data: dict[str, Any]) -> bytes:
        self._count += 1
        correction = {
            "specversion": "1.0",
            "id": f"{self._prefix}-fix-{self._count}",
            "source": event["source"],
            "type": kind,
            "time": "2020-06-01T00:00:00Z",
            "data": {"original": event["id"], **data},
        }
        return json.dumps(correction).encode()

    def _new_event(self) -> dict[str, Any]:
        partner, kind = self._random.choice(
            [
                (self._random.choice(_ABROAD)[0], "salur.distribution.recorded.v1"),
                ("bank-penyalur", "salur.disbursement.confirmed.v1"),
                ("kemnaker-ppkk", "salur.group.assisted.v1"),
            ]
        )
        event = self._envelope(partner, kind)
        event["data"] = self._delivery(event)
        return event

    def _envelope(self, partner: str, kind: str) -> dict[str, Any]:
        self._count += 1
        return {
            "specversion": "1.0",
            "id": f"{self._prefix}-{self._random.getrandbits(48):012x}-{self._count}",
            "source": _PREFIX + partner,
            "type": kind,
            "time": f"2020-{self._random.randint(3, 12):02d}-{self._random.randint(1, 28):02d}T03:00:00Z",
        }

    def _delivery(self, event: dict[str, Any]) -> dict[str, Any]:
        partner = event["source"].removeprefix(_PREFIX)
        number = self._random.randint(1, 500)
        match event["type"]:
            case "salur.distribution.recorded.v1":
                item, unit = self._random.choice([("masker", "piece"), ("sembako", "package")])
                lines = [{"line": 1, "item": item, "quantity": str(number), "unit": unit, "recipients": {"count": number, "unit": "person"}}]
                return {"programme": "bantuan-pmi", "country": dict(_ABROAD)[partner], "recipient_type": "pmi", "lines": lines}
            case "salur.disbursement.confirmed.v1":
                lines = [{"line": 1, "payments": number, "amount": str(number * 1_200_000), "currency": "IDR"}]
                return {"programme": "bsu", "country": "ID", "recipient_type": "worker", "lines": lines}
            case "salur.group.assisted.v1":
                recipients = {"count": number * 20, "unit": "person"}
                lines = [{"line": 1, "item": "kelompok-wirausaha", "quantity": number, "unit": "group", "recipients": recipients}]
                return {"programme": "jps-tkm", "country": "ID", "lines": lines}
            case other:
                return variety.data_of(other, number, self._random)

    def _post(self, event: dict[str, Any], sign: int) -> None:
        for figure, quantity in self._comes_to(event).items():
            self.figures[figure] += sign * quantity

    def _comes_to(self, event: dict[str, Any]) -> Counter[Figure]:
        """Return what an event counts for, with what was confirmed of it afterwards."""
        figures = figures_of(event)
        confirmed = self._confirmed.get(event["id"], set())
        if "evidenced-later" in confirmed and not event["data"].get("evidence"):
            figures += shadow_of(figures, "evidenced-later")
        if "verified" in confirmed:
            figures += shadow_of(figures, "verified")
        return figures

    def _follow(self, message: Message, figures: Counter[Figure]) -> Message:
        """Send what belongs to an earlier message; only now it counts."""
        self.intake["accepted"] += 1
        self.figures.update(figures)
        return message

    def _remember(self, message: Message, event: dict[str, Any]) -> None:
        if len(self._recent) < 2_000:
            self._recent.append((message, event))
        else:
            self._recent[self._random.randrange(len(self._recent))] = (message, event)


def _message(event: dict[str, Any]) -> Message:
    return Message(f"{event['source']}|{event['id']}".encode(), json.dumps(event).encode())
