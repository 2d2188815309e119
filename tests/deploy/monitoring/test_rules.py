"""Alert rules: each fires on its condition and not beside it, names declared metrics only, and has a page that says what to do."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml  # type: ignore[import-untyped]  # comes with the validator of the intake's description

from deploy import monitoring
from deploy.cli.main import app
from deploy.cli.runbook import alerts, page
from deploy.monitoring.local_prometheus import configuration, prometheus
from models.errors import ConfigurationError
from tests.deploy.cli.conftest import Salur, salur
from tests.deploy.monitoring.alert_cases import CASES, as_promtool_tests
from tests.deploy.monitoring.queries import check_labels, metric_names

__all__ = ["salur"]

FOLDER = Path(monitoring.__file__).parent
RULES = FOLDER / "rules" / "salur.yaml"
JUDUL = ("## Artinya", "## Yang perlu dilakukan", "## Cara melihat bahwa sudah selesai")
HEADINGS = ("## What it means", "## What to do", "## How to see that it is over")


def all_rules() -> dict[str, dict[str, Any]]:
    groups = yaml.safe_load(RULES.read_text())["groups"]
    return {rule["alert"]: rule for group in groups for rule in group["rules"]}


@pytest.mark.debian
@pytest.mark.parametrize("interval", sorted({case.interval for case in CASES}))
def test_every_alert_fires_on_its_condition_and_not_beside_it(tmp_path: Path, promtool: str, interval: str) -> None:
    tests = tmp_path / "tests.yaml"
    tests.write_text(json.dumps(as_promtool_tests(str(RULES), all_rules(), interval=interval)))
    done = subprocess.run([promtool, "test", "rules", tests], capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.debian
def test_promtool_finds_no_fault_with_the_rules(promtool: str) -> None:
    done = subprocess.run([promtool, "check", "rules", RULES], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_alert_has_a_case() -> None:
    assert sorted(case.alert for case in CASES) == sorted(all_rules())


@pytest.mark.parametrize("name", sorted(all_rules()))
def test_an_alert_asks_for_declared_metrics_and_links_its_page(name: str) -> None:
    rule = all_rules()[name]
    assert metric_names(rule["expr"]) or "up{" in rule["expr"]
    assert rule["labels"]["severity"] in {"page", "ticket", "info"}
    assert rule["annotations"]["runbook"] == f"salur runbook {name} (deploy/monitoring/runbooks/{name}.md)"


@pytest.mark.parametrize("name", sorted(all_rules()))
def test_a_page_says_what_an_alert_means_and_what_to_do(name: str) -> None:
    english, indonesian = page(name, "en"), page(name, "id")
    for text, headings in ((english, HEADINGS), (indonesian, JUDUL)):
        assert text.startswith(f"# {name}\n")
        assert re.findall("^## .*$", text, re.MULTILINE) == [*headings]
        assert "`salur " in text, "a page names a command"
    assert steps(english) == steps(indonesian), "both say to do the same"


def test_no_page_is_left_of_an_alert_that_is_gone() -> None:
    assert alerts() == sorted(path.stem for path in (FOLDER / "runbooks" / "id").glob("*.md") if path.stem != "README") == sorted(all_rules())


def test_labels_that_a_query_asks_for_are_declared() -> None:
    for rule in all_rules().values():
        check_labels(rule["expr"])


@pytest.mark.parametrize("name", [*sorted(all_rules()), "README"])
def test_a_page_names_commands_and_options_that_exist(name: str) -> None:
    for words in re.findall(r"`salur ([^`]+)`", page(name, "en") + page(name, "id")):
        check_command(typer.main.get_command(app), words.split())


def check_command(command: Any, words: list[str]) -> None:
    """Follow the words of a command; placeholders are in capitals, an option stands as it is typed."""
    while hasattr(command, "commands") and words:
        assert words[0] in command.commands, words
        command, words = command.commands[words[0]], words[1:]
    options = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    assert {word for word in words if word.startswith("--")} <= options, words


def steps(text: str) -> list[tuple[str, list[str]]]:
    """Return the number of each step with what is to be typed or looked at, and the pages that it sends to; and the same of how it is over."""
    lines = [*re.findall(r"^(\d+)\. (.*)$", text, re.MULTILINE), ("", text.rsplit("## ", maxsplit=1)[-1])]
    return [(number, sorted({*re.findall(r"`[^`]+`", line), *re.findall(r"\bSalur[A-Z]\w+", line)})) for number, line in lines]


@pytest.mark.parametrize(("lang", "words"), [("en", "## What to do"), ("id", "## Yang perlu dilakukan")])
def test_the_page_of_an_alert_is_at_hand_where_the_command_is(salur: Salur, lang: str, words: str) -> None:
    assert words in salur("runbook", "SalurWorkerDown", "--lang", lang).out
    shown = salur("runbook", "--lang", lang)
    assert all(name in shown.out for name in alerts())
    unknown = salur("runbook", "SalurWorkersDown", "--lang", lang)
    assert (unknown.code, "SalurWorkerDown" in unknown.err) == (2, True)


def test_prometheus_is_given_every_process_and_the_rules_and_refused_where_it_is_not_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = configuration(["http://127.0.0.1:1/metrics", "http://127.0.0.1:2/metrics"])
    assert written["scrape_configs"][0] == {"job_name": "salur", "static_configs": [{"targets": ["127.0.0.1:1", "127.0.0.1:2"]}]}
    assert written["rule_files"] == [str(RULES)]
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigurationError, match="not installed"), prometheus(tmp_path, []):
        pass
