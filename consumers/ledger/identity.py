"""Which decisions may have claimed an id: the duplicate check that does not slow down as the ledger grows.

A unique index over (source, id) dirties one page an event and falls to a third of its speed in a few million
rows. Here an id is a 64-bit key. The keys of the newest claims are in a dict; of older ones, half a key and the decision
make one number, in sorted arrays that are searched for a whole batch at once: eight bytes an event. The answer is a list
of *candidates*: the caller settles each by its ledger row, so two ids that share a key, or half of one (which someone
could provoke), are still told apart. Nothing is ever forgotten.

A sorted array is also a row of ``identity_segments``, with whole keys, written in the transaction of the booking that
filled it, so that a start does not read the whole ledger. Two neighbours of similar size are merged in memory, which
keeps their number logarithmic.
"""

import hashlib
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

SEGMENT_CLAIMS: Final = 16_384
_MERGE_BELOW_RATIO: Final = 2


def identity_key(source: str, event_id: str) -> int:
    """Return the 64-bit key of an id."""
    # The source cannot hold a NUL (it is a URN of fixed form), so no two pairs give the same bytes.
    return int.from_bytes(hashlib.blake2b(f"{source}\0{event_id}".encode(), digest_size=8).digest(), "little")


class Segment(NamedTuple):
    """Claims of decisions ``first`` to ``last`` as they are stored: sorted keys, and for each the decision as an offset from ``first``."""

    first: int
    last: int
    keys: NDArray[np.uint64]
    offsets: NDArray[np.uint32]


class _Packed(NamedTuple):
    """The same as it is searched: the upper half of a key above the offset of the decision, sorted."""

    first: int
    claims: NDArray[np.uint64]


class IdentityIndex:
    """Every claimed id, by key. Claims are added in decision order."""

    def __init__(self) -> None:
        self._segments: list[_Packed] = []
        self._newest: dict[int, int | list[int]] = {}
        self._newest_count = 0
        self.last = 0
        self.sealed_through = 0

    def __len__(self) -> int:
        return sum(len(segment.claims) for segment in self._segments) + self._newest_count

    def add(self, key: int, number: int) -> None:
        """Note that decision ``number`` claimed the id with ``key``."""
        known = self._newest.setdefault(key, number)
        if known is not number and known != number:
            self._newest[key] = [*known, number] if isinstance(known, list) else [known, number]
        self._newest_count += 1
        self.last = number

    def candidates(self, keys: Sequence[int]) -> dict[int, list[int]]:
        """Return, for each position in ``keys`` that was ever claimed, the decisions that may have claimed it."""
        found: dict[int, list[int]] = {}
        newest = self._newest
        for position, key in enumerate(keys):
            if key in newest:
                number = newest[key]
                found[position] = list(number) if isinstance(number, list) else [number]
        if self._segments and keys:
            asked = np.fromiter(keys, dtype=np.uint64, count=len(keys))
            order = np.argsort(asked)
            asked = asked[order]
            for segment in self._segments:
                _search(segment, asked, order, found)
        return found

    def seal(self) -> Segment | None:
        """Turn the newest claims into a sorted segment once there are enough of them, and return it to be stored."""
        if self._newest_count < SEGMENT_CLAIMS:
            return None
        segment = _sorted_segment(*self._claims())
        self._newest.clear()
        self._newest_count = 0
        self._take(segment)
        return segment

    def adopt(self, segment: Segment) -> None:
        """Take a segment that another worker stored; what it covers of the newest claims is dropped."""
        keys, numbers = self._claims()
        later = numbers > segment.last
        self._newest.clear()
        self._newest_count = 0
        self._take(segment)
        for key, number in zip(keys[later].tolist(), numbers[later].tolist(), strict=True):
            self.add(key, number)

    def _claims(self) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
        """Return the keys and the numbers of the newest claims, in decision order."""
        keys = np.fromiter((key for key, known in self._newest.items() for _ in _listed(known)), dtype=np.uint64, count=self._newest_count)
        numbers = np.fromiter((number for known in self._newest.values() for number in _listed(known)), dtype=np.int64, count=self._newest_count)
        order = np.argsort(numbers, kind="stable")
        return keys[order], numbers[order]

    def _take(self, segment: Segment) -> None:
        self._segments.append(_packed(segment))
        self.sealed_through = segment.last
        self.last = max(self.last, segment.last)
        while len(self._segments) > 1 and len(self._segments[-2].claims) < _MERGE_BELOW_RATIO * len(self._segments[-1].claims):
            newer, older = self._segments.pop(), self._segments.pop()
            self._segments.append(_merged(older, newer))


def _listed(known: int | list[int]) -> Sequence[int]:
    return known if isinstance(known, list) else (known,)


def _sorted_segment(keys: NDArray[np.uint64], numbers: NDArray[np.int64]) -> Segment:
    first = int(numbers[0])
    order = np.argsort(keys, kind="stable")
    return Segment(first, int(numbers[-1]), keys[order], (numbers[order] - first).astype(np.uint32))


def segment_from_bytes(*, first: int, last: int, keys: bytes, offsets: bytes) -> Segment:
    """Read a stored segment."""
    return Segment(first, last, np.frombuffer(keys, dtype="<u8").astype(np.uint64), np.frombuffer(offsets, dtype="<u4").astype(np.uint32))


def segment_to_bytes(segment: Segment) -> tuple[bytes, bytes]:
    """Return the keys and the offsets as little-endian bytes."""
    return segment.keys.astype("<u8").tobytes(), segment.offsets.astype("<u4").tobytes()


_OFFSET: Final = np.uint64(0xFFFF_FFFF)


def _packed(segment: Segment) -> _Packed:
    # Whole keys are sorted, so their halves are; of the same half, the earlier decision comes first once sorted again.
    claims = segment.keys & ~_OFFSET
    claims |= segment.offsets
    claims.sort()
    return _Packed(segment.first, claims)


def _search(segment: _Packed, asked: NDArray[np.uint64], order: NDArray[np.intp], found: dict[int, list[int]]) -> None:
    halves = asked & ~_OFFSET
    starts = np.searchsorted(segment.claims, halves)
    inside = starts < len(segment.claims)
    hits = np.flatnonzero(inside)[segment.claims[starts[inside]] & ~_OFFSET == halves[inside]]
    for hit in hits.tolist():
        start, half = int(starts[hit]), halves[hit]
        position = int(order[hit])
        while start < len(segment.claims) and segment.claims[start] & ~_OFFSET == half:
            found.setdefault(position, []).append(segment.first + int(segment.claims[start] & _OFFSET))
            start += 1


def _merged(older: _Packed, newer: _Packed) -> _Packed:
    claims = np.concatenate([older.claims, newer.claims])
    claims[len(older.claims) :] += np.uint64(newer.first - older.first)
    claims.sort(kind="stable")
    return _Packed(older.first, claims)
