"""Spreadsheets by page and by address: each row once however often it comes, every mistake at its cell, and ways to go on from there."""

import csv
import io
from typing import Any

import openpyxl
import pytest

from consumers import uploads
from models.uploads import Upload
from streams.sheets.mistakes import letters
from tests.consumers.web.partners.conftest import Browser, Place, read
from tests.streams.sheets.sheets import header_of, row, xlsx
from tests.streams.sheets.test_kinds_of_mistakes import GOOD_ROWS, KINDS, all_rows


def numbered(name: str, count: int, **changes: Any) -> list[dict[str, Any]]:
    return [row(f"{name}-{number}", jumlah=number, **changes) for number in range(1, count + 1)]


def masks(place: Place) -> int:
    place.desk.book_next()
    return int(place.desk.sums("measure", table="distributions").get("distributed", 0))


def facts(text: str, *names: str) -> bool:
    return all(name in text for name in names)


def test_a_file_is_uploaded_looked_at_sent_and_every_row_has_its_receipt(place: Place, taipei: Browser) -> None:
    checked = taipei.upload(xlsx(numbered("a", 5)), mode="check")
    assert checked.status_code == 303
    page = taipei.page(checked.headers["location"])
    assert facts(page.text, "nothing was sent", "Send all 5 events")
    assert masks(place) == 0
    here = checked.headers["location"]
    sent = taipei.send(f"{here}/send", {"key": taipei.key(), "mode": "all-or-nothing"})
    assert (sent.status_code, sent.headers["location"]) == (303, here)
    assert masks(place) == 15
    receipts = taipei.page(f"{here}/receipts")
    assert [(found[1][0], found[2][0]) for found in receipts.tables[0].rows[1:]] == [(f"a-{number}", "accepted") for number in range(1, 6)]
    assert all("-" in found[3][0] for found in receipts.tables[0].rows[1:])
    (listed,) = taipei.page("/en/mitra/uploads").tables[0].rows[1:]
    assert (listed[0][0], listed[1][0]) == ("isi.xlsx send it if nothing is wrong, else nothing", "sent")
    event = receipts.tables[0].rows[1][1][1]
    assert '"quantity": 1' in taipei.page(event).text


def test_the_same_file_again_sends_nothing_and_has_equal_receipts(place: Place, taipei: Browser) -> None:
    content = xlsx(numbered("a", 30))
    receipts = []
    for times in range(1, 6):
        answer = taipei.program("POST", "/v1/uploads", content=content, headers={"Content-Type": "application/octet-stream"})
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert (found["sent"], found["sent_before"]) == ((30, 0) if times == 1 else (0, 30))
        receipts.append(taipei.program("GET", found["receipts_url"].removeprefix(place.base_url)).json())
        assert masks(place) == 30 * 31 // 2
    assert all(one == receipts[0] for one in receipts)
    assert len(receipts[0]["receipts"]) == 30
    (listed,) = taipei.program("GET", "/v1/uploads").json()["uploads"]
    assert listed["times"] == 5


def test_edited_rows_are_conflicts_and_one_click_amends_them(place: Place, taipei: Browser) -> None:
    rows = numbered("e", 10)
    assert taipei.upload(xlsx(rows)).status_code == 303
    assert masks(place) == 55
    for number in (2, 5, 7):
        rows[number]["jumlah"] += 100
    edited = xlsx(rows)
    refused = taipei.program("POST", "/v1/uploads", content=edited, headers={"Content-Type": "application/octet-stream", "Accept-Language": "id"})
    assert refused.status_code == 422
    problem = refused.json()
    assert (problem["taken"], problem["sent_before"], problem["sent"]) == (3, 7, 0)
    assert [(one["row"], one["code"]) for one in problem["errors"]] == [(number + 2, "sheet.id_taken") for number in (2, 5, 7)]
    assert taipei.program("GET", problem["errors"][0]["type"].removeprefix(place.base_url)).status_code == 200
    assert masks(place) == 55
    here = f"/en/mitra/uploads/{problem['id']}"
    assert "Put the new content of 3 events" in taipei.page(here).text
    assert taipei.send(f"{here}/send", {"key": taipei.key(), "mode": "good-rows", "amend": "yes"}).status_code == 303
    assert masks(place) == 355
    again = taipei.program("POST", "/v1/uploads?amend=yes", content=edited, headers={"Content-Type": "application/octet-stream"}).json()
    assert (again["sent"], again["amended"], again["sent_before"]) == (0, 3, 7)
    assert masks(place) == 355


@pytest.mark.parametrize(("mode", "status", "sent", "counted"), [("check", 200, 0, 0), ("all-or-nothing", 422, 0, 0), ("good-rows", 200, 2, 30)])
def test_good_rows_count_only_in_the_mode_that_says_so(place: Place, taipei: Browser, mode: str, status: int, sent: int, counted: int) -> None:
    content = xlsx([row("m-1", jumlah=10), row("m-2", jumlah="1.500"), row("m-3", jumlah=20)])
    answer = taipei.program("POST", f"/v1/uploads?mode={mode}", content=content, headers={"Content-Type": "application/octet-stream", "Accept-Language": "id"})
    assert (answer.status_code, answer.json()["sent"]) == (status, sent)
    (error,) = answer.json()["errors"]
    assert (error["cell"], error["header"], error["code"], error["closest"]) == ("F3", "jumlah", "sheet.number_ambiguous", ["1500", "1.5"])
    assert masks(place) == counted


def test_fifty_kinds_of_mistakes_come_back_over_http_each_at_its_row_and_column_in_both_languages(place: Place, taipei: Browser) -> None:
    """What is held against the command, cell by cell, in ``tests.streams.sheets.test_kinds_of_mistakes`` is what comes over HTTP too."""
    # The intake's clock is later than that test's, which changes nothing of what is wrong.
    content, header = xlsx(all_rows()), header_of(all_rows())
    said: dict[str, list[dict[str, Any]]] = {}
    for language in ("id", "en"):
        told = {"Content-Type": "application/octet-stream", "Accept-Language": language}
        answer = taipei.program("POST", "/v1/uploads?mode=good-rows" if language == "en" else "/v1/uploads", content=content, headers=told)
        assert (answer.status_code, answer.json()["sent"]) == ((200, GOOD_ROWS) if language == "en" else (422, 0))
        said[language] = answer.json()["errors"]
        assert masks(place) == (100 * GOOD_ROWS if language == "en" else 0)
    assert len(KINDS) > 40
    for number, kind in enumerate(KINDS):
        place_of_it = GOOD_ROWS + number + 2
        for language, errors in said.items():
            mine = [error for error in errors if error["row"] == place_of_it and error["code"] == kind.code]
            assert mine, (kind.name, language)
            assert mine[0]["detail"]
            assert mine[0]["hint"]
            if kind.header:
                assert (mine[0]["header"], mine[0]["cell"]) == (kind.header, f"{letters(header.index(kind.header) + 1)}{place_of_it}")
            assert kind.closest in {"", *mine[0]["closest"]}
    assert [one["detail"] for one in said["id"]] != [one["detail"] for one in said["en"]]


def test_the_annotated_copy_is_had_by_page_by_address_and_as_the_answer_itself(place: Place, taipei: Browser) -> None:
    content = xlsx([row("m-1", jumlah="1.500"), row("m-2")])
    answer = taipei.upload(content, "Laporan Mei.xlsx", mode="check", language="id")
    page = taipei.page(answer.headers["location"])
    assert facts(page.text, "Laporan Mei.xlsx", "F2", "jumlah", "sheet.number_ambiguous")
    copies = [taipei.get(next(link for link in page.links if link.endswith("/annotated")))]
    asked = {"Content-Type": "application/octet-stream", "Accept-Language": "id"}
    told = taipei.program("POST", "/v1/uploads?mode=check", content=content, headers=asked).json()
    copies.append(taipei.program("GET", told["annotated_url"].removeprefix(place.base_url), headers=asked))
    itself = {**asked, "Accept": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
    copies.append(taipei.program("POST", "/v1/uploads?mode=check", content=content, headers=itself))
    for copy in copies:
        assert copy.status_code == 200
        sheet = openpyxl.load_workbook(io.BytesIO(copy.content)).worksheets[0]
        assert "1500" in str(sheet.cell(2, sheet.max_column).value)
        assert not sheet.cell(3, sheet.max_column).value
    assert copies[0].headers["content-disposition"] == 'attachment; filename="Laporan_Mei-salur.xlsx"'


def test_a_csv_is_read_too_and_comes_back_as_one(place: Place, taipei: Browser) -> None:
    text = "kunci;jenis;tanggal;program;negara;bantuan;jumlah;satuan\nk-1;distribution.recorded;03/04/2020;bantuan-pmi;TW;masker;10;piece\n"
    answer = taipei.upload(text.encode(), "isi.csv", mode="check")
    page = taipei.page(answer.headers["location"])
    assert "sheet.date_ambiguous" in page.text
    copy = taipei.get(next(link for link in page.links if link.endswith("/annotated")))
    assert copy.headers["content-type"].startswith("text/csv")
    assert "2020-04-03" in copy.content.decode("utf-8-sig")
    mistakes = taipei.get(f"{answer.headers['location']}?format=csv")
    assert [found["cell"] for found in csv.DictReader(io.StringIO(mistakes.text.lstrip("\ufeff")))] == ["C2"]


def test_a_whole_upload_is_taken_back_after_asking_once_more(place: Place, taipei: Browser) -> None:
    here = taipei.upload(xlsx(numbered("u", 10))).headers["location"]
    assert masks(place) == 55
    assert "10 events" in taipei.page(f"{here}/take-back").text
    fields = {"key": taipei.key(), "reason": "entered_twice"}
    asked = taipei.send(f"{here}/take-back", fields)
    assert "Yes, take them back" in read(asked).text
    assert masks(place) == 55
    done = taipei.send(f"{here}/take-back", {**fields, "sure": "yes"})
    assert "10 reversals were sent." in read(done).text
    assert masks(place) == 0
    assert "0 reversals were sent." in read(taipei.send(f"{here}/take-back", {**fields, "sure": "yes"})).text
    again = taipei.program("POST", f"/v1/uploads/{here.rpartition('/')[2]}/reversals", json={"reason": "entered twice"})
    assert again.json() == {"sent": 0, "taken_back_before": 10, "not_booked": 0, "unacknowledged": 0}
    place.desk.check()


def test_what_a_list_shows_is_taken_back_together_and_one_event_alone(place: Place, taipei: Browser) -> None:
    taipei.upload(xlsx(numbered("l", 4)))
    assert masks(place) == 10
    fields = {"key": taipei.key(), "reason": "never_happened", "sure": "yes"}
    one = taipei.send("/en/mitra/decisions/4/take-back", fields)
    assert "1 reversals were sent." in read(one).text
    assert masks(place) == 6
    assert "4 events" in taipei.page("/en/mitra/take-back?type=distribution.recorded").text
    rest = taipei.send("/en/mitra/take-back", {**fields, "type": "distribution.recorded"})
    assert "3 reversals were sent." in read(rest).text
    assert masks(place) == 0


def test_while_kafka_is_away_an_upload_is_not_finished_and_going_on_later_finishes_it(place: Place, taipei: Browser) -> None:
    content = xlsx(numbered("k", 12))
    place.log.answers = False
    waiting = taipei.program("POST", "/v1/uploads", content=content, headers={"Content-Type": "application/octet-stream"})
    assert (waiting.status_code, "retry-after" in waiting.headers) == (503, True)
    assert masks(place) == 0
    (noted,) = taipei.program("GET", "/v1/uploads").json()["uploads"]
    assert (noted["state"], noted["unacknowledged"]) == ("unfinished", 12)
    place.log.answers = True
    done = taipei.program("POST", "/v1/uploads", content=content, headers={"Content-Type": "application/octet-stream"}).json()
    assert (done["state"], done["sent"]) == ("done", 12)
    assert masks(place) == 78


def test_while_the_ledger_is_away_a_file_is_taken_in_all_the_same(place: Place, taipei: Browser) -> None:
    assert taipei.program("GET", "/v1/uploads").status_code == 200
    place.switch.is_away = True
    sent = taipei.program("POST", "/v1/uploads", content=xlsx(numbered("w", 3)), headers={"Content-Type": "application/octet-stream"})
    assert (sent.status_code, sent.json()["sent"]) == (200, 3)
    place.switch.is_away = False
    assert masks(place) == 6


def test_an_upload_that_was_killed_is_shown_as_not_finished_by_whoever_comes_next(place: Place, taipei: Browser) -> None:
    killed = Upload(id="k" * 24, partner="kdei-taipei", name="x.xlsx", sha256=bytes(32), type="", mode="good-rows", state="sending", first_at=1, last_at=1)
    with place.engine.begin() as connection:
        uploads.note(connection, killed, comes_again=True)
    assert taipei.program("GET", f"/v1/uploads/{killed.id}").json()["state"] == "unfinished"
    assert "Upload the same file again" in taipei.page(f"/en/mitra/uploads/{killed.id}").text


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"x" * (16 * 1024 * 1024 + 70_000), {"Content-Type": "text/csv"}, 413),
        (b"a;b", {"Content-Type": "application/json"}, 415),
        (b"a;b", {"Content-Type": "text/csv", "Content-Encoding": "gzip"}, 415),
        (b"--x\r\n", {"Content-Type": "multipart/form-data; boundary=x"}, 400),
        (b"", {"Content-Type": "multipart/form-data"}, 400),
        (b"PK\x03\x04 garbage", {"Content-Type": "application/octet-stream"}, 422),
        (b"\xff\xfe\x00", {"Content-Type": "text/csv"}, 422),
        (b"", {"Content-Type": "text/csv"}, 422),
    ],
)
def test_what_is_no_file_that_can_be_read_is_refused_and_says_why(taipei: Browser, content: bytes, headers: dict[str, str], status: int) -> None:
    answer = taipei.program("POST", "/v1/uploads", content=content, headers=headers)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_mode_or_type_that_there_is_not_is_refused(taipei: Browser) -> None:
    for question in ("mode=everything", "type=nothing.known"):
        answer = taipei.program("POST", f"/v1/uploads?{question}", content=b"a;b", headers={"Content-Type": "text/csv"})
        assert answer.status_code == 400
        assert "mode=good-rows" in answer.json()["supported"]


def test_a_form_with_a_file_is_taken_as_programs_send_it(place: Place, taipei: Browser) -> None:
    sent = taipei.program("POST", "/v1/uploads", data={"mode": "good-rows"}, files={"file": ("isi.xlsx", xlsx(numbered("f", 3)), "application/octet-stream")})
    assert (sent.status_code, sent.json()["name"], sent.json()["mode"]) == (200, "isi.xlsx", "good-rows")
    assert masks(place) == 6


def test_a_files_name_that_may_name_a_person_is_not_kept(place: Place, taipei: Browser) -> None:
    taipei.upload(xlsx(numbered("n", 1)), "KTP 3174012505900003.xlsx")
    with place.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT name FROM uploads").scalar_one() == "-.xlsx"


def test_a_token_that_may_not_send_looks_and_sends_nothing(place: Place) -> None:
    reader = Browser(place, place.token("kdei-taipei", scopes=["read"]))
    reader.sign_in()
    assert "lets you read and not send" in reader.page("/en/mitra/uploads").text
    assert reader.upload(xlsx(numbered("r", 1))).status_code == 403
    assert reader.program("POST", "/v1/uploads", content=b"a", headers={"Content-Type": "text/csv"}).status_code == 403
    assert place.log.taken == []


def test_a_form_of_another_page_uploads_nothing(place: Place, taipei: Browser) -> None:
    files = {"file": ("isi.xlsx", xlsx(numbered("x", 1)), "application/octet-stream")}
    fields = {"key": taipei.key(), "mode": "good-rows"}
    assert taipei.send("/en/mitra/uploads", {**fields, "key": "x"}, files=files).status_code == 403
    assert taipei.send("/en/mitra/uploads", fields, files=files, Origin="http://evil.test").status_code == 403
    assert Browser(place).send("/en/mitra/uploads", fields, files=files).status_code == 303
    assert place.log.taken == []


def test_no_upload_of_another_partner_is_to_be_had(place: Place, taipei: Browser) -> None:
    here = taipei.upload(xlsx([*numbered("secret", 3), row("bad", jumlah="x")]), mode="good-rows").headers["location"]
    upload = here.rpartition("/")[2]
    other = Browser(place, place.token("kjri-hong-kong"))
    other.sign_in()
    paths = ["", "/receipts", "/annotated"]
    assert [other.program("GET", f"/v1/uploads/{upload}{path}").status_code for path in paths] == [404] * 3
    assert [other.get(f"/en/mitra/uploads/{upload}{path}").status_code for path in [*paths, "/take-back"]] == [404] * 4
    fields = {"key": other.key(), "mode": "good-rows", "amend": "yes", "sure": "yes", "reason": "wrong_file"}
    assert [other.send(f"/en/mitra/uploads/{upload}/{what}", fields).status_code for what in ("send", "take-back")] == [404] * 2
    assert other.program("POST", f"/v1/uploads/{upload}/reversals", json={"reason": "x"}).status_code == 404
    assert other.program("GET", "/v1/uploads").json() == {"uploads": []}
    assert "secret" not in other.page("/en/mitra/uploads").text
    place.desk.book_next()
    assert place.desk.partner_counts()["kdei-taipei", "accepted"] == 3


def test_the_same_file_of_two_partners_is_two_uploads_and_neither_takes_the_others_ids(place: Place, taipei: Browser) -> None:
    content = xlsx([row("same", negara="TW"), row("other", negara="HK")])
    hong_kong = Browser(place, place.token("kjri-hong-kong"))
    for one in (taipei, hong_kong):
        answer = one.program("POST", "/v1/uploads?mode=good-rows", content=content, headers={"Content-Type": "application/octet-stream"})
        assert (answer.status_code, answer.json()["sent"]) == (200, 1)
    assert masks(place) == 200
