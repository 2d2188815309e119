"""Requests are timed whatever becomes of them, and labels are never what a stranger wrote."""

import asyncio
from typing import Any

import pytest

from deploy.monitoring.instruments import Instruments
from deploy.monitoring.web_side import Timed


async def nothing() -> dict[str, Any]:
    return {"type": "http.disconnect"}


async def swallow(_message: object) -> None:
    return None


async def answered(scope: dict[str, Any], _receive: Any, send: Any) -> None:
    if scope["path"] == "/known/7":
        scope["path_template"] = "/known/{number}"
        await send({"type": "http.response.start", "status": 201})
    elif scope["path"] == "/broken":
        raise RuntimeError("broken")
    else:
        await send({"type": "http.response.start", "status": 404})


async def test_a_request_is_timed_by_route_method_and_class_of_status() -> None:
    instruments = Instruments("web")
    timed = Timed(answered, instruments)
    for method, path in (("POST", "/known/7"), ("BREW", "/coffee")):
        await timed({"type": "http", "method": method, "path": path}, nothing, swallow)
    with pytest.raises(RuntimeError):
        await timed({"type": "http", "method": "GET", "path": "/broken"}, nothing, swallow)
    page = instruments.page().decode()
    for labels in (
        'method="POST",route="/known/{number}",status="2xx"',
        'method="other",route="other",status="4xx"',
        'method="GET",route="other",status="5xx"',
    ):
        assert f"salur_http_request_seconds_count{{{labels}}} 1.0" in page


async def test_a_stream_that_somebody_looks_at_for_long_is_no_slow_answer() -> None:
    async def streaming(scope: dict[str, Any], _receive: Any, send: Any) -> None:
        scope["path_template"] = "/live"
        await send({"type": "http.response.start", "status": 200, "headers": [(b"Content-Type", b"text/event-stream; charset=utf-8")]})

    instruments = Instruments("web")
    await Timed(streaming, instruments)({"type": "http", "method": "GET", "path": "/live"}, nothing, swallow)
    assert "/live" not in instruments.page().decode()


async def test_the_loop_beats_while_the_application_lives() -> None:
    ended = asyncio.Event()

    async def living(_scope: object, _receive: object, _send: object) -> None:
        await ended.wait()

    timed = Timed(living, Instruments("web"))
    timed.turned_at = 0.0
    life = asyncio.create_task(timed({"type": "lifespan"}, nothing, swallow))
    for _ in range(3):
        await asyncio.sleep(0)
    health = timed.health(is_ready=lambda: False)
    assert (health.live(), health.ready()) == ([], ["Kafka does not answer"])
    ended.set()
    await life
