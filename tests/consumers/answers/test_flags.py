"""Flags are counted per flag, programme and partner as of any booking, and a flag opens to the events that raised it."""

import pytest

from consumers.answers.filters import CellFilter
from consumers.answers.flags import CODES, FlagsAnswer, flagged, flags, parse_flag, parse_flag_groups
from models.errors import ConfigurationError
from tests.consumers.books import Books, Told, cell
from tests.consumers.ledger.desk import Desk, masks, reversal

LATE = "flag.late"
NO_EVIDENCE = "flag.no_evidence"


def counts(books: Books, wanted: CellFilter | None = None, **options: object) -> list[tuple[str, str, int]]:
    with books.engine.connect() as connection:
        rows = flags(connection, wanted or CellFilter(), **options).rows  # type: ignore[arg-type]  # "by" and "flag" alone are given
    return [(row.flag, row.group.get("partner", ""), row.events) for row in rows]


def opened(books: Books, wanted: CellFilter | None = None, *, cursor: int | None = None, limit: int | None = 100) -> FlagsAnswer:
    with books.engine.connect() as connection:
        return flagged(connection, wanted or CellFilter(), LATE, cursor=cursor, limit=limit)


@pytest.fixture
def flagged_books(books: Books) -> Books:
    books.book(Told(postings=[(cell(), 1)], flags=[LATE, NO_EVIDENCE]), Told(postings=[(cell(), 1)], flags=[NO_EVIDENCE]))
    books.book(Told(postings=[(cell(), 1)], flags=[LATE], partner="kjri-hong-kong"), Told(postings=[(cell(), 1)]))
    books.book(Told(postings=[(cell(simulated=True), 1)], flags=[LATE], partner="simulasi-a"))
    return books


def test_flags_are_counted_per_partner_in_the_order_of_their_catalogue(flagged_books: Books) -> None:
    assert counts(flagged_books) == [(LATE, "kdei-taipei", 1), (LATE, "kjri-hong-kong", 1), (NO_EVIDENCE, "kdei-taipei", 2)]
    assert counts(flagged_books, by=()) == [(LATE, "", 2), (NO_EVIDENCE, "", 2)]
    assert counts(flagged_books, flag=NO_EVIDENCE) == [(NO_EVIDENCE, "kdei-taipei", 2)]
    assert counts(flagged_books, CellFilter(values={"partner": frozenset({"kjri-hong-kong"})})) == [(LATE, "kjri-hong-kong", 1)]


def test_an_older_booking_had_fewer_flags(flagged_books: Books) -> None:
    assert [sum(events for *_, events in counts(flagged_books, CellFilter(as_of=booking))) for booking in range(4)] == [0, 3, 4, 4]


def test_simulated_partners_are_counted_only_when_asked_for(flagged_books: Books) -> None:
    with flagged_books.engine.connect() as connection:
        rows = flags(connection, CellFilter(simulated=frozenset({True, False})), by=()).to_json()["rows"]
    assert [(row["flag"], row["events"], row["simulated"]) for row in rows] == [(LATE, 2, False), (LATE, 1, True), (NO_EVIDENCE, 2, False)]


def test_a_flag_opens_to_the_events_that_raised_it(flagged_books: Books) -> None:
    answer = opened(flagged_books)
    assert [(event.decision, event.partner, event.flags) for event in answer.events or ()] == [
        (1, "kdei-taipei", (LATE, NO_EVIDENCE)),
        (3, "kjri-hong-kong", (LATE,)),
    ]
    assert answer.to_json()["next"] is None
    assert [event.decision for event in opened(flagged_books, CellFilter(as_of=1)).events or ()] == [1]


def test_pages_follow_one_another_without_a_gap(books: Books) -> None:
    for _ in range(4):
        books.book(*(Told(postings=[(cell(), 1)], flags=[LATE]) for _ in range(3)), Told(flags=[LATE], partner="kjri-hong-kong"))
    seen: list[int] = []
    cursor = None
    while True:
        page = opened(books, cursor=cursor, limit=5)
        seen += [event.decision for event in page.events or ()]
        cursor = page.next
        if cursor is None:
            break
    assert seen == list(range(1, 17))


def test_a_flag_is_named_with_or_without_its_prefix() -> None:
    assert [parse_flag(word) for word in ("late", "flag.late", "No-Evidence")] == [LATE, LATE, NO_EVIDENCE]
    with pytest.raises(ConfigurationError, match="'over_budget'"):
        parse_flag("overbudget")
    assert parse_flag_groups("partner, programme") == ("partner", "programme")
    with pytest.raises(ConfigurationError, match="'partner'"):
        parse_flag_groups("partners")


def test_what_a_ledger_flags_is_what_its_decisions_say(desk: Desk) -> None:
    desk.book(*(masks(f"m{number}", number + 1, partner="kdei-taipei") for number in range(4)))
    desk.book(masks("m9", 10_000), reversal("r1", "m1"))
    told = [(flag, row.number) for row in desk.rows for flag in row.flags]
    assert told
    with desk.engine.connect() as connection:
        assert {row.flag: row.events for row in flags(connection, CellFilter(), by=()).rows} == {
            flag: sum(1 for other, _ in told if other == flag) for flag, _ in told
        }
        for flag in {flag for flag, _ in told}:
            assert flag in CODES
            answer = flagged(connection, CellFilter(), flag)
            assert [event.decision for event in answer.events or ()] == [number for other, number in told if other == flag]
