"""Every metric that a process of Salur may export: its name, kind, unit, labels and help. Nothing else makes one.

Names end in their unit, counters in ``_total``. Labels are bounded: codes of the code lists, topics, partitions and
words of ours; never an event's id and never a person. The page of metrics, the alert rules and the dashboards are
tested against this list. How a metric is kept and served is left to ``deploy.monitoring``.
"""

import dataclasses
from typing import Final, Literal

Kind = Literal["counter", "gauge", "histogram"]

LATENCY_SECONDS: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0, 7200.0)
COMMIT_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0)
RECOVERY_SECONDS: Final = (0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0)
REQUEST_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


@dataclasses.dataclass(frozen=True, slots=True)
class Metric:
    """One metric; ``unit`` is that of its values, ``buckets`` are the upper bounds of a histogram."""

    name: str
    kind: Kind
    unit: str
    labels: tuple[str, ...]
    help: str
    buckets: tuple[float, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Reading:
    """The value of one metric now, for label values in the order of its labels."""

    metric: Metric
    labels: tuple[str, ...]
    value: float


# --- every process

BUILD_INFO: Final = Metric("salur_build_info", "gauge", "info", ("version", "rules"), "Always 1: the version that runs, and that of its rules.")
WORKER_READY: Final = Metric("salur_worker_ready", "gauge", "bool", ("worker",), "1 while the process can do its work, 0 while it waits or stands still.")
WORKER_STARTED: Final = Metric("salur_worker_start_timestamp_seconds", "gauge", "seconds", ("worker",), "When the process began.")

# --- ledger workers

EVENTS_RECEIVED: Final = Metric(
    "salur_events_received_total",
    "counter",
    "events",
    ("channel", "type"),
    "Events booked by this process with any disposition, by inbound topic and event type; type is invalid for what cannot be read.",
)
DISPOSITIONS: Final = Metric(
    "salur_dispositions_total", "counter", "events", ("disposition", "partner"), "Decisions of this process; a held event that is decided later counts again."
)
BOOKINGS: Final = Metric("salur_ledger_bookings_total", "counter", "bookings", (), "Bookings made by this process.")
COMMIT: Final = Metric("salur_ledger_commit_seconds", "histogram", "seconds", (), "Time of one booking, from its first decision to its commit.", COMMIT_SECONDS)
HALTED: Final = Metric("salur_ledger_halted_partitions", "gauge", "partitions", (), "Inbound partitions that are read no further, because Kafka lost records.")
PUBLISHED: Final = Metric("salur_publisher_booking", "gauge", "bookings", (), "Number of the last booking that this process published.")
PUBLISHER_WAITS: Final = Metric("salur_publisher_waiting", "gauge", "bool", (), "1 while the publisher waits for Kafka or the database.")

# --- tallies' workers

END_TO_END: Final = Metric(
    "salur_event_end_to_end_seconds",
    "histogram",
    "seconds",
    (),
    "From the moment Kafka received an event until it is in the tally tables; every event of a record counts as its oldest.",
    LATENCY_SECONDS,
)
TALLY_UPDATED: Final = Metric("salur_tally_last_update_timestamp_seconds", "gauge", "seconds", (), "When this process last wrote its tables.")
TALLY_LAG: Final = Metric("salur_tally_lag_records", "gauge", "records", ("partition",), "Records of the entries topic that are not in the tables yet.")
TALLY_WATERMARK: Final = Metric("salur_tally_watermark_number", "gauge", "records", ("partition",), "Number of the last record that the tables hold.")
TALLY_RECORDS: Final = Metric("salur_tally_records_total", "counter", "records", ("outcome",), "Entries records seen: applied, or repeated and left out.")
TALLY_ENTRIES: Final = Metric("salur_tally_entries_total", "counter", "entries", (), "Entries added to the tables.")
TALLY_FLUSHES: Final = Metric("salur_tally_flushes_total", "counter", "flushes", (), "Times that changed values and watermarks were written.")
TALLY_REFOLDS: Final = Metric("salur_tally_refolds_total", "counter", "refolds", (), "Partitions counted anew because their digest did not match.")
REBALANCES: Final = Metric("salur_rebalances_total", "counter", "rebalances", (), "Rebalances of the tallies' group that this process took part in.")
RECOVERY: Final = Metric(
    "salur_recovery_seconds", "histogram", "seconds", (), "From the start of a rebalance until tables are recovered and records flow.", RECOVERY_SECONDS
)
STALLED: Final = Metric("salur_stream_stalled", "gauge", "bool", (), "1 while input has waited so long, and nothing was done, that the worker is not ready.")
STALLED_FOR: Final = Metric("salur_stream_stalled_seconds", "gauge", "seconds", (), "For how long input waited and nothing was done; 0 while all is well.")

# --- the monitor: what the stack as a whole holds

LAG_EVENTS: Final = Metric("salur_consumer_lag_events", "gauge", "events", ("group", "topic", "partition"), "Records in the topic that the group has not done.")
LAG_SECONDS: Final = Metric(
    "salur_consumer_lag_seconds", "gauge", "seconds", ("group", "topic", "partition"), "How long ago the oldest record came that the group has not done."
)
POSITION: Final = Metric("salur_ledger_position", "gauge", "events", ("topic", "partition"), "Next offset of an inbound partition that the ledger will book.")
ENTRIES_BOOKED: Final = Metric("salur_ledger_entries", "gauge", "entries", (), "Decisions in the ledger, which is also the size of its tree.")
LEDGER_BOOKING: Final = Metric("salur_ledger_booking", "gauge", "bookings", (), "Number of the last booking.")
PUBLISH_LAG: Final = Metric("salur_publisher_lag_bookings", "gauge", "bookings", (), "Bookings in the ledger that are not published yet.")
TABLES_BOOKING: Final = Metric("salur_tables_booking", "gauge", "bookings", (), "Last booking that every table partition holds completely.")
HELD_OPEN: Final = Metric("salur_held_open", "gauge", "events", ("reason",), "Held events that still wait.")
HELD_OLDEST: Final = Metric("salur_held_oldest_timestamp_seconds", "gauge", "seconds", (), "When the oldest event that still waits was received.")
REJECTED_OPEN: Final = Metric("salur_rejected_open", "gauge", "events", ("reason",), "Rejected events by first reason, whose id was not accepted since.")
PARTNER_LAST: Final = Metric("salur_partner_last_event_timestamp_seconds", "gauge", "seconds", ("partner",), "When an event of the partner was last received.")
DELIVERED: Final = Metric(
    "salur_delivered", "gauge", "quantity", ("programme", "destination", "measure", "unit"), "Delivered, less what came back after that; no simulations."
)
SENT_UNCONFIRMED: Final = Metric(
    "salur_sent_unconfirmed", "gauge", "quantity", ("programme", "destination", "unit"), "Payments sent and neither confirmed nor failed nor returned."
)
SENT_UNCONFIRMED_SINCE: Final = Metric(
    "salur_sent_unconfirmed_oldest_timestamp_seconds",
    "gauge",
    "seconds",
    ("programme", "destination", "unit"),
    "Day on which the oldest payment was sent that waits for its confirmation, if the oldest are settled first.",
)
RETURNED: Final = Metric("salur_returned", "gauge", "quantity", ("programme", "destination", "unit"), "Payments that came back.")
EVIDENCE: Final = Metric(
    "salur_evidence_coverage_ratio", "gauge", "ratio", ("programme", "destination", "unit"), "Part of what was delivered that some evidence shows."
)
STOCK: Final = Metric("salur_stock_on_hand", "gauge", "quantity", ("holder", "item", "unit"), "Goods on hand at a site or partner, all lots together.")
STOCK_NEGATIVE: Final = Metric("salur_stock_negative_cells", "gauge", "cells", ("holder",), "Stocks of one holder, by item and lot, that are below nothing.")
COLLECTED: Final = Metric("salur_monitor_last_collection_timestamp_seconds", "gauge", "seconds", ("source",), "When the monitor last read this source.")

DIFFERENCE: Final = Metric(
    "salur_reconciliation_difference",
    "gauge",
    "quantity",
    ("between", "unit"),
    "Sum of the absolute differences that reconciling found between two sides, by unit; 0 when they say the same.",
)
RECONCILED: Final = Metric("salur_reconciliation_last_run_timestamp_seconds", "gauge", "seconds", ("scope",), "When this part was last reconciled to its end.")
RECONCILED_BOOKING: Final = Metric("salur_reconciliation_booking", "gauge", "bookings", ("scope",), "Up to which booking this part was last reconciled.")
RECONCILE_TIME: Final = Metric("salur_reconciliation_run_seconds", "gauge", "seconds", ("scope",), "How long the last run over this part took.")

PROOF_VALID: Final = Metric("salur_proof_valid", "gauge", "bool", (), "1 while the newest seal is that of the ledger and follows the one before it.")
CHECKPOINT_AGE: Final = Metric("salur_checkpoint_age_seconds", "gauge", "seconds", (), "Time since the newest seal was made; how long entries go unsealed.")

NOTICES: Final = Metric(
    "salur_notices_total", "counter", "notices", ("channel", "outcome"), "Tries to tell a partner of what was refused or waits: taken, failed, or paused."
)
NOTICES_FAILING: Final = Metric("salur_notice_failing_targets", "gauge", "targets", ("channel",), "Webhooks and mail addresses that take no notices just now.")

# --- the web process

HTTP_REQUEST: Final = Metric(
    "salur_http_request_seconds", "histogram", "seconds", ("method", "route", "status"), "Time to answer a request, by route and status class.", REQUEST_SECONDS
)

ALL: Final[tuple[Metric, ...]] = tuple(value for value in dict(globals()).values() if isinstance(value, Metric))
BY_NAME: Final = {metric.name: metric for metric in ALL}
