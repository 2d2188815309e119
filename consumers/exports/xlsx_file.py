"""XLSX: the rows, and a sheet that says what they are; written row by row, so that memory stays flat.

A spreadsheet computes with 15 digits: a quantity with more is written as text, exactly, and the file says so. Nothing
in it is a formula. A sheet ends at 1,048,576 rows; what is more goes on in the next one.
"""

import datetime
import tempfile
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO, Final

import xlsxwriter

from consumers.exports.harmless import begins_a_formula
from consumers.exports.sheet import Column, Row, Sheet, Value

MOST_ROWS: Final = 1_048_576
MOST_DIGITS: Final = 15
LONGEST_TEXT: Final = 32_767
"""More letters no cell holds."""
CUT: Final = " […]"
_EPOCH: Final = datetime.datetime(1980, 1, 1)  # noqa: DTZ001 - what the ZIP format begins with; the same file for the same rows


def write_xlsx(sheet: Sheet, out: BinaryIO, *, about: Sequence[tuple[str, str]], words: Mapping[str, str], most_rows: int = MOST_ROWS) -> None:
    """Write the rows. ``about`` are lines of what the file is; ``words`` say ``data``, ``about``, ``digits`` and ``cut`` in a language."""
    with tempfile.TemporaryDirectory(prefix="salur-xlsx-") as folder:
        book = xlsxwriter.Workbook(out, {"constant_memory": True, "tmpdir": folder, "strings_to_formulas": False, "strings_to_urls": False})
        book.set_properties({"created": _EPOCH, "title": words["data"]})
        writer = _Writer(book, sheet.columns, words["data"], most_rows)
        for row in sheet.rows:
            writer.write(row)
        notes = [(words["note"], words["digits"])] if writer.has_long_numbers else []
        notes += [(words["note"], words["cut"])] if writer.has_cut_texts else []
        _write_about(book, words["about"], [*about, *notes])
        book.close()


class _Writer:
    """Writes rows into as many sheets as they need."""

    def __init__(self, book: Any, columns: Sequence[Column], title: str, most_rows: int) -> None:
        self.has_long_numbers = False
        self.has_cut_texts = False
        self._book = book
        self._columns = columns
        self._title = title
        self._most_rows = most_rows
        self._bold = book.add_format({"bold": True})
        self._plain = book.add_format({"quote_prefix": True})
        self._numbers = [book.add_format({"num_format": "#,##0" + ("." + "0" * decimals if decimals else "")}) for decimals in range(4)]
        self._sheets = 0
        self._begin()

    def write(self, row: Row) -> None:
        """Write one row."""
        if self._at == self._most_rows:
            self._begin()
        for position, (column, value) in enumerate(zip(self._columns, row, strict=True)):
            if value is not None:
                self._write_cell(position, column, value)
        self._at += 1

    def _begin(self) -> None:
        self._sheets += 1
        self._sheet = self._book.add_worksheet(self._title if self._sheets == 1 else f"{self._title} {self._sheets}")
        self._sheet.freeze_panes(1, 0)
        for position, column in enumerate(self._columns):
            self._sheet.set_column(position, position, 18 if column.kind == "quantity" else 14)
            self._sheet.write_string(0, position, column.name, self._bold)
        self._at = 1

    def _write_cell(self, position: int, column: Column, value: Value) -> None:
        if isinstance(value, bool):
            self._sheet.write_boolean(self._at, position, value)
        elif isinstance(value, int):
            self._write_number(position, str(value), self._numbers[0])
        elif column.kind == "quantity" and value is not None:
            decimals = len(value.partition(".")[2])
            self._write_number(position, value, self._numbers[min(decimals, len(self._numbers) - 1)])
        else:
            self._write_text(position, str(value))

    def _write_number(self, position: int, digits: str, style: Any) -> None:
        if sum(map(str.isdigit, digits.lstrip("-0."))) > MOST_DIGITS:
            self.has_long_numbers = True
            self._write_text(position, digits)
        else:
            self._sheet.write_number(self._at, position, float(digits), style)

    def _write_text(self, position: int, text: str) -> None:
        if len(text) > LONGEST_TEXT:
            self.has_cut_texts = True
            text = text[: LONGEST_TEXT - len(CUT)] + CUT
        self._sheet.write_string(self._at, position, text, self._plain if begins_a_formula(text) else None)


def _write_about(book: Any, title: str, lines: Sequence[tuple[str, str]]) -> None:
    sheet = book.add_worksheet(title)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 90)
    quoted = book.add_format({"quote_prefix": True, "text_wrap": True})
    for row, (what, value) in enumerate(lines):
        sheet.write_string(row, 0, what)
        sheet.write_string(row, 1, value, quoted)
