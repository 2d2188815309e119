"""`salur seal`, `prove`, `verify` and `witness` as an operator and an auditor run them."""

from pathlib import Path

import pytest

from consumers.database import open_database
from consumers.ledger.ledger import Ledger, prepare_ledger
from deploy.migrations.upgrade import upgrade
from tests.bench.batches import RecordStream, book
from tests.deploy.cli.conftest import Salur
from tests.tampering.tamperer import without_triggers

FIGURE = ("--measure", "confirmed", "--unit", "payment", "--programme", "bsu")


@pytest.fixture
def booked(tmp_path: Path) -> str:
    """Book something into the data folder."""
    url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    upgrade(url)
    engine = open_database(url)
    prepare_ledger(engine, partitions=4)
    book(Ledger(engine), RecordStream(seed=5, events=80).take(80))
    engine.dispose()
    return url


@pytest.mark.usefixtures("booked")
def test_a_figure_is_sealed_proved_and_checked_by_somebody_with_the_key_alone(salur: Salur, tmp_path: Path) -> None:
    sealed = salur("seal", "--json").json
    assert (sealed["number"], sealed["is_new"]) == (1, True)
    assert salur("seal", "--json").json["is_new"] is False
    for words, name in ((FIGURE, "compact"), ((*FIGURE, "--complete"), "complete"), (("--decision", "3"), "receipt")):
        proved = salur("prove", *words, "--out", tmp_path / name, "--json")
        assert proved.code == 0, proved.err
        assert proved.json["kind"] == name
    checked = salur("verify", "--key", sealed["key"], tmp_path / "compact", tmp_path / "complete", tmp_path / "receipt")
    assert checked.code == 0
    assert checked.out.count('"ok": true') == 3
    witnessed = salur("witness", tmp_path / "seals", "--key", tmp_path / "seals" / "key.txt", "--state", tmp_path / "state")
    assert witnessed.code == 0
    assert '"seal": 1' in witnessed.out


def test_verify_names_what_was_changed(salur: Salur, booked: str) -> None:
    salur("seal")
    assert salur("verify").code == 0
    engine = open_database(booked)
    with engine.begin() as connection:
        without_triggers(connection)
        connection.exec_driver_sql("UPDATE decisions SET received_at = received_at + 1 WHERE number = 7")
    engine.dispose()
    found = salur("verify", "--json")
    assert found.code == 1
    assert found.json["flaws"][0] == {"table": "decisions", "row": "7", "columns": ["received_at"], "says": "it was changed after it was sealed"}
    assert "decisions 7 (received_at)" in salur("verify").out


@pytest.mark.usefixtures("booked")
def test_what_cannot_be_proved_says_why(salur: Salur, tmp_path: Path) -> None:
    unsealed = salur("prove", *FIGURE, "--out", tmp_path / "x")
    assert (unsealed.code, "nothing is sealed" in unsealed.err) == (2, True)
    salur("seal")
    mixed = salur("prove", "--measure", "confirmed", "--out", tmp_path / "x")
    assert (mixed.code, "one measure and one unit" in mixed.err) == (2, True)
    unknown = salur("verify", "--key", "salur+00000000+AAAA", tmp_path / "seals" / "00000001.json")
    assert unknown.code == 1
