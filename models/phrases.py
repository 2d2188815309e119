"""A phrasebook: Indonesian for English phrases that were put together from fixed words and a few codes or numbers.

English is what is stored and what programs read, so it stays as it was written; the words for people are looked
up when they are shown. Which phrases there are is not known here: see ``models.expectation_words``.
"""

import functools
import re
import string
from collections.abc import Iterator, Mapping
from typing import Final

_GAPS: Final[Mapping[str, str]] = {
    "": r"\S+",  # one word: a code or a number
    "many": r"[^;]+",  # several, as they are
    "or": r"[^;]+",  # alternatives, with the word between them translated
}


class Phrasebook:
    """Phrases by their English template; ``{name}`` is a gap for one word, ``{name:many}`` and ``{name:or}`` for more."""

    def __init__(self, phrases: Mapping[str, str]) -> None:
        self._phrases = phrases

    def translated(self, text: str) -> str | None:
        """Return the Indonesian of ``text``, None if no phrase fits; of several that fit, the one with most words of its own."""
        if text in self._phrases:
            return self._phrases[text]
        for pattern, indonesian in self._templates:
            match = pattern.fullmatch(text)
            if match is not None:
                return indonesian.format(**_filled(match))
        return None

    @functools.cached_property
    def _templates(self) -> tuple[tuple[re.Pattern[str], str], ...]:
        with_gaps = {english: indonesian for english, indonesian in self._phrases.items() if "{" in english}
        most_words_first = sorted(with_gaps, key=lambda english: (-_own_length(english), english))
        return tuple((re.compile(_pattern(english)), with_gaps[english]) for english in most_words_first)


def _own_length(template: str) -> int:
    return sum(len(literal) for literal, *_ in string.Formatter().parse(template))


def _pattern(template: str) -> str:
    return "".join(_pieces(template))


def _pieces(template: str) -> Iterator[str]:
    for literal, name, kind, _ in string.Formatter().parse(template):
        yield re.escape(literal)
        if name is not None:
            yield f"(?P<{name}{'_or' if kind == 'or' else ''}>{_GAPS[kind or '']})"


def _filled(match: re.Match[str]) -> dict[str, str]:
    return {name.removesuffix("_or"): found.replace(" or ", " atau ") if name.endswith("_or") else found for name, found in match.groupdict().items()}
