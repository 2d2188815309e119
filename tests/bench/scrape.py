"""What watching costs: looking at a ledger of many cells, and answering a scrape.

    python -m tests.bench.scrape [CELLS]

A scrape must take less than 50 ms at 10,000 cells. It reads nothing: the monitor looks on its own, every five seconds.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from consumers.database import open_database, open_for_reading
from consumers.ledger.ledger import prepare_ledger
from deploy.migrations.upgrade import upgrade
from deploy.monitoring.instruments import Instruments
from deploy.monitoring.monitor import Monitor
from models import schema

TIMES = 20


def fill(engine: sa.Engine, cells: int) -> None:
    """Write cells and figures as bookings of many programmes, destinations, partners and days leave them."""
    upgrade(engine.url.render_as_string(hide_password=False))
    prepare_ledger(engine, partitions=4)
    measures = ("sent", "confirmed", "evidenced", "returned")
    shared = [
        {
            "table_name": "disbursements",
            "destination": f"D{number % 10}",
            "programme": f"programme-{number % 25}",
            "partner": f"partner-{number % 40}",
            "simulated": False,
            "item": "uang",
            "measure": measures[number % 4],
            "unit": "IDR",
            "steps": number * 100,
            "events": 1,
            "booking": 1,
        }
        for number in range(cells)
    ]
    finest = {"activity": "unknown", "tranche": "1", "recipient_type": "person", "place": "", "holder": "", "lot": ""}
    with engine.begin() as connection:
        days = ({"cell": number, "day": f"2020-05-{number % 28 + 1:02}", **finest, **one} for number, one in enumerate(shared, 1))
        connection.execute(sa.insert(schema.cells), list(days))
        connection.execute(sa.insert(schema.figures), [{"figure": number, "level": 1, "month": "", **one} for number, one in enumerate(shared, 1)])


def median_ms(work: Callable[[], object]) -> float:
    """Return the median time of some calls."""
    taken = []
    for _ in range(TIMES):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken) * 1000


def main(cells: int) -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'ledger.sqlite'}"
        fill(open_database(url), cells)
        monitor = Monitor(open_for_reading(url), "127.0.0.1:1")
        instruments = Instruments("monitor")
        instruments.read_at_scrape(monitor.readings)
        print(f"{cells} cells: a look takes {median_ms(monitor.look_at_database):.1f} ms, every 5 s")
        print(f"a scrape takes {median_ms(instruments.page):.1f} ms for {len(instruments.page().splitlines())} lines")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
