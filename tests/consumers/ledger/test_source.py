"""What a worker reads, on a real Kafka: from the database's positions, and never past what is missing."""

from typing import Self

import pytest
from kafka import KafkaConsumer, TopicPartition
from kafka.structs import OffsetAndMetadata

from consumers.ledger.source import GROUP, Source
from models import topics
from models.errors import LogReplaced, LogTruncated
from models.topics import EVENTS, partner_topic
from tests.chaos import invariants
from tests.consumers.ledger.cluster import SESSION_MS, Cluster, RunningWorker, until
from tests.consumers.ledger.desk import PARTITIONS, Desk, masks, reversal

pytestmark = pytest.mark.kafka
EVENTS_TOPIC = topics.inbound(EVENTS, partitions=PARTITIONS)


class Reading:
    """A source, driven step by step."""

    def __init__(self, desk: Desk, cluster: Cluster) -> None:
        self._desk = desk
        self.source = Source(bootstrap_servers=cluster.bootstrap_servers, positions=desk.ledger.positions, max_records=1_000, session_timeout_ms=SESSION_MS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.source.close()

    def book(self, timeout_ms: int = 100) -> None:
        """Poll once and book what came."""
        if batches := self.source.poll(timeout_ms):
            self._desk.ledger.book(batches)
            self.source.commit(batches)

    def book_until(self, received: int) -> None:
        """Book until so many were received."""

        def is_so() -> bool:
            self.book()
            return len([row for row in self._desk.rows if row.first is None or row.disposition in ("duplicate", "conflict")]) >= received

        until(is_so, what=f"{received} records are booked")

    def settle(self, partitions: int = PARTITIONS) -> None:
        """Poll until every partition is read or halted."""

        def is_so() -> bool:
            self.book()
            return len(self.source.assigned) + len(self.source.halted) == partitions

        until(is_so, what="partitions are assigned")


def test_the_databases_position_wins_over_committed_offsets(lite: Desk, cluster: Cluster) -> None:
    for partition in range(PARTITIONS):
        cluster.send(*(masks(f"{partition}-{number}") for number in range(5)), partition=partition)
    with Reading(lite, cluster) as reading:
        reading.book_until(20)
    committed = {TopicPartition(EVENTS, 0): 0, TopicPartition(EVENTS, 1): 5, TopicPartition(EVENTS, 2): 3}
    cluster.admin.alter_group_offsets(GROUP, {partition: OffsetAndMetadata(offset, "", -1) for partition, offset in committed.items()})
    cluster.send(masks("after"), partition=0)
    with Reading(lite, cluster) as reading:
        reading.book_until(21)
        cluster.send(masks("more"), partition=1)
        reading.book_until(22)
    assert lite.dispositions == ["accepted"] * 22


def test_a_deleted_group_has_no_effect(lite: Desk, cluster: Cluster) -> None:
    cluster.send(masks("a"), masks("b"))
    with Reading(lite, cluster) as reading:
        reading.book_until(2)
    cluster.admin.delete_groups([GROUP])
    cluster.send(masks("c"))
    with Reading(lite, cluster) as reading:
        reading.book_until(3)
    assert lite.dispositions == ["accepted"] * 3


def test_kafka_is_told_how_far_the_ledger_is(lite: Desk, cluster: Cluster) -> None:
    cluster.send(masks("a"), masks("b"), partition=2)
    with Reading(lite, cluster) as reading:
        reading.book_until(2)
        reading.book()
        consumer = KafkaConsumer(bootstrap_servers=cluster.bootstrap_servers, group_id=GROUP, enable_auto_commit=False)
        until(lambda: consumer.committed(TopicPartition(EVENTS, 2)) == 2, what="the offset is committed")
        consumer.close()


def test_records_thrown_away_before_they_were_booked_halt_their_partition(lite: Desk, cluster: Cluster) -> None:
    for partition in range(PARTITIONS):
        cluster.send(*(masks(f"{partition}-{number}") for number in range(5)), partition=partition)
    with Reading(lite, cluster) as reading:
        reading.book_until(20)
    cluster.send(*(masks(f"lost-{number}") for number in range(7)), partition=1)
    cluster.send(masks("kept"), partition=2)
    cluster.delete_before(1, 9)  # offsets 5 to 8 were not booked
    cluster.delete_before(2, 5)  # only what was booked
    cluster.delete_before(3, 2)
    with Reading(lite, cluster) as reading:
        reading.settle()
        reading.book_until(21)
        cluster.send(masks("later"), partition=3)
        cluster.send(masks("never"), partition=1)
        reading.book_until(22)
        assert list(reading.source.halted) == [(EVENTS, 1)]
        problem = reading.source.halted[EVENTS, 1]
    assert isinstance(problem, LogTruncated)
    assert "4 offsets (5 to 8)" in str(problem)
    assert {row.event_id for row in lite.rows[20:]} == {"kept", "later"}


def test_a_topic_made_again_is_halted_and_says_so(lite: Desk, cluster: Cluster) -> None:
    cluster.send(masks("a"), masks("b"), partition=1)
    with Reading(lite, cluster) as reading:
        reading.book_until(2)
    cluster.recreate(EVENTS_TOPIC)
    cluster.send(masks("x"), masks("y"), masks("z"), partition=1)
    cluster.send(masks("new"), partition=0)  # a partition of which nothing was booked
    with Reading(lite, cluster) as reading:
        reading.settle()
        assert isinstance(reading.source.halted[EVENTS, 1], LogReplaced)
        assert "made again" in str(reading.source.halted[EVENTS, 1])
        reading.book_until(3)
    assert lite.rows[2].event_id == "new"


def test_a_log_that_is_shorter_than_what_was_booked_is_halted(lite: Desk, cluster: Cluster) -> None:
    cluster.send(masks("a"), partition=0)
    with Reading(lite, cluster) as reading:
        reading.book_until(1)
    with lite.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE positions SET next_offset = 4, last_offset = 3")
    with Reading(lite, cluster) as reading:
        reading.settle()
        problem = reading.source.halted[EVENTS, 0]
    assert isinstance(problem, LogReplaced)
    assert "3 are missing" in str(problem)


def test_another_record_at_a_booked_offset_halts_its_partition_alone(lite: Desk, cluster: Cluster) -> None:
    cluster.send(masks("a"), masks("b"), partition=0)
    cluster.send(masks("c"), partition=1)
    with Reading(lite, cluster) as reading:
        reading.book_until(3)
    with lite.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE positions SET last_sha256 = x'00' WHERE \"partition\" = 0")
    cluster.send(masks("d"), partition=0)
    cluster.send(masks("e"), partition=1)
    with Reading(lite, cluster) as reading:
        reading.book_until(4)
        until(lambda: reading.book() is None and bool(reading.source.halted), what="the partition is halted")  # type: ignore[func-returns-value]
        assert isinstance(reading.source.halted[EVENTS, 0], LogReplaced)
    assert lite.rows[-1].event_id == "e"


def test_a_new_partners_topic_is_picked_up(lite: Desk, cluster: Cluster) -> None:
    with Reading(lite, cluster) as reading:
        reading.settle()
        cluster.create(topics.inbound(partner_topic("kdei-taipei"), partitions=1))
        cluster.create(topics.inbound("aid.in.kdei_taipei.v1", partitions=1))
        cluster.send(masks("a"), masks("b", partner="kjri-hong-kong", country="HK"), topic=partner_topic("kdei-taipei"))
        reading.book_until(2)
        assert reading.source.assigned[-1] == (partner_topic("kdei-taipei"), 0)
    assert [row.disposition for row in lite.rows] == ["accepted", "rejected"]
    assert lite.rows[1].reasons == ["rjct.wrong_source"]


def test_short_polls_do_not_lose_a_rebalance(lite: Desk, cluster: Cluster) -> None:
    """The client forgets a join whose answer comes after the poll that asked, when a new topic was the cause of it."""
    with Reading(lite, cluster) as reading:
        reading.settle()
        cluster.create(topics.inbound(partner_topic("kjri-hong-kong"), partitions=1))
        wanted = (partner_topic("kjri-hong-kong"), 0)
        until(lambda: reading.book(2) is None and wanted in reading.source.assigned, what="the new topic is read")  # type: ignore[func-returns-value]
        assert len(reading.source.assigned) == PARTITIONS + 1


def test_two_workers_share_the_partitions_and_take_over_from_each_other(lite: Desk, cluster: Cluster) -> None:
    cluster.send(*(masks(f"a{number}") for number in range(50)), partition=0)
    with RunningWorker(lite.engine, cluster, publish=False, max_events=7) as one:
        one.wait_until_booked(published=False)
        with RunningWorker(lite.engine, cluster, publish=False, max_events=7) as two:
            for partition in range(PARTITIONS):
                cluster.send(*(masks(f"b{partition}-{number}") for number in range(50)), reversal(f"r{partition}", "a1"), partition=partition)
            two.wait_until_booked(published=False)
            until(lambda: len(one.source.assigned) == len(two.source.assigned) == 2, what="both have two partitions")
        for partition in range(PARTITIONS):
            cluster.send(*(masks(f"c{partition}-{number}") for number in range(20)), partition=partition)
        one.wait_until_booked(published=False)
    intake = lite.intake()
    assert (intake["received"], intake["accepted"], intake["rejected"]) == (334, 331, 3)
    with lite.engine.connect() as connection:
        ends = {0: 121, 1: 71, 2: 71, 3: 71}
        assert invariants.broken(connection, ends=ends) == []


def test_records_thrown_away_while_they_wait_to_be_read_halt_their_partition(lite: Desk, cluster: Cluster) -> None:
    cluster.send(*(masks(f"a{number}") for number in range(5)), partition=1)
    with Reading(lite, cluster) as reading:
        reading.book_until(5)
        cluster.delete_before(1, 4)
        with lite.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE positions SET next_offset = 2, last_offset = 1")
        reading.source._consumer.seek(TopicPartition(EVENTS, 1), 2)
        until(lambda: reading.book() is None and bool(reading.source.halted), what="the partition is halted")  # type: ignore[func-returns-value]
        assert "2 offsets (2 to 3)" in str(reading.source.halted[EVENTS, 1])
        cluster.send(masks("b"), partition=0)
        reading.book_until(6)
