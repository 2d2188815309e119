"""Assurance: who may say it, about what, and how completely."""

from collections.abc import Mapping
from typing import Any, Final

import pytest

from models.events.catalogue import EVENT_TYPES
from models.reasons import Violation
from models.rules.catalogue import flags, violations
from tests.models.deliveries import NOW_MS, REGISTRY, event

EVIDENCE: Final = [{"kind": "bast", "reference": "BAST-2020-05-0007"}]
FOREIGN: Final = {"source": "urn:salur:partner:bank-penyalur", "id": "bsu-2020-t1"}
WHOLE: Final[Mapping[str, Mapping[str, object]]] = {
    "evidence.attached": {"original": "kdei-1", "evidence": EVIDENCE},
    "delivery.verified": {"original": FOREIGN, "result": "confirmed", "method": "kunjungan lapangan", "evidence": EVIDENCE},
    "complaint.raised": {"programme": "bsu", "country": "ID", "about": "not-received", "original": FOREIGN, "text": "belum diterima"},
    "complaint.forwarded": {"original": "c-1", "to": "bank-penyalur"},
    "complaint.resolved": {"original": "c-1", "outcome": "mended"},
    "duplicate.suspected": {"original": "a", "other": FOREIGN, "reason": "same-recipient"},
    "duplicate.adjudicated": {"original": "a", "other": FOREIGN, "finding": "duplicate"},
    "period.closed": {"programme": "bsu", "country": "ID", "period": {"start": "2020-01-01", "end": "2020-12-31"}, "batches": ["batch/bsu-2020-t1"]},
    "finding.raised": {"finding": "tanpa proposal", "text": "17.061 paket tanpa proposal", "quantity": 17061, "unit": "package", "original": FOREIGN},
    "finding.answered": {"original": {"source": "urn:salur:partner:bpk", "id": "f-1"}, "text": "dokumen menyusul", "evidence": EVIDENCE},
}
OF_AUDITORS: Final = ("delivery.verified", "duplicate.adjudicated", "finding.raised")
OF_ANYBODY: Final = ("evidence.attached", "complaint.raised", "complaint.forwarded", "complaint.resolved", "duplicate.suspected", "finding.answered")


def found(said: Any) -> set[tuple[str, str]]:
    """Return code and place of everything that is wrong."""
    return {(violation.code, violation.pointer) for violation in violations(said, REGISTRY, NOW_MS)}


def said(kind: str, *, partner: str = "kemnaker", without: str = "", time: str = "2020-06-01T09:00:00+07:00", **changed: object) -> Any:
    """Return a whole event of the kind, changed."""
    data = {name: value for name, value in {**WHOLE[kind], **changed}.items() if name != without}
    return event(kind, data, partner=partner, time=time)


@pytest.mark.parametrize("kind", WHOLE)
def test_a_whole_event_of_assurance_keeps_every_rule(kind: str) -> None:
    assert f"salur.{kind}.v1" in EVENT_TYPES
    assert found(said(kind)) == set()


@pytest.mark.parametrize("kind", OF_AUDITORS)
def test_only_who_is_registered_for_assurance_verifies_adjudicates_and_finds(kind: str) -> None:
    assert found(said(kind, partner="bpk")) == set()
    assert found(said(kind, partner="kemnaker-phi")) == set()
    assert violations(said(kind, partner="kemnaker-humas"), REGISTRY, NOW_MS) == [Violation("rjct.partner_not_entitled", "/type", expected="statements")]
    assert found(said(kind, partner="siapa")) == {("rjct.unknown_partner", "/source")}


@pytest.mark.parametrize("kind", OF_ANYBODY)
def test_every_registered_partner_complains_suspects_shows_and_answers(kind: str) -> None:
    assert found(said(kind, partner="pemprov-dki-jakarta")) == set()
    assert found(said(kind, partner="siapa")) == {("rjct.unknown_partner", "/source")}


@pytest.mark.parametrize(
    ("partner", "obstacle"), [("kemnaker", None), ("kemnaker-phi", None), ("kemnaker-ppkk", "/data/programme"), ("bank-penyalur", "/type"), ("bpk", "/type")]
)
def test_a_period_is_closed_by_whoever_plans_its_programme(partner: str, obstacle: str | None) -> None:
    assert found(said("period.closed", partner=partner)) == ({("rjct.partner_not_entitled", obstacle)} if obstacle else set())


@pytest.mark.parametrize("kind", [kind for kind, data in WHOLE.items() if "original" in data])
def test_nothing_is_said_about_itself(kind: str) -> None:
    assert found(said(kind, original="e")) == {("rjct.original_unsuitable", "/data/original")}


@pytest.mark.parametrize("kind", ["duplicate.suspected", "duplicate.adjudicated"])
def test_two_different_events_are_compared(kind: str) -> None:
    assert found(said(kind, other="a")) == {("rjct.original_unsuitable", "/data/other")}
    assert found(said(kind, other={"source": "urn:salur:partner:kemnaker", "id": "a"})) == {("rjct.original_unsuitable", "/data/other")}
    assert found(said(kind, other="e")) == {("rjct.original_unsuitable", "/data/other")}


def test_a_complaint_and_a_finding_are_about_known_codes_if_they_name_any() -> None:
    unknown = {("rjct.unknown_programme", "/data/programme"), ("rjct.unknown_country", "/data/country")}
    assert found(said("complaint.raised", programme="bsuu", country="id")) == unknown
    assert found(said("finding.raised", programme="bsuu", country="id")) == unknown
    assert found(said("period.closed", programme="bsuu", country="id")) == unknown


def test_a_complaint_goes_on_to_a_registered_partner() -> None:
    assert found(said("complaint.forwarded", to="bank-penyalurr")) == {("rjct.unknown_partner", "/data/to")}


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"quantity": 5}, {("rjct.missing_field", "/data/unit")}),
        ({"unit": "package"}, {("rjct.missing_field", "/data/quantity")}),
        ({"amount": 5}, {("rjct.missing_field", "/data/currency")}),
        ({"currency": "IDR"}, {("rjct.missing_field", "/data/amount")}),
        ({"quantity": "0.5", "unit": "package"}, {("rjct.quantity_invalid", "/data/quantity")}),
        ({"quantity": -5, "unit": "package"}, {("rjct.quantity_invalid", "/data/quantity")}),
        ({"quantity": 5, "unit": "paket"}, {("rjct.unknown_unit", "/data/unit")}),
        ({"amount": "0.001", "currency": "IDR"}, {("rjct.quantity_invalid", "/data/amount")}),
        ({"amount": 5, "currency": "USD"}, {("rjct.currency_invalid", "/data/currency")}),
        ({"amount": "419860000000", "currency": "IDR", "quantity": 6945, "unit": "package"}, set()),
    ],
)
def test_a_number_of_a_finding_has_its_unit_and_is_exact(members: Mapping[str, object], expected: set[tuple[str, str]]) -> None:
    assert found(event("finding.raised", {"finding": "tanpa laporan", "text": "tanpa laporan", **members}, partner="bpk")) == expected


@pytest.mark.parametrize(
    ("period", "batches", "expected"),
    [
        (None, None, {("rjct.missing_field", "/data/period")}),
        (None, ["bsu-2020-t1"], {("rjct.value_invalid", "/data/batches/0")}),
        (None, ["batch/bsu-2020-t1"], set()),
        (("2020-02-30", "2020-12-31"), None, {("rjct.time_invalid", "/data/period/start")}),
        (("2020-12-31", "2020-01-01"), None, {("rjct.value_invalid", "/data/period/end")}),
        (("2020-06-01", "2020-06-01"), None, set()),
        (("2020-06-01", "2020-05-31T18:00:00Z"), None, set()),
    ],
)
def test_a_closing_closes_days_that_exist_or_batches(period: tuple[str, str] | None, batches: list[str] | None, expected: set[tuple[str, str]]) -> None:
    data: dict[str, object] = {"programme": "bsu", "country": "ID"}
    if period is not None:
        data["period"] = {"start": period[0], "end": period[1]}
    if batches is not None:
        data["batches"] = batches
    assert found(event("period.closed", data)) == expected


@pytest.mark.parametrize("kind", WHOLE)
def test_nothing_is_said_before_it_happened_and_nothing_said_lacks_evidence(kind: str) -> None:
    assert found(said(kind, time="2999-01-01T00:00:00Z")) == {("rjct.time_in_future", "/time")}
    whole = said(kind)
    assert flags(whole, REGISTRY, whole.occurred_at_ms) == []
