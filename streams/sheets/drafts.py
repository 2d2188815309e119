"""From rows to events: which rows belong together, the event that they make, and where in the sheet each of its members stands.

The same rows always make the same bytes and the same ids, so that a file can be sent again without harm: the id is
the key of the rows, or else a hash of what the row says.
"""

import dataclasses
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from models.events.envelope import SOURCE_PREFIX
from streams.sheets import cells
from streams.sheets.columns import EACH, KEY, TYPE, Column, columns_of, full_type, has_lines
from streams.sheets.headers import Places
from streams.sheets.mistakes import Flaw, Mistake
from streams.sheets.table import Cell, Row, Table

Token = str | int
Path = tuple[Token, ...]
Event = dict[str, Any]

_ID_BYTES: Final = 16
_encoder: Final = msgspec.json.Encoder(order="deterministic")


@dataclasses.dataclass(slots=True)
class Draft:
    """An event as the rows say it. ``event`` lacks what could not be read; ``flawed`` says where that would stand."""

    event_type: str
    key: str
    event: Event
    rows: list[int] = dataclasses.field(default_factory=list)
    flawed: dict[Path, Column] = dataclasses.field(default_factory=dict)
    mistakes: list[Mistake] = dataclasses.field(default_factory=list)
    line_rows: list[int] = dataclasses.field(default_factory=list)
    evidence_rows: list[int] = dataclasses.field(default_factory=list)
    taken: dict[Path, tuple[Any, int]] = dataclasses.field(default_factory=dict)
    """What the first row said of each member that all rows share, as it was written."""

    @property
    def value(self) -> bytes:
        """The event as it is sent."""
        return _encoder.encode(self.event)


class Drafting:
    """Makes drafts of the rows of one table, in the order in which their first rows stand."""

    def __init__(self, table: Table, places: Places, *, partner: str, event_type: str | None) -> None:
        self._table = table
        self._places = places
        self._source = SOURCE_PREFIX + partner
        self._event_type = event_type
        self._drafts: dict[tuple[str, str], Draft] = {}
        self._seen: dict[tuple[Cell, ...], int] = {}
        self.mistakes: list[Mistake] = []
        """Those of rows that belong to no event."""

    def drafts(self) -> list[Draft]:
        """Return all drafts, with their ids."""
        self._has_keys = KEY.name in self._places and any(self._cell(row, KEY.name) != "" for row in self._table.rows)
        for row in self._table.rows:
            self._take(row)
        drafts = list(self._drafts.values())
        for draft in drafts:
            draft.event["id"] = draft.key or _hash(draft.event)
        return drafts

    def _take(self, row: Row) -> None:
        event_type = self._type_of(row)
        if event_type is None:
            self.mistakes.append(self._mistake(row, TYPE.name, Flaw("sheet.type_unknown")))
            return
        key = self._key_of(row)
        if key is None:
            return
        draft = self._drafts.get((event_type, key)) if key else None
        if draft is None:
            draft = Draft(event_type, key, {"specversion": "1.0", "id": "", "source": self._source, "type": event_type, "data": {}})
            self._drafts[event_type, key or f"\0{row.number}"] = draft
        elif not has_lines(event_type):
            draft.mistakes.append(self._mistake(row, KEY.name, Flaw("sheet.key_twice")))
        draft.rows.append(row.number)
        self._refuse_repeated(row, draft)
        self._refuse_beyond_header(row, draft)
        self._fill(row, draft)

    def _type_of(self, row: Row) -> str | None:
        written = self._cell(row, TYPE.name)
        return (full_type(written) if isinstance(written, str) else None) if written != "" else self._event_type

    def _key_of(self, row: Row) -> str | None:
        """Return the key of a row, "" where no row has one; None, with a mistake, if it should have one."""
        if not self._has_keys:
            return ""
        cell = self._cell(row, KEY.name)
        if cell == "":
            self.mistakes.append(self._mistake(row, KEY.name, Flaw("sheet.key_missing")))
            return None
        key = cells.read(cell, KEY, counts_days=False)
        if isinstance(key, Flaw):
            self.mistakes.append(self._mistake(row, KEY.name, key))
            return None
        return str(key)

    def _refuse_repeated(self, row: Row, draft: Draft) -> None:
        first = self._seen.setdefault(_trimmed(row.cells), row.number)
        if first != row.number:
            draft.mistakes.append(Mistake(row.number, 0, "sheet.same_row", suggestions=()))

    def _refuse_beyond_header(self, row: Row, draft: Draft) -> None:
        known = set(self._places.values())
        for place, cell in enumerate(row.cells):
            if cell != "" and place not in known and (place >= len(self._table.header) or not self._table.header[place]):
                draft.mistakes.append(Mistake(row.number, place + 1, "sheet.beyond_header"))

    def _fill(self, row: Row, draft: Draft) -> None:
        columns = {column.name: column for column in columns_of(draft.event_type)}
        mine = [(columns[name], self._cell(row, name)) for name in self._places if name in columns and name != KEY.name]
        for name in self._places:
            if name not in columns and name != TYPE.name and self._cell(row, name) != "":
                draft.mistakes.append(self._mistake(row, name, Flaw("sheet.column_unknown")))
        said = [(column, cell) for column, cell in mine if cell != ""]
        if any(column.per_row for column, _ in said):
            draft.line_rows.append(row.number)
            lines = draft.event["data"].setdefault("lines", [])
            lines.append({"line": len(lines) + 1})
        if any(column.is_evidence for column, _ in said):
            self._begin_document(row, draft, [(column, cell) for column, cell in said if column.is_evidence])
        for column, cell in said:
            if column.per_row:
                self._put(row, draft, column, cell, len(draft.line_rows) - 1)
            elif column.is_evidence:
                self._put(row, draft, column, cell, len(draft.evidence_rows) - 1)
            else:
                self._share(row, draft, column, cell)

    def _begin_document(self, row: Row, draft: Draft, said: Sequence[tuple[Column, Cell]]) -> None:
        """Begin one more document, unless an earlier row names the same one."""
        named = tuple(cell for _, cell in said)
        path: Path = ("data", "evidence", *map(str, named))
        if path in draft.taken:
            draft.event["data"]["evidence"].pop()
            draft.evidence_rows.pop()
        draft.taken[path] = (named, row.number)
        draft.event["data"].setdefault("evidence", []).append({})
        draft.evidence_rows.append(row.number)

    def _share(self, row: Row, draft: Draft, column: Column, cell: Cell) -> None:
        """Put what all rows of an event say alike, and refuse what differs from the first row that says it."""
        first = draft.taken.setdefault(column.path, (cell, row.number))
        if first[1] == row.number:
            self._put(row, draft, column, cell, 0)
        elif cells.read(cell, column, counts_days=self._table.counts_days) != cells.read(first[0], column, counts_days=self._table.counts_days):
            draft.mistakes.append(self._mistake(row, column.name, Flaw("sheet.rows_disagree")))

    def _put(self, row: Row, draft: Draft, column: Column, cell: Cell, place: int) -> None:
        path: Path = tuple(place if token == EACH else token for token in column.path)
        value = cells.read(cell, column, counts_days=self._table.counts_days)
        if isinstance(value, Flaw):
            draft.flawed[path] = column
            draft.mistakes.append(self._mistake(row, column.name, value))
            return
        put(draft.event, path, value)

    def _cell(self, row: Row, name: str) -> Cell:
        place = self._places.get(name)
        return row.cells[place] if place is not None and place < len(row.cells) else ""

    def _mistake(self, row: Row, name: str, flaw: Flaw) -> Mistake:
        place = self._places.get(name)
        header = self._table.header[place] if place is not None else ""
        return Mistake(row.number, 0 if place is None else place + 1, flaw.code, header, flaw.suggestions)


def put(event: Event, path: Path, value: Any) -> None:
    """Put a value at a path, and make the objects above it. What names an event of another source becomes an object."""
    node: Any = event
    for token in path[:-1]:
        node = _within(node, token)
    last = path[-1]
    if isinstance(node.get(last), dict) and not isinstance(value, dict):
        node[last]["id"] = value
    else:
        node[last] = value


def _within(node: Any, token: Token) -> Any:
    if isinstance(token, int):
        return node[token]
    inner = node.setdefault(token, {})
    if isinstance(inner, str):
        # An original was named by its id, and its source follows.
        inner = node[token] = {"id": inner}
    return inner


def _trimmed(row: tuple[Cell, ...]) -> tuple[Cell, ...]:
    end = len(row)
    while end and row[end - 1] == "":
        end -= 1
    return row[:end]


def _hash(event: Mapping[str, Any]) -> str:
    """Return the id of a row without a key: the same for the same content, in whatever file, format or order of columns."""
    content = {name: member for name, member in event.items() if name != "id"}
    return "row-" + hashlib.sha256(msgspec.json.encode(content, order="sorted")).hexdigest()[: _ID_BYTES * 2]


def without_mistakes(drafts: Iterable[Draft]) -> Iterator[Draft]:
    """Yield the drafts that can be sent."""
    return (draft for draft in drafts if not draft.mistakes)
