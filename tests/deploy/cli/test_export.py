"""`salur export`: files that say what they are, whole or not at all, and in the read log before anybody has them."""

import csv
import hashlib
import json
import os
import zipfile
from pathlib import Path

import pytest

from consumers.database import open_database
from deploy.sealing import seal
from tests.consumers.ledger.desk import Desk, masks
from tests.deploy.cli.conftest import Salur, salur

__all__ = ["salur"]


@pytest.fixture
def ledger(salur: Salur, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """Give a ledger with two events, and run in a folder of its own."""
    url = f"sqlite:///{Path(os.environ['SALUR_DATA']) / 'ledger.sqlite'}"
    engine = open_database(url)
    Desk(engine).book(masks("a", 100), masks("b", 7))
    engine.dispose()
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return url


@pytest.mark.parametrize("name", ["figures.csv", "figures.json", "figures.xlsx", "figures.parquet", "figures.iati.xml"])
def test_a_file_and_its_manifest_stand_side_by_side(salur: Salur, ledger: str, name: str) -> None:
    told = salur("export", "tallies", "--measure", "distributed", "--out", name, "--json").json
    manifest = json.loads(Path(f"{name}.manifest.json").read_text(encoding="utf-8"))
    assert {**manifest, "path": name} == told
    assert manifest["sha256"] == hashlib.sha256(Path(name).read_bytes()).hexdigest()
    assert (manifest["units"], manifest["rows"], manifest["question"]["measure"]) == (["piece"], 1, "distributed")
    line = salur("readlog", "--json").json["lines"][-1]
    assert (line["what"], line["rows"], line["sha256"], line["as_of"]) == ("salur export", 1, manifest["sha256"], 1)


def test_entries_by_themselves_are_named_for_their_booking(salur: Salur, ledger: str) -> None:
    answer = salur("export", "entries", "--item", "masker", "--measure", "distributed", "--lang", "id")
    assert "2 baris per pembukuan 1" in answer.out
    with Path("salur-entries-1.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [(row["id"], row["quantity"]) for row in csv.DictReader(file)] == [("a", "100"), ("b", "7")]


def test_other_parameters_are_asked_by_name(salur: Salur, ledger: str) -> None:
    assert salur("export", "diff", "--ask", "a=0", "--out", "diff.json").code == 0
    assert len(json.loads(Path("diff.json").read_text(encoding="utf-8"))["rows"]) == 2


def test_a_pack_is_made_under_the_last_seal(salur: Salur, ledger: str) -> None:
    unsealed = salur("export", "--pack")
    assert (unsealed.code, "salur seal" in unsealed.err) == (2, True)
    seal(ledger, Path(os.environ["SALUR_DATA"]))
    answer = salur("export", "--pack", "--out", "bukti.zip")
    assert answer.code == 0
    assert "receipts, under seal 1" in answer.err
    with zipfile.ZipFile("bukti.zip") as pack:
        assert pack.testzip() is None
        assert {"README.id.md", "proofs/figure-001.json", "receipts/decision-1.txt", "seals/00000001.note"} <= set(pack.namelist())
    assert json.loads(Path("bukti.zip.manifest.json").read_text(encoding="utf-8"))["seal"]["number"] == 1


@pytest.mark.parametrize(
    "words",
    [
        ["nothing"],
        ["tallies", "--out", "figures.pdf"],
        ["tallies", "--ask", "colour"],
        ["tallies", "--ask", "colour=red"],
        ["entries", "--out", "x.iati.xml"],
        ["tallies", "--out", "no/such/folder/x.csv"],
        ["--pack", "--format", "csv"],
        ["tallies", "--as-of", "99"],
    ],
)
def test_wrong_words_end_with_2_and_leave_nothing(salur: Salur, ledger: str, words: list[str]) -> None:
    answer = salur("export", *words, "--lang", "en")
    assert (answer.code, "→" in answer.err) == (2, True)
    assert list(Path().iterdir()) == []


def test_a_file_whose_line_cannot_be_kept_is_not_written(salur: Salur, ledger: str) -> None:
    salur("export", "tallies", "--out", "first.csv")
    engine = open_database(ledger.replace("ledger.sqlite", "ledger-reads.sqlite"))
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE read_log RENAME TO gone")
        connection.exec_driver_sql("CREATE VIEW read_log AS SELECT 1 AS number, '' AS hash")
    engine.dispose()
    assert salur("export", "tallies", "--out", "second.csv").code == 3
    assert not Path("second.csv").exists()
