"""Flags of a single event: shown, never refused."""

from typing import Any, Final, get_args

import pytest

from models.events.assurance import PeriodClosed
from models.reason_words import REASONS
from models.reasons import FlagCode
from models.registry import Registry
from models.rules.catalogue import flags, violations
from tests.models.deliveries import REGISTRY, event, goods, goods_line

DAY_MS: Final = 24 * 60 * 60 * 1000
JUNE_FIRST_MS: Final = 1_590_976_800_000
"""2020-06-01T09:00:00+07:00, when events of these tests happened."""
EVIDENCE: Final = [{"kind": "bast", "reference": "BAST-1"}]


def groups(*, quantity: int, persons: int, programme: str = "jps-tkm") -> Any:
    """Return groups assisted, with evidence."""
    line = {"line": 1, "item": "kelompok-wirausaha", "quantity": quantity, "unit": "group", "recipients": {"count": persons, "unit": "person"}}
    return event("group.assisted", {"programme": programme, "country": "ID", "evidence": EVIDENCE, "lines": [line]}, partner="kemnaker-ppkk")


def flagged(delivery: Any, *, age_ms: int = 0) -> list[str]:
    """Return the flags of an event received so long after it happened; nothing that is flagged may be refused."""
    received_at_ms = JUNE_FIRST_MS + age_ms
    assert violations(delivery, REGISTRY, received_at_ms) == []
    raised = list(flags(delivery, REGISTRY, received_at_ms))
    assert set(raised) <= set(REASONS)
    return raised


@pytest.mark.parametrize(
    ("age_ms", "expected"),
    [
        (-1, ["flag.skewed_clock"]),
        (-5 * 60_000, ["flag.skewed_clock"]),
        (0, []),
        (30 * DAY_MS, []),
        (30 * DAY_MS + 1, ["flag.late"]),
        (213 * DAY_MS, ["flag.late"]),
        (214 * DAY_MS, ["flag.late", "flag.after_fiscal_year"]),
    ],
)
def test_an_event_is_late_after_thirty_days_and_out_of_its_year_after_new_year(age_ms: int, expected: list[str]) -> None:
    assert flagged(goods("goods.produced"), age_ms=age_ms) == expected


def test_the_year_ends_at_midnight_in_jakarta() -> None:
    last_hour = event("goods.produced", {"programme": "blk-produksi", "country": "ID", "lines": [goods_line()]}, time="2020-12-31T23:30:00+07:00")
    assert flags(last_hour, REGISTRY, last_hour.occurred_at_ms + 29 * 60_000) == []
    assert flags(last_hour, REGISTRY, last_hour.occurred_at_ms + 31 * 60_000) == ["flag.after_fiscal_year"]


@pytest.mark.parametrize(
    ("quantity", "persons", "programme", "unusual"),
    [
        (1985, 39700, "jps-tkm", False),
        (1091, 21820, "jps-padat-karya", False),
        (1091, 21821, "jps-padat-karya", True),
        (2, 39, "padat-karya-tunai", True),
        (2, 39, "wirausaha-baru", False),
    ],
)
def test_groups_of_the_safety_net_and_of_works_have_twenty_people(*, quantity: int, persons: int, programme: str, unusual: bool) -> None:
    assert flagged(groups(quantity=quantity, persons=persons, programme=programme)) == (["flag.group_size_unusual"] if unusual else [])


def test_a_delivery_without_evidence_is_shown_as_such_and_a_stock_movement_needs_none() -> None:
    assert flagged(goods("distribution.recorded")) == ["flag.no_evidence"]
    assert flagged(goods("distribution.recorded", evidence=EVIDENCE)) == []
    assert flagged(goods("distribution.recorded", evidence=[])) == ["flag.no_evidence"]
    assert flagged(goods("goods.produced")) == []


def given(kind: str, line: dict[str, Any], **data: object) -> Any:
    """Return an event of Kemnaker with one line."""
    return event(kind, {"programme": "bansos-publik", "country": "ID", "lines": [{"line": 1, **line}], **data})


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("training.delivered", {"item": "peserta", "quantity": 5, "unit": "person"}),
        ("persondays.worked", {"item": "hok", "quantity": 5, "unit": "person-day"}),
        ("placement.made", {"item": "penempatan", "quantity": 5, "unit": "person"}),
        ("service.delivered", {"item": "dosis-vaksin", "quantity": 5, "unit": "dose"}),
        ("incentive.paid", {"payments": 5, "amount": 5000000, "currency": "IDR"}),
    ],
)
def test_every_service_that_is_given_shows_when_it_names_no_evidence(kind: str, line: dict[str, Any]) -> None:
    assert flagged(given(kind, line)) == ["flag.no_evidence"]
    assert flagged(given(kind, line, evidence=EVIDENCE)) == []


def test_what_is_only_offered_planned_or_put_back_needs_no_evidence() -> None:
    assert flagged(given("training.offered", {"item": "pelatihan", "quantity": 5, "unit": "training-place"})) == []
    assert flagged(given("proceeds.reinvested", {"amount": 5000000, "currency": "IDR"})) == []
    assert flagged(given("budget.allocated", {"amount": 5000000, "currency": "IDR"})) == []


@pytest.fixture
def closed() -> Registry:
    """Return a registry in which the first half of 2020 of one programme is closed, and a batch of it."""
    registry = REGISTRY.copy()
    data = {"programme": "bansos-publik", "country": "ID", "period": {"start": "2020-01-01", "end": "2020-06-01"}, "batches": ["batch/7"]}
    closure = event("period.closed", data)
    assert isinstance(closure, PeriodClosed)
    registry.apply(closure)
    return registry


@pytest.mark.parametrize(
    ("late", "expected"),
    [
        (goods("goods.produced"), True),
        (event("goods.produced", {"programme": "bansos-publik", "country": "ID", "lines": [goods_line()]}, time="2020-06-01T23:59:59+07:00"), True),
        (event("goods.produced", {"programme": "bansos-publik", "country": "ID", "lines": [goods_line()]}, time="2020-06-01T17:00:00Z"), False),
        (
            event("goods.produced", {"programme": "bansos-publik", "country": "ID", "lines": [goods_line()]}, time="2020-06-02T09:00:00Z", subject="batch/7"),
            True,
        ),
        (event("goods.produced", {"programme": "bansos-publik", "country": "HK", "lines": [goods_line()]}), False),
        (event("goods.produced", {"programme": "blk-produksi", "country": "ID", "lines": [goods_line()]}), False),
        (given("budget.allocated", {"amount": 5, "currency": "IDR"}), True),
        (event("caseload.stated", {"country": "ID", "lines": [{"line": 1, "quantity": 5, "unit": "person"}]}), False),
        (event("complaint.raised", {"programme": "bansos-publik", "country": "ID", "about": "quality"}), False),
        (event("event.reversed", {"original": "o", "reason": "x"}, subject="batch/7"), False),
    ],
)
def test_what_counts_in_a_closed_period_or_batch_shows_it(*, late: Any, expected: bool, closed: Registry) -> None:
    assert ("flag.after_period_close" in flags(late, closed, late.occurred_at_ms)) is expected


def test_a_reallocation_shows_it_if_either_side_is_closed(closed: Registry) -> None:
    sides = {"from": {"programme": "perjalanan-dinas"}, "to": {"programme": "bansos-publik"}}
    moved = event("budget.reallocated", {"country": "ID", **sides, "amount": 5, "currency": "IDR"})
    assert flags(moved, closed, moved.occurred_at_ms) == ["flag.after_period_close"]


def test_flags_are_in_the_order_of_their_catalogue(closed: Registry) -> None:
    late = goods("distribution.recorded")
    raised = flags(late, closed, late.occurred_at_ms + 400 * DAY_MS)
    assert raised == sorted(raised, key=get_args(FlagCode).index)
    assert len(raised) == 4
