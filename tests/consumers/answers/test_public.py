"""What is published keeps small counts of people hidden, shows the rest as it is, and answers no other cut."""

from typing import Any

import pytest

from consumers.answers.public import parse_level, public_tally
from models.errors import ConfigurationError
from tests.consumers.books import Books, Told, cell


def published(books: Books, by: str = "destination", **options: Any) -> dict[str, Any]:
    with books.engine.connect() as connection:
        return public_tally(connection, by=parse_level(tuple(filter(None, by.split(",")))), **options).to_json()


def reached(books: Books, **counts: int) -> None:
    for destination, count in counts.items():
        where = cell(destination=destination)
        books.book(Told(postings=[(where._replace(measure="recipients", unit="person"), count), (where, 10 * count)]))


def test_a_small_count_is_hidden_with_another_and_with_what_is_counted_beside_it(books: Books) -> None:
    reached(books, HK=5, TW=40, MY=50, SG=60)
    rows = {(row["destination"], row["unit"]): (row["quantity"], row.get("hidden")) for row in published(books)["rows"]}
    assert rows == {
        ("HK", "person"): (None, "small"),
        ("TW", "person"): (None, "beside"),
        ("MY", "person"): ("50", None),
        ("SG", "person"): ("60", None),
        ("HK", "piece"): (None, "beside"),
        ("TW", "piece"): (None, "beside"),
        ("MY", "piece"): ("500", None),
        ("SG", "piece"): ("600", None),
    }
    assert [(row["unit"], row["quantity"]) for row in published(books, "")["rows"]] == [("piece", "1550"), ("person", "155")]


def test_where_nothing_can_be_shown_the_node_above_is_named(books: Books) -> None:
    reached(books, HK=5, TW=11, MY=50)
    answer = published(books)
    assert answer["rows"] == []
    assert answer["closed"] == [{"item": "masker"}]


def test_the_same_people_under_two_measures_are_one_tree(books: Books) -> None:
    """Trained and recipients of one training, published apart with different nodes hidden, would tell what is hidden."""
    trained = cell(table="services", measure="trained", unit="person", item="peserta", holder="", lot="")
    for destination, people, named in (("HK", 5, 5), ("MY", 40, 40), ("SG", 30, 0), ("TW", 60, 60)):
        where = trained._replace(destination=destination)
        books.book(Told(postings=[(where, people), *([(where._replace(measure="recipients"), named)] if named else [])]))
    assert [(row["destination"], row["measure"], row["quantity"]) for row in published(books)["rows"]] == [
        ("HK", "people", None),
        ("MY", "people", "40"),
        ("SG", "people", None),
        ("TW", "people", "60"),
    ]
    assert [row["quantity"] for row in published(books, "")["rows"]] == ["135"]
    assert [row["destination"] for row in published(books, chosen={"measure": {"trained"}})["rows"]] == ["HK", "MY", "SG", "TW"]


def test_other_items_are_not_touched(books: Books) -> None:
    reached(books, HK=5, TW=11)
    books.book(Told(postings=[(cell(item="sabun", destination="HK"), 3)]))
    assert [(row["item"], row["quantity"]) for row in published(books)["rows"]] == [("sabun", "3")]


def test_below_a_hidden_node_nothing_is_listed(books: Books) -> None:
    reached(books, HK=5, TW=40, MY=50)
    rows = published(books, "destination,programme,month")["rows"]
    assert {row["destination"] for row in rows} == {"MY"}
    assert [row["quantity"] for row in rows if row["unit"] == "person"] == ["50"]


def test_fewer_than_ten_in_all_hide_everything(books: Books) -> None:
    reached(books, HK=4, TW=5)
    assert [row["quantity"] for row in published(books, "")["rows"]] == [None, None]
    assert published(books)["rows"] == []


def test_parts_evidence_simulated_partners_and_numbers_of_events_are_left_out(books: Books) -> None:
    where = cell(measure="recipients", unit="person")
    books.book(
        Told(postings=[(where, 100), (where._replace(measure="recipients.sex.f"), 60), (cell(measure="evidenced"), 5)]),
        Told(postings=[(where._replace(simulated=True, partner="simulasi-a"), 7)], partner="simulasi-a"),
    )
    answer = published(books, "destination,programme,month")
    assert [row["measure"] for row in answer["rows"]] == ["people"]
    assert answer["rows"][0]["quantity"] == "100"
    assert "events" not in answer["rows"][0]
    assert "parts of people" in answer["rule"]


def test_figures_are_picked_by_their_codes_and_never_added_up_anew(books: Books) -> None:
    reached(books, HK=5, TW=40, MY=50, SG=60)
    picked = published(books, chosen={"destination": {"MY", "HK"}, "unit": {"person"}})
    assert [(row["destination"], row["quantity"]) for row in picked["rows"]] == [("HK", None), ("MY", "50")]


@pytest.mark.parametrize("by", ["place", "programme", "month", "destination,month", "destination,partner", "destination,programme,month,lot"])
def test_no_other_cut_is_answered(by: str) -> None:
    with pytest.raises(ConfigurationError):
        parse_level(tuple(by.split(",")))


@pytest.mark.parametrize("dimension", ["partner", "place", "holder", "programme"])
def test_nothing_is_picked_by_what_is_no_level(books: Books, dimension: str) -> None:
    with pytest.raises(ConfigurationError):
        published(books, chosen={dimension: {"x"}})
