"""The event types beside the three commonest deliveries, for a seeded stream: their data, and what they come to.

Figures are found by plain arithmetic on the JSON, from the posting rules alone; nothing here is shared with Salur.
"""

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

Figure = tuple[str, str, str, str, str]
"""Destination, programme, item, measure, unit."""

DELIVERED: Final = frozenset({"confirmed", "paid", "distributed", "assisted", "engaged", "worked", "trained", "placed", "served"})

# Type → partner, programme, item, unit, measure.
COUNTED: Final[Mapping[str, tuple[str, str, str, str, str]]] = {
    "salur.participants.engaged.v1": ("kemnaker-ppkk", "padat-karya", "peserta", "person", "engaged"),
    "salur.training.offered.v1": ("kemnaker-lattas", "pelatihan-vokasi", "pelatihan", "training-place", "offered"),
    "salur.training.delivered.v1": ("kemnaker-lattas", "pelatihan-vokasi", "peserta", "person", "trained"),
    "salur.persondays.worked.v1": ("kemnaker-ppkk", "padat-karya-tunai", "hok", "person-day", "worked"),
    "salur.placement.made.v1": ("kemnaker-binapenta", "penempatan", "penempatan", "person", "placed"),
    "salur.service.delivered.v1": ("kemnaker-lattas", "vaksinasi", "dosis-vaksin", "dose", "served"),
    "salur.target.set.v1": ("kemnaker", "bantuan-pmi", "masker", "piece", "target"),
    "salur.capacity.stated.v1": ("kemnaker-lattas", "blk-produksi", "masker", "piece", "capacity"),
}
# Type → partner, programme, measure.
IN_MONEY: Final[Mapping[str, tuple[str, str, str]]] = {
    "salur.incentive.paid.v1": ("kemnaker-lattas", "insentif-pelatihan-blk", "paid"),
    "salur.batch.declared.v1": ("bpjs-ketenagakerjaan", "bsu", "declared"),
    "salur.proceeds.reinvested.v1": ("blk-padang", "blk-produksi", "reinvested"),
    "salur.budget.allocated.v1": ("kemnaker", "jps", "budget"),
    "salur.expenditure.recorded.v1": ("kemnaker-ppkk", "jps", "realised"),
}
WITH_PAYMENTS: Final = frozenset({"salur.incentive.paid.v1", "salur.batch.declared.v1", "salur.disbursement.confirmed.v1"})
REALLOCATED: Final = "salur.budget.reallocated.v1"
CASELOAD: Final = "salur.caseload.stated.v1"
TYPES: Final = (*COUNTED, *IN_MONEY, REALLOCATED, CASELOAD)
"""The types that ``data_of`` makes."""

PAYMENTS: Final = frozenset({"salur.disbursement.confirmed.v1", "salur.incentive.paid.v1"})
DELIVERIES: Final = frozenset(
    {*PAYMENTS, *(name for name, counted in COUNTED.items() if counted[-1] in DELIVERED), *("salur.distribution.recorded.v1", "salur.group.assisted.v1")}
)
_REACHING: Final = frozenset({"assisted", "trained", "placed", "served", "confirmed", "distributed"})

_WHERE: Final = {"programme": "jps-tkm", "country": "ID"}
_FIGURE: Final = {"figure": "groups", "label": "groups", "value": 5, "unit": "group", "scope": {"measures": ["assisted"]}}
REMARKS: Final[tuple[tuple[tuple[str, str, dict[str, Any]], ...], ...]] = (
    (
        ("complaint.raised", "pos", {**_WHERE, "about": "not-received"}),
        ("complaint.forwarded", "pos", {"to": "kemnaker-ppkk"}),
        ("complaint.resolved", "kemnaker-ppkk", {"outcome": "mended"}),
    ),
    (
        ("finding.raised", "bpk", {**_WHERE, "finding": "LHP-1", "text": "Seven lists are missing."}),
        ("finding.answered", "kemnaker-ppkk", {"text": "They were handed in."}),
    ),
    (("statement.published", "kemnaker-humas", {"statement": "five-groups", "text": "Five groups.", "publisher": "a paper", "figures": [_FIGURE]}),),
    (("period.closed", "kemnaker-ppkk", {**_WHERE, "period": {"start": "2020-03-01", "end": "2020-03-31"}}),),
)
"""Events that count nothing: type, partner and data; each after the first names the one before it."""


def partner_of(event_type: str) -> str:
    """Return who publishes events of this type."""
    known = COUNTED.get(event_type) or IN_MONEY.get(event_type)
    return known[0] if known else "kemnaker"


def data_of(event_type: str, number: int, chance: random.Random) -> dict[str, Any]:
    """Return the data of an event about ``number`` of something; a delivery may show evidence, and tell people apart."""
    if event_type == REALLOCATED:
        return {"country": "ID", "from": {"programme": "perjalanan-dinas"}, "to": {"programme": "jps"}, "amount": str(number * 1000), "currency": "IDR"}
    if event_type == CASELOAD:
        return {"country": "ID", "recipient_type": "dismissed", "lines": [{"line": 1, "quantity": number, "unit": "person"}]}
    if event_type in IN_MONEY:
        line: dict[str, Any] = {"line": 1, "amount": str(number * 600_000), "currency": "IDR"}
        if event_type in WITH_PAYMENTS:
            line["payments"] = number
        return _shown({"programme": IN_MONEY[event_type][1], "country": "ID", "lines": [line]}, IN_MONEY[event_type][2], chance)
    _, programme, item, unit, measure = COUNTED[event_type]
    line = {"line": 1, "item": item, "quantity": number, "unit": unit}
    if measure == "capacity" and chance.random() < 0.5:
        line["per"] = "day"
    if measure in _REACHING:
        line["recipients"] = {"count": number, "unit": "person"}
    if measure in _REACHING or measure == "engaged":
        women = chance.randint(0, number)
        line["disaggregation"] = {"sex": {"f": women, "m": number - women}}
    return _shown({"programme": programme, "country": "HK" if programme == "bantuan-pmi" else "ID", "lines": [line]}, measure, chance)


def figures_of(event: Mapping[str, Any]) -> Counter[Figure]:
    """Return what an event comes to by itself, in major units and without stock."""
    data = event["data"]
    if event["type"] == REALLOCATED:
        amount = int(data["amount"])
        sides = {(data["country"], data[side]["programme"], "uang", "budget", "IDR"): sign * amount for side, sign in (("from", -1), ("to", 1))}
        return Counter(sides)
    found: Counter[Figure] = Counter()
    for line in data["lines"]:
        for item, measure, unit, quantity in _counted(event["type"], line):
            where = (data["country"], data.get("programme", "unknown"), item)
            found[(*where, measure, unit)] += quantity
            if measure in DELIVERED and data.get("evidence"):
                found[(*where, "evidenced", unit)] += quantity
    return found


def shadow_of(figures: Mapping[Figure, int], measure: str) -> Counter[Figure]:
    """Return what of the figures was delivered, under another measure."""
    return Counter({(country, programme, item, measure, unit): steps for (country, programme, item, own, unit), steps in figures.items() if own in DELIVERED})


def _shown(data: dict[str, Any], measure: str, chance: random.Random) -> dict[str, Any]:
    """Give a delivery what it may have beside its lines: evidence, a tranche, recipients by their tokens."""
    if measure in DELIVERED:
        if chance.random() < 0.3:
            data["evidence"] = [{"kind": "bast", "reference": "BAST-1"}]
        if chance.random() < 0.5:
            data["tranche"] = chance.choice(["1", "2"])
        if chance.random() < 0.5:
            data["tokens"] = [f"hmac-sha256:k1:{chance.randint(1, 100):064x}"]
    return data


def _counted(event_type: str, line: Mapping[str, Any]) -> Iterator[tuple[str, str, str, int]]:
    """Yield item, measure, unit and quantity of everything that a line counts."""
    item, measure = line.get("item", "uang"), _measure(event_type)
    if event_type == CASELOAD:
        yield "", "affected", line["unit"], line["quantity"]
        return
    if "amount" in line:
        yield item, measure, line["currency"], int(line["amount"])
        if "payments" in line:
            yield item, measure, "payment", line["payments"]
    else:
        yield item, measure, f"{line['unit']}/day" if "per" in line else line["unit"], int(line["quantity"])
    if "recipients" in line:
        yield item, "recipients", line["recipients"]["unit"], line["recipients"]["count"]
    for value, people in line.get("disaggregation", {}).get("sex", {}).items():
        yield item, f"{'recipients' if 'recipients' in line else measure}.sex.{value}", "person", people


def _measure(event_type: str) -> str:
    if event_type in COUNTED:
        return COUNTED[event_type][4]
    if event_type in IN_MONEY:
        return IN_MONEY[event_type][2]
    usual = {"salur.distribution.recorded.v1": "distributed", "salur.disbursement.confirmed.v1": "confirmed", "salur.group.assisted.v1": "assisted"}
    return usual.get(event_type, "affected")
