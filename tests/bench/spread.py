"""Deliveries spread over a year, places and partners as a real ledger's are: many cells, each with a history.

Only for questions: nothing in it is wrong, late or repeated.
"""

import datetime
import random
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from tests.workload import Message

_ABROAD: Final = (
    ("kdei-taipei", "TW"),
    ("kjri-hong-kong", "HK"),
    ("kbri-kuala-lumpur", "MY"),
    ("kjri-kuching", "MY"),
    ("kjri-penang", "MY"),
    ("kbri-singapura", "SG"),
    ("kbri-seoul", "KR"),
    ("kbri-bandar-seri-begawan", "BN"),
)
_TRAINING: Final = ("pelatihan-vokasi", "pelatihan-tanggap-covid", "vaksinasi", "sertifikasi", "pemagangan")
_WORKS: Final = ("jps-tkm", "jps-padat-karya", "wirausaha-baru", "padat-karya", "inkubasi-bisnis", "tenaga-pendamping")
_GOODS: Final = (("masker", "piece"), ("sembako", "package"), ("hand-sanitizer", "litre"), ("pelindung-wajah", "piece"))
_PLACES: Final = tuple(f"{number // 20 + 11}.{number % 20 + 71}" for number in range(40))
_FIRST: Final = datetime.datetime(2020, 1, 2, 5, tzinfo=datetime.UTC)
DAYS: Final = 365


def deliveries(*, seed: int, events: int, days: int = DAYS, prefix: str = "") -> Iterator[Message]:
    """Yield ``events`` accepted deliveries, in the order of their days, some correcting the one before; ids begin with ``prefix``."""
    chance = random.Random(seed)
    before: dict[str, Any] | None = None
    for number in range(events):
        day = _FIRST + datetime.timedelta(days=number * days // events, seconds=number % 3600)
        if before is not None and number % 50 == 0:
            event = _event(
                f"{prefix}r{number}", before["source"].rpartition(":")[2], "event.reversed", day, {"original": before["id"], "reason": "entered_twice"}
            )
            before = None
        else:
            event = before = _delivery(chance, f"{prefix}e{number}", day)
        yield Message(event["id"].encode(), msgspec.json.encode(event))


def _delivery(chance: random.Random, event_id: str, day: datetime.datetime) -> dict[str, Any]:
    kind = chance.random()
    count = chance.randint(1, 500)
    people = {"recipients": {"count": count, "unit": "person"}}
    if kind < 0.4:
        partner, country = chance.choice(_ABROAD)
        item, unit = chance.choice(_GOODS)
        data = {"programme": "bantuan-pmi", "country": country, "recipient_type": "pmi", "lines": [_line(item, count, unit, **people)]}
        return _event(event_id, partner, "distribution.recorded", day, data)
    place: dict[str, Any] = {"place": {"code": chance.choice(_PLACES), "edition": "kemendagri-2020"}}
    if kind < 0.7:
        lines = [{"line": 1, "payments": count, "amount": str(count * 1_200_000), "currency": "IDR"}]
        paid = {"programme": "bsu", "country": "ID", "tranche": chance.choice("12"), **place, "lines": lines}
        return _event(event_id, "bank-penyalur", "disbursement.confirmed", day, paid)
    programmes, partner = (_TRAINING, "kemnaker-lattas") if kind < 0.85 else (_WORKS, "kemnaker-ppkk")
    data = {"programme": chance.choice(programmes), "country": "ID", **place, "lines": [_line("peserta", count, "person")]}
    return _event(event_id, partner, "participants.engaged", day, data)


def _line(item: str, quantity: int, unit: str, **more: Any) -> dict[str, Any]:
    return {"line": 1, "item": item, "quantity": quantity, "unit": unit, **more}


def _event(event_id: str, partner: str, kind: str, day: datetime.datetime, data: dict[str, Any]) -> dict[str, Any]:
    source = f"urn:salur:partner:{partner}"
    return {"specversion": "1.0", "id": event_id, "source": source, "type": f"salur.{kind}.v1", "time": day.isoformat(), "data": data}
