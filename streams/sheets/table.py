"""A file as rows of cells: CSV in the dialects of spreadsheets, and XLSX. What the cells mean is not known here."""

import csv
import dataclasses
import datetime
import enum
import io
import itertools
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any, Final

import python_calamine

from streams.sheets.mistake_words import SheetCode
from streams.sheets.mistakes import Mistake
from streams.sheets.template_words import BESIDE
from streams.sheets.workbook import MAX_COLUMNS, MAX_ROWS, NoWorkbook, TooLarge, Workbook

MAX_BYTES: Final = 64 * 1024 * 1024
_SEPARATORS: Final = (";", ",", "\t")
_UNREADABLE: Final = (python_calamine.CalamineError, NoWorkbook, OSError, ValueError)


class Odd(enum.Enum):
    """What a cell holds that is no value; each is the code of its mistake."""

    FORMULA = "sheet.formula"
    ERROR = "sheet.error_cell"
    MERGED = "sheet.merged"


Cell = str | float | bool | Decimal | datetime.date | datetime.time | datetime.timedelta | Odd
"""A blank cell is an empty string; a moment is a ``datetime.datetime`` without a zone; a Decimal comes of no sheet, but of a form whose numbers can be
read in one way only."""


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """One row and its number in the file, counted from 1."""

    number: int
    cells: tuple[Cell, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Table:
    """The header, at ``header_row``, and the rows under it that are not blank. ``separator`` is that of a CSV."""

    sheet: str
    header_row: int
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    counts_days: bool = False
    """Whether a bare number can be read as a day, counted as Excel counts them."""
    separator: str = ""


def read(content: bytes, *, recognised: Callable[[Sequence[str]], int]) -> Table | Mistake:
    """Read a file; ``recognised`` counts the headers in a row that mean something, which finds the header and a CSV's separator."""
    if len(content) > MAX_BYTES:
        return _refused("sheet.too_large")
    if content.startswith(b"PK"):
        try:
            return _read_xlsx(content, recognised)
        except TooLarge:
            return _refused("sheet.too_large")
        except _UNREADABLE:
            return _refused("sheet.unreadable")
    return _read_csv(content, recognised)


def text_of(content: bytes) -> str | None:
    """Return the text of a CSV, None if it is in none of the encodings of Unicode."""
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def csv_rows(text: str, separator: str) -> Iterator[list[str]]:
    """Yield the rows of a CSV, blank ones too."""
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator)


def _read_csv(content: bytes, recognised: Callable[[Sequence[str]], int]) -> Table | Mistake:
    text = text_of(content)
    if text is None:
        return _refused("sheet.not_utf8")
    if "\0" in text:
        return _refused("sheet.unreadable")
    rows: list[tuple[Cell, ...]] = []
    try:
        separator = _separator_of(text[:20_000], recognised)
        for row in csv_rows(text, separator):
            rows.append(tuple(Odd.FORMULA if cell.startswith("=") else cell.strip() for cell in row))
            if len(rows) > MAX_ROWS + 10 or len(row) > MAX_COLUMNS:
                return _refused("sheet.too_large")
    except csv.Error:
        return _refused("sheet.unreadable")
    return _table("", rows, recognised, separator=separator)


def _separator_of(text: str, recognised: Callable[[Sequence[str]], int]) -> str:
    """Return the separator that makes the most sense of the first rows."""
    return max(_SEPARATORS, key=lambda candidate: max((recognised(row) for row in itertools.islice(csv_rows(text, candidate), 10)), default=0))


def _read_xlsx(content: bytes, recognised: Callable[[Sequence[str]], int]) -> Table | Mistake:
    seen = Workbook(content)
    workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    filled = [sheet for name in workbook.sheet_names if name.lower() not in BESIDE and (sheet := workbook.get_sheet_by_name(name)).height > 1]
    if not filled:
        return _refused("sheet.no_rows")
    if len(filled) > 1:
        return _refused("sheet.several_sheets", *(sheet.name for sheet in filled))
    sheet = filled[0]
    rows = [[_stripped(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    merged = (place for (top, left), (bottom, right) in sheet.merged_cell_ranges or () for place in _area(top, left, bottom, right, rows))
    for what, places in ((Odd.MERGED, merged), (Odd.FORMULA, seen.formulas(sheet.name)), (Odd.ERROR, seen.errors(sheet.name))):
        for row, column in places:
            if row < len(rows) and column < len(rows[row]):
                rows[row][column] = what
    return _table(sheet.name, [tuple(row) for row in rows], recognised, counts_days=not seen.counts_from_1904)


def _table(
    name: str, rows: Sequence[tuple[Cell, ...]], recognised: Callable[[Sequence[str]], int], *, counts_days: bool = False, separator: str = ""
) -> Table | Mistake:
    headers = [tuple(cell if isinstance(cell, str) else "" for cell in row) for row in rows[:10]]
    if not headers:
        return _refused("sheet.no_rows")
    # A title may stand over the header.
    place = max(range(len(headers)), key=lambda number: (recognised(headers[number]), -number))
    under = tuple(Row(number, row) for number, row in enumerate(rows[place + 1 :], start=place + 2) if any(cell != "" for cell in row))
    if not under:
        return _refused("sheet.no_rows")
    return Table(name, place + 1, tuple(cell.rstrip(" *") for cell in headers[place]), under, counts_days, separator)


def _stripped(cell: Any) -> Cell:
    stripped: Cell = cell.strip() if isinstance(cell, str) else cell
    return stripped


def _area(top: int, left: int, bottom: int, right: int, rows: Sequence[Sequence[Cell]]) -> Iterator[tuple[int, int]]:
    return ((row, column) for row in range(top, min(bottom + 1, len(rows))) for column in range(left, min(right + 1, len(rows[row]))))


def _refused(code: SheetCode, *suggestions: str) -> Mistake:
    return Mistake(0, 0, code, suggestions=suggestions)
