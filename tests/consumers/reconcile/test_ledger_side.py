"""A ledger whose figures do not follow from its own decisions is found out."""

from typing import Any

import pytest
import sqlalchemy as sa

from consumers.answers.asof import resolve
from consumers.answers.intake import intake
from consumers.reconcile.difference import Difference
from consumers.reconcile.ledger_side import differences_within, tallies
from models import schema
from tests.consumers.books import Books, Told, cell


def found_in(books: Books) -> list[Difference]:
    with books.engine.connect() as connection:
        return list(differences_within(connection, resolve(connection, None), intake(connection)))


def filled(books: Books) -> Books:
    books.book(Told(postings=[(cell(), 5), (cell(lot="b"), 1)]), Told(disposition="rejected"))
    books.book(Told(postings=[(cell(), 7)], flags=["flag.late", "flag.no_evidence"]), Told(disposition="duplicate"), Told(disposition="held"))
    return books


def test_a_ledger_as_it_was_booked_agrees_with_itself(books: Books) -> None:
    assert found_in(filled(books)) == []


@pytest.mark.parametrize(
    ("change", "between"),
    [
        (sa.update(schema.cells).where(schema.cells.c.cell == 1).values(steps=13), {"history", "members", "decisions"}),
        (sa.update(schema.cell_history).where(schema.cell_history.c.booking == 2, schema.cell_history.c.cell == 1).values(steps=13), {"history"}),
        (sa.update(schema.cell_history).where(schema.cell_history.c.booking == 1, schema.cell_history.c.cell == 1).values(members="[]"), {"members"}),
        (sa.update(schema.decisions).where(schema.decisions.c.number == 1).values(postings="[[1,6],[2,1]]"), {"decisions"}),
        (sa.delete(schema.decisions).where(schema.decisions.c.number == 2), {"decisions"}),
        (sa.update(schema.cells).where(schema.cells.c.measure == "flag.late").values(steps=2), {"history", "members", "decisions"}),
        (sa.update(schema.decisions).where(schema.decisions.c.number == 3).values(flags='["flag.late"]'), {"decisions"}),
        (sa.update(schema.figures).where(schema.figures.c.level == 1).values(steps=99), {"history", "decisions"}),
        (sa.update(schema.figure_history).where(schema.figure_history.c.booking == 2).values(events=9), {"history"}),
        (sa.insert(schema.figure_overlaps).values(overlap=1, booking=2, figures="[1,2]", events=1), {"decisions"}),
        (sa.update(schema.bookings).where(schema.bookings.c.booking == 2).values(accepted=3), {"intake", "decisions"}),
    ],
)
def test_a_row_that_was_changed_is_named(books: Books, change: Any, between: set[str]) -> None:
    filled(books)
    with books.engine.begin() as connection:
        connection.execute(change)
    assert {difference.between[1] for difference in found_in(books)} == between


@pytest.mark.parametrize(
    ("change", "side"),
    [
        (sa.update(schema.decisions).where(schema.decisions.c.number == 1).values(postings="[[1,6],[2,1]]"), "decisions"),
        (sa.update(schema.cell_history).where(schema.cell_history.c.booking == 1, schema.cell_history.c.cell == 1).values(members="[[1,6]]"), "members"),
    ],
)
def test_the_event_that_makes_the_difference_is_named(books: Books, change: Any, side: str) -> None:
    filled(books)
    with books.engine.begin() as connection:
        event_id = connection.execute(sa.select(schema.decisions.c.event_id).where(schema.decisions.c.number == 1)).scalar_one()
        connection.execute(change)
    (told,) = [difference.to_json() for difference in found_in(books) if difference.what == "event"]
    assert told["between"] == ["ledger", side]
    assert (told["cell"], told["decision"], told["id"]) == (1, 1, event_id)
    assert {told["history"], told["decisions"]} == {"5", "6"}


def test_a_difference_names_the_cell_and_both_figures(books: Books) -> None:
    filled(books)
    with books.engine.begin() as connection:
        connection.execute(sa.update(schema.cells).where(schema.cells.c.cell == 1).values(steps=13))
    told = found_in(books)[0].to_json()
    assert told["between"] == ["ledger", "history"]
    assert (told["what"], told["ledger"], told["history"]) == ("quantity", "13", "12")
    assert (told["destination"], told["programme"], told["item"], told["measure"], told["unit"]) == ("TW", "bantuan-pmi", "masker", "distributed", "piece")


def test_flags_are_no_tallies(books: Books) -> None:
    filled(books)
    with books.engine.connect() as connection:
        assert {where.table for where in tallies(connection, resolve(connection, None))} == {"distributions"}
