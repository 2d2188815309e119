"""What the web process shows: how long requests take, by route, and whether its loop turns."""

import asyncio
import functools
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

from deploy.monitoring.health import Health
from deploy.monitoring.instruments import Instruments
from models import metrics

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Any, Any, Any], Awaitable[None]]

BEAT_SECONDS: Final = 0.5
OTHER: Final = "other"
"""Stands for paths that are no route and methods that nobody declared: what a stranger makes up is not a label."""
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"})
_BROKEN: Final = 500
_STREAM: Final = b"text/event-stream"


class Timed:
    """An application around another: it times every request, and beats while the other runs."""

    def __init__(self, inner: Application, instruments: Instruments) -> None:
        self._inner = inner
        self._seconds = instruments.histogram(metrics.HTTP_REQUEST)
        # The library looks up and checks the labels each time, which takes longer than counting; there are only so many of them.
        self._of = functools.cache(lambda method, path, hundreds: self._seconds.labels(method, path, f"{hundreds}xx"))
        self.turned_at = time.monotonic()

    def health(self, *, is_ready: Callable[[], bool]) -> Health:
        """Return the health of the process."""
        return Health(turned_at=lambda: self.turned_at, obstacles=lambda: [] if is_ready() else ["Kafka does not answer"])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or the life of the application."""
        if scope["type"] == "lifespan":
            beating = asyncio.create_task(self._beat())
            try:
                await self._inner(scope, receive, send)
            finally:
                beating.cancel()
        elif scope["type"] == "http":
            await self._time(scope, receive, send)
        else:
            await self._inner(scope, receive, send)

    async def _time(self, scope: Scope, receive: Receive, send: Send) -> None:
        status, is_stream = _BROKEN, False
        began = time.perf_counter()

        async def noting(message: Message) -> None:
            nonlocal status, is_stream
            if message["type"] == "http.response.start":
                status = message["status"]
                is_stream = (b"content-type", _STREAM) in [(name.lower(), value.partition(b";")[0]) for name, value in message.get("headers", ())]
            await send(message)

        try:
            await self._inner(scope, receive, noting)
        finally:
            # A stream lasts as long as somebody looks, which says nothing of how quick an answer is.
            method = scope["method"] if scope["method"] in _METHODS else OTHER
            if not is_stream:
                # The router writes the route that it found into the scope.
                self._of(method, scope.get("path_template") or OTHER, status // 100).observe(time.perf_counter() - began)

    async def _beat(self) -> None:
        while True:
            self.turned_at = time.monotonic()
            await asyncio.sleep(BEAT_SECONDS)
