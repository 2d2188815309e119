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
        "measure": "recipients",
        "unit": "person",
        "quantity": "100",
        "parts": {"sex": {"f": "60", "m": "30", "unknown": "10"}, "age": {"unknown": "100"}, "disability": {"unknown": "100"}},
    }


def test_a_part_is_one_of_its_own_whole_alone(books: Books) -> None:
    engaged = cell(table="services", measure="engaged", unit="person", item="peserta", holder="", lot="")
    books.book(Told(postings=[(engaged, 40), (engaged._replace(measure="engaged.disability.yes"), 2)]), Told(postings=[(PEOPLE, 5)]))
    assert [(row["measure"], row["quantity"], row["parts"]["disability"]) for row in rows(books)] == [
        ("recipients", "5", {"unknown": "5"}),
        ("engaged", "40", {"yes": "2", "unknown": "38"}),
    ]


def test_people_trained_or_placed_have_parts_where_something_is_known_of_them(books: Books) -> None:
    trained, placed = (cell(table="services", measure=measure, unit="person", item="peserta", holder="", lot="") for measure in ("trained", "placed"))
    books.book(Told(postings=[(trained, 20), (trained._replace(measure="trained.sex.f"), 20), (placed, 7)]))
    [row] = rows(books)
    assert (row["measure"], row["quantity"], row["parts"]["sex"], row["parts"]["age"]) == ("trained", "20", {"f": "20", "unknown": "0"}, {"unknown": "20"})


def test_a_pack_conversion_is_a_fact_with_source_and_date_about_known_items() -> None:
    registry = Registry.shipped()
    [fact] = conversions()["masker-kotak", "box"]
    assert fact.to_json()["into_quantity"] == "33000"
    assert (fact.qualifier, fact.date) == ("about", "2020-02-04")
    for (item, _), facts in conversions().items():
        assert item in registry.items
        assert all(one.into_item in registry.items and one.source for one in facts)
