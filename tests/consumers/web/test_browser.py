"""Pages in a real browser: no rule of accessibility broken, everything reachable by keyboard, whole without JavaScript, legible on a phone and on paper."""

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
import uvicorn

from tests.consumers.web.conftest import served

CHROMIUM = shutil.which("chromium")

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.skipif(CHROMIUM is None, reason="Debian's chromium is not installed")]

PATHS = (
    "",
    "?simulated=yes",
    "figure?destination=MY&item=sembako",
    "figure?simulated=only&measure=distributed&unit=piece",
    "statements",
    "statements/sarawak-3453",
    "diff?a=1&b=2",
    "balance?simulated=yes",
    "intake",
    "plans?simulated=yes",
    "flags?flag=late",
    "destination/MY",
    "programme/bantuan-pmi?simulated=only",
    "item/masker?simulated=yes",
    "partner/kemnaker",
    "partners/simulasi-taipei/events/sim-tw-masker-terima",
    "partners/simulasi-taipei/events/sim-tw-tolak-satuan",
    "destination/XX",
)
WIDTHS = {"desktop": 1280, "phone": 390, "reflow": 320}
CHECKED = {"en": ("desktop", "phone"), "id": ("desktop",)}
"""Where the checker runs; whether something is too wide is looked at everywhere."""


@pytest.fixture(scope="module")
def address(demonstration: sa.Engine) -> Iterator[str]:
    """Give the address of the demonstration, served over a socket."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = int(listener.getsockname()[1])
    server = uvicorn.Server(uvicorn.Config(served(demonstration), host="127.0.0.1", port=port, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Give a browser."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("path", PATHS)
def test_no_rule_of_accessibility_is_broken_and_nothing_is_wider_than_the_screen(browser: Any, address: str, language: str, path: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    # The checker is a script of ours, which the pages' own policy would refuse.
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if "404" not in message.text else None)
    for name, width in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{address}/{language}/{path}")
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name
        found = axe.Axe().run(page).response["violations"] if name in CHECKED[language] else []
        assert [(rule["id"], [node["html"][:120] for node in rule["nodes"][:3]]) for rule in found] == [], name
    assert said == []
    context.close()


def test_the_keyboard_reaches_the_content_first_and_then_every_link(browser: Any, address: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}/en/figure?destination=MY&item=sembako&measure=distributed&unit=package")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    reached: set[str] = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.getAttribute('href') || document.activeElement.tagName"))
        assert page.evaluate("document.activeElement === document.body || getComputedStyle(document.activeElement).outlineStyle !== 'none'")
    links = set(page.evaluate("[...document.querySelectorAll('main a')].map(a => a.getAttribute('href'))"))
    assert links <= reached
    assert "SUMMARY" in reached
    context.close()


def test_a_reader_without_javascript_asks_anew_and_walks_from_figure_to_event_and_back(browser: Any, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/en/")
    page.get_by_text("Filters").click()
    page.get_by_label("Destination").select_option("MY")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="109,168").click()
    assert "= the sum of its events (1)" in page.inner_text("main")
    page.get_by_role("link", name="kemlu-my-2020-05-13-paket").click()
    page.get_by_role("link", name="109,168").last.click()
    assert "kemlu-my-2020-05-13-paket" in page.inner_text("main")
    context.close()


def test_paper_says_as_of_when_on_every_page(browser: Any, address: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}/id/statements")
    page.emulate_media(media="print")
    printed = page.locator(".printed")
    assert printed.is_visible()
    assert "Per pembukuan 3" in printed.inner_text()
    assert "as_of=3" in printed.inner_text()
    # The head of a table is what a browser repeats on every page.
    assert page.evaluate("getComputedStyle(document.querySelector('.printed')).display") == "table-header-group"
    assert not page.locator(".top nav").is_visible()
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
    context.close()


def test_the_browser_asks_nobody_else(browser: Any, address: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in ("", "item/masker?simulated=yes", "statements"):
        page.goto(f"{address}/en/{path}")
    assert all(url.startswith(address) for url in asked)
    context.close()
