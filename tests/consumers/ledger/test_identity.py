"""The identity index knows every claim, and few others: whatever was sealed, merged, stored and read again."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consumers.ledger import identity
from consumers.ledger.identity import IdentityIndex, Segment, segment_from_bytes, segment_to_bytes


@pytest.fixture(autouse=True)
def _small_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "SEGMENT_CLAIMS", 8)


def stored_and_read(segment: Segment) -> Segment:
    keys, offsets = segment_to_bytes(segment)
    return segment_from_bytes(first=segment.first, last=segment.last, keys=keys, offsets=offsets)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 5), st.sampled_from([0, 1, 2**31])), max_size=120))
def test_every_claim_is_found_by_its_key_also_by_a_worker_that_reads_what_others_sealed(claims: list[tuple[int, int, int]]) -> None:
    """Keys share halves, and some are claimed twice."""
    index, reader, number = IdentityIndex(), IdentityIndex(), 0
    told: dict[int, list[int]] = {}
    unsealed: list[tuple[int, int]] = []
    for upper, step, lower in claims:
        number += step
        key = upper << 32 | lower
        index.add(key, number)
        told.setdefault(key, []).append(number)
        unsealed.append((key, number))
        segment = index.seal()
        if segment is not None:
            reader.adopt(stored_and_read(segment))
            unsealed.clear()
    for one in unsealed:
        reader.add(*one)
    keys = [*told, 99 << 32, 7]
    for found in (index.candidates(keys), reader.candidates(keys)):
        for position, key in enumerate(keys):
            assert set(told.get(key, ())) <= set(found.get(position, ())), "nothing is forgotten"
            alike = {number for other_key, numbers in told.items() if other_key >> 32 == key >> 32 for number in numbers}
            assert set(found.get(position, ())) <= alike, "nothing is named that shares not even half a key"
    assert len(index) == len(reader) == len(claims)


def test_what_another_worker_sealed_replaces_what_this_one_had_noted_of_it() -> None:
    one, other = IdentityIndex(), IdentityIndex()
    for number in range(1, 12):
        one.add(number << 32, number)
        other.add(number << 32, number)
    segment = one.seal()
    assert segment is not None
    other.adopt(stored_and_read(segment))
    other.add(12 << 32, 12)
    assert len(other) == 12
    assert other.candidates([number << 32 for number in range(1, 13)]) == {position: [position + 1] for position in range(12)}
    assert other.last == 12


def test_a_large_index_takes_eight_bytes_a_claim_and_few_segments() -> None:
    chance, index = random.Random(1), IdentityIndex()
    keys = [chance.getrandbits(64) for _ in range(4_000)]
    for number, key in enumerate(keys, start=1):
        index.add(key, number)
        index.seal()
    segments = index._segments
    assert sum(segment.claims.nbytes for segment in segments) == 8 * 4_000
    assert len(segments) <= 12
    assert index.candidates(keys[:100]) == {position: [position + 1] for position in range(100)}
