"""`salur rejected` as operators type it, on a ledger that nobody runs; what needs Kafka is tried on a real stack."""

import hashlib
import json
import os
from pathlib import Path

import pytest

from consumers.database import open_database
from tests.consumers.ledger.desk import Desk, as_bytes, masks, reversal
from tests.deploy.cli.conftest import Salur, salur

__all__ = ["salur"]


@pytest.fixture(name="rejected")
def _rejected(salur: Salur) -> Salur:
    """Run `salur rejected …` on a ledger with two refused events, an unreadable one and a held one."""
    engine = open_database(f"sqlite:///{Path(os.environ['SALUR_DATA']) / 'ledger.sqlite'}")
    Desk(engine).book(masks("a", -1), masks("b", data={"programme": "jps-tkn"}), b"{not json", reversal("r", "a"))
    engine.dispose()
    return lambda *words: salur("rejected", *words)


def test_open_ones_are_listed_by_reason_and_the_event_can_be_printed(rejected: Salur) -> None:
    assert [one["decision"] for one in rejected("list", "--open", "--json").json] == [3, 2, 1]
    assert [one["decision"] for one in rejected("list", "--code", "rjct.unknown_programme", "--json").json] == [2]
    assert json.loads(rejected("explain", 2, "--bytes").out) == masks("b", data={"programme": "jps-tkn"})
    assert "jps-tkm" in rejected("explain", 2).out


def test_a_held_event_says_that_what_it_waits_for_was_refused(rejected: Salur) -> None:
    [held] = rejected("held", "--json").json
    assert (held["decision"], held["waits_for_id"], held["refused"]) == (4, "a", 1)
    assert "salur rejected fix 1" in rejected("held", "--lang", "en").out
    assert "ditolak oleh putusan 1" in rejected("held", "--lang", "id").out
    refused = rejected("release", 4, "--why", "x")
    assert (refused.code, "mend that one: salur rejected fix 1" in refused.err) == (2, True)
    assert rejected("release", 3, "--why", "x").code == 2


def test_a_conflict_is_shown_beside_what_stands(salur: Salur) -> None:
    engine = open_database(f"sqlite:///{Path(os.environ['SALUR_DATA']) / 'ledger.sqlite'}")
    Desk(engine).book(masks("a"), masks("b"), masks("a", 7), masks("a"), masks("a", 8))
    engine.dispose()
    assert [(one["decision"], one["id"], one["stands"]) for one in salur("rejected", "conflicts", "--json").json] == [(5, "a", 1), (3, "a", 1)]
    [before] = salur("rejected", "conflicts", "--before", 5, "--partner", "kdei-taipei", "--json").json
    assert (before["sha256"], before["stands_sha256"]) == tuple(hashlib.sha256(as_bytes(masks("a", count)) or b"").hexdigest() for count in (7, 100))
    assert before["sha256"] in salur("rejected", "conflicts").out
    assert "Tidak ada id" in salur("rejected", "conflicts", "--partner", "nobody", "--lang", "id").err


def test_what_would_be_refused_again_is_not_sent_and_said_why(rejected: Salur) -> None:
    answer = rejected("resend", "--all", "--why", "coba", "--lang", "en")
    assert (answer.code, "3 would be refused again" in answer.err) == (1, True)
    assert [one["decision"] for one in rejected("resend", 1, 2, "--why", "coba", "--json").json["left"]] == [1, 2]
    assert rejected("requests", "--all", "--json").json == [], "nothing was asked for"


def test_closing_needs_a_reason_and_is_logged_with_the_account(rejected: Salur) -> None:
    assert rejected("close", 3).code == 2
    closed = rejected("close", 3, "--why", "mitra mengirim ulang lewat surat", "--as", "Siti", "--json")
    assert (closed.code, closed.json["close"]) == (0, [3])
    lines = rejected("log", "--json").json
    assert [(line["step"], line["person"], line["decision"]) for line in lines] == [("asked", "Siti", None), ("closed", "Siti", 3), ("done", "Siti", None)]
    assert all("@" in line["account"] for line in lines)
    assert "mitra mengirim ulang lewat surat" in rejected("log", "--lang", "id").out
    again = rejected("close", 3, "--why", "x", "--lang", "en")
    assert (again.code, "was dealt with before" in again.err) == (2, True)


def test_where_a_second_person_is_wanted_nothing_is_done_before_somebody_else_approved(rejected: Salur, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALUR_SECOND_PERSON", "yes")
    asked = rejected("give-up", 4, "--why", "asal tidak akan datang", "--as", "Siti", "--lang", "en")
    assert (asked.code, "waits for another person: salur rejected approve 1" in asked.err) == (0, True)
    assert rejected("held", "--json").json[0]["is_given_up"] is False
    assert rejected("finish", 1).code == 2
    own = rejected("approve", 1, "--as", "siti", "--lang", "en")
    assert (own.code, "was made by Siti" in own.err) == (2, True)
    # A setting that is changed meanwhile changes nothing about what was asked for before.
    monkeypatch.setenv("SALUR_SECOND_PERSON", "no")
    assert rejected("finish", "--json").json["sent"] == []
    assert rejected("approve", 1, "--as", "Budi", "--json").json["give_up"] == [4]
    assert rejected("held", "--json").json[0]["is_given_up"] is True
    shown = rejected("requests", 1, "--lang", "id")
    assert "disetujui  Budi" in shown.out
    assert "selesai" in shown.out


def test_a_request_is_declined_with_a_reason(rejected: Salur, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALUR_SECOND_PERSON", "yes")
    rejected("close", 1, "--why", "tidak perlu", "--as", "Siti")
    assert rejected("decline", 1, "--as", "Budi", "--why", "tanya mitra dulu", "--json").json["state"] == "declined"
    assert rejected("requests", "--json").json == []
    assert rejected("decline", 7, "--as", "Budi", "--why", "x").code == 2


def test_editing_that_changes_nothing_or_another_event_is_refused(rejected: Salur, tmp_path: Path) -> None:
    for words, sentence in (
        (("--set", "/data/lines/9/quantity=1"), "has no place /data/lines/9/quantity"),
        (("--set", "quantity=1"), "is no pointer and value"),
        (("--set", "/id=other"), "another id"),
        (("--set", "/data/lines/0/quantity=-2"), "would be refused again: rjct.quantity_invalid"),
        (("--file", tmp_path / "nothing"), "cannot read"),
        ((), "nothing was edited"),
    ):
        answer = rejected("fix", 1, "--why", "x", "--lang", "en", *words)
        assert (answer.code, sentence in answer.err) == (2, True), answer.err
    (tmp_path / "same").write_bytes(rejected("explain", 1, "--bytes").out.encode())
    assert rejected("fix", 1, "--why", "x", "--file", tmp_path / "same").code == 2


@pytest.mark.parametrize("words", [("resend",), ("close",), ("give-up",)])
def test_nothing_is_done_to_everything_by_accident(rejected: Salur, words: tuple[str, ...]) -> None:
    answer = rejected(*words, "--why", "x", "--lang", "en")
    assert answer.code == 2
    assert "name decisions" in answer.err
