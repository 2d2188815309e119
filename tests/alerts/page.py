"""The page that a run of alerts leaves: for each alert whether it fired and cleared, and everything that was done and seen."""

import datetime
from collections.abc import Iterator, Mapping

from tests.alerts.catalogue import BY_PROMTOOL, STEPS
from tests.alerts.diary import Diary

_HEAD = """# Alerts that were made to fire

`python -m tests.alerts --log tests/alerts/README.md` starts a real stack (`salur up`) with a Prometheus beside it, causes the condition of
each alert, sees it fire, does what its runbook says, and sees it clear. This page is what the last run wrote. In the run's copy of the rules
an alert fires once its condition has held for four seconds instead of for its own time (`for`, in the table); thresholds and windows are
the real ones. What takes hours is shown by `promtool` instead, where every alert has a case that fires and one beside it that does not.
"""
_COLUMNS = ("date", "alert", "condition that was caused", "fired after", "what of its runbook was done", "cleared after", "its own `for`")


def page(diary: Diary, shorter: Mapping[str, str], day: datetime.date) -> str:
    """Return the page."""
    rows = [_row(_COLUMNS), _row(["---"] * len(_COLUMNS)), *(_row(row) for row in _rows(diary, shorter, day))]
    return "\n".join([_HEAD, *rows, "", "```", *diary.lines, "```", ""])


def _rows(diary: Diary, shorter: Mapping[str, str], day: datetime.date) -> Iterator[list[str]]:
    for step in STEPS:
        for alert, answer in step.alerts.items():
            seen = diary.seen[alert, step.name]
            yield [f"{day}", alert, step.name, f"{seen.fired_seconds:.0f} s", answer, f"{seen.cleared_seconds:.0f} s", shorter.get(alert, "")]
    for alert, condition in BY_PROMTOOL.items():
        yield ["", alert, condition, "promtool", "", "promtool", shorter.get(alert, "")]


def _row(cells: list[str] | tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"
