"""For each alert rule the condition that it is about, and one close to it that is none.

Series are written as promtool has them: one sample an ``interval``, ``a+bxn`` is a, a+b, … and ``_`` is no sample.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

E2E = "salur_event_end_to_end_seconds"
LAG = 'salur_consumer_lag_events{group="salur",topic="aid.entries.v1",partition="0"}'
LAG_SECONDS = 'salur_consumer_lag_seconds{group="salur",topic="aid.entries.v1",partition="0"}'
GROUP = {"group": "salur", "topic": "aid.entries.v1"}
TABLES = {"between": "table-ledger", "unit": "IDR"}
PLACE = {"programme": "bsu", "destination": "ID", "unit": "IDR"}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Case:
    """One alert: series that make it fire at ``at`` with ``labels``, and series that do not."""

    alert: str
    firing: Mapping[str, str]
    quiet: Mapping[str, str]
    at: str
    labels: Mapping[str, str] = dataclasses.field(default_factory=dict)
    interval: str = "1m"


def labelled(name: str, **labels: str) -> str:
    inside = ",".join(f'{key}="{value}"' for key, value in labels.items())
    return f"{name}{{{inside}}}"


def latencies(*, in_time: int, all_: int, minutes: int) -> dict[str, str]:
    return {f'{E2E}_bucket{{le="5.0"}}': f"0+{in_time}x{minutes}", f"{E2E}_count": f"0+{all_}x{minutes}"}


def dispositions(*, rejected: int, accepted: int) -> dict[str, str]:
    counter = "salur_dispositions_total"
    return {
        labelled(counter, disposition="rejected", partner="kemlu"): f"0+{rejected}x40",
        labelled(counter, disposition="accepted", partner="kemlu"): f"0+{accepted}x40",
    }


def requests(*, failed: int, fine: int) -> dict[str, str]:
    return {
        labelled("salur_http_request_seconds_count", status="5xx"): f"0+{failed}x20",
        labelled("salur_http_request_seconds_count", status="2xx"): f"0+{fine}x20",
    }


def recoveries(*, slow: int) -> dict[str, str]:
    return {"salur_recovery_seconds_count": f"1+0x4 {1 + slow}+0x10", 'salur_recovery_seconds_bucket{le="60.0"}': "1+0x14"}


CONFLICT = labelled("salur_dispositions_total", disposition="conflict", partner="kemlu")
CASES = (
    Case(alert="SalurEndToEndBurnsFast", firing=latencies(in_time=80, all_=100, minutes=70), quiet=latencies(in_time=99, all_=100, minutes=70), at="65m"),
    Case(alert="SalurEndToEndBurnsSlowly", firing=latencies(in_time=90, all_=100, minutes=400), quiet=latencies(in_time=96, all_=100, minutes=400), at="390m"),
    Case(alert="SalurConsumerLagRising", firing={LAG: "0+200x40"}, quiet={LAG: "5000+0x40"}, at="35m", labels=GROUP),
    Case(alert="SalurConsumerLagOld", firing={LAG_SECONDS: "0+60x10"}, quiet={LAG_SECONDS: "0 90 0 90 0 90 0 90 0 90"}, at="8m", labels=GROUP),
    Case(
        alert="SalurTallyStale",
        firing={"salur_tally_last_update_timestamp_seconds": "60+0x20", LAG: "5+0x20"},
        quiet={"salur_tally_last_update_timestamp_seconds": "60+0x20", LAG: "0+0x20"},
        at="10m",
    ),
    Case(alert="SalurStreamStalled", firing={"salur_stream_stalled_seconds": "0+60x10"}, quiet={"salur_stream_stalled_seconds": "0 60 119 0 60 119"}, at="5m"),
    Case(
        alert="SalurPublisherBehind",
        firing={"salur_publisher_lag_bookings": "3+0x20", "salur_ledger_booking": "100+0x20"},
        quiet={"salur_publisher_lag_bookings": "3+0x20", "salur_ledger_booking": "100+10x20"},
        at="10m",
    ),
    Case(alert="SalurPartitionHalted", firing={"salur_ledger_halted_partitions": "0 1 1 1"}, quiet={"salur_ledger_halted_partitions": "0 0 0 0"}, at="2m"),
    Case(alert="SalurWorkerDown", firing={'up{job="salur"}': "1 0 0 0 0"}, quiet={'up{job="salur"}': "1 0 1 0 1"}, at="4m", labels={"job": "salur"}),
    Case(
        alert="SalurWorkerNotReady",
        firing={'salur_worker_ready{worker="tallies"}': "1 0 0 0 0"},
        quiet={'salur_worker_ready{worker="tallies"}': "1 0 0 1 0"},
        at="4m",
        labels={"worker": "tallies"},
    ),
    Case(alert="SalurRebalancesFrequent", firing={"salur_rebalances_total": "1+1x10"}, quiet={"salur_rebalances_total": "1+0x5 2+0x5"}, at="10m"),
    Case(alert="SalurRecoverySlow", firing=recoveries(slow=1), quiet=recoveries(slow=0), at="8m"),
    Case(
        alert="SalurMonitorStale",
        firing={'salur_monitor_last_collection_timestamp_seconds{source="lag"}': "60+0x20"},
        quiet={'salur_monitor_last_collection_timestamp_seconds{source="lag"}': "0+60x20"},
        at="10m",
        labels={"source": "lag"},
    ),
    Case(alert="SalurHttpErrors", firing=requests(failed=2, fine=98), quiet=requests(failed=0, fine=100), at="15m"),
    Case(
        alert="SalurReconciliationDifference",
        firing={labelled("salur_reconciliation_difference", **TABLES): "0 1 1 1"},
        quiet={labelled("salur_reconciliation_difference", **TABLES): "0 1 0 0"},
        at="3m",
        labels=TABLES,
    ),
    Case(
        alert="SalurReconciliationStale",
        firing={'salur_reconciliation_last_run_timestamp_seconds{scope="log"}': "60+0x180"},
        quiet={'salur_reconciliation_last_run_timestamp_seconds{scope="log"}': "60+0x90 5400+0x90"},
        at="150m",
        labels={"scope": "log"},
    ),
    Case(alert="SalurProofInvalid", firing={"salur_proof_valid": "1 0 0"}, quiet={"salur_proof_valid": "1 1 1"}, at="2m"),
    Case(alert="SalurCheckpointOld", firing={"salur_checkpoint_age_seconds": "0+60x30"}, quiet={"salur_checkpoint_age_seconds": "0+60x15 0+60x15"}, at="25m"),
    Case(
        alert="SalurRejectedShareHigh",
        firing=dispositions(rejected=6, accepted=94),
        quiet=dispositions(rejected=4, accepted=96),
        at="35m",
        labels={"partner": "kemlu"},
    ),
    Case(alert="SalurConflict", firing={CONFLICT: "_x20 1+0x5"}, quiet={CONFLICT: "1+0x25"}, at="22m", labels={"partner": "kemlu"}),
    Case(alert="SalurHeldOpen", firing={"salur_held_oldest_timestamp_seconds": "0+0x70"}, quiet={"salur_held_oldest_timestamp_seconds": "0+60x70"}, at="65m"),
    Case(
        alert="SalurRejectedOpen",
        firing={'salur_rejected_open{reason="rjct.malformed"}': "1+0x70"},
        quiet={'salur_rejected_open{reason="rjct.malformed"}': "1+0x40 0+0x30"},
        at="65m",
        labels={"reason": "rjct.malformed"},
    ),
    Case(
        alert="SalurPartnerSilent",
        firing={'salur_partner_last_event_timestamp_seconds{partner="kemlu"}': "0+0x180"},
        quiet={'salur_partner_last_event_timestamp_seconds{partner="unknown"}': "0+0x180"},
        at="169h",
        interval="1h",
        labels={"partner": "kemlu"},
    ),
    Case(
        alert="SalurPartnerNotTold",
        firing={'salur_notice_failing_targets{channel="webhook"}': "1+0x420"},
        quiet={'salur_notice_failing_targets{channel="webhook"}': "0+0x420"},
        at="6h5m",
        labels={"channel": "webhook"},
    ),
    Case(
        alert="SalurSentUnconfirmedOld",
        firing={labelled("salur_sent_unconfirmed_oldest_timestamp_seconds", **PLACE): "0+0x350"},
        quiet={labelled("salur_sent_unconfirmed_oldest_timestamp_seconds", **PLACE): "86400+0x350"},
        at="337h",
        interval="1h",
        labels=PLACE,
    ),
    Case(
        alert="SalurStockNegative",
        firing={'salur_stock_negative_cells{holder="blk-padang"}': "1+0x30"},
        quiet={'salur_stock_negative_cells{holder="blk-padang"}': "1+0x10 0+0x20"},
        at="20m",
        labels={"holder": "blk-padang"},
    ),
)


def as_promtool_tests(rule_file: str, rules: Mapping[str, Mapping[str, Any]], *, interval: str) -> dict[str, Any]:
    """Return the test file of the cases of one interval: each case once firing and once not; expected labels and words are those of the rule."""
    tests = []
    for case in (case for case in CASES if case.interval == interval):
        rule = rules[case.alert]
        expected = [{"exp_labels": {**rule["labels"], **case.labels}, "exp_annotations": rule["annotations"]}]
        for series, alerts in ((case.firing, expected), (case.quiet, [])):
            tests.append(
                {
                    "interval": interval,
                    "input_series": [{"series": name, "values": values} for name, values in series.items()],
                    "alert_rule_test": [{"eval_time": case.at, "alertname": case.alert, "exp_alerts": alerts}],
                }
            )
    return {"rule_files": [rule_file], "evaluation_interval": interval, "tests": tests}
