"""Many partners' programs in one process: each keeps its connection, paces itself, and sends again, with the same id, whatever is not known to be taken in.

A bare client, so that on two cores it takes as little as it can from what it measures. It writes what it was promised to a
file, a line for each 202 as it comes: id, when the event was first sent and when the promise came, in seconds since 1970.
"""

import argparse
import asyncio
import dataclasses
import json
import time
from collections import Counter
from pathlib import Path
from typing import IO, Any

import msgspec
import uvloop

PARTNER = "kdei-taipei"
ACCEPTED = 202
ANSWER_SECONDS = 30.0
RETRY_SECONDS = 1.0
BROKEN = 0
"""Stands for no answer at all: the connection broke, or nobody answered in time."""


def event(event_id: str) -> bytes:
    """Return one event: one mask was handed out in Taiwan."""
    data = {"programme": "bantuan-pmi", "country": "TW", "recipient_type": "pmi", "lines": [{"line": 1, "item": "masker", "quantity": 1, "unit": "piece"}]}
    whole = {"specversion": "1.0", "id": event_id, "source": f"urn:salur:partner:{PARTNER}", "type": "salur.distribution.recorded.v1"}
    return msgspec.json.encode({**whole, "time": "2020-05-03T09:00:00+08:00", "data": data})


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to send: so many clients, events a second in all (0 for as many as go), events in each request, for so long."""

    host: str
    port: int
    token: str
    clients: int
    rate: float
    batch: int
    seconds: float


class Clients:
    """All of them, and what they were answered."""

    def __init__(self, plan: Plan, promises: IO[str]) -> None:
        self._plan = plan
        self._promises = promises
        self._run = str(time.time_ns())
        self.statuses: Counter[int] = Counter()
        self.without_retry_after = 0
        self.seconds: list[float] = []

    async def run(self) -> float:
        """Send until the time is up and everything is known to be taken in; returns for how long events were made."""
        began = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for number in range(self._plan.clients):
                group.create_task(self._client(number, began))
        return min(time.monotonic() - began, self._plan.seconds)

    async def _client(self, client: int, began: float) -> None:
        plan = self._plan
        each = plan.clients * plan.batch / plan.rate if plan.rate else 0.0
        connection = _Connection(plan)
        turn = 0
        while time.monotonic() - began < plan.seconds:
            # Clients that were kept waiting do not catch up: they are people's programs, not a queue.
            planned = began + each * (turn + client / plan.clients)
            await asyncio.sleep(max(0.0, planned - time.monotonic()))
            ids = [f"{self._run}-{client}-{turn}-{line}" for line in range(plan.batch)]
            await self._until_taken(connection, ids)
            turn = max(turn + 1, int((time.monotonic() - began) / each) if each else 0)
        connection.close()

    async def _until_taken(self, connection: "_Connection", ids: list[str]) -> None:
        first = time.time()
        body = b"\n".join(map(event, ids))
        while True:
            began = time.perf_counter()
            status, retry_after = await connection.send(body, is_batch=len(ids) > 1)
            self.statuses[status] += 1
            if status == ACCEPTED:
                self.seconds.append(time.perf_counter() - began)
                now = time.time()
                self._promises.writelines(f"{one} {first:.4f} {now:.4f}\n" for one in ids)
                return
            if status == 503 and retry_after is None:
                self.without_retry_after += 1
            await asyncio.sleep(min(retry_after or RETRY_SECONDS, RETRY_SECONDS))


class _Connection:
    """One connection that is kept, and made again after it broke."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._open: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self, body: bytes, *, is_batch: bool) -> tuple[int, float | None]:
        """Return the status and what Retry-After says."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                if self._open is None:
                    self._open = await asyncio.open_connection(self._plan.host, self._plan.port, limit=2**24)
                reader, writer = self._open
                writer.write(self._head(len(body), is_batch=is_batch) + body)
                return await _answer(reader)
        except (OSError, EOFError, TimeoutError, asyncio.IncompleteReadError):
            self.close()
            return BROKEN, None

    def close(self) -> None:
        if self._open is not None:
            self._open[1].close()
            self._open = None

    def _head(self, length: int, *, is_batch: bool) -> bytes:
        path, kind = ("/v1/events:batch", "application/x-ndjson") if is_batch else ("/v1/events", "application/cloudevents+json")
        plan = self._plan
        return (
            f"POST {path} HTTP/1.1\r\nHost: {plan.host}\r\nAuthorization: Bearer {plan.token}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n"
        ).encode()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, float | None]:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0])
    await reader.readexactly(length)
    _, named, after = head.partition(b"retry-after:")
    return int(head[9:12]), float(after.split(b"\r\n", 1)[0]) if named else None


def percentiles(values: list[float]) -> dict[str, float]:
    """Return the median and the 99th percentile in milliseconds."""
    ordered = sorted(values) or [0.0]
    return {f"p{share}_ms": round(ordered[min(len(ordered) - 1, len(ordered) * share // 100)] * 1000, 1) for share in (50, 99)}


def main() -> None:
    """Send as the words of the command say, and print one JSON line."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--promises", type=Path, required=True)
    for name, kind in {"host": str, "port": int, "token": str, "clients": int, "rate": float, "batch": int, "seconds": float}.items():
        words.add_argument(f"--{name}", type=kind, required=True)
    given: dict[str, Any] = vars(words.parse_args())
    with given.pop("promises").open("w", encoding="ascii") as promises:
        clients = Clients(Plan(**given), promises)
        made_for = uvloop.run(clients.run())
    answered = {"statuses": {str(status): count for status, count in sorted(clients.statuses.items())}, "without_retry_after": clients.without_retry_after}
    print(json.dumps({"seconds": round(made_for, 1), **answered, "answer": percentiles(clients.seconds)}))


if __name__ == "__main__":
    main()
