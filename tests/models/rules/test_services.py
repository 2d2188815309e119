"""Services: each counts its own kind of item, and says whom it reached or how much was done."""

from collections.abc import Mapping
from typing import Any, Final

import pytest

from models.rules.catalogue import violations
from tests.models.deliveries import NOW_MS, REGISTRY, event

PAID: Final = {"line": 1, "payments": 2, "amount": "2400000", "currency": "IDR"}


def found(delivery: Any) -> set[tuple[str, str]]:
    """Return code and place of everything that is wrong."""
    return {(violation.code, violation.pointer) for violation in violations(delivery, REGISTRY, NOW_MS)}


def service(kind: str, line: Mapping[str, object], **data: object) -> Any:
    """Return a service of Kemnaker with one line."""
    return event(kind, {"programme": "bansos-publik", "country": "ID", "lines": [{"line": 1, **line}], **data})


@pytest.mark.parametrize(
    ("kind", "items"),
    [
        ("group.assisted", {"kelompok-wirausaha", "kelompok-padat-karya"}),
        ("participants.engaged", {"peserta", "penempatan", "informasi-pasar-kerja"}),
        ("training.offered", {"pelatihan"}),
        ("training.delivered", {"peserta", "penempatan", "informasi-pasar-kerja"}),
        ("persondays.worked", {"hok"}),
        ("placement.made", {"peserta", "penempatan", "informasi-pasar-kerja"}),
        ("service.delivered", {"dosis-vaksin", "penyemprotan", "peserta", "penempatan", "informasi-pasar-kerja"}),
    ],
)
def test_an_item_belongs_in_the_services_that_are_counted_in_its_unit(kind: str, items: set[str]) -> None:
    for item in ("kelompok-wirausaha", "kelompok-padat-karya", "peserta", "penempatan", "informasi-pasar-kerja", "pelatihan", "hok", "dosis-vaksin"):
        given = service(kind, {"item": item, "quantity": 5, "unit": REGISTRY.items[item].unit})
        assert found(given) == (set() if item in items else {("rjct.item_unsuitable", "/data/lines/0/item")})
    assert ("rjct.item_unsuitable", "/data/lines/0/item") in found(service(kind, {"item": "masker", "quantity": 5, "unit": "piece"}))


@pytest.mark.parametrize(("kind", "item"), [("participants.engaged", "peserta"), ("training.offered", "pelatihan"), ("persondays.worked", "hok")])
def test_what_reaches_nobody_else_needs_its_quantity(kind: str, item: str) -> None:
    assert found(service(kind, {"item": item, "recipients": {"count": 5, "unit": "person"}})) == {("rjct.missing_field", "/data/lines/0/quantity")}


@pytest.mark.parametrize(("kind", "item"), [("training.delivered", "peserta"), ("placement.made", "penempatan"), ("service.delivered", "dosis-vaksin")])
def test_a_service_may_know_only_whom_it_reached(kind: str, item: str) -> None:
    assert found(service(kind, {"item": item, "recipients": {"count": 5, "unit": "person"}})) == set()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ({"amount": "1000000", "currency": "IDR"}, set()),
        ({"amount": 0, "currency": "IDR"}, {("rjct.quantity_invalid", "/data/lines/0/amount")}),
        ({"amount": 1, "currency": "idr"}, {("rjct.currency_invalid", "/data/lines/0/currency")}),
        ({"amount": 1, "currency": "IDR", "recipients": {"count": 0, "unit": "person"}}, {("rjct.quantity_invalid", "/data/lines/0/recipients/count")}),
        ({"amount": 1, "currency": "IDR", "recipients": {"count": 1, "unit": "box"}}, {("rjct.unit_mismatch", "/data/lines/0/recipients/unit")}),
    ],
)
def test_proceeds_go_back_as_an_exact_amount(line: Mapping[str, object], expected: set[tuple[str, str]]) -> None:
    assert found(service("proceeds.reinvested", line)) == expected


def test_an_incentive_keeps_the_rules_of_payments() -> None:
    line = {"payments": 0, "amount": "0.001", "currency": "IDR"}
    assert found(service("incentive.paid", line)) == {("rjct.quantity_invalid", "/data/lines/0/payments"), ("rjct.quantity_invalid", "/data/lines/0/amount")}
    trained = event("incentive.paid", {"programme": "insentif-pelatihan-blk", "country": "ID", "lines": [PAID]}, partner="kemnaker-lattas")
    assert found(trained) == set()
