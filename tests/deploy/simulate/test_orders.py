"""Any order of arrival, with any duplicates: the ledger comes to what was meant, and raises what the oracle raises for that order."""

import datetime
import itertools
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from consumers.database import open_database
from deploy.simulate import checking, writing
from deploy.simulate.chance import Chance
from deploy.simulate.checking import Result
from deploy.simulate.knobs import Knobs
from deploy.simulate.writing import Written
from tests.consumers.ledger.desk import PARTITIONS, Desk

EVENTS = 900
DAY_MS = 86_400_000
UNTIL_MS = int(datetime.datetime(2020, 12, 31, tzinfo=datetime.UTC).timestamp() * 1000)


class Arrival:
    """A simulation, and its lines in some order of arrival."""

    def __init__(self, folder: Path, *, seed: int, order: int, more_duplicates: int = 0) -> None:
        writing.write(Knobs(events=EVENTS, seed=seed, corrections=80_000, returns=60_000), folder / writing.EVENTS, folder / writing.EXPECTED)
        self.written = writing.read(folder)
        lines = (folder / writing.EVENTS).read_bytes().splitlines()
        self.first, self.rest = lines[: self.written.head], lines[self.written.head :]
        self.chance = Chance(order, "arrival")
        self.rest += [self.chance.pick([*self.first, *self.rest]) for _ in range(more_duplicates)]
        for last in range(len(self.rest) - 1, 0, -1):
            other = self.chance.below(last + 1)
            self.rest[last], self.rest[other] = self.rest[other], self.rest[last]

    def book(self, desk: Desk) -> None:
        """Book the head, then the rest over all partitions, in bookings of every size, received around the turn of the year."""
        at = UNTIL_MS + DAY_MS
        desk.inbox.put(*self.first, received_at=at)
        desk.book_next()
        left = iter(self.rest)
        while some := list(itertools.islice(left, self.chance.between(1, 150))):
            for line in some:
                at += self.chance.below(2 * DAY_MS // len(self.rest) * 20)
                desk.inbox.put(line, partition=self.chance.below(PARTITIONS), received_at=at)
            desk.book_next()


def checked(engine: sa.Engine, written: Written, *, is_whole: bool = True, moments: int = 10) -> Result:
    with engine.connect() as connection, connection.begin():
        return checking.check(connection, written, moments=checking.random_bookings(connection, moments), is_whole=is_whole)


def booked(folder: Path, **how: int) -> tuple[sa.Engine, Arrival]:
    arrival = Arrival(folder, **how)
    engine = open_database(f"sqlite:///{folder / 'ledger.sqlite'}")
    arrival.book(Desk(engine))
    return engine, arrival


@pytest.mark.slow
@pytest.mark.timeout(300)
# A failing seed says as much as a smaller one would, and each example books a thousand events.
@settings(max_examples=6, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10**6), order=st.integers(0, 10**6), more_duplicates=st.integers(0, 200))
def test_any_order_with_any_duplicates_comes_to_what_was_meant(tmp_path_factory: pytest.TempPathFactory, seed: int, order: int, more_duplicates: int) -> None:
    engine, arrival = booked(tmp_path_factory.mktemp("order"), seed=seed, order=order, more_duplicates=more_duplicates)
    try:
        result = checked(engine, arrival.written, is_whole=not more_duplicates)
    finally:
        engine.dispose()
    assert result.shown == []
    assert result.cells > 1_000
    assert result.moments == min(10, result.bookings) > 1


def test_one_order_comes_to_what_was_meant_and_raises_what_the_oracle_raises(tmp_path: Path) -> None:
    engine, arrival = booked(tmp_path, seed=7, order=1)
    result = checked(engine, arrival.written)
    assert result.shown == []
    assert result.decisions >= EVENTS
    assert min(result.cells, result.flags, result.suspicions, result.moments) > 1
    assert result.diffs == 1
    engine.dispose()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("UPDATE cells SET steps = CAST(steps AS INTEGER) + 1 WHERE cell = (SELECT MAX(cell) FROM cells WHERE table_name = 'services')", "expected"),
        ("UPDATE cell_history SET steps = CAST(steps AS INTEGER) + 1 WHERE booking = (SELECT MIN(booking) + 1 FROM cell_history)", "as of booking"),
        ("UPDATE decisions SET flags = '[\"flag.outlier\"]' WHERE number = 100", "flags"),
        ("DELETE FROM suspicions", "is suspected beside"),
        ("UPDATE decisions SET disposition = 'duplicate' WHERE number = 120", "expected"),
    ],
)
def test_a_ledger_that_is_wrong_anywhere_is_found_out(tmp_path: Path, change: str, words: str) -> None:
    engine, arrival = booked(tmp_path, seed=7, order=2)
    with engine.begin() as connection:
        triggers = connection.execute(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
        for trigger in triggers:
            connection.execute(sa.text(f"DROP TRIGGER {trigger}"))
        connection.execute(sa.text(change))
    result = checked(engine, arrival.written, moments=10**6)
    assert result.differences
    assert any(words in sentence for sentence in result.shown)
    engine.dispose()


def test_what_was_meant_for_another_seed_is_not_met(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    engine, _ = booked(tmp_path, seed=7, order=3)
    other = Arrival(tmp_path / "other", seed=8, order=3)
    result = checked(engine, other.written, moments=0)
    assert any("another simulation" in sentence for sentence in result.shown)
    engine.dispose()
