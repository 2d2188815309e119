"""The reader takes the newest value of each key from the changelogs of a real Kafka."""

from collections.abc import Iterator

import pytest
from kafka import KafkaProducer

from consumers.kafka_reading import reader
from consumers.tables.reader import TablesReader, read_tables
from deploy import topics
from deploy.kafka.broker import LocalBroker
from deploy.rebuild import _delete
from models.cells import TABLES, table_cell, table_key
from models.errors import ConfigurationError, Unreachable
from models.tables import CellSum, PartnerValue, TallyValue, encode
from models.topics import WATERMARKS, changelog
from tests.consumers.books import cell
from tests.consumers.tables.snapshots import watermark

WHERE = table_cell(cell())
KEY = table_key(WHERE)


@pytest.fixture
def producer(own_kafka: LocalBroker) -> Iterator[KafkaProducer]:
    """Give a producer to a cluster with all topics, two partitions each."""
    topics.ensure(own_kafka.bootstrap_servers, partitions=2, replication_factor=1)
    opened = KafkaProducer(bootstrap_servers=own_kafka.bootstrap_servers)
    yield opened
    opened.close()


def write(producer: KafkaProducer, table: str, key: str, value: bytes, *, partition: int) -> None:
    producer.send(changelog(table), key=key.encode(), value=value, partition=partition).get(timeout=10)


def tally_value(number: int, steps: int) -> bytes:
    return encode(TallyValue(number=number, cells=[CellSum(WHERE, str(steps), number)]))


@pytest.mark.kafka
def test_the_newest_value_of_each_key_is_read(own_kafka: LocalBroker, producer: KafkaProducer) -> None:
    write(producer, "distributions", KEY, tally_value(1, 5), partition=1)
    write(producer, "distributions", KEY, tally_value(2, 12), partition=1)
    write(producer, "partners", "kdei-taipei", encode(PartnerValue(number=2, counts={"received": 2}, last_occurred_at=0, last_received_at=0)), partition=1)
    write(producer, "watermarks", "1", encode(watermark(2, booking=7)), partition=1)

    snapshot = read_tables(own_kafka.bootstrap_servers)

    assert snapshot.partitions == 2
    assert snapshot.is_settled
    assert [(stored.partition, stored.value.cells) for stored in snapshot.tallies.values()] == [(1, [CellSum(WHERE, "12", 2)])]
    assert snapshot.partners["kdei-taipei"].value.counts == {"received": 2}
    assert {partition: mark.booking for partition, mark in snapshot.watermarks.items()} == {1: 7}


@pytest.mark.kafka
def test_a_value_ahead_of_its_watermark_is_not_settled_until_the_watermark_comes(own_kafka: LocalBroker, producer: KafkaProducer) -> None:
    write(producer, "distributions", KEY, tally_value(3, 5), partition=0)
    with reader(own_kafka.bootstrap_servers) as consumer:
        tables = TablesReader(consumer)
        assert not tables.snapshot(settle_seconds=0).is_settled
        write(producer, "watermarks", "0", encode(watermark(3, booking=3)), partition=0)
        assert tables.snapshot().is_settled


@pytest.mark.kafka
@pytest.mark.parametrize("more", [0, 5])
def test_tables_that_were_made_again_are_read_from_their_beginning(own_kafka: LocalBroker, producer: KafkaProducer, more: int) -> None:
    servers = own_kafka.bootstrap_servers
    for number in (1, 2, 3):
        write(producer, "distributions", KEY, tally_value(number, 999), partition=1)
    with reader(servers) as consumer:
        tables = TablesReader(consumer)
        assert tables.snapshot(settle_seconds=0).tallies

        _delete(servers, tuple(changelog(table) for table in (*TABLES, WATERMARKS)))
        topics.ensure(servers, partitions=2, replication_factor=1)
        again = KafkaProducer(bootstrap_servers=servers)
        write(again, "distributions", KEY, tally_value(1, 12), partition=1)
        for number in range(more):  # more than there were before: positions of the old topic are inside the new one
            write(again, "distributions", f"other-{number}", tally_value(1, 1), partition=1)
        again.close()

        found = tables.snapshot(settle_seconds=0).tallies
        assert found["distributions", KEY].value.cells == [CellSum(WHERE, "12", 1)]
        assert len(found) == 1 + more


@pytest.mark.kafka
def test_a_cluster_without_tables_says_what_to_do(own_kafka: LocalBroker) -> None:
    with pytest.raises(ConfigurationError, match="salur topics"):
        read_tables(own_kafka.bootstrap_servers)


def test_a_broker_that_is_not_there_is_unreachable() -> None:
    with pytest.raises(Unreachable):
        read_tables("127.0.0.1:1")
