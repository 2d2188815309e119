"""Pages and answers about people, batches, evidence, samples and seals: each figure opens, and says no more than is known."""

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from litestar.testing import TestClient

from consumers.answers.seals import newest_seals
from consumers.database import open_database, open_for_reading
from consumers.web.shell import Verifying
from deploy.sealing import own_key, seal
from tests.consumers.ledger.desk import Desk, masks
from tests.consumers.web.conftest import BASE, Client, served
from tests.consumers.web.html import Page, Table


def page(web: Client, path: str, status: int = 200) -> Page:
    response = web.get(path)
    assert response.status_code == status, response.text[:300]
    return Page(response.text)


def table(found: Page, caption: str) -> Table:
    return next(one for one in found.tables if one.caption.strip() == caption)


def test_people_are_reached_by_a_rule_that_is_said_and_open_to_their_contacts(web: Client) -> None:
    found = page(web, "/en/people")
    rows = {row[0][0]: row for row in table(found, "People reached").rows[1:]}
    assert rows["Malaysia"][1][0] == "239,675"
    assert rows["Malaysia"][3][0] == "service contacts of one programme: whoever came twice counts twice"
    assert "programmes overlap" in rows["Indonesia"][3][0]
    opened = page(web, rows["Malaysia"][1][1])
    assert opened.headlines == [("239,675", "persons")]
    contacts = table(found, "Service contacts behind them").rows[1:]
    assert {row[-1][0] for row in contacts} == {"yes", "no: another programme has more there"}


def test_parts_of_people_with_what_nobody_told_make_the_whole(web: Client) -> None:
    answer = web.get("/v1/parts?simulated=yes").json()["rows"]
    assert answer
    for row in answer:
        for parts in row["parts"].values():
            assert sum(map(int, parts.values())) == int(row["quantity"])
    untold = [row for row in table(page(web, "/en/people"), "By sex, age and disability").rows[1:] if row[2][0] == "sex, age, disability"]
    assert untold
    assert all(row[3][0] == "unknown" for row in untold)


def test_public_figures_hide_what_is_small_and_name_no_simulated_partner(web: Client) -> None:
    found = page(web, "/en/public?by=destination,programme,month")
    assert "simulated" not in " ".join(row[0][0] for one in found.tables for row in one.rows if row)
    assert web.get("/v1/public").json()["rows"]
    assert web.get("/v1/public?by=partner").status_code == 400


def test_a_batch_shows_no_figure_for_a_stage_that_nobody_reported(web: Client) -> None:
    rows = table(page(web, "/en/batches"), "Payments by batch").rows[1:]
    first = next(row for row in rows if row[0][0].startswith("bsu-2020-t1"))
    assert [cell[0] for cell in first[1:6]] == ["payments", "12,403,896", "no figure", "12,265,437", "12,265,437"]


def test_a_batch_opens_to_the_events_that_make_its_figures(web: Client) -> None:
    rows = table(page(web, "/en/batches?simulated=only"), "Payments by batch").rows[1:]
    address = next(row[2][1] for row in rows if row[0][0].startswith("sim-bsu-1 (simulated)"))
    opened = page(web, address.partition("#")[0])
    events = table(opened, "Events behind these figures").rows[1:]
    added = [(row[2][0], int(re.sub(r"[^-0-9]", "", row[3][0].split()[0]))) for row in events if row[3][0].endswith("payments")]
    shown = table(opened, "Payments by batch").rows[1]
    for place, stage in ((2, "declared"), (3, "sent"), (4, "confirmed")):
        assert sum(steps for measure, steps in added if measure == stage) == int(shown[place][0].replace(",", "")), stage


def test_events_of_a_batch_come_in_pages_that_together_are_all_of_them(web: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = web.get("/en/batches?simulated=only&batch=sim-bsu-1").text
    monkeypatch.setattr("consumers.web.views.batches.MOST_EVENTS", 2)
    seen: list[str] = []
    path = "/en/batches?simulated=only&batch=sim-bsu-1"
    while path:
        text = web.get(path).text
        seen += re.findall(r'<th role="rowheader"[^>]*>\s*<a href="(/en/partners/[^"]+)"', text.partition("Sent and not confirmed</h2>")[0])
        following = re.search(r'href="(/en/batches\?[^"#]*after=\d+)#part-2"', text)
        path = html.unescape(following.group(1)) if following else ""
    assert seen == re.findall(r'<th role="rowheader"[^>]*>\s*<a href="(/en/partners/[^"]+)"', whole.partition("Sent and not confirmed</h2>")[0])
    assert len(seen) == len(set(seen))


def test_evidence_makes_the_whole_and_every_part_of_it_opens(web: Client) -> None:
    rows = table(page(web, "/en/evidence?simulated=yes"), "Coverage by evidence").rows[1:]
    for row in rows:
        delivered, shown, later, without = (int(cell[0].split(" ")[0].replace(",", "").replace(".", "")) for cell in row[2:6])
        assert delivered == shown + later + without
        if shown:
            assert "= the sum of its events" in page(web, row[3][1]).text


def test_a_sample_is_the_same_for_everybody_who_has_the_seed(web: Client) -> None:
    drawn = [row[0][0] for row in page(web, "/en/sample?seed=17081945&size=5&simulated=yes").tables[0].rows[1:]]
    answer = web.get("/v1/sample?seed=17081945&size=5&simulated=yes").json()
    assert [name.split()[0] for name in drawn] == [event["id"] for event in answer["events"]]
    assert answer["population_sha256"] in web.get("/id/sample?seed=17081945&size=5&simulated=yes").text
    assert "by events" in web.get("/en/sample?seed=7&by=value&simulated=yes").text
    assert web.get("/v1/sample").status_code == 400
    assert not page(web, "/en/sample").tables, "without a seed the page says how one is drawn"


@pytest.fixture
def sealed(desk: Desk, tmp_path: Path) -> Iterator[tuple[Client, str]]:
    """Give a client of a ledger with one seal and one booking after it, and its key."""
    url = desk.engine.url.render_as_string(hide_password=False)
    desk.book(masks("a", 5))
    seal(url, tmp_path)
    desk.book(masks("b", 6))
    reading = open_for_reading(url)
    key = own_key(tmp_path) or ""
    proofs = Verifying(key, (("Python", "/verifiers/salur_verify.py"),))
    with TestClient(served(reading, verifying=lambda: proofs), base_url=BASE) as client:
        yield client, key
    reading.dispose()


def test_the_page_of_seals_says_what_is_sealed_what_is_not_and_with_which_key(sealed: tuple[Client, str]) -> None:
    web, key = sealed
    found = page(web, "/en/seals")
    assert "The last seal is that of this ledger." in found.text
    assert "number 1, of booking 1, over 1 decisions" in found.text
    assert "the oldest of" in found.text
    assert key in found.text
    assert "/verifiers/salur_verify.py" in found.links
    answer = web.get("/v1/seals").json()
    assert (answer["holds"], answer["unsealed"], answer["seals"][0]["number"]) == (True, 1, 1)


@pytest.mark.parametrize(("old", "new"), [('"record":"', '"record":"00'), ('{"', '["')])
def test_a_seal_of_another_ledger_or_of_none_is_not_that_of_this_one(sealed: tuple[Client, str], desk: Desk, old: str, new: str) -> None:
    with desk.engine.begin() as connection:
        for name in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'seals'").scalars().all():
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        connection.exec_driver_sql("UPDATE seals SET document = CAST(replace(document, ?, ?) AS BLOB)", (old, new))
    web, _ = sealed
    assert "The last seal is not that of this ledger" in page(web, "/en/seals").text


def test_a_ledger_without_seals_says_so(web: Client, tmp_path: Path) -> None:
    assert "Nothing was sealed yet" in page(web, "/en/seals").text
    engine = open_database(f"sqlite:///{tmp_path / 'empty.db'}")
    Desk(engine)
    with engine.connect() as connection:
        assert newest_seals(connection).to_json() == {"total": 0, "holds": None, "unsealed": 0, "unsealed_since": None, "seals": []}
    engine.dispose()
