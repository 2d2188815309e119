"""Poison: whatever a record holds, decoding and the rules answer it with a value, quickly, and keep no person's number."""

import time
from typing import Final

import pytest

from models.decoding import Undecodable, decode
from models.reason_words import REASONS
from models.registry import Registry
from models.rules.catalogue import violations
from models.rules.identity import raw_may_hold_identity
from models.rules.rule import MAX_VIOLATIONS
from tests.poison import POISON, Poison

REGISTRY: Final = Registry.shipped()
NOW_MS: Final = 1_800_000_000_000
BOUND_SECONDS: Final = 2.0
"""Generous for a busy machine; each takes milliseconds."""
DECIDED_BY_THE_LEDGER: Final = frozenset({"rjct.foreign_correction"})


def reasons(poison: Poison) -> set[str]:
    """Return the codes that decoding and the rules give."""
    event = decode(poison.value, poison.headers)
    found = event.violations if isinstance(event, Undecodable) else violations(event, REGISTRY, NOW_MS)
    assert len(found) <= 2 * MAX_VIOLATIONS
    return {violation.code for violation in found}


def test_there_are_many_fixtures_each_with_its_own_name() -> None:
    assert len(POISON) >= 80
    assert len({poison.name for poison in POISON}) == len(POISON)


def test_each_reason_that_is_expected_is_one_of_the_catalogue() -> None:
    assert {poison.reason for poison in POISON if poison.reason} <= set(REASONS)


@pytest.mark.parametrize("poison", POISON, ids=lambda poison: poison.name)
def test_poison_is_answered_with_its_reason(poison: Poison) -> None:
    began = time.process_time()
    found = reasons(poison)
    assert time.process_time() - began < BOUND_SECONDS
    if poison.disposition == "rejected" and poison.reason not in DECIDED_BY_THE_LEDGER:
        assert poison.reason in found
    else:
        assert not found


@pytest.mark.parametrize("poison", POISON, ids=lambda poison: poison.name)
def test_no_verdict_repeats_what_was_sent_about_a_person(poison: Poison) -> None:
    event = decode(poison.value, poison.headers)
    found = event.violations if isinstance(event, Undecodable) else violations(event, REGISTRY, NOW_MS)
    said = " ".join(f"{violation.pointer} {violation.expected} {violation.closest}" for violation in found)
    assert "3174011204670001" not in said
    assert "081234567890" not in said


@pytest.mark.parametrize("poison", POISON, ids=lambda poison: poison.name)
def test_the_bytes_of_any_poison_can_be_judged_for_keeping(poison: Poison) -> None:
    began = time.process_time()
    may_hold = raw_may_hold_identity(poison.value or b"")
    assert time.process_time() - began < BOUND_SECONDS
    if poison.reason == "rjct.personal_data" or poison.name in {"nik-in-unknown-field", "compressed-bomb"}:
        assert may_hold
