"""A chain of the second fold comes to what its definition says, worked out by hand and by a slow oracle."""

from collections import Counter
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumers.reconcile.chains import Booked, Chain, Kind, Member
from consumers.reconcile.recount import Postings
from models.cells import LedgerCell
from tests.consumers.books import cell

MASKS = cell()
PEOPLE = cell(measure="recipients", unit="person")
ON_HAND = cell(table="stock", measure="on-hand")
SHOWN, LATER, VERIFIED = (cell(measure=measure) for measure in ("evidenced", "evidenced-later", "verified"))
HANDED_OUT = Counter({MASKS: 5, PEOPLE: 4, ON_HAND: -5})
FEWER = Counter({MASKS: 3, ON_HAND: -3})
FEWER_SHOWN = Counter({**FEWER, SHOWN: 3})
NOTHING: Postings = Counter()


def chain(own: Postings = HANDED_OUT) -> Chain:
    root = Booked(cast("Any", None), cast("Any", None), {}, accepted=1)
    root.chain = Chain(root, own)
    return root.chain


def what_is_left(postings: Postings) -> dict[LedgerCell, int]:
    return {where: steps for where, steps in postings.items() if steps}


@pytest.mark.parametrize(
    ("members", "total"),
    [
        ([("evidence", 1, NOTHING)], {**HANDED_OUT, LATER: 5}),
        ([("evidence", 1, NOTHING), ("evidence", 1, NOTHING)], {**HANDED_OUT, LATER: 5}),
        ([("evidence", 1, NOTHING), ("evidence", 1, NOTHING), ("reversal", 2, NOTHING)], {**HANDED_OUT, LATER: 5}),
        ([("evidence", 1, NOTHING), ("reversal", 2, NOTHING)], HANDED_OUT),
        ([("evidence", 1, NOTHING), ("reversal", 2, NOTHING), ("reversal", 3, NOTHING)], {**HANDED_OUT, LATER: 5}),
        ([("verification", 1, NOTHING)], {**HANDED_OUT, VERIFIED: 5}),
        ([("verification", 1, NOTHING), ("evidence", 1, NOTHING)], {**HANDED_OUT, VERIFIED: 5, LATER: 5}),
        ([("verification", 1, NOTHING), ("reversal", 1, NOTHING)], {}),
        ([("reversal", 1, NOTHING), ("verification", 1, NOTHING)], {}),
        ([("reversal", 1, NOTHING), ("verification", 1, NOTHING), ("reversal", 2, NOTHING)], {**HANDED_OUT, VERIFIED: 5}),
        ([("evidence", 1, NOTHING), ("replacement", 1, FEWER)], {**FEWER, LATER: 3}),
        ([("evidence", 1, NOTHING), ("replacement", 1, FEWER_SHOWN)], FEWER_SHOWN),
        ([("verification", 1, NOTHING), ("replacement", 1, FEWER_SHOWN)], {**FEWER_SHOWN, VERIFIED: 3}),
        ([("replacement", 1, FEWER_SHOWN), ("evidence", 1, NOTHING), ("reversal", 2, NOTHING)], {**HANDED_OUT, LATER: 5}),
    ],
)
def test_evidence_and_verification_follow_what_they_are_of(members: list[tuple[Kind, int, Postings]], total: dict[LedgerCell, int]) -> None:
    made = chain()
    posted = Counter(HANDED_OUT)
    for number, (kind, target, replacement) in enumerate(members, start=2):
        added = made.join(Member(number, target, kind, replacement))
        assert 0 not in added.values()
        posted.update(added)
    assert what_is_left(posted) == what_is_left(made.comes_to()) == total


def test_what_several_postings_deliver_is_shown_as_their_sum() -> None:
    assisted, engaged = cell(measure="assisted"), cell(measure="engaged")
    assert chain(Counter({assisted: 2, engaged: 3})).join(Member(2, 1, "evidence")) == {LATER: 5}


def test_what_delivers_nothing_has_nothing_to_show() -> None:
    assert chain(Counter({PEOPLE: 4})).join(Member(2, 1, "verification")) == {}


def is_struck(number: int, members: list[Member]) -> bool:
    """By the definition: a reversal that is not struck itself names it."""
    return any(member.kind == "reversal" and member.target == number and not is_struck(member.number, members) for member in members)


@given(st.lists(st.tuples(st.sampled_from(["reversal", "replacement", "evidence", "verification"]), st.integers(0, 10), st.integers(1, 9)), max_size=12))
def test_a_chain_always_adds_up_to_its_definition(attempts: list[tuple[Kind, int, int]]) -> None:
    made = chain()
    posted = Counter(HANDED_OUT)
    for number, (kind, choice, steps) in enumerate(attempts, start=2):
        target = 1 + choice % (number - 1)
        posted.update(made.join(Member(number, target, kind, Counter({MASKS: steps}) if kind == "replacement" else Counter())))
    counting = [member for member in made.members if not is_struck(member.number, made.members)]
    assert [made.counts(number) for number in range(1, len(attempts) + 2)] == [not is_struck(number, made.members) for number in range(1, len(attempts) + 2)]
    version = next((member.replacement for member in reversed(counting) if member.kind == "replacement"), HANDED_OUT)
    expected: Postings = Counter()
    if made.counts(1):
        expected = Counter(version)
        expected[LATER] = version[MASKS] * any(member.kind == "evidence" for member in counting)
        expected[VERIFIED] = version[MASKS] * any(member.kind == "verification" for member in counting)
    assert what_is_left(posted) == what_is_left(expected)
