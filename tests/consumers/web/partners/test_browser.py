"""The partners' pages in a real browser: no rule of accessibility broken, by keyboard alone, without JavaScript, on a phone, with nobody else asked."""

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from tests.consumers.ledger.desk import masks, reversal
from tests.consumers.web.partners.conftest import Place
from tests.streams.sheets.sheets import row, xlsx

CHROMIUM = shutil.which("chromium")

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.skipif(CHROMIUM is None, reason="Debian's chromium is not installed")]

PATHS = (
    "",
    "/sent",
    "/sent?state=rejected",
    "/uploads",
    "/figure?measure=distributed",
    "/events/m-1",
    "/events/early",
    "/events/wrong",
    "/decisions/4",
    "/decisions/2/mend",
    "/decisions/1/take-back",
    "/take-back?state=accepted",
    "/nothing",
)
WIDTHS = {"desktop": 1280, "phone": 390, "reflow": 320}
CHECKED = {"en": ("phone",), "id": ("desktop",)}


class Site:
    """The pages over a socket, with a partner's token and a file."""

    def __init__(self, place: Place, url: str, folder: Path) -> None:
        self.place = place
        self.url = url
        self.token = place.token("kdei-taipei")
        self.good = folder / "baik.xlsx"
        self.good.write_bytes(xlsx([row(f"f-{number}", jumlah=number) for number in range(1, 4)]))
        self.mixed = folder / "campur.xlsx"
        self.mixed.write_bytes(xlsx([row("g-1"), row("g-2", jumlah="1.500"), row("g-3", negara="TWN")]))

    def sign_in(self, page: Any, language: str = "en") -> None:
        page.goto(f"{self.url}/{language}/mitra")
        page.locator("input[name=token]").fill(self.token)
        page.locator("main form button").click()


@pytest.fixture(scope="module")
def site(empty_ledger: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = int(listener.getsockname()[1])
    url = f"http://127.0.0.1:{port}"
    place = Place(f"sqlite:///{shutil.copy(empty_ledger, folder / 'ledger.db')}", base_url=url, is_open=True)
    place.desk.book(masks("m-1", 1234), masks("wrong", -7, data={"country": "TWN"}), reversal("early", "later"), masks("m-1", 99))
    server = uvicorn.Server(uvicorn.Config(place.app, host="127.0.0.1", port=port, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    yield Site(place, url, folder)
    server.should_exit = True
    thread.join(10)
    place.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


def looked_at(page: Any, language: str, where: str) -> None:
    """Hold the page that is open to the rules of accessibility, and to the widths of screens."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    for name, width in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (where, name)
        found = axe.Axe().run(page).response["violations"] if name in CHECKED[language] else []
        assert [(rule["id"], [node["html"][:120] for node in rule["nodes"][:3]]) for rule in found] == [], (where, name)


@pytest.mark.parametrize("language", ["id", "en"])
def test_no_rule_of_accessibility_is_broken_and_nothing_is_wider_than_the_screen(browser: Any, site: Site, language: str) -> None:
    # The checker is a script of ours, which the pages' own policy would refuse.
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{site.url}/{language}/mitra")
    looked_at(page, language, "sign-in")
    site.sign_in(page, language)
    for path in PATHS:
        page.goto(f"{site.url}/{language}/mitra{path}")
        looked_at(page, language, path)
    page.goto(f"{site.url}/{language}/mitra/uploads")
    page.locator("input[type=file]").set_input_files(site.mixed)
    page.locator("main form.ask button").click()
    assert "/uploads/" in page.url
    looked_at(page, language, "upload")
    assert all(url.startswith(site.url) for url in asked)
    context.close()


def test_a_partner_without_javascript_signs_in_uploads_sends_and_takes_back(browser: Any, site: Site) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    site.sign_in(page)
    page.get_by_role("link", name="Spreadsheets").click()
    page.get_by_label("File").set_input_files(site.good)
    page.get_by_role("button", name="Upload").click()
    page.get_by_role("button", name="Send all 3 events").click()
    assert "What could be sent is there" in page.inner_text("main")
    site.place.desk.book_next()
    page.get_by_role("link", name="Receipts and verdicts").click()
    assert page.inner_text("main").count("accepted") >= 3
    page.go_back()
    page.get_by_role("link", name="Take back").click()
    page.get_by_label("Yes, take them back").check()
    page.get_by_role("button", name="Take back").click()
    assert "3 reversals were sent." in page.inner_text("main")
    page.get_by_role("button", name="Sign out").click()
    assert "You are signed out." in page.inner_text("main")
    page.goto(f"{site.url}/en/mitra")
    assert page.locator("input[name=token]").is_visible()
    context.close()


def test_everything_is_done_by_keyboard_alone(browser: Any, site: Site) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{site.url}/en/mitra")
    reach(page, "document.activeElement.name === 'token'")
    page.keyboard.type(site.token)
    page.keyboard.press("Enter")
    page.wait_for_selector("form.who")
    page.goto(f"{site.url}/en/mitra/decisions/2/mend")
    reach(page, "document.activeElement.getAttribute('aria-invalid') === 'true'")
    described = page.evaluate("document.activeElement.getAttribute('aria-describedby').split(' ').map(id => document.getElementById(id).textContent).join(' ')")
    assert described.strip()
    reach(page, "document.activeElement.tagName === 'BUTTON' && document.activeElement.textContent === 'Send again'")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    context.close()


def reach(page: Any, condition: str) -> None:
    """Go on by the Tab key until a condition holds."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate(condition):
            return
    pytest.fail(f"the Tab key never comes to where {condition}")
