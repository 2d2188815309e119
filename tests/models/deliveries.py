"""Events for tests: short ways to make them, and strategies that make any that keep every rule."""

import datetime
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from hypothesis import strategies as st

from models.decoding import Undecodable, decode
from models.events.catalogue import Event
from models.measures import DISAGGREGATIONS
from models.postings import post
from models.registry import Registry
from tests.models.examples import encoded

REGISTRY: Final = Registry.shipped()
NOW_MS: Final = 1_800_000_000_000
_COUNTS: Final = st.integers(min_value=1, max_value=10**9)
_CURRENCIES: Final = st.sampled_from(["IDR", "KRW", "HKD"])
_LINE_NUMBERS: Final = st.integers(1, 3).map(lambda lines: range(1, lines + 1))
_HOLDERS: Final = st.sampled_from(["kemnaker", "blk-padang", "blk-lembang"])
_LOTS: Final[st.SearchStrategy[dict[str, Any]]] = st.sampled_from([{}, {"lot": "L1"}, {"lot": "L2"}])
_ITEMS: Final = {"masker": "piece", "hand-sanitizer": "litre", "baju-pelindung": "piece"}
_SERVICES: Final = {
    "group.assisted": ("kemnaker-ppkk", "jps-tkm", "kelompok-wirausaha", "group"),
    "participants.engaged": ("kemnaker-ppkk", "wirausaha-baru", "peserta", "person"),
    "persondays.worked": ("kemnaker-ppkk", "padat-karya", "hok", "person-day"),
    "training.offered": ("kemnaker-lattas", "pelatihan-vokasi", "pelatihan", "training-place"),
    "training.delivered": ("kemnaker-lattas", "pelatihan-vokasi", "peserta", "person"),
    "placement.made": ("kemnaker-binapenta", "penempatan", "penempatan", "person"),
    "service.delivered": ("kemnaker-lattas", "vaksinasi", "dosis-vaksin", "dose"),
}
_DIMENSIONS: Final[st.SearchStrategy[dict[str, Any]]] = st.sampled_from(
    [{}, {"place": {"code": "ID-JK", "edition": "2020"}}, {"activity": "pembekalan", "tranche": "1"}, {"recipient_type": "worker"}]
)
_EVIDENCE: Final[st.SearchStrategy[dict[str, Any]]] = st.sampled_from([{}, {"evidence": []}, {"evidence": [{"kind": "bast", "reference": "BAST/12"}]}])
_MOMENTS: Final = st.datetimes(min_value=datetime.datetime(2020, 1, 2), max_value=datetime.datetime(2026, 1, 1), timezones=st.just(datetime.UTC))


def event(kind: str, data: Mapping[str, object], *, partner: str = "kemnaker", time: str = "2020-06-01T09:00:00+07:00", **envelope: object) -> Event:
    """Return the event that these members make on the wire."""
    whole = {"specversion": "1.0", "id": "e", "source": f"urn:salur:partner:{partner}", "type": f"salur.{kind}.v1", "time": time, "data": data, **envelope}
    decoded = decode(encoded(whole))
    assert not isinstance(decoded, Undecodable), decoded
    return decoded


def service(kind: str, *lines: Mapping[str, object], **data: object) -> Event:
    """Return an event about a service, by whoever gives it and in the item it is counted in; a member that is None is left out."""
    partner, programme, item, unit = _SERVICES[kind]
    whole = ({"line": number, "item": item, "quantity": 10, "unit": unit, **line} for number, line in enumerate(lines or ({},), start=1))
    given = [{name: value for name, value in line.items() if value is not None} for line in whole]
    return event(kind, {"programme": programme, "country": "ID", "lines": given, **data}, partner=partner)


def plan(kind: str, *lines: Mapping[str, object], **data: object) -> Event:
    """Return a plan of a directorate for self-employment."""
    given = [{"line": number, **line} for number, line in enumerate(lines, start=1)]
    return event(kind, {"programme": "jps-tkm", "country": "ID", "lines": given, **data}, partner="kemnaker-ppkk")


def figures(event: Event) -> dict[tuple[str, str, str, str], int]:
    """Return the event's postings by table, item, measure and unit."""
    return {(cell.table, cell.item, cell.measure, cell.unit): delta for cell, delta in post(event, REGISTRY)}


def goods_line(line: int = 1, **more: object) -> dict[str, Any]:
    """Return a line of ten masks, changed by ``more``."""
    return {"line": line, "item": "masker", "quantity": 10, "unit": "piece", **more}


def goods(kind: str, *lines: Mapping[str, object], **data: object) -> Event:
    """Return an event of Kemnaker about goods for the public."""
    return event(kind, {"programme": "bansos-publik", "country": "ID", "lines": list(lines or (goods_line(),)), **data})


def payment(stage: str, *lines: Mapping[str, object], **data: object) -> Event:
    """Return a stage of wage subsidy payments; ``declared`` and ``paid`` are stages of their own kind."""
    given = {"programme": "bsu", "country": "ID", "lines": list(lines or ({"line": 1, "payments": 2, "amount": "2400000", "currency": "IDR"},)), **data}
    if stage == "paid":
        return event("incentive.paid", given | {"programme": "insentif-pelatihan-blk"}, partner="kemnaker-lattas")
    kind = "batch.declared" if stage == "declared" else f"disbursement.{stage}"
    return event(kind, given, partner="bpjs-ketenagakerjaan" if stage in {"declared", "instructed"} else "bank-penyalur")


@st.composite
def people(draw: st.DrawFn, most: int | None = None, *, are_the_quantity: bool = False) -> dict[str, Any]:
    """Make what a line may say of its people: how many, and the parts of them; no more than ``most`` in all where that is known."""
    said: dict[str, Any] = {}
    if draw(st.booleans()):
        count = draw(_COUNTS)
        most = most if are_the_quantity else count
        said["recipients"] = {"count": draw(st.sampled_from([count, str(count)])), "unit": draw(st.sampled_from(["person", "household"]))}
    if draw(st.booleans()):
        said["disaggregation"] = {
            dimension: draw(_parts(DISAGGREGATIONS[dimension], 10**9 if most is None else most))
            for dimension in draw(st.lists(st.sampled_from(sorted(DISAGGREGATIONS)), unique=True))
        }
    return said


@st.composite
def _parts(draw: st.DrawFn, values: tuple[str, ...], most: int) -> dict[str, int]:
    found: dict[str, int] = {}
    for value in draw(st.lists(st.sampled_from(values), unique=True)):
        found[value] = draw(st.integers(0, most - sum(found.values())))
    return found


@st.composite
def goods_events(draw: st.DrawFn) -> Event:
    """Make an event that moves goods, of any kind."""
    kind = draw(
        st.sampled_from(
            ["goods.produced", "goods.procured", "consignment.dispatched", "consignment.received", "distribution.recorded", "goods.sold", "stock.adjusted"]
        )
    )
    data: dict[str, Any] = {**draw(_DIMENSIONS), **draw(_EVIDENCE), **draw(_holders(needed=kind.startswith("consignment")))}
    if kind == "stock.adjusted":
        data["direction"] = draw(st.sampled_from(["in", "out"]))
    lines = [draw(_goods_lines(number, kind)) for number in draw(_LINE_NUMBERS)]
    return msgspec.structs.replace(goods(kind, *lines, **data), time=draw(_MOMENTS))


@st.composite
def _holders(draw: st.DrawFn, *, needed: bool = False) -> dict[str, Any]:
    if needed:
        return {"from": draw(_HOLDERS), "to": draw(_HOLDERS)}
    return {draw(st.sampled_from(["from", "to"])): draw(_HOLDERS)} if draw(st.booleans()) else {}


@st.composite
def _goods_lines(draw: st.DrawFn, number: int, kind: str) -> dict[str, Any]:
    item = draw(st.sampled_from(sorted(_ITEMS)))
    line = goods_line(number, item=item, unit=_ITEMS[item], quantity=draw(_COUNTS), **draw(_LOTS))
    if kind == "consignment.received":
        line |= {"damaged": draw(st.integers(0, 100)), "missing": draw(st.integers(0, 100))}
    elif kind == "goods.sold":
        line |= {"revenue": draw(_COUNTS), "currency": draw(st.sampled_from(["IDR", "MYR"]))}
    line |= draw(people())
    if kind == "distribution.recorded" and "recipients" in line and draw(st.booleans()):
        del line["quantity"], line["unit"]
    return line


@st.composite
def payment_events(draw: st.DrawFn) -> Event:
    """Make a payment event of any stage but a return, which needs an original; a declaration, or an incentive."""
    stage = draw(st.sampled_from(["declared", "instructed", "sent", "confirmed", "failed", "reissued", "refunded", "paid"]))
    lines: list[dict[str, Any]] = []
    for number in draw(_LINE_NUMBERS):
        payments = draw(_COUNTS)
        lines.append({"line": number, "payments": payments, "amount": draw(_COUNTS), "currency": draw(_CURRENCIES), **draw(people(payments))})
    paid = payment(stage, *lines, **draw(_DIMENSIONS), **draw(_EVIDENCE))
    return msgspec.structs.replace(paid, time=draw(_MOMENTS))


@st.composite
def service_events(draw: st.DrawFn) -> Event:
    """Make an event about any service; where people can be reached without a known quantity, some are."""
    kind = draw(st.sampled_from(sorted(_SERVICES)))
    needs_quantity = kind in {"participants.engaged", "training.offered", "persondays.worked"}
    in_people = _SERVICES[kind][-1] == "person"
    lines: list[dict[str, Any]] = []
    for _ in draw(_LINE_NUMBERS):
        quantity = draw(_COUNTS)
        line: dict[str, Any] = {"quantity": quantity, **draw(people(quantity if in_people else None, are_the_quantity=kind == "participants.engaged"))}
        if "recipients" in line and not needs_quantity and draw(st.booleans()):
            line |= {"quantity": None, "unit": None}
        lines.append(line)
    given = service(kind, *lines, **draw(_DIMENSIONS), **draw(_EVIDENCE))
    return msgspec.structs.replace(given, time=draw(_MOMENTS))


@st.composite
def reinvestments(draw: st.DrawFn) -> Event:
    """Make an event about proceeds that went back into production."""
    lines = [{"line": number, "amount": draw(_COUNTS), "currency": draw(_CURRENCIES), **draw(_LOTS), **draw(people())} for number in draw(_LINE_NUMBERS)]
    return goods("proceeds.reinvested", *lines, **draw(_DIMENSIONS), **draw(_EVIDENCE), **draw(_holders()))


@st.composite
def plan_events(draw: st.DrawFn) -> Event:
    """Make an event about a budget, an expenditure, a target, a capacity or a caseload."""
    kind = draw(st.sampled_from(["budget.allocated", "expenditure.recorded", "target.set", "capacity.stated", "caseload.stated"]))
    lines = [draw(_plan_lines(kind)) for _ in draw(_LINE_NUMBERS)]
    planned = plan(kind, *lines, **draw(_DIMENSIONS), **draw(_EVIDENCE))
    return msgspec.structs.replace(planned, time=draw(_MOMENTS))


@st.composite
def _plan_lines(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    if kind in {"budget.allocated", "expenditure.recorded"}:
        return {"amount": draw(_COUNTS), "currency": draw(_CURRENCIES)}
    if kind == "caseload.stated":
        return {"quantity": draw(_COUNTS), "unit": draw(st.sampled_from(["person", "household"]))}
    item, unit = draw(st.sampled_from([*_ITEMS.items(), ("kelompok-wirausaha", "group")]))
    if kind == "capacity.stated":
        return {"item": item, "quantity": draw(_COUNTS), "unit": unit, **draw(st.sampled_from([{}, {"per": "day"}]))}
    item, unit = draw(st.sampled_from([(item, unit), (item, "person"), (item, "household"), ("uang", "payment"), ("uang", "IDR")]))
    return {"item": item, "quantity": draw(_COUNTS), "unit": unit}


@st.composite
def reallocations(draw: st.DrawFn) -> Event:
    """Make an event that moves a budget, also onto itself."""
    activities = st.sampled_from(["upah", "pembekalan"])
    sides = st.fixed_dictionaries({"programme": st.sampled_from(["jps", "jps-tkm", "padat-karya"])}, optional={"activity": activities})
    data = {"country": "ID", "from": draw(sides), "to": draw(sides), "amount": draw(_COUNTS), "currency": draw(_CURRENCIES)}
    return event("budget.reallocated", data, partner="kemnaker-ppkk")


deliveries: Final = st.one_of(goods_events(), payment_events(), service_events(), reinvestments())
"""Events that have the form of a delivery, of every type but the count of a stock and a return."""
plans: Final = st.one_of(plan_events(), reallocations())
counted: Final = st.one_of(deliveries, plans)
"""Events that post something."""
