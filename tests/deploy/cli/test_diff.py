"""`salur diff` on a ledger that lies in the data folder; no stack runs."""

from pathlib import Path

import pytest

from consumers.database import open_database
from tests.consumers.books import Books, Told, cell
from tests.deploy.cli.conftest import Salur


@pytest.fixture(autouse=True)
def books(tmp_path: Path) -> Books:
    engine = open_database(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    books = Books(engine)
    books.book(Told(postings=[(cell(), 16_500)]))
    books.book(
        Told(postings=[(cell(), -16_500)], corrects=(1, "reversal"), type="salur.event.reversed.v1"),
        Told(postings=[(cell(), 250)], occurred_at=books.booked_at(2)),
        Told(postings=[(cell(item="sabun"), 30)]),
    )
    engine.dispose()
    return books


def test_the_answer_for_programs_adds_up(salur: Salur) -> None:
    answer = salur("diff", "1", "2", "--json")
    assert answer.code == 0
    assert list(answer.json) == ["from", "to", "adds_up", "figures", "total", "events", "next"]
    assert answer.json["adds_up"] is True
    assert [(event["cause"], event["changes"][0]["quantity"]) for event in answer.json["events"]] == [("correction", "-16500"), ("new", "250"), ("late", "30")]


def test_a_person_reads_one_line_per_figure(salur: Salur) -> None:
    answer = salur("diff", "1", "2", "--item", "masker")
    assert "2\tcorrection\tkdei-taipei: event-2\tevent.reversed\t-16,500 piece (distributed)\t" in answer.out
    assert "piece (distributed): 16,500 +250 (new) -16,500 (correction) = 250" in answer.out
    assert "2 events between booking 1 and booking 2" in answer.err
    indonesian = salur("diff", "1", "2", "--item", "masker", "--lang", "id")
    assert "buah (disalurkan): 16.500 +250 (baru) -16.500 (koreksi) = 250" in indonesian.out


def test_a_day_is_a_moment_too(salur: Salur) -> None:
    assert salur("diff", "2020-01-01", "2020-12-31", "--json").json["to"]["booking"] == 2


@pytest.mark.parametrize(("words", "hint"), [(["2", "1"], "turn them round"), (["1", "9"], "the last one is 2"), (["then", "2"], "2020-05-03"), (["1"], "B")])
def test_wrong_moments_are_usage_errors(salur: Salur, words: list[str], hint: str) -> None:
    answer = salur("diff", *words)
    assert answer.code == 2
    assert hint in answer.err


def test_what_no_event_explains_is_told_by_the_exit_code(salur: Salur, books: Books) -> None:
    with books.engine.begin() as connection:
        for table in ("cells", "figures"):
            connection.exec_driver_sql(f"UPDATE {table} SET steps = '251' WHERE item = 'masker'")
    answer = salur("diff", "1", "2", "--item", "masker")
    assert answer.code == 1
    assert "= 251 (does not add up)" in answer.out


def test_pages_go_on_after_a_decision(salur: Salur) -> None:
    first = salur("diff", "0", "2", "--limit", "2")
    assert "More: --after 2" in first.err
    assert [event["decision"] for event in salur("diff", "0", "2", "--after", "2", "--json").json["events"]] == [3, 4]
