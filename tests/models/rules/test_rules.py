"""The rules: each refuses what it is about, names the place, and leaves everything else alone."""

from collections.abc import Mapping
from typing import Any, Final, get_args

import msgspec
import pytest

from models.events.assurance import ComplaintForwarded, ComplaintRaised, ComplaintResolved, DuplicateSuspected, EvidenceAttached, FindingAnswered
from models.events.catalogue import EVENT_CLASSES
from models.events.corrections import Amendment, CorrectionEvent
from models.events.reference import ReferenceEvent, ReportGroup
from models.reasons import Violation
from models.rules.catalogue import RULES, violations
from models.rules.codes import SUITABLE_UNITS
from models.rules.entitlement import GROUPS, wrong_source
from models.rules.rule import MAX_VIOLATIONS
from tests.models.deliveries import NOW_MS, REGISTRY, event, goods, goods_line, payment

MINUTE_MS: Final = 60_000
JUNE_FIRST_MS: Final = 1_590_976_800_000
"""2020-06-01T09:00:00+07:00, when events of these tests happened."""


def found(delivery: Any, *, received_at_ms: int = NOW_MS) -> set[tuple[str, str]]:
    """Return code and place of everything that is wrong."""
    return {(violation.code, violation.pointer) for violation in violations(delivery, REGISTRY, received_at_ms)}


def masks(**data: object) -> Any:
    """Return masks handed out to migrant workers in Taiwan."""
    given = {"programme": "bantuan-pmi", "country": "TW", "lines": [goods_line()], **data}
    return event("distribution.recorded", given, partner="kdei-taipei")


def registered(noun: str, data: Mapping[str, object], *, sender: str = "kemnaker") -> Any:
    """Return a registration by Kemnaker."""
    return event(f"{noun}.registered", {"code": "baru", "name": {"id": "Baru", "en": "New"}, **data}, partner=sender)


def test_every_type_of_event_has_its_rules() -> None:
    assert set(RULES) == set(EVENT_CLASSES)


OPEN_TO_ALL: Final = {EvidenceAttached, ComplaintRaised, ComplaintForwarded, ComplaintResolved, DuplicateSuspected, FindingAnswered, *get_args(CorrectionEvent)}


def test_every_type_has_a_group_that_a_partner_can_be_entitled_to_or_is_open_to_all() -> None:
    assert set(GROUPS) == set(EVENT_CLASSES) - OPEN_TO_ALL
    assert {group for groups in GROUPS.values() for group in groups} == set(get_args(ReportGroup))


def test_every_item_that_is_shipped_but_money_can_be_in_some_event_of_its_kind() -> None:
    suited = frozenset().union(*SUITABLE_UNITS.values())
    unsuited = {item.code for item in REGISTRY.items.values() if item.unit not in suited}
    assert unsuited == {"uang"}


def test_all_that_is_wrong_with_an_event_is_said_at_once() -> None:
    broken = event(
        "distribution.recorded",
        {
            "programme": "bantuan-tki",
            "country": "Taiwan",
            "recipient_type": "tki",
            "lines": [goods_line(2, item="maskerr", quantity="1.5"), goods_line(2, unit="box", quantity=-1)],
            "activity": "telp 081234567890",
        },
        partner="kdei-taipei",
        time="2999-01-01T00:00:00Z",
    )
    assert found(broken) == {
        ("rjct.unknown_programme", "/data/programme"),
        ("rjct.unknown_country", "/data/country"),
        ("rjct.unknown_recipient_type", "/data/recipient_type"),
        ("rjct.unknown_item", "/data/lines/0/item"),
        ("rjct.quantity_invalid", "/data/lines/0/quantity"),
        ("rjct.unit_mismatch", "/data/lines/1/unit"),
        ("rjct.quantity_invalid", "/data/lines/1/quantity"),
        ("rjct.line_numbers_invalid", "/data/lines/1/line"),
        ("rjct.line_numbers_invalid", "/data/lines"),
        ("rjct.time_in_future", "/time"),
        ("rjct.personal_data", "/data/activity"),
    }


def test_an_event_with_thousands_of_wrong_lines_gets_a_bounded_answer() -> None:
    lines = [goods_line(1, item=f"barang-{number}", quantity="x", unit="lembar") for number in range(5_000)]
    assert len(violations(masks(lines=lines), REGISTRY, NOW_MS)) == MAX_VIOLATIONS


@pytest.mark.parametrize(
    ("data", "closest"),
    [
        ({"programme": "bantuan_pmi"}, "bantuan-pmi"),
        ({"country": "tw"}, "TW"),
        ({"recipient_type": "pmi-familly"}, "pmi-family"),
        ({"from": "kdei-taipe"}, "kdei-taipei"),
        ({"legal_basis": "kepmenaker-294-2021"}, "kepmenaker-294-2020"),
        ({"lines": [goods_line(item="maskr")]}, "masker"),
        ({"lines": [goods_line(unit="pieces")]}, "piece"),
        ({"lines": [goods_line(unit="box")]}, "piece"),
    ],
)
def test_an_unknown_code_is_answered_with_the_closest_one(data: Mapping[str, object], closest: str) -> None:
    assert [violation.closest for violation in violations(masks(**data), REGISTRY, NOW_MS)] == [closest]


def test_a_partner_that_is_not_entitled_learns_what_it_may_report() -> None:
    [violation] = violations(masks(country="HK"), REGISTRY, NOW_MS)
    assert violation == Violation("rjct.partner_not_entitled", "/data/country", expected="goods services of bantuan-pmi at TW")
    assert found(masks(programme="bansos-publik")) == {("rjct.partner_not_entitled", "/data/programme")}
    assert found(payment("confirmed")) == set()
    agency = event("disbursement.sent", {"programme": "bsu", "country": "ID", "lines": [_paid()]}, partner="bpjs-ketenagakerjaan")
    assert found(agency) == {("rjct.partner_not_entitled", "/type")}


@pytest.mark.parametrize("stage", ["reissued", "refunded"])
@pytest.mark.parametrize("partner", ["bank-penyalur", "bpjs-ketenagakerjaan"])
def test_either_side_of_a_payment_may_report_that_it_is_paid_again_or_handed_back(stage: str, partner: str) -> None:
    assert found(event(f"disbursement.{stage}", {"programme": "bsu", "country": "ID", "lines": [_paid()]}, partner=partner)) == set()


def test_a_partner_nobody_registered_is_unknown_and_nothing_more_is_said_of_it() -> None:
    assert found(event("goods.produced", {"programme": "blk-produksi", "country": "ID", "lines": [goods_line()]}, partner="blk-padan")) == {
        ("rjct.unknown_partner", "/source")
    }


def test_a_source_must_be_the_authenticated_partner() -> None:
    assert wrong_source(masks(), "kdei-taipei") == ()
    assert [violation.code for violation in wrong_source(masks(), "kjri-hong-kong")] == ["rjct.wrong_source"]


@pytest.mark.parametrize(("ahead_ms", "allowed"), [(0, True), (5 * MINUTE_MS, True), (5 * MINUTE_MS + 1, False)])
def test_a_clock_may_be_five_minutes_ahead(*, ahead_ms: int, allowed: bool) -> None:
    assert (found(masks(), received_at_ms=JUNE_FIRST_MS - ahead_ms) == set()) is allowed


@pytest.mark.parametrize(("time", "allowed"), [("2019-12-31T16:59:59Z", False), ("2019-12-31T17:00:00Z", True), ("2020-01-01T00:00:00+07:00", True)])
def test_programmes_begin_with_2020_in_jakarta(*, time: str, allowed: bool) -> None:
    early = event("distribution.recorded", {"programme": "bantuan-pmi", "country": "TW", "lines": [goods_line()]}, partner="kdei-taipei", time=time)
    assert found(early) == (set() if allowed else {("rjct.time_before_programme", "/time")})


@pytest.mark.parametrize(
    ("recipients", "disaggregation", "code"),
    [
        ({"count": 10, "unit": "person"}, {"sex": {"f": 6, "m": 4}, "age": {"18-24": 4, "60-plus": 6}}, None),
        ({"count": 10, "unit": "person"}, {"sex": {"f": 6}}, None),
        ({"count": 10, "unit": "person"}, {"sex": {"f": 0, "m": 10}}, None),
        ({"count": "10", "unit": "household"}, {"disability": {"no": "11"}}, "rjct.disaggregation_exceeds_total"),
        ({"count": 10, "unit": "person"}, {"sex": {"f": 6, "m": 4}, "age": {"25-34": 11}}, "rjct.disaggregation_exceeds_total"),
        ({"count": 10, "unit": "person"}, {"sex": {"f": -1}}, "rjct.quantity_invalid"),
        ({"count": 10, "unit": "person"}, {"sex": {"f": "1.5"}}, "rjct.quantity_invalid"),
    ],
)
def test_parts_are_at_most_the_whole(recipients: object, disaggregation: object, code: str | None) -> None:
    line = goods_line(recipients=recipients, disaggregation=disaggregation)
    assert {violation.code for violation in violations(masks(lines=[line]), REGISTRY, NOW_MS)} == ({code} if code else set())


@pytest.mark.parametrize(
    ("disaggregation", "pointer", "expected"),
    [
        ({"size": {"f": 1}}, "", "one of sex, age, disability"),
        ({"sex": {"f": 1, "x": 1}}, "/sex", "one of f, m"),
        ({"age": {"adult": 1}}, "/age", "one of 0-17, 18-24, 25-34, 35-44, 45-59, 60-plus"),
        ({"disability": {"unknown": 1}}, "/disability", "one of no, yes"),
    ],
)
def test_parts_that_nobody_knows_are_answered_with_the_known_ones(disaggregation: object, pointer: str, expected: str) -> None:
    line = goods_line(recipients={"count": 10, "unit": "person"}, disaggregation=disaggregation)
    assert violations(masks(lines=[line]), REGISTRY, NOW_MS) == [Violation("rjct.value_invalid", f"/data/lines/0/disaggregation{pointer}", expected=expected)]


def test_parts_of_goods_cannot_be_compared_with_people_nobody_counted() -> None:
    assert found(masks(lines=[goods_line(disaggregation={"sex": {"f": 600}})])) == set()


def test_persons_engaged_are_a_whole_of_their_own() -> None:
    line = {"line": 1, "item": "peserta", "quantity": 5, "unit": "person", "disaggregation": {"sex": {"f": 6}}}
    for more in ({}, {"recipients": {"count": 10, "unit": "person"}}):
        data = {"programme": "wirausaha-baru", "country": "ID", "lines": [{**line, **more}]}
        assert found(event("participants.engaged", data, partner="kemnaker-ppkk")) == {("rjct.disaggregation_exceeds_total", "/data/lines/0/disaggregation")}


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (goods_line(quantity=0, missing=10), None),
        (goods_line(quantity=5, damaged=0), None),
        (goods_line(quantity=0), "rjct.quantity_invalid"),
        (goods_line(quantity=0, damaged=0, missing=0), "rjct.quantity_invalid"),
        (goods_line(quantity=5, damaged=-1), "rjct.quantity_invalid"),
        (goods_line(quantity=5, missing="0.5"), "rjct.quantity_invalid"),
    ],
)
def test_a_consignment_may_arrive_lost_if_that_is_said(line: Mapping[str, object], code: str | None) -> None:
    received = goods("consignment.received", line, to="blk-padang", **{"from": "kemnaker"})
    assert {violation.code for violation in violations(received, REGISTRY, NOW_MS)} == ({code} if code else set())


def test_nothing_left_is_a_count() -> None:
    assert found(goods("stock.counted", goods_line(quantity=0))) == set()
    assert found(goods("stock.counted", goods_line(quantity=-1))) == {("rjct.quantity_invalid", "/data/lines/0/quantity")}


def test_lines_may_have_gaps_once_one_was_taken_out() -> None:
    assert found(masks(lines=[goods_line(1), goods_line(3), goods_line(2)])) == set()
    assert found(masks(lines=[goods_line(3)])) == {("rjct.line_numbers_invalid", "/data/lines/0/line")}


def test_numbers_in_their_own_members_are_never_read_as_a_persons() -> None:
    assert found(payment("confirmed", _paid(payments="3174011204670001", amount="3174011204670001"))) == set()
    assert found(masks(tranche="tahap 1", place={"code": "3174011204", "edition": "2020"})) == set()


def test_a_text_in_the_place_of_a_number_is_read() -> None:
    assert found(masks(lines=[goods_line(quantity="WA 081234567890")])) == {
        ("rjct.quantity_invalid", "/data/lines/0/quantity"),
        ("rjct.personal_data", "/data/lines/0/quantity"),
    }


@pytest.mark.parametrize(
    ("noun", "data", "expected"),
    [
        ("partner", {"code": "simulasi-toko", "simulated": True, "programmes": ["jps"], "countries": ["ID"], "reports": ["services"]}, set()),
        ("partner", {"code": "kemnaker-itjen", "reports": ["reference"]}, set()),
        ("partner", {"simulated": True}, {("rjct.simulation_unmarked", "/data/code")}),
        ("partner", {"reports": ["reference"]}, {("rjct.partner_not_entitled", "/data/reports")}),
        (
            "partner",
            {"programmes": ["bsu", "bsuu"], "countries": ["XX"]},
            {("rjct.unknown_programme", "/data/programmes/1"), ("rjct.unknown_country", "/data/countries/0")},
        ),
        ("partner", {"code": "kemnaker"}, {("rjct.code_already_registered", "/data/code")}),
        ("programme", {"start": "2021-01-01", "parent": "bsu", "owner": "kemnaker"}, set()),
        ("programme", {"start": "2021-01-01", "owner": "siapa"}, {("rjct.unknown_partner", "/data/owner")}),
        ("programme", {"start": "2021-01-01", "code": "bsu"}, {("rjct.code_already_registered", "/data/code")}),
        ("programme", {"start": "2021-01-01", "code": "unknown"}, {("rjct.code_already_registered", "/data/code")}),
        ("item", {"unit": "kilogram"}, set()),
        ("item", {"unit": "karung"}, {("rjct.unknown_unit", "/data/unit")}),
        ("item", {"unit": "percent"}, {("rjct.item_unsuitable", "/data/unit")}),
        ("site", {"country": "MY", "partner": "kjri-kuching"}, set()),
        ("site", {"country": "XX", "partner": "siapa"}, {("rjct.unknown_country", "/data/country"), ("rjct.unknown_partner", "/data/partner")}),
        ("legal-basis", {"issued": "2020-07-31"}, set()),
    ],
)
def test_a_registration_stands_on_known_codes_and_takes_none_that_is_taken(noun: str, data: Mapping[str, object], expected: set[tuple[str, str]]) -> None:
    assert found(registered(noun, data)) == expected


def test_registering_the_same_again_changes_nothing_and_is_no_mistake() -> None:
    registry = REGISTRY.copy()
    first = registered("item", {"unit": "kilogram"})
    assert isinstance(first, ReferenceEvent)
    registry.apply(first)
    assert violations(first, registry, NOW_MS) == []
    assert [violation.code for violation in violations(registered("item", {"unit": "box"}), registry, NOW_MS)] == ["rjct.code_already_registered"]


def test_only_partners_of_kemnaker_register_codes() -> None:
    assert found(registered("item", {"unit": "kilogram"}, sender="kemnaker-ppkk")) == set()
    assert found(registered("item", {"unit": "kilogram"}, sender="bpjs-ketenagakerjaan")) == {("rjct.partner_not_entitled", "/type")}


def test_a_programme_is_suspended_on_a_known_legal_basis() -> None:
    data = {"programme": "penempatan", "country": "KR", "legal_basis": "kepmenaker-294-2020"}
    assert found(event("programme.resumed", data)) == set()
    assert found(event("programme.suspended", {**data, "legal_basis": "surat", "country": "XX"})) == {
        ("rjct.unknown_legal_basis", "/data/legal_basis"),
        ("rjct.unknown_country", "/data/country"),
    }


def test_nothing_corrects_itself() -> None:
    itself = event("event.reversed", {"original": "e", "reason": "x"})
    named = event("event.reversed", {"original": {"source": "urn:salur:partner:kemnaker", "id": "e"}, "reason": "x"})
    another = event("event.reversed", {"original": {"source": "urn:salur:partner:kemnaker-ppkk", "id": "e"}, "reason": "x"})
    assert found(itself) == found(named) == {("rjct.original_unsuitable", "/data/original")}
    assert found(another) == set()


@pytest.mark.parametrize("digits", ["1" * 400, "9" * 5_000, "1e400", "31740112046700010000000"])
def test_a_replacement_with_an_absurd_number_stops_nobody(digits: str) -> None:
    amended = event("event.amended", {"original": "o", "reason": "x", "replacement": {}})
    data = Amendment(original="o", reason="x", replacement=msgspec.Raw(b'{"n":' + digits.encode() + b"}"))
    replaced = msgspec.structs.replace(amended, data=data)
    assert found(replaced) <= {("rjct.personal_data", "/data/replacement")}


def _paid(**more: object) -> dict[str, object]:
    return {"line": 1, "payments": 2, "amount": "2400000", "currency": "IDR", **more}
