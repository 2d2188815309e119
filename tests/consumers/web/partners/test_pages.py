"""A partner's pages: everything it sent and nothing of anybody else, in both languages, each list as a sheet."""

import csv
import io
import re

import pytest

from models import receipt_code
from tests.consumers.ledger.desk import RECEIVED_AT, amendment, masks, reversal
from tests.consumers.web.html import Page
from tests.consumers.web.partners.conftest import DAY_MS, Browser, Place

HONG_KONG = {"partner": "kjri-hong-kong", "country": "HK"}


def booked(place: Place) -> None:
    """Book one event of each kind for Taipei, and the like for Hong Kong with ids of its own."""
    place.desk.book(masks("good", 100), masks("wrong", -7), masks("late", 5, time="2020-05-01T09:00:00+08:00"))
    place.desk.book(masks("good", 100), masks("good", 101), reversal("early", "later"), masks("zz-secret", 73517, **HONG_KONG))
    place.desk.book(masks("hk-wrong", -1, **HONG_KONG), reversal("hk-held", "nothing-yet", partner="kjri-hong-kong"))


def ids(page: Page) -> list[str]:
    return [row[0][0] for row in page.tables[-1].rows[1:]]


def test_the_overview_says_what_became_of_everything_and_what_it_adds_up_to(place: Place, taipei: Browser) -> None:
    booked(place)
    place.now = RECEIVED_AT + 40 * DAY_MS
    taipei.sign_in()
    english, indonesian = taipei.page("/en/mitra"), taipei.page("/id/mitra")
    assert "6 received = 2 accepted + 1 duplicate + 1 conflict + 1 rejected + 1 held" in english.text
    assert "6 masuk = 2 diterima + 1 ganda + 1 bertentangan + 1 ditolak + 1 tertunda" in indonesian.text
    assert "39 days ago" in english.text
    tallies = english.tables[-1]
    assert ["105", "pieces"] in [[cell[0] for cell in row[4:6]] for row in tallies.rows[1:]]
    assert "73,517" not in english.text


def test_a_partner_that_sent_nothing_is_silent_and_not_0(taipei: Browser) -> None:
    assert "you are silent, which is not the same as 0" in taipei.page("/en/mitra").text
    assert "There is nothing of this kind." in taipei.page("/en/mitra/sent").text


def test_what_was_sent_is_listed_newest_first_with_its_verdict(place: Place, taipei: Browser) -> None:
    booked(place)
    page = taipei.page("/en/mitra/sent")
    assert [(row[0][0], row[2][0]) for row in page.tables[0].rows[1:]] == [
        ("early", "held"),
        ("good", "conflict"),
        ("good", "duplicate"),
        ("late", "accepted"),
        ("wrong", "rejected"),
        ("good", "accepted"),
    ]
    why = {row[0][0]: row[5][0] for row in page.tables[0].rows[1:]}
    assert "later" in why["early"]
    assert why["wrong"] != "\u2013"


@pytest.mark.parametrize(("state", "expected"), [("held", ["early"]), ("conflict", ["good"]), ("rejected", ["wrong"]), ("accepted", ["late", "good"])])
def test_a_list_is_of_one_verdict_if_that_is_asked_for(place: Place, taipei: Browser, state: str, expected: list[str]) -> None:
    booked(place)
    assert ids(taipei.page(f"/en/mitra/sent?state={state}")) == expected


def test_what_was_held_and_decided_since_is_one_row_with_what_came_of_it(place: Place, taipei: Browser) -> None:
    booked(place)
    place.desk.book(masks("later", 50))
    page = taipei.page("/en/mitra/sent?state=accepted")
    assert ids(page) == ["later", "early", "late", "good"]
    assert "There is nothing" in taipei.page("/en/mitra/sent?state=held").text
    assert "reversal" in taipei.page("/en/mitra/events/early").text


def test_a_long_list_is_read_page_by_page_and_as_a_sheet_whole(place: Place, taipei: Browser) -> None:
    for start in range(0, 130, 13):
        place.desk.book(*(masks(f"m-{number:03}", 1) for number in range(start, start + 13)), masks(f"hk-{start}", 1, **HONG_KONG))
    seen: list[str] = []
    path = "/en/mitra/sent"
    while path:
        page = taipei.page(path)
        seen += ids(page)
        path = next((link for link in page.links if "before=" in link and "format" not in link and link.startswith("/en/")), "")
    assert seen == [f"m-{number:03}" for number in reversed(range(130))]
    sheet = taipei.get("/en/mitra/sent?format=csv")
    rows = list(csv.DictReader(io.StringIO(sheet.text.lstrip("\ufeff"))))
    assert [row["id"] for row in rows] == seen
    assert sheet.headers["content-disposition"] == 'attachment; filename="sent.csv"'


def test_a_list_is_of_some_days_and_one_type_if_that_is_asked_for(place: Place, taipei: Browser) -> None:
    place.desk.book(masks("before", 1), received_at=RECEIVED_AT - 40 * DAY_MS)
    place.desk.book(masks("now", 1), reversal("undo", "now"))
    assert ids(taipei.page("/en/mitra/sent?received_from=2023-11-01")) == ["undo", "now"]
    assert ids(taipei.page("/en/mitra/sent?received_to=2023-10")) == ["before"]
    assert ids(taipei.page("/en/mitra/sent?type=event.reversed")) == ["undo"]
    assert "no verdict" in taipei.page("/en/mitra/sent?state=lost", 400).text
    assert "not a day" in taipei.page("/en/mitra/sent?received_from=x", 400).text


def test_an_event_shows_its_receipt_what_it_moved_and_what_was_sent(place: Place, taipei: Browser) -> None:
    booked(place)
    page = taipei.page("/en/mitra/events/good")
    code = re.search(r"Receipt (\w+-\w{4})", page.text)
    assert code is not None
    assert '"quantity": 100' in page.text
    assert any("masker" in "".join(cell[0] for cell in row).lower() or "mask" in "".join(cell[0] for cell in row).lower() for row in page.tables[-1].rows[1:])
    assert f"QR code of the address {place.base_url}/en/mitra/events/good" in page.text
    found = taipei.page(f"/en/mitra/receipt?code={code[1].lower()}")
    assert found.titles == page.titles


def test_a_receipt_is_found_by_its_own_code_alone(place: Place, taipei: Browser) -> None:
    booked(place)
    good = place.desk.rows[0].number
    for code in ("", "x", f"{good}-0000", "1-ZZZZ", "999-0000", "-", "1" * 40 + "-0000", "O\u00b2-0000"):
        assert taipei.get("/en/mitra/receipt", params={"code": code}).status_code == 404, code


def test_a_refused_event_says_where_what_and_what_to_do(place: Place, taipei: Browser) -> None:
    booked(place)
    page = taipei.page("/id/mitra/events/wrong")
    assert "/data/lines/0/quantity" in page.text
    assert "rjct.quantity_invalid" in page.text
    assert "ditolak" in page.text


def test_own_corrections_are_shown_on_both_sides(place: Place, taipei: Browser) -> None:
    place.desk.book(masks("m-1", 10), amendment("a-1", "m-1", masks("m-1", 20)))
    assert "a-1" in taipei.page("/en/mitra/events/m-1").text
    assert "m-1" in taipei.page("/en/mitra/events/a-1").text


def test_a_figure_opens_to_the_partners_own_events(place: Place, taipei: Browser) -> None:
    booked(place)
    row = next(row for row in taipei.page("/en/mitra").tables[-1].rows[1:] if row[3][0] == "distributed")
    opened = taipei.page(row[4][1])
    assert "105 pieces (distributed)" in opened.text
    assert sorted(ids(opened)) == ["good", "late"]


@pytest.mark.parametrize(
    "path",
    [
        "/events/zz-secret",
        "/events/kjri-hong-kong/zz-secret",
        "/events/urn:salur:partner:kjri-hong-kong|zz-secret",
        "/sent?partner=kjri-hong-kong",
        "/figure?partner=kjri-hong-kong",
        "/figure?destination=HK",
        "/figure?simulated=yes",
        "/sent?type=' OR '1'='1",
        "/receipt?code={code}",
        *(f"/decisions/{number}" for number in (7, 8, 9)),
        "/decisions/-1",
        "/decisions/99999999999999999999",
    ],
)
def test_nothing_of_another_partner_is_to_be_had(place: Place, taipei: Browser, path: str) -> None:
    booked(place)
    secret = next(row for row in place.desk.rows if row.event_id == "zz-secret")
    with place.reading.connect() as connection:
        sha256 = connection.exec_driver_sql(f"SELECT sha256 FROM decisions WHERE number = {secret.number}").scalar_one()
    for headers in ({}, {"X-Partner": "kjri-hong-kong", "Authorization": f"Bearer {place.token('kjri-hong-kong')}"}):
        answer = taipei.get(f"/en/mitra{path}".replace("{code}", receipt_code.code_of(secret.number, bytes(sha256))), headers=headers)
        assert answer.status_code in {200, 400, 404}, path
        assert not {"73517", "73,517", "73.517"} & set(answer.text.split())
        assert "73,517" not in answer.text
        assert "hk-" not in answer.text
        assert sha256.hex() not in answer.text


def test_what_a_partner_wrote_is_text_and_never_markup(place: Place, taipei: Browser) -> None:
    place.desk.book(masks('<b>"id"</b>&/x?#', 7))
    page = taipei.page("/en/mitra/sent")
    assert ids(page) == ['<b>"id"</b>&/x?#']
    assert '<b>"id"</b>' in taipei.page(page.tables[0].rows[1][0][1]).text
    sheet = taipei.get("/en/mitra/sent?format=csv").text
    place.desk.book(masks("=1+1", 7))
    assert "'=1+1" in taipei.get("/en/mitra/sent?format=csv").text
    assert "'<b>" not in sheet


def test_every_link_of_the_pages_leads_somewhere(place: Place, taipei: Browser) -> None:
    booked(place)
    for language in ("en", "id"):
        waiting = [f"/{language}/mitra"]
        seen: set[str] = set()
        while waiting and len(seen) < 60:
            path = waiting.pop()
            answer = taipei.get(path)
            assert answer.status_code == 200, path
            if answer.headers["content-type"].startswith("text/csv"):
                continue
            page = Page(answer.text)
            assert page.language == language
            new = {link for link in page.links if link.startswith(f"/{language}/mitra")} - seen
            seen |= new
            waiting += sorted(new)
