"""The page of all metrics, made from their declarations: `python -m deploy.monitoring.metrics_page` writes it anew."""

from pathlib import Path
from typing import Final

from models import metrics
from models.metrics import Metric

PAGE: Final = Path(__file__).with_name("METRICS.md")
_INTRODUCTION: Final = """# Metrics

Every process serves its own on a loopback port at `/metrics`; `salur up` writes the addresses to `salur.json` in the data
folder (`metrics_urls`). Labels are codes and words of ours, never an event and never a person. This page is made from
`models/metrics.py` and tested against it.

| metric | kind | unit | labels | what it says |
| --- | --- | --- | --- | --- |
"""


def page() -> str:
    """Return the page."""
    return _INTRODUCTION + "".join(map(_row, metrics.ALL))


def _row(metric: Metric) -> str:
    labels = ", ".join(f"`{label}`" for label in metric.labels) or "none"
    return f"| `{metric.name}` | {metric.kind} | {metric.unit} | {labels} | {metric.help} |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
