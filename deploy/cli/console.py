"""What a command prints: JSON for programs on standard output, tables for people, remarks and errors on standard error.

Colours go away by themselves when NO_COLOR is set or the output is no terminal.
"""

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from deploy.cli.remark_words import remark
from deploy.settings import Language
from models.errors import ConfigurationError, SalurError, Unreachable

FINE = 0
NO = 1
USAGE = 2
UNREACHABLE = 3


def answers() -> Console:
    """Return where answers for people go. A pipe gets whole lines: nothing is folded at a width that nobody sees."""
    return Console(soft_wrap=not sys.stdout.isatty(), highlight=False, emoji=False, markup=False)


def remarks() -> Console:
    """Return where everything goes that is not the answer."""
    return Console(stderr=True, soft_wrap=True, highlight=False, emoji=False, markup=False)


def print_json(value: Any) -> None:
    """Print one JSON value on one line; numbers and codes as they are, no escaping of other alphabets."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def table(columns: Iterable[tuple[str, bool]], rows: Iterable[Sequence[str]]) -> Table:
    """Return a table for people; ``columns`` are (heading, is a number)."""
    made = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    for heading, is_number in columns:
        made.add_column(heading, justify="right" if is_number else "left", no_wrap=is_number, overflow="fold")
    for row in rows:
        # Text, not str: a code in brackets must not be taken for markup.
        made.add_row(*(Text(cell) for cell in row))
    return made


def print_table(columns: Sequence[tuple[str, bool]], rows: Sequence[Sequence[str]]) -> None:
    """Print a table; tab-separated lines when nobody looks, so that `cut` and `awk` can read them."""
    if sys.stdout.isatty():
        answers().print(table(columns, rows))
        return
    for row in ([heading for heading, _ in columns], *rows):
        sys.stdout.write("\t".join(row) + "\n")


def complain(error: SalurError, lang: Language = "en") -> int:
    """Print what is wrong and what to do about it, and return the exit code."""
    out = remarks()
    out.print(Text.assemble(("salur: ", "bold red"), remark(Exception.__str__(error), lang)))
    if error.hint:
        out.print(Text.assemble(("  → ", "bold"), remark(error.hint, lang)))
    return exit_code(error)


def exit_code(error: SalurError) -> int:
    """Return the exit code of an error: 2 for a wrong set-up or wrong words, 3 for what does not answer, 1 for anything else."""
    if isinstance(error, ConfigurationError):
        return USAGE
    return UNREACHABLE if isinstance(error, Unreachable) else NO
