"""What a partner may know of an event that it sent: whether the ledger has it, the verdict, and the tallies it moved.

Values only; they are read by ``consumers.receipts`` and shown by ``streams.intake``.
"""

from typing import Any, Literal, NamedTuple

import msgspec

from models.reasons import Violation
from models.registry import Registry

State = Literal["accepted", "held", "rejected"]


class Asked(NamedTuple):
    """An event about to be taken in: its name, and its bytes."""

    source: str
    event_id: str
    sha256: bytes
    value: bytes


class Known(NamedTuple):
    """The ledger has the id: the hash of the bytes that claimed it, and whether they say the same as those that were asked about."""

    sha256: bytes
    is_same: bool


class Seen(NamedTuple):
    """One look at the ledger: for each event that was asked about what is known of it, and the code lists as they stand."""

    known: tuple[Known | None, ...]
    registry: Registry


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """One tally before and after an event, quantities as exact decimal strings of its unit; ``cell`` is its dimensions."""

    cell: dict[str, str | bool]
    measure: str
    unit: str
    before: str
    change: str
    after: str

    def to_json(self) -> dict[str, Any]:
        """Return the tally as JSON values."""
        return {**self.cell, "measure": self.measure, "unit": self.unit, "before": self.before, "change": self.change, "after": self.after}


class Conflict(msgspec.Struct, frozen=True, kw_only=True):
    """The same id with other content, which changed nothing."""

    decision: int
    booking: int
    booked_at: str | None
    sha256: str


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict on one event: ``violations`` of a rejected one, ``waits_for`` of a held one, ``moved`` of an accepted one."""

    source: str
    id: str
    type: str
    state: State
    sha256: str
    decision: int
    booking: int
    booked_at: str | None
    topic: str
    partition: int
    offset: int
    flags: tuple[str, ...] = ()
    violations: tuple[Violation, ...] = ()
    waits_for: tuple[str, str] | None = None
    moved: tuple[Moved, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
