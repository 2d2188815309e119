"""`salur simulate`: the files it writes, and what it says of a ledger."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from consumers.database import open_database
from deploy import running
from deploy.running import RunningStack
from tests.consumers.ledger.desk import Desk
from tests.deploy.cli.conftest import Salur

EVENTS = 900


@pytest.fixture
def written(salur: Salur, tmp_path: Path) -> Path:
    answer = salur("simulate", "--events", str(EVENTS), "--seed", "7", "--out", str(tmp_path / "simulasi"), "--json")
    assert answer.code == 0
    assert answer.json["intake"]["received"] == EVENTS
    return tmp_path / "simulasi"


def test_it_writes_the_events_and_what_they_must_come_to(written: Path) -> None:
    assert len((written / "events.jsonl").read_bytes().splitlines()) == EVENTS
    expected = json.loads((written / "expected.json").read_text())
    assert expected["knobs"]["seed"] == 7
    assert expected["intake"]["duplicate"] == EVENTS // 10
    assert all(row["simulated"] or row["table"] == "stock" for row in expected["tallies"])
    assert not list(written.glob("*.part"))


def test_a_file_has_its_expectations_beside_it(salur: Salur, tmp_path: Path) -> None:
    assert salur("simulate", "--events", str(EVENTS), "--out", str(tmp_path / "some.jsonl"), "--lang", "id").out.startswith("900 peristiwa mitra simulasi")
    assert sorted(path.name for path in tmp_path.glob("some.*")) == ["some.expected.json", "some.jsonl"]


def test_the_ledger_that_booked_it_is_as_expected_and_a_changed_one_is_not(
    salur: Salur, written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "stack"
    folder.mkdir()
    url = f"sqlite:///{folder / 'ledger.sqlite'}"
    engine = open_database(url)
    Desk(engine).book(*(written / "events.jsonl").read_bytes().splitlines())
    running.write(folder, RunningStack(bootstrap_servers="127.0.0.1:1", database_url=url, processes={}))
    monkeypatch.setenv("SALUR_DATA", str(folder))
    answer = salur("simulate", "--check", str(written))
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith("Equal: ")
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE cells SET steps = '1' WHERE table_name = 'services'"))
    engine.dispose()
    answer = salur("simulate", "--check", str(written), "--json")
    assert answer.code == 1
    assert answer.json["differences"] > 0
    assert answer.json["equal"] is False


@pytest.mark.parametrize(
    "words", [["--events", "10"], ["--late", "2"], ["--partners", "1"], ["--days", "400"], ["--check", "nowhere"], ["--out", "/dev/null/simulasi"]]
)
def test_what_cannot_be_ends_with_2_in_both_languages(salur: Salur, words: list[str]) -> None:
    english, indonesian = (salur("simulate", *words, "--lang", lang) for lang in ("en", "id"))
    assert (english.code, indonesian.code) == (2, 2)
    first = [answer.err.splitlines()[0] for answer in (english, indonesian)]
    assert first[0] != first[1]
