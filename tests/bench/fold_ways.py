"""The three ways of ``tests.bench.fold``, each run as ``python -m tests.bench.fold_ways WAY SERVERS EVENTS SCRATCH``.

Prints the seconds from the first record that was read to the last result that Kafka acknowledged.
"""

import asyncio
import os
import sys
import time
from collections import defaultdict
from pathlib import Path

import confluent_kafka
import faust
import msgspec
import uvloop
from mode.supervisors import CrashingSupervisor

from models.crashpoints import NO_CRASH_POINTS
from streams.settings import StreamSettings
from streams.worker import compose
from tests.bench.fold import EVENTS_TOPIC, PARTITIONS


class Data(msgspec.Struct):
    """The members that are counted."""

    destination: str
    programme: str
    amount: int


class Event(msgspec.Struct):
    """The one member that is read."""

    data: Data


def loop(servers: str, events: int) -> float:
    """Consume 5,000 at a time, decode typed, add to a dict, commit; as fast as a loop by hand gets."""
    consumer = confluent_kafka.Consumer(
        {
            "bootstrap.servers": servers,
            "group.id": "bench-loop",
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            "fetch.max.bytes": 64 * 1024 * 1024,
        }
    )
    consumer.assign([confluent_kafka.TopicPartition(EVENTS_TOPIC, partition, 0) for partition in range(PARTITIONS)])
    decode = msgspec.json.Decoder(Event).decode
    sums: dict[tuple[str, str], int] = defaultdict(int)
    counted, started = 0, 0.0
    while counted < events:
        records = consumer.consume(5000, timeout=1.0)
        started = started or time.perf_counter()
        for record in records:
            data = decode(record.value()).data
            sums[data.destination, data.programme] += data.amount
        counted += len(records)
    consumer.commit(asynchronous=False)
    seconds = time.perf_counter() - started
    consumer.close()
    assert sum(sums.values()) == events * 600_000
    return seconds


def stock(servers: str, events: int, scratch: str) -> float:
    """Count with the agent of Faust's tutorial: JSON values, one table, correctly keyed."""
    app = faust.App(
        "bench-stock",
        broker=f"kafka://{servers}",
        datadir=Path(scratch),
        store="memory://",
        agent_supervisor=CrashingSupervisor,
        topic_allow_declare=False,
        topic_disable_leader=True,
        web_enabled=False,
        broker_session_timeout=6,
        broker_rebalance_timeout=6,
        broker_heartbeat_interval=1,
        consumer_max_fetch_size=4 * 1024 * 1024,
        producer_linger=0.01,
        producer_compression_type="lz4",
        cython_optimizations=True,
    )
    table = app.Table("tally", default=int, partitions=PARTITIONS, key_type=str, value_type=int)
    times: list[float] = []
    done = asyncio.Event()

    async def count(stream: faust.StreamT[object]) -> None:
        total = 0
        async for value in stream:
            if not times:
                times.append(time.perf_counter())
            data = value["data"]
            table[f"{data['destination']}|{data['programme']}"] += data["amount"]
            total += 1
            if total == events:
                await app.producer.flush()
                times.append(time.perf_counter())
                done.set()

    app.agent(app.topic(EVENTS_TOPIC, key_type=str, value_serializer="json"), name="count")(count)

    async def main() -> None:
        await app.start()
        await done.wait()
        assert sum(table.values()) == events * 600_000

    asyncio.run(main())
    return times[1] - times[0]


def fold(servers: str, events: int, scratch: str) -> float:
    """Run our worker until everything is in acknowledged values and watermarks."""
    settings = StreamSettings(bootstrap_servers=servers, partitions=PARTITIONS, scratch_directory=scratch)

    async def main() -> float:
        app, tallies = compose(settings, NO_CRASH_POINTS)
        background = [asyncio.create_task(tallies.flush_forever()), asyncio.create_task(tallies.beat_forever())]
        await app.start()
        started = 0.0
        while not started:
            await asyncio.sleep(0)
            started = time.perf_counter() if tallies.progress.records_applied else 0.0
        while sum(partition.number for partition in tallies.progress.partitions.values()) * 2_000 < events:
            await asyncio.sleep(0.01)
            assert not any(task.done() for task in background)
        seconds = time.perf_counter() - started
        assert tallies.progress.entries_applied == events
        return seconds

    return asyncio.run(main())


def main() -> None:
    """Run the chosen way."""
    way, servers, events, scratch = sys.argv[1:]
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    match way:
        case "loop":
            seconds = loop(servers, int(events))
        case "stock":
            seconds = stock(servers, int(events), scratch)
        case _:
            seconds = fold(servers, int(events), scratch)
    print(seconds, flush=True)
    # Faust's consumer thread is not waited for.
    os._exit(0)


if __name__ == "__main__":
    main()
