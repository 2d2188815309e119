"""Whole workers on a real Kafka: killed, stopped, doubled and misled, the tables end as the plain sum of the records."""

import json
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from kafka.admin import KafkaAdminClient

from models.cells import PLANS, TABLES
from models.entries import encode, record_hash
from models.topics import ENTRIES, FAUST_APP_ID, WATERMARKS, changelog
from tests.streams.stage import Stage, Worker, wait_until
from tests.streams.synthetic import chain, oracle, wide_record

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(180)]

Chains = dict[int, list[bytes]]
Tables = dict[tuple[str, str], Any]


def chains(stage: Stage, records: int, *, seed: int = 1, entries: int = 3) -> Chains:
    """Make a chain for each partition."""
    return {partition: chain(partition=partition, records=records, seed=seed, entries=entries) for partition in range(stage.partitions)}


def publish(stage: Stage, values: Chains, start: int = 0, end: int | None = None) -> None:
    """Publish a slice of every chain."""
    for partition, records in values.items():
        stage.publish(partition, records[start:end])


@contextmanager
def published_meanwhile(stage: Stage, values: Chains, *, records_at_once: int = 5, pause_seconds: float = 0.02) -> Iterator[threading.Thread]:
    """Publish in the background, a few records at a time; everything is published at the end."""

    def run() -> None:
        length = len(values[0])
        for start in range(0, length, records_at_once):
            publish(stage, values, start, start + records_at_once)
            time.sleep(pause_seconds)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield thread
    finally:
        thread.join()


def assert_exact(stage: Stage, values: Chains) -> None:
    """Wait for the end and compare the tables with the oracle."""
    stage.wait_for({partition: len(records) for partition, records in values.items()})
    expected: Tables = {}
    for records in values.values():
        expected |= oracle(records)
    assert stage.tables() == expected


def crashed(stage: Stage) -> list[str]:
    """Return the names of the crash points that killed a worker."""
    log = stage.folder / "crashes"
    return [line.split()[0] for line in log.read_text().splitlines()] if log.exists() else []


def test_records_are_folded_and_a_signal_ends_the_worker_cleanly(stage: Stage) -> None:
    values = chains(stage, 60)
    publish(stage, values, 0, 30)
    started = time.monotonic()
    worker = stage.start_worker()
    stage.wait_for({0: 30, 1: 30})
    assert time.monotonic() - started < 15
    publish(stage, values, 30)
    assert_exact(stage, values)
    worker.signal(signal.SIGTERM)
    assert worker.exit_code() == 0
    assert committed(stage) == {0: 60, 1: 60}


def test_the_pure_python_streams_of_faust_count_the_same(stage: Stage) -> None:
    values = chains(stage, 40)
    publish(stage, values)
    stage.start_worker(NO_CYTHON="1")
    assert_exact(stage, values)


@pytest.mark.slow
def test_a_kill_at_any_crash_point_changes_nothing(stage: Stage) -> None:
    points = ("after_fold_before_changelog", "mid_changelog", "after_changelog_before_ack", "after_ack_before_commit", "mid_recovery")
    values = chains(stage, 40 * (len(points) + 1))
    for index, point in enumerate(points):
        publish(stage, values, 40 * index, 40 * (index + 1))
        worker = start_with_crash(stage, point, 1 if point == "mid_recovery" else 2)
        assert worker.exit_code() == -signal.SIGKILL, worker.log()
    publish(stage, values, 40 * len(points))
    stage.start_worker(SALUR_INSTANCE_ID="one")
    assert_exact(stage, values)
    assert crashed(stage) == list(points)


def start_with_crash(stage: Stage, point: str, nth: int, instance: str = "one") -> Worker:
    """Start a worker that kills itself; its name lets the next one take over at once."""
    return stage.start_worker(
        SALUR_INSTANCE_ID=instance, SALUR_CRASH_POINT=f"{point}:{nth}", SALUR_CRASH_LOG=str(stage.folder / "crashes"), SALUR_CHANGELOG_CHUNK_RECORDS="3"
    )


@pytest.mark.slow
def test_a_kill_while_partitions_are_revoked_changes_nothing(stage: Stage) -> None:
    values = chains(stage, 400)
    with published_meanwhile(stage, values):
        # The first revocation is that of the first assignment; the second comes with the second worker.
        first = start_with_crash(stage, "mid_revoke", 2)
        wait_until(lambda: first.has_logged("assigned"), seconds=20, what="first worker")
        stage.start_worker(SALUR_INSTANCE_ID="two")
        assert first.exit_code() == -signal.SIGKILL
        stage.start_worker(SALUR_INSTANCE_ID="one")
    assert_exact(stage, values)
    assert crashed(stage) == ["mid_revoke"]


@pytest.mark.slow
def test_kills_at_random_change_nothing_and_commits_never_overtake_the_tables(stage: Stage) -> None:
    random_ = random.Random(5)
    values = chains(stage, 1500, entries=20)
    with published_meanwhile(stage, values, records_at_once=5, pause_seconds=0.04) as publishing:
        kills = 0
        while publishing.is_alive() and kills < 8:
            worker = stage.start_worker(SALUR_INSTANCE_ID="one")
            wait_until(lambda worker=worker: worker.has_logged("assigned"), seconds=20, what="assignment")  # type: ignore[misc]
            time.sleep(random_.uniform(0, 1.0))
            worker.kill()
            kills += 1
            assert_commits_are_behind(stage)
    assert kills >= 5
    stage.start_worker(SALUR_INSTANCE_ID="one")
    assert_exact(stage, values)
    assert_commits_are_behind(stage)
    assert not any(worker.has_logged("digest_mismatch") or worker.has_logged("crashed") for worker in stage.workers), stage.logs()


@pytest.mark.slow
def test_two_workers_that_come_and_go_change_nothing(stage: Stage) -> None:
    values = chains(stage, 1200)
    with published_meanwhile(stage, values):
        first = stage.start_worker()
        wait_until(lambda: first.has_logged("assigned"), seconds=20, what="first worker")
        second = stage.start_worker()
        wait_until(lambda: owned(first) == 1 and owned(second) == 1, seconds=30, what="a partition for each")
        first.signal(signal.SIGTERM)
        assert first.exit_code() == 0
        wait_until(lambda: owned(second) == 2, seconds=30, what="both partitions with the second")
        third = stage.start_worker()
        wait_until(lambda: owned(third) == 1, seconds=30, what="a partition for the third")
        second.kill()
        wait_until(lambda: owned(third) == 2, seconds=30, what="both partitions with the third")
    assert_exact(stage, values)
    assert third.process.poll() is None
    assert not any(worker.has_logged("digest_mismatch") or worker.has_logged("crashed") for worker in stage.workers), stage.logs()


def owned(worker: Worker) -> int:
    """Return how many partitions a worker has, by its log."""
    partitions = 0
    for line in worker.events():
        if line.get("event") == "assigned":
            partitions = len(line["partitions"])
        elif line.get("event") == "revoked":
            partitions = 0
    return partitions


@pytest.mark.slow
def test_a_worker_that_was_stopped_for_longer_than_its_session_writes_nothing_more(stage: Stage) -> None:
    values = chains(stage, 900)
    with published_meanwhile(stage, values):
        zombie = stage.start_worker()
        stage.wait_for({0: 1, 1: 1})
        zombie.signal(signal.SIGSTOP)
        owner = stage.start_worker(SALUR_LOG_LEVEL="DEBUG")
        wait_until(lambda: owned(owner) == 2, seconds=30, what="the new owner")
        wait_until(lambda: any(line["event"] == "flushed" for line in owner.events()), seconds=20, what="a flush of the new owner")
        zombie.signal(signal.SIGCONT)
        assert zombie.exit_code() == 1
        assert "stood still" in zombie.log()
        # Its supervisor starts it again. That is a rebalance, and so every table is checked against its digest.
        stage.start_worker()
        wait_until(lambda: owned(owner) == 1, seconds=30, what="the rebalance")
    expected: Tables = {}
    for records in values.values():
        expected |= oracle(records)
    wait_until(lambda: stage.tables() == expected, seconds=40, what="exact tables")
    if stale_values(stage):
        # What had left the process before it was stopped may land late.
        assert any(worker.has_logged("digest_mismatch") for worker in stage.workers), stage.logs()


def stale_values(stage: Stage) -> set[tuple[str, int, bytes]]:
    """Return the keys over whose value an older one was written, and that counting on did not renew: only a refold mends those."""
    newest: dict[tuple[str, int, bytes], int] = {}
    stale: set[tuple[str, int, bytes]] = set()
    for table in (*TABLES, WATERMARKS):
        for partition, key, value in stage.records(changelog(table)):
            where, number = (table, partition, key), json.loads(value)["number"]
            if number < newest.get(where, 0):
                stale.add(where)
            elif number > newest.get(where, 0):
                stale.discard(where)
                newest[where] = number
    return stale


def test_a_late_changelog_record_of_a_zombie_is_found_and_mended_by_a_refold(stage: Stage) -> None:
    values = chains(stage, 60)
    publish(stage, values, 0, 20)
    worker = stage.start_worker()
    stage.wait_for({0: 20, 1: 20})
    old = {key: value for key, value in stage.values(changelog("stock")).items() if key[0] == 0}
    publish(stage, values, 20)
    assert_exact(stage, values)
    worker.signal(signal.SIGTERM)
    assert worker.exit_code() == 0
    stage.send(changelog("stock"), 0, [(key, value) for (_, key), value in old.items()])
    successor = stage.start_worker()
    wait_until(lambda: successor.has_logged("digest_mismatch"), seconds=20, what="the mismatch")
    expected: Tables = {}
    for records in values.values():
        expected |= oracle(records)
    wait_until(lambda: stage.tables() == expected, seconds=20, what="mended tables")
    assert [line["partition"] for line in successor.events() if line["event"] == "digest_mismatch"] == [0]


def test_tables_of_a_version_without_plans_go_on_once_their_topic_is_made(stage: Stage) -> None:
    values = {partition: chain(partition=partition, records=40, plans_since=21) for partition in range(stage.partitions)}
    publish(stage, values, 0, 20)
    before = stage.start_worker()
    stage.wait_for({0: 20, 1: 20})
    before.signal(signal.SIGTERM)
    assert before.exit_code() == 0
    stage.delete_topic(changelog(PLANS))
    refused = stage.start_worker()
    assert refused.exit_code() == 1
    said = [line["error"] for line in refused.events() if line["event"] == "crashed"]
    assert said == ["there is no topic salur-plans-changelog with a partition 0 → make it with: salur topics"]
    stage.create_topics(changelog(PLANS))
    assert not any(table == PLANS for table, _ in stage.tables())
    worker = stage.start_worker()
    publish(stage, values, 20)
    assert_exact(stage, values)
    assert any(table == PLANS for table, _ in stage.tables())
    assert [line["number"] for line in worker.events() if line["event"] == "recovered"] == [20, 20]


@pytest.mark.parametrize("bad", [b"not a record", b'{"v":1}'])
def test_a_record_that_cannot_be_read_stops_the_worker_and_is_not_passed(stage: Stage, bad: bytes) -> None:
    values = chains(stage, 10)
    publish(stage, values, 0, 5)
    stage.publish(0, [bad])
    for _ in range(2):
        worker = stage.start_worker()
        assert worker.exit_code() == 1
        assert "not an entries record" in worker.log()
    assert committed(stage).get(0, 0) <= 5
    assert all(watermark.number <= 5 for watermark in stage.watermarks().values())


def test_a_gap_in_the_numbers_stops_the_worker(stage: Stage) -> None:
    values = chains(stage, 10)
    stage.publish(0, values[0][:3] + values[0][4:])
    worker = stage.start_worker()
    assert worker.exit_code() == 1
    assert "record 5 follows record 3" in worker.log()


def test_reused_numbers_stop_the_worker(stage: Stage) -> None:
    stage.publish(0, chain(partition=0, records=5, seed=1))
    worker = stage.start_worker()
    stage.wait_for({0: 5})
    stage.publish(0, chain(partition=0, records=6, seed=2)[5:])
    assert worker.exit_code() == 1
    assert "NumbersReused" in worker.log()


def test_an_entries_topic_that_lost_its_end_stops_the_worker(stage: Stage) -> None:
    stage.publish(0, chain(partition=0, records=5))
    worker = stage.start_worker()
    stage.wait_for({0: 5})
    worker.signal(signal.SIGTERM)
    assert worker.exit_code() == 0
    recreate_entries(stage)
    stage.publish(0, chain(partition=0, records=2))
    again = stage.start_worker()
    assert again.exit_code() == 1
    assert "LogTruncated" in again.log()


def recreate_entries(stage: Stage) -> None:
    """Delete the entries topic and create it empty."""
    admin = KafkaAdminClient(bootstrap_servers=stage.bootstrap_servers)
    admin.delete_topics([ENTRIES])
    wait_until(lambda: ENTRIES not in admin.list_topics(), seconds=10, what="deletion")
    admin.close()
    stage.create_topics(ENTRIES)


def test_a_value_of_several_megabytes_is_written_and_recovered(stage: Stage) -> None:
    wide = encode(wide_record(cells=12_000))
    stage.publish(0, [wide])
    first = stage.start_worker(SALUR_INSTANCE_ID="one")
    stage.wait_for({0: 1})
    assert max(len(value) for value in stage.values(changelog("services")).values()) > 2_000_000
    first.kill()
    next_record = encode(wide_record(cells=10, number=2, previous=record_hash(wide)))
    stage.publish(0, [next_record])
    stage.start_worker(SALUR_INSTANCE_ID="one")
    stage.wait_for({0: 2})
    assert stage.tables() == oracle([wide, next_record])


def test_an_unreachable_broker_has_its_own_exit_code(tmp_path: object) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "deploy.workers.tallies"],
        env={"SALUR_BOOTSTRAP_SERVERS": "127.0.0.1:1", "SALUR_PARTITIONS": "2", "SALUR_SCRATCH": str(tmp_path), "PATH": ""},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 3, ended.stderr
    assert b"kafka_unreachable" in ended.stderr


def committed(stage: Stage) -> dict[int, int]:
    """Return the group's committed offsets of the entries topic."""
    admin = KafkaAdminClient(bootstrap_servers=stage.bootstrap_servers)
    try:
        offsets = admin.list_group_offsets(FAUST_APP_ID)[FAUST_APP_ID]
    finally:
        admin.close()
    return {tp.partition: position.offset for tp, position in offsets.items() if tp.topic == ENTRIES and position.offset >= 0}


def assert_commits_are_behind(stage: Stage) -> None:
    """Check that no committed offset is above its watermark; the commits are read first, because both only grow."""
    commits = committed(stage)
    watermarks = stage.watermarks()
    for partition, offset in commits.items():
        assert offset <= watermarks[partition].offset
