"""Kafka: whether a broker answers, whether its topics are as declared, and whether it still holds what the ledger needs."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from kafka import KafkaConsumer, TopicPartition
from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError

from consumers.database import open_for_reading
from consumers.kafka_reading import partitions_of, reader
from consumers.ledger.log_check import refuse_if_behind
from deploy import running, topics
from deploy.doctor.finding import Eyes, Finding
from deploy.kafka import probe
from models import schema
from models.errors import Unreachable
from models.topics import is_inbound

RUN_HINT: Final = "start the stack: salur up --data {data_dir}"


class Stored(NamedTuple):
    """How far the ledger is in one partition, and in which topic by Kafka's own id."""

    next_offset: int
    topic_id: str


def look_at_broker(eyes: Eyes) -> Iterator[Finding]:
    """Ask each of the addresses whether a broker answers."""
    settings = eyes.settings
    servers = running.bootstrap_servers(settings)
    answers = {server: probe.ask(*_host_and_port(server)) for server in servers.split(",")}
    silent = [server for server, answer in answers.items() if answer != "kafka"]
    if not silent:
        yield Finding(name="Broker", state="fine", found=f"answers at {servers}")
    elif "kafka" in answers.values():
        found = f"answers, but not at {', '.join(silent)}"
        yield Finding(name="Broker", state="wrong", found=found, fix="start the broker that is missing: copies of new records are fewer until then")
    elif "other" in answers.values():
        found = f"something else listens at {servers}, or a broker that hangs"
        fix = "mend SALUR_BOOTSTRAP_SERVERS" if settings.bootstrap_servers else "start the stack again: its broker does not answer"
        yield Finding(name="Broker", state="unreachable", found=found, fix=fix)
    else:
        fix = "start it, or mend SALUR_BOOTSTRAP_SERVERS" if settings.bootstrap_servers else RUN_HINT.format(data_dir=settings.data_dir)
        yield Finding(name="Broker", state="unreachable", found=f"nobody listens at {servers}", fix=fix)


def look_at_topics(eyes: Eyes) -> Iterator[Finding]:
    """Hold the topics against their declaration."""
    settings = eyes.settings
    states = topics.check(
        running.bootstrap_servers(settings),
        partitions=settings.partitions,
        replication_factor=settings.replication_factor,
        min_insync_replicas=settings.min_insync_replicas,
    )
    topics.demand(states)
    yield Finding(name="Topics", state="fine", found=f"{len(states)} as declared, {settings.partitions} partitions")


def look_at_history(eyes: Eyes) -> Iterator[Finding]:
    """Hold Kafka against the ledger: the same bookings, the same topics, and every record that is not booked yet."""
    settings = eyes.settings
    servers = running.bootstrap_servers(settings)
    engine = open_for_reading(running.database_url(settings))
    try:
        # Raises what a worker would refuse to start with: a lost ledger, or another one's.
        refuse_if_behind(engine, bootstrap_servers=servers)
        with engine.connect() as connection, connection.begin():
            stored = _positions(connection)
    finally:
        engine.dispose()
    with reader(servers) as consumer:
        problem = next(_missing(consumer, stored, topic_ids(servers, {topic for topic, _ in stored})), None)
    if problem is None:
        yield Finding(name="History", state="fine", found=f"Kafka holds what the ledger needs of {len(stored)} partitions")
        return
    yield Finding(name="History", state="wrong", found=problem, fix="restore the topic from a copy; until then this partition is halted and all others go on")


def topic_ids(servers: str, names: set[str]) -> Mapping[str, str]:
    """Return Kafka's own ids of topics; one that is not there has none. Raises Unreachable."""
    try:
        admin = KafkaAdminClient(bootstrap_servers=servers.split(","), client_id="salur-doctor", bootstrap_timeout_ms=8_000)
        try:
            present = sorted(names & set(admin.list_topics()))
            return {one["name"]: str(one.get("topic_id", "")) for one in admin.describe_topics(present)} if present else {}
        finally:
            admin.close()
    except KafkaError as error:
        raise Unreachable(f"Kafka at {servers} does not answer", hint="start it, or check SALUR_BOOTSTRAP_SERVERS") from error


def ends(consumer: KafkaConsumer) -> dict[tuple[str, int], int]:
    """Return where every partition of the inbound topics ends."""
    inbound = [partition for topic in sorted(consumer.topics()) if is_inbound(topic) for partition in partitions_of(consumer, topic)]
    return {(partition.topic, partition.partition): end for partition, end in consumer.end_offsets(inbound).items()}


def _missing(consumer: KafkaConsumer, stored: Mapping[tuple[str, int], Stored], ids: Mapping[str, str]) -> Iterator[str]:
    """Yield what Kafka does not hold any more, in the words of a worker that halts there."""
    for (topic, partition), position in sorted(stored.items()):
        where = TopicPartition(topic, partition)
        if topic not in ids or partition not in (consumer.partitions_for_topic(topic) or ()):
            yield f"{topic}[{partition}] is gone, of which {position.next_offset} records are booked"
            continue
        if position.topic_id and ids[topic] != position.topic_id:
            yield f"{topic} was made again: it is not the topic of which {position.next_offset} records are booked"
            continue
        first, end = consumer.beginning_offsets([where])[where], consumer.end_offsets([where])[where]
        if first > position.next_offset:
            yield f"{topic}[{partition}]: {first - position.next_offset} records were thrown away before they were booked"
        elif end < position.next_offset:
            yield f"{topic}[{partition}] ends at {end}, but {position.next_offset} records are booked: the broker lost the newest ones"


def _positions(connection: sa.Connection) -> dict[tuple[str, int], Stored]:
    rows: Any = connection.execute(
        sa.select(schema.positions.c.topic, schema.positions.c.partition, schema.positions.c.next_offset, schema.positions.c.topic_id)
    )
    return {(topic, partition): Stored(next_offset, topic_id) for topic, partition, next_offset, topic_id in rows}


def _host_and_port(server: str) -> tuple[str, int]:
    host, _, port = server.strip().rpartition(":")
    return host.strip("[]"), int(port) if port.isdecimal() else 0
