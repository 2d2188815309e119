"""What is remembered of shapes changes no verdict: judging with shapes and without says the same, whatever was judged before."""

import datetime
from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from models.cells import Posting
from models.decide import judge
from models.decoding import Undecodable, decode
from models.events.catalogue import Event
from models.events.delivery import Evidence, Recipients
from models.events.reference import SiteRegistered
from models.naming import NAMINGS, NOTED, Registration
from models.reasons import Violation
from models.registry import Registry
from models.shapes import RECALLED, Shapes
from models.stencils import NUMBERS, Stencils
from tests.models.deliveries import NOW_MS, REGISTRY, deliveries, event, goods, goods_line, payment, service

NIK: Final = "3171234567890001"
replace: Final = msgspec.structs.replace
CLOSING: Final = event("period.closed", {"programme": "jps", "country": "ID", "period": {"start": "2020-01-01", "end": "2024-12-31"}})
SITE: Final = event("site.registered", {"code": "gudang-1", "name": {"id": "Gudang", "en": "Store"}, "country": "ID"})
PROGRAMME: Final = event("programme.registered", {"code": "program-1", "name": {"id": "Program", "en": "Programme"}, "start": "2020-01-01", "parent": "jps"})


def of_line(member: str, value: object) -> Callable[[Any], Any]:
    """Return a change of one member of every line that may have it; a quantity and its unit come together or not at all."""

    def may_have(line: Any) -> bool:
        return member in line.__struct_fields__ and not (member in {"quantity", "unit"} and line.quantity is UNSET)

    def change(one: Any) -> Any:
        lines = [replace(line, **{member: value}) if may_have(line) else line for line in one.data.lines]
        return replace(one, data=replace(one.data, lines=lines))

    return change


def of_data(member: str, value: object) -> Callable[[Any], Any]:
    """Return a change of one member of the data."""
    return lambda one: replace(one, data=replace(one.data, **{member: value}))


CHANGES: Final[Sequence[Callable[[Any], Any]]] = (
    lambda one: one,
    lambda one: replace(one, time=one.time + datetime.timedelta(hours=30)),
    lambda one: replace(one, time=datetime.datetime(2019, 12, 31, tzinfo=datetime.UTC)),
    lambda one: replace(one, time=datetime.datetime(2100, 1, 1, tzinfo=datetime.UTC)),
    lambda one: replace(one, id=f"nik-{NIK}"),
    lambda one: replace(one, subject=f"batch/{NIK}"),
    lambda one: replace(one, subject="batch/1"),
    lambda one: replace(one, source="urn:salur:partner:bpk"),
    *(of_line("quantity", number) for number in (1, 0, -1, "1.5", "007", "12", 2**53 + 1, "9" * 19)),
    *(of_line("payments", number) for number in (3, "0", "2.5")),
    *(of_line("amount", number) for number in ("1200.50", "0.001", 5)),
    of_line("recipients", Recipients(count=4, unit="household")),
    of_line("recipients", Recipients(count=0, unit="person")),
    of_line("recipients", Recipients(count=2, unit="package")),
    of_line("disaggregation", {"sex": {"f": 1}}),
    of_line("disaggregation", {"colour": {"red": 1}}),
    of_line("line", 2),
    of_line("lot", NIK),
    of_line("item", "tidak-ada"),
    of_line("unit", "litre"),
    of_data("evidence", [Evidence(kind="bast", reference="BAST/7")]),
    of_data("evidence", [Evidence(kind="bast", reference=f"paspor B1234567, NIK {NIK}")]),
    of_data("channel", "telepon 0812-3456-7890"),
    of_data("tranche", "2"),
    of_data("programme", "program-1"),
    of_data("from_", "gudang-1"),
    of_data("to", "gudang-1"),
    of_data("country", "HK"),
)

steps: Final = st.one_of(
    st.tuples(st.integers(0, 2), st.sampled_from(CHANGES), st.sampled_from([NOW_MS, 1_591_000_000_000])), st.sampled_from([CLOSING, SITE, PROGRAMME])
)


KNOWN: Final[Sequence[Event]] = (
    goods("distribution.recorded", goods_line(recipients={"count": 3, "unit": "person"}, lot="L1"), **{"from": "blk-padang"}),
    goods("goods.produced", evidence=[{"kind": "bast", "reference": "BAST/1"}]),
    payment("confirmed", tranche="1", recipient_type="worker"),
    service("group.assisted", {"recipients": {"count": 200, "unit": "person"}}),
    service("training.delivered"),
)

Said = tuple[list[Violation], list[Posting], list[str]]


def by_rules(one: Event, registry: Registry, received_at: int) -> Said:
    """Return what all rules say."""
    judged = judge(one, registry, received_at)
    return list(judged.violations), list(judged.postings), list(judged.flags)


class Remembering:
    """Judges as a booking does: by what is remembered, or else by all rules."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._stencils = Stencils()
        self._shapes = Shapes()
        self.recalled = 0

    def __call__(self, one: Event, received_at: int) -> Said:
        raw = msgspec.json.encode(one)
        self._shapes.hold_for(self._registry)
        traced = self._stencils.trace(raw)
        recalled = None if traced is None else self._shapes.recall(traced, received_at)
        if recalled is not None:
            self.recalled += 1
            return [], recalled.postings(), list(recalled.flags)
        event = decode(raw)
        assert not isinstance(event, Undecodable)
        said = by_rules(event, self._registry, received_at)
        if traced is None:
            self._stencils.learn(raw, event)
        elif not said[0]:
            self._shapes.learn(traced.stencil, self._registry)
        return said


def is_on_the_wire(one: Event) -> bool:
    """Tell whether the changed event is still one by its form."""
    return not isinstance(decode(msgspec.json.encode(one)), Undecodable)


@given(st.lists(deliveries, min_size=3, max_size=3), st.lists(steps, max_size=40))
def test_judging_by_what_is_remembered_says_the_same_as_all_rules(pool: list[Event], asked: list[Any]) -> None:
    registry = REGISTRY.copy()
    remembering = Remembering(registry)
    for step in asked:
        if isinstance(step, Registration):
            registry.apply(step)
            continue
        index, change, received_at = step
        one = change(pool[index])
        if is_on_the_wire(one):
            assert remembering(one, received_at) == by_rules(one, registry, received_at)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("known", KNOWN)
def test_whatever_is_changed_of_a_known_shape_is_judged_as_if_it_were_not_known(known: Event, change: Callable[[Any], Any]) -> None:
    changed = change(known)
    if not is_on_the_wire(changed):
        return
    registry = REGISTRY.copy()
    remembering = Remembering(registry)
    for _ in range(4):
        remembering(known, NOW_MS)
    for _ in range(4):
        assert remembering(changed, NOW_MS) == by_rules(changed, registry, NOW_MS)


@pytest.mark.parametrize("known", [goods("distribution.recorded"), payment("confirmed"), service("group.assisted"), goods("goods.procured")])
def test_a_shape_is_recalled_from_its_fourth_event_on_until_the_code_lists_change(known: Event) -> None:
    registry = REGISTRY.copy()
    remembering = Remembering(registry)
    for expected in (0, 0, 0, 1, 2):
        remembering(known, NOW_MS)
        assert remembering.recalled == expected
    assert isinstance(SITE, SiteRegistered)
    registry.apply(SITE)
    remembering(known, NOW_MS)
    assert remembering.recalled == 2
    remembering(known, NOW_MS)
    assert remembering.recalled == 3


def test_what_is_closed_is_flagged_for_recalled_events_too() -> None:
    registry = REGISTRY.copy()
    assert isinstance(CLOSING, Registration)
    registry.apply(CLOSING)
    remembering = Remembering(registry)
    said = [remembering(service("group.assisted"), NOW_MS) for _ in range(5)]
    assert remembering.recalled == 2
    assert all("flag.after_period_close" in flags for _, _, flags in said)


def test_only_types_all_of_whose_rules_are_known_to_hold_for_a_whole_stencil_are_recalled() -> None:
    assert NUMBERS.keys() == RECALLED, "a new rule is to be named in models.shapes, or its types go the long way"
    assert not RECALLED & (NAMINGS.keys() | NOTED.keys()), "what names another event is decided by what was booked before"
