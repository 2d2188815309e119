"""``python -m tests.alerts``: about half an hour in which every alert fires on a real stack and is cleared by its runbook.

Prints what it does and sees; ``--log FILE`` also writes it as a page. Exits with 1 if an alert did not fire or did not clear.
"""

import argparse
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tests.alerts import by_events, by_faults
from tests.alerts.diary import Diary
from tests.alerts.page import page
from tests.alerts.rules import names, shortened
from tests.alerts.stage import Stage

BY_HOURS: Final = {
    "SalurReconciliationStale": "two hours without a comparison",
    "SalurHeldOpen": "an event that is held for an hour",
    "SalurPartnerSilent": "a week without an event",
    "SalurRecoverySlow": "changelogs so long that reading them takes more than a minute (a worker that stands still meanwhile starts anew)",
    "SalurStreamStalled": "two minutes of standing still that neither the worker (one minute) nor the watchdog (20 s) ends",
}
"""Alerts whose condition takes hours, or two protections that fail; promtool has their cases (``tests/deploy/monitoring/alert_cases.py``)."""


def main() -> None:
    """Run all of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.alerts", description="Make every alert fire on a real stack, and clear it by its runbook.")
    parser.add_argument("--folder", type=Path, help="keep everything here, for a look afterwards")
    parser.add_argument("--log", type=Path, help="write what was done and seen into this page")
    parser.add_argument("--only", choices=sorted(_STEPS), help="one step alone")
    given = parser.parse_args()
    # Told to end, it stops what it started.
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(1))
    folder: Path = given.folder or Path(tempfile.mkdtemp(prefix="salur-alerts-"))
    folder.mkdir(parents=True, exist_ok=True)
    diary = Diary(lambda line: print(line, flush=True))
    shorter = shortened(folder / "rules.yaml")
    failed = _run(folder, diary, only=given.only)
    missing = [] if given.only else [name for name in names() if name not in diary.cleared and name not in BY_HOURS]
    if given.log and not failed and not missing:
        given.log.write_text(page(diary, shorter, BY_HOURS), encoding="utf-8")
    print("\n".join([*failed, *(f"{name} was not made to fire and cleared" for name in missing)]) or "every alert fired and was cleared")
    sys.exit(1 if failed or missing else 0)


def _run(folder: Path, diary: Diary, *, only: str | None) -> list[str]:
    failed = []
    with Stage(folder, folder / "rules.yaml", diary) as stage:
        stage.publish(*by_events.good(20))
        diary.note("a stack with two tallies' workers; twenty events are booked")
        for name, step in _STEPS.items():
            if only in {None, name}:
                diary.begin(name)
                try:
                    step(stage)
                except Exception as error:  # noqa: BLE001  the other steps are still wanted
                    diary.note(f"  FAILED: {type(error).__name__}: {error}")
                    failed.append(f"{name}: {error}")
    return failed


def _silent_broker(stage: Stage) -> None:
    stage.salur("partner", "add", "kdei-taipei")
    by_faults.a_silent_broker(stage, stage.salur("partner", "token", "kdei-taipei", "--json").json["token"])


_STEPS: Final[dict[str, Callable[[Stage], None]]] = {
    "something booked after the last seal": by_events.an_old_seal,
    "an id used twice": by_events.a_conflict,
    "a worker that stands still again and again": by_faults.rebalances,
    "payments that nobody confirms": by_events.payments_that_nobody_confirms,
    "more dispatched than there was": by_events.stock_below_nothing,
    "a file of wrong lines": by_events.rejections,
    "a webhook that moved": by_events.a_webhook_that_takes_nothing,
    "workers that stand still for a while": by_events.slowness,
    "a stopped process": by_faults.a_stopped_process,
    "a locked database": by_faults.a_locked_database,
    "a silent broker": _silent_broker,
    "a changed table": by_faults.a_changed_table,
    "the last seal is old": by_events.the_old_seal_renewed,
    "what took its time": lambda stage: stage.clears("SalurConflict", "SalurRebalancesFrequent", within=1000),
    "lost records": by_faults.lost_records,
    "changed rows": by_faults.changed_rows,
}


if __name__ == "__main__":
    main()
