"""The client against the intake itself: receipts, repeats, refusals, and what is kept while nobody answers."""

import ast
import asyncio
import datetime
import hashlib
import inspect
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from consumers.database import open_database
from deploy.client import salur_client
from deploy.client.salur_client import AsyncClient, Client, Error, Receipt, Refused, Spool, Unknown
from tests.streams.intake.house import BASE, House

DATA = {"programme": "bantuan-pmi", "country": "TW", "lines": [{"line": 1, "item": "masker", "quantity": 100, "unit": "piece"}]}
TIME = "2020-05-03T09:00:00+08:00"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    engine = open_database(f"sqlite:///{tmp_path / 'ledger.db'}")
    house = House(engine)
    yield house
    house.close()
    engine.dispose()


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make pauses short: how long they would be has a test of its own."""
    monkeypatch.setattr(salur_client, "_pause_seconds", lambda *_: 0.0)


def client(house: House, **options: Any) -> AsyncClient:
    app: Any = house.app
    token = options.pop("token", None) or house.token("kdei-taipei")
    return AsyncClient(BASE, token=token, partner="kdei-taipei", transport=httpx.ASGITransport(app=app), **options)


def masks(salur: Any, event_id: str | None = None, **data: Any) -> dict[str, Any]:
    made: dict[str, Any] = salur.event("distribution.recorded", {**DATA, **data}, time=TIME, id=event_id)
    return made


async def test_an_event_is_sent_and_its_verdict_is_read(house: House) -> None:
    async with client(house) as salur:
        event = masks(salur)
        receipt = await salur.send(event)
        assert (receipt.id, receipt.replayed) == (event["id"], False)
        assert await salur.verdict(receipt.id) is None
        house.desk.book_next()
        verdict = await salur.verdict(receipt.id, wait_seconds=5)
        assert verdict is not None
        assert verdict["verdict"] == "accepted"
        again = await salur.send(event)
        assert (again.sha256, again.replayed) == (receipt.sha256, True)


async def test_every_event_of_many_has_its_own_answer(house: House) -> None:
    async with client(house) as salur:
        await salur.send(masks(salur, "taken"))
        house.desk.book_next()
        good, bad, taken = await salur.send_all([masks(salur, "good"), masks(salur, "bad", country="XX"), masks(salur, "taken", tranche="2")])
        assert isinstance(good, Receipt)
        assert isinstance(bad, Refused)
        assert (bad.kind, bad.status, bad.errors[0]["pointer"]) == ("event-refused", 422, "/data/country")
        assert isinstance(taken, Refused)
        assert (taken.kind, taken.status) == ("id-taken", 409)
        with pytest.raises(Refused, match="/data/country"):
            await salur.send(masks(salur, "bad", country="XX"))


async def test_what_was_not_acknowledged_is_tried_again_with_the_same_id(house: House) -> None:
    async with client(house) as salur:
        house.log.answers = False

        async def recover() -> None:
            house.log.answers = True

        sending = asyncio.create_task(salur.send_all([masks(salur, f"e-{number}") for number in range(5)]))
        await recover()
        assert all(isinstance(result, Receipt) for result in await sending)
    assert len({taken.key for taken in house.log.taken}) == 5


async def test_what_nobody_answers_for_waits_in_the_spool_and_is_sent_once_by_the_next(house: House, tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool.jsonl")
    house.log.answers = False
    async with client(house, spool=spool.path, attempts=2) as salur:
        with pytest.raises(Unknown, match="same id"):
            await salur.send(masks(salur, "s-1"))
        (unknown,) = await salur.send_all([masks(salur, "s-1")])
        assert isinstance(unknown, Unknown)
    assert len(spool.waiting()) == 1
    house.log.answers = True
    async with client(house, spool=spool.path) as salur:
        assert [type(result) for result in await salur.resend()] == [Receipt]
        assert await salur.resend() == []
    assert not spool.path.exists()
    house.desk.book_next()
    assert house.desk.dispositions == ["accepted"]


async def test_a_token_that_expired_loses_nothing(house: House, tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool.jsonl")
    token = house.token("kdei-taipei")
    house.revoke(token)
    async with client(house, spool=spool.path, token=token) as salur:
        with pytest.raises(Refused) as refused:
            await salur.send(masks(salur))
    assert refused.value.kind == "not-signed-in"
    assert len(spool.waiting()) == 1


def test_the_synchronous_client_takes_the_same_steps() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        if len(asked) == 1:
            raise httpx.ConnectError("nobody")
        if len(asked) == 2:
            return httpx.Response(503, headers={"Retry-After": "1"})
        sha256 = hashlib.sha256(request.content).hexdigest()
        return httpx.Response(202, json={"id": json.loads(request.content)["id"], "sha256": sha256, "status_url": "x"})

    with Client("http://x", token="t", partner="kdei-taipei", transport=httpx.MockTransport(answer)) as salur:
        receipt = salur.send(masks(salur))
    assert len({request.content for request in asked}) == 1
    assert len(asked) == 3
    assert asked[0].headers["authorization"] == "Bearer t"
    assert json.loads(asked[0].content)["id"] == receipt.id


@pytest.mark.parametrize("answer", [httpx.Response(202, text="<html>"), httpx.Response(202, json={"ok": True}), httpx.Response(202, json=[])])
def test_somebody_elses_answer_is_no_receipt(answer: httpx.Response) -> None:
    with Client("http://x", token="t", partner="p", transport=httpx.MockTransport(lambda _: answer), attempts=2) as salur, pytest.raises(Unknown):
        salur.send(masks(salur))


def test_a_receipt_for_other_bytes_is_no_receipt() -> None:
    answer = httpx.Response(202, json={"id": "a", "sha256": "0" * 64, "status_url": "x"})
    with Client("http://x", token="t", partner="p", transport=httpx.MockTransport(lambda _: answer)) as salur, pytest.raises(Error, match="other bytes"):
        salur.send(masks(salur, "a"))


def test_a_spool_survives_a_line_that_was_cut_short(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool.jsonl")
    spool.path.write_bytes(b'{"id":"a"}\n{"id":"b')
    spool.add([b'{"id":"c"}', b'{"id":"a"}'])
    assert spool.waiting() == [b'{"id":"a"}', b'{"id":"c"}']


def test_large_sendings_are_cut_into_portions() -> None:
    assert [len(some) for some in salur_client._portions([b"{}"] * 2500)] == [1000, 1000, 500]
    assert [len(some) for some in salur_client._portions([b"x" * 3_000_000] * 3)] == [1, 1, 1]


def test_times_need_an_offset() -> None:
    with Client("http://x", token="t", partner="p") as salur, pytest.raises(ValueError, match="offset"):
        salur.event("distribution.recorded", DATA, time=datetime.datetime(2020, 5, 3))


def test_the_module_stands_alone_and_its_wheel_holds_nothing_else(tmp_path: Path) -> None:
    path = Path(inspect.getfile(salur_client))
    imported = {name.name for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Import) for name in node.names}
    imported |= {str(node.module) for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.ImportFrom)}
    assert not {name.split(".")[0] for name in imported} & {"models", "streams", "consumers", "deploy"}
    building = pytest.importorskip("hatchling.builders.wheel", reason="hatchling is not installed here")
    built = next(iter(building.WheelBuilder(str(path.parent)).build(directory=str(tmp_path))))
    with zipfile.ZipFile(built) as wheel:
        assert [name for name in wheel.namelist() if "dist-info" not in name] == ["salur_client.py"]
