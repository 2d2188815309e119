"""One file with every kind of mistake that a row can have: each comes back at its row and column, in both languages, with a hint."""

import datetime
import io
from typing import Any, NamedTuple

import openpyxl
import pytest

from streams.sheets.annotating import annotated
from streams.sheets.mistakes import letters
from streams.sheets.review import Review
from tests.streams.sheets.sheets import header_of, reviewed, row, xlsx

LONG = "a" * 200
SEX = {"jumlah_penerima": 100, "satuan_penerima": "person", "perempuan": 60, "laki-laki": 60}


class Kind(NamedTuple):
    """One kind of mistake: what is changed in a good row, the header of the cell that is told, and the code."""

    name: str
    changes: dict[str, Any]
    header: str
    code: str
    closest: str = ""


KINDS = [
    Kind("a formula", {"jumlah": "=50+50"}, "jumlah", "sheet.formula"),
    Kind("an error of the spreadsheet", {"jumlah": "#N/A"}, "jumlah", "sheet.error_cell"),
    Kind("a date that may be turned round", {"tanggal": "3/4/2020"}, "tanggal", "sheet.date_ambiguous", "2020-04-03"),
    Kind("a day that no calendar has", {"tanggal": "31/02/2020"}, "tanggal", "sheet.date_invalid"),
    Kind("a word for a date", {"tanggal": "kemarin"}, "tanggal", "sheet.date_invalid"),
    Kind("a year of two digits", {"tanggal": "23/5/20"}, "tanggal", "sheet.year_short"),
    Kind("digits in a row for a date", {"tanggal": 20200503}, "tanggal", "sheet.date_serial"),
    Kind("a time without its zone", {"tanggal": "2020-05-03 09:00"}, "tanggal", "sheet.zone_missing"),
    Kind("a cell with a time of day", {"tanggal": datetime.datetime(2020, 5, 3, 9, 30)}, "tanggal", "sheet.zone_missing"),
    Kind("no date", {"tanggal": None}, "tanggal", "rjct.missing_field"),
    Kind("the future", {"tanggal": "2030-01-01"}, "tanggal", "rjct.time_in_future"),
    Kind("before the programme", {"tanggal": "2019-12-31"}, "tanggal", "rjct.time_before_programme"),
    Kind("TRUE for a date", {"tanggal": True}, "tanggal", "sheet.truth_value"),
    Kind("a number with one point and three digits", {"jumlah": "1.500"}, "jumlah", "sheet.number_ambiguous", "1500"),
    Kind("a number with spaces", {"jumlah": "1 500"}, "jumlah", "sheet.number_ambiguous", "1500"),
    Kind("a number in words", {"jumlah": "sepuluh"}, "jumlah", "sheet.number_invalid"),
    Kind("a number with its unit", {"jumlah": "100 pcs"}, "jumlah", "sheet.number_invalid"),
    Kind("a negative number", {"jumlah": -5}, "jumlah", "rjct.quantity_invalid"),
    Kind("nothing at all", {"jumlah": 0}, "jumlah", "rjct.quantity_invalid"),
    Kind("half a piece", {"jumlah": 1.5}, "jumlah", "rjct.quantity_invalid"),
    Kind("more digits than are kept", {"jumlah": 1234567890123456789}, "jumlah", "sheet.number_rounded"),
    Kind("a date for a number", {"jumlah": datetime.date(2020, 5, 3)}, "jumlah", "sheet.became_date"),
    Kind("TRUE for a number", {"jumlah": True}, "jumlah", "sheet.truth_value"),
    Kind("a programme misspelt", {"program": "bantuan-pm"}, "program", "rjct.unknown_programme", "bantuan-pmi"),
    Kind("a country with three letters", {"negara": "TWN"}, "negara", "rjct.unknown_country", "TW"),
    Kind("a country of another partner", {"negara": "HK"}, "", "rjct.partner_not_entitled"),
    Kind("an item misspelt", {"bantuan": "maskerr"}, "bantuan", "rjct.unknown_item", "masker"),
    Kind("no item", {"bantuan": None}, "bantuan", "rjct.missing_field"),
    Kind("an item of another unit", {"satuan": "package"}, "satuan", "rjct.unit_mismatch"),
    Kind("a unit that is not there", {"satuan": "pcs"}, "satuan", "rjct.unknown_unit"),
    Kind("no unit", {"satuan": None}, "satuan", "rjct.missing_field"),
    Kind("neither how much nor to how many", {"jumlah": None, "satuan": None}, "jumlah", "rjct.missing_field"),
    Kind("a recipient type misspelt", {"jenis_penerima": "workr"}, "jenis penerima", "rjct.unknown_recipient_type", "worker"),
    Kind("a holder that nobody knows", {"dari": "gudang-entah"}, "dari", "rjct.unknown_holder"),
    Kind("a legal basis that nobody knows", {"dasar_hukum": "uu-entah"}, "dasar hukum", "rjct.unknown_legal_basis"),
    Kind("a person's number", {"kegiatan": "untuk 3174012505900003"}, "kegiatan", "rjct.personal_data"),
    Kind("a character that hides", {"kegiatan": "pembagian\u200b masker"}, "kegiatan", "rjct.malformed"),
    Kind("more women and men than people", SEX, "", "rjct.disaggregation_exceeds_total"),
    Kind("animals for recipients", {"jumlah_penerima": 3, "satuan_penerima": "litre"}, "satuan penerima", "rjct.unit_mismatch"),
    Kind("a key that is too long", {"kunci": LONG}, "kunci", "rjct.value_invalid"),
    Kind("a tranche that is too long", {"tahap": LONG}, "tahap", "rjct.value_invalid"),
    Kind("a lot that became a date", {"lot": datetime.date(2020, 5, 3)}, "lot", "sheet.became_date"),
    Kind("a place without its edition", {"kode_wilayah": "ID-JK", "edisi_wilayah": None}, "edisi wilayah", "rjct.missing_field"),
    Kind("evidence without its number", {"jenis_bukti": "bast"}, "nomor bukti", "rjct.missing_field"),
    Kind("half a hash", {"jenis_bukti": "bast", "nomor_bukti": "1", "sha256_bukti": "abc"}, "sha256 bukti", "rjct.value_invalid"),
    Kind("a name for a token", {"token": "budi"}, "token", "rjct.value_invalid"),
    Kind("a period that ends on no day", {"awal_periode": "2020-05-03", "akhir_periode": "31/06/2020"}, "akhir periode", "sheet.date_invalid"),
    Kind("half a line number", {"nomor_baris": 1.5}, "nomor baris", "sheet.number_invalid"),
    Kind("no key where others have one", {"kunci": None}, "kunci", "sheet.key_missing"),
    Kind("a type that nobody knows", {"jenis": "penyaluran"}, "jenis", "sheet.type_unknown"),
]
GOOD_ROWS = 3


def all_rows() -> list[dict[str, Any]]:
    """Return three good rows, with every column of the kinds, and then one row for each kind."""
    columns = {name.replace("_", " "): None for kind in KINDS for name in kind.changes}
    good = [{**columns, **row(f"good-{number}")} for number in range(GOOD_ROWS)]
    return good + [row(f"k-{number}", **kind.changes) for number, kind in enumerate(KINDS)]


@pytest.fixture(scope="module")
def whole() -> tuple[bytes, Review]:
    content = xlsx(all_rows())
    return content, reviewed(content)


def test_there_are_more_than_forty_kinds() -> None:
    assert len(KINDS) > 40


@pytest.mark.parametrize(("number", "kind"), list(enumerate(KINDS)), ids=[kind.name for kind in KINDS])
def test_a_mistake_comes_back_at_its_row_and_column_with_a_hint_in_both_languages(whole: tuple[bytes, Review], number: int, kind: Kind) -> None:
    place = GOOD_ROWS + number + 2
    mine = [mistake for mistake in whole[1].mistakes if mistake.row == place]
    told = [mistake for mistake in mine if mistake.code == kind.code]
    assert told, mine
    assert len(mine) == 1 or kind.name == "neither how much nor to how many", mine
    header = header_of(all_rows())
    if kind.header:
        assert told[0].cell == letters(header.index(kind.header) + 1) + str(place), mine
        assert told[0].header == kind.header
    assert kind.closest in {"", *told[0].suggestions}
    for lang in ("en", "id"):
        assert told[0].text(lang)
        assert told[0].hint(lang)
        assert "{" not in told[0].sentence(lang)
    assert told[0].sentence("en") != told[0].sentence("id")


def test_only_the_good_rows_can_be_sent(whole: tuple[bytes, Review]) -> None:
    assert [draft.key for draft in whole[1].good] == [f"good-{number}" for number in range(GOOD_ROWS)]
    assert whole[1].is_readable


def test_the_annotated_copy_is_their_own_file_with_a_column_of_errors_and_coloured_cells(whole: tuple[bytes, Review]) -> None:
    content, review = whole
    copy = annotated(content, review, "id")
    assert copy is not None
    theirs, ours = (openpyxl.load_workbook(io.BytesIO(one)).worksheets[0] for one in (content, copy))
    width = theirs.max_column
    for before, after in zip(theirs.iter_rows(), ours.iter_rows(max_col=width), strict=True):
        assert [cell.value for cell in before] == [cell.value for cell in after]
    said = {cell.row: str(cell.value or "") for (cell,) in ours.iter_rows(min_col=width + 1, max_col=width + 1)}
    assert said[1] == "kesalahan (Salur)"
    assert not any(said[number + 2] for number in range(GOOD_ROWS))
    for mistake in review.mistakes:
        assert mistake.sentence("id") in said[mistake.row]
        if mistake.column:
            assert ours.cell(mistake.row, mistake.column).fill.start_color.rgb == "FFF4B6B6"


def test_the_annotated_copy_can_be_mended_and_sent(whole: tuple[bytes, Review]) -> None:
    content, review = whole
    copy = annotated(content, review, "id")
    assert copy is not None
    again = reviewed(copy)
    assert again.mistakes == review.mistakes
    assert [draft.value for draft in again.good] == [draft.value for draft in review.good]
