"""Questions to a database that blocks, asked from one thread of its own, as many at once as are waiting.

Every question is answered by a look that began after it was asked, so an answer is never older than its question:
a token that was revoked before a request came in does not open the door to it. Under load many share one look.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Generic, TypeVar

from models.errors import Unreachable
from streams.intake.patience import Patience

Question = TypeVar("Question")
Answer = TypeVar("Answer")

MOST_AT_ONCE: Final = 500


class Grouped(Generic[Question, Answer]):
    """Asks ``ask`` for lists of questions; its answers are in their order. Each waits at most ``patience_seconds``."""

    def __init__(self, ask: Callable[[Sequence[Question]], Sequence[Answer]], *, patience_seconds: float) -> None:
        self._ask = ask
        self._patience_seconds = patience_seconds
        self._patience: Patience[asyncio.Future[Answer]] = Patience(patience_seconds, _give_up)
        self._waiting: list[tuple[Question, asyncio.Future[Answer]]] = []
        self._asking: asyncio.Task[None] | None = None
        self._asked_at = 0.0
        self._thread = ThreadPoolExecutor(max_workers=1)

    async def ask(self, question: Question) -> Answer:
        """Return the answer. Raises Unreachable when there is none in time."""
        if self._is_stuck:
            raise Unreachable("the ledger's database does not answer")
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, future))
        if self._asking is None or self._asking.done():
            self._asked_at = time.monotonic()
            self._asking = asyncio.create_task(self._ask_all())
        self._patience.watch(future)
        return await future

    def close(self) -> None:
        """Take no more questions; does not wait for one that hangs."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    @property
    def _is_stuck(self) -> bool:
        is_asking = self._asking is not None and not self._asking.done()
        return is_asking and time.monotonic() - self._asked_at > self._patience_seconds

    async def _ask_all(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            group, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
            group = [(question, future) for question, future in group if not future.done()]
            self._asked_at = time.monotonic()
            try:
                answers = await loop.run_in_executor(self._thread, self._ask, [question for question, _ in group])
            except Exception as error:  # noqa: BLE001 - handed to everyone who asked
                for _, future in group:
                    if not future.done():
                        future.set_exception(error)
                continue
            for (_, future), answer in zip(group, answers, strict=True):
                if not future.done():
                    future.set_result(answer)


def _give_up(future: "asyncio.Future[Answer]") -> None:
    if not future.done():
        future.set_exception(Unreachable("the ledger's database did not answer in time"))
