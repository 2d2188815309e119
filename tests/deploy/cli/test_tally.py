"""`salur tally` and `salur explain` on a ledger that lies in the data folder; no stack runs."""

from pathlib import Path

import pytest

from consumers.database import open_database
from tests.consumers.books import Books, Told, cell
from tests.deploy.cli.conftest import Salur


@pytest.fixture(autouse=True)
def books(tmp_path: Path) -> Books:
    engine = open_database(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    books = Books(engine)
    books.book(Told(postings=[(cell(), 16_500), (cell(measure="recipients", unit="person"), 8_250)]))
    books.book(
        Told(postings=[(cell(item="hand-sanitizer", unit="litre"), 500)]),
        Told(postings=[(cell(simulated=True, partner="simulasi-taipei"), 70)], partner="simulasi-taipei"),
        Told(disposition="rejected"),
    )
    engine.dispose()
    return books


def test_the_answer_for_programs_has_the_promised_shape(salur: Salur) -> None:
    answer = salur("tally", "--json")
    assert answer.code == 0
    assert list(answer.json) == ["as_of", "intake", "source", "rows"]
    assert answer.json["as_of"] == {"booking": 2, "booked_at": "2020-09-13T12:28:40.000Z"}
    assert answer.json["intake"] == {"received": 4, "accepted": 3, "duplicate": 0, "conflict": 0, "rejected": 1, "held": 0}
    assert answer.json["source"] == "ledger"
    row = {"destination": "TW", "programme": "bantuan-pmi", "item": "masker", "measure": "distributed", "unit": "piece", "quantity": "16500", "events": 1}
    assert row in answer.json["rows"]
    assert {row["quantity"] for row in answer.json["rows"] if row["unit"] == "litre"} == {"0.5"}


def test_simulated_partners_are_left_out_unless_asked_for(salur: Salur) -> None:
    assert all("simulated" not in row for row in salur("tally", "--json").json["rows"])
    rows = salur("tally", "--json", "--simulated").json["rows"]
    assert {row["quantity"] for row in rows if row["simulated"]} == {"70"}


def test_a_person_gets_grouped_figures_and_sees_the_intake(salur: Salur) -> None:
    answer = salur("tally", "--lang", "en")
    assert "16,500" in answer.out
    assert "4 received = 3 accepted + 0 duplicate + 0 conflict + 1 rejected + 0 held" in answer.err
    assert "16.500" in salur("tally", "--lang", "id").out


def test_a_person_who_reads_indonesian_sees_no_english(salur: Salur) -> None:
    tally = salur("tally", "--lang", "id", "--simulated")
    assert tally.out.splitlines()[0].split("\t") == ["Tujuan", "Program", "Bantuan", "Indikator", "Jumlah", "Satuan", "Peristiwa", "Simulasi"]
    assert "TW\tbantuan-pmi\tmasker\tdisalurkan\t16.500\tbuah\t1\ttidak" in tally.out
    assert "\t0,5\tliter\t" in tally.out
    assert "4 masuk = 3 diterima + 0 ganda + 0 bertentangan + 1 ditolak + 0 tertunda" in tally.err
    explained = salur("explain", "--item", "masker", "--lang", "id").out
    assert "16.500 buah (disalurkan); 8.250 orang (penerima)" in explained
    assert "16.500 buah (disalurkan) = jumlah 1 peristiwa" in explained
    total = salur("tally", "--item", "masker", "--total", "--lang", "id")
    assert total.code == 1
    assert total.err.strip() == "16.500 buah (disalurkan) dan 8.250 orang (penerima) tidak dapat dijumlahkan: satuannya berbeda"


def test_one_total_over_several_units_is_refused_with_each_figure(salur: Salur) -> None:
    answer = salur("tally", "--item", "masker", "--total")
    assert answer.code == 1
    assert "16,500 piece" in answer.err
    assert "8,250 person" in answer.err
    refused = salur("tally", "--item", "masker", "--total", "--json")
    assert refused.code == 1
    assert sorted(refused.json["units"]) == ["person", "piece"]


def test_one_total_in_one_unit_is_given(salur: Salur) -> None:
    answer = salur("tally", "--item", "masker", "--measure", "distributed", "--total")
    assert (answer.code, answer.out.strip()) == (0, "16,500 piece (distributed)")


def test_filters_and_grouping_are_passed_on(salur: Salur) -> None:
    assert [row["month"] for row in salur("tally", "--json", "--by", "month", "--unit", "piece").json["rows"]] == ["2020-05"]
    assert salur("tally", "--json", "--to", "2020-04").json["rows"] == []
    assert len(salur("tally", "--json", "--as-of", "1").json["rows"]) == 2
    assert salur("tally", "--json", "--destination", "HK").json["rows"] == []


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["--item", "maskr"], "masker"),
        (["--by", "destnation"], "destination"),
        (["--programme", "bantuan"], "bantuan-pmi"),
        (["--from", "May"], "2020-05"),
        (["--as-of", "99"], "2"),
    ],
)
def test_a_wrong_word_is_a_usage_error_with_the_closest_right_one(salur: Salur, words: list[str], hint: str) -> None:
    answer = salur("tally", *words)
    assert answer.code == 2
    assert hint in answer.err
    assert "Traceback" not in answer.err


def test_the_tables_are_out_of_reach_without_a_stack(salur: Salur) -> None:
    answer = salur("tally", "--source", "tables")
    assert answer.code == 3
    assert "salur up" in answer.err


def test_what_tables_cannot_tell_is_a_usage_error(salur: Salur) -> None:
    assert salur("tally", "--source", "tables", "--place", "31.71").code == 2


def test_a_figure_opens_to_its_events_and_they_add_up(salur: Salur) -> None:
    answer = salur("explain", "--item", "masker", "--json")
    assert answer.code == 0
    assert answer.json["adds_up"] is True
    [event] = answer.json["events"]
    assert (event["booking"], event["topic"], event["partition"], event["offset"], event["disposition"]) == (1, "aid.events.v1", 1, 1, "accepted")
    assert len(event["sha256"]) == 64
    assert "16,500 piece (distributed) = sum of 1 events" in salur("explain", "--item", "masker").out


def test_a_figure_that_its_events_do_not_make_is_told_by_the_exit_code(salur: Salur, books: Books) -> None:
    with books.engine.begin() as connection:
        for table in ("cells", "figures"):
            connection.exec_driver_sql(f"UPDATE {table} SET steps = '16501' WHERE unit = 'piece' AND NOT simulated")
    answer = salur("explain", "--item", "masker")
    assert answer.code == 1
    assert "16,501 piece (distributed), but its 1 events sum to 16,500" in answer.out


def test_a_decision_that_rejected_nothing_is_told_so(salur: Salur) -> None:
    assert salur("rejected", "explain", "1").code == 1
    assert [record["decision"] for record in salur("rejected", "list", "--json").json] == [4]
    assert salur("rejected", "list", "--json", "--as-of", "1").json == []
