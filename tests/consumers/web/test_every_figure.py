"""Whatever page it stands on, a figure has a unit, says for which booking it holds, of how many events, and how fresh they are."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from lxml import html

from tests.consumers.web.conftest import Client

PAGES = (
    "?simulated=yes",
    "destination/MY",
    "programme/bantuan-pmi?simulated=yes",
    "item/masker?simulated=yes",
    "partner/kemlu",
    "figure?destination=MY&item=sembako",
    "figure?simulated=only&measure=distributed&unit=piece&newest_first=yes",
    "partners/kemlu/events/kemlu-my-2020-05-13-paket",
    "statements",
    "statements/sarawak-3453",
    "statements/malaysia-348843",
    "diff?a=1&b=3&simulated=yes",
    "balance?simulated=yes",
    "people?simulated=yes",
    "public",
    "batches?simulated=yes",
    "batches?simulated=only&batch=sim-bsu-1",
    "evidence?simulated=yes",
    "sample?seed=17081945&size=5&simulated=yes",
    "sample?seed=17081945&size=5&simulated=yes&by=value&unit=piece",
    "flags?simulated=yes",
    "intake?simulated=yes",
    "plans?simulated=yes",
    "seals",
    "total?destination=MY",
    "total?destination=MY&measure=distributed",
)
NUMBER = re.compile(r"[-+\u2212]?\d[\d.,]*")
NO_FIGURES = {"en": {"Year", "Seal", "Month", "Published"}, "id": {"Tahun", "Segel", "Bulan", "Terbit"}}
"""Columns whose digits name something and count nothing."""
SAYS = {
    "en": (r"As of booking \d+", r"332 received = 322 accepted \+ 2 duplicate \+ 1 conflict \+ 7 rejected \+ 0 held", r"newest event received \d"),
    "id": (r"Per pembukuan \d+", r"332 masuk = 322 diterima \+ 2 ganda \+ 1 bertentangan \+ 7 ditolak \+ 0 tertunda", r"peristiwa terbaru masuk \d"),
}


def figures(section: Any) -> Iterator[tuple[str, str, str]]:
    """Yield (column, text, unit) of everything in a section that is a number, or says that it is one."""
    for cell in section.xpath(".//td | .//*[contains(concat(' ', @class, ' '), ' value ')][@data-unit]"):
        text = " ".join("".join(cell.xpath(".//text()[not(ancestor::*[contains(@class, 'note')])]")).split())
        if "data-unit" in cell.attrib or NUMBER.fullmatch(text):
            yield cell.get("data-label", ""), text, cell.get("data-unit", "")


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize("path", PAGES)
def test_every_figure_of_a_page_carries_unit_moment_identity_and_freshness(web: Client, language: str, path: str) -> None:
    page = html.fromstring(web.get(f"/{language}/{path}").content)
    found = 0
    for section in page.xpath("//main/section"):
        shown = [one for one in figures(section) if one[0] not in NO_FIGURES[language]]
        assert [one for one in shown if not one[2]] == [], f"{path}: without a unit"
        if section.xpath("./h2")[0].text in {"Seals", "Segel dan pembuktian", "Seals and proofs"}:
            continue
        if shown:
            found += len(shown)
            (said,) = section.xpath("./p[contains(concat(' ', @class, ' '), ' provenance ')]")
            for words in SAYS[language]:
                if "diff" not in path and "seals" not in path:
                    assert re.search(words, said.text), f"{path}: {said.text}"
    assert found or path in {"seals", "statements"}, path


@pytest.mark.parametrize("language", ["en", "id"])
def test_the_printed_head_says_booking_identity_freshness_and_the_ledgers_hash(web: Client, language: str) -> None:
    page = html.fromstring(web.get(f"/{language}/").content)
    head = " ".join(page.xpath("//div[@class='printed']//text()"))
    for words in (*SAYS[language], r"[0-9a-f]{64}", r"as_of=3"):
        assert re.search(words, head)


@pytest.mark.parametrize(
    "path", ["figure?destination=MY&item=sembako&measure=distributed&unit=package", "figure?simulated=only&destination=TW&measure=distributed&unit=piece"]
)
def test_from_a_figure_to_its_events_is_one_click_and_from_an_event_to_every_figure_that_it_moved(web: Client, path: str) -> None:
    page = html.fromstring(web.get(f"/en/{path}").content)
    events = page.xpath("//tbody//th//a/@href")
    assert events
    for address in events[:10]:
        event = html.fromstring(web.get(address).content)
        moved, wholes = event.xpath("//main/section[.//table]")
        figures_of = {*moved.xpath(".//td/a/@href"), *wholes.xpath(".//td[contains(@class, 'number')]/a/@href")}
        cells = web.get(f"/v1{address.removeprefix('/en')}").json()["moved"]
        assert len(moved.xpath(".//tbody/tr")) == len(cells), "every figure that it moved has a row"
        for figure in figures_of:
            assert address in html.fromstring(web.get(figure).content).xpath("//tbody//th//a/@href"), f"{figure} does not open {address}"
