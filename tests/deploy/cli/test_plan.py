"""`salur plan` on a ledger that lies in the data folder; no stack runs."""

from pathlib import Path

import pytest

from consumers.database import open_database
from tests.consumers.books import Books, Told, cell
from tests.deploy.cli.conftest import Salur

JPS = cell(table="plans", destination="ID", programme="jps", item="uang", unit="IDR", holder="", lot="")


@pytest.fixture(autouse=True)
def books(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    books = Books(engine)
    books.book(Told(postings=[(JPS._replace(measure="budget"), 50_000_000_000_000)]), Told(postings=[(cell(table="plans", measure="target"), 100)]))
    books.book(Told(postings=[(JPS._replace(measure="realised", programme="jps-tkm"), 12_345_600_000_000)]), Told(postings=[(cell(), 250)]))
    engine.dispose()


def test_the_rows_for_programs(salur: Salur) -> None:
    answer = salur("plan", "--json")
    assert (answer.code, list(answer.json)) == (0, ["as_of", "rows"])
    shown = {(row["programme"], row["unit"]): row for row in answer.json["rows"]}
    assert shown["jps", "IDR"]["percent"]["realised_of_budget"] == {
        "percent": "24.69",
        "part": "123456000000",
        "whole": "500000000000",
        "fraction": "3858/15625",
    }
    assert shown["bantuan-pmi", "piece"]["over_target"] is True
    assert len(salur("plan", "--json", "--as-of", "1").json["rows"]) == 2


def test_a_person_reads_a_percentage_with_its_two_figures(salur: Salur) -> None:
    answer = salur("plan", "--programme", "jps", "--year", "2020")
    assert "realised 123,456,000,000 of 500,000,000,000 budget = 24.69 %" in answer.out
    assert "realised: 123,456,000,000 by jps-tkm" in answer.out
    indonesian = salur("plan", "--destination", "TW", "--lang", "id").out
    assert "tersalurkan 250 dari sasaran 100 = 250,00 %\tmelebihi sasaran" in indonesian
    assert "belum ada angka" in indonesian


@pytest.mark.parametrize(("words", "hint"), [(["--year", "20"], "write 2020"), (["--programme", "jp"], "jps"), (["--as-of", "9"], "the last one is 2")])
def test_a_wrong_word_is_a_usage_error(salur: Salur, words: list[str], hint: str) -> None:
    answer = salur("plan", *words)
    assert answer.code == 2
    assert hint in answer.err


def test_nothing_is_said_of_a_year_without_plans(salur: Salur) -> None:
    answer = salur("plan", "--year", "2021")
    assert (answer.code, answer.out) == (0, "")
    assert "Nothing is booked for this." in answer.err
