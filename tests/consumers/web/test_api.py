"""The read API: what the commands answer, under addresses that name the whole question, with marks that tell whether anything was booked."""

import csv
import io
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from openapi_spec_validator import validate

from consumers.answers.filters import CellFilter
from consumers.answers.tally import tally
from consumers.exports.harmless import harmless
from consumers.web.sheets import sheet
from tests.consumers.ledger.desk import Desk, amendment, masks, reversal
from tests.consumers.web.conftest import BASE, Client


def ask(web: Client, path: str, **headers: str) -> Any:
    response = web.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    assert response.status_code == 200, f"{path}: {response.text[:300]}"
    return response.json()


def problem(web: Client, path: str, language: str = "en") -> tuple[int, dict[str, Any]]:
    response: httpx.Response = web.get(path, headers={"Accept-Language": language})
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["content-language"] == language
    body: dict[str, Any] = response.json()
    assert body["status"] == response.status_code
    assert body["correlation_id"] == response.headers["x-correlation-id"]
    assert body["type"].startswith(f"{BASE}/problems/")
    return response.status_code, body


def test_tallies_are_those_of_the_ledger_each_with_the_address_of_its_events(web: Client, demonstration: sa.Engine) -> None:
    with demonstration.connect() as connection, connection.begin():
        expected = tally(connection, CellFilter(), by=("destination", "programme", "item")).to_json()
    answer = ask(web, "/v1/tallies")
    assert {**answer, "rows": [{name: value for name, value in row.items() if name != "entries"} for row in answer["rows"]]} == expected
    for row in answer["rows"]:
        opened = ask(web, row["entries"])
        assert opened["adds_up"] is True
        assert [(figure["quantity"], figure["unit"], figure["events"]) for figure in opened["figures"]] == [(row["quantity"], row["unit"], row["events"])]


def test_a_row_by_month_and_programme_opens_to_exactly_its_own_events(web: Client) -> None:
    for row in ask(web, "/v1/tallies?by=programme,partner,month&simulated=yes&from=2020-03&to=2020-06")["rows"]:
        (figure,) = ask(web, row["entries"])["figures"]
        assert (figure["quantity"], figure["events"]) == (row["quantity"], row["events"]), row["entries"]


def test_a_total_over_several_units_is_refused_with_every_figure(web: Client) -> None:
    status, body = problem(web, "/v1/tallies?destination=MY&total=1")
    assert status == 422
    assert body["type"] == f"{BASE}/problems/several-units"
    assert {(figure["quantity"], figure["unit"]) for figure in body["figures"]} >= {("109168", "package"), ("239675", "person")}
    assert "109168 package (distributed)" in body["detail"]
    assert ask(web, "/v1/tallies?destination=MY&measure=distributed&total=1")["total"]["quantity"] == "109168"
    assert ask(web, "/v1/tallies?destination=KR&total=1")["total"] is None


def test_entries_come_in_pages_that_together_are_all_of_them(web: Client) -> None:
    path: str | None = "/v1/entries?simulated=only&measure=distributed&unit=piece&limit=7"
    seen: list[int] = []
    while path is not None:
        answer = ask(web, path)
        seen += [event["decision"] for event in answer["events"]]
        path = answer["next_page"]
    assert len(seen) == len(set(seen)) == answer["total"]
    assert seen == sorted(seen)


def test_an_event_shows_what_it_moved_before_and_after_and_what_corrects_it(desk: Desk, fresh: Client) -> None:
    desk.book(masks("a", 100))
    desk.book(masks("b/with slash", 20), amendment("c", {"source": "urn:salur:partner:kdei-taipei", "id": "a"}, masks("a", 90)))
    first = ask(fresh, "/v1/partners/kdei-taipei/events/a")
    assert (first["state"], first["booking"], len(first["sha256"])) == ("accepted", 1, 64)
    assert [(link["kind"], link["id"]) for link in first["corrected_by"]] == [("amendment", "c")]
    second = ask(fresh, "/v1/partners/kdei-taipei/events/b%2Fwith%20slash")
    moved = {(cell["table"], cell["measure"]): (cell["before"], cell["change"], cell["after"]) for cell in second["moved"]}
    assert moved["distributions", "distributed"] == ("100", "20", "120")
    third = ask(fresh, "/v1/partners/kdei-taipei/events/c")
    assert (third["corrects"]["kind"], third["corrects"]["id"]) == ("amendment", "a")
    for cell in second["moved"]:
        assert second["decision"] in {event["decision"] for event in ask(fresh, cell["entries"])["events"]}, cell


def test_a_rejected_and_a_held_event_are_there_too(web: Client, desk: Desk, fresh: Client) -> None:
    refused = ask(web, "/v1/partners/simulasi-taipei/events/sim-tw-tolak-satuan")
    assert (refused["state"], refused["errors"][0]["code"], refused["moved"]) == ("rejected", "rjct.unit_mismatch", [])
    desk.book(reversal("early", {"source": "urn:salur:partner:kdei-taipei", "id": "late"}))
    held = ask(fresh, "/v1/partners/kdei-taipei/events/early")
    assert (held["state"], held["waits_for"]["id"]) == ("held", "late")
    desk.book(masks("late"))
    assert ask(fresh, "/v1/partners/kdei-taipei/events/early")["state"] == "accepted"


def test_both_times_are_asked_for_apart(desk: Desk, fresh: Client) -> None:
    desk.book(masks("may", 10, time="2020-05-03T09:00:00+08:00"))
    desk.book(masks("june", 5, time="2020-06-03T09:00:00+08:00"))

    def total(query: str) -> str:
        return str(ask(fresh, f"/v1/tallies?measure=distributed&total=1&{query}")["total"]["quantity"])

    assert [total(query) for query in ("", "as_of=1", "from=2020-06", "to=2020-05&as_of=2")] == ["15", "10", "5", "10"]


def test_statements_diff_balance_intake_plans_and_flags_answer(web: Client) -> None:
    assert ask(web, "/v1/statements/sarawak-3453")["verdict"] == "part"
    assert "sarawak-3453" in {one["statement"] for one in ask(web, "/v1/statements")["statements"]}
    assert ask(web, "/v1/diff?a=1&b=2")["adds_up"] is True
    assert ask(web, "/v1/balance?simulated=yes")["holds"] is True
    assert ask(web, "/v1/intake")["intake"]["received"] == 332
    assert ask(web, "/v1/intake?as_of=1")["as_of"]["booking"] == 1
    assert ask(web, "/v1/plans?simulated=yes&year=2020")["rows"]
    flags = ask(web, "/v1/flags?flag=late&limit=5")
    assert len(flags["events"]) == 5
    assert ask(web, flags["next_page"])["events"]


@pytest.mark.parametrize(
    "path",
    ["/v1/tallies?by=month", "/v1/entries?limit=10", "/v1/statements", "/v1/diff?a=1", "/v1/balance", "/v1/intake", "/v1/plans?simulated=yes", "/v1/flags"],
)
def test_every_answer_is_a_sheet_too(web: Client, path: str) -> None:
    response = web.get(f"{path}{'&' if '?' in path else '?'}format=csv")
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["content-disposition"].startswith("attachment; filename=")
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))
    assert len(rows) > 1
    assert len({len(row) for row in rows}) == 1


def test_a_sheet_holds_the_figures_of_the_answer(web: Client) -> None:
    rows = list(csv.DictReader(io.StringIO(web.get("/v1/tallies", headers={"Accept": "text/csv"}).content.decode("utf-8-sig"), newline="")))
    expected = ask(web, "/v1/tallies")["rows"]
    assert [(row["destination"], row["quantity"], row["unit"]) for row in rows] == [(row["destination"], row["quantity"], row["unit"]) for row in expected]


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1"])
def test_no_text_runs_as_a_formula(text: str) -> None:
    assert harmless(text) == f"'{text}"
    written = list(csv.reader(io.StringIO(sheet([{"id": text, "quantity": "-5", text: None}]).decode("utf-8-sig"), newline="")))
    assert written == [["id", "quantity", f"'{text}"], [f"'{text}", "-5", ""]]


@pytest.mark.parametrize("text", ["-5", "-5.25", "0", "kdei-taipei", ""])
def test_numbers_and_plain_texts_stay_as_they_are(text: str) -> None:
    assert harmless(text) == text


def test_an_answer_is_not_sent_again_until_something_is_booked(desk: Desk, fresh: Client) -> None:
    desk.book(masks("one"))
    first = fresh.get("/v1/tallies")
    known = {"If-None-Match": first.headers["etag"]}
    again = fresh.get("/v1/tallies", headers=known)
    assert (again.status_code, again.content) == (304, b"")
    assert fresh.get("/v1/tallies?by=month", headers=known).status_code == 200
    desk.book(masks("two"))
    assert fresh.get("/v1/tallies", headers=known).status_code == 200


@pytest.mark.parametrize(
    ("path", "status", "english", "indonesian"),
    [
        ("/v1/tallies?destination=TWN", 400, "there is no destination 'TWN'; the closest is", "tidak ada destination 'TWN'; yang paling mirip"),
        ("/v1/tallies?by=colour", 400, "there is no dimension", "tidak ada dimension"),
        ("/v1/tallies?colour=red", 400, "there is no parameter", "tidak ada parameter"),
        ("/v1/tallies?as_of=99", 400, "booking 99 is not booked yet", "pembukuan 99 belum ada"),
        ("/v1/tallies?from=2020-07&to=2020-05", 400, "is after", "sesudah"),
        ("/v1/tallies?format=pdf", 400, "there is no format", "tidak ada format"),
        ("/v1/entries?limit=501", 400, "no whole number from 0 to 500", "bukan bilangan bulat dari 0 sampai 500"),
        ("/v1/entries?after=-1", 400, "no whole number", "bukan bilangan bulat"),
        ("/v1/diff", 400, "the parameter a is missing", "parameter a tidak ada"),
        ("/v1/partners/kdei-taipei/events/none", 404, "check how it is written", "periksa penulisannya"),
        ("/v1/statements/none", 404, "check how it is written", "periksa penulisannya"),
    ],
)
def test_a_problem_is_said_in_the_language_of_the_asker(web: Client, path: str, status: int, english: str, indonesian: str) -> None:
    for language, text in (("en", english), ("id", indonesian)):
        found, body = problem(web, path, language)
        assert found == status
        assert text in body["detail"]


def test_nothing_of_an_answer_is_kept_by_others(web: Client) -> None:
    headers = web.get("/v1/tallies").headers
    assert headers["cache-control"] == "private, no-cache"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_the_description_is_valid_and_every_address_takes_what_it_says(web: Client) -> None:
    described = ask(web, "/v1/figures/openapi.json")
    validate(described)
    needed = {"diff": "a=1&", "sample": "seed=x&"}
    for path, operations in described["paths"].items():
        names = [one["name"] for one in operations["get"]["parameters"] if one["in"] == "query"]
        if "{" in path:
            continue
        first = needed.get(path.rpartition("/")[2].partition(".")[0], "")
        assert web.get(f"{path}?{first}").status_code == (400 if path.startswith("/v1/proofs/") or path.endswith("pack.zip") else 200), path
        for name in names if not path.startswith("/v1/exports/") else names[:3]:
            answer = web.get(f"{path}?{first if name not in first else ''}{name}=zz")
            assert "there is no parameter" not in answer.text, f"{path} does not take {name}"
