"""Whether the ledger slows down or swells as it grows. Run in a process of its own, so that its memory is its own.

A large ledger is booked first, with the resident memory noted on the way. Then a small one is, and the next batches
go to the two in turn: what is compared was measured in the same minutes. Ids are in random order in both.
"""

import argparse
import gc
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import psutil

from consumers.ledger.ledger import Ledger
from deploy.workers.collector import collect_rarely
from tests.bench.bare import BareTable
from tests.bench.batches import BATCH_EVENTS, RecordStream, book, new_ledger
from tests.bench.measured import Figure, Spent, Stopwatch, median

WANTED_SHARE_OF_SMALL: Final = 0.7
_SMALLEST_NOTED: Final = 100_000


def run(folder: Path, *, small: int, large: int, say: Callable[[str], None], turns: int = 20) -> list[Figure]:
    """Measure in a child process and return what it found."""
    last = ""
    command = [sys.executable, "-m", "tests.bench.growth", str(folder), str(small), str(large), str(turns)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as child:
        assert child.stdout is not None
        for line in child.stdout:
            last = line
            if not line.startswith("{"):
                say(line.rstrip())
    if child.returncode:
        raise RuntimeError("the growing ledger failed; its message is above")
    found = json.loads(last)
    memory = {int(events): float(megabytes) for events, megabytes in found["memory"].items()}
    first, end = min(memory), max(memory)
    return [
        Figure(what=f"ledger at {small:,} booked events, by processor time", value=found["small_cpu"], unit="events/s"),
        Figure(what=f"ledger at {large:,} booked events, by processor time", value=found["large_cpu"], unit="events/s"),
        Figure(what="large / small, by processor time", value=found["large_cpu"] / found["small_cpu"], unit="x", at_least=WANTED_SHARE_OF_SMALL),
        Figure(what="large / small, by the clock", value=found["large_wall"] / found["small_wall"], unit="x", at_least=WANTED_SHARE_OF_SMALL),
        *_beside_bare(found, small=small, large=large),
        *(Figure(what=f"resident memory at {events:,} events", value=megabytes, unit="MB") for events, megabytes in memory.items()),
        Figure(what="resident memory gained per event between the first and the last", value=(memory[end] - memory[first]) * 1e6 / (end - first), unit="bytes"),
    ]


def _beside_bare(found: dict[str, float], *, small: int, large: int) -> list[Figure]:
    """Return how the ledger stands to bare inserts that keep ids unique by an index, at both sizes."""
    figures: list[Figure] = []
    for name, events in (("small", small), ("large", large)):
        bare = Figure(what=f"bare inserts, unique index, at {events:,} events, by processor time", value=found[f"{name}_bare_cpu"], unit="events/s")
        by_cpu = found[f"{name}_cpu"] / found[f"{name}_bare_cpu"]
        by_clock = found[f"{name}_wall"] / found[f"{name}_bare_wall"]
        figures += [
            bare,
            Figure(what=f"ledger / bare inserts, unique index, at {events:,}, by processor time", value=by_cpu, unit="x"),
            Figure(what=f"ledger / bare inserts, unique index, at {events:,}, by the clock", value=by_clock, unit="x"),
        ]
    return figures


class _Growing:
    """One ledger with the stream that feeds it."""

    def __init__(self, folder: Path, name: str, *, seed: int, events: int) -> None:
        self._engine = new_ledger(folder, name)
        self._ledger = Ledger(self._engine)
        self._stream = RecordStream(seed=seed, events=events)
        self._bare = BareTable(folder, f"{name}-bare")
        self._bare_stream = RecordStream(seed=seed, events=events)
        self._ledger.book([])

    def grow(self) -> Spent:
        """Book one batch and return what it took; making the events does not count."""
        records = self._stream.take(BATCH_EVENTS)
        with Stopwatch() as watch:
            book(self._ledger, records)
        return watch.spent

    def grow_bare(self) -> Spent:
        """Insert one batch of the same stream into the bare table and return what it took."""
        return self._bare.insert(self._bare_stream.take(BATCH_EVENTS))


def _measure(folder: Path, *, small: int, large: int, turns: int) -> dict[str, object]:
    process = psutil.Process()
    memory: dict[int, float] = {}
    extra = (turns + 1) * BATCH_EVENTS
    collect_rarely()
    big = _Growing(folder, "large", seed=2, events=large + extra)
    noted = _noted(large)
    for booked in range(BATCH_EVENTS, large + 1, BATCH_EVENTS):
        big.grow()
        if booked in noted:
            gc.collect()
            memory[booked] = process.memory_info().rss / 1e6
            print(f"{booked:,} events booked, {memory[booked]:,.0f} MB resident", flush=True)
    little = _Growing(folder, "small", seed=3, events=small + extra)
    for _ in range(0, small, BATCH_EVENTS):
        little.grow()
    for growing, events in ((little, small), (big, large)):
        print(f"filling a bare table with {events:,} events", flush=True)
        for _ in range(0, events, BATCH_EVENTS):
            growing.grow_bare()
    in_turn = [(little.grow(), big.grow(), little.grow_bare(), big.grow_bare()) for _ in range(turns)]
    rates: dict[str, object] = {"memory": memory}
    for position, name in enumerate(("small", "large", "small_bare", "large_bare")):
        spent = median([turn[position] for turn in in_turn])
        rates |= {f"{name}_wall": BATCH_EVENTS / spent.wall, f"{name}_cpu": BATCH_EVENTS / spent.cpu}
    return rates


def _noted(large: int) -> set[int]:
    """Return when to look at the memory: at 100,000 events (or the first batch), and then at each doubling and at the end."""
    noted = {large // BATCH_EVENTS * BATCH_EVENTS}
    at = _SMALLEST_NOTED if large > _SMALLEST_NOTED else BATCH_EVENTS
    while at < large:
        noted.add(at)
        at *= 2
    if large >= 2_000_000:
        noted.add(2_000_000)
    return noted


def main() -> None:
    """Print progress, then one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("small", type=int)
    parser.add_argument("large", type=int)
    parser.add_argument("turns", type=int)
    given = parser.parse_args()
    print(json.dumps(_measure(given.folder, small=given.small, large=given.large, turns=given.turns)), flush=True)


if __name__ == "__main__":
    main()
