"""Whether exports stream: the memory of a process that writes all entries of a small ledger, and of one ten times as large.

Each export runs in a process of its own, which says how much memory it had at most, so that the formats do not share it.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from consumers.answers.filters import CellFilter
from consumers.database import open_for_reading
from consumers.exports.entries import entries
from consumers.exports.making import Exported, Format, make
from consumers.exports.manifest import About, ledger_at, newest_received_at
from consumers.ledger.ledger import Ledger
from consumers.web.reading import LedgerReader
from tests.bench.batches import BATCH_EVENTS, RecordStream, book, new_ledger
from tests.bench.measured import Figure, peak_megabytes

FORMATS: Final[tuple[Format, ...]] = ("csv", "json", "parquet", "xlsx")
WANTED_GROWTH: Final = 1.25
EVERY_KIND: Final = frozenset({True, False})


def run(folder: Path, *, small: int, large: int, say: Callable[[str], None], formats: tuple[Format, ...] = FORMATS) -> list[Figure]:
    """Book both ledgers, export all entries of each in every format, and return what it took."""
    urls = {events: _booked(folder, events, say) for events in (small, large)}
    figures: list[Figure] = []
    for format_ in formats:
        found = {events: _measured(url, format_) for events, url in urls.items()}
        rows = found[large]["rows"]
        say(f"{format_}: {rows:,} entries in {found[large]['seconds']:.0f} s, {found[large]['peak']:,.0f} MB at most")
        figures += [
            Figure(what=f"{format_}: entries of {large:,} events", value=rows, unit="rows"),
            Figure(what=f"{format_}: speed, by processor time", value=rows / found[large]["cpu"], unit="rows/s"),
            Figure(what=f"{format_}: memory at most, {found[small]['rows']:,} rows", value=found[small]["peak"], unit="MB"),
            Figure(what=f"{format_}: memory at most, {rows:,} rows", value=found[large]["peak"], unit="MB"),
            Figure(what=f"{format_}: memory, large / small", value=found[large]["peak"] / found[small]["peak"], unit="x", at_most=WANTED_GROWTH),
        ]
    return figures


def _booked(folder: Path, events: int, say: Callable[[str], None]) -> str:
    engine = new_ledger(folder, f"exports-{events}")
    ledger, stream = Ledger(engine), RecordStream(seed=5, events=events)
    for done in range(0, events, BATCH_EVENTS):
        book(ledger, stream.take(BATCH_EVENTS))
        if done % 200_000 == 0:
            say(f"{done:,} of {events:,} events booked")
    engine.dispose()
    return engine.url.render_as_string(hide_password=False)


def _measured(url: str, format_: Format) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.bench.exports", url, format_]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=Path(__file__).parents[2])
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _export(url: str, format_: Format) -> dict[str, Any]:
    engine = open_for_reading(url)
    started, used = time.perf_counter(), time.process_time()
    with LedgerReader(engine).moment() as moment:
        as_of, connection = moment.head, moment.connection
        about = About(
            view="entries",
            question={},
            as_of=as_of,
            intake=moment.intake,
            ledger=ledger_at(connection, as_of),
            newest_received_at=newest_received_at(connection, as_of),
        )
        made = make(Exported(about=about, sheet=entries(connection, CellFilter(simulated=EVERY_KIND), as_of), registry=moment.registry), format_)
    made.file.close()
    return {"rows": made.manifest.rows, "seconds": time.perf_counter() - started, "cpu": time.process_time() - used, "peak": peak_megabytes()}


def main() -> None:
    """Export once and print one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("format", choices=FORMATS)
    given = parser.parse_args()
    print(json.dumps(_export(given.url, given.format)), flush=True)


if __name__ == "__main__":
    main()
