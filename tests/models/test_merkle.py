"""The Merkle tree is that of RFC 6962, however it grows."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.merkle import EMPTY_ROOT, Frontier, leaf_hash, node_hash, root_of

LEAVES = [bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")]
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


@pytest.mark.parametrize("size", ROOTS)
def test_known_trees_have_known_roots(size: int) -> None:
    hashed = [leaf_hash(leaf) for leaf in LEAVES[:size]]
    tree = Frontier()
    tree.extend(hashed)
    assert tree.root().hex() == root_of(hashed).hex() == ROOTS[size]


@given(st.lists(st.binary(max_size=40), max_size=70), st.integers(0, 70))
def test_the_frontier_comes_to_the_root_of_the_definition(leaves: list[bytes], cut: int) -> None:
    """Also when it is written down and read again on the way."""
    hashed = [leaf_hash(leaf) for leaf in leaves]
    tree = Frontier()
    tree.extend(hashed[:cut])
    tree = Frontier.from_bytes(tree.size, tree.to_bytes())
    tree.extend(hashed[cut:])
    assert tree.size == len(leaves)
    assert tree.root() == root_of(hashed)
    assert len(tree.to_bytes()) == 32 * len(leaves).bit_count()


def test_a_large_tree_is_its_definition_too() -> None:
    hashed = [hashlib.sha256(b"%d" % number).digest() for number in range(1_000)]
    tree = Frontier()
    for size, leaf in enumerate(hashed, start=1):
        tree.append(leaf)
        if size % 97 == 0:
            assert tree.root() == root_of(hashed[:size])


def test_a_copy_grows_by_itself() -> None:
    tree = Frontier()
    tree.append(leaf_hash(b"a"))
    copy = tree.copy()
    copy.append(leaf_hash(b"b"))
    assert (tree.size, copy.size) == (1, 2)
    assert tree.root() == leaf_hash(b"a")
    assert copy.root() == node_hash(leaf_hash(b"a"), leaf_hash(b"b"))


def test_leaves_and_nodes_cannot_be_taken_for_each_other() -> None:
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert leaf_hash(left + right) != node_hash(left, right)
    assert EMPTY_ROOT == hashlib.sha256(b"").digest() != leaf_hash(b"")


@pytest.mark.parametrize(("size", "packed"), [(1, b""), (2, b"x" * 64), (3, b"x" * 63), (0, b"x" * 32)])
def test_a_frontier_that_does_not_fit_its_size_is_refused(size: int, packed: bytes) -> None:
    with pytest.raises(ValueError, match="frontier"):
        Frontier.from_bytes(size, packed)
