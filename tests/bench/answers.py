"""How long questions take on a small and on a large ledger: a tally now and as of any booking, the first page behind a figure, a difference.

Each question is asked with other filters and other bookings every time, the two ledgers in turn, so that what is
compared was measured in the same minutes.
"""

import random
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from consumers.answers.diff import diff
from consumers.answers.explain import explain
from consumers.answers.filters import CellFilter
from consumers.answers.tally import tally
from consumers.database import open_for_reading
from consumers.ledger.ledger import Ledger
from models import schema
from tests.bench.batches import BATCH_EVENTS, Records, book, new_ledger
from tests.bench.measured import Figure
from tests.bench.spread import deliveries

WANTED_MS: Final = 100.0
WANTED_MS_OF_DIFFERENCES: Final = 150.0
WANTED_GROWTH: Final = 1.5
ASKED: Final = 100

Question = Callable[[sa.Connection, random.Random, int], object]

_DESTINATIONS: Final = ("ID", "HK", "TW", "MY", "SG", "KR", "BN")
_PROGRAMMES: Final = ("bantuan-pmi", "bsu", "vaksinasi", "jps-tkm", "padat-karya", "pelatihan-vokasi")


def run(folder: Path, *, small: int, large: int, say: Callable[[str], None]) -> list[Figure]:
    """Book both ledgers, ask every question ``ASKED`` times of each, and return the 99th percentiles."""
    ledgers = {events: _booked(folder, events, say) for events in (small, large)}
    figures = [_cells_of(events, engine) for events, engine in ledgers.items()]
    for name, question in QUESTIONS.items():
        took: dict[int, list[float]] = {events: [] for events in ledgers}
        chance = random.Random(7)
        for _ in range(ASKED):
            seed = chance.random()
            for events, engine in ledgers.items():
                took[events].append(_asked(engine, question, random.Random(seed)))
        percentile = {events: statistics.quantiles(times, n=100)[98] * 1000 for events, times in took.items()}
        middle = {events: statistics.median(times) * 1000 for events, times in took.items()}
        say(f"{name}: {percentile}")
        figures += [Figure(what=f"{name}, {events:,} events, median", value=middle[events], unit="ms") for events in ledgers]
        figures += [Figure(what=f"{name}, {small:,} events, 99th percentile", value=percentile[small], unit="ms")]
        wanted = WANTED_MS_OF_DIFFERENCES if question is _one_booking else WANTED_MS
        figures += [Figure(what=f"{name}, {large:,} events, 99th percentile", value=percentile[large], unit="ms", at_most=wanted)]
        figures += [Figure(what=f"{name}, large / small, medians", value=middle[large] / middle[small], unit="x", at_most=WANTED_GROWTH)]
    return figures


def _tally_now(connection: sa.Connection, chance: random.Random, _bookings: int) -> object:
    return tally(connection, _some(chance))


def _tally_as_of(connection: sa.Connection, chance: random.Random, bookings: int) -> object:
    return tally(connection, _some(chance, as_of=chance.randint(1, bookings)))


def _overview_as_of(connection: sa.Connection, chance: random.Random, bookings: int) -> object:
    return tally(connection, CellFilter(as_of=chance.randint(1, bookings)))


def _by_month(connection: sa.Connection, chance: random.Random, bookings: int) -> object:
    return tally(connection, _some(chance, as_of=chance.randint(1, bookings)), by=("destination", "programme", "item", "month"))


def _first_page(connection: sa.Connection, chance: random.Random, bookings: int) -> object:
    return explain(connection, _some(chance, as_of=chance.randint(1, bookings)), adding=False)


def _newest_page(connection: sa.Connection, chance: random.Random, _bookings: int) -> object:
    return explain(connection, _some(chance), adding=False, newest_first=True)


def _one_booking(connection: sa.Connection, chance: random.Random, bookings: int) -> object:
    first = chance.randint(1, bookings - 1)
    return diff(connection, _some(chance), first, first + 1)


QUESTIONS: Final[Mapping[str, Question]] = {
    "tally": _tally_now,
    "tally as of": _tally_as_of,
    "overview as of": _overview_as_of,
    "by month as of": _by_month,
    "explain, first page as of": _first_page,
    "explain, newest page": _newest_page,
    "difference of two bookings": _one_booking,
}


def _some(chance: random.Random, *, as_of: int | None = None) -> CellFilter:
    values = {"destination": frozenset({chance.choice(_DESTINATIONS)})} if chance.random() < 0.5 else {"programme": frozenset({chance.choice(_PROGRAMMES)})}
    return CellFilter(values=values, as_of=as_of)


def _asked(engine: sa.Engine, question: Question, chance: random.Random) -> float:
    with engine.connect() as connection:
        bookings = connection.execute(sa.select(sa.func.max(schema.bookings.c.booking))).scalar_one()
        started = time.perf_counter()
        question(connection, chance, bookings)
        return time.perf_counter() - started


def _booked(folder: Path, events: int, say: Callable[[str], None]) -> sa.Engine:
    engine = new_ledger(folder, f"answers-{events}")
    ledger = Ledger(engine)
    messages = deliveries(seed=5, events=events)
    records = Records().of(messages)
    for booked in range(0, events, BATCH_EVENTS):
        book(ledger, [next(records) for _ in range(min(BATCH_EVENTS, events - booked))])
        if booked % 500_000 == 0:
            say(f"booking {events:,} events: {booked:,}")
    url = engine.url.render_as_string(hide_password=False)
    engine.dispose()
    return open_for_reading(url)


def _cells_of(events: int, engine: sa.Engine) -> Figure:
    with engine.connect() as connection:
        cells = connection.execute(sa.select(sa.func.count()).select_from(schema.cells)).scalar_one()
    return Figure(what=f"cells of {events:,} events", value=cells, unit="cells")
