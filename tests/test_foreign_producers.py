"""Partners with a Kafka producer of their own: what they write counts like what ``salur publish`` sends."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka import Producer

from deploy.kafka.broker import LocalBroker
from models.partitioner import partition_of
from models.topics import EVENTS
from streams.publishing import Publisher, lines_of
from tests.chaos import invariants
from tests.chaos.stack import PARTITIONS, Stack

SOURCE = "urn:salur:partner:kdei-taipei"


@pytest.fixture
def stack(own_kafka: LocalBroker, tmp_path: Path) -> Iterator[Stack]:
    with Stack(tmp_path, own_kafka, ledgers=1, tallies=1) as stack:
        yield stack


def event(number: int, *, quantity: int) -> tuple[str, bytes]:
    """Return key and value of one distribution of masks in Taiwan."""
    event_id = f"masks-{number}"
    line = {"line": 1, "item": "masker", "quantity": str(quantity), "unit": "piece"}
    value = {
        "specversion": "1.0",
        "id": event_id,
        "source": SOURCE,
        "type": "salur.distribution.recorded.v1",
        "time": "2020-05-03T09:00:00+08:00",
        "data": {"programme": "bantuan-pmi", "country": "TW", "recipient_type": "pmi", "lines": [line]},
    }
    return f"{SOURCE}|{event_id}", json.dumps(value).encode()


@pytest.mark.debian
@pytest.mark.skipif(shutil.which("kcat") is None, reason="kcat is not installed (Debian package kcat)")
def test_events_of_kcat_confluent_and_salur_publish_count_the_same(stack: Stack, tmp_path: Path) -> None:
    with_kcat(stack, [event(number, quantity=1) for number in range(20)])
    with_confluent(stack, [event(number, quantity=100) for number in range(20, 40)])
    with_salur(stack, [event(number, quantity=10_000) for number in range(40, 60)], tmp_path / "events.jsonl")
    # The same events again by the other way in: duplicates, on the same partition.
    with_confluent(stack, [event(number, quantity=1) for number in range(20)])

    stack.wait_until_drained(seconds=60)

    with stack.reading.connect() as connection:
        assert invariants.figures(connection)["TW", "bantuan-pmi", "masker", "distributed", "piece"] == 20 + 20 * 100 + 20 * 10_000
        assert invariants.intake(connection) == {"received": 80, "accepted": 60, "duplicate": 20, "conflict": 0, "rejected": 0, "held": 0}
        assert invariants.broken(connection, ends=stack.ends()) == []
        placed = connection.exec_driver_sql('SELECT event_id, "partition" FROM decisions').all()
    assert {(event_id, partition) for event_id, partition in placed} == {(event_id, partition_of(f"{SOURCE}|{event_id}", PARTITIONS)) for event_id, _ in placed}


def with_kcat(stack: Stack, events: list[tuple[str, bytes]]) -> None:
    lines = b"".join(key.encode() + b"\t" + value + b"\n" for key, value in events)
    arguments = ["-P", "-b", stack.bootstrap_servers, "-t", EVENTS, "-K", "\t", "-X", "partitioner=murmur2_random", "-X", "acks=all"]
    subprocess.run(["kcat", *arguments], input=lines, check=True, timeout=60)


def with_confluent(stack: Stack, events: list[tuple[str, bytes]]) -> None:
    producer = Producer({"bootstrap.servers": stack.bootstrap_servers, "partitioner": "murmur2_random", "acks": "all"})
    for key, value in events:
        producer.produce(EVENTS, key=key, value=value)
    assert producer.flush(60) == 0


def with_salur(stack: Stack, events: list[tuple[str, bytes]], file: Path) -> None:
    file.write_bytes(b"".join(value + b"\n" for _, value in events))
    with Publisher(stack.bootstrap_servers) as publisher, file.open("rb") as stream:
        assert all(sent.is_acknowledged for sent in publisher.send(lines_of(stream, file=str(file))))
