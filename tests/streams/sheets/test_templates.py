"""Templates: for every type, in both languages; what they show can be filled in, and is read again."""

import io

import openpyxl
import pytest

from streams.sheets.columns import SHEET_TYPES, UNSUPPORTED, columns_of, full_type, short_type, title
from streams.sheets.template_words import BESIDE, KINDS
from streams.sheets.templates import _shown, csv_template, example, template_name, xlsx_template
from tests.streams.sheets.sheets import REGISTRY, found, reviewed

FOREIGN = "salur.event.annotated.v1"
"""Its full example names another partner's event, which only an assured partner may."""


def filled(event_type: str, template: bytes) -> bytes:
    """Return the template with one row: the example that its own help shows."""
    workbook = openpyxl.load_workbook(io.BytesIO(template))
    for place, column in enumerate(columns_of(event_type), start=1):
        workbook.worksheets[0].cell(2, place, _shown(example(event_type), column) or None)
    written = io.BytesIO()
    workbook.save(written)
    return written.getvalue()


@pytest.mark.parametrize("lang", ["en", "id"])
@pytest.mark.parametrize("event_type", SHEET_TYPES)
def test_the_example_of_a_template_is_accepted_when_it_is_filled_in(event_type: str, lang: str) -> None:
    partner = str(example(event_type)["source"]).rpartition(":")[2]
    content = filled(event_type, xlsx_template(event_type, "id" if lang == "id" else "en", REGISTRY))
    review = reviewed(content, partner=partner)
    if event_type == FOREIGN:
        assert {code for _, code in found(review)} == {"rjct.foreign_correction"}
        return
    assert not review.mistakes, review.mistakes
    assert len(review.good) == 1


def test_an_empty_template_has_no_rows() -> None:
    assert found(reviewed(xlsx_template("salur.distribution.recorded.v1", "id", REGISTRY))) == {("", "sheet.no_rows")}


def test_the_workbook_offers_the_codes_and_says_in_both_languages_what_to_write() -> None:
    workbook = openpyxl.load_workbook(io.BytesIO(xlsx_template("salur.distribution.recorded.v1", "id", REGISTRY)))
    rows, guide, lists = workbook.worksheets
    assert rows.title == "distribution.recorded"
    assert {guide.title.lower(), lists.title.lower()} <= BESIDE
    offered = {str(one.sqref).split(":")[0] for one in rows.data_validations.dataValidation}
    header = {cell.value: cell.coordinate for cell in rows[1]}
    for name in ("program *", "negara *", "bantuan *", "satuan", "satuan penerima", "dari", "ke", "jenis penerima", "dasar hukum"):
        assert header[name].replace("1", "2") in offered, name
    said = {cell.value for row in guide.iter_rows() for cell in row}
    assert {"jumlah", "quantity", "tanggal", "date"} <= said
    listed = {cell.value for row in lists.iter_rows() for cell in row}
    assert {"bantuan-pmi", "TW", "sembako", "kdei-taipei", "package"} <= listed


def test_a_csv_template_is_the_header_with_the_type_first() -> None:
    header = csv_template("salur.distribution.recorded.v1", "id").strip().split(";")
    assert header == ["jenis", *(title(column, "id") for column in columns_of("salur.distribution.recorded.v1"))]
    assert csv_template("salur.distribution.recorded.v1", "en").startswith("type,key,date *")


def test_names_of_types_and_files() -> None:
    assert template_name("salur.distribution.recorded.v1", "xlsx") == "distribution.recorded.xlsx"
    assert full_type("distribution.recorded") == full_type("salur.distribution.recorded.v1") == "salur.distribution.recorded.v1"
    assert full_type("distribution.recordd") is None
    assert [full_type(short_type(name)) for name in UNSUPPORTED] == [None, None]
    assert max(len(short_type(name)) for name in SHEET_TYPES) <= 31, "longer than the name of a sheet may be"
    assert {column.kind for name in SHEET_TYPES for column in columns_of(name)} == KINDS.keys()
