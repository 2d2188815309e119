"""`salur auditor` and `salur readlog`: auditors are let in, their tokens end, and the log of what they were shown is read and checked."""

import datetime
import os
from pathlib import Path

import pytest

from consumers.reads.place import open_read_log
from consumers.reads.writer import append_all
from deploy.migrations.upgrade import upgrade
from models.access import prefix_of
from models.reads import Read
from tests.deploy.cli.conftest import Salur, salur

__all__ = ["salur"]


@pytest.fixture
def ledger(salur: Salur) -> str:
    """Give the address of an empty ledger in the data folder."""
    url = f"sqlite:///{Path(os.environ['SALUR_DATA']) / 'ledger.sqlite'}"
    upgrade(url)
    return url


def test_a_token_is_shown_once_and_ends_by_itself(salur: Salur, ledger: str) -> None:
    assert salur("auditor", "add", "bpk-ri", "--json").json == {"auditor": "bpk-ri", "added": True}
    assert salur("auditor", "add", "bpk-ri", "--json").json == {"auditor": "bpk-ri", "added": False}
    made = salur("auditor", "token", "bpk-ri")
    text = made.out.strip()
    assert prefix_of(text) is not None
    listed = salur("auditor", "list", "--json").json
    (row,) = listed["tokens"]
    assert (listed["auditors"], row["auditor"], row["prefix"], row["revoked_at"]) == (["bpk-ri"], "bpk-ri", prefix_of(text), None)
    ends = datetime.datetime.fromisoformat(row["expires_at"]) - datetime.datetime.now(datetime.UTC)
    assert datetime.timedelta(days=89) < ends <= datetime.timedelta(days=90)
    assert text not in salur("auditor", "list").out
    assert salur("partner", "list", "--json").json == {"partners": [], "tokens": []}
    assert salur("auditor", "revoke", prefix_of(text), "--json").json == {"revoked": [prefix_of(text)]}
    assert salur("auditor", "revoke", "bpk-ri", "--all").code == 1


@pytest.mark.parametrize("name", ["BPK", "a b", "auditor:x", "-x", ""])
def test_a_name_that_is_none_is_refused(salur: Salur, ledger: str, name: str) -> None:
    assert salur("auditor", "add", "--", name).code == 2


def test_a_token_for_somebody_who_was_not_let_in_says_what_to_do(salur: Salur, ledger: str) -> None:
    answer = salur("auditor", "token", "bpk-ri")
    assert (answer.code, "salur auditor add bpk-ri" in answer.err) == (2, True)
    indonesian = salur("auditor", "token", "bpk-ri", "--lang", "id")
    assert "bpk-ri belum boleh diberi token" in indonesian.err


def test_nobody_gets_an_auditors_token_as_a_partner(salur: Salur, ledger: str) -> None:
    salur("auditor", "add", "bpk-ri")
    assert salur("partner", "token", "auditor:bpk-ri").code == 2
    salur("partner", "add", "pos")
    assert salur("partner", "token", "pos", "--scope", "audit").code == 2


def test_the_log_is_shown_and_checked(salur: Salur, ledger: str) -> None:
    engine = open_read_log(ledger)
    reads = [
        Read(at=1_790_000_000_000 + number, reader=reader, channel="api", what="/v1/tallies", asked='{"destination":"MY"}', status=200, as_of=7, rows=number)
        for number, reader in enumerate(["local", "auditor:bpk-ri", "local"])
    ]
    with engine.begin() as connection:
        append_all(connection, reads)
    shown = salur("readlog", "--json").json["lines"]
    assert [(line["number"], line["reader"], line["asked"], line["as_of"], line["rows"]) for line in shown] == [
        (number + 1, one.reader, {"destination": "MY"}, 7, number) for number, one in enumerate(reads)
    ]
    assert [line["number"] for line in salur("readlog", "--reader", "auditor:bpk-ri", "--json").json["lines"]] == [2]
    assert [line["number"] for line in salur("readlog", "--limit", "1", "--json").json["lines"]] == [3]
    assert [line["number"] for line in salur("readlog", "--since", "2026-09-21T15:00:00Z", "--json").json["lines"]] == []
    assert "destination=MY" in salur("readlog").out
    held = salur("readlog", "--verify", "--json").json
    assert held == {"holds": True, "lines": 3, "last": f"3:{shown[-1]['hash']}", "flaw": None}
    assert salur("readlog", "--verify", "--last", held["last"]).code == 0
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER read_log_no_delete")
        connection.exec_driver_sql("DELETE FROM read_log WHERE number = 3")
    engine.dispose()
    cut = salur("readlog", "--verify", "--last", held["last"], "--lang", "id")
    assert (cut.code, "telah diubah" in cut.out) == (1, True)
    assert salur("readlog", "--verify").code == 0


def test_a_line_cannot_move_the_cursor_of_who_reads_it(salur: Salur, ledger: str) -> None:
    engine = open_read_log(ledger)
    with engine.begin() as connection:
        append_all(connection, [Read(at=1, reader="local", channel="page", what="/en/\x1b[2J", asked='{"lot":"\\u001b[31m\\n"}', status=404)])
    engine.dispose()
    assert not {"\x1b", "\r"} & set(salur("readlog").out)


@pytest.mark.parametrize("words", [["--last", "5:x"], ["--verify", "--last", "5:x"], ["--since", "soon"]])
def test_wrong_words_end_with_2(salur: Salur, ledger: str, words: list[str]) -> None:
    assert salur("readlog", *words).code == 2


def test_what_a_command_shows_is_in_the_log_first(salur: Salur, ledger: str) -> None:
    assert salur("tally", "--destination", "MY", "--by", "programme", "--json").code == 0
    salur("partner", "list")
    assert salur("tally", "--destination", "nowhere").code == 2
    (line,) = salur("readlog", "--json").json["lines"]
    assert (line["channel"], line["what"], line["as_of"]) == ("command", "salur tally", 0)
    assert line["reader"].startswith("local:")
    assert line["asked"] == {"words": "tally --destination MY --by programme --json"}


def test_a_command_whose_line_cannot_be_kept_shows_nothing(salur: Salur, ledger: str) -> None:
    engine = open_read_log(ledger)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE read_log")
        connection.exec_driver_sql("CREATE VIEW read_log AS SELECT 1 AS number, '' AS hash")
    engine.dispose()
    answer = salur("tally", "--json")
    assert (answer.code, answer.out) == (3, "")
