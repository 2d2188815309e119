"""One value of a materialized table while it is being counted, and its bytes.

Encoding is kept cheap because a value may hold thousands of cells of which a record changes a few: each cell keeps
its own bytes until it changes. Which record may change a value is decided in ``streams.fold``.
"""

import abc
import hashlib
from typing import Self

import msgspec

from models import tables
from models.cells import PARTNERS, TableCell
from models.entries import PartnerActivity

_encode = msgspec.json.Encoder().encode


def digest_of(table: str, key: str, number: int) -> int:
    """Return what the value of ``key`` at ``number`` adds to its partition's digest: sums do not depend on order."""
    return int.from_bytes(hashlib.sha256(f"{table}\0{key}\0{number}".encode()).digest())


class Total(abc.ABC):
    """A value in the making; ``before`` is the number with which the newest watermark counts it, 0 for none."""

    __slots__ = ("before", "key", "number", "table")

    def __init__(self, table: str, key: str) -> None:
        self.table = table
        self.key = key
        self.number = 0
        self.before = 0

    @abc.abstractmethod
    def encode(self) -> bytes:
        """Return the bytes for the changelog."""


class Slot:
    """One cell's sum inside a value."""

    __slots__ = ("cell", "encoded", "head", "postings", "steps", "total")

    def __init__(self, cell: TableCell, total: "TallyTotal") -> None:
        self.cell = cell
        self.total = total
        self.steps = 0
        self.postings = 0
        self.head = b"[" + _encode(cell) + b',"'
        self.encoded: bytes | None = None

    def encode(self) -> bytes:
        """Return the bytes of a ``models.tables.CellSum``."""
        if self.encoded is None:
            self.encoded = self.head + b'%d",%d]' % (self.steps, self.postings)
        return self.encoded


class TallyTotal(Total):
    """The value of one key of a tally table."""

    __slots__ = ("slots",)

    def __init__(self, table: str, key: str) -> None:
        super().__init__(table, key)
        self.slots: list[Slot] = []

    def encode(self) -> bytes:
        """Return the bytes of a ``models.tables.TallyValue``."""
        # A cell that no posting reached (its record came again, or was ahead) is not part of the value.
        cells = b",".join([slot.encode() for slot in self.slots if slot.postings])
        return b'{"number":%d,"cells":[%b],"before":%d}' % (self.number, cells, self.before)

    @classmethod
    def decode(cls, table: str, key: str, value: bytes) -> Self:
        """Read a value back."""
        stored = tables.decode_tally(value)
        total = cls(table, key)
        total.number, total.before = stored.number, stored.before
        for cell_sum in stored.cells:
            slot = Slot(cell_sum.cell, total)
            slot.steps, slot.postings = int(cell_sum.steps), cell_sum.postings
            total.slots.append(slot)
        return total


class PartnerTotal(Total):
    """The value of one partner."""

    __slots__ = ("counts", "last_occurred_at", "last_received_at")

    def __init__(self, partner: str) -> None:
        super().__init__(PARTNERS, partner)
        self.counts: dict[str, int] = {}
        self.last_occurred_at = 0
        self.last_received_at = 0

    def add(self, activity: PartnerActivity) -> None:
        """Add what one record says of the partner."""
        for disposition, increment in activity.counts.items():
            self.counts[disposition] = self.counts.get(disposition, 0) + increment
        self.last_occurred_at = max(self.last_occurred_at, activity.last_occurred_at)
        self.last_received_at = max(self.last_received_at, activity.last_received_at)

    def encode(self) -> bytes:
        """Return the bytes of a ``models.tables.PartnerValue``."""
        return tables.encode(
            tables.PartnerValue(
                number=self.number, counts=self.counts, last_occurred_at=self.last_occurred_at, last_received_at=self.last_received_at, before=self.before
            )
        )

    @classmethod
    def decode(cls, partner: str, value: bytes) -> Self:
        """Read a value back."""
        stored = tables.decode_partner(value)
        total = cls(partner)
        total.number, total.before = stored.number, stored.before
        total.counts = dict(stored.counts)
        total.last_occurred_at, total.last_received_at = stored.last_occurred_at, stored.last_received_at
        return total
