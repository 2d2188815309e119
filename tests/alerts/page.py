"""The page that a run of alerts leaves: for each alert whether it fired and cleared, and everything that was done and seen."""

from collections.abc import Mapping

from tests.alerts.diary import Diary
from tests.alerts.rules import names

_HEAD = """# Alerts that were made to fire

`python -m tests.alerts --log tests/alerts/README.md` starts a real stack (`salur up`) with a Prometheus beside it, causes the condition of
each alert, sees it fire, does what its runbook says, and sees it clear. This page is what the last run wrote. In the run's copy of the rules
an alert fires once its condition has held for four seconds instead of for its own time (`for`, in the table); thresholds and windows are
the real ones. What takes hours is shown by `promtool` instead, where every alert has a case that fires and one beside it that does not.

| alert | fired after | cleared after | its own `for` |
| --- | --- | --- | --- |
"""


def page(diary: Diary, shorter: Mapping[str, str], by_hours: Mapping[str, str]) -> str:
    """Return the page."""
    rows = []
    for name in names():
        if name in by_hours:
            rows.append(f"| {name} | promtool: {by_hours[name]} | promtool | {shorter.get(name, '')} |")
        else:
            rows.append(f"| {name} | {diary.fired[name]:.0f} s | {diary.cleared[name]:.0f} s | {shorter.get(name, '')} |")
    lines = "\n".join(diary.lines)
    return f"{_HEAD}{chr(10).join(rows)}\n\n```\n{lines}\n```\n"
