"""The monitor: what it saw is served without looking again, what it cannot see it says, and it goes on."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from consumers.database import open_database
from deploy.monitoring.instruments import Instruments
from deploy.monitoring.monitor import Monitor
from models.metrics import COLLECTED
from tests.bench.scrape import fill

Ledger = tuple[sa.Engine, Monitor, list[str]]


@pytest.fixture(name="ledger")
def _ledger(tmp_path: Path) -> Iterator[Ledger]:
    engine = open_database(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    fill(engine, 10_000)
    asked: list[str] = []
    sa.event.listen(engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    yield engine, Monitor(engine, "127.0.0.1:1"), asked
    engine.dispose()


def test_a_scrape_asks_the_database_nothing_and_a_look_asks_no_more_of_many_cells(ledger: Ledger) -> None:
    _, monitor, asked = ledger
    instruments = Instruments("monitor")
    instruments.read_at_scrape(monitor.readings)
    assert monitor.health().ready() == ["nothing was looked at yet"]
    monitor.look_at_database()
    assert len(asked) < 25, "a look is a handful of statements, however many cells there are"
    asked.clear()
    page = instruments.page().decode()
    assert asked == []
    # 25 programmes, 10 destinations that go with each in step: lines follow what is told apart, not cells.
    assert 'salur_returned{destination="D' in page
    assert len(page.splitlines()) < 500
    assert monitor.health().ready() == []


def test_what_cannot_be_seen_keeps_its_last_value_and_says_so(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    engine, monitor, _ = ledger
    monitor.look_at_database()
    before = list(monitor.readings())

    def away(*_: object, **__: object) -> Any:
        raise sa.exc.OperationalError("connect", None, Exception("database is locked"))

    with monkeypatch.context() as hurt:
        hurt.setattr(engine, "connect", away)
        monitor.look_at_database()
    (why,) = monitor.health().ready()
    assert why.startswith("the ledger's database did not answer: database is locked")
    assert list(monitor.readings()) == before
    assert any(reading.metric is COLLECTED for reading in before), "the age of what is shown is shown"
    monitor.look_at_database()
    assert monitor.health().ready() == []


def test_an_error_that_nobody_expected_is_not_passed_over(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    engine, monitor, _ = ledger

    def broken(*_: object, **__: object) -> Any:
        raise sa.exc.ProgrammingError("SELECT", None, Exception("no such table"))

    monkeypatch.setattr(engine, "connect", broken)
    with pytest.raises(sa.exc.ProgrammingError):
        monitor.look_at_database()
