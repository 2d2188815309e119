"""A real Kafka for the ledger's tests, emptied between them; and a whole ledger worker that runs in threads."""

import threading
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Self

import sqlalchemy as sa
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient

from consumers.ledger.ledger import Ledger
from consumers.ledger.publisher import Publisher
from consumers.ledger.source import GROUP, Source
from consumers.ledger.worker import BatchLimits, LedgerWorker
from deploy.kafka.broker import LocalBroker
from models import schema, topics
from models.crashpoints import NO_CRASH_POINTS
from models.topics import BOOKINGS, ENTRIES, EVENTS, REJECTED, Topic
from tests.consumers.ledger.desk import PARTITIONS, as_bytes

SESSION_MS = 6_000
PATIENCE_SECONDS = 30.0


def until(is_so: Callable[[], bool], *, what: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.02)


class Cluster:
    """One broker and what tests do to it."""

    def __init__(self, broker: LocalBroker) -> None:
        self.broker = broker
        self.bootstrap_servers = broker.bootstrap_servers
        self._admin: KafkaAdminClient | None = None
        self._producer: KafkaProducer | None = None

    @property
    def admin(self) -> KafkaAdminClient:
        """An admin client, made when it is first needed."""
        self._admin = self._admin or KafkaAdminClient(bootstrap_servers=self.bootstrap_servers)
        return self._admin

    @property
    def producer(self) -> KafkaProducer:
        """A producer, made when it is first needed."""
        self._producer = self._producer or KafkaProducer(bootstrap_servers=self.bootstrap_servers, linger_ms=0, max_request_size=64 * 1024 * 1024)
        return self._producer

    def empty(self) -> None:
        """Delete every topic and the group, and create the topics that the ledger needs."""
        ours = [name for name in self.admin.list_topics() if not name.startswith("__")]
        if ours:
            self.admin.delete_topics(ours)
            until(lambda: not set(ours) & set(self.admin.list_topics()), what="old topics are gone")
        if any(group["group_id"] == GROUP for group in self.admin.list_groups()):
            self.admin.delete_groups([GROUP])
        wanted = [topic for topic in topics.declared(partitions=PARTITIONS) if topic.name in (EVENTS, ENTRIES, BOOKINGS, REJECTED)]
        self.create(*wanted)

    def create(self, *wanted: Topic) -> None:
        """Create topics."""
        made = {topic.name: {"num_partitions": topic.partitions, "replication_factor": 1, "configs": dict(topic.config)} for topic in wanted}
        self.admin.create_topics(made, wait_for_metadata=True)

    def recreate(self, topic: Topic) -> None:
        """Delete a topic and create another of its name."""
        self.admin.delete_topics([topic.name])
        until(lambda: topic.name not in self.admin.list_topics(), what="the topic is gone")
        self.create(topic)
        self.close()

    def send(self, *events: object, topic: str = EVENTS, partition: int = 0, key: bytes | None = None, headers: Sequence[tuple[str, bytes]] = ()) -> None:
        """Send records and wait until Kafka has them."""
        sent = [self.producer.send(topic, value=as_bytes(event), key=key, partition=partition, headers=list(headers)) for event in events]
        for future in sent:
            future.get(timeout=PATIENCE_SECONDS)

    def delete_before(self, partition: int, offset: int, *, topic: str = EVENTS) -> None:
        """Throw records away, as a retention would."""
        self.admin.delete_records({TopicPartition(topic, partition): offset})

    def records(self, topic: str) -> list[Any]:
        """Return everything in a topic, partition by partition."""
        consumer = KafkaConsumer(bootstrap_servers=self.bootstrap_servers, enable_auto_commit=False, max_partition_fetch_bytes=8 * 1024 * 1024)
        try:
            partitions = [TopicPartition(topic, number) for number in sorted(consumer.partitions_for_topic(topic) or ())]
            consumer.assign(partitions)
            consumer.seek_to_beginning()
            ends = consumer.end_offsets(partitions)
            found: list[Any] = []
            deadline = time.monotonic() + PATIENCE_SECONDS
            while any(consumer.position(partition) < end for partition, end in ends.items()):
                assert time.monotonic() < deadline, f"{topic} does not come"
                found += [record for records in consumer.poll(200).values() for record in records]
        finally:
            consumer.close()
        return sorted(found, key=lambda record: (record.partition, record.offset))

    def close(self) -> None:
        """Close the clients; they are made again when needed."""
        for client in (self._admin, self._producer):
            if client is not None:
                client.close()
        self._admin = self._producer = None


class RunningWorker:
    """A ledger worker and its publisher, each in a thread; a failure of either is raised at the end."""

    def __init__(self, engine: sa.Engine, cluster: Cluster, *, publish: bool = True, max_events: int = 5_000) -> None:
        self.engine = engine
        self.cluster = cluster
        self.ledger = Ledger(engine)
        self.source = Source(
            bootstrap_servers=cluster.bootstrap_servers, positions=self.ledger.positions, max_records=max_events, session_timeout_ms=SESSION_MS
        )
        self.publisher = Publisher(engine, bootstrap_servers=cluster.bootstrap_servers, points=NO_CRASH_POINTS) if publish else None
        self._worker = LedgerWorker(
            self.ledger, self.source, limits=BatchLimits(max_events=max_events), points=NO_CRASH_POINTS, on_booked=lambda _record: self._wake()
        )
        self.failures: list[BaseException] = []
        self._threads = [threading.Thread(target=self._run, args=(target,)) for target in self._targets()]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._worker.stop()
        if self.publisher is not None:
            self.publisher.stop()
        for thread in self._threads:
            thread.join(PATIENCE_SECONDS)
        self.source.close()
        if kind is None:
            assert self.failures == []

    def wait_until_booked(self, *, seconds: float = PATIENCE_SECONDS, published: bool = True) -> None:
        """Wait until everything in the inbound topics is booked, and published."""
        until(lambda: bool(self.failures) or self._is_booked(published=published), what="everything is booked", seconds=seconds)
        assert self.failures == []

    def _is_booked(self, *, published: bool) -> bool:
        consumer = KafkaConsumer(bootstrap_servers=self.cluster.bootstrap_servers, enable_auto_commit=False)
        try:
            inbound = [name for name in consumer.topics() if topics.is_inbound(name)]
            partitions = [TopicPartition(name, number) for name in inbound for number in consumer.partitions_for_topic(name)]
            ends = {(one.topic, one.partition): end for one, end in consumer.end_offsets(partitions).items() if end}
        finally:
            consumer.close()
        positions = {key: position.next_offset for key, position in self.ledger.positions().items()}
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            head = connection.execute(sa.select(schema.head.c.booking)).scalar_one()
            mark = connection.execute(sa.select(schema.publisher.c.published)).scalar_one()
        return positions == ends and (mark == head or not published)

    def _targets(self) -> list[Callable[[], None]]:
        return [self._worker.run] if self.publisher is None else [self._worker.run, self.publisher.run]

    def _wake(self) -> None:
        if self.publisher is not None:
            self.publisher.wake()

    def _run(self, target: Callable[[], None]) -> None:
        try:
            target()
        except BaseException as error:  # noqa: BLE001 - raised again by the test
            self.failures.append(error)
