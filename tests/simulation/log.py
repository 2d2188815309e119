"""Kafka in memory: the inbound partitions, what the ledger publishes, the changelogs of the tables, and what is on its way there.

Records that a process sent are *in flight* until they land, each process's in order within a partition. What a dead
process sent may still land, late, up to some record and none after it.
"""

import dataclasses
import json
import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Final

from consumers.ledger.candidates import Candidate, SourceRecord, prepare
from models.stencils import Stencils
from models.topics import BOOKINGS, ENTRIES, REJECTED, WATERMARKS, changelog
from tests.simulation.database import BrokenInvariant

Place = tuple[str, int]
_WATERMARKS: Final = changelog(WATERMARKS)
_NOTHING: Final[tuple[Candidate, ...]] = ()


def _unheard(_offset: int) -> None:
    """Be nobody who waits for an acknowledgement."""


@dataclasses.dataclass(slots=True, eq=False)
class Flight:
    """One record on its way; ``acknowledge`` is told its offset once the sender hears of it."""

    sender: object
    place: Place
    key: bytes
    value: bytes
    acknowledge: Callable[[int], None] = _unheard
    offset: int = -1
    not_before: float = 0.0


class Inbound:
    """The partitions that partners write to. Offsets may have holes, as those of transactions do."""

    def __init__(self) -> None:
        self.records: dict[Place, list[Candidate]] = defaultdict(list)
        self.ends: dict[Place, int] = defaultdict(int)
        self._stencils = Stencils()

    def append(self, place: Place, value: bytes | None, *, received_at: int, hole: int = 0) -> None:
        """Add a record, ``hole`` offsets after the last one."""
        topic, partition = place
        offset = self.ends[place] + hole
        self.records[place].append(prepare(SourceRecord(topic, partition, offset, received_at, value, ()), self._stencils))
        self.ends[place] = offset + 1

    def after(self, place: Place, offset: int, *, at_most: int) -> list[Candidate]:
        """Return the next records from an offset on."""
        records = self.records.get(place, _NOTHING)
        # Nearly always what is asked for is near the end.
        start = len(records)
        while start and records[start - 1].record.offset >= offset:
            start -= 1
        return list(records[start : start + at_most])


class Log:
    """The topics of our own, and what is in flight to them."""

    def __init__(self, chance: random.Random, *, partitions: int) -> None:
        self.inbound = Inbound()
        self.bookings: list[bytes] = []
        self.rejected: list[bytes] = []
        self.entries: list[list[bytes]] = [[] for _ in range(partitions)]
        self.changelogs: list[dict[tuple[str, bytes], bytes]] = [{} for _ in range(partitions)]
        self.flights: list[Flight] = []
        self.unheard: list[Flight] = []
        self._chance = chance
        self._written_late: set[int] = set()
        self._numbered: list[list[bytes]] = [[] for _ in range(partitions)]
        self.landed_repeats = 0
        self.landed_orphans = 0

    def send(self, flight: Flight) -> None:
        """Put a record on its way."""
        self.flights.append(flight)

    def heads(self, sender: object = None, *, now: float = float("inf")) -> list[Flight]:
        """Return the records that may land next, of one sender or of all."""
        first: dict[tuple[object, Place], Flight] = {}
        for flight in self.flights:
            if sender is None or flight.sender is sender:
                first.setdefault((flight.sender, flight.place), flight)
        return [flight for flight in first.values() if flight.not_before <= now]

    def land(self, flight: Flight, *, heard: bool = True) -> None:
        """Write a record that was on its way; its sender hears of it now or later."""
        self.flights.remove(flight)
        flight.offset = self._write(flight)
        if heard:
            flight.acknowledge(flight.offset)
        else:
            self.unheard.append(flight)

    def hear(self, flight: Flight) -> None:
        """Let a sender hear of a record that landed before."""
        self.unheard.remove(flight)
        flight.acknowledge(flight.offset)

    def died(self, sender: object, *, lands_at: float) -> None:
        """Keep of what a dead process sent, per partition, only what had left it; that lands later."""
        cut: dict[Place, bool] = {}
        kept = []
        for flight in self.flights:
            if flight.sender is not sender:
                kept.append(flight)
            elif not cut.get(flight.place):
                cut[flight.place] = self._chance.random() < 0.5
                if not cut[flight.place]:
                    self.landed_orphans += 1
                    kept.append(Flight(flight, flight.place, flight.key, flight.value, not_before=lands_at))
        # An orphan has a sender of its own, but still must not overtake another of the same process.
        orphans: dict[Place, object] = {}
        for flight in kept:
            if isinstance(flight.sender, Flight) and flight.sender.sender is sender:
                flight.sender = orphans.setdefault(flight.place, object())
        self.flights = kept
        self.unheard = [flight for flight in self.unheard if flight.sender is not sender]

    def delay(self, sender: object, *, lands_at: float) -> int:
        """Keep back what a process has sent and what has not left it; return how much that is. It lands late."""
        kept = [flight for flight in self.flights if flight.sender is sender]
        for flight in kept:
            flight.not_before = lands_at
        return len(kept)

    def drop(self, topics: Iterable[str]) -> None:
        """Lose everything that is in flight to these topics."""
        lost = set(topics)
        self.flights = [flight for flight in self.flights if flight.place[0] not in lost]
        self.unheard = [flight for flight in self.unheard if flight.place[0] not in lost]

    def _write(self, flight: Flight) -> int:
        topic, partition = flight.place
        if topic == BOOKINGS:
            self.bookings.append(flight.value)
            return len(self.bookings) - 1
        if topic == REJECTED:
            self.rejected.append(flight.value)
            return len(self.rejected) - 1
        if topic == ENTRIES:
            self._check_number(partition, flight.value)
            self.entries[partition].append(flight.value)
            return len(self.entries[partition]) - 1
        if topic == _WATERMARKS:
            self._check_covered(partition, number_of(flight.value))
        elif flight.not_before:
            self._written_late.add(partition)
        self.changelogs[partition][topic, flight.key] = flight.value
        return 0

    def _check_number(self, partition: int, value: bytes) -> None:
        """Record numbers of a partition first appear without a gap, and a repeat has the same bytes."""
        seen = self._numbered[partition]
        number = number_of(value)
        if number == len(seen) + 1:
            seen.append(value)
        elif number > len(seen):
            raise BrokenInvariant(f"I1: record {number} of entries partition {partition} landed after record {len(seen)}")
        elif seen[number - 1] != value:
            raise BrokenInvariant(f"I1: record {number} of entries partition {partition} landed twice with different bytes")
        else:
            self.landed_repeats += 1

    def _check_covered(self, partition: int, number: int) -> None:
        """A watermark lands only after every value that it covers; unless something late may have been written over one."""
        if partition in self._written_late:
            return
        written = self.changelogs[partition]
        touched: dict[tuple[str, bytes], int] = {}
        for value in self._numbered[partition][:number]:
            record = json.loads(value)
            for cell in record["cells"]:
                table, destination, programme, item, holder = cell[0], cell[1], cell[2], cell[7], cell[12]
                key = f"{holder}|{item}" if table == "stock" else f"{destination}|{programme}"
                touched[changelog(table), key.encode()] = record["number"]
            for activity in record["partners"]:
                touched[changelog("partners"), activity[0].encode()] = record["number"]
        for place, last in touched.items():
            if number_of(written.get(place, b'"number":0,')) < last:
                raise BrokenInvariant(f"I3: watermark {number} of partition {partition} landed before {place} at {last}")


def number_of(value: bytes) -> int:
    """Return the number that a record or a value says it has."""
    start = value.index(b'"number":') + 9
    return int(value[start : value.index(b",", start)])
