"""The inbound topics as a ledger worker reads them: from the database's positions, never from Kafka's committed offsets.

A partition on which Kafka no longer holds what the ledger needs (offsets thrown away, a topic made again, a
broker that lost its newest records) is *halted*: it is read no further, and the reason says what is missing. All
others go on.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import structlog
from kafka import ConsumerRebalanceListener, KafkaConsumer, TopicPartition
from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError, OffsetOutOfRangeError
from kafka.structs import OffsetAndMetadata

from consumers.header_names import accept_any_header_name
from consumers.ledger.candidates import Candidate, SourceRecord, prepare
from consumers.ledger.ledger import PartitionBatch
from consumers.ledger.store import Position
from models.errors import IntegrityError, LogReplaced, LogTruncated, Unreachable
from models.topics import EVENTS

GROUP: Final = "salur-ledger"
_PATTERN: Final = rf"^({re.escape(EVENTS)}|aid\.in\.[a-z0-9][a-z0-9-]*\.v1)$"
_NEW_TOPICS_MS: Final = 5_000
_JOIN_STEP_MS: Final = 500

log = structlog.get_logger()

Positions = Mapping[tuple[str, int], Position]


def is_inbound(topic: str) -> bool:
    """Tell whether a topic is one that events come in by."""
    return re.match(_PATTERN, topic) is not None


class _Assigned:
    """One partition that this worker reads."""

    __slots__ = ("next_offset", "topic_id", "verify")

    def __init__(self, next_offset: int, topic_id: str, verify: tuple[int, bytes] | None) -> None:
        self.next_offset = next_offset
        self.topic_id = topic_id
        self.verify = verify


class Source(ConsumerRebalanceListener):  # type: ignore[misc]  # kafka-python has no annotations
    """The partitions of the inbound topics that this worker is responsible for."""

    def __init__(
        self,
        *,
        bootstrap_servers: str,
        positions: Callable[[], Positions],
        prepare: Callable[[SourceRecord], Candidate] = prepare,
        max_records: int,
        session_timeout_ms: int = 10_000,
        client: Mapping[str, Any] | None = None,
    ) -> None:
        self._positions = positions
        self._prepare = prepare
        self._max_records = max_records
        self._assigned: dict[TopicPartition, _Assigned] = {}
        self._pending: set[TopicPartition] = set()
        self.halted: dict[tuple[str, int], IntegrityError] = {}
        self._bootstrap_servers = bootstrap_servers
        self._client = dict(client or {})
        self._admin: KafkaAdminClient | None = None
        self._has_joined = False
        accept_any_header_name()
        self._consumer = KafkaConsumer(
            bootstrap_servers=bootstrap_servers,
            group_id=GROUP,
            client_id="salur-ledger",
            # Raises instead of skipping: where to read is the database's word.
            auto_offset_reset="none",
            enable_auto_commit=False,
            isolation_level="read_committed",
            allow_auto_create_topics=False,
            max_poll_records=max_records,
            max_partition_fetch_bytes=4 * 1024 * 1024,
            metadata_max_age_ms=_NEW_TOPICS_MS,
            session_timeout_ms=session_timeout_ms,
            heartbeat_interval_ms=min(1_000, session_timeout_ms // 3),
            **self._client,
        )
        self._consumer.subscribe(pattern=_PATTERN, listener=self)

    @property
    def assigned(self) -> list[tuple[str, int]]:
        """The partitions that are being read."""
        return sorted((partition.topic, partition.partition) for partition in self._assigned)

    @property
    def is_assigned(self) -> bool:
        """Tell whether the group has given this worker its partitions, be they none because others have them all."""
        return self._has_joined and not self._pending

    @property
    def is_heard(self) -> bool:
        """Tell whether Kafka has answered this worker's heartbeats within its session; polling alone does not notice a silent broker."""
        coordinator = self._consumer._coordinator  # noqa: SLF001 - there is no public way to ask
        return bool(coordinator.coordinator_id is not None and not coordinator.heartbeat.session_timeout_expired())

    def poll(self, timeout_ms: int) -> list[PartitionBatch]:
        """Return what has come in, decoded and hashed, partition by partition in a fixed order. Raises Unreachable."""
        # First what may fail: once records are polled, nothing may come between them and their batch.
        self._start_pending()
        try:
            polled = self._poll(timeout_ms)
        except OffsetOutOfRangeError:
            # Records were thrown away while they were waiting to be read: looking again halts that partition, and says how many.
            self._pending.update(self._assigned)
            return []
        batches = (self._batch(partition, polled[partition]) for partition in sorted(polled))
        return [batch for batch in batches if batch is not None]

    def rewind(self, topic: str, partition: int) -> None:
        """Read a partition again from the database's position, because somebody else booked some of it."""
        target = TopicPartition(topic, partition)
        if target in self._assigned:
            self._start(target, self._positions())

    def keep_alive(self) -> None:
        """Stay in the group while nothing can be booked."""
        paused = [partition for partition in self._assigned if (partition.topic, partition.partition) not in self.halted]
        self._consumer.pause(*paused)
        self._poll(0)
        self._consumer.resume(*[partition for partition in paused if partition in self._assigned])

    def commit(self, batches: Iterable[PartitionBatch]) -> None:
        """Tell Kafka how far we are, for tools that show lag; nothing here ever reads it back."""
        offsets = {
            TopicPartition(batch.topic, batch.partition): OffsetAndMetadata(batch.next, "", -1)
            for batch in batches
            if TopicPartition(batch.topic, batch.partition) in self._assigned
        }
        if offsets:
            self._consumer.commit_async(offsets)

    def close(self) -> None:
        """Leave the group."""
        self._consumer.close()
        if self._admin is not None:
            self._admin.close()

    def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Pause every partition until the next poll: neither Kafka nor the database can be asked on the client's own loop."""
        self._has_joined = True
        for partition in assigned:
            self._consumer.pause(partition)
            # Any position will do until it is started, so that the client does not ask the group for one.
            self._consumer.seek(partition, 0)
            self._pending.add(partition)

    def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Forget the partitions; what is in flight is settled by the compare-and-set of its positions."""
        for partition in revoked:
            self._pending.discard(partition)
            self._assigned.pop(partition, None)
            self.halted.pop((partition.topic, partition.partition), None)

    def on_partitions_lost(self, lost: Iterable[TopicPartition]) -> None:
        """Forget the partitions."""
        self.on_partitions_revoked(lost)

    def _poll(self, timeout_ms: int) -> dict[TopicPartition, list[Any]]:
        # kafka-python 3.0 forgets a rebalance that a change of topics began if a poll ends before the group's answer
        # comes: it then never takes its partitions, and says nothing. Asking again keeps it waiting for the same answer,
        # and a poll that is too short for one step of joining would begin that step anew each time.
        coordinator = self._consumer._coordinator  # noqa: SLF001 - there is no public way to ask
        if coordinator.rejoining:
            coordinator.request_rejoin()
        if coordinator.need_rejoin():
            timeout_ms = max(timeout_ms, _JOIN_STEP_MS)
        polled: dict[TopicPartition, list[Any]] = self._consumer.poll(timeout_ms=timeout_ms, max_records=self._max_records)
        return polled

    def _start_pending(self) -> None:
        if not self._pending:
            return
        positions = self._positions()
        for partition in sorted(self._pending):
            self._start(partition, positions)
        self._pending.clear()
        log.info("partitions_assigned", partitions=[f"{one.topic}[{one.partition}]" for one in sorted(self._assigned)])

    def _start(self, partition: TopicPartition, positions: Positions) -> None:
        position = positions.get((partition.topic, partition.partition))
        try:
            topic_id = self._topic_id(partition.topic)
            first = self._consumer.beginning_offsets([partition])[partition]
            end = self._consumer.end_offsets([partition])[partition]
        except KafkaError as error:
            raise Unreachable(f"{partition.topic}[{partition.partition}]: Kafka did not say which offsets it holds") from error
        problem = _missing(partition, position, topic_id=topic_id, first=first, end=end)
        if problem is not None:
            self._halt(partition, problem)
            return
        next_offset = position.next_offset if position is not None else 0
        verify = (position.last_offset, position.last_sha256) if position is not None and position.last_offset >= first else None
        self._assigned[partition] = _Assigned(next_offset, topic_id, verify)
        # The last booked record is read once more, to see that Kafka still holds those bytes.
        self._consumer.seek(partition, verify[0] if verify is not None else next_offset)
        self._consumer.resume(partition)

    def _batch(self, partition: TopicPartition, polled: list[Any]) -> PartitionBatch | None:
        assigned = self._assigned.get(partition)
        if assigned is None:
            return None
        if assigned.verify is not None and not self._verified(partition, assigned, polled):
            return None
        records = [record for record in polled if record.offset >= assigned.next_offset]
        if not records:
            return None
        first, assigned.next_offset = assigned.next_offset, records[-1].offset + 1
        candidates = [
            self._prepare(SourceRecord(partition.topic, partition.partition, record.offset, record.timestamp, record.value, record.headers))
            for record in records
        ]
        return PartitionBatch(partition.topic, partition.partition, assigned.topic_id, first, assigned.next_offset, candidates)

    def _verified(self, partition: TopicPartition, assigned: _Assigned, polled: list[Any]) -> bool:
        """Compare the last booked record with what Kafka holds at its offset now."""
        assert assigned.verify is not None
        offset, expected = assigned.verify
        record = polled[0]
        assigned.verify = None
        if record.offset == offset and hashlib.sha256(record.value or b"").digest() == expected:
            return True
        where = f"{partition.topic}[{partition.partition}]@{offset}"
        hint = "the broker lost records and gave their offsets to others: compare its log with the ledger before anything else"
        self._halt(partition, LogReplaced(f"{where}: Kafka holds another record than the one that was booked here", hint=hint))
        return False

    def _halt(self, partition: TopicPartition, problem: IntegrityError) -> None:
        self.halted[partition.topic, partition.partition] = problem
        self._assigned.pop(partition, None)
        self._consumer.pause(partition)
        self._consumer.seek(partition, 0)
        log.error("partition_halted", topic=partition.topic, partition=partition.partition, reason=str(problem))

    def _topic_id(self, topic: str) -> str:
        if self._admin is None:
            self._admin = KafkaAdminClient(bootstrap_servers=self._bootstrap_servers, **self._client)
        described = self._admin.describe_topics([topic])
        return str(described[0].get("topic_id", ""))


def _missing(partition: TopicPartition, position: Position | None, *, topic_id: str, first: int, end: int) -> IntegrityError | None:
    """Say what Kafka no longer holds of what the ledger has booked or must still book."""
    where = f"{partition.topic}[{partition.partition}]"
    if position is not None and position.topic_id != topic_id:
        hint = "bring the old topic back, or start a new ledger for the new one"
        return LogReplaced(f"{where}: the topic was made again; {position.next_offset} booked offsets belong to the old one", hint=hint)
    wanted = position.next_offset if position is not None else 0
    if first > wanted:
        hint = "restore them from a replica or a backup; retention of inbound topics must be unlimited"
        return LogTruncated(f"{where}: {first - wanted} offsets ({wanted} to {first - 1}) were thrown away before they were booked", hint=hint)
    if end < wanted:
        hint = "the broker lost its newest records; restore them before anyone writes to this partition"
        return LogReplaced(f"{where}: Kafka ends at {end}, but {wanted} offsets are booked: {wanted - end} are missing", hint=hint)
    return None
