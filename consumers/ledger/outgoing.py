"""The records of ``aid.entries.v1`` that one booking sends, made from its accepted events and its partners' activity."""

from collections.abc import Sequence
from typing import Any

import lz4.frame

from consumers.ledger.decision_log import DecisionLog
from consumers.ledger.memory import CellState, LedgerMemory
from consumers.ledger.store import LedgerStore
from models import entries, schema
from models.cells import TableCell, made
from models.entries import EntriesRecord, Entry, PartnerActivity
from models.topics import MAX_ENTRIES_RECORD_BYTES

_MAX_ENTRIES = 2_000


_Posted = tuple[int, tuple[str, str], Sequence[tuple[int, int]]]
"""An accepted decision, source and id of its event, and what it posts to the cells of one partition, by their numbers."""


class _Part:
    """What goes to one entries partition."""

    __slots__ = ("partners", "posted", "received_at")

    def __init__(self, received_at: int) -> None:
        # When the oldest of its events was received; one that was held counts from this booking, before which nothing could be done.
        self.received_at = received_at
        self.posted: list[_Posted] = []
        self.partners: list[PartnerActivity] = []


class _Indexes(dict[int, int]):
    """Where the cells of a record stand in its list, by their numbers, in the order of their first posting."""

    def __init__(self, states: Sequence[CellState]) -> None:
        super().__init__()
        self._states = states
        self.cells: dict[TableCell, int] = {}

    def __missing__(self, number: int) -> int:
        index = self[number] = self.cells.setdefault(self._states[number - 1].table_cell, len(self.cells))
        return index


class OutgoingRecords:
    """Numbers, chains and stores the records of one booking."""

    def __init__(self, memory: LedgerMemory, *, booking: int, booked_at: int) -> None:
        self._memory = memory
        self._booking = booking
        self._booked_at = booked_at

    def write(self, store: LedgerStore, log: DecisionLog, partners: Sequence[PartnerActivity]) -> None:
        """Store the records and move the numbers of their partitions on."""
        rows: list[tuple[Any, ...]] = []
        moved: set[int] = set()
        parts = self._split(log, partners)
        for partition in sorted(parts):
            part = parts[partition]
            chunks = [part.posted[start : start + _MAX_ENTRIES] for start in range(0, len(part.posted), _MAX_ENTRIES)] or [[]]
            for index, chunk in enumerate(chunks):
                rows += self._records(partition, chunk, part.partners if index == 0 else [], received_at=part.received_at)
            moved.add(partition)
        store.insert(schema.entry_records, rows)
        heads = [(*self._memory.records[partition], partition) for partition in sorted(moved)]
        store.update(schema.entry_partitions, key=["partition"], columns=["number", "hash"], rows=heads)

    def _split(self, log: DecisionLog, partners: Sequence[PartnerActivity]) -> dict[int, _Part]:
        """Return the parts by partition; most events post to one partition alone."""
        parts: dict[int, _Part] = {}
        for decision, (candidate, _, _, _, _, postings, held, place) in enumerate(log.decisions, log.first_number):
            if not postings:
                continue
            received_at = candidate.record.received_at if held is None else self._booked_at
            partition = place.only_partition if place is not None else None
            for one, share in ((partition, postings),) if partition is not None else self._shares(postings):
                part = parts.get(one)
                if part is None:
                    part = parts[one] = _Part(self._booked_at)
                if received_at < part.received_at:
                    part.received_at = received_at
                part.posted.append((decision, candidate.name, share))
        for activity in partners:
            parts.setdefault(self._memory.partition_of(activity.partner), _Part(self._booked_at)).partners.append(activity)
        return parts

    def _shares(self, postings: Sequence[tuple[int, int]]) -> list[tuple[int, Sequence[tuple[int, int]]]]:
        """Return the postings by the partitions of their cells."""
        states = self._memory.cells
        partitions = [states[number - 1].partition for number, _ in postings]
        return [(one, [posting for posting, at in zip(postings, partitions, strict=True) if at == one]) for one in dict.fromkeys(partitions)]

    def _records(self, partition: int, chunk: list[_Posted], partners: list[PartnerActivity], *, received_at: int) -> list[tuple[Any, ...]]:
        """Return the rows of one chunk; one that would be too large a record is halved until it is not."""
        number, previous = self._memory.records[partition]
        at = _Indexes(self._memory.cells)
        made_of = [made(Entry, (decision, *name, [(at[cell], delta) for cell, delta in share])) for decision, name, share in chunk]
        record = EntriesRecord(
            partition=partition,
            number=number + 1,
            booking=self._booking,
            booked_at=self._booked_at,
            previous=previous,
            cells=list(at.cells),
            entries=made_of,
            partners=partners,
            received_at=received_at if chunk else 0,
        )
        value = entries.encode(record)
        if len(value) > MAX_ENTRIES_RECORD_BYTES and len(chunk) > 1:
            half = len(chunk) // 2
            first = self._records(partition, chunk[:half], partners, received_at=received_at)
            return first + self._records(partition, chunk[half:], [], received_at=received_at)
        self._memory.records[partition] = (number + 1, entries.record_hash(value))
        return [(self._booking, partition, number + 1, lz4.frame.compress(value))]
