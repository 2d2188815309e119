"""A seeded stream of partner events with everything that goes wrong in the field, and what it must come to.

The expected figures are counted while the stream is made, by plain arithmetic that shares nothing with Salur. They
do not depend on the order in which partitions are read: a correction goes to the partition of its original.
"""

import dataclasses
import json
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

Figure = tuple[str, str, str, str, str]
"""Destination, programme, item, measure, unit."""

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


class Workload:
    """``events`` messages made from ``seed``; ``figures`` and ``intake`` are complete once all were taken."""

    def __init__(self, *, seed: int, events: int, mix: Mix | None = None, prefix: str = "w") -> None:
        self._random = random.Random(seed)
        self._events = events
        self._mix = mix or Mix()
        self._prefix = prefix
        self._count = 0
        self._recent: list[tuple[Message, dict[str, Any]]] = []
        self._waiting: list[Message] = []
        self.figures: Counter[Figure] = Counter()
        self.intake: Counter[str] = Counter()

    def __iter__(self) -> Iterator[Message]:
        for left in range(self._events, 0, -1):
            yield self._next(is_last=left == 1)

    def _next(self, *, is_last: bool) -> Message:
        self.intake["received"] += 1
        if self._waiting:
            self.intake["accepted"] += 1
            return self._waiting.pop()
        if is_last:  # so that no correction is left waiting for its original
            return self._plain()
        chance = self._random.random()
        for share, make in (
            (self._mix.duplicates, self._duplicate),
            (self._mix.conflicts, self._conflict),
            (self._mix.corrections, self._correction),
            (self._mix.poison, self._poison),
        ):
            if chance < share and (self._recent or make == self._poison):
                return make()
            chance -= share
        return self._plain()

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
            self._waiting.append(original)
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
        self._count += 1
        partner, kind = self._random.choice(
            [
                (self._random.choice(_ABROAD)[0], "salur.distribution.recorded.v1"),
                ("bank-penyalur", "salur.disbursement.confirmed.v1"),
                ("kemnaker-ppkk", "salur.group.assisted.v1"),
            ]
        )
        event: dict[str, Any] = {
            "specversion": "1.0",
            "id": f"{self._prefix}-{self._random.getrandbits(48):012x}-{self._count}",
            "source": _PREFIX + partner,
            "type": kind,
            "time": f"2020-{self._random.randint(3, 12):02d}-{self._random.randint(1, 28):02d}T03:00:00Z",
        }
        event["data"] = self._delivery(event)
        return event

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
            case _:
                recipients = {"count": number * 20, "unit": "person"}
                lines = [{"line": 1, "item": "kelompok-wirausaha", "quantity": number, "unit": "group", "recipients": recipients}]
                return {"programme": "jps-tkm", "country": "ID", "lines": lines}

    def _post(self, event: dict[str, Any], sign: int) -> None:
        data, line = event["data"], event["data"]["lines"][0]
        where = (data["country"], data["programme"])
        if "payments" in line:
            self.figures[(*where, "uang", "confirmed", "payment")] += sign * line["payments"]
            self.figures[(*where, "uang", "confirmed", "IDR")] += sign * int(line["amount"])
            return
        measure = "assisted" if event["type"] == "salur.group.assisted.v1" else "distributed"
        self.figures[(*where, line["item"], measure, line["unit"])] += sign * int(line["quantity"])
        self.figures[(*where, line["item"], "recipients", "person")] += sign * line["recipients"]["count"]

    def _remember(self, message: Message, event: dict[str, Any]) -> None:
        if len(self._recent) < 2_000:
            self._recent.append((message, event))
        else:
            self._recent[self._random.randrange(len(self._recent))] = (message, event)


def _message(event: dict[str, Any]) -> Message:
    return Message(f"{event['source']}|{event['id']}".encode(), json.dumps(event).encode())
