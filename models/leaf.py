"""The leaf of one decision in the Merkle log: canonical JSON (RFC 8785) of what was decided about which bytes.

The members are declared in the order in which RFC 8785 sorts them, and all are strings, integers or lists of
strings, for which msgspec writes exactly the canonical form; a property test holds it to that.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from models.merkle import leaf_hash

VERSION: Final = 1


class Leaf(msgspec.Struct, frozen=True):
    """One decision. ``event_id`` and ``source`` are empty when the bytes did not tell them."""

    booking: int
    disposition: str
    event_id: str
    offset: int
    partition: int
    reasons: list[str]
    sha256: str
    source: str
    topic: str
    v: int = VERSION


_encoder: Final = msgspec.json.Encoder()


def encode(leaf: Leaf) -> bytes:
    """Return the leaf's canonical bytes."""
    return _encoder.encode(leaf)


def hash_of(leaf: Leaf) -> bytes:
    """Return the leaf's hash in the tree, 32 bytes."""
    return leaf_hash(encode(leaf))


def hashes_of(leaves: Sequence[Leaf]) -> list[bytes]:
    """Return the hashes of many leaves, which are written at once."""
    # JSON has no line break of its own, and within a text it is written as \n.
    return [leaf_hash(line) for line in _encoder.encode_lines(leaves).split(b"\n")[:-1]]
