"""`salur flags` on a ledger that lies in the data folder; no stack runs."""

from pathlib import Path

import pytest

from consumers.database import open_database
from tests.consumers.books import Books, Told, cell
from tests.deploy.cli.conftest import Salur


@pytest.fixture(autouse=True)
def books(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    books = Books(engine)
    books.book(*(Told(postings=[(cell(), 1)], flags=["flag.late"]) for _ in range(3)))
    books.book(Told(postings=[(cell(), 1)], flags=["flag.over_target"], partner="kjri-hong-kong"))
    engine.dispose()


def test_the_counts_for_programs(salur: Salur) -> None:
    answer = salur("flags", "--json", "--by", "partner")
    assert (answer.code, list(answer.json)) == (0, ["as_of", "rows"])
    shown = [(row["flag"], row["partner"], row["events"]) for row in answer.json["rows"]]
    assert shown == [("flag.late", "kdei-taipei", 3), ("flag.over_target", "kjri-hong-kong", 1)]
    assert len(salur("flags", "--json", "--as-of", "1").json["rows"]) == 1


def test_a_person_reads_what_a_flag_means(salur: Salur) -> None:
    assert "over_target\tbantuan-pmi\tkjri-hong-kong\t1\tthe sum is above the target" in salur("flags").out
    assert "over_target\tbantuan-pmi\tkjri-hong-kong\t1\tjumlah melebihi target" in salur("flags", "--lang", "id").out
    assert "No event was flagged." in salur("flags", "--partner", "kbri-seoul").err


def test_a_flag_that_is_named_opens_to_its_events(salur: Salur) -> None:
    answer = salur("flags", "late", "--limit", "2")
    assert "2\t1\tkdei-taipei: event-2\tdistribution.recorded\taid.events.v1[2]@2\t" in answer.out
    assert "More: --after 2" in answer.err
    assert [event["decision"] for event in salur("flags", "late", "--after", "2", "--json").json["events"]] == [3]


@pytest.mark.parametrize(("words", "hint"), [(["lat"], "late"), (["--by", "partners"], "partner"), (["--programme", "bantuan"], "bantuan-pmi")])
def test_a_wrong_word_is_a_usage_error_with_the_closest_right_one(salur: Salur, words: list[str], hint: str) -> None:
    answer = salur("flags", *words)
    assert answer.code == 2
    assert hint in answer.err
