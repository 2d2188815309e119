"""A figure of the tables is held against the ledger at the very booking that the tables hold, and at no other."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from consumers.answers.filters import CellFilter
from consumers.database import open_database, open_for_reading
from consumers.live.figures import LiveAnswer, LiveFigure, Question, answer
from consumers.tables.reader import Stored, TablesSnapshot
from models.tables import CellSum, TallyValue
from tests.consumers.ledger.desk import Desk, masks
from tests.consumers.live.tables import tables_of

MASKS = "TW|bantuan-pmi|masker|distributed|piece|"
QUESTION = Question(name="all", cells=CellFilter(), by=("destination", "programme", "item"))


@pytest.fixture(name="desk")
def _desk(tmp_path: Path) -> Iterator[Desk]:
    engine = open_database(f"sqlite:///{tmp_path / 'ledger.db'}")
    yield Desk(engine)
    engine.dispose()


def asked(desk: Desk, snapshot: TablesSnapshot) -> LiveAnswer:
    engine = open_for_reading(desk.engine.url.render_as_string(hide_password=False))
    with engine.connect() as connection, connection.begin():
        found = answer(connection, snapshot, QUESTION)
    engine.dispose()
    return found


def test_a_figure_that_both_count_agrees(desk: Desk) -> None:
    desk.book(masks("a", 100), masks("b", 20))
    found = asked(desk, tables_of(desk.engine))
    assert (found.as_of.booking, found.is_exact) == (1, True)
    assert found.figures[MASKS] == LiveFigure(quantity="120", agrees=True, events=2)


def test_tables_that_are_behind_are_compared_with_the_ledger_as_it_was_then(desk: Desk) -> None:
    desk.book(masks("a", 100))
    before = tables_of(desk.engine)
    desk.book(masks("b", 20))
    found = asked(desk, before)
    assert (found.as_of.booking, found.is_exact) == (1, True)
    assert found.figures[MASKS] == LiveFigure(quantity="100", agrees=True, events=1)


def test_a_planted_difference_of_one_is_told(desk: Desk) -> None:
    desk.book(masks("a", 100))
    right = tables_of(desk.engine)

    def one_more(stored: Stored) -> Stored:
        cells = [CellSum(cell, str(int(steps) + (cell.measure == "distributed")), postings) for cell, steps, postings in stored.value.cells]
        return Stored(stored.partition, TallyValue(number=stored.value.number, cells=cells))

    wrong = dataclasses.replace(right, tallies={key: one_more(stored) for key, stored in right.tallies.items()})
    assert asked(desk, wrong).figures[MASKS] == LiveFigure(quantity="101", agrees=False, events=1)


def test_what_only_the_ledger_has_is_a_difference_and_no_figure(desk: Desk) -> None:
    desk.book(masks("a", 100))
    empty = dataclasses.replace(tables_of(desk.engine), tallies={})
    assert asked(desk, empty).figures[MASKS] == LiveFigure(quantity="", agrees=False, events=1)


def test_figures_that_move_are_not_compared(desk: Desk) -> None:
    desk.book(masks("a", 100))
    at_rest = tables_of(desk.engine)
    ahead = {key: Stored(one.partition, TallyValue(number=99, cells=one.value.cells)) for key, one in at_rest.tallies.items()}
    found = asked(desk, dataclasses.replace(at_rest, tallies=ahead))
    assert not found.is_exact
    assert found.figures[MASKS] == LiveFigure(quantity="100", agrees=None, events=None)


def test_nothing_booked_has_no_figures(desk: Desk) -> None:
    assert sa.inspect(desk.engine).has_table("cells")
    found = asked(desk, tables_of(desk.engine))
    assert (found.as_of.booking, found.figures) == (0, {})
