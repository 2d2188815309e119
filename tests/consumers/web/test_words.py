"""Both languages are complete: every word has both, with the same gaps, and every word that is used is there."""

import re
import string
from collections.abc import Mapping
from pathlib import Path

import pytest

import consumers.web
from consumers.web.partners.words import WORDS as PARTNER_WORDS
from consumers.web.problems import KINDS, STATUS
from consumers.web.words import WORDS, say_or

FOLDER = Path(consumers.web.__path__[0])
SAID = re.compile(r"""\bsay\(\s*"([a-z0-9_-]+)\"""")


def gaps(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize(("words", "key"), [(words, key) for words in (WORDS, PARTNER_WORDS) for key in words])
def test_a_word_has_both_languages_with_the_same_gaps(words: Mapping[str, tuple[str, str]], key: str) -> None:
    english, indonesian = words[key]
    assert english.strip()
    assert indonesian.strip()
    assert gaps(english) == gaps(indonesian)


def test_every_word_that_is_said_is_there() -> None:
    sources = [*FOLDER.rglob("*.py"), *FOLDER.rglob("*.html")]
    said: dict[bool, set[str]] = {True: set(), False: set()}
    for source in sources:
        said["partners" in source.parts].update(SAID.findall(source.read_text()))
    assert all(len(keys) > 60 for keys in said.values())
    assert said[False] <= WORDS.keys()
    assert said[True] <= WORDS.keys() | PARTNER_WORDS.keys()


def test_templates_hold_no_words_of_their_own() -> None:
    for template in FOLDER.rglob("*.html"):
        bare = re.sub(r"{%.*?%}|{{.*?}}|<[^>]*>|&[a-z]+;", " ", template.read_text(), flags=re.DOTALL)
        assert set(re.findall(r"[A-Za-z]{2,}", bare)) <= {"Salur"}, template.name


def test_a_kind_that_is_newer_than_the_words_is_said_by_its_code() -> None:
    assert say_or("link_teleported", "teleported", "id") == "teleported"


def test_every_kind_of_problem_has_a_status_and_words_in_both_languages() -> None:
    assert KINDS.keys() == STATUS.keys()
    assert all(reason.en.text and reason.en.hint and reason.id.text and reason.id.hint for reason in KINDS.values())
