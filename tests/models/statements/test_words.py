"""Every reason has words in both languages that need nothing but what the reason carries, and exactly one verdict."""

import string
from collections import Counter
from typing import get_args

from models.reasons import Language
from models.statements.sums import Amount
from models.statements.verdicts import Reason, ReasonCode, Verdict
from models.statements.words import _WORDS, in_words
from tests.models.statements.scopes import judged, sums

CODES: tuple[ReasonCode, ...] = get_args(ReasonCode)


def test_every_code_has_words_and_both_languages_speak_of_the_same() -> None:
    assert set(_WORDS) == set(CODES)
    for english, indonesian in _WORDS.values():
        gaps = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in (english, indonesian)]
        assert gaps[0] == gaps[1]
        assert english != indonesian


def test_every_verdict_has_reasons_and_every_reason_one_verdict() -> None:
    assert set(Counter(Reason(code).verdict for code in CODES)) == set(get_args(Verdict))


def test_words_leave_no_gap_open() -> None:
    for code in CODES:
        for lang in get_args(Language):
            text = in_words(Reason(code, {"tally": (Amount(1, "piece"),)}), lang)
            assert "{" not in text
            assert "  " not in text


def test_amounts_are_written_as_the_reader_expects() -> None:
    reason = judged("24513632 person", scope=sums("24513632 payment", measure="confirmed")).judged.reason
    assert in_words(reason, "en") == "24513632 person is another thing: what is counted is 24513632 payment (confirmed)"
    assert in_words(reason, "id", lambda amount: f"[{amount.steps}]") == "[24513632] itu keliru: yang dihitung adalah [24513632]"
