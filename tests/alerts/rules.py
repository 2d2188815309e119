"""The rules as a run evaluates them: the real ones, but that an alert fires as soon as its condition has held for a few seconds.

Thresholds, windows and expressions are untouched; only ``for`` is shorter, and only in this copy.
"""

import re
from pathlib import Path
from typing import Any, Final

import yaml  # type: ignore[import-untyped]  # comes with the validator of the intake's description

from deploy.monitoring.local_prometheus import RULES

FOR_SECONDS: Final = 4
_UNITS: Final = {"s": 1, "m": 60, "h": 3600}


def shortened(path: Path) -> dict[str, str]:
    """Write the copy, and return what each ``for`` was that is shorter in it."""
    rules = yaml.safe_load(RULES.read_text())
    found = {}
    for rule in _all(rules):
        if _seconds(rule.get("for", "0s")) > FOR_SECONDS:
            found[rule["alert"]] = rule["for"]
            rule["for"] = f"{FOR_SECONDS}s"
    path.write_text(yaml.safe_dump(rules))
    return found


def names() -> list[str]:
    """Return the names of all alerts."""
    return [rule["alert"] for rule in _all(yaml.safe_load(RULES.read_text()))]


def _all(rules: dict[str, Any]) -> list[dict[str, Any]]:
    return [rule for group in rules["groups"] for rule in group["rules"]]


def _seconds(text: str) -> int:
    found = re.fullmatch(r"(\d+)([smh])", text)
    assert found is not None
    return int(found[1]) * _UNITS[found[2]]
