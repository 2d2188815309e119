"""People reached are a whole and its parts; what was delivered with evidence is shown once more."""

from collections import Counter
from typing import Any, Final

import pytest
from hypothesis import given

from models.cells import DISBURSEMENTS, LedgerCell
from models.events.catalogue import DeliveryEvent, Event
from models.measures import DELIVERED, EVIDENCED, PARTS, RECIPIENTS
from models.postings import post
from tests.models.deliveries import REGISTRY, deliveries, figures, goods, goods_line, payment, service

EVIDENCE_MEMBER: Final = {"evidence": [{"kind": "bast", "reference": "BAST/12"}]}


@given(deliveries)
def test_the_parts_of_people_are_beside_the_whole_and_no_more_than_it(delivery: Event) -> None:
    assert isinstance(delivery, DeliveryEvent)
    postings = dict(post(delivery, REGISTRY))
    parts: Counter[tuple[LedgerCell, str]] = Counter()
    for cell, delta in postings.items():
        if cell.measure in PARTS:
            whole, dimension, _ = cell.measure.split(".")
            parts[cell._replace(measure=whole), dimension] += delta
    assert all(total <= postings[whole] for (whole, _), total in parts.items())


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


PARTED: Final[dict[str, Any]] = {"disaggregation": {"disability": {"yes": 1}}}
NINE_HOUSEHOLDS: Final[dict[str, Any]] = {"recipients": {"count": 9, "unit": "household"}}
PAID: Final = {"line": 1, "payments": 2, "amount": 5, "currency": "IDR", **PARTED}


@pytest.mark.parametrize(
    ("parted", "part", "unit"),
    [
        (service("participants.engaged", PARTED), "engaged.disability.yes", "person"),
        (service("participants.engaged", {**PARTED, **NINE_HOUSEHOLDS}), "engaged.disability.yes", "person"),
        (service("training.delivered", PARTED), "trained.disability.yes", "person"),
        (service("placement.made", PARTED), "placed.disability.yes", "person"),
        (service("training.delivered", {**PARTED, **NINE_HOUSEHOLDS}), "recipients.disability.yes", "household"),
        (service("group.assisted", {**PARTED, **NINE_HOUSEHOLDS}), "recipients.disability.yes", "household"),
        (goods("distribution.recorded", goods_line(**PARTED, **NINE_HOUSEHOLDS)), "recipients.disability.yes", "household"),
        (payment("confirmed", {**PAID, **NINE_HOUSEHOLDS}), "recipients.disability.yes", "household"),
    ],
)
def test_a_part_is_posted_beside_its_whole_under_its_name_and_in_its_unit(parted: Event, part: str, unit: str) -> None:
    postings = post(parted, REGISTRY)
    [(cell, delta)] = [posting for posting in postings if posting.cell.measure in PARTS]
    assert (cell.measure, cell.unit, delta) == (part, unit, 1)
    assert cell._replace(measure=part.partition(".")[0]) in dict(postings)


@pytest.mark.parametrize(
    "parted",
    [
        service("service.delivered", PARTED),
        service("group.assisted", PARTED),
        service("training.offered", PARTED),
        service("persondays.worked", {**PARTED, **NINE_HOUSEHOLDS}),
        goods("distribution.recorded", goods_line(**PARTED)),
        payment("confirmed", PAID),
        payment("paid", {**PAID, **NINE_HOUSEHOLDS}),
    ],
)
def test_parts_of_people_whose_number_is_not_posted_are_not_posted(parted: Event) -> None:
    assert not any(cell.measure in PARTS for cell, _ in post(parted, REGISTRY))


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
