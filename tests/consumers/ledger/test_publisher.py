"""What is published, on a real Kafka: everything once booked, in order, however often it takes."""

import hashlib
import json
import random
import threading
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa
from kafka import KafkaConsumer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient

from consumers.ledger import publisher as publisher_module
from consumers.ledger.ledger import wall_clock_ms
from consumers.ledger.publisher import LEASE_MS, Publisher
from models import bookings, entries, schema
from models.cells import table_key
from models.crashpoints import NO_CRASH_POINTS, CrashPoint
from models.errors import Unreachable
from models.partitioner import partition_of
from models.topics import BOOKINGS, ENTRIES, MAX_RECORD_BYTES, REJECTED
from tests.consumers.ledger.cluster import Cluster, until
from tests.consumers.ledger.desk import Desk, masks

pytestmark = pytest.mark.kafka
NIK = "3174011204670001"


class Interrupted(Exception):
    """The publisher ended here."""


class Interrupting:
    """Ends at the N-th passage of one place."""

    def __init__(self, name: CrashPoint, *, nth: int) -> None:
        self._name = name
        self._left = nth

    def hit(self, name: CrashPoint) -> None:
        self._left -= name == self._name
        if self._left == 0:
            raise Interrupted


def new_publisher(desk: Desk, cluster: Cluster, *, points: object = NO_CRASH_POINTS, at: list[int] | None = None) -> Publisher:
    clock = (lambda: at[0]) if at is not None else wall_clock_ms
    return Publisher(desk.engine, bootstrap_servers=cluster.bootstrap_servers, points=points, clock=clock)  # type: ignore[arg-type]


def publish_all(publisher: Publisher) -> None:
    while publisher.publish():
        pass
    publisher._producer.close()


def numbers(cluster: Cluster) -> dict[int, list[int]]:
    """Return the record numbers of each entries partition in the order of the log."""
    found: dict[int, list[int]] = {}
    for record in cluster.records(ENTRIES):
        found.setdefault(record.partition, []).append(entries.decode(record.value).number)
    return found


def assert_readable(cluster: Cluster, desk: Desk) -> None:
    """Assert what a reader relies on: distinct numbers come in order without a gap, and repeats are the same bytes."""
    values: dict[tuple[int, int], bytes] = {}
    previous: dict[int, bytes] = {}
    for record in cluster.records(ENTRIES):
        number = entries.decode(record.value).number
        last = max((one for partition, one in values if partition == record.partition), default=0)
        assert number <= last + 1
        assert values.setdefault((record.partition, number), record.value) == record.value
        previous[record.partition] = record.value
    booked: dict[int, bytes] = {}
    for record in cluster.records(BOOKINGS):
        number = bookings.decode(record.value).number
        assert number <= max(booked, default=0) + 1
        assert booked.setdefault(number, record.value) == record.value
    with desk.engine.connect() as connection:
        heads = {row.partition: row.number for row in connection.execute(sa.select(schema.entry_partitions)) if row.number}
        records = {row.booking: row.record for row in connection.execute(sa.select(schema.bookings))}
        assert connection.execute(sa.select(schema.publisher.c.published)).scalar_one() == max(records)
    assert booked == records
    assert heads == {partition: max(one for other, one in values if other == partition) for partition, _ in values}


def test_everything_booked_is_published_once(lite: Desk, cluster: Cluster) -> None:
    for number in range(60):  # more than one round
        lite.book(masks(f"e{number}"), b"{" if number % 10 == 0 else masks(f"f{number}", partner="kjri-hong-kong", country="HK"))
    publish_all(new_publisher(lite, cluster))
    assert_readable(cluster, lite)
    assert all(found == list(range(1, len(found) + 1)) for found in numbers(cluster).values())
    assert len(cluster.records(REJECTED)) == 6


@pytest.mark.parametrize(("name", "nth"), [("mid_publish", 1), ("mid_publish", 5), ("after_publish_before_mark", 1)])
def test_publishing_again_after_an_interruption_leaves_no_gap(lite: Desk, cluster: Cluster, name: CrashPoint, nth: int) -> None:
    for number in range(6):
        lite.book(masks(f"e{number}"), masks(f"f{number}", partner="kjri-hong-kong", country="HK"))
    at = [1_000_000]
    interrupted = new_publisher(lite, cluster, points=Interrupting(name, nth=nth), at=at)
    with pytest.raises(Interrupted):
        interrupted.publish()
    interrupted._producer.close()
    lite.book(masks("later"))
    publisher = new_publisher(lite, cluster, at=at)
    assert publisher.publish() == 0  # the lease of the dead is waited for
    at[0] += LEASE_MS + 1
    publish_all(publisher)
    assert_readable(cluster, lite)


def test_a_booking_is_in_kafka_before_its_entries(lite: Desk, cluster: Cluster) -> None:
    lite.book(masks("a"))
    interrupted = new_publisher(lite, cluster, points=Interrupting("mid_publish", nth=1))
    sent = threading.Event()
    interrupted._send_contents = lambda *_: sent.set()  # type: ignore[method-assign]
    interrupted.publish()
    assert sent.is_set()
    assert len(cluster.records(BOOKINGS)) == 1
    assert cluster.records(ENTRIES) == []
    interrupted._producer.close()


def test_one_publishes_at_a_time_and_a_lease_runs_out(lite: Desk, cluster: Cluster) -> None:
    at = [1_000_000]
    one, two = (new_publisher(lite, cluster, at=at) for _ in range(2))
    lite.book(masks("a"))
    assert one.publish() == 1
    lite.book(masks("b"))
    assert two.publish() == 0
    assert one.publish() == 1
    lite.book(masks("c"))
    at[0] += LEASE_MS + 1
    assert two.publish() == 1
    lite.book(masks("d"))
    assert one.publish() == 0
    at[0] -= 100 * LEASE_MS  # a clock that jumps back does not lock everybody out
    assert one.publish() == 1
    assert one.publish() == two.publish() == 0
    for publisher in (one, two):
        publisher._producer.close()
    assert_readable(cluster, lite)


def test_two_that_both_believe_to_have_the_lease_do_no_harm(lite: Desk, cluster: Cluster) -> None:
    for number in range(120):
        lite.book(masks(f"e{number}"))
    publishers = [new_publisher(lite, cluster) for _ in range(2)]

    def lease() -> int | None:
        with lite.engine.connect() as connection:
            return int(connection.execute(sa.select(schema.publisher.c.published)).scalar_one())

    for publisher in publishers:
        publisher._take_lease = lease  # type: ignore[method-assign]
    threads = [threading.Thread(target=publish_all, args=(publisher,)) for publisher in publishers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert_readable(cluster, lite)


def test_a_rejected_event_is_sent_back_with_its_reasons_and_its_bytes(lite: Desk, cluster: Cluster) -> None:
    wrong, personal, binary = masks("a", 0), masks("b", data={"activity": f"untuk {NIK}"}), bytes(range(128, 256))
    lite.inbox.put(wrong, personal, None, binary, partition=2)
    lite.book_next()
    publish_all(new_publisher(lite, cluster))
    sent = {record.key: record for record in cluster.records(REJECTED)}
    assert set(sent) == {f"aid.events.v1-2-{offset}".encode() for offset in range(4)}
    headers = {key: dict(record.headers) for key, record in sent.items()}
    first, second, third, fourth = (sent[f"aid.events.v1-2-{offset}".encode()] for offset in range(4))
    assert json.loads(first.value) == wrong
    assert json.loads(headers[first.key]["reasons"]) == ["rjct.quantity_invalid"]
    assert json.loads(headers[first.key]["violations"])[0]["pointer"] == "/data/lines/0/quantity"
    assert (headers[first.key]["source"], headers[first.key]["id"]) == (b"urn:salur:partner:kdei-taipei", b"a")
    assert second.value == b""
    assert headers[second.key]["sha256"] == hashlib.sha256(json.dumps(personal, ensure_ascii=False).encode()).hexdigest().encode()
    assert json.loads(headers[third.key]["reasons"]) == ["rjct.malformed"]
    assert headers[fourth.key]["sha256"] == hashlib.sha256(binary).hexdigest().encode()
    assert NIK.encode() not in b"".join(msgspec.json.encode([list(one.values()) for one in headers.values()]).split())


@pytest.mark.parametrize("size", [1_572_864, 1_572_865, 2_000_000, 3_500_000])
def test_bytes_that_compress_badly_do_not_hold_up_the_rest(lite: Desk, cluster: Cluster, size: int) -> None:
    """What was small enough in the partner's compression may be too large in ours."""
    chance = random.Random(size)
    noise = bytes(chance.choices(range(ord("a"), ord("q")), k=size - 8))  # no digits, or it might name a person
    lite.book(b'{"a":"' + noise + b'"}', masks("a"))
    publisher = new_publisher(lite, cluster)
    assert publisher.publish() == 1
    publisher._producer.close()
    (record,) = cluster.records(REJECTED)
    assert len(record.value) in (0, size)
    assert record.value or size > 1_572_864
    assert_readable(cluster, lite)


def test_while_the_broker_is_away_nothing_is_lost_and_nothing_blocks_the_ledger(lite: Desk, cluster: Cluster) -> None:
    publisher = new_publisher(lite, cluster)
    thread = threading.Thread(target=publisher.run)
    thread.start()
    lite.book(masks("before"))
    until(lambda: published(lite) == 1, what="the first booking is published")
    cluster.broker.kill()
    try:
        for number in range(5):  # would wait for a minute if the publisher kept the database locked
            lite.book(masks(f"during{number}"))
            publisher.wake()
    finally:
        cluster.broker.start()
    lite.book(masks("after"))
    publisher.wake()
    until(lambda: published(lite) == 7, what="everything is published")
    publisher.stop()
    thread.join(30)
    assert not thread.is_alive()
    cluster.close()
    assert_readable(cluster, lite)


def test_a_booking_that_kafka_refused_is_published_once_the_cause_is_gone(lite: Desk, cluster: Cluster) -> None:
    publisher = new_publisher(lite, cluster)
    limit_bookings(cluster, "64")

    def is_refused() -> bool:
        # A broker takes a moment to keep to a new limit.
        lite.book(masks(f"a{random.getrandbits(64)}"))
        try:
            publisher.publish()
        except Unreachable as error:
            return "MessageSizeTooLarge" in str(error)
        return False

    until(is_refused, what="Kafka refuses a booking")
    assert is_refused()
    limit_bookings(cluster, str(MAX_RECORD_BYTES))
    until(lambda: not is_refused(), what="Kafka takes bookings again")
    publisher._producer.close()
    numbers_there = [bookings.decode(record.value).number for record in cluster.records(BOOKINGS)]
    assert list(dict.fromkeys(numbers_there)) == list(range(1, published(lite) + 1))


def limit_bookings(cluster: Cluster, size: str) -> None:
    admin = KafkaAdminClient(bootstrap_servers=cluster.broker.bootstrap_servers)
    admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, BOOKINGS, configs={"max.message.bytes": size})])
    admin.close()


def test_a_stop_while_the_broker_is_away_leaves_the_mark(lite: Desk, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publisher_module, "_ACKNOWLEDGE_SECONDS", 0.2)
    publisher = new_publisher(lite, cluster)
    lite.book(masks("a"))
    publisher.publish()
    cluster.broker.kill()
    try:
        lite.book(masks("b"))
        publisher.stop()
        with pytest.raises(Unreachable):
            publisher.publish()
        assert published(lite) == 1
    finally:
        cluster.broker.start()
    publisher._producer.close()


def published(desk: Desk) -> int:
    with desk.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        return int(connection.execute(sa.select(schema.publisher.c.published)).scalar_one())


def test_entries_are_where_their_keys_belong(lite: Desk, cluster: Cluster, tmp_path: Path) -> None:

    lite.book(masks("a"), masks("b", partner="kjri-hong-kong", country="HK"), b"{")
    publish_all(new_publisher(lite, cluster))
    consumer = KafkaConsumer(bootstrap_servers=cluster.bootstrap_servers)
    partitions = len(consumer.partitions_for_topic(ENTRIES))
    consumer.assign([TopicPartition(ENTRIES, 0)])
    consumer.close()
    for record in cluster.records(ENTRIES):
        content = entries.decode(record.value)
        assert all(partition_of(table_key(cell), partitions) == record.partition for cell in content.cells)
        assert all(partition_of(activity.partner, partitions) == record.partition for activity in content.partners)
