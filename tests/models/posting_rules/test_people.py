"""People reached are a whole and its parts; what was delivered with evidence is shown once more."""

from collections import Counter
from typing import Any, Final

import pytest
from hypothesis import given
from msgspec import UNSET

from models.cells import DISBURSEMENTS, LedgerCell
from models.events.catalogue import DeliveryEvent, Event
from models.events.services import ParticipantsEngaged
from models.measures import DELIVERED, EVIDENCED, PARTS, RECIPIENTS
from models.postings import post
from tests.models.deliveries import REGISTRY, deliveries, figures, goods, goods_line, payment, service

EVIDENCE_MEMBER: Final = {"evidence": [{"kind": "bast", "reference": "BAST/12"}]}


@given(deliveries)
def test_the_parts_of_people_are_beside_the_whole_and_no_more_than_it(delivery: Event) -> None:
    assert isinstance(delivery, DeliveryEvent)
    postings = post(delivery, REGISTRY)
    wholes = {cell._replace(measure=""): delta for cell, delta in postings if cell.measure == RECIPIENTS}
    parts: Counter[tuple[LedgerCell, str]] = Counter()
    for cell, delta in postings:
        if cell.measure in PARTS:
            parts[cell._replace(measure=""), cell.measure.split(".")[1]] += delta
    every_line_says_its_whole = all(line.recipients is not UNSET for line in delivery.data.lines)
    if every_line_says_its_whole and not isinstance(delivery, ParticipantsEngaged):
        assert all(total <= wholes[cell] for (cell, _), total in parts.items())


@given(deliveries)
def test_what_is_shown_by_evidence_is_what_was_delivered_with_it(delivery: Event) -> None:
    postings = post(delivery, REGISTRY)
    assert isinstance(delivery, DeliveryEvent)
    delivered = {(cell._replace(measure=""), delta) for cell, delta in postings if cell.measure in DELIVERED}
    shown = {(cell._replace(measure=""), delta) for cell, delta in postings if cell.measure == EVIDENCED}
    assert shown == (delivered if delivery.data.evidence else set())


def test_known_parts_of_the_people_are_measures_of_their_own_and_nothing_is_posted_for_none() -> None:
    line = goods_line(recipients={"count": 9, "unit": "household"}, disaggregation={"sex": {"f": 5, "m": "3"}, "age": {"60-plus": 0}}, lot="L1")
    postings = {cell.measure: (cell, delta) for cell, delta in post(goods("distribution.recorded", line), REGISTRY) if RECIPIENTS in cell.measure}
    whole, _ = postings[RECIPIENTS]
    assert postings == {
        RECIPIENTS: (whole, 9),
        "recipients.sex.f": (whole._replace(measure="recipients.sex.f"), 5),
        "recipients.sex.m": (whole._replace(measure="recipients.sex.m"), 3),
    }


@pytest.mark.parametrize(
    ("parted", "unit"),
    [
        (service("participants.engaged", {"disaggregation": {"disability": {"yes": 1}}}), "person"),
        (service("training.delivered", {"disaggregation": {"disability": {"yes": 1}}}), "person"),
        (service("service.delivered", {"disaggregation": {"disability": {"yes": 1}}}), "person"),
        (goods("distribution.recorded", goods_line(disaggregation={"disability": {"yes": 1}})), "person"),
        (service("group.assisted", {"recipients": {"count": 9, "unit": "household"}, "disaggregation": {"disability": {"yes": 1}}}), "household"),
    ],
)
def test_parts_are_counted_in_the_unit_of_the_people_else_in_persons(parted: Event, unit: str) -> None:
    assert [(cell.unit, delta) for cell, delta in post(parted, REGISTRY) if cell.measure == "recipients.disability.yes"] == [(unit, 1)]


@pytest.mark.parametrize("kind", ["goods.produced", "goods.procured"])
def test_goods_that_reached_nobody_have_no_parts_and_no_evidence_of_delivery(kind: str) -> None:
    people: dict[str, Any] = {"recipients": {"count": 9, "unit": "person"}, "disaggregation": {"sex": {"f": 5}}}
    assert {cell.measure for cell, _ in post(goods(kind, goods_line(**people), **EVIDENCE_MEMBER), REGISTRY)} == {kind.removeprefix("goods."), "on-hand"}


@pytest.mark.parametrize("stage", ["instructed", "sent", "failed", "reissued", "refunded", "declared"])
def test_a_stage_that_delivers_nothing_has_no_parts_and_no_evidence_of_delivery(stage: str) -> None:
    line = {"line": 1, "payments": 2, "amount": 5, "currency": "IDR", "disaggregation": {"sex": {"f": 1}}}
    assert {cell.measure for cell, _ in post(payment(stage, line, **EVIDENCE_MEMBER), REGISTRY)} == {stage}


def test_a_payment_with_evidence_is_shown_in_payments_and_in_money_but_its_people_are_not() -> None:
    line = {"line": 1, "payments": 2, "amount": 5, "currency": "IDR", "recipients": {"count": 2, "unit": "person"}}
    assert figures(payment("confirmed", line, **EVIDENCE_MEMBER)) == {
        (DISBURSEMENTS, "uang", "confirmed", "payment"): 2,
        (DISBURSEMENTS, "uang", "confirmed", "IDR"): 500,
        (DISBURSEMENTS, "uang", "recipients", "person"): 2,
        (DISBURSEMENTS, "uang", "evidenced", "payment"): 2,
        (DISBURSEMENTS, "uang", "evidenced", "IDR"): 500,
    }


def test_an_empty_list_of_evidence_shows_nothing() -> None:
    assert not any(cell.measure == EVIDENCED for cell, _ in post(payment("confirmed", evidence=[]), REGISTRY))
