"""Events for tests: short ways to make them, and strategies that make any that keep every rule."""

import datetime
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from hypothesis import strategies as st

from models.decoding import Undecodable, decode
from models.events.catalogue import Event
from models.registry import Registry
from tests.models.examples import encoded

REGISTRY: Final = Registry.shipped()
NOW_MS: Final = 1_800_000_000_000
_COUNTS: Final = st.integers(min_value=1, max_value=10**9)
_HOLDERS: Final = st.sampled_from(["kemnaker", "blk-padang", "blk-lembang"])
_LOTS: Final = st.sampled_from([{}, {"lot": "L1"}, {"lot": "L2"}])
_ITEMS: Final = {"masker": "piece", "hand-sanitizer": "litre", "baju-pelindung": "piece"}
_MOMENTS: Final = st.datetimes(min_value=datetime.datetime(2020, 1, 2), max_value=datetime.datetime(2026, 1, 1), timezones=st.just(datetime.UTC))


def event(kind: str, data: Mapping[str, object], *, partner: str = "kemnaker", time: str = "2020-06-01T09:00:00+07:00", **envelope: object) -> Event:
    """Return the event that these members make on the wire."""
    whole = {"specversion": "1.0", "id": "e", "source": f"urn:salur:partner:{partner}", "type": f"salur.{kind}.v1", "time": time, "data": data, **envelope}
    decoded = decode(encoded(whole))
    assert not isinstance(decoded, Undecodable), decoded
    return decoded


def goods_line(line: int = 1, **more: object) -> dict[str, Any]:
    """Return a line of ten masks, changed by ``more``."""
    return {"line": line, "item": "masker", "quantity": 10, "unit": "piece", **more}


def goods(kind: str, *lines: Mapping[str, object], **data: object) -> Event:
    """Return an event of Kemnaker about goods for the public."""
    return event(kind, {"programme": "bansos-publik", "country": "ID", "lines": list(lines or (goods_line(),)), **data})


def payment(stage: str, *lines: Mapping[str, object], **data: object) -> Event:
    """Return a stage of wage subsidy payments."""
    given = {"programme": "bsu", "country": "ID", "lines": list(lines or ({"line": 1, "payments": 2, "amount": "2400000", "currency": "IDR"},)), **data}
    return event(f"disbursement.{stage}", given, partner="bpjs-ketenagakerjaan" if stage == "instructed" else "bank-penyalur")


@st.composite
def goods_events(draw: st.DrawFn) -> Event:
    """Make an event that moves goods, of any kind."""
    kind = draw(
        st.sampled_from(
            ["goods.produced", "goods.procured", "consignment.dispatched", "consignment.received", "distribution.recorded", "goods.sold", "stock.adjusted"]
        )
    )
    data: dict[str, Any] = {}
    if kind.startswith("consignment"):
        data = {"from": draw(_HOLDERS), "to": draw(_HOLDERS)}
    elif draw(st.booleans()):
        data = {draw(st.sampled_from(["from", "to"])): draw(_HOLDERS)}
    if kind == "stock.adjusted":
        data["direction"] = draw(st.sampled_from(["in", "out"]))
    lines = [draw(_goods_lines(number, kind)) for number in range(1, draw(st.integers(1, 3)) + 1)]
    return msgspec.structs.replace(goods(kind, *lines, **data), time=draw(_MOMENTS))


@st.composite
def _goods_lines(draw: st.DrawFn, number: int, kind: str) -> dict[str, Any]:
    item = draw(st.sampled_from(sorted(_ITEMS)))
    line = goods_line(number, item=item, unit=_ITEMS[item], quantity=draw(_COUNTS), **draw(_LOTS))
    if kind == "consignment.received":
        line |= {"damaged": draw(st.integers(0, 100)), "missing": draw(st.integers(0, 100))}
    elif kind == "goods.sold":
        line |= {"revenue": draw(_COUNTS), "currency": draw(st.sampled_from(["IDR", "MYR"]))}
    elif kind == "distribution.recorded" and draw(st.booleans()):
        line |= {"recipients": {"count": draw(_COUNTS), "unit": draw(st.sampled_from(["person", "household"]))}}
    return line


@st.composite
def payment_events(draw: st.DrawFn) -> Event:
    """Make a payment event of any stage but a return, which needs an original."""
    stage = draw(st.sampled_from(["instructed", "sent", "confirmed", "failed", "reissued", "refunded"]))
    lines = [
        {"line": number, "payments": draw(_COUNTS), "amount": draw(_COUNTS), "currency": draw(st.sampled_from(["IDR", "KRW", "HKD"]))}
        for number in range(1, draw(st.integers(1, 3)) + 1)
    ]
    for line in lines:
        if draw(st.booleans()):
            line["recipients"] = {"count": draw(_COUNTS), "unit": "person"}
    return payment(stage, *lines)


@st.composite
def service_events(draw: st.DrawFn) -> Event:
    """Make an event about groups assisted or participants engaged."""
    assisted = draw(st.booleans())
    item, unit = ("kelompok-wirausaha", "group") if assisted else ("peserta", "person")
    lines = [{"line": number, "item": item, "quantity": draw(_COUNTS), "unit": unit} for number in range(1, draw(st.integers(1, 3)) + 1)]
    if assisted and draw(st.booleans()):
        lines[0]["recipients"] = {"count": draw(_COUNTS), "unit": "person"}
    kind = "group.assisted" if assisted else "participants.engaged"
    return event(kind, {"programme": "jps-tkm", "country": "ID", "lines": lines}, partner="kemnaker-ppkk")


deliveries: Final = st.one_of(goods_events(), payment_events(), service_events())
