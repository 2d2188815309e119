"""Plans: budgets, targets, capacities and caseloads of known codes, in units that deliveries can be held against."""

from collections.abc import Mapping
from typing import Any, Final

import pytest

from models.rules.catalogue import violations
from tests.models.deliveries import NOW_MS, REGISTRY, event

MONEY_LINE: Final = {"line": 1, "amount": "500000000000", "currency": "IDR"}
TARGET_LINE: Final = {"line": 1, "item": "kelompok-wirausaha", "quantity": 1985, "unit": "group"}


def found(plan: Any) -> set[tuple[str, str]]:
    """Return code and place of everything that is wrong."""
    return {(violation.code, violation.pointer) for violation in violations(plan, REGISTRY, NOW_MS)}


def plan(kind: str, line: Mapping[str, object], *, partner: str = "kemnaker", time: str = "2020-06-01T09:00:00+07:00", **data: object) -> Any:
    """Return a plan of the safety net with one line."""
    return event(kind, {"programme": "jps-tkm", "country": "ID", "lines": [line], **data}, partner=partner, time=time)


def reallocation(*, partner: str = "kemnaker", time: str = "2020-06-01T09:00:00+07:00", **data: object) -> Any:
    """Return money taken from vocational training for an incentive."""
    sides = {"from": {"programme": "pelatihan-vokasi"}, "to": {"programme": "insentif-pelatihan-blk"}}
    return event("budget.reallocated", {"country": "ID", **sides, "amount": "1000000", "currency": "IDR", **data}, partner=partner, time=time)


@pytest.mark.parametrize(
    "sound",
    [
        plan("budget.allocated", MONEY_LINE, legal_basis="uu-cipta-kerja", recipient_type="entrepreneur"),
        plan("expenditure.recorded", MONEY_LINE, partner="kemnaker-ppkk"),
        plan("target.set", TARGET_LINE),
        plan("target.revised", TARGET_LINE, original="other"),
        plan("capacity.stated", {"line": 1, "item": "masker", "quantity": 2200, "unit": "piece", "per": "day"}),
        plan("caseload.stated", {"line": 1, "quantity": "1757464", "unit": "person"}),
        event("caseload.stated", {"country": "ID", "lines": [{"line": 1, "quantity": 1, "unit": "household"}]}, partner="kemnaker-ppkk"),
        reallocation(),
        reallocation(partner="kemnaker-lattas"),
        event(
            "batch.declared",
            {"programme": "bsu", "country": "ID", "lines": [{"line": 1, "payments": 2, "amount": 2400000, "currency": "IDR"}]},
            partner="bpjs-ketenagakerjaan",
            subject="batch/bsu-2020-t1",
        ),
    ],
)
def test_a_sound_plan_keeps_every_rule(sound: Any) -> None:
    assert found(sound) == set()


@pytest.mark.parametrize(
    ("item", "unit", "allowed"),
    [
        ("masker", "piece", True),
        ("masker", "person", True),
        ("masker", "household", True),
        ("masker", "box", False),
        ("masker", "IDR", False),
        ("peserta", "person", True),
        ("peserta", "household", True),
        ("uang", "IDR", True),
        ("uang", "payment", True),
        ("uang", "person", False),
        ("kelompok-wirausaha", "percent", False),
    ],
)
def test_a_target_is_in_the_unit_of_its_item_or_in_people_and_of_money_in_money(*, item: str, unit: str, allowed: bool) -> None:
    target = plan("target.set", {"line": 1, "item": item, "quantity": 10, "unit": unit})
    assert found(target) == (set() if allowed else {("rjct.unit_mismatch", "/data/lines/0/unit")})


def test_a_target_in_a_wrong_unit_is_answered_with_the_right_ones() -> None:
    target = plan("target.set", {"line": 1, "item": "masker", "quantity": 10, "unit": "box"})
    [violation] = violations(target, REGISTRY, NOW_MS)
    assert (violation.expected, violation.closest) == ("piece or household or person for item masker", "piece")


@pytest.mark.parametrize(("unit", "reason"), [("piece", None), ("person", "rjct.unit_mismatch"), ("lembar", "rjct.unknown_unit")])
def test_a_capacity_is_in_the_unit_of_its_item_alone(unit: str, reason: str | None) -> None:
    capacity = plan("capacity.stated", {"line": 1, "item": "masker", "quantity": 2200, "unit": unit, "per": "day"})
    assert found(capacity) == ({(reason, "/data/lines/0/unit")} if reason else set())


@pytest.mark.parametrize(("unit", "reason"), [("person", None), ("household", None), ("package", "rjct.unit_mismatch"), ("orang", "rjct.unknown_unit")])
def test_a_caseload_is_in_people(unit: str, reason: str | None) -> None:
    assert found(plan("caseload.stated", {"line": 1, "quantity": 5, "unit": unit})) == ({(reason, "/data/lines/0/unit")} if reason else set())


@pytest.mark.parametrize(
    ("kind", "line", "member"),
    [
        ("budget.allocated", {**MONEY_LINE, "amount": 0}, "amount"),
        ("budget.allocated", {**MONEY_LINE, "amount": "0.001"}, "amount"),
        ("expenditure.recorded", {**MONEY_LINE, "amount": "-5"}, "amount"),
        ("expenditure.recorded", {"line": 1, "amount": "1.5", "currency": "KRW"}, "amount"),
        ("target.set", {**TARGET_LINE, "quantity": "1.5"}, "quantity"),
        ("capacity.stated", {"line": 1, "item": "hand-sanitizer", "quantity": "0.0001", "unit": "litre"}, "quantity"),
        ("caseload.stated", {"line": 1, "quantity": 0, "unit": "person"}, "quantity"),
    ],
)
def test_planned_numbers_are_exact_and_more_than_nothing(kind: str, line: Mapping[str, object], member: str) -> None:
    assert found(plan(kind, line)) == {("rjct.quantity_invalid", f"/data/lines/0/{member}")}


def test_all_that_is_wrong_with_a_plan_is_said_at_once() -> None:
    lines = [{"line": 2, "item": "maskerr", "quantity": 0, "unit": "group"}, {"line": 2, "item": "masker", "quantity": 1, "unit": "lembar"}]
    data = {"programme": "jps-tkmm", "country": "id", "recipient_type": "tki", "legal_basis": "surat", "lines": lines, "activity": "telp 081234567890"}
    assert found(event("target.set", data, time="2999-01-01T00:00:00Z")) == {
        ("rjct.unknown_programme", "/data/programme"),
        ("rjct.unknown_country", "/data/country"),
        ("rjct.unknown_recipient_type", "/data/recipient_type"),
        ("rjct.unknown_legal_basis", "/data/legal_basis"),
        ("rjct.unknown_item", "/data/lines/0/item"),
        ("rjct.quantity_invalid", "/data/lines/0/quantity"),
        ("rjct.unknown_unit", "/data/lines/1/unit"),
        ("rjct.line_numbers_invalid", "/data/lines/1/line"),
        ("rjct.line_numbers_invalid", "/data/lines"),
        ("rjct.time_in_future", "/time"),
        ("rjct.personal_data", "/data/activity"),
    }


def test_a_reallocation_names_two_known_programmes_and_an_exact_amount() -> None:
    broken = reallocation(to={"programme": "siapa"}, amount=0, currency="idr", legal_basis="surat", reason="rekening 1234567890")
    assert found(broken) == {
        ("rjct.unknown_programme", "/data/to/programme"),
        ("rjct.currency_invalid", "/data/currency"),
        ("rjct.unknown_legal_basis", "/data/legal_basis"),
        ("rjct.personal_data", "/data/reason"),
    }
    assert found(reallocation(amount=0)) == {("rjct.quantity_invalid", "/data/amount")}


def test_whoever_moves_a_budget_plans_both_programmes() -> None:
    assert found(reallocation(partner="kemnaker-ppkk")) == {
        ("rjct.partner_not_entitled", "/data/from/programme"),
        ("rjct.partner_not_entitled", "/data/to/programme"),
    }
    assert found(reallocation(partner="kemnaker-lattas", to={"programme": "jps"})) == {("rjct.partner_not_entitled", "/data/to/programme")}
    assert found(reallocation(partner="siapa")) == {("rjct.unknown_partner", "/source")}


@pytest.mark.parametrize(
    ("partner", "programme", "country", "obstacle"),
    [
        ("kemnaker", "kartu-prakerja", "ID", None),
        ("kemnaker", "jps-tkm", "HK", None),
        ("kemnaker-ppkk", "jps-tkm", "ID", None),
        ("kemnaker-ppkk", "jps-tkm", "HK", "/data/country"),
        ("kemnaker-ppkk", "bsu", "ID", "/data/programme"),
        ("bpjs-ketenagakerjaan", "bsu", "ID", None),
        ("blk-padang", "blk-produksi", "ID", None),
        ("bank-penyalur", "bsu", "ID", "/type"),
    ],
)
def test_a_partner_plans_what_it_is_entitled_to(partner: str, programme: str, country: str, obstacle: str | None) -> None:
    budget = plan("budget.allocated", MONEY_LINE, partner=partner, programme=programme, country=country)
    assert found(budget) == ({("rjct.partner_not_entitled", obstacle)} if obstacle else set())


@pytest.mark.parametrize(
    ("partner", "country", "expected"),
    [
        ("kemnaker", "HK", set()),
        ("kemnaker-ppkk", "ID", set()),
        ("kemnaker-ppkk", "HK", {("rjct.partner_not_entitled", "/data/country")}),
        ("bp2mi", "ID", {("rjct.partner_not_entitled", "/data/country")}),
        ("siapa", "ID", {("rjct.unknown_partner", "/source")}),
        ("kemnaker", "XX", {("rjct.unknown_country", "/data/country")}),
    ],
)
def test_a_caseload_of_no_programme_is_stated_by_whoever_plans_anything_there(partner: str, country: str, expected: set[tuple[str, str]]) -> None:
    assert found(event("caseload.stated", {"country": country, "lines": [{"line": 1, "quantity": 1, "unit": "person"}]}, partner=partner)) == expected


@pytest.mark.parametrize("early", [plan("target.set", TARGET_LINE, time="2019-12-31T16:59:59Z"), reallocation(time="2019-12-31T16:59:59Z")])
def test_a_plan_is_for_the_year_of_its_time_so_it_is_not_made_before_the_programme(early: Any) -> None:
    assert found(early) == {("rjct.time_before_programme", "/time")}


def test_a_caseload_of_no_programme_may_be_older_than_all_programmes() -> None:
    data = {"country": "HK", "lines": [{"line": 1, "quantity": 63000, "unit": "person"}]}
    assert found(event("caseload.stated", data, time="2019-06-01T00:00:00Z")) == set()


def test_a_revision_names_another_event() -> None:
    assert found(plan("target.revised", TARGET_LINE, original="e")) == {("rjct.original_unsuitable", "/data/original")}


def test_a_batch_is_declared_by_whoever_instructs_its_payments() -> None:
    data = {"programme": "bsu", "country": "ID", "lines": [{"line": 1, "payments": 2, "amount": 2400000, "currency": "IDR"}]}
    assert found(event("batch.declared", data, partner="bank-penyalur")) == {("rjct.partner_not_entitled", "/type")}


def test_a_plan_of_thousands_of_wrong_lines_gets_a_bounded_answer() -> None:
    lines = [{"line": 1, "item": "x", "quantity": 0, "unit": "group"} for _ in range(5_000)]
    assert len(violations(event("target.set", {"programme": "jps", "country": "ID", "lines": lines}), REGISTRY, NOW_MS)) == 100
