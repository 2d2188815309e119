"""The ledger's contract, part two: events that wait for others, on both databases."""

import pytest
import sqlalchemy as sa

from consumers.ledger import booking
from models import schema
from tests.consumers.ledger.desk import Desk, amendment, annotation, masks, moved, payment, registered, reversal


def give_up(desk: Desk, *numbers: int) -> None:
    """Do what an operator's command does."""
    with desk.engine.begin() as connection:
        connection.execute(sa.update(schema.held).where(schema.held.c.number.in_(numbers)).values(give_up=True))


def test_a_held_event_is_decided_again_in_the_booking_of_its_original(desk: Desk) -> None:
    desk.book(reversal("r", "a"), masks("a"))
    rows = desk.rows
    assert [(row.disposition, row.first) for row in rows] == [("held", None), ("accepted", None), ("accepted", 1)]
    assert desk.sums("item") == {}
    assert desk.intake() == {"received": 2, "accepted": 2, "duplicate": 0, "conflict": 0, "rejected": 0, "held": 0}
    desk.check()


@pytest.mark.parametrize("restart", [False, True], ids=["same worker", "fresh worker"])
def test_a_held_event_is_decided_again_in_a_later_booking(desk: Desk, restart: bool) -> None:  # noqa: FBT001
    desk.book(reversal("r", "a"), amendment("m", "b", masks("x", 7)))
    assert desk.intake()["held"] == 2
    if restart:
        desk.restart()
    desk.book(masks("b", 50), masks("a", 50))
    assert desk.dispositions == ["held", "held", "accepted", "accepted", "accepted", "accepted"]
    assert [row.first for row in desk.rows] == [None, None, None, None, 1, 2]
    assert desk.sums("item") == {"masker": 7}
    assert desk.partner_counts() == {("kdei-taipei", "accepted"): 4}
    desk.check()


def test_the_second_decision_stands_at_the_place_of_the_first(desk: Desk) -> None:
    desk.book(reversal("r", "a"))
    desk.inbox.put(masks("a"), partition=2)
    desk.book_next()
    d = schema.decisions.c
    with desk.engine.connect() as connection:
        places = connection.execute(sa.select(d.topic, d.partition, d.offset, d.sha256, d.raw).where(d.event_id == "r")).all()
    assert len(places) == 2
    assert places[0] == places[1]


def test_a_chain_of_held_events_is_released_at_once(desk: Desk) -> None:
    desk.book(reversal("r3", "r2"), reversal("r2", "r1"))
    desk.book(reversal("r1", "a"))
    assert desk.dispositions == ["held"] * 3
    desk.restart()
    desk.book(masks("a"))
    assert desk.intake()["accepted"] == 4
    assert desk.sums("item") == {}  # r3 took r2 back, so r1 stands
    desk.check()


def test_repeats_of_a_held_event_are_duplicates_and_conflicts_of_it(desk: Desk) -> None:
    desk.book(reversal("r", "a"), reversal("r", "a"))
    desk.restart()
    desk.book(reversal("r", "b"))
    assert desk.dispositions == ["held", "duplicate", "conflict"]
    desk.book(masks("a"), reversal("r", "a"))
    assert desk.dispositions[3:] == ["accepted", "duplicate", "accepted"]
    desk.check()


@pytest.mark.parametrize("batches", [1, 4])
def test_a_held_event_may_be_refused_when_it_is_decided_again(desk: Desk, batches: int) -> None:
    events = [reversal("r1", "a"), reversal("r2", "a"), masks("a"), reversal("r2", "a")]
    for start in range(0, 4, 4 // batches):
        desk.book(*events[start : start + 4 // batches])
        desk.restart()
    rejected = [row for row in desk.rows if row.disposition == "rejected"]
    assert rejected[0].reasons == ["rjct.already_reversed"]
    assert rejected[0].first == 2
    assert desk.sums("item") == {}
    assert desk.intake()["held"] == 0
    desk.check()
    # Refused, it claims its id no longer.
    desk.book(masks("r2", 5))
    assert desk.sums("item") == {"masker": 5}


def test_what_an_operator_gives_up_is_refused_and_frees_its_id(desk: Desk) -> None:
    desk.book(reversal("r", "a"), reversal("s", "a"), annotation("n", "never"))
    give_up(desk, 1, 3)
    record = desk.ledger.book([])
    assert record is not None
    assert record.given_up == [1, 3]
    assert [(row.disposition, row.reasons, row.first) for row in desk.rows[3:]] == [("rejected", ["rjct.given_up"], 1), ("rejected", ["rjct.given_up"], 3)]
    desk.book(reversal("r", "other"), masks("a"))
    assert [row.disposition for row in desk.rows[5:]] == ["held", "accepted", "accepted"]
    assert desk.rows[7].first == 2
    assert desk.partner_counts() == {("kdei-taipei", "accepted"): 2, ("kdei-taipei", "rejected"): 2, ("kdei-taipei", "held"): 1}
    desk.check()


def test_giving_up_comes_too_late_for_an_event_whose_original_just_came(desk: Desk) -> None:
    desk.book(reversal("r", "a"))
    give_up(desk, 1)
    record = desk.book(masks("a"))
    assert record is not None
    assert (record.released, record.given_up) == ([1], [])
    assert desk.dispositions == ["held", "accepted", "accepted"]
    assert desk.ledger.book([]) is None
    desk.check()


def test_what_was_given_up_stays_so_when_its_original_comes(desk: Desk) -> None:
    desk.book(reversal("r", "a"))
    give_up(desk, 1)
    desk.ledger.book([])
    desk.restart()
    desk.book(masks("a"))
    assert desk.sums("item") == {"masker": 100}
    assert desk.dispositions == ["held", "rejected", "accepted"]
    desk.check()


def test_many_are_released_in_bookings_of_bounded_size(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(booking, "MAX_RELEASED", 3)
    desk.book(*(annotation(f"n{number}", "a") for number in range(8)), reversal("r", "n7"))
    desk.book(masks("a"))
    assert desk.intake()["held"] == 6
    other = Desk(desk.engine, inbox=desk.inbox, migrate=False)
    while other.ledger.has_due:
        other.ledger.book([])
    assert desk.ledger.book([]) is None
    assert desk.intake() == {"received": 10, "accepted": 10, "duplicate": 0, "conflict": 0, "rejected": 0, "held": 0}
    assert [row.first for row in desk.rows if row.first] == list(range(1, 10))
    desk.check()


def test_giving_up_reaches_one_that_is_due_but_not_yet_decided(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(booking, "MAX_RELEASED", 1)
    desk.book(annotation("n1", "a"), annotation("n2", "a"))
    give_up(desk, 2)
    desk.book(masks("a"))
    while desk.ledger.has_due:
        desk.ledger.book([])
    assert desk.dispositions == ["held", "held", "accepted", "accepted", "rejected"]
    desk.check()


def test_a_registration_can_wait_for_nobody_but_changes_what_a_held_event_meets(desk: Desk) -> None:
    line = {"line": 1, "item": "sarung-tangan", "quantity": 4, "unit": "piece"}
    replacement = masks("x", data={"lines": [line]})
    desk.book(amendment("m", "a", replacement))
    assert desk.dispositions == ["held"]
    desk.book(registered("i", "item", {"code": "sarung-tangan", "unit": "piece"}), masks("a"))
    assert desk.dispositions == ["held", "accepted", "accepted", "accepted"]
    assert desk.sums("item") == {"sarung-tangan": 4}
    desk.check()


def test_returns_and_receipts_wait_too(desk: Desk) -> None:
    desk.book(payment("back", "returned", original="out", reason="account_closed"), moved("in", "received", 5, original="con"))
    assert desk.dispositions == ["held", "held"]
    desk.restart()
    desk.book(payment("out"), moved("con", "dispatched", 5))
    assert desk.intake()["accepted"] == 4
    desk.check()


def test_waiting_for_something_that_waits_ends_when_both_are_there(desk: Desk) -> None:
    desk.book(annotation("n", "r"), reversal("r", "a"))
    give_up(desk, 2)
    desk.ledger.book([])
    assert desk.intake()["held"] == 1  # the annotation still waits for an event with the id r
    desk.book(masks("r", 3))
    assert desk.intake()["held"] == 0
    desk.check()
