"""Kafka's own partitioner (murmur2), so that a key lands where every standard producer would put it."""

import functools
import struct
from collections.abc import Iterable
from typing import Final

_MULTIPLIER: Final = 0x5BD1E995
_SEED: Final = 0x9747B28C
_MASK: Final = 0xFFFFFFFF
_BEGINNING: Final = 24


def murmur2(key: bytes) -> int:
    """Return the 32-bit murmur2 hash that Kafka's default partitioner uses."""
    length = len(key)
    whole = length & ~3
    begun = min(whole, _BEGINNING)
    result = _begun(key[:begun], length)
    if whole > begun:
        result = _mixed(result, _words((whole - begun) // 4).unpack_from(key, begun))
    if length > whole:
        result = (result ^ int.from_bytes(key[whole:], "little")) * _MULTIPLIER & _MASK
    result = (result ^ result >> 13) * _MULTIPLIER & _MASK
    return result ^ result >> 15


def partition_of(key: str, partitions: int) -> int:
    """Return the partition of a topic with ``partitions`` partitions that holds ``key``."""
    return (murmur2(key.encode()) & 0x7FFFFFFF) % partitions


@functools.lru_cache(maxsize=4096)
def _begun(start: bytes, length: int) -> int:
    """Return the hash after the first words of a key: the keys of one partner's events begin alike, and this is half of the work."""
    return _mixed(_SEED ^ length, _words(len(start) // 4).unpack(start))


def _mixed(result: int, words: Iterable[int]) -> int:
    for mixed in words:
        word = mixed * _MULTIPLIER & _MASK
        result = (result * _MULTIPLIER ^ (word ^ word >> 24) * _MULTIPLIER) & _MASK
    return result


@functools.lru_cache(maxsize=512)
def _words(count: int) -> struct.Struct:
    return struct.Struct(f"<{count}I")
