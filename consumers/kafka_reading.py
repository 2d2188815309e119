"""Reading topics from where they begin to where they end now, outside any group. Nothing is committed anywhere.

For readers that look at what is there (the tables' changelogs, the raw log) and never miss a record: a position
outside the log is an error, not a jump.
"""

import contextlib
import socket
import time
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from consumers.header_names import accept_any_header_name
from models.errors import Unreachable

CONNECT_SECONDS: Final = 5.0
POLL_MS: Final = 200
SILENCE_SECONDS: Final = 30.0
"""So long may a broker have nothing to say while there is something to read."""

_SETTINGS: Final[dict[str, Any]] = {
    "group_id": None,
    "bootstrap_timeout_ms": 8_000,
    "enable_auto_commit": False,
    "auto_offset_reset": "none",
    "isolation_level": "read_committed",
    "allow_auto_create_topics": False,
    "max_poll_records": 5000,
    "max_partition_fetch_bytes": 4 * 1024 * 1024,
    "key_deserializer": None,
    "value_deserializer": None,
}


@contextlib.contextmanager
def reader(bootstrap_servers: str, client: Mapping[str, Any] | None = None) -> Iterator[KafkaConsumer]:
    """Open a consumer that belongs to no group; ``client`` holds further settings of the connection (security).

    Raises Unreachable, also for what breaks while it is open.
    """
    if "proxy_url" not in (client or {}) and not any(_accepts(server) for server in bootstrap_servers.split(",")):
        raise Unreachable(f"nothing listens at {bootstrap_servers}", hint="check that Kafka runs: salur doctor")
    accept_any_header_name()
    try:
        consumer = KafkaConsumer(bootstrap_servers=bootstrap_servers.split(","), **{**_SETTINGS, **(client or {})})
    except KafkaError as error:
        raise _unreachable(bootstrap_servers, error) from error
    try:
        yield consumer
    except KafkaError as error:
        raise _unreachable(bootstrap_servers, error) from error
    finally:
        consumer.close()


def partitions_of(consumer: KafkaConsumer, topic: str) -> list[TopicPartition]:
    """Return the partitions of a topic, in order; none if there is no such topic."""
    return [TopicPartition(topic, number) for number in sorted(consumer.partitions_for_topic(topic) or ())]


def topic_ids(consumer: KafkaConsumer, topics: Collection[str]) -> dict[str, str]:
    """Return Kafka's own ids of topics, asked anew: a topic that was deleted and made again has another. Empty for one that is not there."""
    consumer.topics()
    cluster = consumer._cluster  # noqa: SLF001 - the client has just learnt the ids, and shows them nowhere else
    return {topic: str(cluster.topic_id(topic) or "") for topic in topics}


def from_the_beginning(consumer: KafkaConsumer, partitions: Collection[TopicPartition]) -> None:
    """Assign partitions and go to their first record."""
    consumer.assign(list(partitions))
    for partition, offset in consumer.beginning_offsets(list(partitions)).items():
        consumer.seek(partition, offset)


def records_to_end(consumer: KafkaConsumer, partitions: Collection[TopicPartition]) -> Iterator[Any]:
    """Yield the records of the assigned ``partitions`` from the consumer's positions up to where they end at this moment."""
    ends = consumer.end_offsets(list(partitions))
    last_heard = time.monotonic()
    while any(consumer.position(partition) < end for partition, end in ends.items()):
        polled = consumer.poll(timeout_ms=POLL_MS)
        if polled:
            last_heard = time.monotonic()
        elif time.monotonic() - last_heard > SILENCE_SECONDS:
            raise Unreachable("Kafka did not send records that it says it has", hint="check that the broker runs; read again")
        for records in polled.values():
            yield from records


def _accepts(server: str) -> bool:
    # The client would try for many seconds, and leave its sockets open when it gives up.
    host, _, port = server.strip().rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT_SECONDS).close()
    except (OSError, ValueError, OverflowError):
        return False
    return True


def _unreachable(bootstrap_servers: str, error: KafkaError) -> Unreachable:
    return Unreachable(f"Kafka at {bootstrap_servers} did not answer: {type(error).__name__}", hint="check that it runs: salur doctor")
