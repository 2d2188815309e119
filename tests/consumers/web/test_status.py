"""The page of the status: what processes say of themselves, in both languages, anew each time it is asked for."""

import dataclasses
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from litestar.testing import TestClient

from models.status import Difference, Lag, Process, Status
from tests.consumers.web.conftest import BASE, Client, served
from tests.consumers.web.html import Page

READY = Status(
    is_running=True,
    processes=[Process(name="ledger-1", pid=7, state="ready"), Process(name="web", pid=8, state="ready")],
    looked_seconds_ago=3.0,
    booking=3,
    tables_booking=3,
    lags=[Lag(group="salur-ledger", events=0, seconds=0.0)],
    held=0,
    rejected=7,
    differences=[Difference(between="table-ledger", unit="event", amount=0.0)],
    reconciled_seconds_ago=12.0,
    is_proof_valid=True,
    unsealed_seconds=0.0,
)


class Stack:
    """What the page is told."""

    def __init__(self) -> None:
        self.now: Status | None = READY


@pytest.fixture(name="stack")
def _stack() -> Stack:
    return Stack()


@pytest.fixture(name="client")
def _client(demonstration: sa.Engine, stack: Stack) -> Iterator[Client]:
    with TestClient(served(demonstration, status=lambda: stack.now), base_url=BASE) as client:
        yield client


def text(client: Client, path: str = "/en/status") -> str:
    response = client.get(path)
    assert response.status_code == 200
    assert Page(response.text).forbidden == []
    return " ".join(response.text.split())


def test_it_says_that_all_is_well_who_waits_and_who_was_heard_of(client: Client) -> None:
    shown = text(client)
    for words in ("All is well.", "ledger-1", "3; the tables hold 3", "0 held, 7 refused and open", "no difference", "12 s ago", "the newest seal holds"):
        assert words in shown, words
    assert "/en/partner/kemnaker" in shown
    assert "Semuanya baik." in text(client, "/id/status")
    assert "tidak ada perbedaan" in text(client, "/id/status")


def test_what_a_process_waits_for_is_said_in_the_language_of_the_reader(client: Client, stack: Stack) -> None:
    waits = Process(name="ledger-1", pid=7, state="not ready", why=["Kafka does not answer"])
    stack.now = dataclasses.replace(READY, processes=[waits, Process(name="web", pid=8, state="silent")])
    assert "Not all is well" in text(client)
    shown = text(client, "/id/status")
    assert "Kafka tidak menjawab" in shown
    assert "tidak menjawab" in shown
    stack.now = dataclasses.replace(READY, differences=[Difference(between="table-ledger", unit="piece", amount=1.0)])
    assert "table-ledger: 1 pieces" in text(client)


def test_it_is_made_anew_although_nothing_was_booked(client: Client, stack: Stack) -> None:
    first = client.get("/en/status")
    assert "ETag" not in first.headers
    stack.now = dataclasses.replace(READY, is_proof_valid=False)
    assert "the newest seal is NOT that of this ledger" in text(client)


@pytest.mark.parametrize("known", [None, Status(is_running=False)])
def test_where_the_processes_cannot_be_asked_it_says_so_and_shows_what_the_ledger_knows(client: Client, stack: Stack, known: Status | None) -> None:
    stack.now = known
    shown = text(client)
    assert "The processes run where this one cannot ask them" in shown
    assert "/en/partner/kemnaker" in shown


def test_what_nobody_could_tell_is_not_zero(client: Client, stack: Stack) -> None:
    stack.now = Status(is_running=True, processes=READY.processes)
    assert text(client).count("not known") >= 5


def test_a_page_that_nobody_could_keep_offers_no_link_that_keeps_it(client: Client) -> None:
    assert 'class="keep"' in client.get("/en").text
    assert 'class="keep"' not in client.get("/en/status").text
