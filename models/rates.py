"""How often somebody may ask: a bucket of requests per name, refilled at a steady rate. Bounded, however many names there are."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Final

MOST_NAMES: Final = 10_000


class Rates:
    """``per_second`` on average, ``burst`` at once; ``clock`` counts seconds."""

    def __init__(self, *, per_second: float, burst: float, clock: Callable[[], float]) -> None:
        self._per_second = per_second
        self._burst = burst
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait_seconds(self, name: str) -> float:
        """Take one request of ``name``; returns 0 if there was one, else how long until there is."""
        now = self._clock()
        left, then = self._left.pop(name, (self._burst, now))
        left = min(self._burst, left + (now - then) * self._per_second)
        is_free = left >= 1
        self._left[name] = (left - 1 if is_free else left, now)
        if len(self._left) > MOST_NAMES:
            self._left.popitem(last=False)
        return 0.0 if is_free else (1 - left) / self._per_second

    def is_empty(self, name: str) -> bool:
        """Tell whether ``name`` has no request left, without taking one."""
        left, then = self._left.get(name, (self._burst, self._clock()))
        return left + (self._clock() - then) * self._per_second < 1
