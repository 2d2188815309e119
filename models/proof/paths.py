"""Inclusion and consistency proofs of RFC 6962, by its definitions.

Who proves gives the hash of any run of leaves; who checks needs only the proof. Both follow the recursion of the
standard (sections 2.1.1 and 2.1.2), which is as deep as the tree is high.
"""

from collections.abc import Callable, Sequence

from models.errors import IntegrityError
from models.merkle import EMPTY_ROOT, node_hash, root_of

RunHash = Callable[[int, int], bytes]
"""The root over the leaves from the first index up to, but not including, the second."""


class ProofInvalid(IntegrityError):
    """A proof does not lead to the root that it is for."""


def inclusion_path(index: int, size: int, run_hash: RunHash) -> list[bytes]:
    """Return what leads from leaf ``index`` to the root of ``size`` leaves, lowest first."""
    return _inclusion(index, 0, size, run_hash)


def root_by_inclusion(hashed_leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """Return the root that a path leads to. Raises ProofInvalid if it has another length than the tree asks for."""
    if not 0 <= index < size:
        raise ProofInvalid(f"a tree of {size} leaves has no leaf {index}")
    rest = list(path)
    root = _climb(hashed_leaf, index, size, rest)
    if rest:
        raise ProofInvalid("the inclusion proof is too long")
    return root


def consistency_path(old: int, new: int, run_hash: RunHash) -> list[bytes]:
    """Return what shows that the tree of ``new`` leaves begins with that of ``old``; empty for none and for all."""
    return _subproof(old, 0, new, run_hash, known=True) if 0 < old < new else []


def check_consistency(*, old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> None:
    """Raise ProofInvalid unless the path shows that the new tree only adds to the old one."""
    rest = list(path)
    if not 0 <= old <= new:
        raise ProofInvalid(f"a tree of {new} leaves cannot follow one of {old}")
    if old == 0:
        if old_root != EMPTY_ROOT or rest:
            raise ProofInvalid("nothing comes before the first leaf")
        return
    before, after = _both_roots(old, new, old_root, rest, known=True)
    if rest or before != old_root or after != new_root:
        raise ProofInvalid(f"the tree of {new} leaves does not begin with that of {old}")


def hashes_of(hashed_leaves: Sequence[bytes]) -> RunHash:
    """Return a run hash over leaves in memory."""
    return lambda start, end: root_of(hashed_leaves[start:end])


def split(size: int) -> int:
    """Return the largest power of two below ``size``, where RFC 6962 divides a tree."""
    return 1 << (size - 1).bit_length() - 1


def _inclusion(index: int, start: int, end: int, run_hash: RunHash) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + split(end - start)
    if index < middle:
        return [*_inclusion(index, start, middle, run_hash), run_hash(middle, end)]
    return [*_inclusion(index, middle, end, run_hash), run_hash(start, middle)]


def _climb(hashed_leaf: bytes, index: int, size: int, rest: list[bytes]) -> bytes:
    if size == 1:
        return hashed_leaf
    if not rest:
        raise ProofInvalid("the inclusion proof is too short")
    sibling, left = rest.pop(), split(size)
    if index < left:
        return node_hash(_climb(hashed_leaf, index, left, rest), sibling)
    return node_hash(sibling, _climb(hashed_leaf, index - left, size - left, rest))


def _subproof(old: int, start: int, end: int, run_hash: RunHash, *, known: bool) -> list[bytes]:
    """Prove the first ``old`` leaves of a run; ``known`` means that their root is what the checker has."""
    if old == end - start:
        return [] if known else [run_hash(start, end)]
    left = split(end - start)
    middle = start + left
    if old <= left:
        return [*_subproof(old, start, middle, run_hash, known=known), run_hash(middle, end)]
    return [*_subproof(old - left, middle, end, run_hash, known=False), run_hash(start, middle)]


def _both_roots(old: int, size: int, old_root: bytes, rest: list[bytes], *, known: bool) -> tuple[bytes, bytes]:
    if old == size and known:
        return old_root, old_root
    if not rest:
        raise ProofInvalid("the consistency proof is too short")
    sibling = rest.pop()
    if old == size:
        return sibling, sibling
    left = split(size)
    if old <= left:
        before, after = _both_roots(old, left, old_root, rest, known=known)
        return before, node_hash(after, sibling)
    before, after = _both_roots(old - left, size - left, old_root, rest, known=False)
    return node_hash(sibling, before), node_hash(sibling, after)
