"""Pages in a real browser: no rule of accessibility broken, everything reachable by keyboard, whole without JavaScript, legible on a phone and on paper."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.consumers.web import browser as browsers
from tests.consumers.web.browser import launched, listening, screenshot, violations
from tests.consumers.web.conftest import served

pytestmark = browsers.marks

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
    "people?simulated=yes",
    "public",
    "batches?simulated=only&batch=sim-bsu-1",
    "evidence?simulated=yes",
    "sample",
    "sample?seed=17081945&size=5&simulated=yes",
    "seals",
    "total?destination=MY",
    "destination/XX",
)
DARK = ("?simulated=yes", "statements", "total?destination=MY", "item/masker?simulated=yes")
PRINTED = ("", "statements", "item/masker?simulated=yes", "figure?destination=MY&item=sembako")
WIDTHS = {"desktop": 1280, "phone": 390, "reflow": 320}
CHECKED = {"en": ("desktop", "phone"), "id": ("desktop",)}
"""Where the checker runs; whether something is too wide is looked at everywhere."""


@pytest.fixture(scope="module")
def address(demonstration: sa.Engine) -> Iterator[str]:
    """Give the address of the demonstration, served over a socket."""
    with listening(served(demonstration)) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Give a browser."""
    with launched() as opened:
        yield opened


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("path", PATHS)
def test_no_rule_of_accessibility_is_broken_and_nothing_is_wider_than_the_screen(browser: Any, address: str, language: str, path: str, tmp_path: Path) -> None:
    # The checker is a script of ours, which the pages' own policy would refuse.
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if not re.search("404|422", message.text) else None)
    for name, width in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{address}/{language}/{path}")
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name
        assert (violations(page) if name in CHECKED[language] else []) == [], name
        if name != "reflow":
            assert screenshot(page, tmp_path, f"{language}-{name}-{path or 'overview'}").startswith(b"\x89PNG")
    assert said == []
    context.close()


@pytest.mark.parametrize("path", DARK)
def test_dark_colours_break_no_rule_either(browser: Any, address: str, path: str, tmp_path: Path) -> None:
    context = browser.new_context(bypass_csp=True, color_scheme="dark")
    page = context.new_page()
    page.goto(f"{address}/id/{path}")
    assert violations(page) == []
    screenshot(page, tmp_path, f"id-dark-{path}")
    context.close()


def test_the_menu_is_open_on_a_wide_screen_and_a_thing_to_open_on_a_phone(browser: Any, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/en/")
    proofs = page.get_by_role("link", name="Proofs", exact=True)
    assert proofs.is_visible()
    page.set_viewport_size({"width": 390, "height": 800})
    assert not proofs.is_visible()
    page.get_by_text("Pages", exact=True).click()
    proofs.click()
    assert page.title() == "Seals and proofs · Salur"
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
    page.get_by_role("link", name="109,168").first.click()
    assert "= the sum of its events (1)" in page.inner_text("main")
    page.get_by_role("link", name="kemlu-my-2020-05-13-paket").click()
    page.get_by_role("link", name="109,168").last.click()
    assert "kemlu-my-2020-05-13-paket" in page.inner_text("main")
    context.close()


@pytest.mark.parametrize("path", PRINTED)
def test_paper_says_as_of_when_and_of_which_ledger_on_every_page(browser: Any, address: str, path: str, tmp_path: Path) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}/id/{path}")
    page.emulate_media(media="print")
    printed = page.locator(".printed")
    assert printed.is_visible()
    for words in ("Per pembukuan 3", "332 masuk = 322 diterima", "peristiwa terbaru masuk", "as_of=3"):
        assert words in printed.inner_text()
    assert re.search(r"Hash buku besar [0-9a-f]{64}", printed.inner_text())
    # The head of a table is what a browser repeats on every page.
    assert page.evaluate("getComputedStyle(document.querySelector('.printed')).display") == "table-header-group"
    assert not page.locator(".top nav").is_visible()
    made = page.pdf(prefer_css_page_size=True, path=tmp_path / "page.pdf")
    sizes = {tuple(float(number) for number in box.split()) for box in re.findall(rb"/MediaBox ?\[0 0 ([\d. ]+)\]", made)}
    assert sizes
    assert all((round(width), round(height)) == (595, 842) for width, height in sizes), "A4, in points"
    page.set_viewport_size({"width": 688, "height": 1000})
    assert page.evaluate("getComputedStyle(document.querySelector('tbody tr')).display") == "table-row", "paper has tables, not a phone's cards"
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    screenshot(page, tmp_path, f"id-paper-{path or 'overview'}")
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
