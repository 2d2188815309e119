"""Topics on a real broker: created once, found fine, and every difference named."""

from collections.abc import Iterator

import pytest
from kafka.admin import KafkaAdminClient

from deploy import topics
from deploy.kafka.broker import LocalBroker
from models.errors import ConfigurationError, Unreachable
from models.topics import BOOKINGS, ENTRIES, EVENTS, declared

pytestmark = pytest.mark.kafka
NOBODY = "127.0.0.1:1"


@pytest.fixture
def admin(own_kafka: LocalBroker) -> Iterator[KafkaAdminClient]:
    client = KafkaAdminClient(bootstrap_servers=own_kafka.bootstrap_servers)
    yield client
    client.close()


def test_all_declared_topics_are_created_and_then_found_fine(own_kafka: LocalBroker) -> None:
    servers = own_kafka.bootstrap_servers
    names = [topic.name for topic in declared(partitions=4)] + ["aid.in.bpjs-ketenagakerjaan.v1"]

    missing = topics.check(servers, partitions=4, replication_factor=1, partners=["bpjs-ketenagakerjaan"])
    assert [(state.name, state.status) for state in missing] == [(name, "missing") for name in names]

    created = topics.ensure(servers, partitions=4, replication_factor=1, partners=["bpjs-ketenagakerjaan"])
    assert [(state.name, state.status) for state in created] == [(name, "created") for name in names]

    again = topics.ensure(servers, partitions=4, replication_factor=1, partners=["bpjs-ketenagakerjaan"])
    assert [(state.name, state.status) for state in again] == [(name, "fine") for name in names]
    topics.demand(again)


def test_a_difference_is_named_and_never_mended_silently(own_kafka: LocalBroker, admin: KafkaAdminClient) -> None:
    servers = own_kafka.bootstrap_servers
    admin.create_topics(
        {
            EVENTS: {"num_partitions": 3, "replication_factor": 1, "configs": {"retention.ms": "1000"}},
            ENTRIES: {"num_partitions": 4, "replication_factor": 1, "configs": {"cleanup.policy": "compact"}},
        }
    )

    states = {state.name: state for state in topics.ensure(servers, partitions=4, replication_factor=1)}

    found = {(one.what, one.expected, one.found) for one in states[EVENTS].differences}
    assert states[EVENTS].status == "differs"
    assert {("partitions", "4", "3"), ("retention.ms", "-1", "1000"), ("message.timestamp.type", "LogAppendTime", "CreateTime")} <= found
    assert ("cleanup.policy", "delete", "compact") in {(one.what, one.expected, one.found) for one in states[ENTRIES].differences}
    assert states[BOOKINGS].status == "created"
    with pytest.raises(ConfigurationError, match=r"aid\.events\.v1: partitions is 3, expected 4.* \| aid\.entries\.v1: "):
        topics.demand(states.values())
    assert [state.status for state in topics.check(servers, partitions=4, replication_factor=1)].count("differs") == 2


def test_more_copies_than_the_cluster_has_brokers_are_refused_with_a_sentence(own_kafka: LocalBroker) -> None:
    with pytest.raises(ConfigurationError, match=r"refuses to create topics: .*replication factor"):
        topics.ensure(own_kafka.bootstrap_servers, partitions=1, replication_factor=3)


def test_nobody_at_the_address_is_unreachable() -> None:
    with pytest.raises(Unreachable, match=r"Kafka at 127\.0\.0\.1:1 does not answer"):
        topics.check(NOBODY, partitions=1, replication_factor=1)


def test_an_address_without_a_port_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="'localhost' is not an address of Kafka"):
        topics.check("localhost", partitions=1, replication_factor=1)


def test_a_partner_whose_code_is_no_topic_name_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"aid\.in\.\.\.\.v1 is not the name"):
        topics.declared(partitions=1, partners=[".."])


def test_a_missing_topic_is_demanded() -> None:
    with pytest.raises(ConfigurationError, match=r"aid\.events\.v1 is missing"):
        topics.demand([topics.TopicState(name=EVENTS, status="missing")])
