"""``python -m tests.chaos --seed 1``: chaos runs, by hand; prints what happened and exits with 1 if anything is off.

Without ``--minutes`` faults follow each other as quickly as they can; with it, they are spread evenly.
"""

import argparse
import contextlib
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from models.crashpoints import CRASH_POINTS
from tests.chaos import disk
from tests.chaos.database import Database, Sqlite
from tests.chaos.disk import SmallDisk
from tests.chaos.faults import Faults
from tests.chaos.pace import Quick, Steady
from tests.chaos.postgres import Postgres
from tests.chaos.scenario import Scenario, run
from tests.conftest import new_broker


def main() -> None:
    """Run one scenario."""
    given = _arguments()
    # Told to end, it unmounts and stops what it started.
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(1))
    folder: Path = given.folder or Path(tempfile.mkdtemp(prefix="salur-chaos-"))
    folder.mkdir(parents=True, exist_ok=True)
    print(f"seed {given.seed}, everything in {folder}", flush=True)
    faults = Faults(
        crashes_per_point=given.times,
        kills=given.kills,
        broker_kills=given.broker_kills,
        broker_stops=given.broker_stops,
        stops=given.stops,
        databases=given.databases,
        full_disks=given.full_disks,
        clock_jumps=given.clock_jumps,
        restarts=given.restarts,
        give_up_seconds=given.give_up_seconds,
    )
    scenario = Scenario(
        seed=given.seed,
        events=given.events,
        web_events=given.web_events,
        seals=True,
        faults=faults,
        pace=lambda: Steady(given.minutes * 60) if given.minutes else Quick(),
    )
    gigabytes = given.disk_gigabytes if given.full_disks else 0
    with _places(folder, is_postgres=given.postgres, gigabytes=gigabytes) as (place, small, database), new_broker(place / "kafka") as broker:
        report = run(folder, broker, scenario, database=database, disk=small, say=lambda line: print("  " + line, flush=True))
    print("\n".join(report.lines()))
    missing = set(CRASH_POINTS) - {name for name, times in report.crashes.items() if times} if given.times else set()
    if missing:
        print(f"never reached: {', '.join(sorted(missing))}")
    sys.exit(1 if report.problems or missing else 0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description="Kill every part of a whole Salur while events flow, then compare everything.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--events", type=int, default=100_000, help="written to Kafka")
    parser.add_argument("--web-events", type=int, default=2_000, help="sent over HTTP besides")
    parser.add_argument("--minutes", type=float, help="spread everything over so long")
    parser.add_argument("--times", type=int, default=5, help="how often each crash point is reached")
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--broker-kills", type=int, default=3)
    parser.add_argument("--broker-stops", type=int, default=0, help="SIGSTOPs of the broker, for 3 to 15 s")
    parser.add_argument("--stops", type=int, default=3, help="SIGSTOPs of workers, past the session")
    parser.add_argument("--databases", type=int, default=0, help="locks of the SQLite file, or kills of the PostgreSQL server")
    parser.add_argument("--full-disks", type=int, default=0, help="broker and database get a file system of their own, which is filled so often")
    parser.add_argument("--disk-gigabytes", type=int, default=16, help="how large that is; only what is written takes space")
    parser.add_argument("--clock-jumps", type=int, default=0, help="jumps of one process's clock, by up to a day, forward and back")
    parser.add_argument("--restarts", type=int, default=0, help="processes ended in order")
    parser.add_argument("--postgres", action="store_true", help="the ledger in a real PostgreSQL instead of SQLite")
    parser.add_argument("--give-up-seconds", type=float, default=900.0)
    parser.add_argument("--folder", type=Path, help="keep everything here, for a look afterwards")
    given = parser.parse_args()
    if given.full_disks and disk.why_not():
        parser.error(f"--full-disks: {disk.why_not()}")
    return given


@contextlib.contextmanager
def _places(folder: Path, *, is_postgres: bool, gigabytes: int) -> Iterator[tuple[Path, SmallDisk | None, Database]]:
    """Give where the broker and the database live, the disk if it is one of its own, and the database."""
    with contextlib.ExitStack() as stack:
        small = stack.enter_context(SmallDisk(folder / "disk", size_bytes=gigabytes << 30)) if gigabytes else None
        place = small.folder if small else folder
        database: Database = Postgres(place / "postgres") if is_postgres else Sqlite(place)
        yield place, small, stack.enter_context(database)


if __name__ == "__main__":
    main()
