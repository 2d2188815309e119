"""Partners by a seed: what they send, again, differently, too early and wrongly; and whether they hear that it arrived."""

import json
import random
from collections.abc import Callable
from typing import Any, Final

from models.topics import EVENTS
from tests import variety

PREFIX: Final = "urn:salur:partner:"
OWN_TOPIC_PARTNER: Final = "kdei-taipei"
OWN_TOPIC: Final = f"aid.in.{OWN_TOPIC_PARTNER}.v1"
NEW_ITEMS: Final = ("barang-a", "barang-b")
_ABROAD: Final = (("kdei-taipei", "TW"), ("kjri-hong-kong", "HK"), ("kbri-kuala-lumpur", "MY"))
_POISON: Final = (None, b"", b"{", b"[]", b"\xff\xfe", b'{"n":NaN}', b'{"specversion":"1.0","id":"x","id":"y"}')
_CORRECTABLE: Final = ("salur.distribution.recorded.v1", "salur.disbursement.confirmed.v1", "salur.disbursement.sent.v1", "salur.group.assisted.v1")

Event = dict[str, Any]


class Partners:
    """All partners together; ``next_values`` returns what is sent next."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._count = 0
        self._sent: list[Event] = []
        self._later: list[Event] = []

    def next_values(self) -> list[tuple[str, bytes | None]]:
        """Return one or two records to send, each with the partner who sends it."""
        chance = self._chance
        if self._later and chance.random() < 0.4:
            return [self._taken(self._later.pop(chance.randrange(len(self._later))))]
        kinds: list[tuple[float, Callable[[], Event | None]]] = [
            (0.36, self._delivery),
            (0.20, self._correction),
            (0.10, self._confirmation),
            (0.06, self._return),
            (0.06, self._registration),
            (0.08, self._conflict),
        ]
        drawn = chance.random()
        for share, make in kinds:
            if drawn < share:
                event = make() or self._delivery()
                return [self._taken(event)]
            drawn -= share
        if drawn < 0.09 and self._sent:
            event = chance.choice(self._sent)
            in_another_form = chance.random() < 0.4
            return [(_partner(event), _bytes(dict(reversed(list(event.items()))) if in_another_form else event))]
        return [("pos", chance.choice(_POISON))]

    def remaining(self) -> list[tuple[str, bytes | None]]:
        """Return what was kept back for later and never sent, but for some of it."""
        kept, self._later = self._later, []
        return [self._taken(event) for event in kept if self._chance.random() < 0.8]

    def _taken(self, event: Event) -> tuple[str, bytes]:
        self._sent.append(event)
        return _partner(event), _bytes(event)

    def _delivery(self) -> Event:
        chance = self._chance
        number = chance.randint(1, 50)
        match chance.randrange(6):
            case 0 | 1:
                partner, country = chance.choice(_ABROAD)
                item, unit = chance.choice([("masker", "piece"), ("sembako", "package"), ("masker", "piece"), (chance.choice(NEW_ITEMS), "piece")])
                lines = [{"line": 1, "item": item, "quantity": number, "unit": unit}]
                if chance.random() < 0.5:
                    lines[0]["recipients"] = {"count": number, "unit": "person"}
                data: Event = {"programme": "bantuan-pmi", "country": country, "recipient_type": "pmi", "lines": lines}
                kind = "distribution.recorded"
            case 2 | 3:
                partner, kind = "bank-penyalur", chance.choice(["disbursement.confirmed", "disbursement.confirmed", "disbursement.sent"])
                data = {"programme": "bsu", "country": "ID", "lines": [{"line": 1, "payments": number, "amount": str(number * 600_000), "currency": "IDR"}]}
            case 4:
                partner, kind = "kemnaker-ppkk", "group.assisted"
                recipients = {"count": number * 20, "unit": "person"}
                data = {"programme": "jps-tkm", "country": "ID"}
                data["lines"] = [{"line": 1, "item": "kelompok-wirausaha", "quantity": number, "unit": "group", "recipients": recipients}]
            case _:
                whole = chance.choice(variety.TYPES)
                partner, kind, data = variety.partner_of(whole), whole.removeprefix("salur.").removesuffix(".v1"), variety.data_of(whole, number, chance)
        if kind != "disbursement.sent" and chance.random() < 0.15 and f"salur.{kind}.v1" in variety.DELIVERIES:
            data["evidence"] = [{"kind": "bast", "reference": "BAST-1"}]
        return self._event(kind, partner, data)

    def _original(self, *kinds: str) -> Event | None:
        """Return an event to name: one that was sent, or one that will be sent later, if at all."""
        chance = self._chance
        known = [event for event in (*self._sent, *self._later) if not kinds or event["type"] in kinds]
        if known and chance.random() < 0.75:
            return chance.choice(known[-6:] if chance.random() < 0.6 else known)
        event = self._delivery()
        if kinds and event["type"] not in kinds:
            return None
        self._later.append(event)
        return event

    def _correction(self) -> Event | None:
        chance = self._chance
        original = self._original()
        if original is None:
            return None
        named = {"original": original["id"]}
        if chance.random() < 0.5:
            return self._event("event.reversed", _partner(original), {**named, "reason": "entered_twice"})
        replaced = original
        while replaced["type"] == "salur.event.amended.v1":
            replaced = {"type": replaced["of"], "data": replaced["data"]["replacement"], "of": ""}
        if replaced["type"] not in _CORRECTABLE:
            return self._event("event.annotated", _partner(original), {**named, "text": "menyusul"})
        amended = self._event("event.amended", _partner(original), {**named, "reason": "wrong_quantity", "replacement": _larger(replaced["data"], chance)})
        amended["of"] = replaced["type"]
        return amended

    def _confirmation(self) -> Event | None:
        original = self._original(*variety.DELIVERIES)
        if original is None:
            return None
        named = {"original": {"source": original["source"], "id": original["id"]}}
        if self._chance.random() < 0.5:
            return self._event("delivery.verified", "bpk", {**named, "result": self._chance.choice(["confirmed", "confirmed", "refuted"])})
        return self._event("evidence.attached", _partner(original), {**named, "evidence": [{"kind": "bast", "reference": "BAST-2"}]})

    def _return(self) -> Event | None:
        original = self._original("salur.disbursement.confirmed.v1", "salur.disbursement.sent.v1")
        if original is None:
            return None
        lines = [{"line": 1, "payments": 1, "amount": "600000", "currency": "IDR"}]
        data = {"programme": "bsu", "country": "ID", "original": original["id"], "lines": lines, "reason": "account_closed"}
        return self._event("disbursement.returned", _partner(original), data)

    def _registration(self) -> Event:
        code = self._chance.choice(NEW_ITEMS)
        return self._event("item.registered", "kemnaker", {"code": code, "name": {"id": "Barang", "en": "Thing"}, "unit": "piece"})

    def _conflict(self) -> Event | None:
        """Return other content under an id that is known."""
        if not self._sent:
            return None
        event = self._chance.choice(self._sent)
        return {**event, "subject": f"changed/{self._count}"}

    def _event(self, kind: str, partner: str, data: Event) -> Event:
        self._count += 1
        return {
            "specversion": "1.0",
            "id": f"e{self._count}",
            "source": PREFIX + partner,
            "type": f"salur.{kind}.v1",
            "time": f"2020-{self._chance.randint(3, 12):02d}-{self._chance.randint(1, 28):02d}T03:00:00Z",
            "data": data,
        }


def place_of(partner: str, *, partitions: int, own_topic: bool, chance: random.Random) -> tuple[str, int]:
    """Return where a partner's record goes: any partition, so that what belongs together is not read in order; now and then another's topic."""
    if own_topic and (partner == OWN_TOPIC_PARTNER or chance.random() < 0.03):
        return OWN_TOPIC, 0
    return EVENTS, chance.randrange(partitions)


def _partner(event: Event) -> str:
    return str(event["source"]).removeprefix(PREFIX)


def _larger(data: Event, chance: random.Random) -> Event:
    lines = [dict(line) for line in data["lines"]]
    for line in lines:
        number = chance.randint(1, 60)
        if "amount" in line:
            line["payments"], line["amount"] = number, str(number * 600_000)
        else:
            line["quantity"] = number
    return {**data, "lines": lines}


def _bytes(event: Event) -> bytes:
    return json.dumps({name: value for name, value in event.items() if name != "of"}).encode()
