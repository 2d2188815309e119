"""A stage for whole workers: topics on a real broker, worker processes, and the tables read back from the changelogs."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient, NewTopic

from models import tables
from models.cells import PARTNERS, TABLES
from models.topics import ENTRIES, WATERMARKS, changelog, declared


def wait_until(condition: Callable[[], Any], *, seconds: float, what: str) -> Any:
    """Return the first true value of ``condition``; fail after ``seconds``."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s: {what}")


class Stage:
    """Entries and changelog topics with ``partitions`` partitions each."""

    def __init__(self, bootstrap_servers: str, folder: Path, *, partitions: int = 2) -> None:
        self.bootstrap_servers = bootstrap_servers
        self.folder = folder
        self.partitions = partitions
        self.workers: list[Worker] = []
        self.create_topics()
        self._producer = KafkaProducer(bootstrap_servers=bootstrap_servers, compression_type="lz4", linger_ms=5, max_request_size=16 * 1024 * 1024)

    def create_topics(self, *names: str) -> None:
        """Create the entries topic and the changelogs, or only those named."""
        admin = KafkaAdminClient(bootstrap_servers=self.bootstrap_servers)
        mine = [topic for topic in declared(partitions=self.partitions) if topic.name == ENTRIES or topic.name.endswith("-changelog")]
        wanted = [topic for topic in mine if not names or topic.name in names]
        with contextlib.closing(admin):
            admin.create_topics(
                [NewTopic(name=topic.name, num_partitions=topic.partitions, replication_factor=1, topic_configs=dict(topic.config)) for topic in wanted]
            )

    def delete_topic(self, name: str) -> None:
        """Delete a topic and wait until it is gone."""
        with contextlib.closing(KafkaAdminClient(bootstrap_servers=self.bootstrap_servers)) as admin:
            admin.delete_topics([name])
            wait_until(lambda: name not in admin.list_topics(), seconds=10, what=f"{name} is gone")

    def publish(self, partition: int, values: Sequence[bytes]) -> None:
        """Append records to the entries topic and wait until they are there."""
        self.send(ENTRIES, partition, [(None, value) for value in values])

    def send(self, topic: str, partition: int, records: Sequence[tuple[bytes | None, bytes]]) -> None:
        """Append any records."""
        sent = [self._producer.send(topic, key=key, value=value, partition=partition) for key, value in records]
        self._producer.flush()
        for future in sent:
            future.get(timeout=10)

    def start_worker(self, module: str = "deploy.workers.tallies", **environment: str) -> "Worker":
        """Start one more worker process."""
        worker = Worker(self, len(self.workers), module, environment)
        self.workers.append(worker)
        return worker

    def values(self, topic: str) -> dict[tuple[int, bytes], bytes]:
        """Return the newest value of each (partition, key) of a changelog."""
        newest: dict[tuple[int, bytes], bytes] = {}
        for partition, key, value in self.records(topic):
            newest[partition, key] = value
        return newest

    def records(self, topic: str) -> Iterator[tuple[int, bytes, bytes]]:
        """Yield all records of a topic, in order within each partition."""
        consumer = KafkaConsumer(
            bootstrap_servers=self.bootstrap_servers, enable_auto_commit=False, auto_offset_reset="earliest", max_partition_fetch_bytes=32 * 1024 * 1024
        )
        with contextlib.closing(consumer):
            all_partitions = [TopicPartition(topic, partition) for partition in range(self.partitions)]
            consumer.assign(all_partitions)
            ends = consumer.end_offsets(all_partitions)
            consumer.seek_to_beginning(*all_partitions)
            while any(consumer.position(tp) < ends[tp] for tp in all_partitions):
                for tp, batch in consumer.poll(timeout_ms=200).items():
                    for record in batch:
                        yield tp.partition, record.key, record.value

    def watermarks(self) -> dict[int, tables.Watermark]:
        """Return the newest watermark of each partition."""
        return {partition: tables.decode_watermark(value) for (partition, _), value in self.values(changelog(WATERMARKS)).items()}

    def tables(self) -> dict[tuple[str, str], Any]:
        """Return all tables in the oracle's form."""
        result: dict[tuple[str, str], Any] = {}
        for table in TABLES:
            for (_, key), value in self.values(changelog(table)).items():
                if table == PARTNERS:
                    partner = tables.decode_partner(value)
                    result[table, key.decode()] = (partner.counts, partner.last_occurred_at, partner.last_received_at)
                else:
                    tally = tables.decode_tally(value)
                    assert len({one.cell for one in tally.cells}) == len(tally.cells)
                    result[table, key.decode()] = {one.cell: (int(one.steps), one.postings) for one in tally.cells}
        return result

    def wait_for(self, numbers: dict[int, int], *, seconds: float = 40.0) -> None:
        """Wait until the watermarks have reached these record numbers."""
        wait_until(
            lambda: all((watermark := self.watermarks().get(partition)) is not None and watermark.number >= number for partition, number in numbers.items()),
            seconds=seconds,
            what=f"watermarks at {numbers}; logs: {self.logs()}",
        )

    def logs(self) -> str:
        """Return the last lines of every worker."""
        return "\n".join(f"--- worker {worker.index} ({worker.process.poll()})\n{worker.log()[-6000:]}" for worker in self.workers)

    def close(self) -> None:
        """End what was started."""
        for worker in self.workers:
            worker.kill()
        self._producer.close(timeout=5)


class Worker:
    """One worker process; its log is a file."""

    def __init__(self, stage: Stage, index: int, module: str, environment: dict[str, str]) -> None:
        self.index = index
        self._log = stage.folder / f"worker-{index}.log"
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", module],
                stdout=log,
                stderr=log,
                env={
                    **os.environ,
                    "SALUR_BOOTSTRAP_SERVERS": stage.bootstrap_servers,
                    "SALUR_PARTITIONS": str(stage.partitions),
                    "SALUR_FOLD_FLUSH_SECONDS": "0.2",
                    "SALUR_SCRATCH": str(stage.folder),
                    **environment,
                },
            )

    def log(self) -> str:
        """Return everything it wrote."""
        return self._log.read_text(errors="replace")

    def events(self) -> list[dict[str, Any]]:
        """Return its structured log lines."""
        return [json.loads(line) for line in self.log().splitlines() if line.startswith("{")]

    def has_logged(self, event: str) -> bool:
        """Tell whether it logged ``event``."""
        return any(line.get("event") == event for line in self.events())

    def signal(self, number: signal.Signals) -> None:
        """Send a signal."""
        self.process.send_signal(number)

    def kill(self) -> None:
        """End it at once, if it has not ended."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(timeout=10)

    def exit_code(self, *, seconds: float = 30.0) -> int:
        """Wait for its end."""
        try:
            return self.process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still running: {self.log()[-3000:]}") from None
