"""Keys go where Kafka's own partitioner puts them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kafka.partitioner.default import murmur2 as murmur2_of_the_client

from models.partitioner import murmur2, partition_of


@given(st.binary(max_size=200))
def test_the_hash_is_that_of_the_client(key: bytes) -> None:
    assert murmur2(key) == murmur2_of_the_client(key) & 0xFFFFFFFF


@pytest.mark.parametrize(("key", "expected"), [(b"21", -973932308), (b"foobar", -790332482), (b"a-little-bit-long-string", -985981536)])
def test_the_hash_is_that_of_kafka_itself(key: bytes, expected: int) -> None:
    """The values of Kafka's own test of its partitioner."""
    assert murmur2(key) == expected & 0xFFFFFFFF


@given(st.text(st.characters(exclude_categories=["Cs"])), st.integers(1, 64))
def test_every_key_has_a_partition(key: str, partitions: int) -> None:
    assert partition_of(key, partitions) == (murmur2_of_the_client(key.encode()) & 0x7FFFFFFF) % partitions
