"""The run of alerts covers every rule, and the page of its last run is about the rules and conditions of today."""

import re
from pathlib import Path

import pytest

from deploy import monitoring
from tests.alerts.catalogue import BY_PROMTOOL, STEPS, Step, rows
from tests.alerts.rules import names
from tests.deploy.monitoring.alert_cases import CASES

RUNBOOKS = Path(monitoring.__file__).parent / "runbooks"
PAGE = Path(__file__).with_name("README.md")


def test_every_rule_is_made_to_fire_by_a_condition_or_has_a_reason_and_a_case_of_promtool() -> None:
    caused = {alert for step in STEPS for alert in step.alerts}
    assert sorted([*caused, *BY_PROMTOOL]) == sorted(names())
    assert {*BY_PROMTOOL} <= {case.alert for case in CASES}


@pytest.mark.parametrize("step", [step for step in STEPS if step.alerts], ids=lambda step: step.name)
def test_what_is_done_about_an_alert_is_what_its_runbook_says(step: Step) -> None:
    for alert, answer in step.alerts.items():
        runbook = (RUNBOOKS / f"{alert}.md").read_text()
        for command in re.findall(r"`([^`]+)`", answer):
            assert f"`{command}" in runbook, f"{alert}: {command}"


def test_the_page_has_a_row_for_every_alert_and_condition() -> None:
    found = [tuple(cell.strip() for cell in line.split("|")[2:4]) for line in PAGE.read_text().splitlines() if line.startswith("|")]
    assert sorted(found[2:]) == sorted(rows())
