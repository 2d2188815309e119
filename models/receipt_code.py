"""The short code of a receipt, for paper and telephone: the number of the decision, and four letters of its event's hash.

``3F9-K7Q2`` finds its decision without any index, and a slip of the pen finds none. Digits and letters are those of
Crockford's base 32, which leaves out what looks alike; small letters and the alike ones are read too.
"""

from typing import Final, NamedTuple

_LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ALIKE: Final = str.maketrans({"O": "0", "I": "1", "L": "1"})
_CHECKING: Final = 4
_LONGEST: Final = 13


class Coded(NamedTuple):
    """What a code says: which decision, and how its hash must begin."""

    decision: int
    check: str


def code_of(decision: int, sha256: bytes) -> str:
    """Return the code of a decision on the event with this hash."""
    return f"{_in_letters(decision)}-{check_of(sha256)}"


def check_of(sha256: bytes) -> str:
    """Return the letters by which a code and its decision are held together: the first 20 bits of the hash."""
    return _in_letters(int.from_bytes(sha256[:3]) >> 4).rjust(_CHECKING, "0")


def read(text: str) -> Coded | None:
    """Return what a code says, None for what is none."""
    plain = text.strip().upper().translate(_ALIKE)
    number, dash, check = plain.partition("-")
    if not dash or not 1 <= len(number) <= _LONGEST or len(check) != _CHECKING or not set(number + check) <= set(_LETTERS):
        return None
    decision = 0
    for letter in number:
        decision = decision * len(_LETTERS) + _LETTERS.index(letter)
    return Coded(decision, check) if 0 < decision < 2**63 else None


def _in_letters(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number, len(_LETTERS))
        letters = _LETTERS[rest] + letters
    return letters or "0"
