"""Sends events to Salur over HTTP, synchronously or asynchronously. One file; it needs httpx and nothing else.

    with Client("https://salur.example", token=…, partner="kdei-taipei", spool="spool.jsonl") as salur:
        event = salur.event("distribution.recorded", {…}, time="2020-05-03T09:00:00+08:00")
        receipt = salur.send(event)
        print(salur.verdict(receipt.id, wait_seconds=30)["verdict"])

An event has its id before it is first sent, and keeps it: sending it again is harmless, whatever became of it. An
event whose fate is unknown (nobody answered, or the intake could not promise anything) is tried again for a while,
and is then kept in the spool, if there is one, until ``resend`` delivers it. A receipt means that it is kept for
good; the verdict follows.
"""

import asyncio
import dataclasses
import datetime
import hashlib
import json
import os
import random
import time
import uuid
from collections.abc import Generator, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import quote

import httpx

__all__ = ["AsyncClient", "Client", "Error", "Receipt", "Refused", "Spool", "Unknown"]

Event = Mapping[str, Any]

TRY_AGAIN: Final = frozenset({408, 429, 502, 503, 504})
_SAY_NOTHING: Final = frozenset({"", "not-signed-in", "not-permitted", "not-found", "method-not-allowed"})
"""Problems that are not the event's: it stays in the spool."""
MOST_EVENTS: Final = 1000
MOST_BYTES: Final = 4 * 1024 * 1024
LONGEST_PAUSE_SECONDS: Final = 30.0
ASK_AGAIN_SECONDS: Final = 0.25
_SOURCE: Final = "urn:salur:partner:"
_ONE: Final = {"Content-Type": "application/cloudevents+json"}
_LINES: Final = {"Content-Type": "application/x-ndjson"}


class Error(Exception):
    """Whatever this module raises."""


@dataclasses.dataclass(frozen=True)
class Receipt:
    """The event is kept. ``sha256`` is that of the bytes which stand; ``replayed`` tells that it was there before."""

    id: str
    sha256: str
    status_url: str
    replayed: bool = False


@dataclasses.dataclass(eq=False)
class Refused(Error):
    """The event was refused and must be mended; ``errors`` has everything that is wrong with it, each with a hint.

    ``kind`` names the problem: ``event-refused``, ``id-taken``, ``not-signed-in`` and so on.
    """

    id: str
    status: int
    kind: str
    title: str
    detail: str = ""
    errors: Sequence[Mapping[str, str]] = ()

    def __str__(self) -> str:
        found = "; ".join(f"{one.get('pointer', '')}: {one.get('detail', '')} → {one.get('hint', '')}" for one in self.errors)
        return f"{self.id}: {self.title} ({self.status}): {found or self.detail}"


@dataclasses.dataclass(eq=False)
class Unknown(Error):
    """Nobody said what became of the event; send it again, with the same id."""

    id: str
    reason: str

    def __str__(self) -> str:
        return f"{self.id}: {self.reason}; send it again with the same id"


class Spool:
    """A file of events whose fate is unknown, one a line, each once. What is sent is there first, until it is answered for."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)

    def waiting(self) -> list[bytes]:
        """Return the events that wait to be sent again."""
        try:
            lines = self.path.read_bytes().split(b"\n")
        except FileNotFoundError:
            return []
        return list(dict.fromkeys(line for line in lines if _is_whole(line)))

    def add(self, values: Iterable[bytes]) -> None:
        """Keep events, on the disk when this returns."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab") as file:
            # A line that a crash cut short must not take the next one with it.
            file.write(b"".join(b"\n" + value for value in values) + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def settle(self, values: Iterable[bytes]) -> None:
        """Let go of events that were answered for."""
        settled = set(values)
        left = [value for value in self.waiting() if value not in settled]
        if not left:
            self.path.unlink(missing_ok=True)
            return
        written = self.path.with_name(self.path.name + ".new")
        written.write_bytes(b"".join(value + b"\n" for value in left))
        written.replace(self.path)


@dataclasses.dataclass(frozen=True)
class _Ask:
    method: str
    path: str
    content: bytes = b""
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class _Pause:
    seconds: float


_Answer = httpx.Response | httpx.TransportError | None
_Steps = Generator[_Ask | _Pause, _Answer, Any]


class _Partner:
    """What both clients do, as steps that each takes in its own way."""

    def __init__(self, url: str, *, token: str, partner: str, spool: str | os.PathLike[str] | None = None, attempts: int = 6, language: str = "en") -> None:
        self._source = _SOURCE + partner
        self._spool = None if spool is None else Spool(spool)
        self._attempts = attempts
        self._http_options: dict[str, Any] = {
            "base_url": url.rstrip("/"),
            "headers": {"Authorization": f"Bearer {token}", "Accept-Language": language},
            "timeout": httpx.Timeout(30.0, connect=10.0),
        }

    def event(self, type_: str, data: Mapping[str, Any], *, time: str | datetime.datetime, id: str | None = None, **attributes: str) -> dict[str, Any]:  # noqa: A002 - the attribute's name
        """Return an event with an id of its own. ``time`` needs its offset; a short type such as ``distribution.recorded`` will do."""
        if isinstance(time, datetime.datetime):
            if time.tzinfo is None:
                raise ValueError("time has no offset; give it a tzinfo")
            time = time.isoformat()
        whole = type_ if type_.startswith("salur.") else f"salur.{type_}.v1"
        return {"specversion": "1.0", "id": id or str(uuid.uuid4()), "source": self._source, "type": whole, "time": time, **attributes, "data": dict(data)}

    def _send_all(self, events: Iterable[Event]) -> _Steps:
        values = [_encoded(event) for event in events]
        if self._spool is not None and values:
            self._spool.add(values)
        return (yield from self._deliver(values))

    def _resend(self) -> _Steps:
        return (yield from self._deliver(self._spool.waiting() if self._spool is not None else []))

    def _deliver(self, values: Sequence[bytes]) -> _Steps:
        results: list[Any] = []
        for some in _portions(values):
            found = yield from self._deliver_portion(some)
            if self._spool is not None:
                self._spool.settle(value for value, result in zip(some, found, strict=True) if _is_settled(result))
            results += found
        return results

    def _deliver_portion(self, values: Sequence[bytes]) -> _Steps:
        """Send until each event has its answer, or the attempts are over; only those without one are sent again."""
        results: list[Any] = [Unknown(_id_of(value), "not sent") for value in values]
        pause = 0.0
        for attempt in range(self._attempts):
            open_ = [place for place, result in enumerate(results) if isinstance(result, Unknown)]
            if not open_:
                break
            if attempt:
                yield _Pause(pause)
            answer = yield _request([values[place] for place in open_])
            for place, result in zip(open_, _results(answer, [values[place] for place in open_]), strict=True):
                results[place] = result
            pause = _pause_seconds(answer, attempt)
        return results

    def _verdict(self, event_id: str, wait_seconds: float) -> _Steps:
        """Ask until there is a verdict, or the time is over."""
        waited = 0.0
        while True:
            answer = yield _Ask("GET", "/v1/events/" + quote(event_id, safe="").replace(".", "%2E"))
            if isinstance(answer, httpx.Response) and answer.status_code == httpx.codes.OK:
                return answer.json()
            if isinstance(answer, httpx.Response) and answer.status_code not in TRY_AGAIN | {404}:
                raise _refused(answer, event_id)
            if waited >= wait_seconds:
                return None
            yield _Pause(ASK_AGAIN_SECONDS)
            waited += ASK_AGAIN_SECONDS


class Client(_Partner):
    """For programs that wait; ``async`` programs take ``AsyncClient``."""

    def __init__(self, url: str, *, transport: httpx.BaseTransport | None = None, **options: Any) -> None:
        super().__init__(url, **options)
        self._http = httpx.Client(transport=transport, **self._http_options)

    def send(self, event: Event) -> Receipt:
        """Send one event. Raises Refused, or Unknown once the attempts are over."""
        return _receipt(self.send_all([event]))

    def send_all(self, events: Iterable[Event]) -> list[Receipt | Refused | Unknown]:
        """Send many events and return what became of each, in their order."""
        found: list[Receipt | Refused | Unknown] = self._run(self._send_all(events))
        return found

    def resend(self) -> list[Receipt | Refused | Unknown]:
        """Send what waits in the spool."""
        found: list[Receipt | Refused | Unknown] = self._run(self._resend())
        return found

    def verdict(self, event_id: str, *, wait_seconds: float = 0.0) -> dict[str, Any] | None:
        """Return what the ledger decided about an event, None if it has not yet. Raises Refused if it may not be asked."""
        found: dict[str, Any] | None = self._run(self._verdict(event_id, wait_seconds))
        return found

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _run(self, steps: _Steps) -> Any:
        answer: _Answer = None
        try:
            while True:
                step = steps.send(answer)
                if isinstance(step, _Pause):
                    time.sleep(step.seconds)
                    answer = None
                else:
                    answer = self._ask(step)
        except StopIteration as end:
            return end.value

    def _ask(self, step: _Ask) -> _Answer:
        try:
            return self._http.request(step.method, step.path, content=step.content, headers=dict(step.headers))
        except httpx.TransportError as error:
            return error


class AsyncClient(_Partner):
    """The same for ``async`` programs."""

    def __init__(self, url: str, *, transport: httpx.AsyncBaseTransport | None = None, **options: Any) -> None:
        super().__init__(url, **options)
        self._http = httpx.AsyncClient(transport=transport, **self._http_options)

    async def send(self, event: Event) -> Receipt:
        """Send one event. Raises Refused, or Unknown once the attempts are over."""
        return _receipt(await self.send_all([event]))

    async def send_all(self, events: Iterable[Event]) -> list[Receipt | Refused | Unknown]:
        """Send many events and return what became of each, in their order."""
        found: list[Receipt | Refused | Unknown] = await self._run(self._send_all(events))
        return found

    async def resend(self) -> list[Receipt | Refused | Unknown]:
        """Send what waits in the spool."""
        found: list[Receipt | Refused | Unknown] = await self._run(self._resend())
        return found

    async def verdict(self, event_id: str, *, wait_seconds: float = 0.0) -> dict[str, Any] | None:
        """Return what the ledger decided about an event, None if it has not yet. Raises Refused if it may not be asked."""
        found: dict[str, Any] | None = await self._run(self._verdict(event_id, wait_seconds))
        return found

    async def aclose(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.aclose()

    async def _run(self, steps: _Steps) -> Any:
        answer: _Answer = None
        try:
            while True:
                step = steps.send(answer)
                if isinstance(step, _Pause):
                    await asyncio.sleep(step.seconds)
                    answer = None
                else:
                    answer = await self._ask(step)
        except StopIteration as end:
            return end.value

    async def _ask(self, step: _Ask) -> _Answer:
        try:
            return await self._http.request(step.method, step.path, content=step.content, headers=dict(step.headers))
        except httpx.TransportError as error:
            return error


def _encoded(event: Event) -> bytes:
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False).encode()


def _is_whole(line: bytes) -> bool:
    """Tell a spooled event from one that a crash cut short."""
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


def _id_of(value: bytes) -> str:
    return str(json.loads(value).get("id", ""))


def _portions(values: Sequence[bytes]) -> Iterable[list[bytes]]:
    some: list[bytes] = []
    size = 0
    for value in values:
        if some and (len(some) == MOST_EVENTS or size + len(value) > MOST_BYTES):
            yield some
            some, size = [], 0
        some.append(value)
        size += len(value) + 1
    if some:
        yield some


def _request(values: Sequence[bytes]) -> _Ask:
    if len(values) == 1:
        return _Ask("POST", "/v1/events", values[0], _ONE)
    return _Ask("POST", "/v1/events:batch", b"\n".join(values), _LINES)


def _results(answer: _Answer, values: Sequence[bytes]) -> list[Any]:
    """Return what an answer says of each event that was sent."""
    if not isinstance(answer, httpx.Response):
        return [Unknown(_id_of(value), f"nobody answers ({type(answer).__name__})") for value in values]
    if answer.status_code in TRY_AGAIN or answer.status_code >= 500:
        return [Unknown(_id_of(value), f"the intake answers {answer.status_code}") for value in values]
    if answer.status_code not in {202, 207}:
        return [_refused(answer, _id_of(value)) for value in values]
    try:
        content = answer.json()
        if len(values) == 1 and "results" not in content:
            return [_checked(content, values[0], replayed=answer.headers.get("idempotent-replayed") == "true")]
        return [_result(one, value) for one, value in zip(content["results"], values, strict=True)]
    except (ValueError, KeyError, TypeError):
        return [Unknown(_id_of(value), "somebody else answers than the intake") for value in values]


def _is_settled(result: "Receipt | Refused | Unknown") -> bool:
    """Tell whether something was said of the event itself, and not of the token or the address."""
    return isinstance(result, Receipt) or (isinstance(result, Refused) and result.kind not in _SAY_NOTHING)


def _result(one: Mapping[str, Any], value: bytes) -> "Receipt | Refused | Unknown":
    if "receipt" in one:
        return _checked(one["receipt"], value, replayed=bool(one.get("replayed")))
    if one["status"] in TRY_AGAIN:
        return Unknown(_id_of(value), f"the intake answers {one['status']}")
    return _of_problem(one["problem"], int(one["status"]), _id_of(value))


def _checked(receipt: Mapping[str, str], value: bytes, *, replayed: bool) -> Receipt:
    """Return a receipt that is one for these bytes; of an event that was there before, those that stand may be written otherwise."""
    if not replayed and receipt["sha256"] != hashlib.sha256(value).hexdigest():
        raise Error(f"{receipt['id']}: the receipt is for other bytes than were sent")
    return Receipt(receipt["id"], receipt["sha256"], receipt["status_url"], replayed)


def _refused(answer: httpx.Response, event_id: str) -> Refused:
    try:
        problem = answer.json()
    except ValueError:
        problem = {}
    return _of_problem(problem if isinstance(problem, dict) else {}, answer.status_code, event_id)


def _of_problem(problem: Mapping[str, Any], status: int, event_id: str) -> Refused:
    kind = str(problem.get("type", "")).rpartition("/")[2]
    return Refused(event_id, status, kind, str(problem.get("title", "refused")), str(problem.get("detail", "")), tuple(problem.get("errors", ())))


def _pause_seconds(answer: _Answer, attempt: int) -> float:
    """Return how long to wait: what the intake asks for, else longer each time and never the same for everybody."""
    asked = answer.headers.get("retry-after", "") if isinstance(answer, httpx.Response) else ""
    if asked.isascii() and asked.isdigit():
        return min(float(asked[:4]), LONGEST_PAUSE_SECONDS)
    longest: float = min(0.5 * 2**attempt, LONGEST_PAUSE_SECONDS)
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, guards nothing


def _receipt(results: Sequence["Receipt | Refused | Unknown"]) -> Receipt:
    (result,) = results
    if isinstance(result, Receipt):
        return result
    raise result
