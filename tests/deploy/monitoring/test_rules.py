"""Alert rules: each fires on its condition and not beside it, names declared metrics only, and has a page that says what to do."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # comes with the validator of the intake's description

from deploy import monitoring
from deploy.cli.main import app
from deploy.monitoring.local_prometheus import configuration, prometheus
from models.errors import ConfigurationError
from tests.deploy.monitoring.alert_cases import CASES, as_promtool_tests
from tests.deploy.monitoring.queries import check_labels, metric_names

FOLDER = Path(monitoring.__file__).parent
RULES = FOLDER / "rules" / "salur.yaml"
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
    assert rule["annotations"]["runbook"] == f"deploy/monitoring/runbooks/{name}.md"


@pytest.mark.parametrize("name", sorted(all_rules()))
def test_a_page_says_what_an_alert_means_and_what_to_do(name: str) -> None:
    page = (FOLDER / "runbooks" / f"{name}.md").read_text()
    assert page.startswith(f"# {name}\n")
    assert all(heading in page for heading in HEADINGS)
    assert "`salur " in page or "`/readyz`" in page, "a page names a command"


def test_no_page_is_left_of_an_alert_that_is_gone() -> None:
    assert {path.stem for path in (FOLDER / "runbooks").glob("*.md")} == {*all_rules()}


def test_labels_that_a_query_asks_for_are_declared() -> None:
    for rule in all_rules().values():
        check_labels(rule["expr"])


@pytest.mark.parametrize("name", sorted(all_rules()))
def test_a_page_names_commands_that_exist(name: str) -> None:
    words = set(re.findall(r"`salur ([a-z]+)", (FOLDER / "runbooks" / f"{name}.md").read_text()))
    registered = {command.name for command in app.registered_commands} | {group.name for group in app.registered_groups}
    assert words <= registered


def test_prometheus_is_given_every_process_and_the_rules_and_refused_where_it_is_not_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = configuration(["http://127.0.0.1:1/metrics", "http://127.0.0.1:2/metrics"])
    assert written["scrape_configs"][0] == {"job_name": "salur", "static_configs": [{"targets": ["127.0.0.1:1", "127.0.0.1:2"]}]}
    assert written["rule_files"] == [str(RULES)]
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigurationError, match="not installed"), prometheus(tmp_path, []):
        pass
