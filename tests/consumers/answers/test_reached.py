"""People reached are never added up in silence: each figure carries the rule by which it was found."""

import hashlib
from typing import Any

import pytest
import sqlalchemy as sa

from consumers.answers.filters import CellFilter
from consumers.answers.reached import reached
from models import schema
from tests.consumers.books import Books, Told, cell
from tests.models.examples import encoded

PEOPLE = cell(measure="recipients", unit="person")


def rows(books: Books, by: tuple[str, ...] = ("destination",), **wanted: Any) -> list[dict[str, Any]]:
    with books.engine.connect() as connection:
        found: list[dict[str, Any]] = reached(connection, CellFilter(**wanted), by=by).to_json()["rows"]
    return found


def token(name: str) -> str:
    return f"hmac-sha256:k1:{hashlib.sha256(name.encode()).hexdigest()}"


def name_recipients(books: Books, number: int, *names: str) -> None:
    with books.engine.begin() as connection:
        for name in names:
            row = {"token": hashlib.sha256(token(name).encode()).digest(), "number": number}
            given = {"partner": "p", "programme": "x", "destination": "TW", "tranche": "unknown", "is_payment": False}
            connection.execute(sa.insert(schema.tokens), {**row, **given})


def test_one_programme_is_summed_as_service_contacts(books: Books) -> None:
    books.book(Told(postings=[(PEOPLE, 30)]), Told(postings=[(PEOPLE._replace(place="a"), 20)]))
    [row] = rows(books)
    assert (row["quantity"], row["rule"], row["events"], row["events_without_tokens"]) == ("50", "sum", 2, 2)
    assert "service contacts" in row["sentence"]


def test_of_several_programmes_in_one_place_the_highest_counts_and_places_are_summed(books: Books) -> None:
    other = PEOPLE._replace(programme="bansos-publik")
    books.book(
        Told(postings=[(PEOPLE, 30), (PEOPLE._replace(place="a"), 5)]),
        Told(postings=[(other, 12), (other._replace(place="a"), 8)]),
        Told(postings=[(PEOPLE, 1)]),
    )
    [row] = rows(books)
    assert (row["quantity"], row["rule"]) == ("39", "maximum")
    assert [(one["place"], one["programme"], one["quantity"], one["counts"]) for one in row["contacts"]] == [
        ("a", "bansos-publik", "8", True),
        ("a", "bantuan-pmi", "5", False),
        ("unknown", "bansos-publik", "12", False),
        ("unknown", "bantuan-pmi", "31", True),
    ]
    assert [(one["programme"], one["quantity"], one["rule"]) for one in rows(books, by=("programme",))] == [
        ("bansos-publik", "20", "sum"),
        ("bantuan-pmi", "36", "sum"),
    ]


def test_people_who_were_counted_themselves_are_reached_and_no_one_twice(books: Books) -> None:
    engaged = cell(table="services", measure="engaged", unit="person", item="peserta", holder="", lot="")
    trained = engaged._replace(measure="trained")
    books.book(Told(postings=[(engaged, 40)]), Told(postings=[(trained, 20), (trained._replace(measure="recipients"), 20)]), Told(postings=[(cell(), 99)]))
    [row] = rows(books)
    assert (row["quantity"], row["rule"], row["events"]) == ("60", "sum", 3)


def test_persons_and_households_stay_apart(books: Books) -> None:
    books.book(Told(postings=[(PEOPLE, 30), (PEOPLE._replace(unit="household"), 9)]))
    assert [(row["unit"], row["quantity"]) for row in rows(books)] == [("household", "9"), ("person", "30")]


def test_when_all_name_their_recipients_nobody_counts_twice(books: Books) -> None:
    books.book(Told(postings=[(PEOPLE, 3)]), Told(postings=[(PEOPLE._replace(programme="bansos-publik"), 2)]))
    name_recipients(books, 1, "a", "b", "c")
    name_recipients(books, 2, "c", "d")
    [row] = rows(books)
    assert (row["quantity"], row["rule"], row["events_without_tokens"]) == ("4", "distinct", 0)


def test_one_delivery_that_does_not_name_all_its_recipients_is_enough_for_another_rule(books: Books) -> None:
    books.book(Told(postings=[(PEOPLE, 3)]), Told(postings=[(PEOPLE, 2)]))
    name_recipients(books, 1, "a", "b", "c")
    name_recipients(books, 2, "c")
    [row] = rows(books)
    assert (row["quantity"], row["rule"], row["events_without_tokens"]) == ("5", "sum", 1)


def test_a_reversed_delivery_reached_nobody_and_an_amended_one_those_of_its_new_version(books: Books) -> None:
    data = {"programme": "bantuan-pmi", "country": "TW", "lines": [{"line": 1, "item": "masker", "quantity": 1, "unit": "piece"}]}
    envelope = {"specversion": "1.0", "id": "e", "source": "urn:salur:partner:kdei-taipei", "time": "2020-05-03T09:00:00+08:00"}
    given = {**envelope, "type": "salur.distribution.recorded.v1", "data": {**data, "tokens": [token("a"), token("b")]}}
    replaced = {"original": "e", "reason": "wrong_quantity", "replacement": {**data, "tokens": [token("x")]}}
    books.book(Told(postings=[(PEOPLE, 2)], raw=encoded(given)), Told(postings=[(PEOPLE, 7)]))
    name_recipients(books, 1, "a", "b")
    amended = encoded({**envelope, "type": "salur.event.amended.v1", "data": replaced})
    books.book(Told(postings=[(PEOPLE, -7)], corrects=(2, "reversal")), Told(postings=[(PEOPLE, -1)], corrects=(1, "amendment"), raw=amended))
    [row] = rows(books)
    assert (row["quantity"], row["rule"], row["events"]) == ("1", "distinct", 1)
    [before] = rows(books, as_of=1)
    assert (before["quantity"], before["rule"], before["events_without_tokens"]) == ("9", "sum", 1)


@pytest.mark.parametrize("by", [(), ("destination", "place"), ("month",)])
def test_a_row_may_be_of_any_scope(books: Books, by: tuple[str, ...]) -> None:
    books.book(Told(postings=[(PEOPLE, 30)]))
    [row] = rows(books, by=by)
    assert row["quantity"] == "30"
    assert [name in row for name in by] == [True] * len(by)
