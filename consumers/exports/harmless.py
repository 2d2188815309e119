"""Texts that no spreadsheet takes for a formula: an apostrophe before what would begin one; exact numbers stay as they are."""

import re
from typing import Final

_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def begins_a_formula(value: str) -> bool:
    """Tell whether a spreadsheet could take a text for a formula."""
    return value.startswith(_FORMULA) and not _NUMBER.fullmatch(value)


def harmless(value: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{value}" if begins_a_formula(value) else value
