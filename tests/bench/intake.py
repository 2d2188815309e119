"""How fast the HTTP intake takes events: single ones over keep-alive connections, or batches; and how long until each is in the ledger.

By hand, against a running stack: ``python -m tests.bench.intake --data DIR --connections 200 --seconds 10``. The load
is made by a bare client in another process, so that on two cores it takes as little as it can from what it measures.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import psutil
import uvloop

from deploy import running

PARTNER = "kdei-taipei"


def event(event_id: str) -> bytes:
    """Return one event as a partner writes it."""
    line = {"line": 1, "item": "masker", "quantity": 100, "unit": "piece"}
    data = {"programme": "bantuan-pmi", "country": "TW", "recipient_type": "pmi", "lines": [line]}
    whole = {"specversion": "1.0", "id": event_id, "source": f"urn:salur:partner:{PARTNER}", "type": "salur.distribution.recorded.v1"}
    return msgspec.json.encode({**whole, "time": "2020-05-03T09:00:00+08:00", "data": data})


class Load:
    """So many connections that send until the time is up, and what they were answered."""

    def __init__(self, *, host: str, port: int, token: str, batch: int) -> None:
        self._host, self._port, self._token, self._batch = host, port, token, batch
        self._run = f"{os.getpid()}-{time.time_ns()}"
        self.statuses: Counter[int] = Counter()
        self.seconds: list[float] = []

    async def run(self, connections: int, seconds: float) -> float:
        """Send for so many seconds, and return how many it really took."""
        began = time.perf_counter()
        await asyncio.gather(*(self._send(number, began + seconds) for number in range(connections)))
        return time.perf_counter() - began

    async def _send(self, connection: int, until: float) -> None:
        reader, writer = await asyncio.open_connection(self._host, self._port, limit=2**24)
        number = 0
        while time.perf_counter() < until:
            began = time.perf_counter()
            writer.write(self._request(connection, number))
            self.statuses[await _answer(reader)] += 1
            self.seconds.append(time.perf_counter() - began)
            number += 1
        writer.close()

    def _request(self, connection: int, number: int) -> bytes:
        if self._batch == 1:
            path, kind, body = "/v1/events", "application/cloudevents+json", event(f"{self._run}-{connection}-{number}")
        else:
            path, kind = "/v1/events:batch", "application/x-ndjson"
            body = b"\n".join(event(f"{self._run}-{connection}-{number}-{line}") for line in range(self._batch))
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {self._host}\r\nAuthorization: Bearer {self._token}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


async def _answer(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
    await reader.readexactly(length)
    return int(head[9:12])


def percentile(values: list[float], share: float) -> float:
    """Return the value below which that share of the values lies."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))] if values else 0.0


def measure(folder: Path, *, connections: int, seconds: float, batch: int) -> dict[str, Any]:
    """Load the stack of a folder and return what was seen."""
    stack = running.read(folder)
    assert stack is not None, "no stack runs there"
    host, _, port = (stack.web_url or "").removeprefix("http://").partition(":")
    load = Load(host=host, port=int(port), token=_token(folder), batch=batch)
    web = psutil.Process(stack.processes["web"])
    before = web.cpu_times()
    took = uvloop.run(load.run(connections, seconds))
    after = web.cpu_times()
    taken = load.statuses[202] * batch
    # On a machine with other work to do this says more than the rate.
    web_seconds = after.user + after.system - before.user - before.system
    return {
        "connections": connections,
        "batch": batch,
        "events_per_second": round(taken / took),
        "statuses": dict(load.statuses),
        "web_processor_us_per_event": round(web_seconds / max(taken, 1) * 1e6, 1),
        "p50_ms": round(percentile(load.seconds, 0.5) * 1000, 1),
        "p99_ms": round(percentile(load.seconds, 0.99) * 1000, 1),
    }


def _token(folder: Path) -> str:
    salur = [sys.executable, "-m", "deploy.cli.main", "partner"]
    subprocess.run([*salur, "add", PARTNER, "--data", str(folder)], check=True, capture_output=True)
    made = subprocess.run([*salur, "token", PARTNER, "--data", str(folder)], check=True, capture_output=True, text=True)
    return made.stdout.strip()


def main() -> None:
    """Measure as the words of the command say, and print one JSON line."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--data", type=Path, required=True)
    words.add_argument("--connections", type=int, default=200)
    words.add_argument("--seconds", type=float, default=10)
    words.add_argument("--batch", type=int, default=1)
    given = words.parse_args()
    print(json.dumps(measure(given.data, connections=given.connections, seconds=given.seconds, batch=given.batch)))


if __name__ == "__main__":
    main()
