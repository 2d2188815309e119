"""Reasons: a closed list of codes, each with its words in both languages, each used."""

import re
from pathlib import Path
from typing import get_args

import pytest

import models
from models.reason_words import REASONS, explain
from models.reasons import FlagCode, HeldCode, Language, RejectCode, Violation

CODES = frozenset({*get_args(RejectCode), *get_args(FlagCode), *get_args(HeldCode)})
LANGUAGES: tuple[Language, ...] = get_args(Language)

DECIDED_WITH_THE_LEDGER = frozenset(
    {
        # These need what was booked before, so the code that names them may live beside the ledger.
        "rjct.given_up",
        "held.original_not_booked",
    }
)


def codes_written_in_models() -> frozenset[str]:
    """Return every code that a module of models names, the two that declare them left out."""
    root = Path(models.__file__).parent
    declaring = {root / "reasons.py", root / "reason_words.py"}
    sources = (path.read_text() for path in root.rglob("*.py") if path not in declaring)
    return frozenset(code for source in sources for code in re.findall(r"\"((?:rjct|flag|held)\.[a-z_]+)\"", source))


def test_every_code_has_words_and_every_word_has_a_code() -> None:
    assert set(REASONS) == CODES


def test_every_code_that_is_used_is_declared() -> None:
    assert codes_written_in_models() <= CODES


def test_every_code_that_is_declared_is_used() -> None:
    assert CODES - codes_written_in_models() <= DECIDED_WITH_THE_LEDGER


@pytest.mark.parametrize("code", sorted(CODES))
def test_a_reason_says_something_and_says_what_to_do_in_both_languages(code: str) -> None:
    reason = REASONS[code]
    for language in LANGUAGES:
        words = reason.words(language)
        assert words.text
        assert words.hint
    assert reason.en != reason.id


def test_a_violation_reads_as_where_what_expected_and_what_to_do() -> None:
    violation = Violation("rjct.unknown_programme", "/data/programme", closest="jps-tkm")
    assert explain(violation) == "/data/programme: the programme is not registered; did you mean jps-tkm?"
    quantity = Violation("rjct.quantity_invalid", "/data/lines/0/quantity", expected="at most 0 decimals for unit piece")
    assert explain(quantity, "id").startswith("/data/lines/0/quantity: jumlah bukan bilangan positif")
    assert "at most 0 decimals for unit piece" in explain(quantity)
