"""One line of the read log: who was shown what, when, with which question and as of when; and how lines are chained.

Each line carries the hash of the one before, and its own hash is over everything in it, so a line that is edited, taken
out or put in is found by whoever reads the log again. What cannot be found from inside is a tail that was cut off, or
a log that was written anew: for that the reader keeps the last number and hash that he saw (``Anchor``).
"""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

from models.errors import ConfigurationError
from models.rules.personal_numbers import holds_nik

Channel = Literal["api", "page", "command"]
CHANNELS: Final[tuple[Channel, ...]] = ("api", "page", "command")

START: Final = "0" * 64
"""``previous`` of the first line."""
WITHHELD: Final = "(withheld: a person's number)"
"""What stands in the place of a value that is a person's number: the log says that somebody asked, and keeps no identity."""
LONGEST_TEXT: Final = 2_000

_ANCHOR: Final = re.compile(r"(\d{1,18}):([0-9a-f]{64})", re.ASCII)


class Read(NamedTuple):
    """What was shown. ``asked`` is the question as JSON; ``as_of``, ``rows`` and ``sha256`` where the answer has them."""

    at: int
    reader: str
    channel: Channel
    what: str
    asked: str
    status: int
    as_of: int | None = None
    rows: int | None = None
    sha256: str = ""


class Line(NamedTuple):
    """A read in its place of the log."""

    number: int
    read: Read
    previous: str
    hash: str


class Anchor(NamedTuple):
    """A line that somebody saw: its number and hash."""

    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"


def line_after(previous: Anchor, read: Read) -> Line:
    """Return the line that follows another; the first one follows ``Anchor(0, START)``."""
    number = previous.number + 1
    return Line(number, read, previous.hash, hash_of(number, read, previous.hash))


def hash_of(number: int, read: Read, previous: str) -> str:
    """Return the SHA-256 over everything in a line."""
    content = json.dumps({"number": number, **read._asdict(), "previous": previous}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


def written(question: Mapping[str, str]) -> str:
    """Return a question as the log keeps it: JSON, without any person's number."""
    kept = {name: shown(value) for name, value in question.items()}
    return json.dumps(kept, ensure_ascii=True, separators=(",", ":"))


def shown(text: str) -> str:
    """Return a text as the log keeps it: of bounded length, and withheld where it holds a person's number."""
    return WITHHELD if holds_nik(text) else text[:LONGEST_TEXT].encode("utf-8", "replace").decode()


def parse_anchor(text: str) -> Anchor:
    """Read ``NUMBER:HASH``. Raises ConfigurationError."""
    found = _ANCHOR.fullmatch(text)
    if found is None:
        raise ConfigurationError(f"{text[:80]!r} is no line of the read log", hint="write NUMBER:HASH, as `salur readlog` prints it")
    return Anchor(int(found[1]), found[2])
