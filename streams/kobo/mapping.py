"""A mapping: which answer of a form is which column of an event. Read from TOML; everything that is wrong with it is told at once.

Columns are those of spreadsheets (``streams.sheets.columns``), by their names on the wire, and values are read by the
same rules. Where a mapping lies, and who may use it, is not known here.
"""

import dataclasses
import difflib
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final, Literal, NamedTuple

from models.events.envelope import CODE_PATTERN
from models.reasons import Language
from models.registry import Registry
from streams.kobo.fault_words import FAULTS, FaultCode
from streams.sheets import cells
from streams.sheets.columns import KEY, SHEET_TYPES, Column, columns_of, full_type, has_lines, short_type
from streams.sheets.mistakes import Flaw, Mistake
from streams.sheets.templates import LIST_OF, lists

Edits = Literal["conflict", "amend"]

_TOP: Final = ("partner", "type", "form", "edits", "lang", "event", "lines")
_SOURCE: Final = frozenset({"answer", "values", "always", "zone"})
ZONES: Final = re.compile(r"Z|[+-][0-9]{2}:[0-9]{2}|WIB|WITA|WIT")


class Fault(NamedTuple):
    """One thing that is wrong with a mapping: where in the file, what, and what it may have meant."""

    place: str
    code: FaultCode
    given: str = ""
    closest: str = ""
    expected: str = ""

    def words(self, lang: Language) -> tuple[str, str]:
        """Return what is wrong, and what to do."""
        words = FAULTS[self.code].words(lang)
        text, hint = (part.format(given=self.given, expected=self.expected) for part in (words.text, words.hint))
        if self.closest:
            hint = f"{'mungkin maksud Anda' if lang == 'id' else 'did you mean'} {self.closest}?"
        return text, hint

    def to_json(self, lang: Language) -> dict[str, str]:
        """Return the fault as JSON values."""
        text, hint = self.words(lang)
        return {"place": self.place, "code": self.code, "detail": text, "hint": hint, **({"closest": self.closest} if self.closest else {})}


@dataclasses.dataclass(frozen=True, slots=True)
class Answered:
    """Where the value of one column comes from: an answer, perhaps by a list of what each means, or always the same."""

    column: Column
    answer: str = ""
    values: Mapping[str, str] = dataclasses.field(default_factory=dict)
    always: str = ""
    zone: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Lines:
    """The lines that one part of a form makes: a line for each turn of ``repeat``, or one line if that is empty."""

    repeat: str
    columns: tuple[Answered, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class FormMapping:
    """A whole mapping. ``form`` is the form's own id, "" for any; ``edits`` says what becomes of an edited submission."""

    partner: str
    event_type: str
    form: str
    edits: Edits
    lang: Language
    event: tuple[Answered, ...]
    lines: tuple[Lines, ...]


def read_mapping(content: bytes, registry: Registry | None = None) -> FormMapping | list[Fault]:
    """Read a file: a mapping, or everything that is wrong with it. Codes are looked up in ``registry`` where there is one."""
    try:
        written = tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return [Fault("", "mapping.not_toml", given=str(error))]
    reading = _Reading(written, registry)
    mapping = reading.mapping()
    return reading.faults or mapping


class _Reading:
    """Reads one file, and collects what is wrong with it."""

    def __init__(self, written: Mapping[str, Any], registry: Registry | None) -> None:
        self._written = written
        self._registry = registry
        self._codes = lists(registry, "en") if registry is not None else {}
        self.faults: list[Fault] = []

    def mapping(self) -> FormMapping:
        """Return the mapping, which means something only if there are no faults."""
        self._refuse_unknown(self._written, _TOP, "")
        partner, event_type = self._partner(), self._type()
        event = self._columns(self._table("event"), "event", event_type, per_row=False)
        lines = tuple(self._lines(event_type))
        self._refuse_missing(event_type, event, lines)
        return FormMapping(
            partner=partner,
            event_type=event_type,
            form=self._text("form"),
            edits="amend" if self._one_of("edits", ("conflict", "amend"), "mapping.edits") == "amend" else "conflict",
            lang="id" if self._one_of("lang", ("en", "id"), "mapping.language") == "id" else "en",
            event=event,
            lines=lines,
        )

    def _partner(self) -> str:
        partner = self._text("partner", needed=True)
        known = self._registry.partners if self._registry is not None else None
        if partner and (not re.fullmatch(CODE_PATTERN, partner) or (known is not None and partner not in known)):
            self._add("partner", "mapping.partner", closest=_closest(partner, known or ()))
        return partner

    def _type(self) -> str:
        written = self._text("type", needed=True)
        event_type = full_type(written)
        if written and event_type is None:
            self._add("type", "mapping.type", closest=_closest(written, [short_type(one) for one in SHEET_TYPES]))
        return event_type or ""

    def _lines(self, event_type: str) -> Iterator[Lines]:
        written = self._written.get("lines", [])
        if event_type and has_lines(event_type) is not bool(written):
            self._add("lines", "mapping.no_such_lines" if written else "mapping.no_lines")
        if not isinstance(written, list) or not all(isinstance(one, dict) for one in written):
            self._add("lines", "mapping.source")
            return
        for number, one in enumerate(written, start=1):
            place = f"lines[{number}]"
            repeat = one.get("repeat", "")
            if not isinstance(repeat, str):
                self._add(f"{place}.repeat", "mapping.text")
                repeat = ""
            rest = {name: value for name, value in one.items() if name != "repeat"}
            yield Lines(repeat, self._columns(rest, place, event_type, per_row=True))

    def _columns(self, table: Mapping[str, Any], place: str, event_type: str, *, per_row: bool) -> tuple[Answered, ...]:
        columns = {column.name: column for column in columns_of(event_type) if column.name not in {KEY.name, "line"}} if event_type else {}
        found = []
        for name, source in _flattened(table):
            where = f"{place}.{name}"
            column = columns.get(name)
            if column is None:
                if event_type:
                    self._add(where, "mapping.column_unknown", closest=_closest(name, columns))
            elif column.per_row is not per_row:
                self._add(where, "mapping.column_elsewhere")
            else:
                found += [answered] if (answered := self._answered(column, source, where)) is not None else []
        return tuple(found)

    def _answered(self, column: Column, source: Any, where: str) -> Answered | None:
        given = {"answer": source} if isinstance(source, str) else source
        if not isinstance(given, dict) or ("answer" in given) is ("always" in given) or ("values" in given and "answer" not in given):
            self._add(where, "mapping.source")
            return None
        self._refuse_unknown(given, sorted(_SOURCE), f"{where}.")
        values = given.get("values", {})
        texts = [given.get(name, "") for name in ("answer", "always", "zone")] + (list(values.values()) if isinstance(values, dict) else [None])
        if not all(isinstance(text, str) for text in texts) or "" in (given.get("answer"), given.get("always")):
            self._add(where, "mapping.text")
            return None
        if given.get("zone") and not ZONES.fullmatch(given["zone"]):
            self._add(f"{where}.zone", "mapping.zone")
        for text in [*values.values(), *([given["always"]] if "always" in given else [])]:
            self._check_value(column, text, where)
        return Answered(column, given.get("answer", ""), values, given.get("always", ""), given.get("zone", ""))

    def _check_value(self, column: Column, text: str, where: str) -> None:
        """Refuse a value of the mapping itself that no event could have."""
        read = cells.read(text, column, counts_days=False)
        if isinstance(read, Flaw):
            self._add(where, "mapping.value_unreadable", expected=Mistake(0, 0, read.code, "", read.suggestions).text("en"))
            return
        codes = self._codes.get(LIST_OF.get(column.name, ""))
        if codes is not None and text not in codes:
            self._add(where, "mapping.code_unknown", closest=_closest(text, codes))

    def _refuse_missing(self, event_type: str, event: Collection[Answered], lines: Collection[Lines]) -> None:
        if not event_type:
            return
        for column in columns_of(event_type):
            parts = [("event", event)] if not column.per_row else [(f"lines[{number}]", one.columns) for number, one in enumerate(lines, start=1)]
            for place, some in parts:
                if column.required and column.name != KEY.name and column.name not in {one.column.name for one in some} and not self._is_faulty(place, column):
                    self._add(f"{place}.{column.name}", "mapping.column_missing")

    def _is_faulty(self, place: str, column: Column) -> bool:
        """Tell whether something is wrong with a column already, so that it is not called missing too."""
        return any(fault.place.startswith(f"{place}.{column.name}") for fault in self.faults)

    def _table(self, name: str) -> Mapping[str, Any]:
        written = self._written.get(name)
        if not isinstance(written, dict):
            self._add(name, "mapping.missing" if written is None else "mapping.source")
            return {}
        return written

    def _text(self, name: str, *, needed: bool = False) -> str:
        written = self._written.get(name)
        if isinstance(written, str) and written:
            return written
        if written is not None:
            self._add(name, "mapping.text")
        elif needed:
            self._add(name, "mapping.missing")
        return ""

    def _one_of(self, name: str, allowed: tuple[str, ...], code: FaultCode) -> str:
        written = self._text(name)
        if written and written not in allowed:
            self._add(name, code)
        return written

    def _refuse_unknown(self, written: Mapping[str, Any], known: Collection[str], above: str) -> None:
        for name in written:
            if name not in known:
                self._add(f"{above}{name}", "mapping.unknown_name", closest=_closest(name, known), expected=", ".join(known))

    def _add(self, place: str, code: FaultCode, *, closest: str = "", expected: str = "") -> None:
        self.faults.append(Fault(place, code, closest=closest, expected=expected))


def _flattened(table: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every column with its source: ``recipients.count`` may be written with or without quotes, or as a table."""
    for name, value in table.items():
        if isinstance(value, dict) and not value.keys() & _SOURCE and value:
            yield from _flattened(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value


def _closest(written: str, names: Collection[str]) -> str:
    return next(iter(difflib.get_close_matches(written, names, n=1)), "")
