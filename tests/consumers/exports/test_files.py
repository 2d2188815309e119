"""Sheets written in every format hold the same values: exact numbers, no formulas, whatever texts there are."""

import csv
import decimal
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from consumers.exports.parquet_file import write_parquet
from consumers.exports.sheet import Column, Noted, Row, Sheet, sheet_of
from consumers.exports.text_files import write_csv, write_json
from consumers.exports.words import words_of_sheet
from consumers.exports.xlsx_file import CUT, LONGEST_TEXT, write_xlsx
from models.errors import ConfigurationError

COLUMNS = (Column("id"), Column("quantity", "quantity"), Column("events", "whole"), Column("simulated", "truth"), Column("unit"))
WORDS = words_of_sheet("en")

texts = st.one_of(
    st.none(),
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12),
    st.sampled_from(["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\uff1d1", "00123", "1e5", "TRUE", "2020-05-03", "', x", '"', "https://x.example"]),
)
quantities = st.one_of(
    st.none(),
    st.builds(lambda steps, decimals: str(decimal.Decimal(steps).scaleb(-decimals)), st.integers(-(10**30), 10**30), st.integers(0, 3)).filter(
        lambda text: "E" not in text
    ),
)
rows = st.lists(st.tuples(texts, quantities, st.one_of(st.none(), st.integers(0, 10**12)), st.one_of(st.none(), st.booleans()), texts), max_size=8)


def in_xlsx(content: bytes, sheet: int = 0) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in load_workbook(io.BytesIO(content)).worksheets[sheet].iter_rows(values_only=True)]


def xlsx(written: Sequence[Row], **options: Any) -> bytes:
    out = io.BytesIO()
    write_xlsx(Sheet(COLUMNS, written), out, about=[("What", "=tallies")], words=WORDS, **options)
    return out.getvalue()


@settings(deadline=None, max_examples=60)
@given(rows)
def test_json_and_parquet_are_equal_and_exact(written: list[Row]) -> None:
    text, columns = io.BytesIO(), io.BytesIO()
    write_json(Sheet(COLUMNS, iter(written)), text, about={"view": "x"})
    write_parquet(Sheet(COLUMNS, iter(written)), columns, about={"view": "x"})
    told = json.loads(text.getvalue())
    assert told["columns"][1] == {"name": "quantity", "kind": "quantity"}
    table = pq.read_table(io.BytesIO(columns.getvalue()))
    assert json.loads(table.schema.metadata[b"salur"]) == {"view": "x"}
    expected = [dict(zip((column.name for column in COLUMNS), row, strict=True)) for row in written]
    assert told["rows"] == expected
    assert table.to_pylist() == [{**row, "quantity": None if row["quantity"] is None else decimal.Decimal(row["quantity"])} for row in expected]


@settings(deadline=None, max_examples=60)
@given(rows)
def test_csv_has_the_same_texts_and_nothing_that_runs(written: list[Row]) -> None:
    out = io.BytesIO()
    write_csv(Sheet(COLUMNS, iter(written)), out)
    header, *lines = csv.reader(io.StringIO(out.getvalue().decode("utf-8-sig"), newline=""))
    assert header == [column.name for column in COLUMNS]
    for line, row in zip(lines, written, strict=True):
        for text, value in zip(line, row, strict=True):
            plain = value if isinstance(value, str) else "" if value is None else str(value).lower()
            assert text.removeprefix("'") == plain.removeprefix("'")
            assert not text.startswith(("=", "+", "@", "\uff1d")), text


@settings(deadline=None, max_examples=60)
@given(rows)
def test_a_spreadsheet_shows_every_digit(written: list[Row]) -> None:
    header, *lines = in_xlsx(xlsx([*written, ("end", "1", 1, True, "x")]))
    assert list(header) == [column.name for column in COLUMNS]
    for (identifier, quantity, events, simulated, _), row in zip(lines, [*written, ("end", "1", 1, True, "x")], strict=True):
        assert (identifier or "") == (row[0] or ""), row
        assert (events, simulated) == (row[2], row[3])
        if row[1] is None:
            assert quantity is None
        elif isinstance(quantity, str):
            assert quantity == row[1]
        else:
            assert decimal.Decimal(repr(quantity)) == decimal.Decimal(str(row[1]))


def test_a_quantity_that_a_spreadsheet_would_round_is_text_and_the_file_says_so() -> None:
    content = xlsx([("a", "999999999999999", 1, False, "IDR"), ("b", "1234567890123456.78", 1, False, "IDR"), ("c", "-0.001", 1, False, "litre")])
    assert [row[1] for row in in_xlsx(content)[1:]] == [999999999999999, "1234567890123456.78", -0.001]
    assert any("15 digits" in str(row[1]) for row in in_xlsx(content, 1))
    assert not any("15 digits" in str(row[1]) for row in in_xlsx(xlsx([("a", "1", 1, False, "IDR")]), 1))


def test_no_cell_of_a_spreadsheet_is_a_formula() -> None:
    book = load_workbook(io.BytesIO(xlsx([("=1+1", "1", 1, False, "=HYPERLINK(1)")])))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n", "b"}
    assert [cell.quotePrefix for cell in cells if str(cell.value).startswith("=")] == [True, True, True]


def test_rows_go_on_in_the_next_sheet() -> None:
    content = xlsx([(str(number), "1", number, False, "piece") for number in range(25)], most_rows=11)
    book = load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["rows", "rows 2", "rows 3", "about"]
    seen = [row[0] for sheet in book.worksheets[:3] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert seen == [str(number) for number in range(25)]


def test_a_text_that_no_cell_holds_is_cut_and_the_file_says_so() -> None:
    content = xlsx([("x" * 40_000, "1", 1, False, "piece")])
    assert in_xlsx(content)[1][0] == "x" * (LONGEST_TEXT - len(CUT)) + CUT
    assert any("cut off" in str(row[1]) for row in in_xlsx(content, 1))


def test_the_same_rows_make_the_same_bytes() -> None:
    written: list[Row] = [("a", "1.5", 1, False, "litre")]
    assert xlsx(written) == xlsx(written)
    first, second = io.BytesIO(), io.BytesIO()
    for out in (first, second):
        write_parquet(Sheet(COLUMNS, written), out, about={})
    assert first.getvalue() == second.getvalue()


def test_a_quantity_that_parquet_cannot_hold_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="more digits than Parquet"):
        write_parquet(Sheet(COLUMNS, [("a", "9" * 40, 1, False, "IDR")]), io.BytesIO(), about={})


def test_an_answer_becomes_columns_with_one_kind_each() -> None:
    sheet = sheet_of([
        {"place": "33", "quantity": "5", "events": 2, "simulated": False, "budget": {"quantity": "7", "below": {"a": "1"}}, "flags": ["late", "x"]},
        {"place": "33.74", "quantity": None, "events": 3, "simulated": True, "budget": None, "names": [{"id": 1}]},
    ])  # fmt: skip
    assert {column.name: column.kind for column in sheet.columns} == {
        "place": "text",
        "quantity": "quantity",
        "events": "whole",
        "simulated": "truth",
        "budget.quantity": "quantity",
        "budget.below.a": "quantity",
        "flags": "text",
        "budget": "quantity",
        "names": "text",
    }
    assert next(iter(sheet.rows))[sheet.columns.index(Column("flags"))] == "late x"


def test_rows_and_units_are_noted_on_the_way() -> None:
    noted = Noted(Sheet(COLUMNS, [("a", "1", 1, False, "piece"), ("b", "2", 1, False, "person"), ("c", None, 1, False, None)]))
    assert len(list(noted)) == 3
    assert (noted.count, noted.units) == (3, {"piece", "person"})


def test_the_schema_of_iati_is_the_official_one() -> None:
    folder = Path(__file__).parent / "iati-2.03"
    assert "Release 2.03" in (folder / "iati-activities-schema.xsd").read_text(encoding="utf-8")
