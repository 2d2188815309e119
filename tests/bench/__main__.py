"""``python -m tests.bench``: measures everything side by side in one run and prints what was wanted of it.

Figures of a shared machine move; ratios within one run move less, and they are what is asked for.
"""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from deploy.kafka.broker import LocalBroker
from deploy.workers.collector import collect_rarely
from tests.bench import answers, exports, fold, growth, ledger, proofs, way
from tests.bench.measured import Figure
from tests.conftest import new_broker

PARTS: Final = ("fold", "ledger", "way", "growth", "answers", "exports", "proofs")
LONG: Final = frozenset({"growth", "answers", "exports", "proofs"})
_TITLES: Final = {
    "fold": "Fold: entries of the ledger, against one event per record",
    "ledger": "Ledger: the whole booking, against bare inserts of the same rows",
    "way": "The whole way: from events in Kafka to the tables",
    "growth": "Growth: the same ledger, small and large, ids in random order",
    "answers": "Answers: the same questions to a small and to a large ledger",
    "exports": "Exports: all entries of a small and of a large ledger as files, and the memory that it takes",
    "proofs": "Proofs: a large ledger sealed, a figure proved, the proof checked by both verifiers",
}
WANTED_OF_STOCK: Final = 40.0
WANTED_OF_LOOP: Final = 1.3


def main() -> None:
    """Measure the chosen parts."""
    given = _arguments()
    folder = given.folder or Path(tempfile.mkdtemp(prefix="salur-bench-"))
    parts: dict[str, Callable[[Path], list[Figure]]] = {
        "fold": lambda place: measure_fold(place, events=given.fold_events),
        "ledger": lambda place: ledger.run(place, events=given.ledger_events, rounds=given.rounds, say=say),
        "way": lambda place: measure_way(place, events=given.way_events, single_events=given.single_events),
        "growth": lambda place: growth.run(place, small=given.small, large=given.large, say=say),
        "exports": lambda place: exports.run(place, small=given.exported_small, large=given.exported_large, say=say),
        "answers": lambda place: answers.run(
            given.ledgers or place, small=given.asked_small, large=given.asked_large, databases=given.asked_databases or ["sqlite"], say=say
        ),
        "proofs": lambda place: proofs.run(given.ledgers or place, events=given.proved, say=say),
    }
    collect_rarely()  # as the ledger's worker does
    chosen = given.parts or [part for part in PARTS if part not in LONG or given.long]
    report: list[str] = []
    for part in chosen:
        place = folder / part
        place.mkdir(parents=True)
        say(f"[{part}] {_TITLES[part]}")
        started = time.monotonic()
        report += ["", _TITLES[part], *map(str, parts[part](place))]
        say(f"[{part}] took {time.monotonic() - started:.0f} s")
        if given.folder is None:
            shutil.rmtree(place, ignore_errors=True)
    print("\n".join(report[1:]), flush=True)


def say(line: str) -> None:
    """Tell the one who waits how far it is; the report itself goes to standard output."""
    print(line, file=sys.stderr, flush=True)


def measure_fold(folder: Path, *, events: int) -> list[Figure]:
    """Compare our fold with stock Faust and with a loop by hand."""
    with _broker(folder) as broker:
        stock, loop, ours = fold.run(broker.bootstrap_servers, events)
    rates = [events / seconds for _, events, seconds in (stock, loop, ours)]
    return [
        *(Figure(what=name, value=rate, unit="events/s") for (name, _, _), rate in zip((stock, loop, ours), rates, strict=True)),
        Figure(what="our fold / stock Faust", value=rates[2] / rates[0], unit="x", at_least=WANTED_OF_STOCK),
        Figure(what="our fold / hand-written loop", value=rates[2] / rates[1], unit="x", at_least=WANTED_OF_LOOP),
    ]


def measure_way(folder: Path, *, events: int, single_events: int) -> list[Figure]:
    """Measure the whole way on a broker of its own."""
    with _broker(folder) as broker:
        return way.run(folder, broker, events=events, single_events=single_events, say=say)


@contextmanager
def _broker(folder: Path) -> Iterator[LocalBroker]:
    with new_broker(folder / "kafka") as broker:
        yield broker


def _arguments(argv: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure Salur, side by side in one run.")
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], metavar="PART", help=f"any of {', '.join(PARTS)}; default: all that are short")
    parser.add_argument("--long", action="store_true", help="also grow a ledger to millions of events, and ask one (about twenty minutes)")
    parser.add_argument("--fold-events", type=int, default=1_000_000)
    parser.add_argument("--ledger-events", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3, help="how often ledger and bare inserts take turns")
    parser.add_argument("--way-events", type=int, default=400_000)
    parser.add_argument("--single-events", type=int, default=50, help="events published one at a time, for the latency")
    parser.add_argument("--small", type=int, default=300_000, help="events in the small ledger of 'growth'")
    parser.add_argument("--large", type=int, default=3_000_000, help="events in the large one")
    parser.add_argument("--asked-small", type=int, default=200_000, help="events in the small ledger of 'answers'")
    parser.add_argument("--asked-large", type=int, default=2_000_000, help="events in the large one")
    parser.add_argument("--asked-databases", nargs="+", choices=("sqlite", "postgres"), help="where the ledgers of 'answers' are; default: sqlite")
    parser.add_argument("--proved", type=int, default=1_000_000, help="events in the ledger of 'proofs'")
    parser.add_argument("--ledgers", type=Path, help="a folder where the ledgers of 'answers' and 'proofs' are kept, and found again")
    parser.add_argument("--exported-small", type=int, default=60_000, help="events in the small ledger of 'exports'")
    parser.add_argument("--exported-large", type=int, default=600_000, help="events in the large one; each makes about two entries")
    parser.add_argument("--folder", type=Path, help="a new folder to keep everything in, for a look afterwards")
    return parser.parse_args(argv)


if __name__ == "__main__":
    main()
