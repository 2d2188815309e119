"""The columns that a sheet of one event type can have, from the JSON Schema of the type.

A member of the event's lines is a column of each row; every other member is the same in all rows of an event.
Source and specification are never columns: a partner's source is given with the file.
"""

import dataclasses
import functools
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, Literal

from models.events.catalogue import EVENT_TYPES
from models.json_schema import Schema, schema_of
from models.measures import DISAGGREGATIONS
from models.reasons import Language
from streams.sheets.header_words import HEADERS, Header

Kind = Literal["text", "number", "line", "moment", "day", "day-or-moment", "choice", "yes-or-no", "list"]

EACH: Final = "*"
"""Stands in a path for the place in an array."""
UNSUPPORTED: Final = frozenset({"salur.event.amended.v1", "salur.statement.published.v1"})
"""Their data is nested deeper than rows and columns can say."""
SHEET_TYPES: Final = tuple(name for name in EVENT_TYPES if name not in UNSUPPORTED)
_ENVELOPE: Final = ("time", "subject")
_REFERS: Final = frozenset({"original", "other"})
_MOSTLY_GIVEN: Final = ("item", "quantity", "unit", "payments", "amount", "currency", "revenue", "recipients.count", "recipients.unit")
_BY_FORMAT: Final[Mapping[str, Kind]] = MappingProxyType({"date-time": "moment", "date": "day"})


@dataclasses.dataclass(frozen=True, slots=True)
class Column:
    """One column: where its value stands in the event, how it is read, and whether every event must have it."""

    name: str
    path: tuple[str, ...]
    kind: Kind
    required: bool = False
    choices: tuple[str, ...] = ()

    @property
    def per_row(self) -> bool:
        """Whether each row has its own value, as a line of the event."""
        return self.path[:2] == ("data", "lines")

    @property
    def is_evidence(self) -> bool:
        """Whether each row may name a document of its own."""
        return self.path[:2] == ("data", "evidence")

    @property
    def header(self) -> Header:
        """What people call the column."""
        return HEADERS[self.name]


KEY: Final = Column("id", ("id",), "text")
TYPE: Final = Column("type", ("type",), "text")


@functools.cache
def columns_of(event_type: str) -> tuple[Column, ...]:
    """Return the columns of a type in ``SHEET_TYPES``: the key first, then those of every event, then those of its lines."""
    schema = schema_of(event_type)
    envelope = _resolved(schema, schema)
    mine = [column for name in _ENVELOPE for column in _columns(envelope["properties"][name], schema, (name,), required=name in envelope["required"])]
    mine += _columns(envelope["properties"]["data"], schema, ("data",), required=True)
    return (KEY, *sorted(mine, key=_rank))


@functools.cache
def has_lines(event_type: str) -> bool:
    """Tell whether events of the type have lines, so that several rows may make one event."""
    return any(column.per_row for column in columns_of(event_type))


def full_type(name: str) -> str | None:
    """Return the type that ``name`` means: its whole name, or without the words that all have in common."""
    whole = name if name.startswith("salur.") else f"salur.{name}.v1"
    return whole if whole in SHEET_TYPES else None


def short_type(event_type: str) -> str:
    """Return the short name of a type, which fits the name of a sheet."""
    return event_type.removeprefix("salur.").removesuffix(".v1")


def title(column: Column, lang: Language) -> str:
    """Return the header of a column as a template writes it; an asterisk marks what every event needs."""
    return called(column, lang) + (" *" if column.required else "")


def called(column: Column, lang: Language) -> str:
    """Return what a column is called."""
    return column.header.id if lang == "id" else column.header.en


def _rank(column: Column) -> int:
    """Put first what every event needs and what most lines say; templates are long, and screens narrow."""
    if column.required and not column.per_row and not column.is_evidence:
        return 0
    if column.name in _MOSTLY_GIVEN:
        return 1 + _MOSTLY_GIVEN.index(column.name)
    return len(_MOSTLY_GIVEN) + 1 + column.per_row


def _columns(member: Schema, root: Schema, path: tuple[str, ...], *, required: bool) -> Iterator[Column]:
    member = _resolved(member, root)
    if path[-1] in _REFERS:
        yield _column((*path,), "text", required=required)
        yield _column((*path, "source"), "text")
    elif path[-1] == "disaggregation":
        yield from (_column((*path, dimension, value), "number") for dimension, values in DISAGGREGATIONS.items() for value in values)
    elif "properties" in member:
        for name, inner in member["properties"].items():
            yield from _columns(inner, root, (*path, name), required=required and name in member.get("required", ()))
    elif member.get("type") == "array":
        elements = _resolved(member["items"], root)
        if "properties" in elements:
            yield from _columns(elements, root, (*path, EACH), required=required)
        else:
            yield _column(path, "list", required=required, choices=tuple(elements.get("enum", ())))
    else:
        yield _column(path, _kind(member), required=required and path[-1] != "line", choices=tuple(member.get("enum", ())))


def _column(path: tuple[str, ...], kind: Kind, *, required: bool = False, choices: tuple[str, ...] = ()) -> Column:
    inner = [token for token in path if token not in {"data", "lines", EACH}]
    return Column(".".join(inner), path, kind, required, choices)


def _kind(member: Mapping[str, Any]) -> Kind:
    if "enum" in member:
        return "choice"
    match member.get("type"):
        case ["integer", "string"]:
            return "number"
        case "integer":
            return "line"
        case "boolean":
            return "yes-or-no"
        case _ if "T(" in member.get("pattern", ""):
            return "day-or-moment"
        case _:
            return _BY_FORMAT.get(member.get("format", ""), "text")


def _resolved(member: Schema, root: Schema) -> Schema:
    reference = member.get("$ref", "")
    resolved: Schema = root["$defs"][reference.rpartition("/")[2]] if reference else member
    return resolved
