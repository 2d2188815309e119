"""``python -m tests.simulation --seeds 20000``: run seeds, by hand or before a change lands; exits with 1 if one fails or a place was not reached."""

import argparse
import multiprocessing
import sys
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from tests.simulation import mutants
from tests.simulation.reached import POINTS, Reached

if TYPE_CHECKING:
    from tests.simulation.running import Run

_WITHOUT_END = 10**9
_STOP_AT = 10


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description="Run whole worlds in virtual time, each by its seed.")
    parser.add_argument("--seeds", type=int, default=2_000, help="how many")
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--minutes", type=float, help="run for so long instead, from the first seed on")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--replay", type=int, metavar="SEED", help="run one seed and tell what happens in it")
    parser.add_argument("--mutant", choices=sorted(mutants.MUTANTS), help="run a copy with this bug planted in it")
    given = parser.parse_args()
    if given.mutant:
        mutants.install(given.mutant)
    if given.replay is not None:
        sys.exit(_replay(given.replay))
    last = given.first + (_WITHOUT_END if given.minutes else given.seeds)
    until = time.monotonic() + given.minutes * 60 if given.minutes else float("inf")
    parts = [range(given.first + index, last, given.processes) for index in range(given.processes)]
    sys.exit(_run(parts, until=until, is_mutant=bool(given.mutant)))


def _replay(seed: int) -> int:
    from tests.simulation.running import run_seed  # noqa: PLC0415  only after a bug may have been planted in what it imports

    problems = run_seed(seed, Reached(), tell=print)
    print("\n".join(problems) or "nothing is broken")
    return 1 if problems else 0


def _run(parts: list[range], *, until: float, is_mutant: bool) -> int:
    from tests.simulation.running import Run  # noqa: PLC0415  as above

    total = Run()
    stop_at = 1 if is_mutant else _STOP_AT
    started = time.monotonic()
    if len(parts) == 1:
        total.add(_part((parts[0], until, stop_at)))
    else:
        with multiprocessing.get_context("fork").Pool(len(parts)) as pool:
            for part in pool.imap_unordered(_part, [(part, until, stop_at) for part in parts]):
                total.add(part)
    seconds = time.monotonic() - started
    rate = total.seeds / total.processor_seconds
    print(f"{total.seeds} seeds from {parts[0].start} in {seconds:.0f} s with {len(parts)} processes: {rate:.0f} in a second of one processor", flush=True)
    for seed, problems in sorted(total.failures.items()):
        print(f"seed {seed} fails; replay it with: python -m tests.simulation --replay {seed}, and keep it in tests/simulation/regressions.py")
        print("\n".join(f"    {problem}" for problem in problems[:5]))
    if is_mutant:
        return 1 if total.failures else 0
    for name in sorted(POINTS):
        print(f"  {total.reached.counts[name]:>9}  {name}")
    missing = total.reached.missing()
    if missing:
        print(f"never reached: {', '.join(missing)}")
    return 1 if total.failures or missing else 0


def _part(wanted: tuple[Iterable[int], float, int]) -> "Run":
    from tests.simulation.running import run_seeds  # noqa: PLC0415  as above

    seeds, until, stop_at = wanted
    return run_seeds(seeds, until=until, stop_at=stop_at)


if __name__ == "__main__":
    main()
