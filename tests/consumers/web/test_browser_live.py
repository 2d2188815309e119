"""Figures that move in a real browser: in place, beside what the ledger says; new rows come by themselves; and a page never looks live when it is not."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from consumers.database import open_for_reading
from consumers.live import hub as hubs
from consumers.live.hub import Hub
from consumers.reconcile.verdicts import Verdict, keep
from consumers.web import live
from consumers.web.badge import stored
from consumers.web.fault import Fault
from tests.consumers.ledger.desk import Desk, masks
from tests.consumers.live.tables import KeptTables, tables_of
from tests.consumers.web import browser as browsers
from tests.consumers.web.browser import launched, listening, violations
from tests.consumers.web.conftest import served

pytestmark = browsers.marks
MASKS = 'td[data-part="quantity"][data-key="TW|bantuan-pmi|masker|distributed|piece|"]'


class Shown(NamedTuple):
    """A page that is looked at, and everything behind it."""

    page: Any
    address: str
    desk: Desk
    tables: KeptTables
    hub: Hub
    attended: list[bool]

    def book(self, *events: object) -> None:
        """Book events, and let the tables count them."""
        self.desk.book(*events)
        self.tables.snapshot = tables_of(self.desk.engine)

    def until(self, selector: str, text: str) -> None:
        """Wait for a text."""
        self.page.locator(selector, has_text=text).first.wait_for(timeout=20_000)


@pytest.fixture
def shown(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shown]:
    """Give the overview of a ledger with one event, in a browser with the pages' own policy."""
    monkeypatch.setattr(hubs, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(hubs, "RETRY_SECONDS", 0.1)
    monkeypatch.setattr(live, "TURN_SECONDS", 0.05)
    desk.book(masks("a", 1000))
    tables, attended = KeptTables(tables_of(desk.engine)), [True]
    engine = open_for_reading(desk.engine.url.render_as_string(hide_password=False))
    hub = Hub(engine, tables.source)

    def kill() -> bool:
        attended[0] = False
        return True

    app = served(engine, hub=hub, badge=stored(engine), attended=lambda: attended[0], fault=Fault(kill))
    with listening(app) as address, launched() as browser:
        page = browser.new_context().new_page()
        page.goto(f"{address}/en/")
        yield Shown(page, address, desk, tables, hub, attended)
        hub.stop()
    engine.dispose()


def test_a_figure_moves_in_place_and_a_new_row_comes_by_itself(shown: Shown) -> None:
    said: list[str] = []
    shown.page.on("console", lambda message: said.append(message.text))
    shown.until("#live", "Live: figures move")
    shown.until('td[data-part="agrees"]', "= ledger")
    shown.page.evaluate("document.querySelector('main').dataset.same = 'yes'")
    shown.book(masks("b", 234))
    shown.until(MASKS, "1,234")
    assert shown.page.evaluate("document.querySelector('main').dataset.same") == "yes", "nothing was loaded anew"
    shown.until(".provenance.moves", "booking 2")
    shown.book(masks("c", 7, country="HK", partner="kjri-hong-kong"))
    shown.until("h2", "Hong Kong")
    assert shown.page.locator(MASKS).inner_text() == "1,234"
    assert said == []


def test_the_badge_turns_stale_when_the_button_kills_the_worker_and_the_same_totals_come_back(shown: Shown) -> None:
    for scope in ("tables", "ledger", "log"):
        keep(shown.desk.engine, Verdict(scope, 1, 0, 2**41))
    shown.until("#badge.supported", "table = ledger = log at booking 1")
    before = shown.page.locator(MASKS).inner_text()
    shown.page.get_by_role("button", name="Kill the worker").click()
    shown.until("#badge.stale", "stale: nobody keeps the tables")
    shown.until("#live.stale", "nobody counts at the moment")
    shown.attended[0] = True
    shown.until("#badge.supported", "table = ledger = log at booking 1")
    assert shown.page.locator(MASKS).inner_text() == before


def test_a_page_says_when_the_tables_or_the_server_are_away_and_keeps_its_figures(shown: Shown) -> None:
    shown.until("#live", "Live: figures move")
    shown.tables.is_away = True
    shown.until("#live.stale", "out of reach")
    assert shown.page.locator(MASKS).inner_text() == "1,000"
    shown.tables.is_away = False
    shown.until("#live.supported", "Live: figures move")
    shown.hub.stop()
    shown.until("#live.stale", "connection is lost")
    assert shown.page.locator(MASKS).inner_text() == "1,000"


def test_a_page_that_moves_breaks_no_rule_of_accessibility(shown: Shown) -> None:
    page = shown.page.context.browser.new_context(bypass_csp=True).new_page()
    page.goto(f"{shown.address}/en/")
    page.locator("#live", has_text="Live: figures move").wait_for(timeout=20_000)
    page.locator('td[data-part="agrees"]', has_text="= ledger").first.wait_for(timeout=20_000)
    assert violations(page) == []


def test_a_page_that_nobody_sees_keeps_no_connection(shown: Shown) -> None:
    shown.until("#live", "Live: figures move")
    assert shown.hub.lookers == 1
    shown.page.goto("about:blank")
    for _ in range(400):
        if not shown.hub.lookers:
            break
        shown.page.wait_for_timeout(50)
    assert shown.hub.lookers == 0
