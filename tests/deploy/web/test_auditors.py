"""The auditors' side beside the partners' intake, in one application: each keeps its addresses, and only this machine reads."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from consumers.database import open_database, open_for_reading
from consumers.web.application import LOOPBACK_NAMES, auditors
from consumers.web.problems import KINDS
from deploy.web.binding import Binding
from deploy.web.ledger_port import AccessPort, LedgerPort
from deploy.workers.web import auditors_of
from streams.intake.application import application
from tests.consumers.ledger.desk import RECEIVED_AT, Desk, masks
from tests.consumers.web.conftest import KeptReads
from tests.streams.intake.house import DeskLog

BASE = "http://127.0.0.1:8080"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    engine = open_database(f"sqlite:///{tmp_path / 'ledger.db'}")
    yield Desk(engine)
    engine.dispose()


@pytest.fixture
async def web(desk: Desk) -> Any:
    reading = open_for_reading(desk.engine.url.render_as_string(hide_password=False))
    app: Any = application(
        kafka=DeskLog(desk),
        ledger=LedgerPort(reading),
        access=AccessPort(reading),
        base_url=BASE,
        requests_per_second=1000,
        clock=lambda: RECEIVED_AT,
        others=auditors(reading, base_url=BASE, reads=KeptReads(), hosts=LOOPBACK_NAMES),
        kinds_of_others={str(kind): words for kind, words in KINDS.items()},
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=BASE) as client:
        yield client
    reading.dispose()


async def test_both_sides_keep_their_addresses(desk: Desk, web: httpx.AsyncClient) -> None:
    desk.book(masks("one", 5))
    assert (await web.post("/v1/events", content=b"{}")).status_code == 401
    assert (await web.get("/v1/events/urn:salur:partner:kdei-taipei/one")).status_code == 401
    assert (await web.get("/readyz")).status_code == 200
    assert (await web.get("/v1/tallies")).json()["rows"][0]["quantity"] == "5"
    assert (await web.get("/v1/partners/kdei-taipei/events/one")).json()["state"] == "accepted"
    assert "Overview" in (await web.get("/en/")).text


async def test_the_type_of_every_problem_is_a_page(web: httpx.AsyncClient) -> None:
    for path in ("/v1/tallies?destination=XX", "/v1/partners/nobody/events/none"):
        body = (await web.get(path)).json()
        opened = await web.get(body["type"])
        assert opened.status_code == 200
        assert body["title"].lower() in opened.text.lower()


@pytest.mark.parametrize("host", ["salur.example", "127.0.0.1.example", "10.0.0.7"])
async def test_a_foreign_name_that_leads_here_is_answered_with_nothing(web: httpx.AsyncClient, host: str) -> None:
    for path in ("/en/", "/v1/tallies", "/v1/statements/none"):
        answer = await web.get(path, headers={"Host": host})
        assert (answer.status_code, answer.content) == (421, b"")


@pytest.mark.parametrize(("host", "certificate", "served"), [("127.0.0.1", "", True), ("localhost", "", True), ("0.0.0.0", "", False), ("0.0.0.0", "/c", True)])
def test_it_is_served_here_or_over_tls(tmp_path: Path, host: str, certificate: str, served: bool) -> None:  # noqa: FBT001
    environ = {"SALUR_DATABASE_URL": f"sqlite:///{tmp_path / 'ledger.db'}"}
    assert bool(auditors_of(environ, Binding(host, 8080, certificate), BASE)) is served
