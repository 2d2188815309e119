"""Flags of a single event: shown, never refused."""

from typing import Any, Final

import pytest

from models.reason_words import REASONS
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
    raised = flags(delivery, REGISTRY, received_at_ms)
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
