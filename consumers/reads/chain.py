"""Reads the read log, and holds it against itself: dense numbers, every hash, and the last line that somebody remembers."""

import contextlib
import dataclasses
from collections.abc import Generator, Iterable
from typing import Any, Final

import sqlalchemy as sa

from models import schema
from models.reads import START, Anchor, Line, Read, hash_of

_table: Final = schema.read_log
_columns: Final = _table.c
_AT_ONCE: Final = 1_000


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What came of reading the whole log: the last good line, and what is wrong with the first bad one, if anything is."""

    last: Anchor
    flaw: str = ""

    @property
    def holds(self) -> bool:
        """Whether every line follows from the one before."""
        return not self.flaw

    def to_json(self) -> dict[str, Any]:
        """Return the verdict as JSON values."""
        return {"holds": self.holds, "lines": self.last.number, "last": str(self.last), "flaw": self.flaw or None}


def lines(
    connection: sa.Connection, *, reader: str = "", since: int | None = None, until: int | None = None, after: int | None = None, limit: int | None = None
) -> Generator[Line]:
    """Yield lines in order: after a number, of one reader, between two moments in milliseconds, at most so many."""
    query = sa.select(_table).order_by(_columns.number)
    if since is not None:
        query = query.where(_columns.at >= since)
    if after is not None:
        query = query.where(_columns.number > after)
    if reader:
        query = query.where(_columns.reader == reader)
    if until is not None:
        query = query.where(_columns.at <= until)
    with connection.execute(query.limit(limit), execution_options={"yield_per": _AT_ONCE}) as rows:
        yield from map(_line, rows)


def last_lines(connection: sa.Connection, count: int, *, reader: str = "") -> list[Line]:
    """Return the newest lines, the oldest of them first."""
    query = sa.select(_table).order_by(_columns.number.desc()).limit(count)
    if reader:
        query = query.where(_columns.reader == reader)
    return [_line(row) for row in reversed(connection.execute(query).all())]


def check(connection: sa.Connection, remembered: Anchor | None = None) -> Checked:
    """Read every line again. ``remembered`` is one that was seen before: it must still be there, as it was."""
    with contextlib.closing(lines(connection)) as found:
        return _check(found, remembered)


def _check(found: Iterable[Line], remembered: Anchor | None) -> Checked:
    last = Anchor(0, START)
    for line in found:
        if line.number != last.number + 1:
            return Checked(last=last, flaw=f"after line {last.number} comes line {line.number}: lines are missing")
        if line.previous != last.hash:
            return Checked(last=last, flaw=f"line {line.number} does not follow from the one before")
        if line.hash != hash_of(line.number, line.read, line.previous):
            return Checked(last=last, flaw=f"line {line.number} was changed")
        last = Anchor(line.number, line.hash)
        if remembered is not None and remembered.number == line.number and remembered.hash != line.hash:
            return Checked(last=last, flaw=f"line {line.number} is not the one that was seen before: the log was written anew")
    if remembered is not None and remembered.number > last.number:
        return Checked(last=last, flaw=f"line {remembered.number}, which was seen before, is gone: the end was cut off")
    return Checked(last=last)


def _line(row: Any) -> Line:
    return Line(row.number, Read(*(getattr(row, name) for name in Read._fields)), row.previous, row.hash)
