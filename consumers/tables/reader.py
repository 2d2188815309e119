"""What the materialized tables hold, read from their changelogs: the newest value of each key, and the watermarks.

The watermark of a partition is written only after every value that it covers. So watermarks are read first and
values after them; whatever the watermarks cover is then in the values. Values may be newer: a snapshot is
*settled* when none is, and then it is exactly the fold of the records up to the watermarks.
"""

import dataclasses
import time
from collections.abc import Mapping
from typing import Any, Final

from kafka import KafkaConsumer, TopicPartition

from consumers.kafka_reading import from_the_beginning, partitions_of, reader, records_to_end, topic_ids
from models.cells import PARTNERS, TALLY_TABLES
from models.errors import ConfigurationError
from models.tables import PartnerValue, TallyValue, Watermark, decode_partner, decode_tally, decode_watermark
from models.topics import WATERMARKS, changelog

SETTLE_SECONDS: Final = 2.0


@dataclasses.dataclass(frozen=True, slots=True)
class Stored:
    """One value of a tally table, and the partition that it lies in."""

    partition: int
    value: TallyValue


@dataclasses.dataclass(frozen=True, slots=True)
class StoredPartner:
    """One partner's value, and the partition that it lies in."""

    partition: int
    value: PartnerValue


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TablesSnapshot:
    """The tables at one moment: values by (table, key), partners by code, watermarks by partition."""

    partitions: int
    tallies: Mapping[tuple[str, str], Stored]
    partners: Mapping[str, StoredPartner]
    watermarks: Mapping[int, Watermark]

    def number(self, partition: int) -> int:
        """Return the number of the last record folded into a partition."""
        watermark = self.watermarks.get(partition)
        return watermark.number if watermark else 0

    @property
    def is_settled(self) -> bool:
        """Whether no value is ahead of its partition's watermark."""
        values: list[Stored | StoredPartner] = [*self.tallies.values(), *self.partners.values()]
        return all(stored.value.number <= self.number(stored.partition) for stored in values)


class TablesReader:
    """Keeps up with the changelogs: the first snapshot reads them whole, each later one what has come since.

    Changelogs that were made again (`salur rebuild`) are read whole again: positions in the old ones mean nothing there.
    """

    def __init__(self, consumer: KafkaConsumer) -> None:
        self._consumer = consumer
        self._tables = {changelog(table): table for table in (*TALLY_TABLES, PARTNERS, WATERMARKS)}
        self._begin(topic_ids(consumer, self._tables))

    def _begin(self, ids: Mapping[str, str]) -> None:
        self._ids = ids
        self._watermark_partitions = _partitions(self._consumer, WATERMARKS)
        self._value_partitions = [partition for table in (*TALLY_TABLES, PARTNERS) for partition in _partitions(self._consumer, table)]
        self._tallies: dict[tuple[str, str], Stored] = {}
        self._partners: dict[str, StoredPartner] = {}
        self._watermarks: dict[int, Watermark] = {}
        from_the_beginning(self._consumer, [*self._watermark_partitions, *self._value_partitions])

    def snapshot(self, *, settle_seconds: float = SETTLE_SECONDS) -> TablesSnapshot:
        """Return the tables as they are now, settled if they come to rest within the time given."""
        deadline = time.monotonic() + settle_seconds
        if (ids := topic_ids(self._consumer, self._tables)) != self._ids:
            self._begin(ids)
        while True:
            self._take(self._watermark_partitions)
            watermarks = dict(self._watermarks)
            self._take(self._value_partitions)
            snapshot = TablesSnapshot(
                partitions=len(self._watermark_partitions), tallies=dict(self._tallies), partners=dict(self._partners), watermarks=watermarks
            )
            if snapshot.is_settled or time.monotonic() > deadline:
                return snapshot

    def _take(self, partitions: list[TopicPartition]) -> None:
        # Records of the other partitions may come along; a watermark among them is simply not in this snapshot.
        for record in records_to_end(self._consumer, partitions):
            self._apply(self._tables[record.topic], record.partition, record.key, record.value)

    def _apply(self, table: str, partition: int, key: bytes, value: bytes | None) -> None:
        if value is None:
            self._forget(table, partition, key.decode())
        elif table == WATERMARKS:
            self._watermarks[partition] = decode_watermark(value)
        elif table == PARTNERS:
            self._partners[key.decode()] = StoredPartner(partition, decode_partner(value))
        else:
            self._tallies[table, key.decode()] = Stored(partition, decode_tally(value))

    def _forget(self, table: str, partition: int, key: str) -> None:
        if table == WATERMARKS:
            self._watermarks.pop(partition, None)
        elif table == PARTNERS:
            self._partners.pop(key, None)
        else:
            self._tallies.pop((table, key), None)


def read_tables(bootstrap_servers: str, *, client: Mapping[str, Any] | None = None) -> TablesSnapshot:
    """Return what the tables hold now. Raises Unreachable, and ConfigurationError when there are no tables."""
    with reader(bootstrap_servers, client) as consumer:
        return TablesReader(consumer).snapshot()


def _partitions(consumer: KafkaConsumer, table: str) -> list[TopicPartition]:
    partitions = partitions_of(consumer, changelog(table))
    if not partitions:
        raise ConfigurationError(f"there is no topic {changelog(table)}", hint="make it with: salur topics")
    return partitions
