"""A leaf is canonical JSON (RFC 8785), whatever the strings."""

import hashlib

import msgspec
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from models import leaf
from models.leaf import Leaf

texts = st.text(st.characters(exclude_categories=["Cs"]))
numbers = st.integers(0, 2**53 - 1)


@given(st.builds(Leaf, numbers, texts, texts, numbers, numbers, st.lists(texts), texts, texts, texts))
def test_the_bytes_are_canonical(one: Leaf) -> None:
    assert leaf.encode(one) == rfc8785.dumps(msgspec.to_builtins(one))
    assert leaf.hash_of(one) == hashlib.sha256(b"\x00" + leaf.encode(one)).digest()


def test_the_members_are_these() -> None:
    one = Leaf(1, "accepted", "e", 7, 2, [], "ab", "urn:salur:partner:x", "aid.events.v1")
    assert leaf.encode(one) == (
        b'{"booking":1,"disposition":"accepted","event_id":"e","offset":7,"partition":2,"reasons":[],'
        b'"sha256":"ab","source":"urn:salur:partner:x","topic":"aid.events.v1","v":1}'
    )
