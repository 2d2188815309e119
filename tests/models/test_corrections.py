"""Chains of corrections against a slow oracle that decides everything from the definition, every time."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.corrections import AMENDMENT, REVERSAL, AlreadyReversed, Chain

ROOT = 1
effects = st.dictionaries(st.integers(1, 4), st.integers(-3, 3).filter(bool), max_size=3)
steps = st.lists(st.tuples(st.booleans(), st.integers(0, 12), effects), max_size=14)
Booked = tuple[int, int, bool, dict[int, int]]
"""Number, target, whether it reverses, replacement."""


def is_active(number: int, booked: list[Booked]) -> bool:
    """By the definition: no active reversal names it."""
    return not any(reverses and target == number and is_active(one, booked) for one, target, reverses, _ in booked)


def meaning(own: dict[int, int], booked: list[Booked]) -> dict[int, int]:
    """What the root counts for, by the definition."""
    if not is_active(ROOT, booked):
        return {}
    replacements = [replacement for number, _, reverses, replacement in booked if not reverses and is_active(number, booked)]
    return replacements[-1] if replacements else own


def plus(left: dict[int, int], right: dict[int, int]) -> dict[int, int]:
    total = Counter(left)
    for cell, delta in right.items():
        total[cell] += delta
    return {cell: delta for cell, delta in total.items() if delta}


@settings(max_examples=300)
@given(effects, steps)
def test_a_chain_means_what_its_definition_says(own: dict[int, int], attempts: list[tuple[bool, int, dict[int, int]]]) -> None:
    chain = Chain(ROOT, own)
    booked: list[Booked] = []
    posted = [own]
    total = own
    for index, (reverses, choice, replacement) in enumerate(attempts):
        number = index + 2
        members = [ROOT, *(one for one, *_ in booked)]
        target = members[choice % len(members)]
        may = is_active(target, booked) and (reverses or is_active(ROOT, booked))
        try:
            effect = chain.reverse(number=number, target=target) if reverses else chain.amend(number=number, target=target, replacement=replacement)
        except AlreadyReversed:
            assert not may
            continue
        assert may
        booked.append((number, target, reverses, replacement))
        posted.append(effect)
        total = plus(total, effect)
        assert 0 not in effect.values()
        assert chain.effect == meaning(own, booked) == total
    again = Chain(ROOT, own)
    for (number, target, reverses, _), effect in zip(booked, posted[1:], strict=True):
        again.replay(number=number, target=target, kind=REVERSAL if reverses else AMENDMENT, postings=effect)
    assert again.effect == chain.effect


@given(effects)
def test_a_reversal_cancels_and_reversing_it_restores(own: dict[int, int]) -> None:
    chain = Chain(ROOT, own)
    assert plus(own, chain.reverse(number=2, target=ROOT)) == {}
    with pytest.raises(AlreadyReversed):
        chain.reverse(number=3, target=ROOT)
    with pytest.raises(AlreadyReversed):
        chain.amend(number=3, target=2, replacement=own)
    assert chain.reverse(number=3, target=2) == own
    assert chain.effect == own


@given(effects, effects, effects)
def test_reversing_an_amendment_returns_to_the_version_before(own: dict[int, int], first: dict[int, int], second: dict[int, int]) -> None:
    chain = Chain(ROOT, own)
    chain.amend(number=2, target=ROOT, replacement=first)
    chain.amend(number=3, target=2, replacement=second)
    chain.reverse(number=4, target=2)
    assert chain.effect == second  # the newest version stands
    chain.reverse(number=5, target=3)
    assert chain.effect == own


def test_an_amendment_to_the_same_posts_nothing() -> None:
    chain = Chain(ROOT, {1: 5})
    assert chain.amend(number=2, target=ROOT, replacement={1: 5}) == {}


def test_checking_changes_nothing() -> None:
    chain = Chain(ROOT, {1: 5})
    chain.check_amendable(ROOT)
    assert chain.effect == {1: 5}
    chain.reverse(number=2, target=ROOT)
    with pytest.raises(AlreadyReversed):
        chain.check_amendable(ROOT)
