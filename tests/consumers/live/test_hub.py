"""One reader of the tables for all who look: it begins when somebody looks, is bounded, and outlives Kafka being away."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from consumers.answers.filters import CellFilter
from consumers.database import open_database, open_for_reading
from consumers.live import hub as hubs
from consumers.live.figures import Question
from consumers.live.hub import Full, Hub
from tests.consumers.ledger.desk import Desk, masks
from tests.consumers.live.tables import KeptTables, tables_of

MASKS = "TW|masker|distributed|piece|"


@pytest.fixture(name="desk")
def _desk(tmp_path: Path) -> Iterator[Desk]:
    engine = open_database(f"sqlite:///{tmp_path / 'ledger.db'}")
    desk = Desk(engine)
    desk.book(masks("a", 100))
    yield desk
    engine.dispose()


@pytest.fixture(name="tables")
def _tables(desk: Desk) -> KeptTables:
    return KeptTables(tables_of(desk.engine))


@pytest.fixture(name="hub")
def _hub(desk: Desk, tables: KeptTables, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    monkeypatch.setattr(hubs, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(hubs, "RETRY_SECONDS", 0.02)
    engine = open_for_reading(desk.engine.url.render_as_string(hide_password=False))
    made = Hub(engine, tables.source, most_lookers=3, most_cells=100)
    yield made
    made.stop()
    until(lambda: tables.opened == tables.closed)
    engine.dispose()


def question(name: str = "all", **values: str) -> Question:
    return Question(name=name, cells=CellFilter(values={key: frozenset({value}) for key, value in values.items()}), by=("destination", "item"))


def until(is_true: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not is_true():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.005)


def shown(hub: Hub, asked: Question, key: str = MASKS) -> str | None:
    found = hub.ask(asked)
    return found.figures[key].quantity if found is not None and key in found.figures else None


def test_nothing_is_read_until_somebody_looks(hub: Hub, tables: KeptTables) -> None:
    assert (hub.state, tables.opened) == ("idle", 0)
    assert hub.ask(question()) is None
    until(lambda: shown(hub, question()) == "100")
    assert (hub.state, tables.opened) == ("reading", 1)


def test_what_is_booked_is_in_the_next_answer(hub: Hub, desk: Desk, tables: KeptTables) -> None:
    hub.join(question())
    until(lambda: shown(hub, question()) == "100")
    version = hub.version
    desk.book(masks("b", 20))
    tables.snapshot = tables_of(desk.engine)
    until(lambda: shown(hub, question()) == "120")
    assert hub.version > version
    hub.leave(question())


def test_different_questions_are_answered_apart(hub: Hub) -> None:
    until(lambda: shown(hub, question()) == "100")
    other = question("my", destination="MY")
    until(lambda: hub.ask(other) is not None)
    assert shown(hub, other) is None


def test_so_many_may_look_and_no_more_until_somebody_goes(hub: Hub) -> None:
    for _ in range(3):
        hub.join(question())
    assert hub.is_full
    with pytest.raises(Full):
        hub.join(question())
    hub.leave(question())
    hub.join(question())
    assert hub.lookers == 3


def test_questions_that_nobody_looks_at_make_room_for_new_ones(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "MOST_QUESTIONS", 4)
    hub.join(question("watched"))
    for number in range(20):
        hub.ask(question(f"number {number}"))
    assert len(hub._questions) <= 4
    assert "watched" in hub._questions
    hub.leave(question("watched"))


def test_while_kafka_is_away_there_are_no_old_figures_and_they_come_back(hub: Hub, tables: KeptTables) -> None:
    hub.join(question())
    until(lambda: shown(hub, question()) == "100")
    tables.is_away = True
    until(lambda: hub.state == "away")
    assert hub.ask(question()) is None
    tables.is_away = False
    until(lambda: shown(hub, question()) == "100")
    assert tables.opened == 2
    hub.leave(question())


def test_tables_that_are_too_large_are_not_kept(hub: Hub, tables: KeptTables, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "_most_cells", 1)
    hub.join(question())
    until(lambda: hub.state == "too-large")
    assert hub.ask(question()) is None
    assert tables.opened == tables.closed == 1
    hub.leave(question())


def test_when_nobody_looks_for_long_everything_is_forgotten_until_somebody_does(hub: Hub, tables: KeptTables, monkeypatch: pytest.MonkeyPatch) -> None:
    until(lambda: shown(hub, question()) == "100")
    monkeypatch.setattr(hubs, "IDLE_SECONDS", 0.0)
    until(lambda: hub.state == "idle" and tables.closed == 1)
    assert hub._answers == {}
    monkeypatch.setattr(hubs, "IDLE_SECONDS", 60.0)
    until(lambda: shown(hub, question()) == "100")
    assert tables.opened == 2


def test_an_error_that_nobody_expected_leaves_no_old_figures(hub: Hub, tables: KeptTables, monkeypatch: pytest.MonkeyPatch) -> None:
    until(lambda: shown(hub, question()) == "100")

    def broken(_snapshot: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as hurt:
        hurt.setattr("threading.excepthook", lambda _args: None)
        hurt.setattr(hub, "_answer", broken)
        until(lambda: hub.state == "away" and not hub._thread.is_alive())  # type: ignore[union-attr]  # it was started above
        assert hub._answers == {}
    until(lambda: shown(hub, question()) == "100")
