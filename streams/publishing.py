"""Sending a partner's events to Kafka: lines of JSON in, the place of each in the log out.

A line is sent as it is, valid or not: the ledger gives the verdict. What Kafka did not acknowledge is *unknown*,
never failed; it is kept in a spool file and sent again with the same ids, where a repeat is harmless.
"""

import dataclasses
import hashlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Self

import msgspec
from kafka import KafkaProducer
from kafka.errors import KafkaError

from models.errors import Unreachable
from models.events.catalogue import Event
from models.events.corrections import EventAmended, EventAnnotated, EventReversed
from models.topics import EVENTS, MAX_RECORD_BYTES

FLUSH_EVERY: Final = 2000
ACKNOWLEDGE_SECONDS: Final = 30.0
CONNECT_SECONDS: Final = 8.0


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """One line of a file: which, counted from 1, and its bytes without the line end."""

    file: str
    number: int
    value: bytes


@dataclasses.dataclass(frozen=True, slots=True)
class Sent:
    """Where Kafka keeps a line; ``topic`` is empty for one that was not acknowledged."""

    line: Line
    topic: str = ""
    partition: int = -1
    offset: int = -1

    @property
    def is_acknowledged(self) -> bool:
        """Whether Kafka has it for sure."""
        return bool(self.topic)


class _Named(msgspec.Struct):
    id: str
    source: str
    type: str
    data: msgspec.Raw


class _Correction(msgspec.Struct):
    original: str | dict[str, str]


_named: Final = msgspec.json.Decoder(_Named)
_correction: Final = msgspec.json.Decoder(_Correction)
_CORRECTIONS: Final = "salur.event."
_CORRECTING: Final = (EventReversed, EventAmended, EventAnnotated)
_REGISTERED: Final = ".registered.v1"


def lines_of(stream: IO[bytes], *, file: str) -> Iterator[Line]:
    """Yield the lines of JSON Lines input; blank ones are skipped, but counted."""
    for number, raw in enumerate(stream, start=1):
        value = raw.strip()
        if value:
            yield Line(file, number, value)


def key_of(value: bytes) -> bytes | None:
    """Return ``source|id``, of the original for a correction, so that both share a partition; None if it cannot be read.

    Nothing depends on it but the time that a correction waits: identity is global in the ledger.
    """
    try:
        named = _named.decode(value)
        source, event_id = named.source, named.id
        if named.type.startswith(_CORRECTIONS):
            original = _correction.decode(named.data).original
            source, event_id = (source, original) if isinstance(original, str) else (original["source"], original["id"])
        return f"{source}|{event_id}".encode()
    except (msgspec.MsgspecError, ValueError, KeyError, RecursionError):
        return None


def key_of_event(event: Event) -> bytes:
    """Return the same of an event that was read already."""
    if not isinstance(event, _CORRECTING):
        return f"{event.source}|{event.id}".encode()
    original = event.data.original
    source, event_id = (event.source, original) if isinstance(original, str) else (original.source, original.id)
    return f"{source}|{event_id}".encode()


def is_registration(value: bytes) -> bool:
    """Tell whether a line brings a code into being that later lines may use."""
    try:
        return _named.decode(value).type.endswith(_REGISTERED)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return False


class Publisher:
    """A producer of one topic that waits for every broker's acknowledgement. Use it as a context manager."""

    def __init__(self, bootstrap_servers: str, *, topic: str = EVENTS, acknowledge_seconds: float = ACKNOWLEDGE_SECONDS, **client: Any) -> None:
        self._topic = topic
        self._acknowledge_seconds = acknowledge_seconds
        try:
            self._producer = KafkaProducer(
                bootstrap_servers=bootstrap_servers.split(","),
                acks="all",
                linger_ms=5,
                batch_size=256 * 1024,
                compression_type="lz4",
                max_request_size=MAX_RECORD_BYTES,
                delivery_timeout_ms=int(acknowledge_seconds * 1000),
                request_timeout_ms=int(acknowledge_seconds * 1000 / 2),
                max_block_ms=int(acknowledge_seconds * 1000 / 2),
                bootstrap_timeout_ms=int(CONNECT_SECONDS * 1000),
                allow_auto_create_topics=False,
                **client,
            )
        except KafkaError as error:
            raise Unreachable(f"no Kafka answers at {bootstrap_servers}", hint="check the address, or start the stack with `salur up`") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._producer.close(timeout=5)

    def send(self, lines: Iterable[Line], *, on_sent: Callable[[int], None] = lambda _count: None) -> Iterator[Sent]:
        """Send the lines in order and yield where each is, in the same order; ``on_sent`` hears how many more are done."""
        waiting: list[tuple[Line, Any]] = []
        for line in lines:
            waiting.append((line, self._hand_over(line)))
            if len(waiting) >= FLUSH_EVERY:
                yield from self._settle(waiting, on_sent)
                waiting = []
        yield from self._settle(waiting, on_sent)

    def _hand_over(self, line: Line) -> Any:
        try:
            return self._producer.send(self._topic, line.value, key=key_of(line.value))
        except KafkaError:
            return None

    def _settle(self, waiting: list[tuple[Line, Any]], on_sent: Callable[[int], None]) -> Iterator[Sent]:
        settled = [self._place(line, future) for line, future in waiting]
        on_sent(len(settled))
        yield from settled

    def _place(self, line: Line, future: Any) -> Sent:
        if future is None:
            return Sent(line)
        try:
            metadata = future.get(timeout=self._acknowledge_seconds + 5)
        except KafkaError:
            return Sent(line)
        return Sent(line, metadata.topic, metadata.partition, metadata.offset)


class Spool:
    """A file of lines whose delivery is unknown. Each line is there once, however often it failed."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def lines(self) -> list[Line]:
        """Return what is waiting to be sent again."""
        try:
            with self.path.open("rb") as stream:
                return list(lines_of(stream, file=str(self.path)))
        except FileNotFoundError:
            return []

    def replace(self, undelivered: Iterable[Line]) -> int:
        """Keep exactly these lines, and return how many; without any the file goes."""
        unique = {hashlib.sha256(line.value).digest(): line.value for line in undelivered}
        if not unique:
            self.path.unlink(missing_ok=True)
            return 0
        self.path.parent.mkdir(parents=True, exist_ok=True)
        written = self.path.with_name(f"{self.path.name}.new")
        written.write_bytes(b"".join(value + b"\n" for value in unique.values()))
        written.replace(self.path)
        return len(unique)
