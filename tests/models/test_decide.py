"""The decision about one event, from values alone."""

from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given

from models.cells import LedgerCell, Posting
from models.corrections import AMENDMENT, REVERSAL, Chain
from models.decide import RECEIPT, RETURN, Accepted, Booked, Held, Link, Outcome, Rejected, decide
from models.events.catalogue import Event
from models.postings import post
from models.registry import Registry
from tests.models.deliveries import NOW_MS, REGISTRY, deliveries, event, goods, payment


class InLists:
    """Everything accepted so far, in lists."""

    def __init__(self) -> None:
        self.registry: Registry = REGISTRY.copy()
        self.cells: list[LedgerCell] = []
        self.accepted: list[tuple[Event, Accepted]] = []
        self.stock: Counter[tuple[str, str, str]] = Counter()

    def find(self, source: str, event_id: str) -> Booked | None:
        for number, (booked, outcome) in enumerate(self.accepted, start=1):
            if (booked.source, booked.id) == (source, event_id):
                link = outcome.link
                return Booked(number, booked, link.root if link is not None and link.kind in (REVERSAL, AMENDMENT) else number)
        return None

    def event(self, number: int) -> Event:
        return self.accepted[number - 1][0]

    def chain(self, root: int) -> Chain:
        chain = Chain(root, dict(self.accepted[root - 1][1].postings))
        for number, (_, outcome) in enumerate(self.accepted, start=1):
            if outcome.link is not None and outcome.link.root == root and outcome.link.kind in (REVERSAL, AMENDMENT):
                kind = REVERSAL if outcome.link.kind == REVERSAL else AMENDMENT
                chain.replay(number=number, target=outcome.link.target, kind=kind, postings=dict(outcome.postings))
        return chain

    def linked(self, root: int, kind: str) -> Sequence[int]:
        links = enumerate((outcome.link for _, outcome in self.accepted), start=1)
        return [number for number, link in links if link is not None and (link.root, link.kind) == (root, kind)]

    def numbered(self, postings: Sequence[Posting]) -> list[tuple[int, int]]:
        self.cells += [cell for cell, _ in postings if cell not in self.cells]
        return [(self.cells.index(cell) + 1, delta) for cell, delta in postings]

    def cell(self, number: int) -> LedgerCell:
        return self.cells[number - 1]

    def on_hand(self, cell: LedgerCell) -> int:
        return self.stock[cell.holder, cell.item, cell.measure]

    def take(self, one: Event) -> Outcome:
        outcome = decide(one, number=len(self.accepted) + 1, received_at=NOW_MS, before=self)
        if isinstance(outcome, Accepted):
            self.accepted.append((one, outcome))
            for number, delta in outcome.postings:
                cell = self.cell(number)
                self.stock[cell.holder, cell.item, cell.measure] += delta
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
    assert before.cells == cells


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
