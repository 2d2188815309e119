"""How far readers are behind: of the inbound topics the ledger, of the entries topic the tables.

Measured from outside, from the ends of the topics and from what is durably done, so a worker that is dead or silent
shows as well as a slow one. How old the oldest undone record is follows from when its offset was first seen at the
end of its partition: no clock of Kafka's or of a partner's is compared with ours.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping

import sqlalchemy as sa
from kafka import KafkaConsumer, TopicPartition

from consumers.kafka_reading import partitions_of
from consumers.ledger.source import GROUP, is_inbound
from consumers.tables.reader import TablesSnapshot
from models import metrics, schema
from models.metrics import Reading
from models.topics import ENTRIES, FAUST_APP_ID

_MOST_LOOKS = 2_000
"""Looks that are remembered of one partition; a lag that is older than the first of them is at least so old."""

Where = tuple[str, str, int]


class LagClock:
    """Remembers when each partition ended where, to tell for how long its oldest undone record has waited."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._looks: dict[Where, deque[tuple[int, float]]] = {}

    def waited_seconds(self, where: Where, *, done: int, end: int) -> float:
        """Return how long ago the record at offset ``done`` was first seen, 0 when there is none; ``end`` is the end now."""
        now = self._clock()
        looks = self._looks.setdefault(where, deque())
        if not looks or looks[-1][0] < end:
            if len(looks) == _MOST_LOOKS:
                # The second is dropped, not the first, which tells how long the oldest has waited.
                del looks[1]
            looks.append((end, now))
        while looks and looks[0][0] <= done:
            looks.popleft()
        return now - looks[0][1] if looks else 0.0


class Lags:
    """Reads the lags of all groups; one per monitor, because it remembers."""

    def __init__(self, clock: LagClock | None = None) -> None:
        self._clock = clock or LagClock()

    def readings(self, consumer: KafkaConsumer, connection: sa.Connection, snapshot: TablesSnapshot) -> Iterator[Reading]:
        """Yield events and seconds for each group, topic and partition."""
        inbound = [partition for topic in sorted(filter(is_inbound, consumer.topics())) for partition in partitions_of(consumer, topic)]
        positions = schema.positions.c
        done = {
            (topic, partition): offset
            for topic, partition, offset in connection.execute(sa.select(positions.topic, positions.partition, positions.next_offset))
        }
        yield from self._of_group(GROUP, consumer.end_offsets(inbound), {one: done.get((one.topic, one.partition), 0) for one in inbound})
        entries = partitions_of(consumer, ENTRIES)
        folded = {one: mark.offset if (mark := snapshot.watermarks.get(one.partition)) else 0 for one in entries}
        yield from self._of_group(FAUST_APP_ID, consumer.end_offsets(entries), folded)

    def _of_group(self, group: str, ends: Mapping[TopicPartition, int], done: Mapping[TopicPartition, int]) -> Iterator[Reading]:
        for one, end in sorted(ends.items()):
            labels = (group, one.topic, str(one.partition))
            yield Reading(metrics.LAG_EVENTS, labels, max(end - done[one], 0))
            yield Reading(metrics.LAG_SECONDS, labels, self._clock.waited_seconds((group, one.topic, one.partition), done=done[one], end=end))
