"""Entries are every posting behind figures, on both databases, however decisions and bookings lie."""

from typing import Any

import pytest
import sqlalchemy as sa

from consumers.answers.asof import resolve
from consumers.answers.filters import CellFilter
from consumers.answers.tally import tally
from consumers.database import open_for_reading
from consumers.exports import entries as exporting
from consumers.exports.entries import COLUMNS, entries
from tests.consumers.books import Books, Told, cell

NAMES = [column.name for column in COLUMNS]


def told(engine: sa.Engine, wanted: CellFilter, as_of: int | None = None) -> list[dict[str, Any]]:
    with engine.connect() as connection, connection.begin():
        return [dict(zip(NAMES, row, strict=True)) for row in entries(connection, wanted, resolve(connection, as_of)).rows]


@pytest.fixture
def filled(books: Books) -> Books:
    """Give forty bookings of one to three decisions, in two destinations; some take back what an earlier one gave."""
    for booking in range(40):
        where = cell(destination="TW" if booking % 3 else "HK", place=f"3{booking % 4}.0{booking % 9 + 1}", day=f"2020-05-{booking % 28 + 1:02d}")
        given = [Told(postings=[(where, 10 + booking), (where._replace(measure="recipients", unit="person"), 3)]) for _ in range(booking % 3 + 1)]
        books.book(*given, *([Told(postings=[(where, -1)], flags=["late"])] if booking % 5 == 0 else []))
    return books


@pytest.mark.parametrize("at_once", [1, 7, 5_000])
def test_entries_sum_up_to_the_tally_as_of_any_booking(filled: Books, database_url: str, monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    monkeypatch.setattr(exporting, "_AT_ONCE", at_once)
    reading = open_for_reading(database_url)
    for wanted in (CellFilter(), CellFilter(values={"destination": frozenset({"HK"})}), CellFilter(values={"province": frozenset({"32"})})):
        for booking in (None, 0, 1, 17):
            rows = told(reading, wanted, booking)
            sums: dict[tuple[str, str], int] = {}
            for row in rows:
                sums[row["measure"], row["unit"]] = sums.get((row["measure"], row["unit"]), 0) + int(row["quantity"])
            with reading.connect() as connection, connection.begin():
                answer = tally(connection, CellFilter(values=wanted.values, as_of=booking), by=()).rows
            assert sums == {(row.measure, row.unit): row.steps for row in answer}
            assert [row["decision"] for row in rows] == sorted(row["decision"] for row in rows)
            assert all(row["booking"] <= (booking if booking is not None else 40) for row in rows)
    reading.dispose()


def test_decisions_far_apart_are_found_by_their_numbers(filled: Books, database_url: str) -> None:
    reading = open_for_reading(database_url)
    rows = told(reading, CellFilter(day_from="2020-05-01", day_to="2020-05-01"))
    assert {row["booking"] for row in rows} == {1, 29}
    assert {row["id"] for row in rows} == {f"event-{row['decision']}" for row in rows}
    assert {row["flags"] for row in rows} == {"", "late"}
    reading.dispose()
