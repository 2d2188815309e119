"""`salur balance`, `reached`, `evidence`, `sample`, and the public and the divided tally, on a ledger that lies in the data folder."""

import hashlib
from pathlib import Path

import pytest

from consumers.database import open_database
from models.postings import post
from models.registry import Registry
from tests.consumers.books import Books, Told, cell
from tests.deploy.cli.conftest import Salur
from tests.models.deliveries import goods

REGISTRY = Registry.shipped()
PEOPLE = cell(measure="recipients", unit="person")


@pytest.fixture(autouse=True)
def books(tmp_path: Path) -> Books:
    engine = open_database(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    books = Books(engine)
    books.book(
        Told(postings=post(goods("goods.produced"), REGISTRY)),
        Told(postings=[(cell(), 16_500), (PEOPLE, 8_250), (PEOPLE._replace(measure="recipients.sex.f"), 5_000), (cell(measure="evidenced"), 16_500)]),
        Told(postings=[(cell(programme="bansos-publik"), 30), (PEOPLE._replace(programme="bansos-publik"), 7)]),
    )
    books.book(Told(postings=[(cell(item="masker-kotak", unit="box", destination="HK"), 700)]))
    engine.dispose()
    return books


def test_the_balance_is_an_equation_that_a_person_can_read(salur: Salur) -> None:
    answer = salur("balance", "--holder", "kemnaker", "--lang", "en")
    assert (answer.code, answer.out.splitlines()[1]) == (0, "masker\tkemnaker\tunknown\tpiece\t10 (produced) = 10 (on-hand)\t0\t0")
    indonesian = salur("balance", "--holder", "kemnaker", "--lang", "id")
    assert "10 (diproduksi) = 10 (persediaan)" in indonesian.out
    assert "tidak diketahui" in indonesian.out


def test_a_balance_that_does_not_hold_is_told_by_the_exit_code(salur: Salur) -> None:
    answer = salur("balance", "--json")
    assert (answer.code, answer.json["holds"]) == (1, False)
    assert list(answer.json) == ["as_of", "since", "holds", "lines", "totals", "counts", "in_transit", "received_without_dispatch"]
    assert "Something is not explained" in salur("balance").err
    assert salur("balance", "--since", "2", "--as-of", "1").code == 2
    assert salur("balance", "--holder", "kemnakr").code == 2


def test_people_reached_are_shown_with_their_rule(salur: Salur) -> None:
    answer = salur("reached", "--json")
    assert [(row["destination"], row["quantity"], row["rule"]) for row in answer.json["rows"]] == [("TW", "8250", "maximum")]
    assert "program dengan layanan terbanyak" in salur("reached", "--lang", "id").out
    assert "service contacts of one programme" in salur("reached", "--by", "programme").out


def test_evidence_is_shown_with_both_figures_of_its_share(salur: Salur) -> None:
    [first, *_] = salur("evidence", "--by", "programme", "--unit", "piece", "--json", "--programme", "bantuan-pmi").json["rows"]
    assert first["percent"]["with_evidence"]["quantity"]["percent"] == "100.00"
    assert "0 of 30 = 0.00 %" in salur("evidence", "--lang", "en").out
    assert "16.500 dari 16.500 = 100,00 %" in salur("evidence", "--lang", "id").out


def test_a_sample_names_what_is_needed_to_draw_it_again(salur: Salur, tmp_path: Path) -> None:
    path = tmp_path / "population.jsonl"
    answer = salur("sample", "--seed", "17081945", "--size", "2", "--as-of", "1", "--population", path, "--json")
    assert answer.code == 0
    assert answer.json["population_sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (answer.json["population"], answer.json["as_of"]["booking"], len(answer.json["events"])) == (2, 1, 2)
    told = salur("sample", "--seed", "17081945", "--size", "2", "--lang", "id")
    assert "benih 17081945" in told.err
    by_value = salur("sample", "--seed", "a", "--size", "1", "--by", "value", "--unit", "piece")
    assert "16,530 steps of piece" in by_value.err
    refused = salur("sample", "--seed", "a", "--size", "1", "--by", "value", "--lang", "id")
    assert (refused.code, "pilih satu dengan --unit" in refused.err) == (2, True)


def test_the_public_tally_hides_small_counts_and_refuses_other_cuts(salur: Salur) -> None:
    shown = salur("tally", "--public", "--by", "destination,programme", "--json")
    assert shown.code == 0
    assert shown.json["closed"] == []
    assert {(row["programme"], row["unit"]): row["quantity"] for row in shown.json["rows"]} == {
        ("bansos-publik", "person"): None,
        ("bantuan-pmi", "person"): None,
        ("bansos-publik", "piece"): None,
        ("bantuan-pmi", "piece"): None,
        ("bantuan-pmi", "box"): "700",
    }
    assert "kurang dari 10" in salur("tally", "--public", "--by", "destination,programme", "--lang", "id").out
    assert "8,257" in salur("tally", "--public", "--by", "destination").out
    for words in (["--by", "partner"], ["--by", "destination", "--as-of", "1"], ["--by", "destination", "--partner", "kdei-taipei"], ["--simulated"]):
        assert salur("tally", "--public", *words).code == 2


def test_people_are_shown_by_their_parts_with_what_is_unknown(salur: Salur) -> None:
    rows = salur("tally", "--parts", "--by", "programme", "--json").json["rows"]
    assert {row["programme"]: row["parts"]["sex"] for row in rows} == {"bantuan-pmi": {"f": "5000", "unknown": "3250"}, "bansos-publik": {"unknown": "7"}}
    assert "jenis kelamin\tperempuan\t5.000\torang" in salur("tally", "--parts", "--by", "programme", "--lang", "id").out


def test_a_tally_says_what_sums_of_people_are_and_what_packs_were_said_to_hold(salur: Salur) -> None:
    answer = salur("tally", "--lang", "en", "--by", "item")
    assert "summed as service contacts" in answer.err
    total = salur("tally", "--measure", "recipients", "--total", "--lang", "id")
    assert (total.out.strip(), "dijumlahkan sebagai layanan" in total.err) == ("8.257 orang (penerima)", True)
    assert "masker-kotak: 700 box was said to be about 33,000 piece masker (tribun-masker, 2020-02-04)" in answer.err
