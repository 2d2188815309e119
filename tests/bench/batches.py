"""The seeded stream of ``tests.workload`` as a ledger worker gets it: records of four partitions, in batches.

``book`` is the whole of what the worker does with a batch: decode, hash, decide, write, commit.
"""

import gc
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from consumers.database import open_database
from consumers.ledger.candidates import SourceRecord
from consumers.ledger.ledger import Ledger, PartitionBatch, prepare_ledger
from deploy.migrations.upgrade import upgrade
from models.topics import EVENTS
from tests.workload import Message, Workload

PARTITIONS: Final = 4
BATCH_EVENTS: Final = 5_000
_TOPIC_ID: Final = "bench"


def new_ledger(folder: Path, name: str) -> sa.Engine:
    """Make an empty ledger with the same migration, and the same settings of SQLite, as in production."""
    url = f"sqlite:///{folder / name}.db"
    upgrade(url)
    engine = open_database(url)
    prepare_ledger(engine, partitions=PARTITIONS)
    return engine


class Records:
    """Gives messages offsets: each goes to the partition of its key, as a producer would have sent it. ``booked`` is where partitions go on."""

    def __init__(self, booked: Mapping[int, int] | None = None) -> None:
        self._next = [(booked or {}).get(partition, 0) for partition in range(PARTITIONS)]

    def of(self, messages: Iterable[Message]) -> Iterator[SourceRecord]:
        """Yield the records, received now."""
        received_at = time.time_ns() // 1_000_000
        for message in messages:
            partition = zlib.crc32(message.key) % PARTITIONS
            offset = self._next[partition]
            self._next[partition] += 1
            yield SourceRecord(EVENTS, partition, offset, received_at, message.value, ())


class RecordStream:
    """An endless supply of records, made a batch at a time so that it needs no memory of its own."""

    def __init__(self, *, seed: int, events: int) -> None:
        self._records = Records().of(Workload(seed=seed, events=events))

    def take(self, events: int) -> list[SourceRecord]:
        """Return the next records.

        Making them leaves cycles of closures behind, which a worker does not have: they are thrown away here, or the
        memory of the ledger in this process would seem to grow by them.
        """
        records = list(islice(self._records, events))
        gc.collect(0)
        return records


def in_batches(records: Sequence[SourceRecord], size: int = BATCH_EVENTS) -> Iterator[Sequence[SourceRecord]]:
    """Yield the records in order, ``size`` at a time."""
    for start in range(0, len(records), size):
        yield records[start : start + size]


def book(ledger: Ledger, records: Sequence[SourceRecord]) -> None:
    """Decode and hash the records and book them in one transaction."""
    by_partition: dict[int, list[SourceRecord]] = {}
    for record in records:
        by_partition.setdefault(record.partition, []).append(record)
    ledger.book(
        [
            PartitionBatch(EVENTS, partition, _TOPIC_ID, share[0].offset, share[-1].offset + 1, [ledger.prepare(record) for record in share])
            for partition, share in sorted(by_partition.items())
        ]
    )
