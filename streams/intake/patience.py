"""How long one waits: what is not done when its time is over is given up, all of it by one timer.

A timer for each takes the event loop longer than judging the event that it waits for.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Generic, Protocol, Self, TypeVar


class Awaited(Protocol):
    """What is waited for."""

    def done(self) -> bool:
        """Whether it came, or was given up."""


Waited = TypeVar("Waited", bound=Awaited)


class Patience(Generic[Waited]):
    """Calls ``give_up`` with whatever is not done ``seconds`` after it began to be watched."""

    def __init__(self, seconds: float, give_up: Callable[[Waited], None]) -> None:
        self._seconds = seconds
        self._give_up = give_up
        self._watched: deque[tuple[float, Waited]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    def watch(self, waited: Waited) -> None:
        """Begin to wait for one more."""
        watched = self._watched
        # Nearly all are done in the order in which they began: nothing piles up until the timer looks.
        while watched and watched[0][1].done():
            watched.popleft()
        loop = asyncio.get_running_loop()
        watched.append((loop.time() + self._seconds, waited))
        if self._timer is None:
            self._timer = loop.call_later(self._seconds, self._look)

    def _look(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        watched = self._watched
        while watched and (watched[0][1].done() or watched[0][0] <= now):
            _, waited = watched.popleft()
            if not waited.done():
                self._give_up(waited)
        self._timer = loop.call_at(watched[0][0], self._look) if watched else None


class Timeout:
    """What runs inside it ends with TimeoutError once ``patience``, which watches it, gives it up: as ``asyncio.timeout``, but without a timer."""

    def __init__(self, patience: "Patience[Timeout]") -> None:
        self._patience = patience
        self._task: asyncio.Task[object] | None = None
        self._is_late = False

    def done(self) -> bool:
        """Whether nothing runs inside it any more."""
        return self._task is None

    def end(self) -> None:
        """Interrupt what runs inside it."""
        if self._task is not None:
            self._is_late = True
            self._task.cancel()

    async def __aenter__(self) -> Self:
        """Begin to be watched."""
        self._task = asyncio.current_task()
        self._patience.watch(self)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Turn the interruption, if it was ours, into a TimeoutError."""
        task, self._task = self._task, None
        if self._is_late and task is not None and task.uncancel() == 0 and kind is asyncio.CancelledError:
            raise TimeoutError from error
