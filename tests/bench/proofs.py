"""What proofs cost in a large ledger: sealing it, proving a figure, and checking the proof where nothing of ours is.

Sealing and proving run in one process after another, which say what they took; the verifiers run as an auditor runs
them, each on one core. A copy of the ledger is sealed, so that it can be measured again.
"""

import argparse
import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from consumers.database import open_database, open_for_reading
from consumers.ledger.ledger import Ledger
from consumers.proof import bundles
from deploy.sealing import own_key, seal
from deploy.workers.collector import collect_rarely
from models import schema
from tests.bench.batches import BATCH_EVENTS, Records, book
from tests.bench.ledgers import ledgers
from tests.bench.measured import Figure, Stopwatch, peak_megabytes
from tests.bench.spread import DAYS, deliveries

WANTED_SECONDS: Final = 60.0
WANTED_SECONDS_COMPACT: Final = 1.0
WANTED_KIBIBYTES: Final = 64.0
PROVED_EVENTS: Final = 1_000_000
"""The size that the wish for a complete proof is about; a larger ledger is measured without one."""
QUESTION: Final = {"table": ["distributions"], "simulated": ["false"], "measure": ["distributed"], "unit": ["piece"], "programme": ["bantuan-pmi"]}
ROOT: Final = Path(__file__).parents[2]
VERIFIERS: Final = {
    "Python": [sys.executable, str(ROOT / "deploy" / "verifiers" / "salur_verify.py")],
    "JavaScript": ["node", str(ROOT / "deploy" / "verifiers" / "salur_verify.mjs")],
}
_AGAIN_SEED: Final = 6


def run(folder: Path, *, events: int, say: Callable[[str], None]) -> list[Figure]:
    """Seal a copy of the ledger of so many deliveries, prove one figure of it, and check the proofs with both verifiers."""
    with ledgers(folder, ["sqlite"], say=say) as made:
        url = made.of("sqlite", events).url
    place = folder / f"proofs-{events}"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    shutil.copy(str(sa.make_url(url).database), place / "ledger.db")  # whoever wrote it last has closed it, so there is no log beside it
    try:
        figures = [*_sealed(place, say), *_proved(place, "compact", say)]
        return [*figures, *(_proved(place, "complete", say, wanted=WANTED_SECONDS) if events <= PROVED_EVENTS else [])]
    finally:
        shutil.rmtree(place)


def _sealed(place: Path, say: Callable[[str], None]) -> Iterator[Figure]:
    steps = (("", "seal", "first seal"), ("day", "quick", "seal after 5,000 more of one day"), ("more", "quick", "seal after 5,000 more of a whole year"))
    for booked, step, name in steps:
        if booked:
            _step(place, booked)
        took = _step(place, step)
        say(f"{name}: {took}")
        yield Figure(what=f"{name}, processor time", value=took["cpu"], unit="s")
        yield Figure(what=f"{name}, memory at most", value=took["peak"], unit="MB")


def _proved(place: Path, kind: str, say: Callable[[str], None], *, wanted: float | None = WANTED_SECONDS_COMPACT) -> Iterator[Figure]:
    took, path = _step(place, kind), place / kind
    say(f"{kind} proof: {took}")
    size = path.stat().st_size / 1024
    yield Figure(what=f"{kind} proof, made, processor time", value=took["cpu"], unit="s")
    yield Figure(what=f"{kind} proof, made, memory at most", value=took["peak"], unit="MB")
    yield Figure(what=f"{kind} proof, size", value=size, unit="KiB", at_most=WANTED_KIBIBYTES if kind == "compact" else None)
    key = own_key(place)
    assert key is not None, "the ledger was sealed"
    for name, command in VERIFIERS.items():
        found = _on_one_core([*command, "--key", key, str(path)])
        say(f"{kind} proof, checked in {name}: {found}")
        yield Figure(what=f"{kind} proof, checked in {name}, processor time", value=found["cpu"], unit="s", at_most=wanted)
        if kind == "complete":  # less than this process has cannot be told
            yield Figure(what=f"{kind} proof, checked in {name}, memory at most", value=found["peak"], unit="MB")


def _step(place: Path, step: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.bench.proofs", str(place), step]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=ROOT)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _on_one_core(command: list[str]) -> dict[str, float]:
    """Run a verifier on one core. Raises RuntimeError if it does not take the proof."""
    started = time.perf_counter()
    with _bound(), subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        told = process.stdout.read() if process.stdout else ""
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"the proof is refused: {told}")
    return {"seconds": time.perf_counter() - started, "cpu": used.ru_utime + used.ru_stime, "peak": used.ru_maxrss / 1024}


@contextlib.contextmanager
def _bound() -> Iterator[None]:
    """Keep to one core, and whatever is started meanwhile."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


def _do(place: Path, step: str) -> None:
    url = f"sqlite:///{place / 'ledger.db'}"
    match step:
        case "seal" | "quick":
            seal(url, place, is_quick=step == "quick")
        case "more" | "day":
            _book_more(url, step)
        case _:
            engine = open_for_reading(url)
            with engine.connect() as connection, (place / step).open("wb") as file:
                if step == "compact":
                    file.write(bundles.compact(connection, QUESTION))
                else:
                    bundles.complete(connection, QUESTION, file)
            engine.dispose()


def _book_more(url: str, step: str) -> None:
    """Book 5,000 more deliveries, of all days of the year or of its last."""
    engine = open_database(url)
    positions = schema.positions.c
    with engine.connect() as connection:
        booked = {row.partition: row.next_offset for row in connection.execute(sa.select(positions.partition, positions.next_offset))}
    more = deliveries(seed=_AGAIN_SEED, events=BATCH_EVENTS, days=DAYS if step == "more" else 1, prefix=f"{step}-")
    book(Ledger(engine), list(Records(booked).of(more)))
    engine.dispose()


def main() -> None:
    """Take one step and print one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("place", type=Path)
    parser.add_argument("step", choices=("seal", "more", "day", "quick", "compact", "complete"))
    given = parser.parse_args()
    collect_rarely()
    watch = Stopwatch()
    with watch:
        _do(given.place, given.step)
    print(json.dumps({"seconds": watch.spent.wall, "cpu": watch.spent.cpu, "peak": peak_megabytes()}), flush=True)


if __name__ == "__main__":
    main()
