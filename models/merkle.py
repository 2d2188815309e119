"""The RFC 6962 Merkle tree of all decisions, grown leaf by leaf from its frontier.

The frontier is the list of roots of the perfect subtrees that make up the tree, largest first: one hash per set
bit of the size. It is all that is needed to append, so it lives in the ledger's head and changes in the same
transaction as the decisions. Hashes are 32 raw bytes.
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Final

_sha256 = hashlib.sha256
LEAF_PREFIX: Final = b"\x00"
NODE_PREFIX: Final = b"\x01"
HASH_BYTES: Final = 32
EMPTY_ROOT: Final = _sha256(b"").digest()


def leaf_hash(leaf: bytes) -> bytes:
    """Return the hash of one leaf's content."""
    return _sha256(LEAF_PREFIX + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    return _sha256(NODE_PREFIX + left + right).digest()


class Frontier:
    """A growing tree: its size and the roots of its perfect subtrees, largest first."""

    __slots__ = ("_roots", "size")

    def __init__(self, size: int = 0, roots: Sequence[bytes] = ()) -> None:
        if len(roots) != size.bit_count() or any(len(root) != HASH_BYTES for root in roots):
            message = f"a tree of {size} leaves has {size.bit_count()} frontier hashes of {HASH_BYTES} bytes"
            raise ValueError(message)
        self.size = size
        self._roots = list(roots)

    @classmethod
    def from_bytes(cls, size: int, packed: bytes) -> "Frontier":
        """Read what ``to_bytes`` wrote for a tree of ``size`` leaves."""
        return cls(size, [packed[start : start + HASH_BYTES] for start in range(0, len(packed), HASH_BYTES)])

    def to_bytes(self) -> bytes:
        """Return the subtree roots, largest first, end to end."""
        return b"".join(self._roots)

    def copy(self) -> "Frontier":
        """Return a tree that grows by itself."""
        return Frontier(self.size, self._roots)

    def append(self, hashed_leaf: bytes) -> None:
        """Add one leaf, given by its leaf hash."""
        merged = hashed_leaf
        size = self.size
        roots = self._roots
        while size & 1:
            merged = _sha256(NODE_PREFIX + roots.pop() + merged).digest()
            size >>= 1
        roots.append(merged)
        self.size += 1

    def extend(self, hashed_leaves: Iterable[bytes]) -> None:
        """Add leaves in order."""
        for hashed_leaf in hashed_leaves:
            self.append(hashed_leaf)

    def root(self) -> bytes:
        """Return the root of the tree as it stands; the hash of nothing for an empty one."""
        if not self._roots:
            return EMPTY_ROOT
        root = self._roots[-1]
        for left in reversed(self._roots[:-1]):
            root = node_hash(left, root)
        return root


def root_of(hashed_leaves: Sequence[bytes]) -> bytes:
    """Return the root over all leaf hashes at once, by the definition of RFC 6962 and not by the frontier."""
    if not hashed_leaves:
        return EMPTY_ROOT
    if len(hashed_leaves) == 1:
        return hashed_leaves[0]
    split = 1 << (len(hashed_leaves) - 1).bit_length() - 1
    return node_hash(root_of(hashed_leaves[:split]), root_of(hashed_leaves[split:]))
