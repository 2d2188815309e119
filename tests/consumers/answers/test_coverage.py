"""Evidence is counted by deliveries and by value; what was shown later, verified, reversed or set right is one delivery still."""

from typing import Any

import pytest

from consumers.answers.coverage import coverage
from consumers.answers.filters import CellFilter
from tests.consumers.books import Books, Told, cell

GIVEN = cell()
SHOWN = cell(measure="evidenced")
LATER = cell(measure="evidenced-later")
VERIFIED = cell(measure="verified")


@pytest.fixture
def filled(books: Books) -> Books:
    """Five deliveries of masks: with evidence, shown later, verified, without anything, and reversed."""
    books.book(Told(postings=[(GIVEN, 100), (SHOWN, 100)]), Told(postings=[(GIVEN, 60)]), Told(postings=[(GIVEN, 30)]), Told(postings=[(GIVEN, 10)]))
    books.book(Told(postings=[(LATER, 60)], corrects=(2, "evidence")), Told(postings=[(VERIFIED, 100)], corrects=(1, "verification")))
    books.book(Told(postings=[(GIVEN, 5), (SHOWN, 5)]))
    books.book(Told(postings=[(GIVEN, -5), (SHOWN, -5)], corrects=(7, "reversal")))
    return books


def rows(books: Books, by: tuple[str, ...] = ("programme", "partner", "place"), **wanted: Any) -> list[dict[str, Any]]:
    with books.engine.connect() as connection:
        found: list[dict[str, Any]] = coverage(connection, CellFilter(**wanted), by=by).to_json()["rows"]
    return found


def test_every_delivery_is_evidenced_evidenced_later_or_without(filled: Books) -> None:
    [row] = rows(filled)
    assert {name: row[name] for name in ("delivered", "evidenced", "evidenced-later", "verified", "without")} == {
        "delivered": {"events": 4, "quantity": "200"},
        "evidenced": {"events": 1, "quantity": "100"},
        "evidenced-later": {"events": 1, "quantity": "60"},
        "verified": {"events": 1, "quantity": "100"},
        "without": {"events": 2, "quantity": "40"},
    }
    assert (row["programme"], row["partner"], row["place"], row["unit"]) == ("bantuan-pmi", "kdei-taipei", "unknown", "piece")


def test_percentages_carry_their_two_figures(filled: Books) -> None:
    [row] = rows(filled)
    assert row["percent"]["with_evidence"]["quantity"] == {"percent": "80.00", "part": "160", "whole": "200", "fraction": "4/5"}
    assert row["percent"]["with_evidence"]["events"] == {"percent": "50.00", "part": 2, "whole": 4, "fraction": "1/2"}
    assert row["percent"]["verified"]["quantity"]["percent"] == "50.00"


def test_an_older_booking_shows_what_had_been_shown_by_then(filled: Books) -> None:
    [row] = rows(filled, as_of=1)
    assert (row["evidenced"]["events"], row["evidenced-later"]["events"], row["verified"]["events"]) == (1, 0, 0)
    [row] = rows(filled, as_of=3)
    assert row["delivered"] == {"events": 5, "quantity": "205"}


def test_an_amended_delivery_is_one_with_the_value_that_stands(filled: Books) -> None:
    filled.book(
        Told(postings=[(GIVEN, -60), (GIVEN._replace(place="31.71"), 70), (LATER, -60), (LATER._replace(place="31.71"), 70)], corrects=(2, "amendment"))
    )
    assert [(row["place"], row["delivered"], row["evidenced-later"]["quantity"]) for row in rows(filled, by=("place",))] == [
        ("31.71", {"events": 1, "quantity": "70"}, "70"),
        ("unknown", {"events": 3, "quantity": "140"}, "0"),
    ]


def test_units_stay_apart_and_lots_of_one_event_count_once(books: Books) -> None:
    paid = cell(table="disbursements", programme="bsu", item="uang", measure="confirmed", unit="payment", holder="", lot="")
    books.book(Told(postings=[(paid, 2), (paid._replace(unit="IDR"), 240)]), Told(postings=[(GIVEN, 1), (GIVEN._replace(lot="L1"), 2)]))
    found = {(row["programme"], row["unit"]): row["delivered"] for row in rows(books)}
    assert found == {
        ("bsu", "payment"): {"events": 1, "quantity": "2"},
        ("bsu", "IDR"): {"events": 1, "quantity": "2.4"},
        ("bantuan-pmi", "piece"): {"events": 1, "quantity": "3"},
    }


def test_simulated_partners_have_rows_of_their_own_and_only_when_asked_for(filled: Books) -> None:
    filled.book(Told(postings=[(GIVEN._replace(simulated=True), 9)], partner="simulasi-a"))
    assert len(rows(filled)) == 1
    both = rows(filled, simulated=frozenset({True, False}))
    assert [(row["simulated"], row["delivered"]["quantity"]) for row in both] == [(False, "200"), (True, "9")]


def test_nothing_delivered_is_no_row_and_no_division(books: Books) -> None:
    books.book(Told(postings=[(cell(measure="produced"), 9)]))
    assert rows(books) == []
