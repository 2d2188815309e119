"""Pages: every number opens to its events, every event to its figures, in both languages, with nothing that a strict browser refuses."""

from collections import deque
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa

from consumers.answers.filters import CellFilter
from consumers.answers.tally import tally
from models.figure_words import grouped
from tests.consumers.ledger.desk import Desk, masks, reversal
from tests.consumers.web.conftest import BASE, Client
from tests.consumers.web.html import Page

MOST_PAGES = 150
START = (
    "",
    "people",
    "public",
    "batches",
    "evidence",
    "sample",
    "sample?seed=7&size=5",
    "seals",
    "status",
    "total?destination=MY",
    "figure",
    "statements",
    "diff?a=1&b=2",
    "balance",
    "intake",
    "plans",
    "flags",
    "?simulated=yes",
    "balance?simulated=yes",
    "plans?simulated=yes",
)


def page(web: Client, path: str, status: int = 200) -> Page:
    response = web.get(path)
    assert response.status_code == status, f"{path}: {response.status_code}"
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    return Page(response.text)


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_link_resolves_and_every_page_is_well_made(web: Client, language: str) -> None:
    waiting = deque(f"/{language}/{path}" for path in START)
    seen = set(waiting)
    files: set[str] = set()
    done = 0
    while waiting and done < MOST_PAGES:
        path = waiting.popleft()
        if urlsplit(path).path.startswith("/v1/"):
            # One file of each kind is enough: what is in them has tests of its own.
            if urlsplit(path).path not in files:
                assert web.get(path).status_code == 200, path
            files |= {urlsplit(path).path} if path.startswith("/v1/exports/") else set()
            continue
        done += 1
        # A total over two units is a page like others, and says that it is refused.
        found = page(web, path, 422 if web.get(path).status_code == 422 and "/total" in path else 200)
        assert found.language == language
        assert not found.forbidden, path
        assert len(found.titles) == 1
        assert len(found.ids) == len(set(found.ids)), path
        assert found.references <= set(found.ids), path
        assert found.fields == found.labels, path
        for table in found.tables:
            assert table.caption.strip(), path
            assert all(text_scope[1] in {"col", "row"} for text_scope in table.headings), path
        if found.tables:
            assert found.provenances, path
        for address in found.addresses:
            assert address.startswith(("/", "#", f"{BASE}/")), f"{path} leads to {address}"
        for link in found.links:
            local = link.removeprefix(BASE)
            if local.startswith((f"/{language}", "/v1/")) and local not in seen:
                seen.add(local)
                waiting.append(local)
    assert done > 100


def test_every_number_of_the_overview_opens_to_events_that_make_it(web: Client, demonstration: sa.Engine) -> None:
    with demonstration.connect() as connection, connection.begin():
        figures = tally(connection, CellFilter()).rows
    where, *tables = page(web, "/en/").tables
    assert "distributed" in where.caption
    shown = [row for table in tables for row in table.rows if row]
    assert len(shown) == len(figures)
    assert sorted(row[-3][0] for row in shown) == sorted(grouped(figure.quantity, "en") for figure in figures)
    for row in shown:
        quantity, href = row[-3]
        opened = page(web, href)
        assert f"{quantity} {row[-2][0]}" in opened.text
        assert "= the sum of its events" in opened.text
        assert len(opened.tables[-1].rows) == 1 + int(row[-1][0])


def test_a_total_of_persons_and_packages_is_refused_with_both_side_by_side(web: Client) -> None:
    refused = page(web, "/en/total?destination=MY", 422)
    assert refused.titles == ["There is no total"]
    assert {("109,168", "packages"), ("239,675", "persons")} <= set(refused.headlines)
    assert "different units" in refused.text
    for link in refused.links:
        if "/en/figure?" in link:
            page(web, link)
    assert page(web, "/id/total?destination=MY", 422).titles == ["Tidak ada jumlah keseluruhan"]
    assert page(web, "/en/total?destination=MY&measure=distributed").headlines == [("109,168", "packages")]
    assert "No figure" in page(web, "/en/total?destination=KR").text


def test_the_overview_leads_to_a_total_of_each_destination(web: Client) -> None:
    assert {"/en/total?destination=ID", "/en/total?destination=MY"} <= set(page(web, "/en/").links)


def test_an_event_opens_every_figure_that_it_moved(web: Client) -> None:
    figure = page(web, "/en/figure?destination=MY&item=sembako&measure=distributed&unit=package")
    name, href = figure.tables[-1].rows[1][0]
    opened = page(web, href)
    moved = next(table for table in opened.tables if table.caption.strip() == "Everything that this event moved")
    assert len(moved.rows) > 2
    for row in moved.rows[1:]:
        cell = page(web, row[0][1])
        assert any(name.split()[0] in other[0][0] for other in cell.tables[-1].rows[1:])
    assert "109,168" in {row[4][0] for row in moved.rows[1:]}
    figures = next(table for table in opened.tables if table.caption.strip() == "The figures that this event is part of")
    for row in figures.rows[1:]:
        whole = page(web, row[4][1])
        assert f"{row[4][0]} {row[5][0]} ({row[3][0]})" in whole.text
        assert any(name.split()[0] in other[0][0] for other in whole.tables[-1].rows[1:])


def test_what_was_corrected_is_struck_through_and_says_by_what(desk: Desk, fresh: Client) -> None:
    desk.book(masks("wrong", 100), masks("right", 30))
    desk.book(reversal("undone", {"source": "urn:salur:partner:kdei-taipei", "id": "wrong"}))
    now = page(fresh, "/en/figure?measure=distributed")
    assert "30 pieces (distributed) = the sum of its events (3)" in now.text
    assert now.struck == ["+100 pieces"]
    assert "reversed by undone" in now.text
    before = page(fresh, "/en/figure?measure=distributed&as_of=1")
    assert not before.struck
    assert "130 pieces" in before.text
    assert "an older moment: the ledger has 2 bookings" in before.text


def test_every_page_says_as_of_when_and_how_fresh_it_is(web: Client) -> None:
    english, indonesian = page(web, "/en/"), page(web, "/id/")
    assert "As of booking 3" in english.text
    assert "332 received = 322 accepted + 2 duplicate + 1 conflict + 7 rejected + 0 held" in english.text
    assert "newest event received 21 Sep 2026" in english.text
    assert "Per pembukuan 3" in indonesian.text
    assert "332 masuk = 322 diterima + 2 ganda + 1 bertentangan + 7 ditolak + 0 tertunda" in indonesian.text


def test_nothing_booked_is_no_figure_and_never_0(web: Client, fresh: Client) -> None:
    for path in ("/en/?destination=KR", "/en/destination/KR", "/en/figure?destination=KR"):
        found = page(web, path)
        assert "No figure: nothing is booked for this." in found.text
        assert not found.tables
    assert "no figure" in page(web, "/en/statements").text
    assert "Nothing is booked yet" in page(fresh, "/en/").text


def test_simulated_partners_are_left_out_until_they_are_asked_for_and_then_marked(web: Client) -> None:
    def measures(path: str) -> str:
        return " ".join(row[-4][0] for table in page(web, path).tables for row in table.rows if row)

    assert "(simulated)" not in measures("/en/")
    assert "(simulated)" in measures("/en/?simulated=yes")


def test_a_silent_partner_is_silent_and_not_0(web: Client) -> None:
    rows = page(web, "/en/intake").tables[0].rows[1:]
    silent = [row for row in rows if row[-1][0].startswith("silent")]
    assert silent
    assert all(cell == ("\u2013", "") for row in silent for cell in row[1:-1])


def test_a_statement_shows_its_verdict_its_parts_and_its_events(web: Client) -> None:
    found = page(web, "/en/statements/sarawak-3453")
    assert "supported in part" in found.text
    assert "2,243 packages is not itemised" in found.text
    parts = next(table for table in found.tables if table.caption.strip() == "Parts")
    assert [row[1][0] for row in parts.rows[1:]] == ["840 packages", "137 packages", "233 packages"]
    assert any("/events/" in href for table in found.tables for row in table.rows for _, href in row)


def test_people_figures_carry_their_rule(web: Client) -> None:
    assert "Recipients are service contacts of one programme" in page(web, "/en/programme/bantuan-pmi").text
    assert "they may be the same people" in page(web, "/en/figure?measure=recipients").text


def test_charts_stand_beside_their_table(web: Client) -> None:
    found = page(web, "/en/item/masker?simulated=yes")
    assert found.charts
    assert len(found.tables) >= 1


def test_the_way_in_leads_to_the_language_of_the_reader(web: Client) -> None:
    for header, expected in (("id-ID,id;q=0.9,en;q=0.5", "/id/"), ("en-GB", "/en/"), ("fr", "/en/")):
        response = web.get("/", headers={"Accept-Language": header}, follow_redirects=False)
        assert (response.status_code, response.headers["location"]) == (302, expected)


def test_the_other_language_is_one_click_away_on_the_same_view(web: Client) -> None:
    found = page(web, "/en/figure?destination=MY&as_of=2")
    assert "/id/figure?destination=MY&as_of=2" in found.links


@pytest.mark.parametrize(
    ("path", "status", "text"),
    [
        ("/id/destination/XX", 404, "tidak ada yang dibukukan"),
        ("/en/nothing/here", 404, "There is nothing here"),
        ("/id/?destination=TWN", 400, "yang paling mirip"),
        ("/en/?colour=red", 400, "there is no parameter"),
        ("/en/partners/kdei-taipei/events/none", 404, "There is nothing here"),
        ("/en/figure?after=x", 400, "no whole number"),
    ],
)
def test_a_problem_is_a_page_too(web: Client, path: str, status: int, text: str) -> None:
    found = page(web, path, status)
    assert text.lower() in found.text.lower()
    assert not found.forbidden


def test_a_browser_that_knows_the_page_gets_nothing_until_something_is_booked(desk: Desk, fresh: Client) -> None:
    desk.book(masks("one"))
    first = fresh.get("/en/")
    mark = first.headers["etag"]
    assert fresh.get("/en/", headers={"If-None-Match": mark}).status_code == 304
    assert fresh.get("/id/", headers={"If-None-Match": mark}).status_code == 200
    desk.book(masks("two"))
    again = fresh.get("/en/", headers={"If-None-Match": mark})
    assert again.status_code == 200
    assert again.headers["etag"] != mark


def test_what_a_partner_wrote_is_text_and_never_markup(desk: Desk, fresh: Client) -> None:
    desk.book(masks('<b>"id"</b>&/x?#', 7))
    found = page(fresh, "/en/figure")
    name, href = found.tables[-1].rows[1][0]
    assert name.startswith('<b>"id"</b>&/x?#')
    assert "+7" in page(fresh, href).text
