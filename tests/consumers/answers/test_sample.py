"""A sample follows from its seed alone: others draw the same one from the published recipe, with code of their own."""

import hashlib
import json
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumers.answers import sample as drawing
from consumers.answers.filters import CellFilter
from consumers.answers.sample import By, sample
from models.errors import ConfigurationError
from tests.consumers.books import Books, Told, cell

GIVEN = cell()
VALUES = [500, 3, 1200, 40, 40, 7, 950, 1, 88, 260, 15, 4000]


@pytest.fixture
def filled(books: Books) -> Books:
    """Twelve deliveries, one of them amended from 9 to 7, then one reversed and two events that deliver nothing."""
    books.book(*(Told(postings=[(GIVEN, 9 if value == 7 else value)]) for value in VALUES))
    books.book(Told(postings=[(GIVEN, 33)]), Told(postings=[(cell(measure="produced"), 50)]), Told(disposition="rejected"))
    books.book(Told(postings=[(GIVEN, -33)], corrects=(13, "reversal")), Told(postings=[(GIVEN, -2)], corrects=(6, "amendment")))
    return books


def drawn(books: Books, *, seed: str = "merah-putih", size: int = 4, by: By = "events", **wanted: Any) -> dict[str, Any]:
    with books.engine.connect() as connection:
        return sample(connection, CellFilter(**wanted), seed=seed, size=size, by=by).to_json()


def ids(answer: dict[str, Any]) -> list[str]:
    return [event["id"] for event in answer["events"]]


@pytest.mark.parametrize("seed", ["merah-putih", "17-08-1945", "ß"])
def test_by_events_ten_lines_of_other_code_draw_the_same(filled: Books, seed: str) -> None:
    answer = drawn(filled, seed=seed)
    population = [["urn:salur:partner:kdei-taipei", f"event-{number}"] for number in range(1, 13)]
    text = "".join(f'["{source}","{name}"]\n' for source, name in population)
    assert hashlib.sha256(text.encode()).hexdigest() == answer["population_sha256"]
    assert answer["population"] == len(population)
    keys = {name: hashlib.sha256(f'["{seed}","{source}","{name}"]'.encode()).hexdigest() for source, name in population}
    assert ids(answer) == sorted(keys, key=keys.__getitem__)[:4]
    assert [event["key"] for event in answer["events"]] == sorted(keys.values())[:4]


@pytest.mark.parametrize("seed", ["merah-putih", "17-08-1945", "ß"])
@pytest.mark.parametrize("size", [1, 4, 12, 100, 10_000])
def test_by_value_ten_lines_of_other_code_draw_the_same(filled: Books, seed: str, size: int) -> None:
    answer = drawn(filled, seed=seed, size=size, by="value")
    lines = [("urn:salur:partner:kdei-taipei", f"event-{number}", value) for number, value in enumerate(VALUES, start=1)]
    text = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)
    assert hashlib.sha256(text.encode()).hexdigest() == answer["population_sha256"]
    owner = [name for _, name, value in lines for _ in range(value)]
    interval = (len(owner) + size - 1) // size
    start = int.from_bytes(hashlib.sha256(f'["{seed}"]'.encode()).digest(), "big") % interval
    assert ids(answer) == list(dict.fromkeys(owner[start::interval]))
    assert sum(event["points"] for event in answer["events"]) == len(owner[start::interval]) <= size
    assert (answer["whole_steps"], answer["interval_steps"], answer["start_steps"]) == (len(owner), interval, start)


def test_another_seed_draws_others_and_the_same_seed_the_same(filled: Books) -> None:
    assert drawn(filled) == drawn(filled)
    assert len({tuple(ids(drawn(filled, seed=str(number)))) for number in range(20)}) > 10


def test_a_sample_as_of_a_booking_does_not_change_with_what_comes_later(filled: Books) -> None:
    before = drawn(filled, as_of=2)
    filled.book(*(Told(postings=[(GIVEN, 5)]) for _ in range(5)))
    assert drawn(filled, as_of=2) == before
    assert before["population"] == 13
    assert drawn(filled)["population"] == 17


def test_a_sample_larger_than_the_population_is_all_of_it(filled: Books) -> None:
    assert len(ids(drawn(filled, size=99))) == 12


def test_nothing_delivered_gives_an_empty_sample(books: Books) -> None:
    books.book(Told(postings=[(cell(measure="produced"), 50)]))
    for by in get_args(By):
        answer = drawn(books, by=by)
        assert (answer["population"], answer["events"]) == (0, [])


def test_values_of_two_units_are_not_laid_on_one_line(filled: Books) -> None:
    filled.book(Told(postings=[(cell(unit="package", item="sembako"), 5)]))
    with pytest.raises(ConfigurationError):
        drawn(filled, by="value")
    assert drawn(filled, by="value", values={"unit": frozenset({"piece"})})["population"] == 12


@given(st.lists(st.integers(1, 30), min_size=1, max_size=12), st.integers(1, 40), st.integers(0, 39))
def test_points_are_found_as_if_every_step_were_written_down(values: list[int], interval: int, start: int) -> None:
    start %= interval
    owner = [number for number, value in enumerate(values) for _ in range(value)]
    written = owner[start::interval]
    found = dict(drawing._holding(list(enumerate(values)), interval=interval, start=start))
    assert found == {number: written.count(number) for number in dict.fromkeys(written)}
