"""Sending to a real broker: in order, acknowledged, and what happens when it goes away."""

import itertools
from collections.abc import Iterator

import pytest

from deploy import topics
from deploy.kafka.broker import LocalBroker
from models.errors import Unreachable
from models.partitioner import partition_of
from models.topics import EVENTS
from streams.publishing import Line, Publisher, key_of
from tests.streams.test_publishing import event

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(180)]


@pytest.fixture
def broker(own_kafka: LocalBroker) -> LocalBroker:
    topics.ensure(own_kafka.bootstrap_servers, partitions=4, replication_factor=1)
    return own_kafka


def numbered(numbers: range) -> Iterator[Line]:
    return (Line("f", number, event(id=f"e-{number}")) for number in numbers)


def test_every_line_gets_its_place_in_the_partition_of_its_key(broker: LocalBroker) -> None:
    with Publisher(broker.bootstrap_servers) as publisher:
        sent = list(publisher.send(itertools.chain(numbered(range(1, 3000)), [Line("f", 3000, b"{no event")])))
    assert [one.line.number for one in sent] == list(range(1, 3001))
    assert all(one.is_acknowledged and one.topic == EVENTS for one in sent)
    for one in sent[:-1]:
        assert one.partition == partition_of((key_of(one.line.value) or b"").decode(), 4)
    for partition in range(4):
        offsets = [one.offset for one in sent if one.partition == partition]
        assert sorted(offsets) == list(range(len(offsets)))


def test_what_a_broker_that_went_away_did_not_acknowledge_is_unknown_and_may_be_sent_again(broker: LocalBroker) -> None:
    with Publisher(broker.bootstrap_servers, acknowledge_seconds=3.0) as publisher:
        assert all(one.is_acknowledged for one in publisher.send(numbered(range(1, 11))))
        broker.kill()
        unknown = [one.line for one in publisher.send(numbered(range(11, 21))) if not one.is_acknowledged]
    assert [line.number for line in unknown] == list(range(11, 21))
    broker.start()
    with Publisher(broker.bootstrap_servers) as publisher:
        assert all(one.is_acknowledged for one in publisher.send(unknown))


def test_an_address_where_nobody_answers_is_unreachable() -> None:
    with pytest.raises(Unreachable, match="no Kafka answers"):
        Publisher("127.0.0.1:1")
