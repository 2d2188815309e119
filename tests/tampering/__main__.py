"""``python -m tests.tampering``: a small ledger changed in thousands of ways, and left alone hundreds of times.

Ends with 1 if anybody missed what must be noticed, cried out at nothing, or could not say where.
Progress goes to standard error, one line of JSON for each part to standard output.
"""

import argparse
import json
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from tests.consumers.proof.agreement import disagreements
from tests.consumers.proof.sealed import SealedLedger, sealed_ledger
from tests.tampering.booked import columns, unclassified
from tests.tampering.changes import mutated, never_changed, rows_hurt
from tests.tampering.forgeries import FORGERIES
from tests.tampering.reads import read_log_changes
from tests.tampering.tamperer import Tamperer
from tests.tampering.trials import tried

PARTS: Final = ("values", "rows", "read-log", "forgeries", "clean", "bundles")
_SAID_EVERY: Final = 100


def main() -> int:
    """Run the parts, print what each came to, and return 1 if any of it is not as it must be."""
    given = _arguments()
    is_fine = not unclassified()
    with tempfile.TemporaryDirectory(prefix="salur-tampering-") as name:
        folder = Path(name)
        ledger = sealed_ledger(_new(folder / "ledger"), events=given.events)
        for part in given.parts or PARTS:
            started, cpu = time.monotonic(), time.process_time()
            chance = random.Random(f"{given.seed} {part}")
            for told, fine in _RUN[part](ledger, _new(folder / part), chance, given):
                is_fine = is_fine and fine
                print(json.dumps({"part": part, **told, "fine": fine}, ensure_ascii=False), flush=True)
            say(f"[{part}] {time.monotonic() - started:.0f} s, {time.process_time() - cpu:.0f} s of processor time")
        ledger.close()
    return 0 if is_fine else 1


def say(line: str) -> None:
    """Tell the one who waits how far it is."""
    print(line, file=sys.stderr, flush=True)


Told = Iterator[tuple[dict[str, Any], bool]]
Part = Callable[[SealedLedger, Path, random.Random, argparse.Namespace], Told]


def _values(ledger: SealedLedger, folder: Path, chance: random.Random, given: argparse.Namespace) -> Told:
    tamperer = Tamperer(ledger, folder)
    outcome = mutated(tamperer, chance, wanted=given.mutations, say=_saying("values", given.mutations))
    tamperer.close()
    told = {
        "changed": outcome.tried,
        "columns": [len(outcome.columns), len(columns())],
        "columns never changed": never_changed(outcome),
        "missed": outcome.missed,
        "decisions changed": outcome.sealed,
        "row named first": outcome.named_row,
        "column named": outcome.named_column,
    }
    yield told, not outcome.missed and outcome.named_row == outcome.named_column == outcome.sealed


def _rows(ledger: SealedLedger, folder: Path, chance: random.Random, given: argparse.Namespace) -> Told:
    tamperer = Tamperer(ledger, folder)
    hurt = list(rows_hurt(tamperer, chance, rounds=given.rounds))
    tamperer.close()
    missed = [what for what, noticed in hurt if not noticed]
    yield {"deleted, inserted, swapped, cut": len(hurt), "missed": missed}, not missed


def _read_log(_ledger: SealedLedger, folder: Path, chance: random.Random, given: argparse.Namespace) -> Told:
    hurt = list(read_log_changes(folder, chance, lines=60, rounds=given.rounds * 10))
    missed = [what for what, noticed in hurt if not noticed]
    yield {"changed, deleted, swapped, cut": len(hurt), "missed": missed}, not missed


def _forgeries(ledger: SealedLedger, folder: Path, chance: random.Random, given: argparse.Namespace) -> Told:
    for name in FORGERIES:
        say(f"[forgeries] {name}")
        trial = tried(name, ledger, folder, chance, times=given.forgeries)
        yield trial.to_json(), not trial.wrong and trial.named == trial.with_a_bad_row


def _clean(_ledger: SealedLedger, folder: Path, chance: random.Random, given: argparse.Namespace) -> Told:
    """Make ledgers of many shapes that nobody touches: the database, all three kinds of proof in both verifiers, and the witness must hold."""
    alarms: list[str] = []
    heard = _saying("clean", given.clean)
    for number in range(given.clean):
        place = _new(folder / str(number))
        seed, events, bookings, seals = chance.randrange(10**9), chance.randrange(20, 160), chance.randrange(1, 6), chance.randrange(1, 4)
        made = sealed_ledger(place, seed=seed, events=events, bookings=bookings, seals=seals)
        trial = tried("nothing", made, place, chance, times=1)
        alarms += [f"seed {seed}, {events} events, {bookings} bookings, {seals} seals: {wrong}" for wrong in trial.wrong]
        made.close()
        shutil.rmtree(place)
        heard(number + 1)
    yield {"runs": given.clean, "false alarms": alarms}, not alarms


def _bundles(ledger: SealedLedger, folder: Path, chance: random.Random, given: argparse.Namespace) -> Told:
    told = disagreements(ledger, folder, chance, wanted=given.bundles)
    yield told, not (told["disagree"] or told["true ones refused"] or told["false ones taken"])


_RUN: Final[dict[str, Part]] = {"values": _values, "rows": _rows, "read-log": _read_log, "forgeries": _forgeries, "clean": _clean, "bundles": _bundles}


def _saying(part: str, wanted: int) -> Callable[[int], None]:
    def heard(done: int) -> None:
        if done % _SAID_EVERY == 0 or done == wanted:
            say(f"[{part}] {done:,} of {wanted:,}")

    return heard


def _new(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.tampering", description="Change a small ledger in every way, and see who notices.")
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], metavar="PART", help=f"any of {', '.join(PARTS)}; default: all")
    parser.add_argument("--events", type=int, default=280, help="events in the ledger that is changed")
    parser.add_argument("--mutations", type=int, default=2000, help="values changed, one in each column in turn")
    parser.add_argument("--rounds", type=int, default=3, help="how often rows of every table are deleted, inserted, swapped and cut off")
    parser.add_argument("--forgeries", type=int, default=20, help="how often each forgery is committed")
    parser.add_argument("--clean", type=int, default=200, help="ledgers that nobody touches")
    parser.add_argument("--bundles", type=int, default=500, help="proofs given to both verifiers, two in three of them spoilt")
    parser.add_argument("--seed", type=int, default=17081945, help="repeats a run")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
