"""The parts of the people reached make the whole, with what is unknown named; and a pack stays a pack."""

from typing import Any

from consumers.answers.conversions import conversions
from consumers.answers.filters import CellFilter
from consumers.answers.parts import parts_of_people
from models.registry import Registry
from tests.consumers.books import Books, Told, cell

PEOPLE = cell(measure="recipients", unit="person")


def rows(books: Books, by: tuple[str, ...] = ("destination",)) -> list[dict[str, Any]]:
    with books.engine.connect() as connection:
        found: list[dict[str, Any]] = parts_of_people(connection, CellFilter(), by=by).to_json()["rows"]
    return found


def test_what_nobody_told_is_unknown(books: Books) -> None:
    books.book(Told(postings=[(PEOPLE, 100), (PEOPLE._replace(measure="recipients.sex.f"), 60), (PEOPLE._replace(measure="recipients.sex.m"), 30)]))
    [row] = rows(books)
    assert row == {
        "destination": "TW",
        "unit": "person",
        "quantity": "100",
        "parts": {"sex": {"f": "60", "m": "30", "unknown": "10"}, "age": {"unknown": "100"}, "disability": {"unknown": "100"}},
    }


def test_those_engaged_are_part_of_the_whole(books: Books) -> None:
    engaged = cell(table="services", measure="engaged", unit="person", item="peserta", holder="", lot="")
    books.book(Told(postings=[(engaged, 40), (engaged._replace(measure="recipients.disability.yes"), 2)]), Told(postings=[(PEOPLE, 5)]))
    [row] = rows(books)
    assert (row["quantity"], row["parts"]["disability"]) == ("45", {"yes": "2", "unknown": "43"})


def test_people_whose_number_nobody_gave_are_at_least_their_known_parts(books: Books) -> None:
    books.book(Told(postings=[(PEOPLE._replace(measure="recipients.sex.f"), 4), (PEOPLE._replace(measure="recipients.age.18-24"), 6)]))
    [row] = rows(books)
    assert (row["quantity"], row["parts"]["sex"]["unknown"], row["parts"]["age"]["unknown"]) == ("6", "2", "0")


def test_a_pack_conversion_is_a_fact_with_source_and_date_about_known_items() -> None:
    registry = Registry.shipped()
    [fact] = conversions()["masker-kotak", "box"]
    assert fact.to_json()["into_quantity"] == "33000"
    assert (fact.qualifier, fact.date) == ("about", "2020-02-04")
    for (item, _), facts in conversions().items():
        assert item in registry.items
        assert all(one.into_item in registry.items and one.source for one in facts)
