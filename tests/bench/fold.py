"""Three ways to count the same events from Kafka, side by side: stock Faust, a hand-written loop, and our fold.

Stock Faust and the loop read one event per record, keyed as their table is; our fold reads entries records of 2,000
events, as the ledger writes them under load. Each counts in one process that is started for it, from the first record
to the last acknowledged result; the time to start is not counted. Sums are checked.
"""

import argparse
import contextlib
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic

from models.cells import TableCell
from models.entries import NO_RECORD, EntriesRecord, Entry, PartnerActivity, encode, record_hash
from models.topics import ENTRIES, declared

PARTITIONS = 4
ENTRIES_PER_RECORD = 2_000
DESTINATIONS = ("ID", "HK", "TW", "MY", "SG", "KR", "BN")
EVENTS_TOPIC = "bench.events"
STOCK_CHANGELOG = "bench-stock-tally-changelog"


def run(bootstrap_servers: str, events: int) -> list[tuple[str, int, float]]:
    """Publish, count in the three ways, and return (name, events counted, seconds); the topics are deleted at both ends.

    Stock Faust, being far slower, counts a twentieth of the events. Not for a broker that holds anything of value.
    """
    few = max(events // 20, PARTITIONS * 100)
    with _topics(bootstrap_servers):
        _publish_events(bootstrap_servers, few)
        stock = ("stock Faust agent, one event per record", few, _measure("stock", bootstrap_servers, few))
    with _topics(bootstrap_servers):
        _publish_events(bootstrap_servers, events)
        loop = ("hand-written confluent-kafka loop, one event per record", events, _measure("loop", bootstrap_servers, events))
    with _topics(bootstrap_servers):
        counted = _publish_entries(bootstrap_servers, events)
        fold = (f"our fold, {ENTRIES_PER_RECORD:,} entries per record", counted, _measure("fold", bootstrap_servers, counted))
    return [stock, loop, fold]


@contextlib.contextmanager
def _topics(bootstrap_servers: str):  # type: ignore[no-untyped-def]  # noqa: ANN202
    admin = AdminClient({"bootstrap.servers": bootstrap_servers})
    ours = [topic for topic in declared(partitions=PARTITIONS) if topic.name == ENTRIES or topic.name.endswith("-changelog")]
    wanted = [
        *(NewTopic(topic.name, num_partitions=PARTITIONS, replication_factor=1, config=dict(topic.config)) for topic in ours),
        NewTopic(EVENTS_TOPIC, num_partitions=PARTITIONS, replication_factor=1),
        NewTopic(STOCK_CHANGELOG, num_partitions=PARTITIONS, replication_factor=1),
    ]
    names = [topic.topic for topic in wanted]
    _delete(admin, names)
    for future in admin.create_topics(wanted).values():
        future.result(timeout=30)
    yield
    _delete(admin, names)


def _delete(admin: AdminClient, names: list[str]) -> None:
    present = [name for name in names if name in admin.list_topics(timeout=10).topics]
    if present:
        for future in admin.delete_topics(present).values():
            future.result(timeout=30)
    while any(name in admin.list_topics(timeout=10).topics for name in names):
        time.sleep(0.1)


def _producer(bootstrap_servers: str) -> Producer:
    return Producer({"bootstrap.servers": bootstrap_servers, "compression.type": "lz4", "linger.ms": 50, "partitioner": "murmur2_random"})


def _send(producer: Producer, topic: str, *, key: str | None, value: bytes, partition: int | None = None) -> None:
    while True:
        try:
            if partition is None:
                producer.produce(topic, key=key, value=value)
            else:
                producer.produce(topic, value=value, partition=partition)
        except BufferError:
            producer.poll(0.05)
        else:
            return


def _publish_events(bootstrap_servers: str, events: int) -> None:
    producer = _producer(bootstrap_servers)
    for number in range(events):
        destination, programme = DESTINATIONS[number % 7], f"programme-{number % 5}"
        value = {
            "specversion": "1.0",
            "id": f"bench-{number:09d}",
            "source": "urn:salur:partner:kemnaker",
            "type": "id.salur.disbursement.confirmed.v1",
            "time": "2024-03-01T08:00:00+07:00",
            "datacontenttype": "application/json",
            "data": {"destination": destination, "programme": programme, "tranche": "1", "recipientType": "person", "amount": 600_000, "currency": "IDR"},
        }
        _send(producer, EVENTS_TOPIC, key=f"{destination}|{programme}", value=json.dumps(value).encode())
    producer.flush()


def _publish_entries(bootstrap_servers: str, events: int) -> int:
    producer = _producer(bootstrap_servers)
    records = max(events // ENTRIES_PER_RECORD // PARTITIONS, 1)
    for partition in range(PARTITIONS):
        previous = NO_RECORD
        for number in range(1, records + 1):
            value = encode(_entries_record(partition, number, previous))
            previous = record_hash(value)
            _send(producer, ENTRIES, key=None, value=value, partition=partition)
    producer.flush()
    return records * PARTITIONS * ENTRIES_PER_RECORD


def _entries_record(partition: int, number: int, previous: str) -> EntriesRecord:
    cells = [
        TableCell("disbursements", destination, f"programme-{partition}-{programme}", "", "1", "kemnaker", False, "", "sent", "IDR", "2024-03", "person", "")
        for destination in DESTINATIONS
        for programme in range(5)
    ]
    first = number * ENTRIES_PER_RECORD
    return EntriesRecord(
        partition=partition,
        number=number,
        booking=number,
        booked_at=1_790_000_000_000,
        previous=previous,
        cells=cells,
        entries=[
            Entry(first + index, "urn:salur:partner:kemnaker", f"bench-{partition}-{first + index:09d}", [(index % len(cells), 600_000)])
            for index in range(ENTRIES_PER_RECORD)
        ],
        partners=[PartnerActivity("kemnaker", {"received": ENTRIES_PER_RECORD, "accepted": ENTRIES_PER_RECORD}, 1, 2)],
    )


def _measure(way: str, bootstrap_servers: str, events: int) -> float:
    """Run one way in its own process and return the seconds that it reports."""
    with tempfile.TemporaryDirectory() as scratch:
        ended = subprocess.run(
            [sys.executable, "-m", "tests.bench.fold_ways", way, bootstrap_servers, str(events), scratch],
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
            cwd=Path(__file__).parents[2],
        )
    if ended.returncode:
        raise RuntimeError(f"{way}: {ended.stderr[-2000:]}")
    return float(ended.stdout.split()[-1])


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bootstrap-servers", required=True)
    parser.add_argument("--events", type=int, default=1_000_000)
    arguments = parser.parse_args()
    results = run(arguments.bootstrap_servers, arguments.events)
    rates = {name: events / seconds for name, events, seconds in results}
    ours = list(rates.values())[-1]
    for name, events, seconds in results:
        print(f"{name:58} {events:>10,} events {seconds:8.2f} s {rates[name]:>12,.0f} events/s   ours is {ours / rates[name]:6.1f} x")


if __name__ == "__main__":
    main()
