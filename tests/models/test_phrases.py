"""A phrasebook finds the phrase that was meant, and fills its gaps."""

import pytest

from models.phrases import Phrasebook

BOOK = Phrasebook(
    {
        "nothing": "tidak ada",
        "at most {number}": "paling banyak {number}",
        "at most {number} bytes": "paling banyak {number} bita",
        "{day} or later": "{day} atau sesudahnya",
        "one of {codes:many}": "salah satu dari {codes}",
        "an item in {units:or}": "bantuan dengan satuan {units}",
        "{reports:many} of {programme}": "untuk {programme}: {reports}",
        "is it [so]?": "begitukah?",
    }
)


@pytest.mark.parametrize(
    ("english", "indonesian"),
    [
        ("nothing", "tidak ada"),
        ("at most 5", "paling banyak 5"),
        ("at most 5 bytes", "paling banyak 5 bita"),
        ("2020-01-01 or later", "2020-01-01 atau sesudahnya"),
        ("one of in, out", "salah satu dari in, out"),
        ("an item in box or dose or set", "bantuan dengan satuan box atau dose atau set"),
        ("goods services of jkp", "untuk jkp: goods services"),
        ("is it [so]?", "begitukah?"),
    ],
)
def test_a_phrase_is_found_with_its_gaps_filled(english: str, indonesian: str) -> None:
    assert BOOK.translated(english) == indonesian


@pytest.mark.parametrize("english", ["", "at most five apples", "something else", "one of these; one of those", "nothing at all"])
def test_what_no_phrase_says_is_not_guessed(english: str) -> None:
    assert BOOK.translated(english) is None
