"""A submission becomes the event that its mapping says, always the same bytes; what cannot be read is told by its question."""

from typing import Any

import pytest

from models.decoding import Undecodable, decode
from streams.kobo.submission import Made, SubmissionError, make, submission_codes
from tests.streams.kobo.forms import EDIT, EXAMPLE, UUID, edited, mapping, submission


def made(given: object, text: str = EXAMPLE) -> Made:
    found = make(mapping(text), given)
    assert isinstance(found, Made), found
    return found


def errors(given: object, text: str = EXAMPLE) -> dict[str, tuple[str, str]]:
    return {error.field: (error.pointer, error.code) for error in made(given, text).errors}


def test_a_submission_is_the_event_of_the_example() -> None:
    event = made(submission()).event
    assert event == {
        "specversion": "1.0",
        "id": UUID,
        "source": "urn:salur:partner:kdei-taipei",
        "type": "salur.distribution.recorded.v1",
        "time": "2020-05-03T00:00:00+07:00",
        "data": {
            "programme": "bantuan-pmi",
            "country": "TW",
            "recipient_type": "pmi",
            "evidence": [{"kind": "bast", "reference": "BAST-12"}],
            "lines": [
                {"line": 1, "item": "masker", "quantity": 120, "unit": "piece"},
                {"line": 2, "item": "sembako", "quantity": 35, "unit": "package"},
                {"line": 3, "item": "hand-sanitizer", "quantity": "2.5", "unit": "litre"},
            ],
        },
    }


def test_the_same_submission_is_the_same_bytes_and_unmapped_answers_leave_no_trace() -> None:
    one = submission(nama="Siti", telepon="0812", _geolocation=[1, 2])
    other = dict(reversed(list(submission(nama="Budi", _submission_time="2021-01-01T00:00:00", _id=7).items())))
    assert made(one).value == made(other).value
    assert b"Siti" not in made(one).value


def test_a_line_that_says_nothing_is_left_out() -> None:
    assert len(made(submission(liter_hand_sanitizer="")).event["data"]["lines"]) == 2
    assert len(made(submission(liter_hand_sanitizer=None, barang=None)).event["data"].get("lines", [])) == 0


def test_numbers_of_forms_are_read_in_one_way_only() -> None:
    """In a sheet 1.500 is asked for; a form writes no separator of thousands."""
    for written, quantity in (("1.500", "1.5"), (1.5, "1.5"), ("1500", 1500), (1500, 1500), ("0120", 120)):
        assert made(submission(liter_hand_sanitizer=written)).event["data"]["lines"][2]["quantity"] == quantity


@pytest.mark.parametrize(
    ("written", "zone", "time"),
    [
        ("2020-05-03", "", "2020-05-03T00:00:00+07:00"),
        ("2020-05-03T09:30:00.000+08:00", "", "2020-05-03T09:30:00.000+08:00"),
        ("2020-05-03T09:30:00", "Z", "2020-05-03T09:30:00Z"),
        ("2020-05-03T09:30:00", "WITA", "2020-05-03T09:30:00+08:00"),
        ("2020-05-03T09:30:00.000+09:00", "Z", "2020-05-03T09:30:00.000+09:00"),
        ("2020-05-03", "Z", "2020-05-03T00:00:00+07:00"),
    ],
)
def test_times_are_those_of_the_form(written: str, zone: str, time: str) -> None:
    text = EXAMPLE.replace('time = "tanggal"', f'time = {{ answer = "tanggal", zone = "{zone}" }}') if zone else EXAMPLE
    assert made(submission(tanggal=written), text).event["time"] == time


def test_what_cannot_be_read_is_told_by_its_question_and_nobody_takes_the_event_for_whole() -> None:
    given = submission(
        tanggal="03/04/2020",
        negara="mars",
        barang=[{"barang/jenis": "masker", "barang/jumlah": "banyak"}, {"barang/jenis": ["a"], "barang/jumlah": "3"}],
        serah_terima__nomor_bast={"a": 1},
    )
    assert errors(given) == {
        "tanggal": ("/time", "sheet.date_ambiguous"),
        "negara": ("/data/country", "kobo.value_unmapped"),
        "barang/jumlah": ("/data/lines/0/quantity", "sheet.number_invalid"),
        "barang/jenis": ("/data/lines/1/unit", "kobo.answer_odd"),
        "serah_terima/nomor_bast": ("/data/evidence/0/reference", "kobo.answer_odd"),
    }
    refused = decode(made(given).value)
    assert isinstance(refused, Undecodable)
    assert {"/time", "/data/country", "/data/lines/0/quantity"} <= {violation.pointer for violation in refused.violations}


@pytest.mark.parametrize("field", ["negara", "tanggal", "liter_hand_sanitizer", "serah_terima/nomor_bast"])
def test_an_answer_that_cannot_be_read_is_never_simply_left_out(field: str) -> None:
    """Its member may be optional: without it the event could be accepted, and say less than the form."""
    for odd in (["x"], {"x": 1}, "\u200b?"):
        found = make(mapping(), {**submission(), field: odd})
        assert isinstance(found, Made)
        if found.errors:
            assert isinstance(decode(found.value), Undecodable), (field, odd)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (None, "kobo.not_a_submission"),
        ([submission()], "kobo.not_a_submission"),
        ("x", "kobo.not_a_submission"),
        (submission(_uuid=None), "kobo.no_uuid"),
        (submission(_uuid=5), "kobo.no_uuid"),
        ({**edited(), "meta/rootUuid": None}, "kobo.edit_unplaced"),
    ],
)
def test_what_is_no_submission_says_why(given: Any, code: str) -> None:
    found = make(mapping(), given)
    assert isinstance(found, SubmissionError)
    assert found.code == code
    for lang in ("en", "id"):
        assert found.to_json("id" if lang == "id" else "en", pages="/problems/")["type"] == f"/problems/{code}"


def test_a_submission_of_another_form_is_refused() -> None:
    text = EXAMPLE.replace("# form =", "form =")
    assert isinstance(make(mapping(text), submission()), Made)
    found = make(mapping(text), submission(_xform_id_string="other"))
    assert isinstance(found, SubmissionError)
    assert found.code == "kobo.other_form"


def test_an_edit_keeps_the_id_of_its_first_version_and_amends_it_once_per_edit() -> None:
    edit = made(edited(negara="hong_kong"))
    assert (edit.event["id"], edit.version) == (UUID, EDIT)
    amendment = decode(edit.amendment("edited"))
    assert not isinstance(amendment, Undecodable)
    assert edit.amendment("edited") == made(edited(negara="hong_kong")).amendment("edited")
    # Back to what was sent first: that is an edit of its own.
    back = make(mapping(), {**edited(), "_uuid": "third"})
    assert isinstance(back, Made)
    assert back.amendment("edited") != edit.amendment("edited")


def test_several_choices_become_a_list_each_by_its_meaning() -> None:
    text = (
        'partner = "kemnaker"\ntype = "period.closed"\n[event]\ntime = "t"\nprogramme = "p"\ncountry = "c"\n'
        'batches = { answer = "b", values = { satu = "batch-1", dua = "batch-2" } }'
    )
    given = {"_uuid": "u", "t": "2020-05-03", "p": "bsu", "c": "ID", "b": "satu dua"}
    assert made(given, text).event["data"]["batches"] == ["batch-1", "batch-2"]
    assert errors({**given, "b": "satu tiga"}, text) == {"b": ("/data/batches", "kobo.value_unmapped")}


def test_every_code_has_a_page_in_both_languages() -> None:
    for code, reason in submission_codes().items():
        for lang in ("en", "id"):
            words = reason.words("id" if lang == "id" else "en")
            assert "{" not in words.text + words.hint, code
