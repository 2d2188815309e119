"""Proofs over the tree lead to its roots, and nothing else does. The tree of RFC 6962 with known roots is the first witness."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.verifiers import salur_verify
from models.merkle import leaf_hash, root_of
from models.proof.paths import ProofInvalid, check_consistency, consistency_path, hashes_of, inclusion_path, root_by_inclusion
from tests.models.test_merkle import LEAVES, ROOTS

HASHED = [leaf_hash(leaf) for leaf in LEAVES]


@pytest.mark.parametrize("size", [size for size in ROOTS if size])
def test_every_leaf_of_the_known_trees_leads_to_the_known_root(size: int) -> None:
    for index in range(size):
        path = inclusion_path(index, size, hashes_of(HASHED))
        assert root_by_inclusion(HASHED[index], index, size, path).hex() == ROOTS[size]
        assert salur_verify.climb(HASHED[index], index, size, list(path)).hex() == ROOTS[size]


@given(st.integers(1, 70), st.data())
def test_a_leaf_leads_to_the_root_by_its_own_path_alone(size: int, data: st.DataObject) -> None:
    hashed = [hashlib.sha256(bytes([number])).digest() for number in range(size)]
    index = data.draw(st.integers(0, size - 1))
    path = inclusion_path(index, size, hashes_of(hashed))
    assert root_by_inclusion(hashed[index], index, size, path) == root_of(hashed)
    with pytest.raises(ProofInvalid):
        root_by_inclusion(hashed[index], index, size, [*path, bytes(32)])
    if path:
        with pytest.raises(ProofInvalid):
            root_by_inclusion(hashed[index], index, size, path[1:])
        spoilt = [*path[:-1], bytes(32)]
        assert root_by_inclusion(hashed[index], index, size, spoilt) != root_of(hashed)


@given(st.integers(0, 70), st.integers(0, 70))
def test_a_tree_begins_with_every_earlier_one_and_with_no_other(old: int, more: int) -> None:
    new = old + more
    hashed = [hashlib.sha256(bytes([number])).digest() for number in range(new)]
    before, after = root_of(hashed[:old]), root_of(hashed)
    path = consistency_path(old, new, hashes_of(hashed))
    check_consistency(old=old, new=new, old_root=before, new_root=after, path=path)
    if 0 < old < new:
        assert salur_verify.both_roots(old, new, before, list(path)) == (before, after)
        with pytest.raises(ProofInvalid):
            check_consistency(old=old, new=new, old_root=bytes(32), new_root=after, path=path)
        with pytest.raises(ProofInvalid):
            check_consistency(old=old, new=new, old_root=before, new_root=after, path=path[1:])


def test_a_tree_does_not_shrink() -> None:
    with pytest.raises(ProofInvalid):
        check_consistency(old=3, new=2, old_root=bytes(32), new_root=bytes(32), path=[])
