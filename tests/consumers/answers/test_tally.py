"""A tally adds what may be added, counts events once, and shows any older booking as it was."""

import sqlalchemy as sa

from consumers.answers.filters import CellFilter
from consumers.answers.tally import SeveralUnits, TallyRow, one_total, tally
from tests.consumers.books import Books, Told, cell

MANY = 10**30


def rows_of(books: Books, wanted: CellFilter | None = None, **options: object) -> list[dict[str, object]]:
    with books.engine.connect() as connection:
        answer = tally(connection, wanted or CellFilter(), **options)  # type: ignore[arg-type]  # only "by" is ever given
    rows: list[dict[str, object]] = answer.to_json()["rows"]
    return rows


def test_a_row_has_the_shape_that_partners_read(books: Books) -> None:
    books.book(Told(postings=[(cell(), 16500)]))
    assert rows_of(books) == [
        {"destination": "TW", "programme": "bantuan-pmi", "item": "masker", "measure": "distributed", "unit": "piece", "quantity": "16500", "events": 1}
    ]


def test_units_and_measures_are_never_added(books: Books) -> None:
    paid = cell(table="disbursements", programme="bsu", item="uang", measure="confirmed", unit="payment", holder="", lot="")
    books.book(Told(postings=[(paid, 3), (paid._replace(unit="IDR"), 360_000_050)]))
    assert [(row["unit"], row["quantity"]) for row in rows_of(books, by=())] == [("IDR", "3600000.5"), ("payment", "3")]


def test_an_event_in_several_cells_of_a_row_counts_once(books: Books) -> None:
    lots = [cell(lot=lot) for lot in ("a", "b", "c")]
    books.book(Told(postings=[(where, 10) for where in lots]), Told(postings=[(lots[0], 1)]))
    books.book(Told(postings=[(lots[0], 1), (lots[2], 1)]))
    assert [(row["quantity"], row["events"]) for row in rows_of(books)] == [("33", 3)]
    assert [(row["lot"], row["events"]) for row in rows_of(books, by=("lot",))] == [("a", 3), ("b", 1), ("c", 2)]
    assert [row["events"] for row in rows_of(books, CellFilter(as_of=1))] == [2]


def test_what_was_reversed_is_shown_as_nothing_and_not_hidden(books: Books) -> None:
    books.book(Told(postings=[(cell(), 5)]))
    books.book(Told(postings=[(cell(), -5)], corrects=(1, "reversal")))
    assert [(row["quantity"], row["events"]) for row in rows_of(books)] == [("0", 2)]


def test_an_older_booking_is_shown_as_it_was(books: Books) -> None:
    books.book(Told(postings=[(cell(), 5)]))
    books.book(Told(postings=[(cell(), 7), (cell(item="sabun"), 1)]))
    books.book(Told(postings=[(cell(), -5)], corrects=(1, "reversal")))
    shown = [[(row["item"], row["quantity"], row["events"]) for row in rows_of(books, CellFilter(as_of=booking))] for booking in range(4)]
    assert shown == [[], [("masker", "5", 1)], [("masker", "12", 2), ("sabun", "1", 1)], [("masker", "7", 3), ("sabun", "1", 1)]]


def test_simulated_partners_are_left_out_unless_asked_for(books: Books) -> None:
    books.book(Told(postings=[(cell(), 5)]), Told(postings=[(cell(simulated=True, partner="simulasi-a"), 7)], partner="simulasi-a"))
    assert [row["quantity"] for row in rows_of(books)] == ["5"]
    both = rows_of(books, CellFilter(simulated=frozenset({True, False})))
    assert [(row["quantity"], row["simulated"]) for row in both] == [("5", False), ("7", True)]


def test_stock_is_shown_to_those_who_ask_about_stock(books: Books) -> None:
    stock = cell(table="stock", destination="", programme="", activity="", tranche="", partner="", day="", recipient_type="", place="", measure="on-hand")
    books.book(Told(postings=[(cell(), 5), (stock, -5)]))
    assert [row["measure"] for row in rows_of(books)] == ["distributed"]
    asked = rows_of(books, CellFilter(values={"table": frozenset({"stock"})}), by=("holder", "item"))
    assert [(row["holder"], row["item"], row["measure"], row["quantity"]) for row in asked] == [("kdei-taipei", "masker", "on-hand", "-5")]


def test_sums_outgrow_any_column(books: Books) -> None:
    books.book(Told(postings=[(cell(), MANY)]), Told(postings=[(cell(lot="b"), MANY + 1)]))
    assert [row["quantity"] for row in rows_of(books)] == [str(2 * MANY + 1)]


def test_one_total_over_several_units_is_refused_with_both_figures(books: Books) -> None:
    books.book(
        Told(postings=[(cell(measure="recipients", unit="person", item="sembako"), 239_675)]), Told(postings=[(cell(unit="package", item="sembako"), 109_168)])
    )
    with books.engine.connect() as connection:
        refused = one_total(tally(connection, CellFilter(), by=()))
        fine = one_total(tally(connection, CellFilter(values={"unit": frozenset({"package"})}), by=()))
        nothing = one_total(tally(connection, CellFilter(values={"unit": frozenset({"dose"})}), by=()))
    assert isinstance(refused, SeveralUnits)
    assert "109168 package" in refused.message
    assert "239675 person" in refused.message
    assert isinstance(fine, TallyRow)
    assert fine.quantity == "109168"
    assert nothing is None


def test_an_empty_ledger_answers(books: Books) -> None:
    with books.engine.connect() as connection:
        answer = tally(connection, CellFilter())
    assert answer.to_json()["as_of"] == {"booking": 0, "booked_at": None}
    assert answer.rows == ()


def test_the_sum_over_all_rows_is_the_sum_of_the_postings(books: Books, engine: sa.Engine) -> None:
    for number in range(20):
        books.book(Told(postings=[(cell(day=f"2020-05-{day:02}", lot=str(number % 3)), day) for day in range(1, 10)]))
    by_day = rows_of(books, by=("day", "lot"))
    by_month = rows_of(books, by=("month",))
    assert sum(int(str(row["quantity"])) for row in by_day) == 20 * 45
    assert [(row["month"], row["quantity"], row["events"]) for row in by_month] == [("2020-05", "900", 20)]
    assert engine is books.engine


def test_people_of_several_programmes_are_added_up_only_as_service_contacts(books: Books) -> None:
    people = cell(measure="recipients", unit="person")
    books.book(
        Told(postings=[(people, 10)]), Told(postings=[(people._replace(programme="bansos-publik", measure="recipients"), 5)]), Told(postings=[(cell(), 9)])
    )
    assert [(row["measure"], row.get("rule")) for row in rows_of(books, by=("destination",))] == [
        ("distributed", None),
        ("recipients", "sum of service contacts"),
    ]
    assert all("rule" not in row for row in rows_of(books, by=("programme",)))


def test_what_a_pack_was_said_to_hold_stands_beside_the_packs(books: Books) -> None:
    books.book(Told(postings=[(cell(item="masker-kotak", unit="box"), 70)]), Told(postings=[(cell(), 9)]))
    boxes, pieces = sorted(rows_of(books), key=lambda row: str(row["unit"]))
    assert boxes["quantity"] == "70"
    fact = {"quantity": "700", "unit": "box", "into_item": "masker", "into_quantity": "33000", "into_unit": "piece", "qualifier": "about"}
    assert boxes["conversions"] == [fact | {"source": "tribun-masker", "date": "2020-02-04"}]
    assert "conversions" not in pieces
