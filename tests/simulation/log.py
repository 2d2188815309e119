"""Kafka in memory: the inbound partitions, what the ledger publishes, the changelogs of the tables, and what is on its way there.

Records that a process sent are *in flight* until they land, each process's in order within a partition. What a dead
process sent may still land, late, up to some record and none after it.
"""

import dataclasses
import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any, Final

from consumers.ledger.candidates import Candidate, SourceRecord, prepare
from models.topics import BOOKINGS, ENTRIES, REJECTED
from tests.simulation.database import BrokenInvariant

Place = tuple[str, int]
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


class Inbound:
    """The partitions that partners write to. Offsets may have holes, as those of transactions do."""

    def __init__(self) -> None:
        self.records: dict[Place, list[Candidate]] = defaultdict(list)
        self.ends: dict[Place, int] = defaultdict(int)

    def append(self, place: Place, value: bytes | None, *, received_at: int, hole: int = 0) -> None:
        """Add a record, ``hole`` offsets after the last one."""
        topic, partition = place
        offset = self.ends[place] + hole
        self.records[place].append(prepare(SourceRecord(topic, partition, offset, received_at, value, ())))
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
        self._numbered: list[list[bytes]] = [[] for _ in range(partitions)]
        self.landed_repeats = 0
        self.landed_orphans = 0

    def send(self, flight: Flight) -> None:
        """Put a record on its way."""
        self.flights.append(flight)

    def heads(self, sender: object = None) -> list[Flight]:
        """Return the records that may land next, of one sender or of all."""
        first: dict[tuple[object, Place], Flight] = {}
        for flight in self.flights:
            if sender is None or flight.sender is sender:
                first.setdefault((flight.sender, flight.place), flight)
        return list(first.values())

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

    def died(self, sender: object) -> None:
        """Keep of what a dead process sent, per partition, only what had left it."""
        cut: dict[Place, bool] = {}
        kept = []
        for flight in self.flights:
            if flight.sender is not sender:
                kept.append(flight)
            elif not cut.get(flight.place):
                cut[flight.place] = self._chance.random() < 0.5
                if not cut[flight.place]:
                    self.landed_orphans += 1
                    kept.append(Flight(flight, flight.place, flight.key, flight.value))
        # An orphan has a sender of its own, but still must not overtake another of the same process.
        orphans: dict[Place, object] = {}
        for flight in kept:
            if isinstance(flight.sender, Flight) and flight.sender.sender is sender:
                flight.sender = orphans.setdefault(flight.place, object())
        self.flights = kept
        self.unheard = [flight for flight in self.unheard if flight.sender is not sender]

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
        self.changelogs[partition][topic, flight.key] = flight.value
        return 0

    def _check_number(self, partition: int, value: bytes) -> None:
        """Record numbers of a partition first appear without a gap, and a repeat has the same bytes."""
        seen = self._numbered[partition]
        number = _number_of(value)
        if number == len(seen) + 1:
            seen.append(value)
        elif number > len(seen):
            raise BrokenInvariant(f"I1: record {number} of entries partition {partition} landed after record {len(seen)}")
        elif seen[number - 1] != value:
            raise BrokenInvariant(f"I1: record {number} of entries partition {partition} landed twice with different bytes")
        else:
            self.landed_repeats += 1


def _number_of(value: bytes) -> int:
    start = value.index(b'"number":') + 9
    return int(value[start : value.index(b",", start)])


Sender = Any
