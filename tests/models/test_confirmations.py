"""Later evidence and verification in a chain, against an oracle that decides everything from the definition."""

from collections import Counter
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.corrections import AMENDMENT, EVIDENCE, REVERSAL, VERIFICATION, AlreadyReversed, Chain, ChainKind
from models.measures import DELIVERED, EVIDENCED, EVIDENCED_LATER, VERIFIED

ROOT: Final = 1
MEASURES: Final = {1: "distributed", 2: "confirmed", 3: "recipients", 4: EVIDENCED, 11: EVIDENCED_LATER, 12: EVIDENCED_LATER, 21: VERIFIED, 22: VERIFIED}
KINDS: Final[tuple[ChainKind, ...]] = (REVERSAL, AMENDMENT, EVIDENCE, VERIFICATION)

effects = st.dictionaries(st.integers(1, 4), st.integers(-3, 3).filter(bool), max_size=3)
steps = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 12), effects), max_size=14)
Booked = tuple[int, int, ChainKind, dict[int, int]]


class Cells:
    """Cells 1 and 2 deliver; their shadows are ten and twenty further on."""

    def measure(self, cell: int) -> str:
        return MEASURES[cell]

    def shadow(self, cell: int, measure: str) -> int | None:
        if MEASURES[cell] not in DELIVERED:
            return None
        return cell + (10 if measure == EVIDENCED_LATER else 20)


def is_active(number: int, booked: list[Booked]) -> bool:
    return not any(kind == REVERSAL and target == number and is_active(one, booked) for one, target, kind, _ in booked)


def meaning(own: dict[int, int], booked: list[Booked]) -> dict[int, int]:
    if not is_active(ROOT, booked):
        return {}
    active = [member for member in booked if is_active(member[0], booked)]
    versions = [own, *(replacement for _, _, kind, replacement in active if kind == AMENDMENT)]
    version = versions[-1]
    kinds = {kind for _, _, kind, _ in active}
    later = {cell + 10: steps for cell, steps in version.items() if cell in (1, 2)} if EVIDENCE in kinds and 4 not in version else {}
    verified = {cell + 20: steps for cell, steps in version.items() if cell in (1, 2)} if VERIFICATION in kinds else {}
    return {**version, **later, **verified}


@settings(max_examples=400)
@given(effects, steps)
def test_a_chain_counts_its_shadows_exactly_while_they_and_their_root_count(own: dict[int, int], attempts: list[tuple[ChainKind, int, dict[int, int]]]) -> None:
    chain = Chain(ROOT, own, Cells())
    booked: list[Booked] = []
    posted: list[dict[int, int]] = []
    total = Counter(own)
    for number, (kind, choice, replacement) in enumerate(attempts, start=2):
        members = [ROOT, *(one for one, *_ in booked)]
        target = members[choice % len(members)]
        try:
            if kind == REVERSAL:
                effect = chain.reverse(number=number, target=target)
            elif kind == AMENDMENT:
                effect = chain.amend(number=number, target=target, replacement=replacement)
            else:
                effect = chain.confirm(number=number, target=target, kind=kind)
        except AlreadyReversed:
            continue
        booked.append((number, target, kind, replacement))
        posted.append(effect)
        total.update(effect)
        assert chain.effect == meaning(own, booked) == {cell: steps for cell, steps in total.items() if steps}
    again = Chain(ROOT, own, Cells())
    for (number, target, kind, _), effect in zip(booked, posted, strict=True):
        again.replay(number=number, target=target, kind=kind, postings=effect)
        assert again.effect == meaning(own, booked[: booked.index((number, target, kind, _)) + 1])
    assert again.effect == chain.effect


def test_evidence_that_comes_after_a_reversal_counts_once_the_event_is_restored() -> None:
    chain = Chain(ROOT, {1: 5}, Cells())
    chain.reverse(number=2, target=ROOT)
    assert chain.confirm(number=3, target=ROOT, kind=EVIDENCE) == {}
    assert chain.reverse(number=4, target=2) == {1: 5, 11: 5}


def test_a_second_piece_of_evidence_adds_nothing_until_the_first_is_withdrawn() -> None:
    chain = Chain(ROOT, {1: 5}, Cells())
    assert chain.confirm(number=2, target=ROOT, kind=EVIDENCE) == {11: 5}
    assert chain.confirm(number=3, target=ROOT, kind=EVIDENCE) == {}
    assert chain.reverse(number=4, target=2) == {}
    assert chain.reverse(number=5, target=3) == {11: -5}


def test_an_amendment_takes_its_verification_along() -> None:
    chain = Chain(ROOT, {1: 5}, Cells())
    chain.confirm(number=2, target=ROOT, kind=VERIFICATION)
    assert chain.amend(number=3, target=ROOT, replacement={2: 7}) == {1: -5, 21: -5, 2: 7, 22: 7}


def test_a_reversed_reversal_cannot_be_reversed_through_its_target() -> None:
    chain = Chain(ROOT, {1: 5}, Cells())
    chain.reverse(number=2, target=ROOT)
    with pytest.raises(AlreadyReversed):
        chain.reverse(number=3, target=ROOT)
    assert not chain.counts
