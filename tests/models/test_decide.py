"""The decision about one event, from values alone."""

import pytest
from hypothesis import given

from models.book import Book
from models.corrections import REVERSAL
from models.decide import decide
from models.events.catalogue import Event
from models.naming import RECEIPT, RETURN
from models.outcomes import Accepted, Held, Link, Outcome, Rejected
from models.postings import post
from tests.models.deliveries import NOW_MS, REGISTRY, deliveries, event, goods, payment


class InLists(Book):
    """Everything accepted so far."""

    def __init__(self) -> None:
        super().__init__(REGISTRY.copy())
        self.accepted: list[tuple[Event, Accepted]] = []

    def take(self, one: Event) -> Outcome:
        outcome = decide(one, number=len(self.accepted) + 1, received_at=NOW_MS, before=self)
        if isinstance(outcome, Accepted):
            self.accepted.append((one, outcome))
            self.add(len(self.accepted), one, outcome)
        return outcome


def correction(kind: str, event_id: str, **data: object) -> Event:
    return event(f"event.{kind}", {"reason": "entered_twice", **data}, id=event_id)


@given(deliveries)
def test_an_accepted_event_posts_what_its_rule_says_once_per_cell(one: Event) -> None:
    before = InLists()
    outcome = before.take(one)
    assert isinstance(outcome, Accepted), outcome
    assert {before.cell(number): delta for number, delta in outcome.postings} == dict(post(one, REGISTRY))
    assert len({number for number, _ in outcome.postings}) == len(outcome.postings)


@given(deliveries)
def test_a_reversal_posts_the_opposite(one: Event) -> None:
    before = InLists()
    first = before.take(one)
    reversal = event("event.reversed", {"original": one.id, "reason": "entered_twice"}, partner=one.partner, id="r")
    second = before.take(reversal)
    assert isinstance(first, Accepted)
    assert isinstance(second, Accepted), second
    assert {number: -delta for number, delta in first.postings} == dict(second.postings)
    assert second.link == Link(1, 1, REVERSAL)


def test_what_names_something_unknown_is_held_for_it() -> None:
    before = InLists()
    assert before.take(correction("reversed", "r", original="later")) == Held("urn:salur:partner:kemnaker", "later")


@pytest.mark.parametrize("booked_first", [True, False])
def test_a_foreign_correction_is_refused_whether_its_original_is_there_or_not(booked_first: bool) -> None:  # noqa: FBT001
    before = InLists()
    if booked_first:
        before.take(payment("confirmed"))
    foreign = {"source": "urn:salur:partner:bank-penyalur", "id": "e"}
    outcome = before.take(correction("reversed", "r", original=foreign))
    assert isinstance(outcome, Rejected)
    assert [found.code for found in outcome.violations] == ["rjct.foreign_correction"]


@pytest.mark.parametrize("quantity", [7, 10_000])
def test_a_refused_amendment_numbers_no_cell(quantity: int) -> None:
    before = InLists()
    before.take(goods("goods.produced"))
    before.take(correction("reversed", "r", original="e"))
    cells = list(before.cells)
    line = {"line": 1, "item": "hand-sanitizer", "quantity": quantity, "unit": "litre"}
    replacement = {"programme": "bansos-publik", "country": "ID", "lines": [line]}
    outcome = before.take(correction("amended", "m", original="e", replacement=replacement))
    assert isinstance(outcome, Rejected), outcome
    assert list(before.cells) == cells


def test_an_amendment_is_judged_by_the_rules_of_its_original() -> None:
    before = InLists()
    before.take(goods("goods.produced"))
    wrong = {"programme": "no-such", "country": "ID", "lines": [{"line": 1, "item": "masker", "quantity": 1, "unit": "piece"}]}
    outcome = before.take(correction("amended", "m", original="e", replacement=wrong))
    assert isinstance(outcome, Rejected)
    assert {found.code for found in outcome.violations} == {"rjct.unknown_programme"}


def test_returns_and_receipts_are_linked_to_what_they_name() -> None:
    before = InLists()
    before.take(payment("sent"))
    returned = event(
        "disbursement.returned",
        {
            "programme": "bsu",
            "country": "ID",
            "original": "e",
            "reason": "account_closed",
            "lines": [{"line": 1, "payments": 3, "amount": "1", "currency": "IDR"}],
        },
        partner="bank-penyalur",
        id="b",
    )
    outcome = before.take(returned)
    assert isinstance(outcome, Accepted), outcome
    assert outcome.link == Link(1, 1, RETURN)
    assert "flag.return_exceeds_sent" in outcome.flags  # three payments, two were sent
    before.take(goods("consignment.dispatched", **{"from": "blk-padang", "to": "blk-lembang"}))
    assert before.take(correction("reversed", "never", original="nothing")) == Held("urn:salur:partner:kemnaker", "nothing")
    receipt = event(
        "consignment.received",
        {
            "programme": "bansos-publik",
            "country": "ID",
            "from": "blk-padang",
            "to": "blk-lembang",
            "original": "e",
            "lines": [{"line": 1, "item": "masker", "quantity": 10, "unit": "piece"}],
        },
        id="in",
    )
    outcome = before.take(receipt)
    assert isinstance(outcome, Accepted), outcome
    assert outcome.link == Link(3, 3, RECEIPT)
    assert "flag.received_exceeds_dispatched" not in outcome.flags
