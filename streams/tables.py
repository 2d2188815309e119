"""The Faust tables, one per materialized table and one for the watermarks.

Keys and values are raw bytes from our own codec (``models.tables``); the changelog topics exist before the worker
starts. Nothing assigns to a table: a flush sends changelog records itself and waits for them, then puts the values
into the store. The memory store keeps the keys of lost partitions, so it is emptied at every revocation.
"""

import dataclasses
from collections.abc import Iterator, Mapping

import faust
from faust.types import TP

from models import tables
from models.cells import TABLES
from models.errors import ConfigurationError, IntegrityError
from models.topics import WATERMARKS, changelog
from streams.fold import StoredValue


@dataclasses.dataclass(frozen=True, slots=True)
class FaustTables:
    """The tables by name, and what is done to their stores."""

    app: faust.App
    by_name: Mapping[str, faust.Table]

    def read(self, partition: int) -> tuple[list[StoredValue], tables.Watermark | None]:
        """Return the values of a partition as recovered from the changelogs, and its watermark."""
        values = [StoredValue(name, key.decode(), value) for name in TABLES for key, value in self._of_partition(name, partition)]
        watermark = None
        for _, value in self._of_partition(WATERMARKS, partition):
            watermark = tables.decode_watermark(value)
        return values, watermark

    def put(self, table: str, key: bytes, value: bytes, *, partition: int) -> None:
        """Store a value whose changelog record is acknowledged."""
        store = self.by_name[table].data
        store.data[key] = value
        store._key_partition[key] = partition  # noqa: SLF001  as the store does for a recovered record

    def check_recovered(self, partition: int) -> None:
        """Raise IntegrityError unless the changelogs were read to their ends: an empty table would count as a new one.

        Raises ConfigurationError if one of them does not exist.
        """
        recovery = self.app.tables.recovery
        for table in self.by_name.values():
            tp = TP(table.changelog_topic.get_topic_name(), partition)
            end, read = recovery.active_highwaters.get(tp), recovery.active_offsets.get(tp)
            if end is None:
                # Such as an installation of an older version, which has no changelog for a newer table yet.
                raise ConfigurationError(f"there is no topic {tp.topic} with a partition {partition}", hint="make it with: salur topics")
            if end >= 0 and (read is None or read < end):
                raise IntegrityError(f"{tp.topic}[{partition}]: recovered up to {read}, expected {end}", hint="start the worker again")
        _, watermark = self.read(partition)
        if watermark is None and recovery.active_highwaters[TP(changelog(WATERMARKS), partition)] >= 0:
            raise IntegrityError(f"{changelog(WATERMARKS)}[{partition}]: not empty, but no watermark was recovered", hint="start the worker again")

    def forget(self) -> None:
        """Empty every store, and have the next recovery read the changelogs from the start, also of partitions that stay."""
        recovery = self.app.tables.recovery
        for tp in list(recovery.active_offsets):
            recovery.revoke(tp)
        for table in self.by_name.values():
            table.data.data.clear()
            table.data._key_partition.clear()  # noqa: SLF001  see put

    def _of_partition(self, name: str, partition: int) -> Iterator[tuple[bytes, bytes]]:
        store = self.by_name[name].data
        for key, value in store.data.items():
            if store._key_partition.get(key) == partition:  # noqa: SLF001  see put
                yield key, value


def declare(app: faust.App, *, partitions: int) -> FaustTables:
    """Add the tables to the application."""
    return FaustTables(app, {name: _declare(app, name, partitions) for name in (*TABLES, WATERMARKS)})


def _declare(app: faust.App, name: str, partitions: int) -> faust.Table:
    table = app.Table(name, key_type=bytes, value_type=bytes, partitions=partitions)
    assert table.changelog_topic.get_topic_name() == changelog(name)
    return table


def watermark_key(partition: int) -> bytes:
    """Return the key of a partition's watermark."""
    return str(partition).encode()
