"""The files that commands read: JSON Lines by name, or standard input."""

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from models.errors import ConfigurationError
from streams.publishing import Line, lines_of

STANDARD_INPUT = "-"


def read(names: Sequence[str]) -> Iterator[Line]:
    """Yield the lines of all files in order, blank ones left out. Raises ConfigurationError, at once, for one that cannot be read."""
    for name in names:
        if name != STANDARD_INPUT and not os.access(name, os.R_OK):
            reason = "it is not there" if not Path(name).exists() else "it may not be read"
            raise ConfigurationError(f"cannot read {name}: {reason}", hint="name a JSON Lines file, or - for standard input")
    return (line for name in names for line in _lines(name))


def _lines(name: str) -> Iterator[Line]:
    if name == STANDARD_INPUT:
        yield from lines_of(sys.stdin.buffer, file=STANDARD_INPUT)
        return
    try:
        with Path(name).open("rb") as stream:
            yield from lines_of(stream, file=name)
    except OSError as error:
        raise ConfigurationError(f"cannot read {name}: {error.strerror}", hint="name a JSON Lines file, or - for standard input") from error
