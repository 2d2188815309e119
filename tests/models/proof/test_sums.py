"""The tree of sums answers any question about a figure like plain addition does, and its proofs leave nothing out."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.verifiers import salur_verify
from models.cells import LedgerCell
from models.proof.sums import DIMENSIONS, ORDERS, matches, prove, root_hash, sum_tree, written
from tests.consumers.books import cell

CELLS = st.builds(
    cell,
    destination=st.sampled_from(["TW", "HK", "ID"]),
    programme=st.sampled_from(["a", "b", "unknown"]),
    item=st.sampled_from(["masker", "sembako"]),
    unit=st.sampled_from(["piece", "package"]),
    simulated=st.booleans(),
    day=st.sampled_from(["2020-05-03", "2020-05-04", "2020-06-01"]),
    lot=st.sampled_from(["", "x", "\u00e9", "\U0001f600", "\uff5e", '"\\\n\x1f\x7f\u2028']),
)
SUMS = st.dictionaries(CELLS, st.integers(-(10**30), 10**30), max_size=40).map(lambda found: list(found.items()))
WANTED = st.fixed_dictionaries(
    {"table": st.just(["distributions"]), "simulated": st.sampled_from([["true"], ["false"]]), "measure": st.just(["distributed"]), "unit": st.just(["piece"])},
    optional={
        "destination": st.lists(st.sampled_from(["TW", "HK", "MY"]), min_size=1, unique=True),
        "programme": st.lists(st.sampled_from(["a", "b"]), min_size=1, unique=True),
        "lot": st.sampled_from([["x"], ["\U0001f600"], ["\u00e9"]]),
        "day": st.just({"from": "2020-05-04", "to": "2020-05-31"}),
    },
)


@settings(deadline=None)
@given(SUMS, WANTED, st.sampled_from(ORDERS))
def test_a_proof_leads_to_the_root_and_to_the_sum(sums: list[tuple[LedgerCell, int]], wanted: dict[str, Any], order: str) -> None:
    tree = sum_tree(sums, order)
    expected = [steps for where, steps in sums if steps and _is_wanted(written(where), wanted)]
    answer = prove(tree, wanted)
    assert (answer.steps, answer.cells) == (sum(expected), len(expected))
    found: list[tuple[int, int]] = []
    proof = json.loads(json.dumps(answer.proof))
    if proof is not None:
        node = salur_verify.read_node(proof, wanted, found)
        assert node[4] == root_hash(tree)
    assert (sum(one for one, _ in found), sum(one for _, one in found)) == (sum(expected), len(expected))


@settings(deadline=None)
@given(SUMS)
def test_the_reader_of_all_decisions_makes_the_same_tree(sums: list[tuple[LedgerCell, int]]) -> None:
    reading = salur_verify.Reading([])
    reading.sums = {written(where): steps for where, steps in sums}
    for order in ORDERS:
        assert reading.sums_root(order) == root_hash(sum_tree(sums, order)).hex()


def test_there_is_no_sum_of_two_units() -> None:
    tree = sum_tree([(cell(unit="piece"), 1), (cell(unit="package"), 2)], "destination")
    assert tree is not None
    assert tree.steps is None
    whole = {"s": tree.summary, "c": "00" * 32}
    with pytest.raises(salur_verify.Wrong, match="units"):
        salur_verify.read_node(whole, {"table": ["distributions"]}, [])


def test_a_proof_that_does_not_open_what_may_belong_to_the_figure_is_refused() -> None:
    sums = [(cell(destination=destination), 1) for destination in ("TW", "HK", "ID")]
    tree = sum_tree(sums, "destination")
    assert tree is not None
    with pytest.raises(salur_verify.Wrong, match="leaves cells out"):
        salur_verify.read_node({"s": tree.summary, "c": "00" * 32}, {"destination": ["TW"]}, [])


def _is_wanted(values: tuple[str, ...], wanted: dict[str, Any]) -> bool:
    plain = {name: value for name, value in zip(DIMENSIONS, values, strict=True) if name in wanted}
    expected = all(allowed["from"] <= plain[name] <= allowed["to"] if isinstance(allowed, dict) else plain[name] in allowed for name, allowed in wanted.items())
    assert expected == matches(values, values, wanted)
    return expected
