"""Chance that is the same everywhere: a seeded SplitMix64 over whole numbers, no floats and no library that may change.

The generator is that of Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014).
"""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

T = TypeVar("T")

_MASK: Final = 2**64 - 1
_STEP: Final = 0x9E3779B97F4A7C15


class Chance:
    """A stream of choices. Streams of one seed and different names have nothing to do with each other."""

    __slots__ = ("_state",)

    def __init__(self, seed: int, name: str = "") -> None:
        self._state = int.from_bytes(hashlib.sha256(f"{seed}/{name}".encode()).digest()[:8], "big")

    def below(self, limit: int) -> int:
        """Return one of 0 … limit - 1."""
        self._state = (self._state + _STEP) & _MASK
        mixed = self._state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
        return ((mixed ^ (mixed >> 31)) * limit) >> 64

    def between(self, lowest: int, highest: int) -> int:
        """Return one of lowest … highest."""
        return lowest + self.below(highest - lowest + 1)

    def one_in(self, many: int) -> bool:
        """Return True once in so many times."""
        return not self.below(many)

    def pick(self, choices: Sequence[T]) -> T:
        """Return one of the choices."""
        return choices[self.below(len(choices))]

    def hexadecimal(self, digits: int) -> str:
        """Return so many hexadecimal digits."""
        return "".join(self.pick("0123456789abcdef") for _ in range(digits))

    def split(self, total: int, parts: int) -> Iterator[int]:
        """Yield ``parts`` numbers of at least 1 that add up to ``total`` exactly, most within half of their mean."""
        assert 0 < parts <= total, "nothing is left for some part"
        left = total
        for others in range(parts - 1, 0, -1):
            mean = left // (others + 1)
            part = min(self.between(max(1, mean // 2), max(1, mean + mean // 2)), left - others)
            left -= part
            yield part
        yield left
