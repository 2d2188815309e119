"""CSV and JSON: each row written as it comes, numbers as exact decimal strings.

CSV as RFC 4180 has it, with a byte order mark so that spreadsheets read UTF-8, and nothing in it that would run as a
formula. JSON is one object: what was asked, as of when, the columns with their kinds, and ``rows`` with one object a row.
"""

import csv
import io
from collections.abc import Iterable
from typing import Any, BinaryIO, Final

import msgspec

from consumers.exports.harmless import harmless
from consumers.exports.sheet import Column, Row, Sheet, Value

_AT_ONCE: Final = 2_000


def write_csv(sheet: Sheet, out: BinaryIO) -> None:
    """Write a header line and a line for each row."""
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=False)
    text.write("\ufeff")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([harmless(column.name) for column in sheet.columns])
    writer.writerows([_text(value) for value in row] for row in sheet.rows)
    text.flush()
    text.detach()


def write_json(sheet: Sheet, out: BinaryIO, *, about: dict[str, Any]) -> None:
    """Write one object, ``about`` first."""
    columns = [{"name": column.name, "kind": column.kind} for column in sheet.columns]
    head = msgspec.json.encode({**about, "columns": columns})
    out.write(head[:-1] + b',"rows":[')
    is_first = True
    for part in _parts(sheet.columns, sheet.rows):
        out.write(part if is_first else b"," + part)
        is_first = False
    out.write(b"]}\n")


def _parts(columns: tuple[Column, ...], rows: Iterable[Row]) -> Iterable[bytes]:
    names = [column.name for column in columns]
    encode = msgspec.json.Encoder().encode
    pending: list[bytes] = []
    for row in rows:
        pending.append(encode(dict(zip(names, row, strict=True))))
        if len(pending) == _AT_ONCE:
            yield b",\n".join(pending)
            pending = []
    if pending:
        yield b",\n".join(pending)


def _text(value: Value) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return harmless(value)
        case _:
            return str(value)
