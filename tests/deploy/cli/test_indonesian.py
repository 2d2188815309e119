"""Indonesian is complete: help, findings of the doctor, and the errors that a wrong word or a missing stack ends with."""

import ast
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest
import typer.main

import deploy
from deploy.cli.help_words import untranslated
from deploy.cli.main import app
from deploy.cli.options import spoken
from deploy.cli.remark_words import remark
from tests.deploy.cli.conftest import Salur
from tests.models.test_expectation_words import texts

ROOT = Path(deploy.__path__[0]).parent
SAID_TO_PEOPLE = (
    "deploy/doctor/machine.py",
    "deploy/doctor/kafka_side.py",
    "deploy/doctor/database_side.py",
    "deploy/doctor/workers_side.py",
    "deploy/doctor/truth_side.py",
    "deploy/doctor/doors.py",
    "deploy/doctor/outbound.py",
    "deploy/monitoring/notices_side.py",
    "deploy/doctor/examination.py",
    "deploy/settings.py",
    "consumers/answers/filters.py",
    "consumers/answers/dimensions.py",
    "consumers/answers/asof.py",
    "consumers/answers/diff.py",
    "consumers/answers/plans.py",
    "consumers/answers/balance.py",
    "consumers/answers/public.py",
    "consumers/answers/sample.py",
    "consumers/web/question.py",
    "consumers/web/api.py",
    "deploy/cli/people.py",
    "deploy/cli/desk.py",
    "deploy/cli/desk_editing.py",
    "deploy/cli/desk_requests.py",
    "deploy/cli/runbook.py",
    "deploy/desk.py",
    "models/desk.py",
    "deploy/backup/manifest.py",
    "deploy/backup/box.py",
    "deploy/backup/making.py",
    "deploy/backup/restoring.py",
    "deploy/backup/database.py",
    "consumers/desk/waiting.py",
)
MAKERS = frozenset({"Finding", "ConfigurationError", "Unreachable"})
NOT_TRANSLATED = frozenset({"Python", "Java", "Broker", "7", "7 (7)", "7: 7", "7, expected 7", "7 is no 7 of Salur", "7, and nothing was added for 7 s"})
"""Names of things, and what is put together from gaps that are sentences themselves."""


def test_every_text_of_the_help_has_indonesian_words() -> None:
    assert not list(untranslated(typer.main.get_command(app)))


@pytest.mark.parametrize("words", [["tally", "--help"], ["tally", "--lang", "id", "--help"], ["--help"]])
def test_the_help_comes_in_the_language_of_the_reader(salur: Salur, monkeypatch: pytest.MonkeyPatch, words: list[str]) -> None:
    monkeypatch.setenv("SALUR_LANG", "id")
    shown = salur(*words).out
    assert shown.startswith("Penggunaan: ")
    assert "Opsi:" in shown
    assert "Tampilkan pesan ini." in shown
    monkeypatch.setenv("SALUR_LANG", "en")
    assert salur("--help").out.startswith("Usage: ")


@pytest.mark.parametrize(
    ("words", "environment", "language"),
    [
        (["tally", "--lang", "id"], {"SALUR_LANG": "en"}, "id"),
        (["tally", "--lang=en"], {"SALUR_LANG": "id"}, "en"),
        (["--help"], {"SALUR_LANG": "id"}, "id"),
        (["--help"], {"LANG": "id_ID.UTF-8"}, "id"),
        (["--help"], {"LANG": "C.UTF-8"}, "en"),
        (["tally", "--lang", "fr"], {}, "en"),
    ],
)
def test_an_option_wins_over_the_environment_and_that_over_the_locale(words: list[str], environment: dict[str, str], language: str) -> None:
    assert spoken(words, environment) == language


def test_every_finding_and_every_error_about_words_and_settings_has_indonesian_words() -> None:
    english = set(chain.from_iterable(said_in(ROOT / name) for name in SAID_TO_PEOPLE)) - NOT_TRANSLATED - {""}
    assert len(english) > 30, "the scan has lost sight of the sources"
    assert not sorted(text for text in english if remark(text, "id") == text and not is_a_command(text))


def test_the_doctor_and_a_missing_stack_speak_indonesian(salur: Salur, tmp_path: Path) -> None:
    examined = salur("doctor", "--lang", "id")
    assert examined.out.splitlines()[0] == "Pemeriksaan\tStatus\tHasil\tCara memperbaiki"
    assert f"Broker\ttidak terjangkau\ttidak ada Salur yang berjalan di {tmp_path}" in examined.out
    refused = salur("tally", "--lang", "id")
    assert refused.code == 3
    assert f"tidak ada Salur yang berjalan di {tmp_path}" in refused.err


def is_a_command(text: str) -> bool:
    """Tell whether a text is to be typed: that is the same in every language."""
    return text.startswith(("salur ", "chmod ", "`salur rejected approve"))


def said_in(path: Path) -> Iterator[str]:
    """Yield what findings and errors of a module say, a gap filled with a number."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.Call(func=ast.Name(id=maker), args=args, keywords=keywords) if maker in MAKERS:
                kept = [*args, *(keyword.value for keyword in keywords if keyword.arg in {"name", "found", "fix", "hint"})]
                yield from chain.from_iterable(texts(argument, {}) for argument in kept)
            case ast.Assign(targets=[ast.Name(id="found" | "fix" | "hint" | "shown")], value=value):
                yield from texts(value, {})
