"""A Kafka whose topics are not what they must be, or a ledger that does not belong to it: the doctor names it."""

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import msgspec
import pytest
import sqlalchemy as sa
from kafka import KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient, NewPartitions, NewTopic

from deploy import topics
from deploy.cli.remark_words import remark
from deploy.kafka.broker import LocalBroker
from models import bookings, schema
from models.topics import BOOKINGS, EVENTS
from tests.conftest import new_broker
from tests.consumers.ledger.desk import PARTITIONS, as_bytes, masks
from tests.deploy.cli.conftest import Salur, salur
from tests.deploy.doctor.broken import Place

__all__ = ["salur"]

pytestmark = pytest.mark.kafka
BOOKED: Final = 6
PATIENCE_SECONDS: Final = 20.0


@pytest.fixture(name="broker", scope="module")
def _broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalBroker]:
    with new_broker(tmp_path_factory.mktemp("doctor") / "kafka") as broker:
        yield broker


class Cluster:
    """Topics as declared, with six events in the first partition of the inbound one, all booked by the ledger of ``place``."""

    def __init__(self, servers: str, place: Place) -> None:
        self.place = place
        self.servers = servers
        self.admin = KafkaAdminClient(bootstrap_servers=servers)
        place.open.callback(self.admin.close)
        self.delete(*self.admin.list_topics())
        topics.ensure(servers, partitions=PARTITIONS, replication_factor=1)
        place.set(SALUR_BOOTSTRAP_SERVERS=servers)
        events = [masks(f"e{number}") for number in range(BOOKED)]
        self.send(EVENTS, *(as_bytes(event) or b"" for event in events))
        with place.ledger() as desk:
            desk.book(*events, received_at=int(time.time() * 1000) - 905_000)
            with desk.engine.begin() as connection:
                connection.execute(sa.update(schema.positions).values(topic_id=self.topic_id(EVENTS)))
                records = [bytes(record) for record in connection.scalars(sa.select(schema.bookings.c.record))]
        self.send(BOOKINGS, *records)

    def send(self, topic: str, *values: bytes) -> None:
        with contextlib.closing(KafkaProducer(bootstrap_servers=self.servers)) as producer:
            for value in values:
                producer.send(topic, value, partition=0).get(timeout=PATIENCE_SECONDS)

    def delete(self, *names: str) -> None:
        wanted = [name for name in names if not name.startswith("__")]
        if wanted:
            self.admin.delete_topics(wanted)
        self.until(lambda: not set(self.admin.list_topics()) & set(wanted))

    def make(self, name: str, *, partitions: int = PARTITIONS, **config: str) -> None:
        declared = {topic.name: dict(topic.config) for topic in topics.declared(partitions=PARTITIONS)}[name]
        configs = {**declared, **{key.replace("_", "."): value for key, value in config.items()}, "min.insync.replicas": "1"}
        self.admin.create_topics([NewTopic(name=name, num_partitions=partitions, replication_factor=1, topic_configs=configs)])
        self.until(lambda: name in self.admin.list_topics())

    def topic_id(self, name: str) -> str:
        return str(self.admin.describe_topics([name])[0]["topic_id"])

    @staticmethod
    def until(holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            assert time.monotonic() < deadline
            time.sleep(0.05)


@pytest.fixture(name="cluster")
def _cluster(broker: LocalBroker, salur: Salur, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    folder = tmp_path / "data"
    folder.mkdir()
    with contextlib.ExitStack() as stack:
        place = Place(folder, monkeypatch, stack)
        place.set(SALUR_DATA=folder)
        monkeypatch.setattr("deploy.doctor.workers_side.LOOK_AGAIN_SECONDS", 0.1)
        yield Cluster(broker.bootstrap_servers, place)


def a_missing_topic(cluster: Cluster) -> None:
    cluster.delete("salur-stock-changelog")


def a_partition_more(cluster: Cluster) -> None:
    cluster.admin.create_partitions({EVENTS: NewPartitions(total_count=PARTITIONS + 1)})
    cluster.until(lambda: len(cluster.admin.describe_topics([EVENTS])[0]["partitions"]) == PARTITIONS + 1)


def a_topic_that_forgets(cluster: Cluster) -> None:
    cluster.delete(BOOKINGS)
    cluster.make(BOOKINGS, partitions=1, retention_ms="3600000")


def a_topic_made_again(cluster: Cluster) -> None:
    cluster.delete(EVENTS)
    cluster.make(EVENTS)


def a_topic_that_is_gone(cluster: Cluster) -> None:
    cluster.delete(EVENTS)


def records_that_are_gone(cluster: Cluster) -> None:
    more = BOOKED + 3
    cluster.send(EVENTS, *(as_bytes(masks(f"m{number}")) or b"" for number in range(3)))
    cluster.admin.delete_records({TopicPartition(EVENTS, 0): more})


def a_broker_that_lost_its_newest(cluster: Cluster) -> None:
    with cluster.place.writing() as connection:
        connection.execute(sa.update(schema.positions).values(next_offset=BOOKED + 2))


def a_lost_ledger(cluster: Cluster) -> None:
    for file in cluster.place.folder.glob("ledger.sqlite*"):
        file.unlink()
    with cluster.place.ledger():
        pass


def another_ledger(cluster: Cluster) -> None:
    a_lost_ledger(cluster)
    with cluster.place.ledger() as desk:
        desk.book(masks("another"))


def a_ledger_of_another_time(cluster: Cluster) -> None:
    with cluster.place.ledger() as desk, desk.engine.connect() as connection:
        last = bookings.decode(bytes(connection.execute(sa.select(schema.bookings.c.record)).scalar_one()))
    cluster.send(BOOKINGS, bookings.encode(msgspec.structs.replace(last, number=2)))


def nobody_books(cluster: Cluster) -> None:
    cluster.send(EVENTS, as_bytes(masks("later")) or b"")


def nobody_works(_cluster: Cluster) -> None:
    """Nothing is wrong but that no worker runs."""


@pytest.mark.parametrize(
    ("breaks", "check", "words"),
    [
        (a_missing_topic, "Topics", "salur-stock-changelog is missing"),
        (a_partition_more, "Topics", f"{EVENTS}: partitions is 5, expected 4"),
        (a_topic_that_forgets, "Topics", f"{BOOKINGS}: retention.ms is 3600000, expected -1"),
        (a_topic_made_again, "History", f"{EVENTS} was made again"),
        (a_topic_that_is_gone, "History", f"{EVENTS}[0] is gone, of which 6 records are booked"),
        (records_that_are_gone, "History", f"{EVENTS}[0]: 3 records were thrown away before they were booked"),
        (a_broker_that_lost_its_newest, "History", f"{EVENTS}[0] ends at 6, but 8 records are booked"),
        (a_lost_ledger, "History", "the database only up to 0: it was lost or restored"),
        (another_ledger, "History", "they have different histories"),
        (a_ledger_of_another_time, "History", f"{BOOKINGS} holds bookings up to 2, the database only up to 1"),
        (nobody_books, "Booking", "1 events wait, and none was booked"),
        (nobody_works, "Tables", "hold booking 0 of 1, and nothing was added"),
        (nobody_works, "Workers", "salur-ledger: 0 (Dead)"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_the_cause_is_named_with_what_to_do(cluster: Cluster, salur: Salur, breaks: Callable[[Cluster], None], check: str, words: str) -> None:
    breaks(cluster)
    answer = salur("doctor", "--json")
    named = [one for one in answer.json["checks"] if one["check"] == check and one["state"] == "wrong" and words in one["found"]]
    assert named, [one for one in answer.json["checks"] if one["state"] not in ("fine", "not needed")]
    assert all(one["fix"] for one in named)
    assert answer.code == 1, [one for one in answer.json["checks"] if one["state"] == "unreachable"]
    assert all(remark(one["found"], "id") != one["found"] for one in named if check != "Workers")
