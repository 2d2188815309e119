"""From a submission to an event: its answers are put where a mapping says, as rows of a spreadsheet would be.

The same submission always makes the same bytes. Answers that no mapping names are read by nobody and kept nowhere.
"""

import dataclasses
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

import msgspec

from models.events.envelope import SOURCE_PREFIX
from models.reasons import Language, Reason, Words
from streams.kobo.fault_words import SUBMISSIONS, SubmissionCode
from streams.kobo.mapping import ZONES, Answered, FormMapping
from streams.sheets.columns import KEY
from streams.sheets.drafts import Draft, Drafting, Event, Path, put
from streams.sheets.mistake_words import WORDS
from streams.sheets.mistakes import Mistake
from streams.sheets.table import Cell, Row, Table

UUID: Final = "_uuid"
FORM: Final = "_xform_id_string"
FIRST_VERSION: Final = "meta/rootUuid"
LAST_VERSION: Final = "meta/deprecatedID"
_PREFIX: Final = "uuid:"
_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_SHOWN_TIME: Final = re.compile(rf".*[T ][0-9]{{1,2}}[:.][0-9]{{2}}.*?({ZONES.pattern})", re.IGNORECASE)
_LINE: Final = "line"
_DIGEST: Final = 32

Submission = Mapping[str, Any]
_encoder: Final = msgspec.json.Encoder(order="deterministic")


@dataclasses.dataclass(frozen=True, slots=True)
class SubmissionError:
    """What is wrong with a submission: where in the event, by which question, and what."""

    pointer: str
    field: str
    what: SubmissionCode | Mistake

    @property
    def code(self) -> str:
        """The stable code."""
        return self.what.code if isinstance(self.what, Mistake) else self.what

    def to_json(self, lang: Language, *, pages: str) -> dict[str, str]:
        """Return the error as an error of a problem; ``pages`` is where the pages of codes are."""
        if isinstance(self.what, Mistake):
            text, hint = self.what.text(lang), self.what.hint(lang)
        else:
            words = SUBMISSIONS[self.what].words(lang)
            text, hint = words.text, words.hint
        return {"pointer": self.pointer, "code": self.code, "detail": text, "hint": hint, "field": self.field, "type": f"{pages}{self.code}"}


@dataclasses.dataclass(frozen=True, slots=True)
class Made:
    """What a submission says by a mapping. ``event`` has null wherever an answer could not be read, so that nobody can take it for whole."""

    event: Event
    errors: tuple[SubmissionError, ...]
    version: str = ""
    """Which edit of the submission this is, "" for the first version."""

    @property
    def value(self) -> bytes:
        """The event as it is sent."""
        return _encoder.encode(self.event)

    def amendment(self, reason: str) -> bytes:
        """Return the event that puts this version in the place of what was sent first; the same for the same version."""
        replacement = {**self.event["data"], "time": self.event.get("time")}
        digest = hashlib.sha256(msgspec.json.encode([self.event["id"], self.version, replacement], order="sorted")).hexdigest()
        data = {"original": self.event["id"], "reason": reason, "replacement": replacement}
        envelope = {name: self.event[name] for name in ("specversion", "source", "time")}
        return _encoder.encode({**envelope, "id": f"edit-{digest[:_DIGEST]}", "type": "salur.event.amended.v1", "data": data})


def make(mapping: FormMapping, submission: object) -> Made | SubmissionError:
    """Return the event that a submission makes, or why it makes none at all."""
    if not isinstance(submission, dict):
        return SubmissionError("", "", "kobo.not_a_submission")
    refusal = _refusal(mapping, submission)
    if refusal is not None:
        return refusal
    own, first = _uuid(submission, UUID), _uuid(submission, FIRST_VERSION)
    rows = _Rows(mapping, submission, first or own)
    draft = rows.draft()
    event = draft.event
    for path in draft.flawed:
        put(event, path, None)
    for path in rows.odd:
        put(event, path, None)
    return Made(event, tuple(rows.errors(draft)), version=own if first and first != own else "")


def _refusal(mapping: FormMapping, submission: Submission) -> SubmissionError | None:
    if mapping.form and submission.get(FORM) != mapping.form:
        return SubmissionError("", FORM, "kobo.other_form")
    if not _uuid(submission, UUID):
        return SubmissionError("", UUID, "kobo.no_uuid")
    if submission.get(LAST_VERSION) and not _uuid(submission, FIRST_VERSION):
        # It names the version before it, which may itself be an edit: it could be counted beside what it replaces.
        return SubmissionError("", LAST_VERSION, "kobo.edit_unplaced")
    return None


def submission_codes() -> dict[str, Reason]:
    """Return every code that an error of a submission may have besides those of events, with its words: each is the address of a page."""
    return {**{str(code): reason for code, reason in SUBMISSIONS.items()}, **{code: _general(reason) for code, reason in WORDS.items()}}


def _general(reason: Reason) -> Reason:
    """Return words in which nothing of a single cell stands."""

    def without(words: Words) -> Words:
        return Words(words.text, words.hint.format(suggestions="…", header="…", first="…"))

    return Reason(en=without(reason.en), id=without(reason.id))


class _Rows:
    """The rows that a submission makes, and which answer each cell is from."""

    def __init__(self, mapping: FormMapping, submission: Submission, event_id: str) -> None:
        self._mapping = mapping
        self._submission = submission
        self._event_id = event_id
        self._columns = [*mapping.event, *(one for lines in mapping.lines for one in lines.columns)]
        self._names = list(dict.fromkeys([KEY.name, _LINE, *(one.column.name for one in self._columns)]))
        self.odd: dict[Path, tuple[str, SubmissionCode]] = {}
        """Where an answer is no value that can be put into a cell, by which question, and why."""
        self._fields: dict[tuple[int, str], str] = {}

    def draft(self) -> Draft:
        """Return the event as a draft. There is always exactly one, for every row has the same key."""
        shared = {one.column.name: self._cell(one, self._submission, 1) for one in self._mapping.event}
        lines = list(self._lines())
        rows = [self._row(number, shared, line) for number, line in enumerate(lines or [{}], start=1)]
        table = Table(sheet="", header_row=0, header=tuple(self._names), rows=tuple(rows))
        places = {name: place for place, name in enumerate(self._names) if name != _LINE or lines}
        (draft,) = Drafting(table, places, partner=self._mapping.partner, event_type=self._mapping.event_type).drafts()
        draft.event["source"] = SOURCE_PREFIX + self._mapping.partner
        return draft

    def errors(self, draft: Draft) -> Iterator[SubmissionError]:
        """Yield everything that is wrong with the answers."""
        for path, (field, code) in self.odd.items():
            yield SubmissionError(_pointer(path), field, code)
        paths = {(self._row_of(path), column.name): path for path, column in draft.flawed.items()}
        for mistake in draft.mistakes:
            name = self._names[mistake.column - 1] if mistake.column else ""
            path = paths.get((mistake.row, name)) or paths.get((1, name)) or ()
            yield SubmissionError(_pointer(path), self._fields.get((mistake.row, name)) or self._fields.get((1, name), ""), mistake)

    def _lines(self) -> Iterator[dict[str, Cell]]:
        """Yield the cells of every line that says anything."""
        number = 1
        for lines in self._mapping.lines:
            for answers in self._turns(lines.repeat):
                cells = {one.column.name: self._cell(one, answers, number) for one in lines.columns}
                is_odd = any(self._row_of(path) == number for path in self.odd)
                asked = [one.column.name for one in lines.columns if one.answer]
                if is_odd or not asked or any(cells[name] != "" for name in asked):
                    yield cells
                    number += 1

    def _turns(self, repeat: str) -> Sequence[Submission]:
        """Return the answers of each turn of a repeat, each with those of the whole form behind them."""
        if not repeat:
            return [self._submission]
        turns = self._submission.get(repeat, [])
        return [{**self._submission, **turn} for turn in turns if isinstance(turn, dict)] if isinstance(turns, list) else []

    def _row(self, number: int, shared: Mapping[str, Cell], line: Mapping[str, Cell]) -> Row:
        cells: dict[str, Cell] = {KEY.name: self._event_id, _LINE: Decimal(number), **shared, **line}
        return Row(number, tuple(cells.get(name, "") for name in self._names))

    def _cell(self, one: Answered, answers: Submission, number: int) -> Cell:
        """Return what a cell holds: the answer, what the mapping says it means, or blank."""
        if one.always:
            return one.always
        self._fields[number, one.column.name] = one.answer
        given = answers.get(one.answer)
        if given is None or given == "":
            return ""
        if isinstance(given, (dict, list)):
            self._note(one, number, "kobo.answer_odd")
            return ""
        text = _text(given)
        if one.values:
            meant = [one.values.get(part) for part in (text.split() if one.column.kind == "list" else [text])]
            if None in meant:
                self._note(one, number, "kobo.value_unmapped")
                return ""
            text = " ".join(part for part in meant if part is not None)
        return _as_cell(text, one)

    def _note(self, one: Answered, number: int, code: SubmissionCode) -> None:
        path: Path = tuple(number - 1 if step == "*" else step for step in one.column.path)
        self.odd[path] = (one.answer, code)

    @staticmethod
    def _row_of(path: Path) -> int:
        """Return the row that a path is of; what all rows share is of the first."""
        return next((step + 1 for step in path if isinstance(step, int)), 1)


def _as_cell(text: str, one: Answered) -> Cell:
    match one.column.kind:
        case "number" | "line" if _NUMBER.fullmatch(text):
            # A form writes a point before decimals and nothing between thousands: there is no second way to read it.
            return Decimal(text)
        case "moment" | "day-or-moment" if one.zone and not _SHOWN_TIME.fullmatch(text) and ":" in text:
            return f"{text}{one.zone}"
        case "yes-or-no" if text in {"true", "false", "1", "0"}:
            return text in {"true", "1"}
        case _:
            return text


def _text(given: object) -> str:
    if isinstance(given, bool):
        return "true" if given else "false"
    return str(given).strip()


def _uuid(submission: Submission, name: str) -> str:
    given = submission.get(name)
    return given.removeprefix(_PREFIX) if isinstance(given, str) else ""


def _pointer(path: Path) -> str:
    return "".join(f"/{step}" for step in path)
