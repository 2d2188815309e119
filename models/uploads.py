"""Spreadsheets that partners upload: what is known of each, and of the events that came of it.

An upload is named by its content: the same file of the same partner is the same upload, however often it comes and
whatever it is called. Values only; files are read by ``streams.uploads``, kept by ``consumers.uploads``, shown by both.
"""

import hashlib
from collections.abc import Mapping
from typing import Any, Final, Literal, NamedTuple, get_args

import msgspec

Mode = Literal["check", "all-or-nothing", "good-rows"]
"""Send nothing; everything or nothing; what has no mistake."""
State = Literal["reading", "sending", "checked", "done", "refused", "unfinished"]
"""``refused``: nothing was sent, because of mistakes; ``unfinished``: uploading it again finishes it."""

MODES: Final[tuple[Mode, ...]] = get_args(Mode)
RUNNING: Final[tuple[State, ...]] = ("reading", "sending")
_ID_BYTES: Final = 12


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """How many: of rows, of events in them, and of what became of the events. ``taken`` have an id that stands with other content."""

    rows: int = 0
    events: int = 0
    with_mistakes: int = 0
    mistakes: int = 0
    sent: int = 0
    sent_before: int = 0
    amended: int = 0
    taken: int = 0
    unacknowledged: int = 0


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """One upload. Times are milliseconds since 1970; ``times`` counts how often it came, ``name`` is what the file was last called."""

    id: str
    partner: str
    name: str
    sha256: bytes
    type: str
    mode: Mode
    state: State
    first_at: int
    last_at: int
    times: int = 1
    counts: Counts = Counts()

    @property
    def is_running(self) -> bool:
        """Whether it is still being read or sent."""
        return self.state in RUNNING

    def to_json(self) -> dict[str, Any]:
        """Return the upload as JSON values, without its times."""
        members = {name: getattr(self, name) for name in ("id", "name", "mode", "state", "times")}
        return {**members, "event_type": self.type, "sha256": self.sha256.hex(), **msgspec.to_builtins(self.counts)}


class UploadedEvent(NamedTuple):
    """One event of an upload: its place among the events of the file and its first row, both from 1, and the hash of the bytes that stand."""

    number: int
    row: int
    event_id: str
    sha256: bytes


class SaidMistake(msgspec.Struct, frozen=True, kw_only=True):
    """One mistake in words: at which cell, under which header, what is wrong and what to do."""

    row: int
    column: str | None
    cell: str | None
    header: str | None
    code: str
    detail: str
    hint: str
    closest: list[str] = []


class Standing(NamedTuple):
    """How an event stands in the ledger: its own time as it was written, and whether it still counts."""

    event_id: str
    time: str
    is_reversed: bool


class TakenBack(NamedTuple):
    """What came of taking events back: how many reversals were sent, and how many events needed none or could have none."""

    sent: int
    taken_back_before: int
    not_booked: int
    unacknowledged: int


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What can be said of an upload. ``is_remembered`` until its file is forgotten; uploading it again then tells its mistakes anew."""

    upload: Upload
    done: int = 0
    total: int = 0
    is_readable: bool = True
    has_keys: bool = True
    is_remembered: bool = False
    mistakes: tuple[SaidMistake, ...] = ()


class Form(NamedTuple):
    """What a form with a file held: its fields, the file and what it is called. The name is empty where no file was chosen."""

    fields: Mapping[str, str]
    content: bytes
    name: str


class SaidError(NamedTuple):
    """One thing that is wrong with an event, in words: where, which code, what is wrong, what to do, and the closest valid code."""

    pointer: str
    code: str
    detail: str
    hint: str
    closest: str


class Sent(NamedTuple):
    """An event that was taken in: its id, and the hash of the bytes that stand."""

    event_id: str
    sha256: str


class NotDone(NamedTuple):
    """Something was not done: the status of HTTP, why, what to do, and what is wrong in detail."""

    status: int
    text: str
    hint: str
    errors: tuple[SaidError, ...] = ()
    retry_after_seconds: int | None = None


def upload_id(partner: str, event_type: str, sha256: bytes) -> str:
    """Return the name of an upload."""
    return hashlib.sha256(f"{partner}\0{event_type}\0".encode() + sha256).hexdigest()[: 2 * _ID_BYTES]
