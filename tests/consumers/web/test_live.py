"""The live view over HTTP: everything first, then what changed; bounded; nothing where nothing can move; and a page that is whole without it."""

import asyncio
import contextlib
import dataclasses
import json
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any, NamedTuple

import pytest
from litestar.testing import TestClient

from consumers.database import open_for_reading
from consumers.live import hub as hubs
from consumers.live.figures import LiveFigure
from consumers.live.hub import Hub
from consumers.reconcile.verdicts import Verdict, keep
from consumers.web import live
from consumers.web.badge import Watch, stored
from consumers.web.fault import Fault
from consumers.web.live import agreement
from consumers.web.question import cells_of
from consumers.web.reading import LedgerReader
from consumers.web.shell import Shell
from consumers.web.speaking import Speaker
from models.registry import Registry
from tests.consumers.ledger.desk import Desk, masks
from tests.consumers.live.tables import KeptTables, tables_of
from tests.consumers.web.conftest import BASE, Client, served
from tests.consumers.web.html import Page

MASKS = "TW|bantuan-pmi|masker|distributed|piece|"
BY = "by=destination,programme,item"


class Watched(NamedTuple):
    """A ledger, its tables, the hub that reads them, and a client of the pages."""

    desk: Desk
    tables: KeptTables
    hub: Hub
    shell: Shell
    client: Client


@pytest.fixture
def watched(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    """Give a ledger with a live view, at the pace of tests."""
    monkeypatch.setattr(hubs, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(live, "TURN_SECONDS", 0.01)
    desk.book(masks("a", 100))
    tables = KeptTables(tables_of(desk.engine))
    engine = open_for_reading(desk.engine.url.render_as_string(hide_password=False))
    hub = Hub(engine, tables.source, most_lookers=2)
    reader = LedgerReader(engine)
    shell = Shell(reader=reader, watch=Watch(stored(engine), head=reader.head), base_url=BASE, translate=lambda text, _: text, version="1", hub=hub)
    with TestClient(served(engine, hub=hub, badge=stored(engine), fault=Fault(lambda: True)), base_url=BASE) as client:
        yield Watched(desk, tables, hub, shell, client)
    hub.stop()
    engine.dispose()


async def events(watched: Watched, language: Any = "en") -> AsyncIterator[tuple[str, Any]]:
    """Yield the events that a reader of the overview is sent."""
    question = live.question_of({}, Registry.shipped(), ("destination", "programme", "item"))
    assert question is not None
    async with contextlib.aclosing(live.stream(watched.shell, watched.hub, question, Speaker(language, Registry.shipped()))) as parts:
        async for part in parts:
            found = re.fullmatch(r"event: (\w+)\ndata: (.+)\n\n", part.decode(), flags=re.DOTALL)
            if found:
                yield found.group(1), json.loads(found.group(2))


async def news(stream: AsyncIterator[tuple[str, Any]], name: str) -> Any:
    """Return the next event of a name."""
    async with asyncio.timeout(20):
        async for found, value in stream:
            if found == name:
                return value
    raise AssertionError(f"the stream ended before {name}")


async def test_a_reader_is_told_everything_first_and_then_only_what_changed(watched: Watched) -> None:
    stream = events(watched)
    first = await news(stream, "figures")
    assert first["full"] is True
    assert first["figures"][MASKS] == {"quantity": "100", "events": "1", "mark": "supported", "words": "= ledger"}
    assert first["provenance"].startswith("Tables at booking 1")
    assert "1 received = 1 accepted" not in first["provenance"], "the tables of this test count no partners"
    watched.desk.book(masks("b", 20))
    watched.tables.snapshot = tables_of(watched.desk.engine)
    then = await news(stream, "figures")
    assert then["full"] is False
    assert set(then["figures"]) == {MASKS}
    assert then["figures"][MASKS]["quantity"] == "120"
    await stream.aclose()  # type: ignore[attr-defined]  # it is a generator
    assert watched.hub.lookers == 0


async def test_a_difference_is_said_beside_its_figure(watched: Watched) -> None:
    watched.desk.book(masks("b", 20))
    marks = tables_of(watched.desk.engine).watermarks
    watched.tables.snapshot = dataclasses.replace(watched.tables.snapshot, watermarks=marks)
    stream = events(watched, "id")
    found = (await news(stream, "figures"))["figures"][MASKS]
    assert (found["quantity"], found["mark"], found["words"]) == ("100", "contradicted", "≠ buku besar")
    await stream.aclose()  # type: ignore[attr-defined]  # it is a generator


async def test_the_badge_follows_the_last_comparison(watched: Watched) -> None:
    stream = events(watched)
    assert (await news(stream, "state"))["badge"]["kind"] == "unknown"
    for scope in ("tables", "ledger", "log"):
        keep(watched.desk.engine, Verdict(scope, 1, 0, 1))
    watched.shell.watch.forget()
    state = await news(stream, "state")
    while state["badge"]["kind"] == "unknown":
        state = await news(stream, "state")
    assert state["badge"] == {"kind": "supported", "text": "table = ledger = log at booking 1"}
    await stream.aclose()  # type: ignore[attr-defined]  # it is a generator


async def test_kafka_being_away_is_said_and_the_stream_goes_on(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "RETRY_SECONDS", 0.02)
    stream = events(watched)
    await news(stream, "figures")
    watched.tables.is_away = True
    state = await news(stream, "state")
    while "out of reach" not in state["live"]["text"]:
        state = await news(stream, "state")
    assert state["live"]["kind"] == "stale"
    watched.tables.is_away = False
    while state["live"]["kind"] != "supported":
        state = await news(stream, "state")
    await stream.aclose()  # type: ignore[attr-defined]  # it is a generator


async def test_a_process_that_stops_ends_its_streams(watched: Watched) -> None:
    stream = events(watched)
    await news(stream, "figures")
    watched.hub.stop()
    async with asyncio.timeout(20):
        assert [name async for name, _ in stream] in ([], ["state"])
    assert watched.hub.lookers == 0
    assert watched.client.get(f"/en/live?{BY}").status_code == 204


@pytest.mark.parametrize("query", ["as_of=1", "place=31.71", "from=2020-05-03", "destination=XX", "colour=red"])
def test_where_nothing_can_move_a_browser_is_told_not_to_come_again(watched: Watched, query: str) -> None:
    answer = watched.client.get(f"/en/live?{BY}&{query}")
    assert (answer.status_code, answer.content) == (204, b"")


def test_when_too_many_look_the_next_is_sent_away_for_a_while(watched: Watched) -> None:
    question = live.question_of({}, Registry.shipped(), ("destination",))
    assert question is not None
    watched.hub.join(question)
    watched.hub.join(question)
    answer = watched.client.get(f"/en/live?{BY}")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
    watched.hub.leave(question)
    watched.hub.leave(question)


def test_a_page_says_beside_each_figure_what_the_tables_say_without_any_script(watched: Watched) -> None:
    for _ in range(500):
        text = watched.client.get("/en/").text
        if "= ledger" in text:
            break
    found = Page(text)
    (row,) = [row for table in found.tables for row in table.rows if row and row[0][0] == "Aid to Indonesian migrant workers"]
    assert row[-1][0] == "= ledger"
    assert f'data-key="{MASKS}"' in text
    assert 'data-live="/en/live?by=destination,programme,item"' in text
    assert found.scripts == [found.scripts[0]]
    assert found.scripts[0].startswith("/assets/live.")


def test_the_past_does_not_move(watched: Watched) -> None:
    text = watched.client.get("/en/?as_of=1").text
    assert "data-live" not in text
    assert "<script" not in text


def test_figures_of_a_page_and_of_its_stream_have_the_same_keys(watched: Watched) -> None:
    question = live.question_of({"destination": "TW"}, Registry.shipped(), ("programme", "item"))
    assert question is not None
    assert question.cells == cells_of({"destination": "TW"}, Registry.shipped())
    text = watched.client.get("/en/destination/TW").text
    assert 'data-live="/en/live?destination=TW&amp;by=programme,item"' in text
    assert 'data-key="bantuan-pmi|masker|distributed|piece|"' in text


def test_a_figure_that_moves_is_neither_equal_nor_different() -> None:
    assert agreement(None) == agreement(LiveFigure(quantity="1", agrees=None, events=None)) == ("moving", "live_moves")


def kill(client: Client, token: str, **headers: str) -> int:
    return client.post("/en/demo/kill", data={"token": token}, headers=headers, follow_redirects=False).status_code


def test_the_button_of_the_demonstration_is_pressed_by_its_own_page_alone(watched: Watched) -> None:
    token = re.findall(r'name="token" value="([^"]+)"', watched.client.get("/en/").text)[0]
    assert kill(watched.client, token) == 303
    assert kill(watched.client, token, **{"Sec-Fetch-Site": "same-origin", "Origin": "null"}) == 303
    assert kill(watched.client, token, Origin=BASE) == 303
    assert kill(watched.client, token, Origin="https://elsewhere.example") == 403
    assert kill(watched.client, token, **{"Sec-Fetch-Site": "cross-site", "Origin": BASE}) == 403
    assert kill(watched.client, "guessed") == 403
    assert watched.client.get("/en/demo/kill").status_code == 405


def test_what_is_no_demonstration_has_no_such_button(web: Client) -> None:
    assert "demo/kill" not in web.get("/en/").text
    assert web.post("/en/demo/kill", data={"token": ""}).status_code in {404, 405}
