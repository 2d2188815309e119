"""``python -m tests.simulation --seeds 20000``: run seeds, by hand or before a change lands; exits with 1 if one fails or a place was not reached."""

import argparse
import multiprocessing
import sys
import time

from tests.simulation import mutants
from tests.simulation.reached import POINTS


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
    sys.exit(_run(given.first, given.seeds, minutes=given.minutes, processes=given.processes, is_mutant=bool(given.mutant)))


def _replay(seed: int) -> int:
    from tests.simulation.reached import Reached
    from tests.simulation.running import run_seed

    problems = run_seed(seed, Reached(), tell=print)
    print("\n".join(problems) or "nothing is broken")
    return 1 if problems else 0


def _run(first: int, seeds: int, *, minutes: float | None, processes: int, is_mutant: bool) -> int:
    # The worlds are imported only now, after a bug may have been planted in what they are made of.
    from tests.simulation.running import Run

    until = time.monotonic() + minutes * 60 if minutes else float("inf")
    count = 10**9 if minutes else seeds
    total = Run()
    started = time.monotonic()
    if processes == 1:
        total.add(_part((first, count, 1, until, 1 if is_mutant else 10)))
    else:
        with multiprocessing.get_context("fork").Pool(processes) as pool:
            for part in pool.imap_unordered(_part, [(first + index, count, processes, until, 10) for index in range(processes)]):
                total.add(part)
    seconds = time.monotonic() - started
    print(f"{total.seeds} seeds from {first} in {seconds:.1f} s: {total.seeds / seconds:.0f} a second with {processes} processes")
    for seed, problems in sorted(total.failures.items()):
        print(f"seed {seed} fails; replay it with: python -m tests.simulation --replay {seed}")
        print("\n".join(f"    {problem}" for problem in problems[:5]))
    for name in sorted(POINTS):
        print(f"  {total.reached.counts[name]:>9}  {name}")
    missing = total.reached.missing()
    if missing and not is_mutant:
        print(f"never reached: {', '.join(missing)}")
    return 1 if total.failures or (missing and not is_mutant) else 0


def _part(wanted: tuple[int, int, int, float, int]):  # type: ignore[no-untyped-def]  # what it returns may be imported only later
    from tests.simulation.running import run_seeds

    first, count, step, until, stop_at = wanted
    return run_seeds(range(first, first + count - (first - 1) % step, step) if step == 1 else _every(first, count, step), until=until, stop_at=stop_at)


def _every(first: int, count: int, step: int) -> range:
    return range(first, first + count // step * step, step)


if __name__ == "__main__":
    main()
