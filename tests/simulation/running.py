"""Running seeds: one, many, for so long; and what a failing one says."""

import dataclasses
import gc
import time
import traceback
from collections.abc import Callable, Iterable

from tests.simulation.database import MemoryDatabase
from tests.simulation.invariants import broken, changelogs_differ, tables_differ
from tests.simulation.reached import Reached
from tests.simulation.restoring import restore
from tests.simulation.world import World, shipped, simulated

_COLLECTED_EVERY = 50


@dataclasses.dataclass(slots=True)
class Run:
    """What a run came to: the failing seeds with their reasons, and what was reached how often."""

    seeds: int = 0
    failures: dict[int, list[str]] = dataclasses.field(default_factory=dict)
    reached: Reached = dataclasses.field(default_factory=Reached)
    processor_seconds: float = 0.0

    def add(self, other: "Run") -> None:
        """Add what another process ran."""
        self.seeds += other.seeds
        self.failures.update(other.failures)
        self.reached.counts.update(other.reached.counts)
        self.processor_seconds += other.processor_seconds


def run_seed(seed: int, reached: Reached, *, tell: Callable[[str], None] | None = None) -> list[str]:
    """Run one world to its end; return what is broken."""
    world = World(seed, reached, tell=tell)
    with simulated(world):
        try:
            world.run()
            problems = [*broken(world), *tables_differ(world)]
            if not problems:
                world.restart_folds()
                problems = [*tables_differ(world), *changelogs_differ(world)]
            if not problems and seed % 4 == 0:
                problems = _replayed_differently(world)
        except Exception as error:  # noqa: BLE001  whatever it is, the seed failed
            where = traceback.extract_tb(error.__traceback__)[-1]
            problems = [f"{type(error).__name__}: {error} ({where.filename.rpartition('/')[2]}:{where.lineno})"]
            if tell is not None:
                tell(traceback.format_exc())
        finally:
            for process in world.folds:
                process.end()
    _note_what_happened(world)
    return problems


def run_seeds(seeds: Iterable[int], *, until: float = float("inf"), stop_at: int = 10) -> Run:
    """Run seeds, until there are none left, it is late, or enough of them failed."""
    run, started = Run(), time.process_time()
    # What a world leaves behind is collected now and then, not while it runs; what was imported is not looked at again.
    gc.disable()
    gc.collect()
    gc.freeze()
    for seed in seeds:
        if run.seeds % _COLLECTED_EVERY == _COLLECTED_EVERY - 1:
            gc.collect()
        problems = run_seed(seed, run.reached)
        run.seeds += 1
        if problems:
            run.failures[seed] = problems
        if len(run.failures) >= stop_at or time.monotonic() > until:
            break
    gc.unfreeze()
    gc.enable()
    run.processor_seconds = time.process_time() - started
    return run


def _replayed_differently(world: World) -> list[str]:
    """I6: the ledger made again from the log alone is the same, row by row."""
    again = restore(world.log, world.swarm.entries_partitions, None, trouble=MemoryDatabase(partitions=0).trouble, shipped=shipped)
    # Who publishes is not replayed, nor which rows an operator has marked to be given up.
    held = {number: row._replace(give_up=False) for number, row in world.database.tables["held"].items()}
    again.tables["held"] = {number: row._replace(give_up=False) for number, row in again.tables["held"].items()}
    tables = {**world.database.tables, "held": held}
    return [f"I6: {name} is not the same when replayed" for name in tables if name != "publisher" and tables[name] != again.tables[name]]


def _note_what_happened(world: World) -> None:
    log, sometimes = world.log, world.reached.sometimes
    if log.landed_orphans:
        sometimes("record of a dead process landed")
    if log.landed_repeats:
        sometimes("record published twice")
    if world.swarm.max_entries < 3 and len(world.database.tables["entry_records"]) > len({key[:2] for key in world.database.tables["entry_records"]}):
        sometimes("entries record split")
