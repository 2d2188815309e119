"""`salur statement` on a ledger that lies in the data folder: the list, one statement, and the exit codes; no stack runs."""

from pathlib import Path

import pytest

from consumers.database import open_database
from tests.consumers.ledger.desk import Desk, masks, wire
from tests.deploy.cli.conftest import Salur

TAIWAN = {"measures": ["distributed"], "programmes": ["bantuan-pmi"], "countries": ["TW", "HK"], "items": ["masker"]}


@pytest.fixture(autouse=True)
def _ledger(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    desk = Desk(engine)
    desk.book(masks("m-1", 16_500))
    for code, value in (("masks-right", 16_500), ("masks-wrong", 15_000)):
        figure = {"figure": "given", "label": "Masks handed out", "value": value, "unit": "piece", "scope": TAIWAN}
        data = {
            "statement": code,
            "text": "masker dibagikan",
            "publisher": "A newspaper",
            "published": "2020-06-01",
            "weakness": "Unnamed source.",
            "figures": [figure],
        }
        desk.book(wire("statement.published", data, event_id=code, partner="kemnaker-humas"))
    engine.dispose()


def test_the_list_has_a_verdict_for_each(salur: Salur) -> None:
    answer = salur("statement", "--lang", "en")
    assert answer.code == 0
    assert [line.split("\t")[:3] for line in answer.out.splitlines()[1:]] == [
        ["masks-right", "supported", "2020-06-01"],
        ["masks-wrong", "contradicted", "2020-06-01"],
    ]
    assert [one["verdict"] for one in salur("statement", "--json").json["statements"]] == ["supported", "contradicted"]


def test_one_statement_shows_its_claim_its_tally_and_its_events(salur: Salur) -> None:
    answer = salur("statement", "masks-right", "--lang", "en")
    assert answer.code == 0
    for words in (
        "masks-right: supported",
        "“masker dibagikan”",
        "A newspaper, 2020-06-01",
        "Weakness of the source: Unnamed source.",
        "given: supported — the events come to exactly 16,500 piece",
        "Said: Masks handed out: exactly 16,500 piece",
        "Tally: 16,500 piece; gap: 0 piece",
        "HK: no figure",
        "16,500 piece (distributed) = sum of 1 events",
        "salur explain --measure distributed --programme bantuan-pmi --destination TW,HK --item masker --unit piece --to 2020-06-01 --as-of 3",
    ):
        assert words in answer.out


def test_the_words_under_a_statement_open_the_same_events(salur: Salur) -> None:
    [figure] = salur("statement", "masks-right", "--json").json["figures"]
    [opened] = figure["opened"]
    again = salur("explain", *opened["explain"], "--json").json
    assert again["figures"] == opened["figures"]
    assert [event["id"] for event in again["events"]] == ["m-1"]
    assert again["adds_up"] is True


def test_a_contradicted_statement_is_told_by_the_exit_code(salur: Salur) -> None:
    answer = salur("statement", "masks-wrong", "--lang", "id")
    assert answer.code == 1
    assert "given: bertentangan — jumlah peristiwanya 16.500 buah (selisih 1.500 buah dari 15.000 buah)" in answer.out
    assert "Rekapitulasi: 16.500 buah; selisih: +1.500 buah" in answer.out
    wrong = salur("statement", "masks-wrong", "--json")
    assert (wrong.code, wrong.json["figures"][0]["reason"]["code"]) == (1, "stmt.exceeded")


def test_an_older_booking_gives_what_was_known_then(salur: Salur) -> None:
    assert [one["statement"] for one in salur("statement", "--json", "--as-of", "2").json["statements"]] == ["masks-right"]
    assert salur("statement", "masks-wrong", "--as-of", "2").code == 2


def test_an_unknown_statement_is_a_usage_error_with_the_closest_one(salur: Salur) -> None:
    answer = salur("statement", "masks-wrog", "--lang", "id")
    assert answer.code == 2
    assert "tidak ada pernyataan 'masks-wrog'" in answer.err
    assert "masks-wrong" in answer.err
