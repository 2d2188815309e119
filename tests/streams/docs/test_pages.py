"""Every page of the documentation is there in both languages, leads only to what is there, and names nothing from elsewhere."""

import io
import re

import openpyxl
import pytest

from models.decoding import decode
from models.events.catalogue import EVENT_TYPES
from models.events.reference import ItemRegistered
from models.registry import Registry
from streams.docs import event_words, member_words, words
from streams.docs.members import members_of
from streams.intake import openapi
from streams.intake.problem_words import KINDS
from tests.models.examples import valid
from tests.streams.docs.site import PATHS, SHORTS, browser, documentation, links, no_lists

ELSEWHERE = ("/problems/", openapi.PATH, "/v1/figures/openapi.json", "/en/mitra/uploads", "/id/mitra/uploads")
"""What is served beside the documentation, and tested there."""


async def test_every_page_is_there_and_leads_only_to_what_is_there() -> None:
    async with browser(documentation()) as http:
        found: set[str] = set()
        for path in PATHS:
            answer = await http.get(path)
            assert answer.status_code == 200, path
            assert answer.headers["content-language"] == path.split("/")[2]
            assert "<script" not in answer.text
            found |= {str(answer.url.join(link).path) for link in links(answer.text)}
        for link in found:
            assert link.startswith(ELSEWHERE) or (await http.get(link)).status_code == 200, link
        assert {f"/docs/{language}/events/{short}" for language in ("en", "id") for short in SHORTS} <= found


async def test_nothing_comes_from_elsewhere_and_nothing_runs() -> None:
    async with browser(documentation()) as http:
        for path in PATHS[:10]:
            answer = await http.get(path)
            assert all(link.startswith("/") for link in links(answer.text)), path
            assert "default-src 'none'; style-src 'self'" in answer.headers["content-security-policy"]
        (style,) = {link for link in links((await http.get(PATHS[0])).text) if link.endswith(".css")}
        assert "url(" not in (await http.get(style)).text


async def test_the_start_leads_to_the_language_of_the_reader_and_what_is_not_there_says_so() -> None:
    async with browser(documentation()) as http:
        for asked, language in (("id-ID,id;q=0.9", "id"), ("fr", "en"), ("", "en")):
            assert (await http.get("/docs", headers={"Accept-Language": asked})).headers["location"] == f"/docs/{language}/"
        for path in ("/docs/id/nothing", "/docs/id/events/nothing"):
            answer = await http.get(path)
            assert (answer.status_code, "Halaman ini tidak ada" in answer.text) == (404, True), path
        for path in ("/docs/en/templates/nothing.xlsx", "/docs/en/templates/distribution.recorded.pdf", "/docs/schemas/nothing.json", "/docs/examples/x"):
            assert (await http.get(path)).status_code == 404, path


@pytest.mark.parametrize("event_type", EVENT_TYPES)
def test_every_member_is_explained_in_both_languages(event_type: str) -> None:
    members = members_of(event_type)
    assert {"id", "source", "time", "data"} <= {member.path for member in members}
    for member in members:
        english, indonesian = (member_words.meaning(member.owner, member.name, language) for language in ("en", "id"))
        assert english.endswith((".", ":")), member.path
        assert english != indonesian, member.path
        assert member.form in words.FORMS
    short = event_type.removeprefix("salur.").removesuffix(".v1")
    assert event_words.title(short, "en") != event_words.title(short, "id")
    assert event_words.meaning(short, "en").endswith(".")


def test_no_word_is_left_over() -> None:
    used = {name for event_type in EVENT_TYPES for member in members_of(event_type) for name in (member.name, f"{member.owner}.{member.name}")}
    assert set(member_words.MEANINGS) <= used
    assert {short for _, some in event_words.grouped(SHORTS) for short in some} == set(SHORTS)


async def test_the_codes_are_the_ledgers_as_long_as_it_answers() -> None:
    registry = Registry.shipped()
    event = decode(valid("salur.item.registered.v1"))
    assert isinstance(event, ItemRegistered)
    registry.apply(event)

    async def now() -> Registry | None:
        return registry

    async with browser(documentation(now)) as http, browser(documentation(no_lists)) as without:
        current, shipped = (await http.get("/docs/en/codes")).text, (await without.get("/docs/en/codes")).text
        assert event.data.code in current
        assert event.data.code not in shipped
        assert "As shipped" in shipped
        book = openpyxl.load_workbook(io.BytesIO((await http.get("/docs/id/templates/distribution.recorded.xlsx")).content))
        assert event.data.code in {cell.value for row in book["Daftar kode"].iter_rows() for cell in row}


async def test_every_kind_of_problem_is_among_the_answers() -> None:
    async with browser(documentation()) as http:
        page = (await http.get("/docs/id/answers")).text
    assert {f"/problems/{kind}" for kind in KINDS} <= links(page)
    assert all(re.search(rf"<code>{kind}</code>", page) for kind in KINDS)
