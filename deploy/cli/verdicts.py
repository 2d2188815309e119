"""Showing what became, or would become, of the lines of a file: per line that is not simply accepted, why, and what to do."""

import dataclasses
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from deploy.cli.console import print_json, print_table, remarks
from deploy.cli.words import say
from deploy.settings import Language
from models.figure_words import grouped
from models.reasons import Violation

REFUSED = ("rejected", "conflict")
SHOWN_AT_MOST = 200


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class LineVerdict:
    """One line and its verdict; ``first`` says which line a duplicate or conflict repeats, when it is in the same input."""

    file: str
    line: int
    event_id: str | None
    disposition: str
    violations: Sequence[Violation] = ()
    flags: Sequence[str] = ()
    first: int | None = None

    def to_json(self, lang: Language) -> dict[str, Any]:
        """Return the verdict as JSON values, its reasons in words too."""
        from models.reason_words import explain

        return {
            "file": self.file,
            "line": self.line,
            "id": self.event_id,
            "disposition": self.disposition,
            "reasons": [
                {"code": one.code, "pointer": one.pointer, "expected": one.expected, "closest": one.closest, "text": explain(one, lang)}
                for one in self.violations
            ],
            "flags": list(self.flags),
            "first_line": self.first,
        }


def counts(verdicts: Iterable[LineVerdict]) -> Counter[str]:
    """Return how many lines have each disposition."""
    return Counter(verdict.disposition for verdict in verdicts)


def is_fine(verdicts: Iterable[LineVerdict]) -> bool:
    """Tell whether no line is refused. A duplicate is harmless, a held one only waits."""
    return not any(verdict.disposition in REFUSED for verdict in verdicts)


def to_json(verdicts: Sequence[LineVerdict], lang: Language) -> dict[str, Any]:
    """Return the counts, and every line that is not simply accepted."""
    found = counts(verdicts)
    named = {name: found.get(name, 0) for name in ("accepted", "duplicate", "conflict", "rejected", "held", "unknown")}
    odd = [verdict.to_json(lang) for verdict in verdicts if verdict.disposition != "accepted"]
    return {"lines": len(verdicts), "counts": named, "results": odd}


def show(verdicts: Sequence[LineVerdict], lang: Language) -> None:
    """Print the lines that are not simply accepted, a row per reason, and then the counts."""
    rows = [row for verdict in verdicts if verdict.disposition != "accepted" for row in _rows(verdict, lang)]
    if rows:
        print_table([(say(name, lang), name == "line") for name in ("line", "event", "verdict", "reason")], rows[:SHOWN_AT_MOST])
    if len(rows) > SHOWN_AT_MOST:
        remarks().print(f"… {len(rows) - SHOWN_AT_MOST} (--json)")
    found = counts(verdicts)
    remarks().print(", ".join(f"{grouped(str(count), lang)} {say(name, lang)}" for name, count in sorted(found.items())) or "0")


def print_answer(verdicts: Sequence[LineVerdict], lang: Language, *, as_json: bool) -> None:
    """Print the verdicts for a program or for a person."""
    if as_json:
        print_json(to_json(verdicts, lang))
    else:
        show(verdicts, lang)


def _rows(verdict: LineVerdict, lang: Language) -> list[list[str]]:
    from models.reason_words import explain

    place = f"{verdict.file}:{verdict.line}"
    head = [place, verdict.event_id or "", say(verdict.disposition, lang)]
    if verdict.violations:
        return [[*head, f"{violation.code} {explain(violation, lang)}"] for violation in verdict.violations]
    repeated = f"= {say('line', lang).lower()} {verdict.first}" if verdict.first else ""
    waits = explain(Violation("held.original_not_booked"), lang) if verdict.disposition == "held" else repeated
    return [[*head, waits]]
