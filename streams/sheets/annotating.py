"""The partner's own file back, with what is wrong beside each row and the cells in colour. Nothing else in it is changed."""

import csv
import io
import warnings
import zipfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

import openpyxl
from openpyxl.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, PatternFill

from models.reasons import Language
from streams.sheets.header_words import ERRORS
from streams.sheets.mistakes import Mistake, letters
from streams.sheets.review import Review
from streams.sheets.table import Table, csv_rows, text_of

_RED: Final = "FFF4B6B6"
_WIDTH: Final = 80
_AUTHOR: Final = "Salur"
# openpyxl has no error of its own for a workbook that it does not understand.
_STRANGE: Final = (ArithmeticError, AttributeError, LookupError, OSError, SyntaxError, TypeError, ValueError, zipfile.BadZipFile)


def annotated(content: bytes, review: Review, lang: Language) -> bytes | None:
    """Return the annotated copy, None for a file that could not be read, or not so exactly that it could be written again."""
    if review.table is None:
        return None
    if content.startswith(b"PK"):
        try:
            with warnings.catch_warnings():
                # Of extensions that it leaves out, such as some kinds of drop-downs; the rows are all there.
                warnings.simplefilter("ignore")
                workbook = openpyxl.load_workbook(io.BytesIO(content))
            sheet = workbook[review.table.sheet]
        except _STRANGE:
            return None
        _annotate(sheet, review.table, review.mistakes, lang)
        written = io.BytesIO()
        workbook.save(written)
        return written.getvalue()
    return _csv(content, review.table, review.mistakes, lang)


def _sentences(table: Table, mistakes: Sequence[Mistake], lang: Language) -> dict[int, list[str]]:
    """Return what is said beside each row; what is wrong with the whole file stands beside the header."""
    said: dict[int, list[str]] = defaultdict(list)
    for mistake in mistakes:
        sentence = mistake.sentence(lang)
        said[mistake.row or table.header_row].append(f"{mistake.cell}: {sentence}" if mistake.column else sentence)
    return said


def _annotate(sheet: Any, table: Table, mistakes: Sequence[Mistake], lang: Language) -> None:
    place = _place_of_errors(table.header, sheet.max_column) + 1
    red = PatternFill("solid", start_color=_RED, end_color=_RED)
    _clean(sheet, place)
    sheet.cell(table.header_row, place, ERRORS.id if lang == "id" else ERRORS.en)
    sheet.column_dimensions[letters(place)].width = _WIDTH
    for row, sentences in _sentences(table, mistakes, lang).items():
        own = ([ERRORS.id if lang == "id" else ERRORS.en] if row == table.header_row else []) + sentences
        cell = sheet.cell(row, place, "\n".join(own))
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        cell.fill = red
    for mistake in mistakes:
        if mistake.row and mistake.column:
            _colour(sheet.cell(mistake.row, mistake.column), mistake, red, lang)


def _colour(cell: Any, mistake: Mistake, red: PatternFill, lang: Language) -> None:
    cell.fill = red
    if isinstance(cell, MergedCell):
        return
    cell.comment = Comment(mistake.sentence(lang), _AUTHOR)


def _clean(sheet: Any, place: int) -> None:
    """Take away what an earlier copy had said."""
    for row in sheet.iter_rows():
        for cell in row:
            if cell.fill is not None and cell.fill.fill_type == "solid" and cell.fill.start_color.rgb == _RED:
                cell.fill = PatternFill()
            if cell.comment is not None and cell.comment.author == _AUTHOR:
                cell.comment = None
            if cell.column == place and not isinstance(cell, MergedCell):
                cell.value = None


def _csv(content: bytes, table: Table, mistakes: Sequence[Mistake], lang: Language) -> bytes:
    rows = list(csv_rows(text_of(content) or "", table.separator))
    said: Mapping[int, list[str]] = _sentences(table, mistakes, lang)
    place = _place_of_errors(table.header, max(map(len, rows)))
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=table.separator)
    for number, row in enumerate(rows, start=1):
        own = [ERRORS.id if lang == "id" else ERRORS.en] if number == table.header_row else []
        padded = [*row, *[""] * (place - len(row))]
        writer.writerow([*padded[:place], " | ".join([*own, *said.get(number, [])]), *padded[place + 1 :]])
    return b"\xef\xbb\xbf" + written.getvalue().encode()


def _place_of_errors(header: Sequence[str], width: int) -> int:
    """Return where the column of errors is, counted from 0: the one of an earlier copy, else after the last."""
    for place, written in enumerate(header):
        if written.startswith((ERRORS.en, ERRORS.id)):
            return place
    return width
