"""Table, ledger and log, compared on a real Kafka: equal when all is well, and each named when it lies."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from consumers.database import open_database
from consumers.ledger.ledger import Ledger, prepare_ledger
from consumers.ledger.publisher import Publisher
from consumers.ledger.source import Source
from consumers.ledger.worker import BatchLimits, LedgerWorker
from consumers.reconcile.reconcile import Reconciliation, reconcile
from deploy import topics
from deploy.kafka.broker import LocalBroker
from models import schema, tables
from models.crashpoints import NO_CRASH_POINTS
from models.errors import LedgerBehindLog, NumbersReused
from models.registry import Registry
from models.tables import CellSum, TallyValue
from models.topics import BOOKINGS, ENTRIES, WATERMARKS, changelog
from streams.fold import PartitionFold
from tests.consumers.reconcile.traffic import Traffic

pytestmark = pytest.mark.kafka
PARTITIONS = 2
EVENTS = 400


class Stack:
    """A broker with everything booked, published and folded, by the real ledger and the real fold."""

    def __init__(self, bootstrap_servers: str, engine: sa.Engine) -> None:
        self.servers = bootstrap_servers
        self.engine = engine
        self.producer = KafkaProducer(bootstrap_servers=bootstrap_servers)
        self._folds = [PartitionFold(partition) for partition in range(PARTITIONS)]

    def fill(self, seed: int) -> None:
        for record in Traffic(seed).records(EVENTS):
            self.producer.send(record.topic, value=record.value, partition=record.partition, headers=list(record.headers)).get(timeout=10)
        schema.metadata.create_all(self.engine)
        prepare_ledger(self.engine, partitions=PARTITIONS)
        self.book(EVENTS)
        self.publish()
        self.fold()

    def book(self, count: int) -> None:
        ledger = Ledger(self.engine)
        source = Source(bootstrap_servers=self.servers, positions=ledger.positions, max_records=37)
        worker = LedgerWorker(ledger, source, limits=BatchLimits(max_events=90), points=NO_CRASH_POINTS, on_booked=lambda _record: None)
        thread = threading.Thread(target=worker.run)
        thread.start()
        until(lambda: self.received() == count)
        worker.stop()
        thread.join()
        source.close()

    def received(self) -> int:
        with self.engine.connect() as connection:
            return int(connection.execute(sa.select(sa.func.max(schema.bookings.c.received))).scalar() or 0)

    def publish(self) -> None:
        publisher = Publisher(self.engine, bootstrap_servers=self.servers, points=NO_CRASH_POINTS)
        while publisher.publish():
            pass
        publisher.stop()
        publisher.run()

    def fold(self) -> None:
        for record in everything_in(self.servers, ENTRIES):
            self._folds[record.partition].apply(record.value, offset=record.offset)
        for fold in self._folds:
            sealed = fold.seal()
            if sealed is not None:
                for stored in sealed.values:
                    self.write(stored.table, stored.key, stored.value, partition=sealed.partition)
                self.write(WATERMARKS, str(sealed.partition), tables.encode(sealed.watermark), partition=sealed.partition)

    def write(self, table: str, key: str, value: bytes, *, partition: int) -> None:
        self.producer.send(changelog(table), key=key.encode(), value=value, partition=partition).get(timeout=10)

    def reconcile(self, *, drain_seconds: float = 5) -> Reconciliation:
        return reconcile(self.engine, self.servers, registry=Registry.shipped(), drain_seconds=drain_seconds)


@contextlib.contextmanager
def filled(broker: LocalBroker, database_url: str) -> Iterator[Stack]:
    """Give a broker and a ledger that hold the same random traffic."""
    topics.ensure(broker.bootstrap_servers, partitions=PARTITIONS, replication_factor=1, partners=["kdei-taipei"])
    engine = open_database(database_url)
    opened = Stack(broker.bootstrap_servers, engine)
    try:
        opened.fill(seed=5)
        yield opened
    finally:
        opened.producer.close()
        engine.dispose()


@pytest.fixture
def stack(own_kafka: LocalBroker, tmp_path: Path) -> Iterator[Stack]:
    """Give a filled stack on SQLite; what differs between databases is tested elsewhere."""
    with filled(own_kafka, f"sqlite:///{tmp_path / 'ledger.sqlite'}") as opened:
        yield opened


def until(condition: Callable[[], bool], *, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < deadline, "it did not come about in time"
        pause.wait(0.05)


def everything_in(servers: str, topic: str) -> list[Any]:
    consumer = KafkaConsumer(bootstrap_servers=servers, auto_offset_reset="earliest", enable_auto_commit=False)
    partitions = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic) or ()]
    consumer.assign(partitions)
    ends = consumer.end_offsets(partitions)
    found: list[Any] = []
    while any(consumer.position(partition) < end for partition, end in ends.items()):
        for records in consumer.poll(timeout_ms=200).values():
            found += records
    consumer.close()
    return found


def test_table_ledger_and_log_say_the_same(own_kafka: LocalBroker, database_url: str) -> None:
    with filled(own_kafka, database_url) as stack:
        verdict = stack.reconcile()
    assert verdict.to_json() == {"equal": True, "booking": verdict.head, "head": verdict.head, "found": 0, "differences": []}
    assert verdict.head > 1


def test_each_side_that_lies_is_named_with_its_cell(stack: Stack) -> None:
    with stack.engine.begin() as connection:
        row = connection.execute(sa.select(schema.cells).where(schema.cells.c.measure == "distributed").order_by(schema.cells.c.cell)).first()
        assert row is not None
        connection.execute(sa.update(schema.cells).where(schema.cells.c.cell == row.cell).values(steps=row.steps + 1))
    wrong = [difference.to_json() for difference in stack.reconcile().differences]
    assert {tuple(difference["between"]) for difference in wrong} == {
        ("table", "ledger"),
        ("ledger", "history"),
        ("ledger", "members"),
        ("ledger", "decisions"),
        ("ledger", "log"),
    }
    assert {(difference["destination"], difference["item"], difference["measure"]) for difference in wrong} == {(row.destination, row.item, row.measure)}


def test_tables_that_lost_a_posting_are_named(stack: Stack) -> None:
    for table in ("services", "plans"):
        record = next(record for record in everything_in(stack.servers, changelog(table)) if tables.decode_tally(record.value).cells)
        value = tables.decode_tally(record.value)
        first = value.cells[0]
        less = TallyValue(number=value.number, cells=[CellSum(first.cell, str(int(first.steps) - 1), first.postings), *value.cells[1:]])
        stack.write(table, record.key.decode(), tables.encode(less), partition=record.partition)
    verdict = stack.reconcile()
    assert not verdict.equal
    assert {difference.between for difference in verdict.differences} == {("table", "ledger")}
    assert {difference.where["table"] for difference in verdict.differences} == {"services", "plans"}


def test_tables_that_are_behind_are_compared_at_the_booking_they_hold(stack: Stack) -> None:
    head = stack.reconcile().head
    for record in Traffic(6).records(10):
        stack.producer.send(record.topic, value=record.value, headers=list(record.headers)).get(timeout=10)
    stack.book(EVENTS + 10)
    stack.publish()
    verdict = stack.reconcile(drain_seconds=0)
    assert verdict.equal
    assert verdict.booking < verdict.head
    assert verdict.booking >= head


def test_a_database_that_is_behind_the_log_is_not_compared(stack: Stack) -> None:
    with stack.engine.begin() as connection:
        connection.execute(sa.delete(schema.bookings).where(schema.bookings.c.booking > 1))
    with pytest.raises(LedgerBehindLog, match="rebuild --ledger"):
        stack.reconcile(drain_seconds=0)


def test_a_bookings_topic_with_two_histories_is_refused(stack: Stack) -> None:
    value = everything_in(stack.servers, BOOKINGS)[0].value
    stack.producer.send(BOOKINGS, value=value, partition=0).get(timeout=10)
    assert stack.reconcile().equal, "the same record twice is harmless"
    stack.producer.send(BOOKINGS, value=value.replace(b'"size":', b'"size":1'), partition=0).get(timeout=10)
    with pytest.raises(NumbersReused, match="twice"):
        stack.reconcile()
