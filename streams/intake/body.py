"""The body of a request: read within its limits, and cut into events, each with the very bytes that were sent."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final

import msgspec

from models.reasons import Violation
from models.strict_json import parse
from streams.intake.patience import Timeout
from streams.intake.problems import Problem

EVENT_BYTES: Final = 1024 * 1024
BATCH_BYTES: Final = 16 * 1024 * 1024
BODY_SECONDS: Final = 30.0

EVENT_TYPES: Final = ("application/cloudevents+json", "application/json")
ARRAY_TYPES: Final = ("application/cloudevents-batch+json", "application/json")
LINES_TYPES: Final = ("application/jsonl", "application/x-ndjson", "application/x-jsonlines")
BATCH_TYPES: Final = (*ARRAY_TYPES, *LINES_TYPES)

_array: Final = msgspec.json.Decoder(list[msgspec.Raw])


def unsupported(headers: Mapping[str, str], supported: Sequence[str]) -> Problem | None:
    """Return the problem of a body of another kind than is supported, None if it is supported."""
    is_plain = headers.get("content-encoding", "identity").strip().lower() in ("", "identity")
    charset = _parameter(headers, "charset")
    if is_plain and media_type(headers) in supported and charset in ("", "utf-8", "utf8"):
        return None
    return Problem(kind="media-type-unsupported", more={"supported": list(supported)})


def media_type(headers: Mapping[str, str]) -> str:
    """Return what the body is announced as, without parameters."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


async def read_body(
    stream: AsyncIterator[bytes], headers: Mapping[str, str], *, limit_bytes: int, seconds: float = BODY_SECONDS, within: Timeout | None = None
) -> bytes | Problem:
    """Return the whole body, or why it was not read to its end; ``within`` is what ends it after ``seconds``, for those who have one."""
    too_large = Problem(kind="too-large", more={"limit_bytes": limit_bytes})
    announced = headers.get("content-length", "")
    if announced.isascii() and announced.isdigit() and int(announced[:19]) > limit_bytes:
        return too_large
    try:
        async with within or asyncio.timeout(seconds):
            body = await _whole(stream, limit_bytes)
    except TimeoutError:
        return Problem(kind="too-slow", more={"limit_seconds": seconds})
    return too_large if body is None else body


async def _whole(stream: AsyncIterator[bytes], limit_bytes: int) -> bytes | None:
    parts: list[bytes] = []
    size = 0
    async for part in stream:
        size += len(part)
        if size > limit_bytes:
            return None
        parts.append(part)
    return b"".join(parts)


def events_of(body: bytes, *, is_lines: bool) -> list[bytes] | Problem:
    """Return the events of a batch; blank lines are none."""
    values = [value for line in body.split(b"\n") if (value := line.strip())] if is_lines else _elements(body)
    if isinstance(values, Problem):
        return values
    return values or Problem(kind="malformed", violations=(Violation("rjct.malformed"),))


def _elements(body: bytes) -> list[bytes] | Problem:
    try:
        return [bytes(element) for element in _array.decode(body)]
    except (msgspec.MsgspecError, ValueError, RecursionError):
        flaws = parse(body).flaws
    return Problem(kind="malformed", violations=flaws or (Violation("rjct.wrong_type", expected="array"),))


def _parameter(headers: Mapping[str, str], wanted: str) -> str:
    for part in headers.get("content-type", "").split(";")[1:]:
        name, _, value = part.partition("=")
        if name.strip().lower() == wanted:
            return value.strip().strip('"').lower()
    return ""
