"""The whole way on real Kafka: from ``aid.events.v1`` to the materialized tables, and how long one event takes for it.

The topic is filled first. Then a broker, a ledger worker and a tally worker run as processes of their own; the time
counts from the first booking's beginning to the newest watermark that they wrote, so starting up does not count. The
ledger alone, on the same records, is measured right before and right after.
"""

import dataclasses
import itertools
import random
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import psutil
from confluent_kafka import Producer
from kafka import KafkaConsumer, TopicPartition

from consumers.kafka_reading import from_the_beginning, reader, records_to_end
from deploy import topics
from deploy.kafka.broker import LocalBroker
from models.partitioner import partition_of
from models.topics import EVENTS, WATERMARKS, changelog
from tests.bench.batches import PARTITIONS, Records, new_ledger
from tests.bench.ledger import book_all
from tests.bench.measured import Figure
from tests.chaos.stack import Stack
from tests.workload import Message, Mix, Workload

WANTED_SHARE_OF_LEDGER: Final = 0.8
_GIVE_UP_SECONDS: Final = 600.0
_LOOK_SECONDS: Final = 0.5
"""Looking more often would take processor time from what is measured."""

Say = Callable[[str], None]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class WholeWay:
    """What was measured on the way, and the processor seconds of each process."""

    seconds: float
    bookings: int
    cpu_seconds: dict[str, float]


def run(folder: Path, broker: LocalBroker, *, events: int, single_events: int, say: Say) -> list[Figure]:
    """Measure the throughput of the whole way, then, on the idle stack, the time that single events take."""
    messages = list(Workload(seed=4, events=events))
    alone = [_ledger_alone(folder, "alone-before", messages)]
    say(f"the ledger alone: {events / alone[0]:,.0f} events/s")
    topics.ensure(broker.bootstrap_servers, partitions=PARTITIONS, replication_factor=1)
    _publish(broker.bootstrap_servers, messages)
    say(f"{events:,} events are in {EVENTS}; starting the workers")
    with Stack(folder, broker, ledgers=1, tallies=1) as stack:
        way = _until_folded(stack, events, broker)
        say(f"the whole way: {events / way.seconds:,.0f} events/s in {way.bookings} bookings")
        latencies = _latencies(broker.bootstrap_servers, single_events, say)
    alone.append(_ledger_alone(folder, "alone-after", messages))
    say(f"the ledger alone, again: {events / alone[1]:,.0f} events/s")
    ledger = statistics.mean(alone)
    return [
        Figure(what="ledger alone on the same events, by the clock", value=events / ledger, unit="events/s"),
        Figure(what=f"{EVENTS} to tables on real Kafka, by the clock", value=events / way.seconds, unit="events/s"),
        Figure(what="whole way / ledger alone", value=ledger / way.seconds, unit="x", at_least=WANTED_SHARE_OF_LEDGER),
        *(
            Figure(what=f"processor time of {name}, starting up included", value=spent * 1e6 / events, unit="µs/event")
            for name, spent in way.cpu_seconds.items()
        ),
        Figure(what="publish to table, one event at a time, median", value=statistics.median(latencies) * 1e3, unit="ms"),
        Figure(what="publish to table, one event at a time, 99th percentile", value=_percentile(latencies, 99) * 1e3, unit="ms"),
    ]


def _ledger_alone(folder: Path, name: str, messages: Sequence[Message]) -> float:
    engine = new_ledger(folder, name)
    spent = book_all(engine, list(Records().of(messages)))
    engine.dispose()
    return spent.wall


def _publish(bootstrap_servers: str, messages: Sequence[Message]) -> None:
    producer = Producer({"bootstrap.servers": bootstrap_servers, "compression.type": "lz4", "linger.ms": 20, "partitioner": "murmur2_random"})
    for message in messages:
        while True:
            try:
                producer.produce(EVENTS, key=message.key, value=message.value)
                break
            except BufferError:
                producer.poll(0.05)
    producer.flush()


def _until_folded(stack: Stack, events: int, broker: LocalBroker) -> WholeWay:
    """Wait for the tables, and read from what was written when it was."""
    deadline = time.monotonic() + _GIVE_UP_SECONDS
    while _booked(stack) < events:
        if time.monotonic() > deadline:
            raise TimeoutError(f"not booked within {_GIVE_UP_SECONDS:.0f} s; the workers' last words:\n{stack.log_tail()}")
        time.sleep(_LOOK_SECONDS)
    stack.wait_until_drained(seconds=60)
    pids = {"the ledger worker": stack.supervisor.pid(stack.ledgers[0]), "the tally worker": stack.supervisor.pid(stack.tallies[0]), "the broker": broker.pid}
    with stack.reading.connect() as connection:
        first, bookings = connection.exec_driver_sql("SELECT min(booked_at), count(*) FROM bookings WHERE last_decision > 0").one()
    return WholeWay(
        seconds=(_newest_watermark_ms(stack.bootstrap_servers) - first) / 1000,
        bookings=bookings,
        cpu_seconds={name: sum(psutil.Process(pid).cpu_times()[:2]) for name, pid in pids.items() if pid},
    )


def _booked(stack: Stack) -> int:
    with stack.reading.connect() as connection:
        return int(connection.exec_driver_sql("SELECT coalesce(sum(next_offset), 0) FROM positions").scalar_one())


def _newest_watermark_ms(bootstrap_servers: str) -> int:
    partitions = [TopicPartition(changelog(WATERMARKS), partition) for partition in range(PARTITIONS)]
    with reader(bootstrap_servers, None) as consumer:
        from_the_beginning(consumer, partitions)
        return max(int(record.timestamp) for record in records_to_end(consumer, partitions))


def _latencies(bootstrap_servers: str, events: int, say: Say) -> list[float]:
    """Publish one event after another and wait, each time, for the watermark of the table that it posts to."""
    workload = Workload(seed=5, events=50 * events, mix=Mix(duplicates=0, conflicts=0, corrections=0, poison=0), prefix="one")
    of_one_table = (message for message in workload if b'"programme": "bsu"' in message.value)
    partition = TopicPartition(changelog(WATERMARKS), partition_of("ID|bsu", PARTITIONS))
    producer = Producer({"bootstrap.servers": bootstrap_servers, "linger.ms": 0})
    consumer = KafkaConsumer(bootstrap_servers=bootstrap_servers, enable_auto_commit=False, fetch_max_wait_ms=20)
    consumer.assign([partition])
    consumer.seek_to_end(partition)
    consumer.position(partition)
    chance = random.Random(6)
    latencies = []
    for message in itertools.islice(of_one_table, events):
        # Not in step with any timer of the workers.
        time.sleep(chance.uniform(0.05, 0.3))
        started = time.perf_counter()
        producer.produce(EVENTS, key=message.key, value=message.value)
        producer.flush()
        while not consumer.poll(timeout_ms=5_000):
            say("an event takes longer than five seconds")
        latencies.append(time.perf_counter() - started)
    consumer.close()
    return latencies


def _percentile(values: Sequence[float], percent: int) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]
