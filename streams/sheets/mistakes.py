"""What is wrong with a sheet: where, by row and column as the partner sees them, and what to write instead.

Mistakes of the sheet itself have codes of their own, beside those of the ledger. Nothing that was written is ever
repeated, but dates and numbers that could be read from it.
"""

import dataclasses
from typing import Any, Final

from models.expectation_words import in_words
from models.reason_words import REASONS
from models.reasons import Language, Violation
from streams.sheets.mistake_words import WORDS, SheetCode

_DID_YOU_MEAN: Final = {"en": "did you mean {closest}?", "id": "mungkin maksud Anda {closest}?"}
_EXPECTED: Final = {"en": "expected {expected}", "id": "seharusnya {expected}"}
_OR: Final = {"en": " or ", "id": " atau "}


@dataclasses.dataclass(frozen=True, slots=True)
class Flaw:
    """Why a cell cannot be read, and what it may have meant."""

    code: SheetCode
    suggestions: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One mistake. Rows and columns count from 1; row 0 is the whole file, column 0 the whole row."""

    row: int
    column: int
    code: str
    header: str = ""
    suggestions: tuple[str, ...] = ()
    expected: str = ""

    @property
    def cell(self) -> str:
        """The place as a spreadsheet names it, such as C12."""
        return (letters(self.column) if self.column else "") + (str(self.row) if self.row else "")

    def text(self, lang: Language) -> str:
        """Return what is wrong."""
        if self.code in WORDS:
            return WORDS[self.code].words(lang).text
        return REASONS[_code(self.code)].words(lang).text

    def hint(self, lang: Language) -> str:
        """Return what to do about it."""
        if self.code in WORDS:
            hint = WORDS[self.code].words(lang).hint
            known = {"suggestions": _OR[lang].join(self.suggestions), "first": (*self.suggestions, "")[0], "header": self.header}
            if self.suggestions and "{" not in hint:
                hint = f"{hint}; {_DID_YOU_MEAN[lang].format(closest=known['suggestions'])}"
            return hint.format_map(known)
        parts = [_EXPECTED[lang].format(expected=in_words(self.expected, lang))] if self.expected else []
        if self.suggestions:
            parts.append(_DID_YOU_MEAN[lang].format(closest=_OR[lang].join(self.suggestions)))
        return "; ".join(parts) or REASONS[_code(self.code)].words(lang).hint

    def sentence(self, lang: Language) -> str:
        """Return both, with the header that it is about."""
        about = f"{self.header}: " if self.header else ""
        return f"{about}{self.text(lang)}; {self.hint(lang)}"

    def to_json(self, lang: Language) -> dict[str, Any]:
        """Return the mistake as JSON values."""
        return {
            "row": self.row,
            "column": letters(self.column) if self.column else None,
            "cell": self.cell or None,
            "header": self.header or None,
            "code": self.code,
            "detail": self.text(lang),
            "hint": self.hint(lang),
            "closest": list(self.suggestions),
        }


def of_violation(violation: Violation, *, row: int, column: int, header: str) -> Mistake:
    """Return a refusal of the ledger's rules as a mistake at a place of the sheet."""
    return Mistake(row, column, violation.code, header, (violation.closest,) if violation.closest else (), violation.expected)


def letters(column: int) -> str:
    """Return the letters of a column, counted from 1."""
    name = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def _code(code: str) -> Any:
    return code
