"""Which decisions may have claimed an id: the duplicate check that does not slow down as the ledger grows.

A unique index over (source, id) dirties one page an event and falls to a third of its speed in a few million
rows. Here an id is a 64-bit key. The keys of the newest claims are in a dict; older ones are in sorted arrays,
searched for a whole batch at once. The answer is a list of *candidates*: the caller settles each by its ledger
row, so two ids that share a key (which someone could provoke) are still told apart. Nothing is ever forgotten.

A sorted array is also a row of ``identity_segments``, written in the transaction of the booking that filled it,
so that a start does not read the whole ledger. Two neighbours of similar size are merged in memory, which keeps
their number logarithmic.
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

SEGMENT_CLAIMS: Final = 65_536
_MERGE_BELOW_RATIO: Final = 2


def identity_key(source: str, event_id: str) -> int:
    """Return the 64-bit key of an id."""
    # The source cannot hold a NUL (it is a URN of fixed form), so no two pairs give the same bytes.
    return int.from_bytes(hashlib.blake2b(f"{source}\0{event_id}".encode(), digest_size=8).digest(), "little")


class Segment(NamedTuple):
    """Claims of decisions ``first`` to ``last``: sorted keys, and for each the decision as an offset from ``first``."""

    first: int
    last: int
    keys: NDArray[np.uint64]
    offsets: NDArray[np.uint32]


class IdentityIndex:
    """Every claimed id, by key. Claims are added in decision order."""

    def __init__(self) -> None:
        self._segments: list[Segment] = []
        self._newest: dict[int, int | list[int]] = {}
        self._newest_claims: list[tuple[int, int]] = []
        self.last = 0
        self.sealed_through = 0

    def __len__(self) -> int:
        return sum(len(segment.keys) for segment in self._segments) + len(self._newest_claims)

    def add(self, key: int, number: int) -> None:
        """Note that decision ``number`` claimed the id with ``key``."""
        known = self._newest.setdefault(key, number)
        if known is not number and known != number:
            self._newest[key] = [*known, number] if isinstance(known, list) else [known, number]
        self._newest_claims.append((key, number))
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
        if len(self._newest_claims) < SEGMENT_CLAIMS:
            return None
        segment = sorted_segment(self._newest_claims)
        self._newest.clear()
        self._newest_claims.clear()
        self._take(segment)
        return segment

    def adopt(self, segment: Segment) -> None:
        """Take a segment that another worker stored; what it covers of the newest claims is dropped."""
        later = [(key, number) for key, number in self._newest_claims if number > segment.last]
        self._newest.clear()
        self._newest_claims.clear()
        self._take(segment)
        for key, number in later:
            self.add(key, number)

    def _take(self, segment: Segment) -> None:
        self._segments.append(segment)
        self.sealed_through = segment.last
        self.last = max(self.last, segment.last)
        while len(self._segments) > 1 and len(self._segments[-2].keys) < _MERGE_BELOW_RATIO * len(self._segments[-1].keys):
            newer, older = self._segments.pop(), self._segments.pop()
            self._segments.append(_merged(older, newer))


def sorted_segment(claims: Iterable[tuple[int, int]]) -> Segment:
    """Return the segment of ``claims``, pairs of key and decision number in decision order."""
    pairs = list(claims)
    keys = np.fromiter((key for key, _ in pairs), dtype=np.uint64, count=len(pairs))
    first = pairs[0][1]
    offsets = np.fromiter((number - first for _, number in pairs), dtype=np.uint32, count=len(pairs))
    order = np.argsort(keys, kind="stable")
    return Segment(first, pairs[-1][1], keys[order], offsets[order])


def segment_from_bytes(*, first: int, last: int, keys: bytes, offsets: bytes) -> Segment:
    """Read a stored segment."""
    return Segment(first, last, np.frombuffer(keys, dtype="<u8").astype(np.uint64), np.frombuffer(offsets, dtype="<u4").astype(np.uint32))


def segment_to_bytes(segment: Segment) -> tuple[bytes, bytes]:
    """Return the keys and the offsets as little-endian bytes."""
    return segment.keys.astype("<u8").tobytes(), segment.offsets.astype("<u4").tobytes()


def _search(segment: Segment, asked: NDArray[np.uint64], order: NDArray[np.intp], found: dict[int, list[int]]) -> None:
    starts = np.searchsorted(segment.keys, asked)
    inside = starts < len(segment.keys)
    hits = np.flatnonzero(inside)[segment.keys[starts[inside]] == asked[inside]]
    for hit in hits.tolist():
        start, key = int(starts[hit]), asked[hit]
        position = int(order[hit])
        while start < len(segment.keys) and segment.keys[start] == key:
            found.setdefault(position, []).append(segment.first + int(segment.offsets[start]))
            start += 1


def _merged(older: Segment, newer: Segment) -> Segment:
    keys = np.concatenate([older.keys, newer.keys])
    offsets = np.concatenate([older.offsets, newer.offsets + np.uint32(newer.first - older.first)])
    order = np.argsort(keys, kind="stable")
    return Segment(older.first, newer.last, keys[order], offsets[order])
