"""Statements: a figure has a name, a number with its unit, and a scope of known codes; what it says is not judged here."""

from collections.abc import Mapping
from typing import Any, Final

import pytest

from models.measures import ALL_MEASURES
from models.reasons import Violation
from models.rules.catalogue import violations
from tests.models.deliveries import NOW_MS, REGISTRY, event

SCOPE: Final = {
    "measures": ["engaged", "recipients.sex.f"],
    "programmes": ["perluasan-kesempatan-kerja", "unknown"],
    "countries": ["ID"],
    "items": ["peserta", "uang"],
    "partners": ["kemnaker-ppkk"],
    "activities": ["padat karya"],
    "tranches": ["1"],
    "recipient_types": ["unknown"],
    "places": ["32.73"],
    "holders": ["blk-padang"],
    "lots": ["L1"],
    "day_from": "2020-01-01",
    "day_to": "2020-12-31",
}
PARTS: Final = [{"label": "wirausaha", "value": 212260, "unit": "person", "scope": SCOPE}, {"label": "lainnya", "value": "0", "unit": "household"}]
FIGURE: Final = {"figure": "semua", "label": "Perluasan kesempatan kerja", "value": 327013, "unit": "person", "scope": SCOPE, "parts": PARTS}


def statement(*figures: Mapping[str, object], partner: str = "kemnaker-humas", **data: object) -> Any:
    """Return a statement with these figures."""
    whole = {"statement": "inews-2021", "text": "327.013 orang", "publisher": "iNews.id", "published": "2021-02-10", "figures": list(figures), **data}
    return event("statement.published", whole, partner=partner)


def figure(**changed: object) -> dict[str, object]:
    """Return the whole figure, changed; a member that is None is left out."""
    return {name: value for name, value in {**FIGURE, **changed}.items() if value is not None}


def found(*figures: Mapping[str, object]) -> set[tuple[str, str]]:
    """Return code of everything that is wrong, and its place within the first figure."""
    broken = violations(statement(*figures), REGISTRY, NOW_MS)
    return {(violation.code, violation.pointer.removeprefix("/data/figures/0")) for violation in broken}


@pytest.mark.parametrize(
    "whole",
    [
        FIGURE,
        figure(value="42", unit="percent", qualifier="more-than"),
        figure(value="93.96", unit="percent", of=SCOPE, counted_in="IDR"),
        figure(value="2200", unit="piece/day"),
        figure(value="500000000000", unit="IDR", nearest="1000000000", less=SCOPE),
        figure(value=None, unit="person", qualifier="hundreds"),
        figure(value=None, unit=None, scope=None, parts=None),
        figure(
            value=None,
            unit=None,
            shown_by={"type": "salur.programme.resumed.v1", "programmes": ["penempatan"], "countries": ["KR"], "legal_basis": "uu-cipta-kerja"},
        ),
        figure(beside={"statement": "lain", "figure": "semua"}),
    ],
)
def test_a_whole_figure_keeps_every_rule(whole: Mapping[str, object]) -> None:
    assert found(whole) == set()


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"unit": None, "value": 5}, {("rjct.missing_field", "/unit")}),
        ({"value": None}, {("rjct.missing_field", "/value")}),
        ({"unit": "orang"}, {("rjct.unknown_unit", "/unit")}),
        ({"value": "1.5"}, {("rjct.quantity_invalid", "/value")}),
        ({"value": -1}, {("rjct.quantity_invalid", "/value")}),
        ({"value": "93.961", "unit": "percent"}, {("rjct.quantity_invalid", "/value")}),
        ({"nearest": 0}, {("rjct.quantity_invalid", "/nearest")}),
        ({"qualifier": "hundreds"}, {("rjct.value_invalid", "/value")}),
        ({"qualifier": "hundreds", "value": None, "nearest": 100}, {("rjct.missing_field", "/value")}),
        ({"scope": None, "less": SCOPE}, {("rjct.missing_field", "/scope")}),
        ({"of": SCOPE}, {("rjct.missing_field", "/counted_in")}),
        ({"counted_in": "IDR"}, {("rjct.missing_field", "/of")}),
        ({"of": SCOPE, "counted_in": "rupiah"}, {("rjct.unknown_unit", "/counted_in")}),
        ({"of": SCOPE, "counted_in": "IDR", "scope": None}, {("rjct.missing_field", "/scope")}),
        ({"shown_by": {"type": "salur.programme.restarted.v1"}}, {("rjct.unknown_type", "/shown_by/type")}),
        (
            {"shown_by": {"type": "salur.programme.resumed.v1", "programmes": ["x"], "countries": ["x"], "legal_basis": "x"}},
            {
                ("rjct.unknown_programme", "/shown_by/programmes/0"),
                ("rjct.unknown_country", "/shown_by/countries/0"),
                ("rjct.unknown_legal_basis", "/shown_by/legal_basis"),
            },
        ),
        (
            {"parts": [{"label": "a", "value": "1.5", "unit": "person", "less": SCOPE}, {"label": "b", "value": 1, "unit": "orang"}]},
            {("rjct.quantity_invalid", "/parts/0/value"), ("rjct.missing_field", "/parts/0/scope"), ("rjct.unknown_unit", "/parts/1/unit")},
        ),
    ],
)
def test_a_figure_that_cannot_be_asked_is_refused(changed: Mapping[str, object], expected: set[tuple[str, str]]) -> None:
    assert found(figure(**changed)) == expected


@pytest.mark.parametrize("member", ["scope", "less", "of"])
@pytest.mark.parametrize(
    ("changed", "reason", "place"),
    [
        ({"measures": ["engagedd"]}, "value_invalid", "/measures/0"),
        ({"programmes": ["jps", "jpss"]}, "unknown_programme", "/programmes/1"),
        ({"countries": ["id"]}, "unknown_country", "/countries/0"),
        ({"items": ["maskr"]}, "unknown_item", "/items/0"),
        ({"partners": ["kemnakerr"]}, "unknown_partner", "/partners/0"),
        ({"recipient_types": ["tki"]}, "unknown_recipient_type", "/recipient_types/0"),
        ({"holders": ["gudang"]}, "unknown_holder", "/holders/0"),
        ({"day_to": "2019-12-31"}, "value_invalid", "/day_to"),
    ],
)
def test_every_code_of_a_scope_is_known(member: str, changed: Mapping[str, object], reason: str, place: str) -> None:
    more = {"counted_in": "person"} if member == "of" else {}
    assert found(figure(**{member: {**SCOPE, **changed}}, **more)) == {(f"rjct.{reason}", f"/{member}{place}")}


def test_a_measure_that_nobody_knows_is_answered_with_the_closest_one() -> None:
    [violation] = violations(statement(figure(scope={"measures": ["confirmd"]})), REGISTRY, NOW_MS)
    assert violation == Violation("rjct.value_invalid", "/data/figures/0/scope/measures/0", expected="a measure of the tally", closest="confirmed")


@pytest.mark.parametrize("measure", sorted(ALL_MEASURES))
def test_every_measure_can_be_asked_for(measure: str) -> None:
    assert found(figure(scope={"measures": [measure]})) == set()


def test_each_figure_has_a_name_of_its_own() -> None:
    assert found(FIGURE, FIGURE) == {("rjct.value_invalid", "/data/figures/1/figure")}
    assert found(FIGURE, figure(figure="lain")) == set()


@pytest.mark.parametrize(("partner", "allowed"), [("kemnaker", True), ("kemlu", True), ("bpk", True), ("kemnaker-ppkk", False), ("kdei-taipei", False)])
def test_statements_are_published_by_whoever_is_registered_for_them(*, partner: str, allowed: bool) -> None:
    broken = violations(statement(FIGURE, partner=partner), REGISTRY, NOW_MS)
    assert [(violation.code, violation.pointer) for violation in broken] == ([] if allowed else [("rjct.partner_not_entitled", "/type")])
