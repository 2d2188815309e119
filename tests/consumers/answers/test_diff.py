"""A diff names every event between two moments and its cause, and the causes are exactly the difference of two tallies."""

import datetime

import pytest
import sqlalchemy as sa

from consumers.answers.diff import Diff, Moment, diff
from consumers.answers.filters import CellFilter
from models import schema
from models.errors import ConfigurationError
from tests.consumers.books import FIRST_BOOKED_AT, Books, Told, cell
from tests.consumers.ledger.desk import Desk, amendment, masks, payment, reversal, wire

MINUTE = 60_000
PAID = cell(table="disbursements", programme="bsu", item="uang", measure="returned", unit="payment")


def changes(books: Books, first: Moment, last: Moment, wanted: CellFilter | None = None, *, cursor: int | None = None, limit: int | None = 100) -> Diff:
    with books.engine.connect() as connection:
        return diff(connection, wanted or CellFilter(), first, last, cursor=cursor, limit=limit)


def causes(answer: Diff) -> list[tuple[int, str]]:
    return [(event.event.decision, event.cause) for event in answer.events]


@pytest.fixture
def year(books: Books) -> Books:
    """Two bookings with a delivery each, and a third with one event of every cause; they are a minute apart."""
    books.book(Told(postings=[(cell(), 100)]))
    books.book(Told(postings=[(cell(lot="b"), 10)], occurred_at=books.booked_at(2)))
    books.book(
        Told(postings=[(cell(), 7)], occurred_at=books.booked_at(2) + 1),
        Told(postings=[(cell(), 5)], occurred_at=books.booked_at(2)),
        Told(postings=[(cell(), -100)], corrects=(1, "reversal"), type="salur.event.reversed.v1"),
        Told(postings=[(PAID, 2)], type="salur.disbursement.returned.v1"),
        Told(postings=[(cell(lot="b"), -10), (cell(lot="c"), 10)], corrects=(2, "amendment"), type="salur.event.amended.v1"),
        Told(postings=[(cell(destination="HK"), 3)], occurred_at=books.booked_at(2) + 1),
    )
    return books


def test_every_event_has_its_cause(year: Books) -> None:
    answer = changes(year, 2, 3)
    assert causes(answer) == [(3, "new"), (4, "late"), (5, "correction"), (6, "return"), (7, "reclassification"), (8, "new")]
    assert answer.events[2].names is not None
    assert (answer.events[2].names.decision, answer.events[2].names.kind) == (1, "reversal")


def test_the_causes_are_the_difference_of_two_tallies(year: Books) -> None:
    shown = changes(year, 2, 3).to_json()
    assert shown["adds_up"] is True
    assert shown["total"] == 6
    masks, returned = shown["figures"]
    assert masks == {
        "measure": "distributed",
        "unit": "piece",
        "before": "110",
        "after": "25",
        "change": "-85",
        "causes": [
            {"cause": "new", "quantity": "10", "events": 2},
            {"cause": "late", "quantity": "5", "events": 1},
            {"cause": "correction", "quantity": "-100", "events": 1},
            {"cause": "reclassification", "quantity": "0", "moved": "10", "events": 1},
        ],
        "adds_up": True,
    }
    assert (returned["before"], returned["after"]) == (None, "2")


def test_what_moves_out_of_the_filter_is_a_correction_of_its_figure(year: Books) -> None:
    answer = changes(year, 2, 3, CellFilter(values={"lot": frozenset({"b"}), "table": frozenset({"distributions"})}))
    assert causes(answer) == [(7, "correction")]
    assert answer.adds_up


def test_an_amendment_that_also_changes_the_quantity_is_a_correction(books: Books) -> None:
    books.book(Told(postings=[(cell(), 10)]))
    books.book(Told(postings=[(cell(), -10), (cell(destination="HK"), 9)], corrects=(1, "amendment")))
    assert causes(changes(books, 1, 2)) == [(2, "correction")]


def test_a_moment_between_bookings_tells_late_from_new_by_itself(year: Books) -> None:
    moment = datetime.datetime.fromtimestamp((year.booked_at(2) + MINUTE // 2) / 1000, datetime.UTC)
    assert [cause for _, cause in causes(changes(year, moment, 3))] == ["late", "late", "correction", "return", "reclassification", "late"]


def test_before_the_first_booking_everything_was_new(year: Books) -> None:
    answer = changes(year, 0, 2)
    assert [cause for _, cause in causes(answer)] == ["new", "new"]
    assert [(figure.before, figure.after, figure.adds_up) for figure in answer.figures] == [(None, 110, True)]


def test_between_a_booking_and_itself_nothing_changed(year: Books) -> None:
    answer = changes(year, 3, 3)
    assert (answer.total, answer.adds_up, answer.to_json()["figures"]) == (0, True, [])


def test_the_later_moment_comes_second(year: Books) -> None:
    with pytest.raises(ConfigurationError, match="booking 3 is after booking 2"):
        changes(year, 3, 2)


def test_parts_of_an_interval_add_up_to_the_whole(year: Books) -> None:
    parts = [changes(year, first, first + 1) for first in range(3)]
    whole = changes(year, 0, 3)
    assert sum(part.total or 0 for part in parts) == whole.total == 8
    assert [event.event.decision for part in parts for event in part.events] == [event.event.decision for event in whole.events]


def test_pages_follow_one_another_without_a_gap_and_each_adds_up(books: Books) -> None:
    for _ in range(4):
        books.book(*(Told(postings=[(cell(), 1)]) for _ in range(3)))
    seen: list[int] = []
    cursor = None
    while True:
        page = changes(books, 1, 4, cursor=cursor, limit=4)
        assert (page.total, page.adds_up) == (9, True)
        seen += [event.event.decision for event in page.events]
        cursor = page.next
        if cursor is None:
            break
    assert seen == list(range(4, 13))


def test_simulated_partners_are_left_out_unless_asked_for_and_then_named(books: Books) -> None:
    books.book(Told(postings=[(cell(), 5)]), Told(postings=[(cell(simulated=True, partner="simulasi-a"), 7)], partner="simulasi-a"))
    assert [figure.after for figure in changes(books, 0, 1).figures] == [5]
    both = changes(books, 0, 1, CellFilter(simulated=frozenset({True, False})))
    assert [(figure["change"], figure["simulated"]) for figure in both.to_json()["figures"]] == [("5", False), ("7", True)]


def test_a_difference_that_no_event_explains_is_told(year: Books) -> None:
    with year.engine.begin() as connection:
        connection.execute(sa.update(schema.figures).where(schema.figures.c.destination == "HK").values(steps=4))
    answer = changes(year, 2, 3)
    assert not answer.adds_up
    assert [figure["adds_up"] for figure in answer.to_json()["figures"]] == [False, True]


def test_an_event_shows_where_its_bytes_are(year: Books) -> None:
    event = changes(year, 2, 3).to_json()["events"][0]
    assert (event["decision"], event["booking"], event["partner"], event["id"], event["offset"]) == (3, 3, "kdei-taipei", "event-3", 3)
    assert event["occurred_at"] == datetime.datetime.fromtimestamp((FIRST_BOOKED_AT + 2 * MINUTE + 1) / 1000, datetime.UTC).isoformat(
        timespec="milliseconds"
    ).replace("+00:00", "Z")
    assert event["changes"] == [{"measure": "distributed", "unit": "piece", "quantity": "7"}]


def test_a_correction_shows_its_own_reason_and_a_revised_target_may_be_a_reclassification(desk: Desk) -> None:
    line = {"line": 1, "item": "masker", "quantity": 500, "unit": "piece"}
    target = {"programme": "bantuan-pmi", "country": "TW", "lines": [line]}
    desk.book(masks("a"), masks("b"), payment("s"), wire("target.set", target, event_id="t", partner="kemnaker"))
    revised = {**target, "lines": [{**line, "item": "sabun"}], "original": "t", "reason": "soap instead"}
    desk.book(
        reversal("r", "a"),
        amendment("m", "b", masks("x", 90)),
        payment("back", "returned", payments=1, amount="1200000", reason="frozen", original="s"),
        wire("target.revised", revised, event_id="t2", partner="kemnaker"),
    )
    wanted = CellFilter(values={"table": frozenset({"distributions", "disbursements", "plans"})})
    with desk.engine.connect() as connection:
        answer = diff(connection, wanted, 1, 2)
    shown = [(event.event.id, event.cause, event.event.reason, event.names.id if event.names else None) for event in answer.events]
    assert shown == [
        ("r", "correction", "entered_twice", "a"),
        ("m", "correction", "wrong_quantity", "b"),
        ("back", "return", "frozen", "s"),
        ("t2", "reclassification", "soap instead", "t"),
    ]
    assert answer.adds_up
    assert answer.to_json()["events"][3]["changes"] == [{"measure": "target", "unit": "piece", "quantity": "0", "moved": "500"}]


def test_an_event_that_waited_for_its_original_is_there_when_it_was_booked(desk: Desk) -> None:
    desk.book(reversal("r", "a"))
    desk.book(masks("a"))
    with desk.engine.connect() as connection:
        assert diff(connection, CellFilter(), 0, 1).total == 0
        answer = diff(connection, CellFilter(), 1, 2)
    assert [(event.event.id, event.cause) for event in answer.events] == [("a", "late"), ("r", "correction")]
    assert answer.adds_up


def test_between_moments_far_apart_the_causes_are_added_up_when_that_is_asked_for(books: Books) -> None:
    for number in range(1, 12):
        books.book(Told(postings=[(cell(), number)]))
    with books.engine.connect() as connection:
        whole, page = (diff(connection, CellFilter(), 2, 9, limit=3, adding=adding) for adding in (True, False))
        rest = diff(connection, CellFilter(), 2, 9, limit=100, cursor=page.next, adding=False)
        assert diff(connection, CellFilter(), 2, 2, adding=False).to_json()["figures"] == []
    assert (page.total, page.adds_up, page.next) == (None, None, whole.next)
    assert [event.to_json() for event in page.events] == [event.to_json() for event in whole.events]
    assert len(rest.events) == 4
    changed = [{**figure, "causes": None, "adds_up": None} for figure in whole.to_json()["figures"]]
    assert page.to_json()["figures"] == changed
