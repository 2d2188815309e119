"""What is made from declarations is what is committed, and names nothing that is not declared."""

import json
import re

import pytest

from deploy.monitoring import dashboards, metrics_page
from models import metrics
from tests.deploy.monitoring.queries import check_labels, metric_names

SUFFIXES = {"counter": "_total"}
WITHOUT_UNIT = {"info", "bool", "quantity", "events", "entries", "records", "bookings", "partitions", "cells", "rebalances", "refolds", "flushes"}


def test_the_page_of_metrics_is_made_from_the_declarations() -> None:
    assert metrics_page.PAGE.read_text(encoding="utf-8") == metrics_page.page(), "python -m deploy.monitoring.metrics_page"


@pytest.mark.parametrize("title", sorted(dashboards.DASHBOARDS))
def test_a_dashboard_file_is_made_from_the_code(title: str) -> None:
    assert dashboards.path_of(title).read_text(encoding="utf-8") == dashboards.as_json(title), "python -m deploy.monitoring.dashboards"


def test_no_dashboard_file_is_left_over() -> None:
    assert {*dashboards.FOLDER.glob("*.json")} == {*map(dashboards.path_of, dashboards.DASHBOARDS)}


@pytest.mark.parametrize("title", sorted(dashboards.DASHBOARDS))
def test_every_query_of_a_dashboard_names_declared_metrics_and_labels(title: str) -> None:
    for panel in json.loads(dashboards.as_json(title))["panels"]:
        for target in panel["targets"]:
            named = metric_names(target["expr"])
            assert named
            check_labels(target["expr"])
            labels = {label for name in named for label in metrics.BY_NAME[name].labels} | {"instance"}
            assert set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"])) <= labels


@pytest.mark.parametrize("metric", metrics.ALL, ids=lambda metric: metric.name)
def test_a_metric_is_named_by_the_conventions(metric: metrics.Metric) -> None:
    assert re.fullmatch(r"salur_[a-z][a-z0-9_]*[a-z]", metric.name)
    assert metric.name.endswith("_total") == (metric.kind == "counter")
    assert metric.kind == "counter" or metric.unit in WITHOUT_UNIT or metric.name.endswith(f"_{metric.unit}")
    assert bool(metric.buckets) == (metric.kind == "histogram")
    assert list(metric.buckets) == sorted(set(metric.buckets))
    assert metric.help.endswith(".")


PROMISED = """
events_received_total: channel type; dispositions_total: disposition partner; event_end_to_end_seconds:; consumer_lag_events: group topic partition;
consumer_lag_seconds: group topic partition; tally_last_update_timestamp_seconds:; reconciliation_difference: between unit; ledger_position: topic partition;
ledger_commit_seconds:; ledger_entries:; proof_valid:; checkpoint_age_seconds:; held_open: reason; rejected_open: reason; rebalances_total:; recovery_seconds:;
worker_ready: worker; stream_stalled:; partner_last_event_timestamp_seconds: partner; delivered: programme destination measure unit;
sent_unconfirmed: programme destination unit; returned: programme destination unit; evidence_coverage_ratio: programme destination unit;
stock_on_hand: holder item unit; http_request_seconds: method route status; build_info: version rules
"""


@pytest.mark.parametrize("promised", PROMISED.strip().split(";"), ids=lambda promised: str(promised).split(":")[0].strip())
def test_what_others_alert_on_keeps_its_name_and_its_labels(promised: str) -> None:
    name, labels = promised.strip().split(":")
    assert list(metrics.BY_NAME[f"salur_{name}"].labels) == labels.split()


def test_no_label_can_name_an_event_or_a_person() -> None:
    bounded = {
        *("version", "rules", "worker", "channel", "type", "disposition", "partner", "partition", "outcome", "group", "topic", "reason", "programme"),
        *("destination", "measure", "unit", "holder", "item", "source", "between", "scope", "method", "route", "status"),
    }
    assert {label for metric in metrics.ALL for label in metric.labels} <= bounded
