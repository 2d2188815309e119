"""A random stream of partners' events with everything that goes wrong in one: repeats, conflicts, corrections of
corrections, evidence and verification of anything, references to events that come later or never, invalid ones and noise."""

import json
import random
from collections import Counter
from typing import Any

from consumers.ledger.candidates import SourceRecord
from models.topics import EVENTS

NOW_MS = 1_790_000_000_000
PLACES = [(EVENTS, 0), (EVENTS, 1), (EVENTS, 1), ("aid.in.kdei-taipei.v1", 0)]
REGISTRATION = {
    "code": "simulasi-taipei",
    "name": {"id": "Simulasi", "en": "Simulation"},
    "simulated": True,
    "programmes": ["bantuan-pmi"],
    "countries": ["TW"],
    "reports": ["goods"],
}
PARTNERS = {
    "kdei-taipei": ("bantuan-pmi", "TW"),
    "kjri-hong-kong": ("bantuan-pmi", "HK"),
    "bank-penyalur": ("bsu", "ID"),
    "kemnaker-ppkk": ("jps-tkm", "ID"),
    "blk-padang": ("blk-produksi", "ID"),
    "kemnaker": ("bantuan-pmi", "MY"),
    "simulasi-taipei": ("bantuan-pmi", "TW"),
    "kemnaker-lattas": ("pelatihan-vokasi", "ID"),
    "bpk": ("bsu", "ID"),
}
SERVICES = {
    "group.assisted": ("kelompok-wirausaha", "group"),
    "participants.engaged": ("peserta", "person"),
    "training.offered": ("pelatihan", "training-place"),
    "training.delivered": ("peserta", "person"),
    "persondays.worked": ("hok", "person-day"),
    "service.delivered": ("dosis-vaksin", "dose"),
}
MEANT = {
    "evidence.attached": ("distribution", "confirmed", "group"),
    "delivery.verified": ("distribution", "confirmed", "training"),
    "duplicate.suspected": ("distribution", "confirmed"),
    "duplicate.adjudicated": ("distribution", "confirmed"),
    "complaint.raised": ("",),
    "complaint.forwarded": ("complaint",),
    "complaint.resolved": ("complaint",),
    "finding.raised": ("",),
    "finding.answered": ("finding",),
    "target.revised": ("target",),
}
"""What these types usually name; now and then they name anything."""


class Traffic:
    """Makes records; the same seed makes the same."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._made: list[tuple[str, str, str]] = []
        self._sent: list[bytes] = []
        self._offsets: Counter[tuple[str, int]] = Counter()
        self._count = 0

    def records(self, count: int) -> list[SourceRecord]:
        """Return the next records, over two partitions and one topic of a partner's own."""
        return [self._place(self._next()) for _ in range(count)]

    def _place(self, value: bytes) -> SourceRecord:
        self._sent.append(value)
        topic, partition = self._random.choice(PLACES)
        offset = self._offsets[topic, partition]
        self._offsets[topic, partition] += 1
        headers: list[tuple[str, bytes]] = [("traceparent", b"00-1")] if self._random.random() < 0.1 else []
        if self._random.random() < 0.1 and (binary := _in_binary_mode(value)) is not None:
            value, headers = binary
        return SourceRecord(topic, partition, offset, NOW_MS, value, headers)

    def _next(self) -> bytes:
        chance = self._random.random()
        if chance < 0.08 and self._sent:
            return self._again(self._random.choice(self._sent))
        if chance < 0.12:
            return self._random.choice([b"", b"{", b'{"id":"x"}', b"\xff", b"[]", b'{"specversion":"1.0","id":"z","source":"urn:salur:partner:kdei-taipei"}'])
        if chance < 0.13:
            return self._event("salur.partner.registered.v1", "urn:salur:partner:kemnaker", REGISTRATION)
        if chance < 0.40 and self._made:
            return self._correction()
        if chance < 0.62 and self._made:
            return self._naming()
        return self._delivery()

    def _again(self, value: bytes) -> bytes:
        try:
            event = json.loads(value)
        except ValueError:
            return value
        turn = self._random.random()
        if turn < 0.4 or not isinstance(event, dict):
            return value
        if turn < 0.7:
            return json.dumps(event, indent=1, sort_keys=True).encode()
        return json.dumps({**event, "subject": "another"}).encode()

    def _correction(self) -> bytes:
        source, event_id, event_type = self._random.choice(self._made[-30:])
        if self._random.random() < 0.15:
            event_id = f"e{self._count + self._random.randrange(1, 12)}"
        kind = self._random.choice(["reversed", "reversed", "amended", "amended", "annotated"])
        data: dict[str, Any] = {"original": event_id, "reason": "entered_twice"}
        partner = source.removeprefix("urn:salur:partner:")
        if kind == "amended":
            data["replacement"] = self._data(event_type, partner)
            if self._random.random() < 0.3:
                data["replacement"]["time"] = "2020-07-01T23:30:00Z"
        elif kind == "annotated":
            data = {"original": event_id, "text": "seen"}
        if self._random.random() < 0.05:
            data["original"] = {"source": "urn:salur:partner:kemnaker", "id": event_id}
        is_root = kind == "annotated" or "target.revised" not in event_type
        return self._event(f"salur.event.{kind}.v1", source, data, root_type=event_type if is_root else "salur.target.set.v1")

    def _naming(self) -> bytes:
        kind = self._random.choice([*MEANT, "evidence.attached", "delivery.verified", "delivery.verified"])
        partner = self._random.choice([*PARTNERS, *["bpk"] * 5, *["kemnaker"] * 5])
        data = self._naming_data(kind, partner)
        if kind in ("evidence.attached", "target.revised") and self._random.random() < 0.8:
            partner = data["original"]["source"].removeprefix("urn:salur:partner:")
        return self._event(f"salur.{kind}.v1", f"urn:salur:partner:{partner}", data)

    def _naming_data(self, kind: str, partner: str) -> dict[str, Any]:
        about: dict[str, dict[str, Any]] = {
            "evidence.attached": {"evidence": [{"kind": "bast", "reference": "BAST-1"}]},
            "delivery.verified": {"result": self._random.choice(["confirmed", "confirmed", "refuted"])},
            "duplicate.suspected": {"other": self._named(MEANT[kind]), "reason": "same-recipient"},
            "duplicate.adjudicated": {"other": self._named(MEANT[kind]), "finding": "duplicate"},
            "complaint.raised": {"programme": "bantuan-pmi", "country": "TW", "about": "quality"},
            "complaint.forwarded": {"to": "kemnaker"},
            "complaint.resolved": {"outcome": "mended"},
            "finding.raised": {"finding": "LHP-1", "text": "Lists are missing."},
            "finding.answered": {"text": "They were handed in."},
            "target.revised": self._data("salur.target.set.v1", partner) if kind == "target.revised" else {},
        }
        return {**about[kind], "original": self._named(MEANT[kind])}

    def _named(self, meant: tuple[str, ...]) -> dict[str, str]:
        """Return an event that was made, usually one that may be named, or one that is still to come."""
        recent = self._made[-60:] or [("urn:salur:partner:kdei-taipei", "e1", "")]
        suitable = [made for made in recent if any(word in made[2] for word in meant)]
        source, event_id, _ = self._random.choice(suitable if suitable and self._random.random() < 0.9 else recent)
        if self._random.random() < 0.15:
            event_id = f"e{self._count + self._random.randrange(1, 12)}"
        return {"source": source, "id": event_id}

    def _delivery(self) -> bytes:
        partner = self._random.choice(list(PARTNERS))
        event_type = self._random.choice(self._types(partner))
        return self._event(event_type, f"urn:salur:partner:{partner}", self._data(event_type, partner))

    def _types(self, partner: str) -> list[str]:
        stages = ("sent", "confirmed", "returned")
        return {
            "bank-penyalur": [f"salur.disbursement.{stage}.v1" for stage in stages],
            "kemnaker-ppkk": [f"salur.{kind}.v1" for kind in ("group.assisted", "participants.engaged", "persondays.worked", "period.closed")],
            "kemnaker-lattas": [
                f"salur.{kind}.v1" for kind in ("training.offered", "training.delivered", "service.delivered", "target.set", "capacity.stated")
            ],
            "kemnaker": [f"salur.{kind}.v1" for kind in ("target.set", "target.set", "budget.allocated", "caseload.stated", "distribution.recorded")],
            "bpk": ["salur.finding.raised.v1", "salur.complaint.raised.v1"],
            "blk-padang": ["salur.goods.produced.v1", "salur.stock.adjusted.v1", "salur.goods.sold.v1", "salur.proceeds.reinvested.v1"],
        }.get(partner, ["salur.distribution.recorded.v1", "salur.consignment.dispatched.v1", "salur.consignment.received.v1", "salur.goods.procured.v1"])

    def _data(self, event_type: str, partner: str) -> dict[str, Any]:
        choose = self._random.choice
        if (kind := event_type.removeprefix("salur.").removesuffix(".v1")) in MEANT:
            return self._naming_data(kind, partner)
        programme, country = PARTNERS.get(partner, ("bantuan-pmi", "TW"))
        if kind == "period.closed":
            return {"programme": programme, "country": country, "period": {"start": "2020-05-01", "end": "2020-05-31"}}
        data: dict[str, Any] = {"programme": programme, "country": country, "lines": [self._line(event_type, number) for number in range(1, choose([2, 2, 3]))]}
        if choose([True, False]):
            data["tranche"] = choose(["1", "2"])
        if choose([True, False]):
            data["place"] = {"code": choose(["TW-TPE", "TW-KHH"]), "edition": "2020"}
        if "consignment" in event_type:
            data |= {"from": choose(["kemnaker", partner]), "to": choose([partner, "kjri-kuching"])}
        elif kind.split(".")[0] in ("goods", "distribution", "stock") and choose([True, False, False]):
            data["to"] = partner
        if "stock.adjusted" in event_type:
            data["direction"] = choose(["in", "out"])
        if choose([True, False, False]):
            data["evidence"] = [{"kind": "bast", "reference": "BAST-2"}]
        return data | self._came_back(event_type)

    def _came_back(self, event_type: str) -> dict[str, Any]:
        """Return what a return or a receipt says besides."""
        choose = self._random.choice
        data: dict[str, Any] = {"reason": "account_closed"} if "returned" in event_type else {}
        if "returned" in event_type or ("received" in event_type and choose([True, False])):
            wanted = "dispatched" if "received" in event_type else "disbursement"
            suitable = [made for made in self._made if wanted in made[2]]
            source, original, _ = choose(suitable if suitable and self._random.random() < 0.8 else self._made or [("", f"e{self._count + 5}", "")])
            data["original"] = {"source": source, "id": original} if source else original
        return data

    def _line(self, event_type: str, number: int) -> dict[str, Any]:
        choose = self._random.choice
        line: dict[str, Any] = {"line": number}
        if "disbursement" in event_type:
            return line | {"payments": choose([1, "20"]), "amount": choose([1_200_000, "2400000.5"]), "currency": "IDR"}
        if other := self._other_line(event_type.removeprefix("salur.").removesuffix(".v1")):
            return line | other
        item, unit, quantity = choose(
            [
                ("masker", "piece", 100),
                ("hand-sanitizer", "litre", "0.5"),
                ("sembako", "package", "3"),
                ("masker", "box" if self._random.random() < 0.1 else "piece", 1),
            ]
        )
        line |= {"item": item, "quantity": quantity, "unit": unit}
        if choose([True, False]):
            line["lot"] = choose(["A", "B"])
        if "distribution" in event_type and choose([True, False]):
            line["recipients"] = {"count": 5, "unit": choose(["person", "household"])}
        if "distribution" in event_type and self._random.random() < 0.2:
            line = {"line": number, "item": item, "recipients": {"count": 9, "unit": "person"}}
        if "received" in event_type and choose([True, False]):
            line |= {"damaged": 1, "missing": 2}
        if "sold" in event_type:
            line |= {"revenue": "15000.25", "currency": "IDR"}
        return line

    def _other_line(self, kind: str) -> dict[str, Any]:
        """Return the line of a plan or a service, nothing for other kinds."""
        choose = self._random.choice
        if kind in ("budget.allocated", "proceeds.reinvested"):
            return {"amount": choose([5000, "2500.5"]), "currency": "IDR"}
        if kind == "caseload.stated":
            return {"quantity": 12, "unit": "household"}
        if kind in ("target.set", "capacity.stated"):
            rate = {"per": "day"} if kind == "capacity.stated" else {}
            return {"item": "masker", "quantity": choose([50, 60, 70]), "unit": "piece", **rate}
        if kind not in SERVICES:
            return {}
        item, unit = SERVICES[kind]
        line: dict[str, Any] = {"item": item, "quantity": choose([7, 2]), "unit": unit}
        if kind != "participants.engaged" and choose([True, False]):
            line["recipients"] = {"count": 7, "unit": "person"}
        if kind == "participants.engaged" or "recipients" in line:
            line["disaggregation"] = {"sex": {"f": choose([0, 1]), "m": 1}}
        return line

    def _event(self, event_type: str, source: str, data: dict[str, Any], *, root_type: str = "") -> bytes:
        self._count += 1
        event_id = f"e{self._count}"
        self._made.append((source, event_id, root_type or event_type))
        day = self._random.choice(["2020-05-03T23:00:00Z", "2020-05-03T09:00:00+08:00", "2020-05-31T17:00:00.000001Z", "2020-06-01T00:00:00+07:00"])
        event = {"specversion": "1.0", "id": event_id, "source": source, "type": event_type, "time": day, "data": data}
        if "disbursement" in event_type and self._random.random() < 0.7:
            event["subject"] = self._random.choice(["batch/1", "batch/2", "group/1"])
        return json.dumps(event).encode()


def _in_binary_mode(value: bytes) -> tuple[bytes, list[tuple[str, bytes]]] | None:
    """Return the same event with its attributes in headers, if it is one."""
    try:
        event = json.loads(value)
        data = event.pop("data")
        headers = [(f"ce_{name}", str(content).encode()) for name, content in event.items()]
    except (ValueError, TypeError, AttributeError, KeyError):
        return None
    return json.dumps(data).encode(), [*headers, ("content-type", b"application/json")]
