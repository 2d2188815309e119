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
from models.events.catalogue import Event
from models.events.delivery import Evidence, Recipients
from models.events.reference import SiteRegistered
from models.naming import Registration
from models.outcomes import Judged
from models.registry import Registry
from models.shapes import Shapes
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


def plain(judged: Judged) -> tuple[object, ...]:
    """Return what was said, recalled or not."""
    postings = judged.postings if judged.recalled is None else judged.recalled.postings()
    return list(judged.violations), list(postings), list(judged.flags)


@given(st.lists(deliveries, min_size=3, max_size=3), st.lists(steps, max_size=40))
def test_judging_with_shapes_says_the_same_as_without(pool: list[Event], asked: list[Any]) -> None:
    registry, shapes = REGISTRY.copy(), Shapes()
    for step in asked:
        if isinstance(step, Registration):
            registry.apply(step)
            continue
        index, change, received_at = step
        one = [(change(pool[index]), received_at)]
        assert plain(judge(one, registry, shapes)[0]) == plain(judge(one, registry)[0])


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize(
    "known",
    [
        goods("distribution.recorded", goods_line(recipients={"count": 3, "unit": "person"}, lot="L1"), **{"from": "blk-padang"}),
        goods("goods.produced", evidence=[{"kind": "bast", "reference": "BAST/1"}]),
        payment("confirmed", tranche="1", recipient_type="worker"),
        service("group.assisted", {"recipients": {"count": 200, "unit": "person"}}),
        service("training.delivered"),
    ],
)
def test_whatever_is_changed_of_a_known_shape_is_judged_as_if_it_were_not_known(known: Event, change: Callable[[Any], Any]) -> None:
    registry, shapes = REGISTRY.copy(), Shapes()
    judge([(known, NOW_MS)] * 3, registry, shapes)
    changed = [(change(known), NOW_MS)] * 3
    for with_shapes, without in zip(judge(changed, registry, shapes), judge(changed, registry), strict=True):
        assert plain(with_shapes) == plain(without)


def recalled(one: Event, registry: Registry, shapes: Shapes) -> list[Posting] | None:
    [judged] = judge([(one, NOW_MS)], registry, shapes)
    return None if judged.recalled is None else judged.recalled.postings()


@pytest.mark.parametrize("known", [goods("distribution.recorded"), payment("confirmed"), service("group.assisted"), goods("goods.procured")])
def test_a_shape_is_recalled_from_its_third_event_on_until_the_code_lists_change(known: Event) -> None:
    registry, shapes = REGISTRY.copy(), Shapes()
    told = [recalled(known, registry, shapes) for _ in range(3)]
    assert told[:2] == [None, None]
    assert told[2]
    assert isinstance(SITE, SiteRegistered)
    registry.apply(SITE)
    assert recalled(known, registry, shapes) is None


def test_an_event_of_two_lines_or_with_parts_or_that_names_another_is_never_recalled() -> None:
    registry, shapes = REGISTRY.copy(), Shapes()
    for one in (
        goods("distribution.recorded", goods_line(), goods_line(2)),
        service("participants.engaged", {"disaggregation": {"sex": {"f": 1}}}),
        payment("returned", original="e", reason="account_closed"),
    ):
        assert [recalled(one, registry, shapes) for _ in range(4)] == [None] * 4
