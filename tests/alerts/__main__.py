"""``python -m tests.alerts``: about half an hour in which every alert fires on a real stack and is cleared by its runbook.

Prints what it does and sees; ``--log FILE`` also writes it as a page. Exits with 1 if an alert did not fire or did not clear.
"""

import argparse
import datetime
import signal
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from tests.alerts.by_events import good
from tests.alerts.catalogue import STEPS, Step
from tests.alerts.diary import Diary
from tests.alerts.page import page
from tests.alerts.rules import shortened
from tests.alerts.stage import Stage


def main() -> None:
    """Run all of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.alerts", description="Make every alert fire on a real stack, and clear it by its runbook.")
    parser.add_argument("--folder", type=Path, help="keep everything here, for a look afterwards")
    parser.add_argument("--log", type=Path, help="write what was done and seen into this page")
    parser.add_argument("--only", choices=[step.name for step in STEPS], action="append", help="one step alone; may be said again for another")
    given = parser.parse_args()
    # Told to end, it stops what it started.
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(1))
    folder: Path = given.folder or Path(tempfile.mkdtemp(prefix="salur-alerts-"))
    folder.mkdir(parents=True, exist_ok=True)
    diary = Diary(lambda line: print(line, flush=True))
    shorter = shortened(folder / "rules.yaml")
    failed = _run(folder, diary, [step for step in STEPS if not given.only or step.name in given.only])
    missing = [f"{alert} was not made to fire and cleared by {step}" for (alert, step), seen in diary.seen.items() if seen.cleared_at is None]
    if given.log and not given.only and not failed and not missing:
        given.log.write_text(page(diary, shorter, datetime.datetime.now(datetime.UTC).date()), encoding="utf-8")
    print("\n".join([*failed, *missing]) or "every alert fired and was cleared")
    sys.exit(1 if failed or missing else 0)


def _run(folder: Path, diary: Diary, steps: Iterable[Step]) -> list[str]:
    failed = []
    with Stage(folder, folder / "rules.yaml", diary) as stage:
        stage.publish(*good(20))
        diary.note("a stack with two tallies' workers; twenty events are booked")
        for step in steps:
            diary.begin(step.name, step.alerts)
            try:
                step.act(stage)
            except Exception as error:  # noqa: BLE001  the other steps are still wanted
                diary.note(f"  FAILED: {type(error).__name__}: {error}")
                failed.append(f"{step.name}: {error}")
    return failed


if __name__ == "__main__":
    main()
