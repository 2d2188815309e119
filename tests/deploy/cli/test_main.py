"""The command as a whole: its commands, its exit codes, and that help is quick."""

import subprocess
import sys

import pytest

from deploy.cli.main import app
from deploy.cli.words import say
from models.figure_words import grouped, measure_word, unit_word
from models.measures import ALL_MEASURES
from models.registry import Registry
from models.units import CURRENCIES, UNITS
from tests.deploy.cli.conftest import Salur

COMMANDS = [
    "backup",
    "balance",
    "batches",
    "check",
    "demo",
    "diff",
    "doctor",
    "evidence",
    "explain",
    "export",
    "flags",
    "plan",
    "prove",
    "publish",
    "reached",
    "readlog",
    "rebuild",
    "reconcile",
    "restore",
    "runbook",
    "sample",
    "seal",
    "simulate",
    "statement",
    "status",
    "tally",
    "template",
    "topics",
    "up",
    "verify",
    "witness",
]


def test_the_commands_have_their_fixed_names() -> None:
    assert sorted(command.name or "" for command in app.registered_commands) == COMMANDS
    assert [group.name for group in app.registered_groups] == ["rejected", "partner", "kobo", "auditor"]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_and_answers_programs(salur: Salur, name: str) -> None:
    answer = salur(name, "--help")
    assert answer.code == 0
    assert "--json" in answer.out
    assert "--lang" in answer.out


@pytest.mark.parametrize("words", [["nonsense"], ["tally", "--nonsense"], ["tally", "--lang", "fr"], ["publish"], ["tally", "--source", "hearsay"]])
def test_wrong_words_end_with_2(salur: Salur, words: list[str]) -> None:
    assert salur(*words).code == 2


@pytest.mark.parametrize("words", [["tally"], ["explain"], ["reconcile"], ["topics"], ["tally", "--json"]])
def test_what_needs_a_stack_ends_with_3_when_none_runs(salur: Salur, words: list[str]) -> None:
    answer = salur(*words)
    assert answer.code == 3
    assert "no stack runs on" in answer.err
    assert "salur up" in answer.err
    assert answer.out == ""


def test_the_doctor_looks_at_everything_even_when_nothing_runs(salur: Salur) -> None:
    answer = salur("doctor", "--json")
    assert answer.code == 3
    states = {check["check"]: check["state"] for check in answer.json["checks"]}
    assert states["Python"] == "fine"
    assert states["Broker"] == "unreachable"
    assert all(check["fix"] for check in answer.json["checks"] if check["state"] in ("wrong", "unreachable"))
    assert {setting["setting"]: setting["origin"] for setting in answer.json["settings"]}["data_dir"] == "environment"


def test_a_password_in_the_database_address_is_not_shown(salur: Salur, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALUR_DATABASE_URL", "postgresql+psycopg://ledger:very-secret@127.0.0.1:1/salur")
    answer = salur("doctor")
    assert "very-secret" not in answer.out + answer.err


def test_a_misspelled_setting_is_told_before_anything_happens(salur: Salur, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALUR_PARTITION", "8")
    answer = salur("tally")
    assert answer.code == 2
    assert "did you mean SALUR_PARTITIONS?" in answer.err


def test_help_imports_nothing_heavy() -> None:
    heavy = {"kafka", "sqlalchemy", "faust", "numpy", "jsonschema", "alembic"}
    words = f"import sys, deploy.cli.main; print(sorted({heavy!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


def test_figures_are_grouped_as_each_language_writes_them() -> None:
    assert [grouped("29416358400000.5", lang) for lang in ("en", "id")] == ["29,416,358,400,000.5", "29.416.358.400.000,5"]
    assert grouped("-1985", "id") == "-1.985"


def test_every_measure_that_is_posted_and_every_unit_has_indonesian_words() -> None:
    assert all(measure_word(measure, "id") != measure for measure in ALL_MEASURES)
    assert len({measure_word(measure, "id") for measure in ALL_MEASURES}) == len(ALL_MEASURES)
    names = Registry.shipped().units
    assert {code: unit_word(code, "id") for code in UNITS if code not in CURRENCIES} == {code: names[code].id for code in UNITS if code not in CURRENCIES}
    assert {unit_word(code, "id") for code in CURRENCIES} == CURRENCIES


def test_every_word_is_there_in_both_languages() -> None:
    assert say("rejected", "en") == "rejected"
    assert say("rejected", "id") == "ditolak"
    with pytest.raises(KeyError):
        say("no such words", "en")
