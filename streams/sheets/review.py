"""A whole sheet looked at: its events, and every mistake of every row at once, with row and column.

The ledger's own rules are asked about each event. About one that a mistake keeps from being read, they are asked
with something harmless in the place of the mistake, so that a partner learns the rest of it in the same turn.
"""

import copy
import dataclasses
import datetime
import itertools
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, Final

import msgspec

from models.decoding import Undecodable, decode
from models.reasons import Language, Violation
from models.registry import Registry
from models.rehearsal import Rehearsal
from models.rules.catalogue import violations
from streams.sheets import headers
from streams.sheets.columns import EACH, SHEET_TYPES, TYPE, Column, called, columns_of, full_type
from streams.sheets.drafts import Draft, Drafting, Path, put
from streams.sheets.headers import Places
from streams.sheets.mistakes import Mistake, of_violation
from streams.sheets.table import Table, read

_MOST_LOOKS: Final = 4
_SAYS_TOO_MUCH: Final = frozenset(
    {"rjct.partner_not_entitled", "rjct.disaggregation_exceeds_total", "rjct.unit_mismatch", "rjct.item_unsuitable", "rjct.malformed"}
)
"""What rests on several members, one of which could not be read."""
_EVERY: Final = 500


@dataclasses.dataclass(slots=True)
class Review:
    """What became of a sheet. ``table`` is None if there was nothing to read."""

    table: Table | None
    drafts: list[Draft]
    mistakes: list[Mistake]
    dispositions: dict[str, str] = dataclasses.field(default_factory=dict)
    """Of the events without mistakes, by id: accepted, held or duplicate."""

    @property
    def is_readable(self) -> bool:
        """Whether the header says what the rows mean, so that some of them can be sent."""
        return self.table is not None and not any(mistake.row <= self.table.header_row for mistake in self.mistakes)

    @property
    def good(self) -> list[Draft]:
        """The events that can be sent."""
        return [draft for draft in self.drafts if not draft.mistakes] if self.is_readable else []

    @property
    def rows(self) -> int:
        """How many rows were read."""
        return len(self.table.rows) if self.table else 0

    def to_json(self, lang: Language) -> dict[str, Any]:
        """Return the review as JSON values."""
        wrong = {mistake.row for mistake in self.mistakes}
        return {
            "sheet": (self.table.sheet or None) if self.table else None,
            "rows": self.rows,
            "rows_with_mistakes": len(wrong),
            "events": len(self.drafts),
            "events_with_mistakes": len(self.drafts) - len(self.good),
            "counts": dict(Counter(self.dispositions.values())),
            "mistakes": [mistake.to_json(lang) for mistake in self.mistakes],
        }

    def refuse(self, draft: Draft, mistake: Mistake) -> None:
        """Add a mistake that was only found afterwards."""
        draft.mistakes.append(mistake)
        self.mistakes = sorted({*self.mistakes, mistake})
        self.dispositions.pop(draft.event["id"], None)


def _nobody(_count: int) -> None:
    return


def review(
    content: bytes,
    *,
    partner: str,
    registry: Registry,
    received_at: int,
    event_type: str | None = None,
    on_read: Callable[[int], None] = _nobody,
    on_judged: Callable[[int], None] = _nobody,
) -> Review:
    """Read a file of ``partner`` and judge each of its events; ``received_at`` is in milliseconds since 1970.

    ``on_read`` hears how many events there are, ``on_judged`` how many more were judged.
    """
    table = read(content, recognised=headers.recognised)
    if isinstance(table, Mistake):
        return Review(None, [], [table])
    default = full_type(event_type or table.sheet)
    types = _types(table, default)
    places, mistakes = headers.match(table.header, row=table.header_row, types=types or SHEET_TYPES)
    if not types and TYPE.name not in places:
        return Review(table, [], [Mistake(0, 0, "sheet.type_unknown")])
    if partner not in registry.partners:
        return Review(table, [], sorted({*mistakes, Mistake(0, 0, "rjct.unknown_partner")}))
    lang = headers.language_of(table.header)
    mistakes += [Mistake(table.header_row, 0, "sheet.column_missing", called(column, lang)) for column in headers.missing(places, types)]
    drafting = Drafting(table, places, partner=partner, event_type=default)
    drafts = drafting.drafts()
    on_read(len(drafts))
    judging = _Judging(table, places, registry, received_at)
    dispositions = judging.judge(drafts, on_judged)
    found = sorted({*mistakes, *drafting.mistakes, *itertools.chain.from_iterable(draft.mistakes for draft in drafts)})
    return Review(table, drafts, found, dispositions)


def _types(table: Table, default: str | None) -> frozenset[str]:
    """Return every type that the rows name, and the one of the whole sheet where some name none."""
    places, _ = headers.match(table.header, row=0, types=SHEET_TYPES)
    place = places.get(TYPE.name)
    written = {row.cells[place] if place is not None and place < len(row.cells) else "" for row in table.rows}
    named = {full_type(name) if name else default for name in written if isinstance(name, str)}
    return frozenset(name for name in named if name is not None)


class _Judging:
    """Asks the rules about drafts, and finds the cell that each complaint is about."""

    def __init__(self, table: Table, places: Places, registry: Registry, received_at: int) -> None:
        self._table = table
        self._places = places
        self._registry = registry
        self._received_at = received_at
        self._day = datetime.datetime.fromtimestamp(received_at / 1000, tz=datetime.UTC).date().isoformat()
        self._lang = headers.language_of(table.header)

    def judge(self, drafts: Sequence[Draft], on_judged: Callable[[int], None]) -> dict[str, str]:
        """Add to each draft the mistakes that the rules find, and return the dispositions of those without any."""
        rehearsal = Rehearsal(self._registry, received_at=self._received_at)
        for number, draft in enumerate(drafts, start=1):
            if not draft.mistakes:
                rehearsal.take(number, draft.value)
            if number % _EVERY == 0:
                on_judged(_EVERY)
        for number, draft in enumerate(drafts, start=1):
            verdict = rehearsal.verdicts.get(number)
            if verdict is not None and verdict.disposition == "conflict":
                # Two types in one file cannot share a key.
                draft.mistakes.append(self._at(draft, Violation("rjct.malformed", "/id"), code="sheet.id_taken"))
            elif verdict is None or verdict.disposition == "rejected":
                found = verdict.violations if verdict is not None else ()
                draft.mistakes += sorted({self._at(draft, violation) for violation in (*found, *self._complaints(draft))})
        return {draft.event["id"]: rehearsal.verdicts[number].disposition for number, draft in enumerate(drafts, start=1) if not draft.mistakes}

    def _complaints(self, draft: Draft) -> Iterator[Violation]:
        """Yield what the rules say of an event once something harmless stands where a mistake was found."""
        mended = copy.deepcopy(draft.event)
        columns = {column.path: column for column in columns_of(draft.event_type)}
        touched: set[Path] = set()
        for path, column in draft.flawed.items():
            self._mend(mended, path, column, touched)
        for _ in range(_MOST_LOOKS):
            event = decode(msgspec.json.encode(mended))
            if not isinstance(event, Undecodable):
                yield from (found for found in violations(event, self._registry, self._received_at) if _stands(found, touched))
                return
            for found in event.violations:
                if _stands(found, touched):
                    yield found
                path = _path(found.pointer)
                about = columns.get(_general(path)) or columns.get(_general(path[:-1]))
                if about is None:
                    return
                self._mend(mended, path, about, touched)

    def _mend(self, event: dict[str, Any], path: Path, column: Column, touched: set[Path]) -> None:
        moment = f"{self._day}T00:00:00+07:00"
        harmless: dict[str, Any] = {"number": 1, "line": (*(t for t in path if isinstance(t, int)), 0)[0] + 1, "moment": moment, "day": self._day}
        harmless |= {"day-or-moment": self._day, "choice": (*column.choices, "x")[0], "yes-or-no": False, "list": []}
        touched.add(path)
        try:
            put(event, path, harmless.get(column.kind, "x"))
        except (AttributeError, IndexError, KeyError, TypeError):
            return

    def _at(self, draft: Draft, violation: Violation, *, code: str = "") -> Mistake:
        path = _path(violation.pointer)
        row = draft.rows[0]
        match path[:3]:
            case ("data", "lines", int(place)) if place < len(draft.line_rows):
                row = draft.line_rows[place]
            case ("data", "evidence", int(place)) if place < len(draft.evidence_rows):
                row = draft.evidence_rows[place]
        column = self._column(draft, path)
        place_of_it = None if column is None else self._places.get(column.name)
        header = "" if column is None else self._table.header[place_of_it] if place_of_it is not None else called(column, self._lang)
        mistake = of_violation(violation, row=row, column=0 if place_of_it is None else place_of_it + 1, header=header)
        return dataclasses.replace(mistake, code=code, header=mistake.header) if code else mistake

    def _column(self, draft: Draft, path: Path) -> Column | None:
        columns = {column.path: column for column in columns_of(draft.event_type)}
        general = _general(path)
        while general:
            if general in columns:
                return columns[general]
            general = general[:-1]
        return None


def _stands(violation: Violation, touched: Collection[Path]) -> bool:
    """Tell whether a complaint is about what the partner wrote, and not about what was put in its place."""
    if not touched:
        return True
    path = _path(violation.pointer)
    if violation.code in _SAYS_TOO_MUCH:
        return False
    return not any(path[: len(one)] == one or one[: len(path)] == path for one in touched)


def _path(pointer: str) -> Path:
    tokens = [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]
    return tuple(int(token) if token.isdigit() else token for token in tokens)


def _general(path: Path) -> tuple[str, ...]:
    return tuple(EACH if isinstance(token, int) else token for token in path)
