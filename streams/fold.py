"""The fold: what the numbered records of one entries partition add up to. No Faust and no Kafka in here.

A ``PartitionFold`` holds the values of one partition in memory. ``apply`` takes the next record, ``seal`` returns
what has to be written since the last time: the changed values and the watermark that covers them. ``recover``
rebuilds the fold from what was written, checks it against the watermark's digest, and otherwise starts again from
the first record. Records may be offered twice or in a fresh fold; they count once.
"""

import dataclasses
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

import msgspec

from models import entries, tables
from models.cells import PARTNERS, TableCell, table_key
from models.entries import NO_RECORD, EntriesRecord
from models.errors import IntegrityError, NumbersReused, RecordGap
from models.topics import ENTRIES
from streams.values import PartnerTotal, Slot, TallyTotal, Total, digest_of

NO_DIGEST: Final = "0" * 64
_DIGEST_MODULUS: Final = 1 << 256


class StoredValue(NamedTuple):
    """One value as the changelog of ``table`` has it."""

    table: str
    key: str
    value: bytes


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """What one flush writes: first all ``values``, then, once they are acknowledged, the ``watermark``."""

    partition: int
    values: list[StoredValue]
    watermark: tables.Watermark


class PartitionFold:
    """The values of one entries partition, and how far its records are applied.

    While ``refolding``, nothing is sealed until every record is applied again that the written tables already
    had: readers never see the tables step back in time.
    """

    def __init__(self, partition: int, *, refold_until: int = 0) -> None:
        self.partition = partition
        self.number = 0
        self.offset = 0
        self.hash = NO_RECORD
        self.booking = 0
        self.received_at = 0
        """When the oldest event of the newest record was received (milliseconds), 0 if it has none."""
        self._refold_until = refold_until
        self._sealed_number = 0
        self._digest = 0
        self._totals: dict[tuple[str, str], Total] = {}
        self._slots: dict[TableCell, Slot] = {}
        self._dirty: dict[Total, None] = {}
        self._ahead: dict[Total, None] = {}

    @property
    def refolding(self) -> bool:
        """Tell whether the partition is being counted anew and has not yet caught up with what was written."""
        return self.number < self._refold_until

    @property
    def unsealed(self) -> bool:
        """Tell whether records were applied that no seal covers yet."""
        return self.number > self._sealed_number and not self.refolding

    def apply(self, value: bytes | None, *, offset: int) -> int:
        """Add the record at ``offset``; return how many entries it had, 0 for a repeat.

        Raises IntegrityError for bytes that are no record of this partition, RecordGap when a number is missing,
        NumbersReused when the record does not continue the chain. Nothing is changed then.
        """
        record = self._read(value, offset)
        if record.number <= self.number:
            self._check_repeat(record, value, offset)
            return 0
        self._check_next(record, offset)
        self._add_cells(record)
        self._add_partners(record)
        self.number = record.number
        self.offset = offset + 1
        self.hash = entries.record_hash(value or b"")
        self.booking = record.booking
        self.received_at = record.received_at
        return len(record.entries)

    def seal(self) -> Seal | None:
        """Return what was changed since the last seal, or None; the caller writes it or throws the fold away."""
        if not self.unsealed:
            return None
        values = []
        for total in self._dirty:
            # Encoded before it is counted: the value names the number with which the last watermark counts it.
            values.append(StoredValue(total.table, total.key, total.encode()))
            self._count(total)
            self._ahead.pop(total, None)
        self._dirty.clear()
        for total in [total for total in self._ahead if total.number <= self.number]:
            self._count(total)
            del self._ahead[total]
        self._sealed_number = self.number
        return Seal(partition=self.partition, values=values, watermark=self.watermark())

    def watermark(self) -> tables.Watermark:
        """Return how far the records are applied, with the digest of what has been sealed."""
        return tables.Watermark(number=self.number, offset=self.offset, hash=self.hash, digest=f"{self._digest:064x}", booking=self.booking)

    def totals(self) -> Iterator[Total]:
        """Yield every value, for tests and for display."""
        yield from self._totals.values()

    def _read(self, value: bytes | None, offset: int) -> EntriesRecord:
        where = f"{ENTRIES}[{self.partition}]@{offset}"
        try:
            record = entries.decode(value or b"")
        except msgspec.DecodeError as error:
            raise IntegrityError(f"{where}: not an entries record: {error}", hint="a fault of the publisher: nothing is skipped") from error
        if record.v != entries.VERSION or record.partition != self.partition:
            raise IntegrityError(f"{where}: version {record.v} for partition {record.partition}, expected version {entries.VERSION} for {self.partition}")
        return record

    def _check_repeat(self, record: EntriesRecord, value: bytes | None, offset: int) -> None:
        if record.number == self.number and entries.record_hash(value or b"") != self.hash:
            raise NumbersReused(
                f"{ENTRIES}[{self.partition}]@{offset}: record {record.number} is not the record {self.number} that was applied",
                hint="the ledger was restored from a backup: rebuild the tables with `salur rebuild`",
            )

    def _check_next(self, record: EntriesRecord, offset: int) -> None:
        where = f"{ENTRIES}[{self.partition}]@{offset}"
        if record.number > self.number + 1:
            raise RecordGap(
                f"{where}: record {record.number} follows record {self.number}",
                hint="start the worker again; if it stays, republish the entries with `salur rebuild`",
            )
        if record.previous != self.hash:
            raise NumbersReused(
                f"{where}: record {record.number} continues {record.previous[:12]}…, expected {self.hash[:12]}…",
                hint="the ledger was restored from a backup: rebuild the tables with `salur rebuild`",
            )

    def _add_cells(self, record: EntriesRecord) -> None:
        steps = [0] * len(record.cells)
        postings = [0] * len(record.cells)
        for entry in record.entries:
            for index, delta in entry.postings:
                steps[index] += delta
                postings[index] += 1
        number = record.number
        touched = []
        for cell, cell_steps, cell_postings in zip(record.cells, steps, postings, strict=True):
            slot = self._slots.get(cell) or self._new_slot(cell)
            if slot.total.number < number and cell_postings:
                slot.steps += cell_steps
                slot.postings += cell_postings
                slot.encoded = None
                touched.append(slot.total)
        self._mark(touched, number)

    def _add_partners(self, record: EntriesRecord) -> None:
        touched: list[Total] = []
        for activity in record.partners:
            total = self._totals.get((PARTNERS, activity.partner))
            if total is None:
                total = self._totals[PARTNERS, activity.partner] = PartnerTotal(activity.partner)
            if total.number < record.number:
                assert isinstance(total, PartnerTotal)
                total.add(activity)
                touched.append(total)
        self._mark(touched, record.number)

    def _mark(self, touched: Iterable[Total], number: int) -> None:
        # Only after the whole record: one record may hold several cells of one value.
        for total in touched:
            total.number = number
            self._dirty[total] = None

    def _new_slot(self, cell: TableCell) -> Slot:
        key = table_key(cell)
        total = self._totals.get((cell.table, key))
        if total is None:
            total = self._totals[cell.table, key] = TallyTotal(cell.table, key)
        assert isinstance(total, TallyTotal)
        slot = self._slots[cell] = Slot(cell, total)
        total.slots.append(slot)
        return slot

    def _count(self, total: Total) -> None:
        """Replace the number with which the digest has this value by its present one."""
        change = digest_of(total.table, total.key, total.number)
        if total.before:
            change -= digest_of(total.table, total.key, total.before)
        self._digest = (self._digest + change) % _DIGEST_MODULUS
        total.before = total.number

    def _restore(self, stored: StoredValue, watermark_number: int) -> None:
        if stored.table == PARTNERS:
            total: Total = PartnerTotal.decode(stored.key, stored.value)
        else:
            total = TallyTotal.decode(stored.table, stored.key, stored.value)
            for slot in total.slots:
                self._slots[slot.cell] = slot
        self._totals[stored.table, stored.key] = total
        if total.number <= watermark_number:
            total.before = 0
            self._count(total)
        else:
            self._ahead[total] = None
            if total.before:
                self._digest = (self._digest + digest_of(total.table, total.key, total.before)) % _DIGEST_MODULUS


def recover(partition: int, stored: Iterable[StoredValue], watermark: tables.Watermark | None) -> PartitionFold:
    """Return the fold that wrote these values, or an empty one that counts the partition anew.

    It counts anew when a value is not the one that the watermark covers: a worker that had lost the partition
    wrote after its successor. Values ahead of the watermark are those of a flush that was cut short.
    """
    fold = PartitionFold(partition)
    number = watermark.number if watermark else 0
    for value in stored:
        fold._restore(value, number)  # noqa: SLF001  the constructor of a fold with a past
    if f"{fold._digest:064x}" != (watermark.digest if watermark else NO_DIGEST):  # noqa: SLF001
        newest = max((total.number for total in fold.totals()), default=0)
        return PartitionFold(partition, refold_until=max(number, newest))
    if watermark:
        fold.number = fold._sealed_number = watermark.number  # noqa: SLF001
        fold.offset, fold.hash, fold.booking = watermark.offset, watermark.hash, watermark.booking
    return fold
