"""Whole sheets: headers in both languages, rows that belong together, ids that stay, and what keeps a file from being read."""

import datetime
import io
import json
import time
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.sheets.annotating import annotated
from streams.sheets.columns import SHEET_TYPES, columns_of
from streams.sheets.mistake_words import WORDS
from tests.streams.sheets.sheets import GOOD, TYPE, as_csv, found, reviewed, row, xlsx

ENGLISH = {"kunci": "key", "tanggal": "date", "program": "programme", "negara": "country", "bantuan": "item", "jumlah": "quantity", "satuan": "unit"}


def events(content: bytes, **options: Any) -> list[Any]:
    review = reviewed(content, **options)
    assert not review.mistakes, review.mistakes
    return [json.loads(draft.value) for draft in review.good]


def test_a_row_is_an_event_in_the_name_of_the_partner() -> None:
    assert events(xlsx([row("a")])) == [
        {
            "specversion": "1.0",
            "id": "a",
            "source": "urn:salur:partner:kdei-taipei",
            "type": "salur.distribution.recorded.v1",
            "time": "2020-05-03T00:00:00+07:00",
            "data": {"programme": "bantuan-pmi", "country": "TW", "lines": [{"line": 1, "item": "masker", "quantity": 100, "unit": "piece"}]},
        }
    ]


def test_either_language_in_either_format_and_any_order_of_columns_makes_the_same_bytes() -> None:
    rows = [row("a"), row("b", jumlah=7)]
    english = [{ENGLISH[name]: value for name, value in reversed(one.items())} for one in rows]
    made = [
        [draft.value for draft in reviewed(content, event_type=TYPE).good]
        for content in (xlsx(rows), xlsx(english), as_csv(rows), as_csv(english, separator=";"))
    ]
    assert made[0] == made[1] == made[2] == made[3]
    assert len(made[0]) == 2


@pytest.mark.parametrize("header", ["Jumlah", "JUMLAH *", " jumlah ", "Jumlah (kotak)", "quantity", "Quantity", "qty"])
def test_a_header_is_read_however_it_is_written(header: str) -> None:
    changed = {header if name == "jumlah" else name: value for name, value in row("a").items()}
    assert events(xlsx([changed]))[0]["data"]["lines"][0]["quantity"] == 100


def test_rows_with_one_key_are_the_lines_of_one_event_and_need_not_repeat_what_they_share() -> None:
    later = {"kunci": "a", "bantuan": "sembako", "jumlah": 5, "satuan": "package"}
    (event, other) = events(xlsx([row("a"), row("b"), later]))
    assert [(line["line"], line["item"]) for line in event["data"]["lines"]] == [(1, "masker"), (2, "sembako")]
    assert other["id"] == "b"


def test_rows_of_one_event_that_disagree_are_told_at_the_later_one() -> None:
    assert found(reviewed(xlsx([row("a"), row("a", negara="HK", jumlah=5)]))) == {("D3", "sheet.rows_disagree")}


def test_documents_of_the_rows_of_an_event_are_listed_once_each() -> None:
    rows = [
        row("a", jenis_bukti="bast", nomor_bukti="1"),
        row("a", jumlah=5, jenis_bukti="bast", nomor_bukti="1"),
        row("a", jumlah=6, jenis_bukti="bast", nomor_bukti="2"),
    ]
    (event,) = events(xlsx(rows))
    assert [one["reference"] for one in event["data"]["evidence"]] == ["1", "2"]
    assert len(event["data"]["lines"]) == 3


def test_a_type_without_lines_has_one_row_for_each_event() -> None:
    rows = [{"kunci": "r", "tanggal": "2020-05-04", "peristiwa asal": "a", "alasan": "salah ketik"}]
    assert events(xlsx(rows, name="event.reversed"))[0]["data"] == {"original": "a", "reason": "salah ketik"}
    assert ("A3", "sheet.key_twice") in found(reviewed(xlsx([*rows, {**rows[0], "alasan": "lain"}], name="event.reversed")))


def test_an_original_of_another_partner_is_named_with_its_source() -> None:
    rows = [{"kunci": "r", "tanggal": "2020-05-04", "peristiwa asal": "a", "sumber asal": "urn:salur:partner:kemnaker", "keterangan": "cocok"}]
    (draft,) = reviewed(xlsx(rows, name="event.annotated")).drafts
    assert draft.event["data"]["original"] == {"id": "a", "source": "urn:salur:partner:kemnaker"}


def test_one_file_may_hold_several_types() -> None:
    rows = [{**row("a"), "jenis": "distribution.recorded"}, {**row("b"), "jenis": "goods.procured"}]
    assert [event["type"] for event in events(as_csv(rows))] == ["salur.distribution.recorded.v1", "salur.goods.procured.v1"]


def test_without_keys_the_id_follows_from_the_content_alone() -> None:
    rows = [{**GOOD, "jumlah": number} for number in (1, 2)]
    plain = [{name: value for name, value in one.items() if name != "kunci"} for one in rows]
    first, again = events(xlsx(plain)), events(as_csv(list(reversed(plain))), event_type=TYPE)
    assert sorted(event["id"] for event in first) == sorted(event["id"] for event in again)
    assert len({event["id"] for event in first}) == 2
    assert ("3", "sheet.same_row") in found(reviewed(xlsx([plain[0], plain[0]])))


def test_a_column_that_is_not_known_stops_the_whole_file_unless_it_is_marked_as_the_partners_own() -> None:
    review = reviewed(xlsx([{**row("a"), "jumlh": 1}]))
    assert found(review) == {("H1", "sheet.column_unknown")}
    assert "jumlah" in review.mistakes[0].hint("id")
    assert not review.good
    assert events(xlsx([{**row("a"), "# catatan kami": "x"}]))


def test_columns_that_are_there_twice_or_missing_are_told() -> None:
    assert ("H1", "sheet.column_twice") in found(reviewed(xlsx([{**row("a"), "quantity": 1}])))
    review = reviewed(xlsx([{name: value for name, value in row("a").items() if name != "tanggal"}]))
    assert [(mistake.code, mistake.header) for mistake in review.mistakes if mistake.row == 1] == [("sheet.column_missing", "tanggal")]


def test_merged_cells_and_cells_without_a_header_are_told() -> None:
    assert ("C3", "sheet.merged") in found(reviewed(xlsx([row("a"), row("b")], merged="C2:C3")))
    assert ("K2", "sheet.beyond_header") in found(reviewed(xlsx([row("a")], beside=(2, 11, "x"))))


def test_a_title_may_stand_over_the_header() -> None:
    workbook = openpyxl.load_workbook(io.BytesIO(xlsx([row("a", jumlah="1.500")])))
    workbook.worksheets[0].insert_rows(1, amount=2)
    workbook.worksheets[0]["A1"] = "Laporan bulan Mei"
    written = io.BytesIO()
    workbook.save(written)
    assert found(reviewed(written.getvalue())) == {("F4", "sheet.number_ambiguous")}


def test_days_counted_from_1904_are_not_taken_for_others() -> None:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True, "date_1904": True}) as workbook:
        sheet = workbook.add_worksheet(TYPE)
        sheet.write_row(0, 0, list(GOOD))
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        for number, formats in enumerate([(day,), ()], start=1):
            sheet.write_row(number, 0, list(row(f"k-{number}").values())[:1])
            sheet.write(number, 1, datetime.datetime(2020, 5, 3) if formats else 42492, *formats)
            sheet.write_row(number, 2, list(GOOD.values())[2:])
    review = reviewed(written.getvalue())
    assert [draft.event["time"] for draft in review.good] == ["2020-05-03T00:00:00+07:00"]
    assert found(review) == {("B3", "sheet.date_serial")}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"PK\x03\x04 no archive", "sheet.unreadable"),
        (b"", "sheet.no_rows"),
        (as_csv([row("a", kegiatan="caf\u00e9")]).decode().encode("cp1252"), "sheet.not_utf8"),
        (as_csv([row("a")]).split(b"\r\n")[0], "sheet.no_rows"),
        (as_csv([row("a")]), "sheet.type_unknown"),
        (b"a\x00b,c\n1,2\n", "sheet.unreadable"),
    ],
)
def test_what_cannot_be_read_at_all_is_said_of_the_whole_file(content: bytes, code: str) -> None:
    review = reviewed(content)
    assert [(mistake.row, mistake.code) for mistake in review.mistakes] == [(0, code)]
    assert not review.good


def test_two_sheets_with_rows_are_asked_about() -> None:
    workbook = openpyxl.load_workbook(io.BytesIO(xlsx([row("a")])))
    workbook.copy_worksheet(workbook.worksheets[0])
    written = io.BytesIO()
    workbook.save(written)
    assert found(reviewed(written.getvalue())) == {("", "sheet.several_sheets")}


def test_a_partner_that_nobody_knows_is_told_once() -> None:
    assert found(reviewed(xlsx([row("a"), row("b")]), partner="entah")) == {("", "rjct.unknown_partner")}


def test_the_annotated_csv_is_the_same_file_with_one_more_column() -> None:
    content = as_csv([row("a"), row("b", jumlah="1.500")], separator=";")
    copy = annotated(content, reviewed(content, event_type=TYPE), "en")
    assert copy is not None
    lines = copy.decode("utf-8-sig").splitlines()
    assert [line.rsplit(";", 1)[0] for line in lines[:2]] == content.decode().splitlines()[:2]
    assert lines[0].endswith(";errors (Salur)")
    assert "F3: jumlah: this number can be read in two ways" in lines[2]
    assert found(reviewed(copy, event_type=TYPE)) == {("F3", "sheet.number_ambiguous")}


def test_ten_thousand_rows_are_checked_in_seconds() -> None:
    content = xlsx([row(f"k-{number}", jumlah=number + 1) for number in range(10_000)])
    started = time.process_time()
    review = reviewed(content)
    assert len(review.good) == 10_000
    assert time.process_time() - started < 20, "this takes about a second when nothing else runs"


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.dictionaries(st.sampled_from([*GOOD, "tahap", "perempuan", "jenis bukti", "jenis"]), st.text(max_size=12), min_size=1), min_size=1, max_size=4)
)
def test_no_rows_raise_and_what_is_good_is_accepted_by_the_ledgers_rules(rows: list[dict[str, str]]) -> None:
    review = reviewed(as_csv([{**GOOD, **one} for one in rows]), event_type=TYPE)
    assert {draft.event["id"] for draft in review.good} <= review.dispositions.keys() or not review.is_readable
    for mistake in review.mistakes:
        assert mistake.sentence("id")
        assert mistake.sentence("en")


def test_every_mistake_has_words_in_both_languages() -> None:
    for reason in WORDS.values():
        assert reason.en.text != reason.id.text
        assert reason.en.hint != reason.id.hint


@pytest.mark.parametrize("event_type", SHEET_TYPES)
def test_no_two_columns_of_a_type_share_a_header(event_type: str) -> None:
    for names in ([column.header.en for column in columns_of(event_type)], [column.header.id for column in columns_of(event_type)]):
        assert len(names) == len({name.lower() for name in names})
