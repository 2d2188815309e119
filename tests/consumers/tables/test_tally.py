"""The tables answer as the ledger does, and refuse what they cannot tell."""

import dataclasses

import pytest

from consumers.answers.asof import AsOf
from consumers.answers.filters import CellFilter, KnownCodes, parse_filter
from consumers.answers.tally import tally as ledger_tally
from consumers.tables.tally import tally
from models.errors import ConfigurationError
from tests.consumers.books import Books, Told, cell
from tests.consumers.tables.snapshots import snapshot_of

NOW = AsOf(booking=1, booked_at=None, is_head=True)
ANY = KnownCodes(codes={})
STOCK_CELL = cell(table="stock", destination="", programme="", activity="", tranche="", partner="", day="", recipient_type="", place="", measure="on-hand")
POSTINGS = [
    (cell(), 5),
    (cell(lot="b", place="x"), 6),
    (cell(day="2020-06-01"), 7),
    (cell(destination="HK", simulated=True), 8),
    (cell(programme="bsu", table="disbursements", item="uang", measure="confirmed", unit="IDR", holder="", lot=""), 150),
    (STOCK_CELL, -18),
    (cell(measure="recipients.sex.f", unit="person"), 2),
    (cell(measure="evidenced"), 5),
    (cell(measure="recipients", unit="person"), 9),
    (cell(measure="recipients", unit="person", programme="bansos-publik"), 4),
    (cell(table="plans", measure="budget", item="uang", unit="IDR", holder="", lot=""), 100),
]


@pytest.mark.parametrize(
    ("wanted", "by"),
    [
        (CellFilter(), ("destination", "programme", "item")),
        (CellFilter(), ("month", "partner")),
        (CellFilter(simulated=frozenset({True, False})), ("destination",)),
        (parse_filter({"programme": "bantuan-pmi"}, ANY, happened_from="2020-06", happened_to="2020-06-30"), ()),
        (parse_filter({"table": "stock"}, ANY), ("holder", "item")),
        (parse_filter({"measure": "on-hand,distributed"}, ANY), ("item",)),
        (parse_filter({"measure": "recipients.sex.f,evidenced"}, ANY), ("item",)),
        (parse_filter({"measure": "budget"}, ANY), ("programme",)),
        (parse_filter({"table": "plans,distributions"}, ANY), ("item",)),
    ],
)
def test_both_sources_give_the_same_figures(books: Books, wanted: CellFilter, by: tuple[str, ...]) -> None:
    books.book(*(Told(postings=[posting]) for posting in POSTINGS))
    with books.engine.connect() as connection:
        from_ledger = ledger_tally(connection, wanted, by=by)
    from_tables = tally(snapshot_of(POSTINGS), wanted, as_of=NOW, by=by)
    assert from_tables.rows == from_ledger.rows
    assert from_tables.rows
    assert from_tables.to_json()["source"] == "tables"


@pytest.mark.parametrize(
    "wanted",
    [
        parse_filter({"place": "x"}, ANY),
        parse_filter({"lot": "b"}, ANY),
        parse_filter({"holder": "kdei-taipei"}, ANY),
        parse_filter({}, ANY, happened_from="2020-05-02"),
        parse_filter({}, ANY, happened_to="2020-05-30"),
        parse_filter({}, ANY, as_of="1"),
    ],
)
def test_what_the_tables_do_not_keep_is_refused(wanted: CellFilter) -> None:
    with pytest.raises(ConfigurationError, match="--source ledger"):
        tally(snapshot_of(POSTINGS), wanted, as_of=NOW)


def test_a_day_cannot_be_grouped_by() -> None:
    with pytest.raises(ConfigurationError, match="no day"):
        tally(snapshot_of(POSTINGS), CellFilter(), as_of=NOW, by=("day",))


def test_the_intake_is_that_of_the_partners() -> None:
    counts = {"received": 3, "accepted": 2, "held": 1}
    found = tally(snapshot_of([], partners={"a": counts, "b": counts}), CellFilter(), as_of=NOW).intake
    assert dataclasses.asdict(found) == {"received": 6, "accepted": 4, "duplicate": 0, "conflict": 0, "rejected": 0, "held": 2}
    assert found.adds_up
