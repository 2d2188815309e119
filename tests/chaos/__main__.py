"""``python -m tests.chaos --seed 1``: the long chaos run, by hand; prints what happened and exits with 1 if anything is off."""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.chaos.scenario import Faults, run
from tests.conftest import new_broker


def main() -> None:
    """Run one scenario."""
    parser = argparse.ArgumentParser(description="Kill every part of a whole Salur while events flow, then compare everything.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=5, help="how often each crash point is reached")
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--broker-kills", type=int, default=3)
    parser.add_argument("--stops", type=int, default=3, help="SIGSTOPs past the session")
    parser.add_argument("--give-up-seconds", type=float, default=900.0)
    parser.add_argument("--folder", type=Path, help="keep everything here, for a look afterwards")
    given = parser.parse_args()
    faults = Faults(crashes_per_point=given.times, kills=given.kills, broker_kills=given.broker_kills, stops=given.stops, give_up_seconds=given.give_up_seconds)
    folder = given.folder or Path(tempfile.mkdtemp(prefix="salur-chaos-"))
    folder.mkdir(parents=True, exist_ok=True)
    print(f"seed {given.seed}, everything in {folder}", flush=True)
    with new_broker(folder / "kafka") as broker:
        report = run(folder, broker, seed=given.seed, events=given.events, faults=faults, say=lambda line: print("  " + line, flush=True))
    print("\n".join(report.lines()))
    sys.exit(1 if report.problems else 0)


if __name__ == "__main__":
    main()
