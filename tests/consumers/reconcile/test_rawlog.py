"""The raw log is read in the order of the bookings, whatever the order of the partitions; what is missing is said."""

import itertools
import uuid
from collections.abc import Iterator

import pytest
from kafka import KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient

from consumers.reconcile.rawlog import RawLog
from models.bookings import BookingRecord, OffsetRange
from models.errors import IntegrityError, LogTruncated
from tests.conftest import Kafka

RECORDS = 60


@pytest.fixture
def topic(kafka: Kafka) -> Iterator[str]:
    """Give a topic of two partitions with numbered records in each."""
    name = f"raw-{uuid.uuid4().hex}"
    admin = KafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    admin.create_topics({name: {"num_partitions": 2, "replication_factor": 1}})
    admin.wait_for_topics([name])
    producer = KafkaProducer(bootstrap_servers=kafka.bootstrap_servers)
    for number in range(RECORDS):
        for partition in range(2):
            producer.send(name, value=b"%d:%d" % (partition, number), partition=partition, headers=[("name", b"x")])
    producer.flush()
    producer.close()
    yield name
    admin.delete_topics([name])
    admin.close()


def booked(topic: str, *ranges: tuple[int, int, int]) -> list[BookingRecord]:
    """Return one booking for each (partition, first, next)."""
    return [
        BookingRecord(
            number=number,
            booked_at=0,
            partitions=2,
            ranges=[OffsetRange(topic, partition, first, following)],
            released=[],
            given_up=[],
            size=0,
            root="",
            previous="",
        )
        for number, (partition, first, following) in enumerate(ranges, start=1)
    ]


@pytest.mark.kafka
def test_records_come_in_the_order_in_which_they_were_booked(kafka: Kafka, topic: str) -> None:
    bookings = booked(topic, (1, 0, 50), (0, 0, 1), (1, 50, RECORDS), (0, 1, 40))
    with RawLog(kafka.bootstrap_servers, bookings, client={"max_poll_records": 7}) as log:
        assert len(list(log.every_record())) == log.size == RECORDS + 40
        taken = [record.value for booking in bookings for wanted in booking.ranges for record in log.take(wanted)]
    numbers = itertools.chain(((1, n) for n in range(50)), [(0, 0)], ((1, n) for n in range(50, RECORDS)), ((0, n) for n in range(1, 40)))
    assert taken == [b"%d:%d" % pair for pair in numbers]


@pytest.mark.kafka
def test_records_that_are_no_longer_there_are_counted(kafka: Kafka, topic: str) -> None:
    admin = KafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    admin.delete_records({TopicPartition(topic, 0): 10})
    admin.close()
    with RawLog(kafka.bootstrap_servers, booked(topic, (0, 0, 20))) as log, pytest.raises(LogTruncated, match="offsets 0 to 9 were booked"):
        list(log.every_record())


@pytest.mark.kafka
def test_records_that_were_booked_and_lost_are_missed(kafka: Kafka, topic: str) -> None:
    bookings = booked(topic, (0, 0, 70))
    with RawLog(kafka.bootstrap_servers, bookings) as log, pytest.raises(LogTruncated, match=f"ends at {RECORDS}, but was booked up to 70"):
        list(log.take(bookings[0].ranges[0]))


def test_an_offset_that_no_booking_took_is_an_incident() -> None:
    with pytest.raises(IntegrityError, match="from offset 11, expected 10"):
        RawLog("127.0.0.1:1", booked("raw", (0, 0, 10), (0, 11, 20)))
