"""Every poison record through a real ledger worker on a real Kafka: it never stops, and no person's number gets anywhere."""

import json
import os
import sqlite3
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa
from kafka import KafkaProducer

from models import schema
from models.topics import BOOKINGS, ENTRIES, EVENTS, REJECTED
from tests.chaos import invariants
from tests.consumers.ledger.cluster import PATIENCE_SECONDS, Cluster, until
from tests.consumers.ledger.desk import PARTITIONS, Desk, masks
from tests.poison import POISON, Poison

pytestmark = pytest.mark.kafka
PLANTED = (
    "3174011204670001",
    "31 74 01 120467 0001",
    "".join(chr(0x660 + int(digit)) for digit in "3174011204670001"),
    "0812-3456-7890",
    "081234567890",
    "+886 912 345 678",
    "B1234567",
    "002301004567508",
    "3273025503850002",
)
NIK = PLANTED[-1].encode()


class Nameless(str):
    """A header name that no client would send: bytes that are not UTF-8."""

    __slots__ = ()

    def encode(self, *_: object) -> bytes:
        return b"\xff\xfe-" + NIK


MORE_POISON = (
    Poison("header-name-that-is-not-utf-8", json.dumps(masks("odd-header-name")).encode(), b"", ((Nameless("x"), b"1"),), "accepted", ""),
    Poison("nik-in-an-attribute-header", b"{}", b"", (("ce_id", NIK), ("ce_specversion", b"1.0")), "rejected", "rjct.missing_field"),
    Poison("nik-as-source", json.dumps(masks("nik-as-source", partner=NIK.decode())).encode(), NIK, (), "rejected", "rjct.unknown_partner"),
    Poison("nik-in-a-foreign-header", json.dumps(masks("foreign-header")).encode(), NIK, (("x-user", NIK),), "accepted", ""),
    Poison("nik-as-a-member", b'{"' + NIK + b'":1}', None, (), "rejected", "rjct.missing_field"),
    Poison("nik-as-type", json.dumps({**masks("nik-as-type"), "type": f"salur.{NIK.decode()}.v1"}).encode(), None, (), "rejected", "rjct.unknown_type"),
    Poison("half-a-pair-as-time", json.dumps(masks("half-a-pair", time="\ud800")).encode(), None, (), "rejected", "rjct.time_invalid"),
    Poison("thousands-of-bad-lines", json.dumps(masks("bad-lines", data={"lines": [{"x": 1}] * 50_000})).encode(), None, (), "rejected", "rjct.missing_field"),
)


@pytest.fixture
def poisoned(cluster: Cluster, lite: Desk, tmp_path: Path) -> tuple[Desk, dict[tuple[int, int], Poison], Path]:
    """Send everything, let a worker process book and publish it, and stop that."""
    sent = send_all(cluster)
    log = tmp_path / "worker.log"
    database = sa.make_url(str(lite.engine.url)).database
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "SALUR_BOOTSTRAP_SERVERS": cluster.bootstrap_servers,
        "SALUR_DATABASE_URL": f"sqlite:///{database}",
        "SALUR_PARTITIONS": str(PARTITIONS),
        "SALUR_LOG_LEVEL": "DEBUG",
    }
    with log.open("wb") as output, subprocess.Popen([sys.executable, "-m", "deploy.workers.ledger"], env=environment, stdout=output, stderr=output) as worker:
        try:
            until(lambda: worker.poll() is not None or is_done(lite, len(sent)), what="all is booked and published", seconds=2 * PATIENCE_SECONDS)
            assert worker.poll() is None, log.read_text(errors="replace")[-3_000:]
        finally:
            worker.terminate()
            worker.wait(PATIENCE_SECONDS)
    assert worker.returncode == 0
    return lite, sent, log


def send_all(cluster: Cluster) -> dict[tuple[int, int], Poison]:
    """Send every fixture, one that is good between any two, and return them by partition and offset."""
    sent: dict[tuple[int, int], Poison] = {}
    futures = []
    for index, poison in enumerate((*POISON, *MORE_POISON)):
        if poison.name == "figure-of-sixteen-digits":  # an amount, which is no person's number and is kept
            continue
        partition = index % PARTITIONS
        good = Poison(f"good-{index}", json.dumps(masks(f"good-{index}", 1)).encode(), None, (), "accepted", "")
        for one in (poison, good):
            future = cluster.producer.send(EVENTS, value=one.value, key=one.key, headers=list(one.headers), partition=partition)
            futures.append((future, one))
    for future, one in futures:
        metadata = future.get(timeout=PATIENCE_SECONDS)
        sent[metadata.partition, metadata.offset] = one
    sent.update(send_bombs(cluster))
    return sent


def send_bombs(cluster: Cluster) -> dict[tuple[int, int], Poison]:
    """Send a few kilobytes that become many megabytes when Kafka's own compression is undone."""
    producer = KafkaProducer(bootstrap_servers=cluster.bootstrap_servers, compression_type="gzip", max_request_size=2**30, linger_ms=0)
    bomb = Poison("compressed-record", b" " * 30_000_000, None, (), "rejected", "rjct.malformed")
    metadata = producer.send(EVENTS, value=bomb.value, partition=0).get(timeout=PATIENCE_SECONDS)
    producer.close()
    return {(metadata.partition, metadata.offset): bomb}


def is_done(desk: Desk, records: int) -> bool:
    with desk.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        received = connection.execute(sa.select(sa.func.max(schema.bookings.c.received))).scalar_one() or 0
        head = connection.execute(sa.select(schema.head.c.booking)).scalar_one()
        return bool(received >= records and connection.execute(sa.select(schema.publisher.c.published)).scalar_one() == head)


def test_no_poison_stops_the_worker_or_tells_a_persons_number(cluster: Cluster, poisoned: tuple[Desk, dict[tuple[int, int], Poison], Path]) -> None:
    desk, sent, log = poisoned
    d = schema.decisions.c
    with desk.engine.connect() as connection:
        rows = connection.execute(sa.select(schema.decisions).where(d.first.is_(None) | d.disposition.in_(["duplicate", "conflict"]))).all()
        ends = Counter(partition for partition, _ in sent)
        assert invariants.broken(connection, ends=ends) == []
    assert len(rows) == len(sent) > 350
    wrong = []
    for row in rows:
        poison = sent[row.partition, row.offset]
        codes = {reason["code"] for reason in json.loads(row.reasons)}
        if row.disposition != poison.disposition or (poison.reason and poison.reason not in codes):
            wrong.append((poison.name, row.disposition, codes))
    assert wrong == []
    expected: Counter[str] = Counter(poison.disposition for poison in sent.values())
    assert {name: count for name, count in desk.intake().items() if count} == {"received": len(sent), **dict(expected)}
    assert len(cluster.records(REJECTED)) == expected["rejected"]
    _assert_nothing_planted(desk, cluster, log)


def _assert_nothing_planted(desk: Desk, cluster: Cluster, log: Path) -> None:
    """I9."""
    path = sa.make_url(str(desk.engine.url)).database
    assert path is not None
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        dump = "\n".join(connection.iterdump()).encode(errors="surrogatepass")
    connection.close()
    places: dict[str, bytes] = {"database file": Path(path).read_bytes(), "database": dump, "log": log.read_bytes()}
    for topic in (REJECTED, ENTRIES, BOOKINGS):
        places[topic] = b"\n".join(b"|".join([record.key or b"", record.value or b"", repr(record.headers).encode()]) for record in cluster.records(topic))
    assert all(places.values())
    found = [
        (place, text)
        for place, content in places.items()
        for text in PLANTED
        for form in (text.encode(), text.encode().hex().encode(), text.encode().hex().upper().encode())
        if form in content
    ]
    assert found == []
