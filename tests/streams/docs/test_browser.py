"""The documentation in a real browser: no rule of accessibility broken, nothing wider than a phone, and everything reached by the keyboard."""

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn

from streams.docs import words
from tests.streams.docs.site import documentation

CHROMIUM = shutil.which("chromium")

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.skipif(CHROMIUM is None, reason="Debian's chromium is not installed")]

PATHS = (*words.PAGES, "events/distribution.recorded", "events/statement.published", "nothing")
WIDTHS = {"desktop": 1280, "phone": 390, "reflow": 320}
CHECKED = {"en": ("desktop", "phone"), "id": ("phone",)}
"""Where the checker runs; whether something is too wide is looked at everywhere."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = int(listener.getsockname()[1])
    server = uvicorn.Server(uvicorn.Config(documentation(), host="127.0.0.1", port=port, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}/docs"
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.mark.parametrize("language", CHECKED)
def test_no_rule_of_accessibility_is_broken_and_nothing_is_wider_than_the_screen(browser: Any, address: str, language: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    # The checker is a script of ours, which the pages' own policy would refuse.
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if "404" not in message.text else None)
    for path in PATHS:
        for name, width in WIDTHS.items():
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(f"{address}/{language}/{path}")
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (path, name)
            found = axe.Axe().run(page).response["violations"] if name in CHECKED[language] else []
            assert [(rule["id"], [node["html"][:120] for node in rule["nodes"][:3]]) for rule in found] == [], (path, name)
    assert said == []
    context.close()


def test_the_keyboard_reaches_the_content_first_and_then_every_link_and_every_block_of_code(browser: Any, address: str) -> None:
    context = browser.new_context(java_script_enabled=True)
    page = context.new_page()
    page.goto(f"{address}/en/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    reached: set[str] = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.getAttribute('href') || document.activeElement.getAttribute('aria-label')"))
    wanted = page.evaluate("[...document.querySelectorAll('main a, main pre')].map(one => one.getAttribute('href') || one.getAttribute('aria-label'))")
    assert set(wanted) <= reached
    context.close()


def test_it_reads_without_javascript_from_the_start_to_an_event_in_the_other_language(browser: Any, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/en/")
    page.get_by_role("navigation").get_by_role("link", name="Events").click()
    page.get_by_role("link", name="Distribution recorded").click()
    page.get_by_role("link", name="Bahasa Indonesia").click()
    assert page.locator("h1").inner_text() == "Penyaluran dicatat"
    assert page.url.endswith("/docs/id/events/distribution.recorded")
    context.close()
