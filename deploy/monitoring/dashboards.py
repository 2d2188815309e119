"""Grafana dashboards as code: `python -m deploy.monitoring.dashboards` writes their JSON files anew.

Each panel is a question and the queries that answer it. The files are imported into Grafana, or provisioned from the
folder; the data source is chosen there.
"""

import json
from pathlib import Path
from typing import Any, Final, NamedTuple

FOLDER: Final = Path(__file__).with_name("dashboards")
_SOURCE: Final = {"type": "prometheus", "uid": "${source}"}
_WIDTH: Final = 12
_HEIGHT: Final = 8


class Panel(NamedTuple):
    """One panel: its title, Grafana's word for the unit, and queries with the legend of each."""

    title: str
    unit: str
    queries: tuple[tuple[str, str], ...]


_E2E: Final = "salur_event_end_to_end_seconds"
_DECIDED: Final = "salur_dispositions_total"
_REQUESTS: Final = "salur_http_request_seconds"

DASHBOARDS: Final[dict[str, tuple[Panel, ...]]] = {
    "Salur: flow": (
        Panel("Events booked a second", "ops", (("sum by (channel) (rate(salur_events_received_total[5m]))", "{{channel}}"),)),
        Panel(
            "From Kafka to the tables", "s", tuple((f"histogram_quantile({q}, sum by (le) (rate({_E2E}_bucket[5m])))", f"{q:.0%}") for q in (0.5, 0.95, 0.99))
        ),
        Panel("Share of events over 5 s", "percentunit", ((f'1 - sum(rate({_E2E}_bucket{{le="5.0"}}[5m])) / sum(rate({_E2E}_count[5m]))', "5 minutes"),)),
        Panel("Records that wait", "short", (("sum by (group, topic) (salur_consumer_lag_events)", "{{group}} {{topic}}"),)),
        Panel("Oldest record that waits", "s", (("max by (group, topic) (salur_consumer_lag_seconds)", "{{group}} {{topic}}"),)),
        Panel("Time of a booking", "s", (("histogram_quantile(0.99, sum by (le) (rate(salur_ledger_commit_seconds_bucket[5m])))", "99%"),)),
        Panel("Bookings not published", "short", (("salur_publisher_lag_bookings", "bookings"),)),
        Panel("Workers ready", "bool", (("salur_worker_ready", "{{worker}} {{instance}}"),)),
        Panel("Rebalances in ten minutes", "short", (("increase(salur_rebalances_total[10m])", "{{instance}}"),)),
        Panel("Stalled", "s", (("salur_stream_stalled_seconds", "{{instance}}"),)),
    ),
    "Salur: truth": (
        Panel("Differences", "short", (("salur_reconciliation_difference", "{{between}} {{unit}}"),)),
        Panel("Age of the last comparison", "s", (("time() - salur_reconciliation_last_run_timestamp_seconds", "{{scope}}"),)),
        Panel(
            "Bookings",
            "short",
            (("salur_ledger_booking", "booked"), ("salur_tables_booking", "in the tables"), ("salur_reconciliation_booking", "compared: {{scope}}")),
        ),
        Panel("Decisions in the ledger", "short", (("salur_ledger_entries", "decisions"),)),
        Panel("Seal holds", "bool", (("salur_proof_valid", "newest seal"),)),
        Panel("Unsealed for", "s", (("salur_checkpoint_age_seconds", "oldest booking"),)),
    ),
    "Salur: intake": (
        Panel("Decisions a second", "ops", ((f"sum by (disposition) (rate({_DECIDED}[5m]))", "{{disposition}}"),)),
        Panel(
            "Rejected share by partner",
            "percentunit",
            ((f'sum by (partner) (rate({_DECIDED}{{disposition="rejected"}}[15m])) / sum by (partner) (rate({_DECIDED}[15m]))', "{{partner}}"),),
        ),
        Panel("Rejected and not sent again", "short", (("salur_rejected_open", "{{reason}}"),)),
        Panel("Held", "short", (("salur_held_open", "{{reason}}"),)),
        Panel("Silent for", "s", (("time() - salur_partner_last_event_timestamp_seconds", "{{partner}}"),)),
        Panel("Answer times over HTTP", "s", ((f"histogram_quantile(0.99, sum by (le, route) (rate({_REQUESTS}_bucket[5m])))", "{{route}} 99%"),)),
        Panel("Requests by status", "ops", ((f"sum by (status) (rate({_REQUESTS}_count[5m]))", "{{status}}"),)),
    ),
    "Salur: aid": (
        Panel("Delivered", "short", (("salur_delivered", "{{programme}} {{destination}} {{measure}} {{unit}}"),)),
        Panel("Sent and not confirmed", "short", (("salur_sent_unconfirmed", "{{programme}} {{destination}} {{unit}}"),)),
        Panel("Oldest payment not confirmed", "s", (("time() - salur_sent_unconfirmed_oldest_timestamp_seconds", "{{programme}} {{destination}} {{unit}}"),)),
        Panel("Returned", "short", (("salur_returned", "{{programme}} {{destination}} {{unit}}"),)),
        Panel("Shown by evidence", "percentunit", (("salur_evidence_coverage_ratio", "{{programme}} {{destination}} {{unit}}"),)),
        Panel("On hand", "short", (("salur_stock_on_hand", "{{holder}} {{item}} {{unit}}"),)),
        Panel("Stocks below nothing", "short", (("salur_stock_negative_cells", "{{holder}}"),)),
    ),
}


def as_json(title: str) -> str:
    """Return the dashboard as Grafana reads it."""
    source = {"name": "source", "type": "datasource", "query": "prometheus", "label": "Source"}
    board = {
        "uid": _slug(title),
        "title": title,
        "tags": ["salur"],
        "timezone": "Asia/Jakarta",
        "schemaVersion": 38,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {"list": [source]},
        "panels": [_panel(number, panel) for number, panel in enumerate(DASHBOARDS[title])],
    }
    return json.dumps(board, indent=1) + "\n"


def path_of(title: str) -> Path:
    """Return where a dashboard's file is."""
    return FOLDER / f"{_slug(title)}.json"


def _panel(number: int, panel: Panel) -> dict[str, Any]:
    return {
        "id": number + 1,
        "type": "timeseries",
        "title": panel.title,
        "datasource": _SOURCE,
        "gridPos": {"x": number % 2 * _WIDTH, "y": number // 2 * _HEIGHT, "w": _WIDTH, "h": _HEIGHT},
        "fieldConfig": {"defaults": {"unit": panel.unit}, "overrides": []},
        "targets": [
            {"refId": chr(ord("A") + place), "datasource": _SOURCE, "expr": query, "legendFormat": legend}
            for place, (query, legend) in enumerate(panel.queries)
        ],
    }


def _slug(title: str) -> str:
    return title.lower().replace(": ", "-").replace(" ", "-")


if __name__ == "__main__":
    for name in DASHBOARDS:
        path_of(name).write_text(as_json(name), encoding="utf-8")
