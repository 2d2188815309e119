"""`salur batches` on a ledger that lies in the data folder; no stack runs."""

from pathlib import Path

import pytest

from consumers.database import open_database
from tests.consumers.ledger.desk import Desk, payment
from tests.deploy.cli.conftest import Salur


@pytest.fixture(autouse=True)
def desk(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    batch = {"subject": "batch/bsu-1"}
    Desk(engine).book({**payment("s", payments=10), **batch}, {**payment("c", "confirmed", payments=4, amount="4800000"), **batch})
    engine.dispose()


def test_the_batches_for_programs(salur: Salur) -> None:
    answer = salur("batches", "--json")
    assert (answer.code, list(answer.json)) == (0, ["as_of", "ages_at", "rows"])
    [row] = answer.json["rows"]
    assert [(unit["unit"], unit["sent"], unit["confirmed"], unit["open"]["sent"]) for unit in row["units"]] == [
        ("payment", "10", "4", "6"),
        ("IDR", "12000000", "4800000", "7200000"),
    ]
    assert salur("batches", "--json", "--as-of", "0").json["rows"] == []
    assert salur("batches", "other", "--json").json["rows"] == []
    assert len(salur("batches", "bsu-1", "--json", "--older-than", "100").json["rows"]) == 1
    assert salur("batches", "--json", "--older-than", "100000").json["rows"] == []


def test_a_person_reads_what_waits_and_since_when(salur: Salur) -> None:
    answer = salur("batches")
    assert "4\tno figure\t6 to be confirmed\tconfirmed in part" in answer.out
    assert "batch/bsu-1\tbank-penyalur: s\t6\tpayment\t2020-05-03T01:00:00.000Z\t" in answer.out
    assert "ages counted back from 2" in answer.err
    assert "6 konfirmasi\tcair sebagian" in salur("batches", "--lang", "id").out


def test_nothing_is_said_where_no_batch_is(salur: Salur) -> None:
    answer = salur("batches", "--programme", "jkp")
    assert (answer.code, answer.out) == (0, "")
