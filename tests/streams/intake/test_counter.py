"""What is sent straight to the counter is answered as by the framework, also when the sender leaves or something breaks."""

from collections.abc import Sequence
from typing import Any

import pytest

from models.access import Grant
from streams.intake.receiving import Intake
from tests.consumers.ledger.desk import as_bytes, masks
from tests.streams.intake.house import House

TAIPEI = "kdei-taipei"


async def call(house: House, *parts: dict[str, Any], token: str = "", language: str = "en") -> list[dict[str, Any]]:
    """Send a request as a server does, in parts, and return what was answered."""
    waiting, answers = list(parts), []
    headers = [(b"authorization", f"Bearer {token}".encode()), (b"content-type", b"application/json"), (b"accept-language", language.encode())]
    scope = {"type": "http", "method": "POST", "path": "/v1/events", "headers": headers, "client": ("10.0.0.1", 1)}

    async def receive() -> dict[str, Any]:
        return waiting.pop(0)

    async def send(message: dict[str, Any]) -> None:
        answers.append(message)

    app: Any = house.app
    await app(scope, receive, send)
    return answers


async def test_an_event_may_come_in_parts(house: House) -> None:
    event = as_bytes(masks("m-1")) or b""
    parts: list[dict[str, Any]] = [{"type": "http.request", "body": event[:20], "more_body": True}, {"type": "http.request", "body": event[20:]}]
    start, body = await call(house, *parts, token=house.token(TAIPEI))
    assert (start["status"], house.log.taken[0].value) == (202, event)
    assert (b"content-length", str(len(body["body"])).encode()) in start["headers"]


async def test_an_event_whose_sender_leaves_before_its_end_is_not_taken_and_nobody_is_answered(house: House) -> None:
    event = as_bytes(masks("m-1")) or b""
    for part in (event[:20], event):
        left: list[dict[str, Any]] = [{"type": "http.request", "body": part, "more_body": True}, {"type": "http.disconnect"}]
        assert await call(house, *left, token=house.token(TAIPEI)) == []
    assert house.log.taken == []


@pytest.mark.parametrize(("language", "title"), [("en", "something went wrong on our side"), ("id", "terjadi kesalahan di pihak kami")])
async def test_what_nobody_expected_is_a_problem_with_a_number_to_ask_about_and_tells_nothing_else(
    house: House, monkeypatch: pytest.MonkeyPatch, language: str, title: str
) -> None:
    async def broken(_intake: Intake, _values: Sequence[bytes], _grant: Grant) -> list[Any]:
        raise RuntimeError("3201234567890123")

    monkeypatch.setattr(Intake, "take", broken)
    start, body = await call(house, {"type": "http.request", "body": b"{}"}, token=house.token(TAIPEI), language=language)
    assert start["status"] == 500
    assert title.encode() in body["body"]
    assert dict(start["headers"])[b"x-correlation-id"] in body["body"]
    assert b"3201234567890123" not in body["body"]
