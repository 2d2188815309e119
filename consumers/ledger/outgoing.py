"""The records of ``aid.entries.v1`` that one booking sends, made from its accepted events and its partners' activity."""

from collections.abc import Sequence
from typing import Any

import lz4.frame

from consumers.ledger.decision_log import DecisionLog
from consumers.ledger.memory import LedgerMemory
from consumers.ledger.store import LedgerStore
from models import entries, schema
from models.cells import TableCell
from models.decoding import Undecodable
from models.entries import EntriesRecord, Entry, PartnerActivity
from models.topics import MAX_ENTRIES_RECORD_BYTES

_MAX_ENTRIES = 2_000


class _Part:
    """What goes to one entries partition."""

    __slots__ = ("entries", "indexes", "partners", "received_at")

    def __init__(self, received_at: int) -> None:
        # When the oldest of its events was received; one that was held counts from this booking, before which nothing could be done.
        self.received_at = received_at
        self.indexes: dict[TableCell, int] = {}
        self.entries: list[Entry] = []
        self.partners: list[PartnerActivity] = []


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
            chunks = [part.entries[start : start + _MAX_ENTRIES] for start in range(0, len(part.entries), _MAX_ENTRIES)] or [[]]
            for index, chunk in enumerate(chunks):
                rows += self._records(partition, list(part.indexes), chunk, part.partners if index == 0 else [], received_at=part.received_at)
            moved.add(partition)
        store.insert(schema.entry_records, rows)
        heads = [(*self._memory.records[partition], partition) for partition in sorted(moved)]
        store.update(schema.entry_partitions, key=["partition"], columns=["number", "hash"], rows=heads)

    def _split(self, log: DecisionLog, partners: Sequence[PartnerActivity]) -> dict[int, _Part]:
        parts: dict[int, _Part] = {}
        # By cell number, which hashes at once; a cell itself is thirteen strings.
        places: dict[int, tuple[_Part, int]] = {}
        for decision, (candidate, _, _, _, _, postings, held) in enumerate(log.decisions, log.first_number):
            if not postings:
                continue
            shares: dict[_Part, list[tuple[int, int]]] = {}
            for number, delta in postings:
                place = places.get(number)
                if place is None:
                    place = places[number] = self._place(parts, number)
                part, index = place
                if part in shares:
                    shares[part].append((index, delta))
                else:
                    shares[part] = [(index, delta)]
            assert not isinstance(candidate.content, Undecodable), "only what could be read posts something"
            received_at = candidate.record.received_at if held is None else self._booked_at
            for part, share in shares.items():
                if received_at < part.received_at:
                    part.received_at = received_at
                part.entries.append(Entry(decision, candidate.content.source, candidate.content.id, share))
        for activity in partners:
            parts.setdefault(self._memory.partition_of(activity.partner), _Part(self._booked_at)).partners.append(activity)
        return parts

    def _place(self, parts: dict[int, _Part], number: int) -> tuple[_Part, int]:
        """Return where the postings of a cell go: the part of its partition, and its index among the part's cells."""
        state = self._memory.cells[number - 1]
        part = parts.setdefault(state.partition, _Part(self._booked_at))
        return part, part.indexes.setdefault(state.table_cell, len(part.indexes))

    def _records(
        self, partition: int, cells: list[TableCell], chunk: list[Entry], partners: list[PartnerActivity], *, received_at: int
    ) -> list[tuple[Any, ...]]:
        """Return the rows of one chunk; one that would be too large a record is halved until it is not."""
        number, previous = self._memory.records[partition]
        used, compact = _only_used(cells, chunk)
        record = EntriesRecord(
            partition=partition,
            number=number + 1,
            booking=self._booking,
            booked_at=self._booked_at,
            previous=previous,
            cells=used,
            entries=compact,
            partners=partners,
            received_at=received_at if chunk else 0,
        )
        value = entries.encode(record)
        if len(value) > MAX_ENTRIES_RECORD_BYTES and len(chunk) > 1:
            half = len(chunk) // 2
            first = self._records(partition, cells, chunk[:half], partners, received_at=received_at)
            return first + self._records(partition, cells, chunk[half:], [], received_at=received_at)
        self._memory.records[partition] = (number + 1, entries.record_hash(value))
        return [(self._booking, partition, number + 1, lz4.frame.compress(value))]


def _only_used(cells: list[TableCell], chunk: list[Entry]) -> tuple[list[TableCell], list[Entry]]:
    """Return the cells that the chunk posts to, and its entries by their new indexes."""
    indexes: dict[int, int] = {}
    for entry in chunk:
        for index, _ in entry.postings:
            indexes.setdefault(index, len(indexes))
    if len(indexes) == len(cells) and all(old == new for old, new in indexes.items()):
        return cells, chunk
    used = [cells[index] for index in indexes]
    return used, [entry._replace(postings=[(indexes[index], delta) for index, delta in entry.postings]) for entry in chunk]
