"""Which alert which condition brings about, and which step of its runbook ends it; every rule of ``deploy/monitoring`` has a row."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Final

from tests.alerts import by_events, by_faults
from tests.alerts.stage import Stage


@dataclasses.dataclass(frozen=True)
class Step:
    """``alerts``: each that the step makes fire, with what of its runbook is done about it."""

    name: str
    act: Callable[[Stage], None]
    alerts: Mapping[str, str] = dataclasses.field(default_factory=dict)


def _silent_broker(stage: Stage) -> None:
    stage.salur("partner", "add", "kdei-taipei")
    by_faults.a_silent_broker(stage, stage.salur("partner", "token", "kdei-taipei", "--json").json["token"])


STEPS: Final = (
    Step("something booked after the last seal", by_events.an_old_seal, {"SalurCheckpointOld": "`salur seal`"}),
    Step("an id used twice", by_events.a_conflict, {"SalurConflict": "`salur rejected conflicts`; the partner says which is right"}),
    Step("a worker that stands still again and again", by_faults.rebalances, {"SalurRebalancesFrequent": "`salur doctor`; what stopped it is taken away"}),
    Step(
        "a partner's webhook at which nobody listens",
        by_events.a_silent_webhook,
        {"SalurPartnerNotTold": "`salur partner notify list`; the partner mends it; `salur partner notify resume`"},
    ),
    Step(
        "payments that nobody confirms",
        by_events.payments_that_nobody_confirms,
        {"SalurSentUnconfirmedOld": "`salur batches --older-than 14`; the bank sends the confirmation"},
    ),
    Step(
        "more dispatched than there was",
        by_events.stock_below_nothing,
        {"SalurStockNegative": "`salur balance`, `salur explain --table stock`; who reported it takes it back"},
    ),
    Step(
        "a file of wrong lines",
        by_events.rejections,
        {
            "SalurRejectedShareHigh": "`salur rejected list`, `salur rejected explain`; the partner mends its software",
            "SalurRejectedOpen": "`salur rejected explain`; the partner sends the same ids again, mended",
        },
    ),
    Step(
        "workers that stand still for a while",
        by_events.slowness,
        {
            "SalurEndToEndBurnsFast": "`salur doctor`: no group lags any more; it drains",
            "SalurEndToEndBurnsSlowly": "`salur doctor`: no group lags any more; it drains",
        },
    ),
    Step("a stopped process", by_faults.a_stopped_process, {"SalurWorkerDown": "none: the supervisor ends it and starts another"}),
    Step(
        "a locked database",
        by_faults.a_locked_database,
        {
            "SalurWorkerNotReady": "`salur status` says what it waits for; the transaction that locks is ended",
            "SalurConsumerLagOld": "`salur doctor`, `salur status`; the transaction that locks is ended",
            "SalurConsumerLagRising": "`salur doctor`, `salur status`; the transaction that locks is ended",
        },
    ),
    Step(
        "a silent broker",
        _silent_broker,
        {
            "SalurHttpErrors": "the broker goes on; what got 503 is sent again with the same id",
            "SalurMonitorStale": "`salur status`: the monitor says what does not answer; the broker goes on",
            "SalurTallyStale": "`salur status`; the broker goes on",
            "SalurPublisherBehind": "`salur status` says what Kafka refuses; the topic's setting is put right",
        },
    ),
    Step("a changed table", by_faults.a_changed_table, {"SalurReconciliationDifference": "`salur reconcile` names the cell; `salur rebuild`"}),
    Step("the last seal is old", by_events.the_old_seal_renewed),
    Step("what took its time", lambda stage: stage.clears("SalurConflict", "SalurRebalancesFrequent", within=1000)),
    Step("lost records", by_faults.lost_records, {"SalurPartitionHalted": "`salur status` names the offsets; the topic comes back from a copy"}),
    Step(
        "changed rows",
        by_faults.changed_rows,
        {
            "SalurProofInvalid": "`salur verify` names the first bad row; a copy is kept; `salur rebuild --ledger`",
            "SalurReconciliationDifference": "`salur verify` names the first bad row; `salur rebuild --ledger`",
        },
    ),
)

BY_PROMTOOL: Final = {
    "SalurReconciliationStale": "two hours without a comparison",
    "SalurHeldOpen": "an event that is held for an hour",
    "SalurPartnerSilent": "a week without an event",
    "SalurRecoverySlow": "changelogs so long that reading them takes more than a minute (a worker that stands still meanwhile starts anew)",
    "SalurStreamStalled": "two minutes of standing still that neither the worker (one minute) nor the watchdog (20 s) ends",
}
"""Alerts whose condition takes hours, or two protections that fail; promtool has their cases (``tests/deploy/monitoring/alert_cases.py``)."""


def rows() -> list[tuple[str, str]]:
    """Return every alert with each condition that brings it about."""
    return [*((alert, step.name) for step in STEPS for alert in step.alerts), *BY_PROMTOOL.items()]
