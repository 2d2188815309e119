"""Answers as CSV: one header line, one line a row; what a spreadsheet would run as a formula is made harmless.

A text that begins with ``=``, ``+``, ``-``, ``@``, a tab or a line break gets an apostrophe before it; exact numbers stay
as they are. Lines end with CRLF (RFC 4180); a byte order mark tells spreadsheets that it is UTF-8.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from consumers.exports.harmless import harmless

MEDIA_TYPE: Final = "text/csv"


def sheet(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Return rows as CSV; the columns are all members that any row has, nested ones by their path with dots."""
    flat = [dict(_flattened(row)) for row in rows]
    columns = list(dict.fromkeys(name for row in flat for name in row))
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([harmless(name) for name in columns])
    writer.writerows([harmless(row.get(name, "")) for name in columns] for row in flat)
    return ("\ufeff" + text.getvalue()).encode()


def _flattened(row: Mapping[str, Any], prefix: str = "") -> Iterable[tuple[str, str]]:
    for name, value in row.items():
        match value:
            case Mapping():
                yield from _flattened(value, f"{prefix}{name}.")
            case None:
                yield f"{prefix}{name}", ""
            case bool():
                yield f"{prefix}{name}", "true" if value else "false"
            case list() | tuple():
                yield f"{prefix}{name}", _listed(value)
            case _:
                yield f"{prefix}{name}", str(value)


def _listed(values: Sequence[Any]) -> str:
    if all(isinstance(value, str) for value in values):
        return " ".join(values)
    return msgspec.json.encode(values).decode()
