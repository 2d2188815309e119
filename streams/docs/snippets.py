"""The same example event as JSON, as a curl command, as Python and as rows of a spreadsheet: each is made from the example, so none can drift from it."""

import csv
import importlib.resources
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from models.reasons import Language
from streams.sheets.columns import EACH, SHEET_TYPES, TYPE, Column, columns_of, short_type, title

Event = dict[str, Any]

PARTNER: Final = "$PARTNER"
_EXAMPLES: Final = "examples/valid"
_WIDTH: Final = 100
_ENVELOPE: Final = frozenset({"specversion", "id", "source", "type", "time"})


def example(event_type: str, *, full: bool = False) -> Event:
    """Return a valid event of the type: the shortest that says something, or one with every member."""
    name = f"{event_type}.full.json" if full else f"{event_type}.json"
    found: Event = json.loads(importlib.resources.files("models").joinpath(_EXAMPLES, name).read_text("utf-8"))
    return found


def pretty(event: Mapping[str, Any]) -> str:
    """Return JSON as people read it: short objects on one line."""
    return _laid_out(event, 0)


def curl(event: Mapping[str, Any]) -> str:
    """Return the command that sends the event; the shell fills in address, token and partner."""
    # A single quote in a text ends the shell's own; it is written as a code of JSON instead.
    body = pretty({**event, "source": f"urn:salur:partner:{PARTNER}"}).replace("'", "\\u0027")
    quoted = body.replace(PARTNER, f"'\"{PARTNER}\"'")
    headers = '-H "Authorization: Bearer $TOKEN" -H "Content-Type: application/cloudevents+json"'
    return f"curl -sS \"$URL/v1/events\" {headers} -d '{quoted}'"


def python(event: Mapping[str, Any]) -> str:
    """Return a program that sends the event and prints its verdict."""
    named = {name: event[name] for name in ("time", "id")} | {name: value for name, value in event.items() if name not in {*_ENVELOPE, "data"}}
    given = [_flat_python(short_type(event["type"])), as_python(event["data"]), *(f"{name}={_flat_python(value)}" for name, value in named.items())]
    return (
        "import os\n\n"
        "from salur_client import Client\n\n"
        'with Client(os.environ["URL"], token=os.environ["TOKEN"], partner=os.environ["PARTNER"], spool="spool.jsonl") as salur:\n'
        "    event = salur.event(\n" + "".join(f"        {one},\n" for one in given) + "    )\n"
        "    receipt = salur.send(event)\n"
        '    print(salur.verdict(receipt.id, wait_seconds=60)["verdict"])\n'
    )


def rows(event: Mapping[str, Any], language: Language) -> list[list[str]] | None:
    """Return the event as rows of a spreadsheet, the header first; None for a type that no spreadsheet can hold."""
    if event["type"] not in SHEET_TYPES:
        return None
    count = max(1, len(event["data"].get("lines", ())), len(event["data"].get("evidence", ())))
    cells = {column: [_cell(event, column, number) for number in range(count)] for column in columns_of(event["type"])}
    filled = {column: texts for column, texts in cells.items() if (any(texts) or column.required) and not _is_counted(column, texts)}
    header = [TYPE.header.id if language == "id" else TYPE.header.en, *(title(column, language) for column in filled)]
    return [header, *([short_type(event["type"]), *(texts[number] for texts in filled.values())] for number in range(count))]


def as_csv(table: Sequence[Sequence[str]], language: Language) -> str:
    """Return rows as a CSV that Excel opens: with semicolons in Indonesian, where a comma divides decimals."""
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=";" if language == "id" else ",", lineterminator="\n").writerows(table)
    return written.getvalue()


def flat(event: Mapping[str, Any]) -> str:
    """Return an event as one line of JSON that a shell takes between single quotes."""
    return json.dumps(event, separators=(",", ":")).replace("'", "\\u0027")


def _cell(event: Mapping[str, Any], column: Column, number: int) -> str:
    """Return what a row says of a column: that of its line or document, else the same in every row."""
    node: Any = event
    for step in column.path:
        node = _below(node, step, number)
    match node:
        case None:
            return ""
        case bool():
            return "ya" if node else "tidak"
        case list():
            return "; ".join(map(str, node))
        case dict():
            return str(node.get("id", ""))
        case _:
            return str(node)


def _below(node: Any, step: str, number: int) -> Any:
    if step == EACH:
        return node[number] if isinstance(node, list) and number < len(node) else None
    return node.get(step) if isinstance(node, dict) else None


def _is_counted(column: Column, texts: Sequence[str]) -> bool:
    """Tell whether a column only numbers the rows from 1, as they are numbered without it."""
    return column.kind == "line" and list(texts) == [str(number) for number in range(1, len(texts) + 1)]


def _laid_out(value: Any, depth: int) -> str:
    flat = json.dumps(value, ensure_ascii=False)
    room = _WIDTH - 2 * depth
    if not isinstance(value, (dict, list)) or (depth and len(flat) <= room):
        return flat
    inner = "  " * (depth + 1)
    parts = list(_parts(value, depth + 1))
    opening, closing = ("{", "}") if isinstance(value, dict) else ("[", "]")
    return f"{opening}\n" + ",\n".join(inner + part for part in parts) + f"\n{'  ' * depth}{closing}"


def _parts(value: Mapping[str, Any] | Sequence[Any], depth: int) -> Iterator[str]:
    if isinstance(value, Mapping):
        return (f"{json.dumps(name, ensure_ascii=False)}: {_laid_out(member, depth)}" for name, member in value.items())
    return (_laid_out(member, depth) for member in value)


def as_python(value: Any, depth: int = 2) -> str:
    """Return a value as it is written in Python, indented by so many steps."""
    flat = _flat_python(value)
    if not isinstance(value, (dict, list)) or len(flat) <= _WIDTH - 4 * depth:
        return flat
    inner, outer = "    " * (depth + 1), "    " * depth
    if isinstance(value, dict):
        parts = [f"{_flat_python(name)}: {as_python(member, depth + 1)}" for name, member in value.items()]
        return "{\n" + "".join(f"{inner}{part},\n" for part in parts) + f"{outer}}}"
    return "[\n" + "".join(f"{inner}{as_python(member, depth + 1)},\n" for member in value) + f"{outer}]"


def _flat_python(value: Any) -> str:
    """Return a value on one line, its texts in double quotes; a text of JSON is one of Python too."""
    match value:
        case str():
            return json.dumps(value, ensure_ascii=False)
        case dict():
            return "{" + ", ".join(f"{_flat_python(name)}: {_flat_python(member)}" for name, member in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_flat_python, value)) + "]"
        case _:
            return repr(value)
