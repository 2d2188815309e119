"""An explanation lists the events of exactly the cells asked for, and holds their sum against the figure."""

import hashlib

import pytest
import sqlalchemy as sa

from consumers.answers.explain import Explanation, explain
from consumers.answers.filters import CellFilter
from consumers.answers.tally import tally
from models import schema
from tests.consumers.books import Books, Told, cell


def explained(
    books: Books, wanted: CellFilter | None = None, *, cursor: int | None = None, limit: int = 100, newest_first: bool = False, adding: bool | None = None
) -> Explanation:
    with books.engine.connect() as connection:
        return explain(connection, wanted or CellFilter(), cursor=cursor, limit=limit, newest_first=newest_first, adding=adding)


def test_every_event_shows_where_its_bytes_are_and_what_it_adds(books: Books) -> None:
    books.book(Told(postings=[(cell(), 5), (cell(measure="recipients", unit="person"), 2)], raw=b'{"a":1}'))
    event = explained(books).to_json()["events"][0]
    assert event["sha256"] == hashlib.sha256(b'{"a":1}').hexdigest()
    assert (event["decision"], event["booking"], event["topic"], event["partition"], event["offset"]) == (1, 1, "aid.events.v1", 1, 1)
    assert (event["disposition"], event["source"], event["id"]) == ("accepted", "urn:salur:partner:kdei-taipei", "event-1")
    assert event["contributions"] == [
        {"measure": "distributed", "unit": "piece", "quantity": "5"},
        {"measure": "recipients", "unit": "person", "quantity": "2"},
    ] or event["contributions"] == [{"measure": "recipients", "unit": "person", "quantity": "2"}, {"measure": "distributed", "unit": "piece", "quantity": "5"}]


def test_the_events_add_up_to_the_figure(books: Books) -> None:
    for number in range(1, 8):
        books.book(Told(postings=[(cell(lot="a"), number), (cell(lot="b"), 1)]), Told(postings=[(cell(item="sabun"), 1)]))
    found = explained(books, CellFilter(values={"item": frozenset({"masker"})}))
    assert found.adds_up
    assert [(figure.steps, figure.events) for figure in found.figures] == [(35, 7)]
    assert found.total == 7


def test_a_row_of_a_tally_opens_to_its_own_events(books: Books) -> None:
    books.book(Told(postings=[(cell(day="2020-05-31"), 5)]), Told(postings=[(cell(day="2020-06-01"), 7)]), Told(postings=[(cell(item="sabun"), 7)]))
    with books.engine.connect() as connection:
        by = ("item", "month")
        wanted = CellFilter()
        for row in tally(connection, wanted, by=by).rows:
            opened = explain(connection, wanted.narrowed(row.key()))
            assert opened.adds_up
            assert [figure.steps for figure in opened.figures] == [row.steps]
            assert opened.total == row.events == 1


@pytest.mark.parametrize("newest_first", [False, True])
def test_pages_follow_one_another_without_a_gap(books: Books, *, newest_first: bool) -> None:
    for _ in range(4):
        books.book(*(Told(postings=[(cell(), 1)]) for _ in range(3)))
    seen: list[int] = []
    cursor = None
    while True:
        page = explained(books, cursor=cursor, limit=5, newest_first=newest_first)
        assert page.total == 12
        assert page.adds_up
        seen += [event.decision for event in page.events]
        cursor = page.next
        if cursor is None:
            break
    assert seen == sorted(range(1, 13), reverse=newest_first)


@pytest.mark.parametrize("newest_first", [False, True])
@pytest.mark.parametrize("item", ["masker", "sabun", "hand-sanitizer"])
def test_a_page_found_without_reading_the_rest_is_the_same_page(books: Books, item: str, *, newest_first: bool) -> None:
    for number in range(40):
        rare = [Told(postings=[(cell(item="sabun", day=f"2020-05-{number % 9 + 10}"), number)])] if number in (3, 4, 31) else []
        books.book(*(Told(postings=[(cell(), 1), (cell(lot="a"), 2)]) for _ in range(3)), *rare)
    wanted = CellFilter(values={"item": frozenset({item})}, as_of=37)
    cursor = None
    for _ in range(200):
        added, found = (explained(books, wanted, cursor=cursor, limit=7, newest_first=newest_first, adding=adding) for adding in (True, False))
        assert found.events == added.events
        assert found.next == added.next
        assert (found.adds_up, found.total) == (None, None) or not found.figures
        cursor = found.next
        if cursor is None:
            return
    raise AssertionError("the pages never end")


def test_corrections_are_linked_both_ways(books: Books) -> None:
    books.book(Told(postings=[(cell(), 5)]))
    books.book(Told(postings=[(cell(), -5)], corrects=(1, "reversal")))
    books.book(Told(postings=[(cell(), 5)], corrects=(2, "reversal")))
    original, reversal, restored = explained(books).events
    assert original.corrects is None
    assert [(link.decision, link.kind) for link in original.corrected_by] == [(2, "reversal")]
    assert reversal.corrects is not None
    assert reversal.corrects.decision == 1
    assert [link.id for link in reversal.corrected_by] == ["event-3"]
    assert restored.corrects is not None
    assert restored.corrects.decision == 2
    before = explained(books, CellFilter(as_of=1)).events
    assert before[0].corrected_by == ()


def test_an_increment_that_was_tampered_with_does_not_add_up(books: Books) -> None:
    books.book(Told(postings=[(cell(), 5)]))
    with books.engine.begin() as connection:
        connection.execute(sa.update(schema.figures).where(schema.figures.c.measure == "distributed").values(steps=6))
    assert not explained(books).adds_up
