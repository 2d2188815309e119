"""How long questions take on a small and on a large ledger: a tally now and as of any booking, the first page behind a figure, a difference.

Each question is asked with other filters and other bookings every time, the two ledgers in turn, so that what is
compared was measured in the same minutes.
"""

import random
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from consumers.answers.diff import diff
from consumers.answers.explain import explain
from consumers.answers.filters import CellFilter
from consumers.answers.tally import tally
from consumers.database import open_for_reading
from models import schema
from tests.bench.ledgers import Database, Ledgers, ledgers
from tests.bench.measured import Figure

WANTED_MS: Final = 100.0
WANTED_MS_ABOVE: Final = 150.0
"""Of ledgers larger than ``LARGE``, and of differences."""
LARGE: Final = 2_000_000
WANTED_GROWTH: Final = 1.5
ASKED: Final = 300
WARMING: Final = 3

Question = Callable[[sa.Connection, random.Random, int], object]

_DESTINATIONS: Final = ("ID", "HK", "TW", "MY", "SG", "KR", "BN")
_PROGRAMMES: Final = ("bantuan-pmi", "bsu", "vaksinasi", "jps-tkm", "padat-karya", "pelatihan-vokasi")


def run(folder: Path, *, small: int, large: int, say: Callable[[str], None], databases: Sequence[Database] = ("sqlite",)) -> list[Figure]:
    """Ask every question ``ASKED`` times of a small and of a large ledger on each database, which are kept in the folder, and return the 99th percentiles."""
    with ledgers(folder, databases, say=say) as made:
        return [figure for database in databases for figure in _of(database, made, small=small, large=large, say=say)]


def _of(database: Database, made: Ledgers, *, small: int, large: int, say: Callable[[str], None]) -> Iterator[Figure]:
    engines = {events: open_for_reading(made.of(database, events).url) for events in (small, large)}
    for events, engine in engines.items():
        yield _cells_of(database, events, engine)
    wanted_ms = WANTED_MS if large <= LARGE else WANTED_MS_ABOVE
    for name, question in QUESTIONS.items():
        took = _times(question, engines)
        percentile = {events: statistics.quantiles(times, n=100)[98] * 1000 for events, times in took.items()}
        middle = {events: statistics.median(times) * 1000 for events, times in took.items()}
        what = f"{database}: {name}"
        say(f"{what}: medians {middle}, 99th percentiles {percentile}")
        for events in engines:
            yield Figure(what=f"{what}, {events:,} events, median", value=middle[events], unit="ms")
        yield Figure(what=f"{what}, {small:,} events, 99th percentile", value=percentile[small], unit="ms")
        wanted = WANTED_MS_ABOVE if question in _DIFFERENCES else wanted_ms
        yield Figure(what=f"{what}, {large:,} events, 99th percentile", value=percentile[large], unit="ms", at_most=wanted)
        yield Figure(what=f"{what}, large / small, medians", value=middle[large] / middle[small], unit="x", at_most=WANTED_GROWTH)
        yield Figure(what=f"{what}, large / small, 99th percentiles", value=percentile[large] / percentile[small], unit="x", at_most=WANTED_GROWTH)
    for engine in engines.values():
        engine.dispose()


def _times(question: Question, engines: Mapping[int, sa.Engine]) -> dict[int, list[float]]:
    """Ask the ledgers in turn; the first three answers of each, which fill caches, are not counted."""
    took: dict[int, list[float]] = {events: [] for events in engines}
    chance = random.Random(7)
    for turn in range(ASKED + WARMING):
        seed = chance.random()
        for events, engine in engines.items():
            seconds = _asked(engine, question, random.Random(seed))
            if turn >= WARMING:
                took[events].append(seconds)
    return took


def _tally_now(connection: sa.Connection, chance: random.Random, _bookings: int) -> object:
    return tally(connection, _some(chance))


def _tally_as_of(connection: sa.Connection, chance: random.Random, bookings: int) -> object:
    return tally(connection, _some(chance, as_of=_moment(chance, bookings)))


def _overview_as_of(connection: sa.Connection, chance: random.Random, bookings: int) -> object:
    return tally(connection, CellFilter(as_of=_moment(chance, bookings)))


def _by_month(connection: sa.Connection, chance: random.Random, bookings: int) -> object:
    return tally(connection, _some(chance, as_of=_moment(chance, bookings)), by=("destination", "programme", "item", "month"))


def _first_page(connection: sa.Connection, chance: random.Random, bookings: int) -> object:
    return explain(connection, _some(chance, as_of=_moment(chance, bookings)), adding=False)


def _newest_page(connection: sa.Connection, chance: random.Random, _bookings: int) -> object:
    return explain(connection, _some(chance), adding=False, newest_first=True)


def _one_booking(connection: sa.Connection, chance: random.Random, bookings: int) -> object:
    first = _moment(chance, bookings - 1)
    return diff(connection, _some(chance), first, first + 1)


def _any_two(connection: sa.Connection, chance: random.Random, bookings: int) -> object:
    return diff(connection, _some(chance), *sorted(_moment(chance, bookings) for _ in range(2)))


_DIFFERENCES: Final = (_one_booking, _any_two)
QUESTIONS: Final[Mapping[str, Question]] = {
    "tally": _tally_now,
    "tally as of": _tally_as_of,
    "overview as of": _overview_as_of,
    "by month as of": _by_month,
    "explain, first page as of": _first_page,
    "explain, newest page": _newest_page,
    "what one booking changed": _one_booking,
    "difference of any two moments": _any_two,
}


def _moment(chance: random.Random, bookings: int) -> int:
    """Return a booking at a random part of the ledger: the same part of a small and of a large one, so that both get the same question."""
    return 1 + int(chance.random() * bookings)


def _some(chance: random.Random, *, as_of: int | None = None) -> CellFilter:
    values = {"destination": frozenset({chance.choice(_DESTINATIONS)})} if chance.random() < 0.5 else {"programme": frozenset({chance.choice(_PROGRAMMES)})}
    return CellFilter(values=values, as_of=as_of)


def _asked(engine: sa.Engine, question: Question, chance: random.Random) -> float:
    with engine.connect() as connection:
        bookings = connection.execute(sa.select(sa.func.max(schema.bookings.c.booking))).scalar_one()
        started = time.perf_counter()
        question(connection, chance, bookings)
        return time.perf_counter() - started


def _cells_of(database: Database, events: int, engine: sa.Engine) -> Figure:
    with engine.connect() as connection:
        cells = connection.execute(sa.select(sa.func.count()).select_from(schema.cells)).scalar_one()
    return Figure(what=f"{database}: cells of {events:,} events", value=cells, unit="cells")
