"""Sending a stream of messages to Kafka from a thread of its own, so that whatever goes wrong goes wrong while something is being sent."""

import threading
from collections.abc import Iterable, Iterator
from itertools import islice
from types import TracebackType
from typing import Final, Self

from kafka import KafkaProducer

from models.topics import EVENTS
from tests.workload import Message

_ACKNOWLEDGE_SECONDS: Final = 600
_AT_ONCE: Final = 500


class Sender:
    """Sends as much as it was allowed; what it counts as sent is acknowledged. Used with ``with``."""

    def __init__(self, bootstrap_servers: str, messages: Iterable[Message]) -> None:
        # A batch may be retried through a broker restart; the idempotent producer keeps it single and in order.
        self._producer = KafkaProducer(
            bootstrap_servers=bootstrap_servers, linger_ms=5, compression_type="lz4", delivery_timeout_ms=_ACKNOWLEDGE_SECONDS * 1000, max_block_ms=600_000
        )
        self._messages: Iterator[Message] = iter(messages)
        self._changed = threading.Condition()
        self._allowed = 0
        self._is_over = False
        self._thread = threading.Thread(target=self._run, name="sender", daemon=True)
        self.sent = 0
        self.problem = ""

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with self._changed:
            self._is_over = True
            self._changed.notify_all()
        self._thread.join(timeout=_ACKNOWLEDGE_SECONDS if kind is None else 5)
        self._producer.close(timeout=5)

    def allow(self, count: int) -> None:
        """Let it send up to so many in all."""
        with self._changed:
            self._allowed = max(self._allowed, count)
            self._changed.notify_all()

    @property
    def allowed(self) -> int:
        """How many may be sent by now."""
        return self._allowed

    def wait_for(self, count: int, *, seconds: float) -> None:
        """Wait until so many are acknowledged; raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: self.sent >= count or self.problem, seconds) or self.problem:
                raise TimeoutError(self.problem or f"only {self.sent} of {count} events were acknowledged within {seconds:.0f} s")

    def _run(self) -> None:
        try:
            while portion := self._next_portion():
                futures = [self._producer.send(EVENTS, key=message.key, value=message.value) for message in portion]
                for future in futures:
                    future.get(timeout=_ACKNOWLEDGE_SECONDS)
                with self._changed:
                    self.sent += len(futures)
                    self._changed.notify_all()
        except Exception as error:  # noqa: BLE001 - told by whoever waits
            with self._changed:
                self.problem = f"the sender ended: {type(error).__name__}: {error}"
                self._changed.notify_all()

    def _next_portion(self) -> list[Message]:
        """Wait until more is allowed; an empty portion is the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._allowed > self.sent or self._is_over)
            return [] if self._is_over else list(islice(self._messages, min(_AT_ONCE, self._allowed - self.sent)))
