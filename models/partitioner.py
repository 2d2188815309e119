"""Kafka's own partitioner (murmur2), so that a key lands where every standard producer would put it."""

import functools
import struct
from typing import Final

_MULTIPLIER: Final = 0x5BD1E995
_SEED: Final = 0x9747B28C
_MASK: Final = 0xFFFFFFFF


def murmur2(key: bytes) -> int:
    """Return the 32-bit murmur2 hash that Kafka's default partitioner uses."""
    length = len(key)
    result = _SEED ^ length
    whole = length & ~3
    for mixed in _words(whole // 4).unpack_from(key):
        word = mixed * _MULTIPLIER & _MASK
        result = (result * _MULTIPLIER ^ (word ^ word >> 24) * _MULTIPLIER) & _MASK
    if length > whole:
        result = (result ^ int.from_bytes(key[whole:], "little")) * _MULTIPLIER & _MASK
    result = (result ^ result >> 13) * _MULTIPLIER & _MASK
    return result ^ result >> 15


def partition_of(key: str, partitions: int) -> int:
    """Return the partition of a topic with ``partitions`` partitions that holds ``key``."""
    return (murmur2(key.encode()) & 0x7FFFFFFF) % partitions


@functools.lru_cache(maxsize=512)
def _words(count: int) -> struct.Struct:
    return struct.Struct(f"<{count}I")
