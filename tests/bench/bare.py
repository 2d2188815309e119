"""Bare inserts into one table whose unique index on (source, id) keeps duplicates out: the plainest ledger there is.

The same bytes of the same stream, fourteen columns, one index beside the unique one, and nothing decided.
"""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from consumers.database import BUSY_TIMEOUT_MS, PAGE_BYTES, PAGE_CACHE_KIB, WAL_AUTOCHECKPOINT_PAGES
from consumers.ledger.candidates import SourceRecord, prepare
from models.decoding import Undecodable
from tests.bench.measured import Spent, Stopwatch

_TABLE: Final = """
CREATE TABLE events (
    number INTEGER PRIMARY KEY, booking INTEGER, topic TEXT, "partition" INTEGER, "offset" INTEGER, disposition TEXT,
    source TEXT, event_id TEXT, type TEXT, partner TEXT, occurred_at INTEGER, received_at INTEGER, sha256 BLOB, raw BLOB,
    UNIQUE (source, event_id)
);
CREATE INDEX events_by_partner ON events (partner, occurred_at);
"""


class BareTable:
    """One such table, with the settings of SQLite that the ledger has."""

    def __init__(self, folder: Path, name: str) -> None:
        self._connection = sqlite3.connect(folder / f"{name}.db", isolation_level=None)
        for pragma in (
            f"page_size={PAGE_BYTES}",
            "journal_mode=WAL",
            "synchronous=FULL",
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            f"wal_autocheckpoint={WAL_AUTOCHECKPOINT_PAGES}",
            f"cache_size=-{PAGE_CACHE_KIB}",
        ):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.executescript(_TABLE)
        self._rows = 0

    def insert(self, records: Sequence[SourceRecord]) -> Spent:
        """Insert the events among the records in one transaction and return what that took; making the rows does not count."""
        rows = [row for record in records if (row := self._row(record)) is not None]
        with Stopwatch() as watch:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany(f"INSERT OR IGNORE INTO events VALUES ({', '.join('?' * 14)})", rows)
            self._connection.execute("COMMIT")
        return watch.spent

    def _row(self, record: SourceRecord) -> tuple[Any, ...] | None:
        candidate = prepare(record)
        event = candidate.content
        if isinstance(event, Undecodable):
            return None
        self._rows += 1
        place = (self._rows, self._rows // 5_000, record.topic, record.partition, record.offset, "accepted")
        named = (event.source, event.id, event.type, event.partner, event.occurred_at_ms, record.received_at)
        return (*place, *named, candidate.sha256, record.value)
