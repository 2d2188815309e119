"""Tallies that move in a terminal: rows that changed since the last look stand out."""

import time
from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.console import Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from deploy.cli.console import answers
from deploy.cli.tally import cells_of, headings
from deploy.cli.words import say
from deploy.settings import Language
from models.figure_words import grouped

if TYPE_CHECKING:
    from consumers.answers.tally import TallyAnswer, TallyRow

GLOW_SECONDS = 1.5
FOOT_LINES = 7


class LiveTallies:
    """One screen of rows; use it as a context manager."""

    def __init__(self, lang: Language, *, began: float, by: Sequence[str]) -> None:
        self._lang = lang
        self._began = began
        self._by = by
        self._first_seconds: float | None = None
        self._changed_at: dict[tuple[object, ...], float] = {}
        self._steps: dict[tuple[object, ...], int] = {}
        self._live = Live(console=answers(), auto_refresh=False, vertical_overflow="crop")

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._live.stop()

    def show(self, answer: "TallyAnswer", *, is_publishing: bool) -> None:
        """Show this answer in the place of the one before."""
        now = time.monotonic()
        if answer.rows and self._first_seconds is None:
            self._first_seconds = now - self._began
        self._note_changes(answer.rows, now)
        self._live.update(Group(self._table(answer, now), self._foot(answer, is_publishing=is_publishing)), refresh=True)

    def _table(self, answer: "TallyAnswer", now: float) -> Table:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for heading, is_number in headings(self._by, answer.rows, self._lang, is_tables=False):
            table.add_column(heading, justify="right" if is_number else "left", no_wrap=is_number)
        for row in self._fitting(answer.rows):
            glows = now - self._changed_at[_key(row)] < GLOW_SECONDS
            table.add_row(*(Text(cell) for cell in cells_of(row, self._by, self._lang)), style="bold green" if glows else "")
        return table

    def _note_changes(self, rows: "Sequence[TallyRow]", now: float) -> None:
        for row in rows:
            if self._steps.get(_key(row)) != row.steps:
                self._steps[_key(row)] = row.steps
                self._changed_at[_key(row)] = now

    def _fitting(self, rows: "Sequence[TallyRow]") -> "list[TallyRow]":
        """Return the rows that fit the terminal, in their order: those that changed last."""
        room = max(self._live.console.size.height - FOOT_LINES, 1)
        newest = sorted(rows, key=lambda row: -self._changed_at[_key(row)])[:room]
        kept = {_key(row) for row in newest}
        return [row for row in rows if _key(row) in kept]

    def _foot(self, answer: "TallyAnswer", *, is_publishing: bool) -> Text:
        lines = [say("intake", self._lang, **answer.intake.to_json())]
        as_of = answer.as_of.to_json()
        lines.append(say("as_of", self._lang, **as_of) if as_of["booking"] else say("never", self._lang))
        if self._first_seconds is not None:
            lines.append(say("demo_first", self._lang, seconds=grouped(f"{self._first_seconds:.1f}", self._lang)))
        hidden = len(answer.rows) - len(self._fitting(answer.rows))
        if hidden > 0:
            lines.append(say("demo_hidden", self._lang, count=hidden))
        lines.append(say("demo_publishing", self._lang) + " …" if is_publishing else say("press", self._lang))
        return Text("\n".join(lines), style="dim")


def _key(row: "TallyRow") -> tuple[object, ...]:
    return tuple(row.key().values())
