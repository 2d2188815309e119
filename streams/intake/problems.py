"""Problem details (RFC 9457): what the intake answers when it does not take something in.

A problem lists everything that is wrong at once, in the language that was asked for, and never repeats a value of
the event: it could be a person's.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from models.expectation_words import in_words
from models.reason_words import REASONS
from models.reasons import Language, Violation
from streams.intake.problem_words import KINDS, STATUS, Kind

MEDIA_TYPE: Final = "application/problem+json"
PAGES: Final = "/problems/"
RETRY_AFTER_SECONDS: Final = 5

_EXPECTED: Final[Mapping[Language, str]] = {"en": "expected {expected}", "id": "seharusnya {expected}"}
_DID_YOU_MEAN: Final[Mapping[Language, str]] = {"en": "did you mean {closest}?", "id": "mungkin maksud Anda {closest}?"}


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One problem without words yet; ``more`` are members of its own, such as both hashes of a conflict."""

    kind: Kind
    violations: tuple[Violation, ...] = ()
    more: dict[str, Any] = {}
    retry_after_seconds: int | None = None

    @property
    def status(self) -> int:
        """The status code of HTTP."""
        return STATUS[self.kind]


def refused(violations: Sequence[Violation]) -> Problem:
    """Return the problem of an event that breaks rules."""
    return Problem(kind="event-refused", violations=tuple(violations))


def unavailable() -> Problem:
    """Return the problem of an event whose fate is unknown."""
    return Problem(kind="not-available", retry_after_seconds=RETRY_AFTER_SECONDS)


def in_language(problem: Problem, language: Language, *, base_url: str, correlation_id: str) -> dict[str, Any]:
    """Return the problem as JSON values; ``base_url`` is where its pages are."""
    words = KINDS[problem.kind].words(language)
    answer: dict[str, Any] = {
        "type": f"{base_url}{PAGES}{problem.kind}",
        "title": KINDS[problem.kind].words(language).text,
        "status": problem.status,
        "detail": words.hint,
        **problem.more,
        "correlation_id": correlation_id,
    }
    if problem.violations:
        answer["errors"] = list(errors_of(problem.violations, language, base_url=base_url))
    return answer


def errors_of(violations: Iterable[Violation], language: Language, *, base_url: str) -> Iterable[dict[str, str]]:
    """Yield each violation in words: where, which code, what is wrong, what to do, and where its page is."""
    for violation in violations:
        words = REASONS[violation.code].words(language)
        expected = f"; {_EXPECTED[language].format(expected=in_words(violation.expected, language))}" if violation.expected else ""
        hint = _DID_YOU_MEAN[language].format(closest=violation.closest) if violation.closest else words.hint
        error = {"pointer": violation.pointer, "code": violation.code, "detail": words.text + expected, "hint": hint}
        if violation.closest:
            error["closest"] = violation.closest
        yield {**error, "type": f"{base_url}{PAGES}{violation.code}"}
