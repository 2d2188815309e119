"""How a stack is now, for people: its processes in their own words, what waits, whether everything agrees, who was heard of last.

Asked of the processes alone, over their loopback ports, so it answers in a moment and also while Kafka or the database
do not. What the monitor saw has an age, which is told. Repairing is the doctor's: ``deploy.doctor``.
"""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from deploy import running
from deploy.monitoring import asking
from deploy.monitoring.asking import Sample
from models import metrics
from models.metrics import Metric
from models.status import Difference, Lag, Process, Status

MONITOR: Final = "monitor"


def look(data_dir: Path, worker_urls: str | None = None, *, clock: Callable[[], float] = time.time) -> Status:
    """Ask every process of the stack on this folder, or those that something else started where the settings say."""
    workers = running.watched(data_dir, worker_urls)
    if not workers:
        return Status(is_running=False)
    stack = running.read(data_dir) if running.is_claimed(data_dir) else None
    processes = [_process(name, url, stack) for name, url in sorted(workers.items())]
    return _with_what_was_seen(processes, asking.samples(workers.get(MONITOR, "")), clock())


def _process(name: str, url: str, stack: running.RunningStack | None) -> Process:
    said = asking.health(url)
    if stack is None:
        return Process(name=name, pid=None, state=said.state, why=said.why)
    pid = stack.processes.get(name)
    return Process(name=name, pid=pid, state="pausing" if pid is None else said.state, why=said.why)


def _with_what_was_seen(processes: Sequence[Process], seen: Sequence[Sample], now: float) -> Status:
    def values(metric: Metric) -> list[Sample]:
        return [sample for sample in seen if sample.name == metric.name]

    def one(metric: Metric) -> float | None:
        return next((sample.value for sample in values(metric)), None)

    def total(metric: Metric) -> int | None:
        found = values(metric)
        return int(sum(sample.value for sample in found)) if found else None

    def ago(metric: Metric) -> float | None:
        return max((now - sample.value for sample in values(metric)), default=None)

    proof = one(metrics.PROOF_VALID)
    return Status(
        is_running=True,
        processes=processes,
        looked_seconds_ago=ago(metrics.COLLECTED),
        booking=total(metrics.LEDGER_BOOKING),
        tables_booking=total(metrics.TABLES_BOOKING),
        unpublished=total(metrics.PUBLISH_LAG),
        lags=_lags(values(metrics.LAG_EVENTS), values(metrics.LAG_SECONDS)),
        held=total(metrics.HELD_OPEN),
        rejected=total(metrics.REJECTED_OPEN) or (0 if seen else None),
        differences=[Difference(between=one.labels["between"], unit=one.labels["unit"], amount=one.value) for one in values(metrics.DIFFERENCE)],
        reconciled_seconds_ago=ago(metrics.RECONCILED),
        is_proof_valid=None if proof is None else bool(proof),
        unsealed_seconds=one(metrics.CHECKPOINT_AGE),
        partners=sorted(((sample.labels["partner"], now - sample.value) for sample in values(metrics.PARTNER_LAST)), key=lambda found: found[1]),
    )


def _lags(events: Sequence[Sample], seconds: Sequence[Sample]) -> list[Lag]:
    groups = sorted({sample.labels["group"] for sample in events})
    return [
        Lag(
            group=group,
            events=int(sum(sample.value for sample in events if sample.labels["group"] == group)),
            seconds=max((sample.value for sample in seconds if sample.labels["group"] == group), default=0.0),
        )
        for group in groups
    ]
