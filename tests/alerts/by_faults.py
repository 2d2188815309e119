"""Alerts that something broken brings about: a stopped process, a locked database, a silent broker, lost records, changed rows."""

import contextlib
import os
import shutil
import signal
import sqlite3
import time

import msgspec
import sqlalchemy as sa
from kafka import KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient

from consumers.tables.reader import read_tables
from deploy import holding
from models import tables
from models.topics import BOOKINGS, EVENTS, MAX_RECORD_BYTES, changelog
from tests.alerts.by_events import asked, good
from tests.alerts.stage import Stage
from tests.tampering.tamperer import without_triggers

DATABASE = "ledger.sqlite"
PAST_SESSION_SECONDS = 10
LOCKED_SECONDS = 300


def a_stopped_process(stage: Stage) -> None:
    """SIGSTOP of a tallies' worker."""
    stage.signal("tallies-2", signal.SIGSTOP)
    stage.fires("SalurWorkerDown", within=60)
    stage.diary.note("  the supervisor has 20 s to notice that it is silent; then it ends it and starts another")
    stage.clears("SalurWorkerDown", within=90)


def rebalances(stage: Stage) -> None:
    """A worker that is stopped past its session, again and again; one that is merely killed has a lasting name and needs none."""
    for _ in range(3):
        before = stage.pid("tallies-2")
        with stage.stopped("tallies-2"):
            time.sleep(PAST_SESSION_SECONDS)
        # It notices that its session may be over and ends itself; until its successor has its partitions, another stop would hit nobody.
        stage.until(lambda before=before: stage.pid("tallies-2") != before, 90, "another tallies-2 runs")  # type: ignore[misc]  # bound now
        stage.until(lambda: stage.ready_processes("tallies") == 2, 90, "both tallies' workers are ready")
    stage.diary.note(f"  tallies-2 stood still (SIGSTOP) for {PAST_SESSION_SECONDS} s, ended itself and was started again; three times")
    stage.fires("SalurRebalancesFrequent", within=180)
    stage.salur("doctor", "--json", code=(0, 1))
    stage.diary.note("  nobody stops it any more: it is over when ten minutes had no more than three")


def a_locked_database(stage: Stage) -> None:
    """Another program holds the write lock of the ledger's file while events come in."""
    with contextlib.closing(sqlite3.connect(stage.folder / DATABASE, timeout=60, isolation_level=None)) as lock:
        lock.execute("BEGIN IMMEDIATE")
        stage.publish(*good(600), wait=False)
        stage.fires("SalurWorkerNotReady", within=90)
        stage.salur("status", code=(0, 1, 3))
        stage.diary.note(f"  /readyz of the ledger: {stage.ready('ledger')[1].strip()[:160]}")
        locked_at = time.monotonic()
        stage.publish(*good(600), wait=False)
        stage.fires("SalurConsumerLagOld", within=240)
        while time.monotonic() - locked_at < LOCKED_SECONDS:
            stage.publish(*good(200), wait=False)
            time.sleep(20)
        stage.fires("SalurConsumerLagRising", within=240)
        stage.salur("doctor", "--json", code=(0, 1))
        stage.diary.note("  the transaction that holds the lock is ended")
        lock.execute("ROLLBACK")
    stage.clears("SalurWorkerNotReady", "SalurConsumerLagOld", "SalurConsumerLagRising", within=120)
    stage.everything_is_there()


def a_silent_broker(stage: Stage, token: str) -> None:
    """The broker takes no bookings, then answers nobody at all, for more than five minutes."""
    with stage.stopped("tallies-1"), stage.stopped("tallies-2"):
        stage.publish(*good(20), wait=False)
        stage.until(lambda: (stage.value('sum(salur_consumer_lag_events{group="salur"})') or 0) > 0, 60, "entries wait for the tables")
        stage.set_topic(BOOKINGS, max_message_bytes="64")
        stage.publish(*good(20), wait=False)
        stage.until(lambda: (stage.value("salur_publisher_lag_bookings") or 0) > 0, 60, "bookings wait for the publisher")
        broker = stage.pid("kafka")
        stage.signal("kafka", signal.SIGSTOP)
    stage.diary.note("  the broker takes no more bookings (max.message.bytes far below what is declared), then stops (SIGSTOP); entries wait for the tables")
    try:
        statuses = [asked(stage, token, "while-silent") for _ in range(3)]
        stage.diary.note(f"  three events over HTTP get {statuses}")
        stage.fires("SalurHttpErrors", within=90)
        stage.fires("SalurMonitorStale", "SalurTallyStale", "SalurPublisherBehind", within=480)
        stage.salur("status", code=(0, 1, 3))
        for worker in ("monitor", "ledger", "tallies"):
            stage.diary.note(f"  /readyz of {worker}: {stage.ready(worker)[1].strip()[:200]}")
    finally:
        os.kill(broker, signal.SIGCONT)
    stage.diary.note("  the broker goes on (SIGCONT)")
    stage.until(lambda: stage.salur("topics", "--check", code=(0, 1, 3)).code == 1, 120, "a topic is not as declared")
    stage.diary.note("  the setting of the topic is put right")
    stage.set_topic(BOOKINGS, max_message_bytes=str(MAX_RECORD_BYTES))
    stage.salur("topics", "--check")
    stage.clears("SalurMonitorStale", "SalurTallyStale", "SalurPublisherBehind", within=180)
    while asked(stage, token, "while-silent") != 202:
        time.sleep(1)
    stage.diary.note("  the event that got 503 is sent again with the same id and gets 202; and so do 400 others")
    for number in range(400):
        asked(stage, token, f"after-{number}")
    stage.clears("SalurHttpErrors", within=400)


def a_changed_table(stage: Stage) -> None:
    """Somebody writes into a changelog: one table value is one more than it should be."""
    servers = stage.described.bootstrap_servers
    (table, key), stored = next((where, one) for where, one in read_tables(servers).tallies.items() if where[0] == "distributions")
    first, *others = stored.value.cells
    wrong = msgspec.structs.replace(stored.value, cells=[first._replace(steps=str(int(first.steps) + 1)), *others])
    with contextlib.closing(KafkaProducer(bootstrap_servers=servers, max_request_size=2**24)) as producer:
        producer.send(changelog(table), key=key.encode(), value=tables.encode(wrong), partition=stored.partition).get(timeout=10)
    stage.diary.note(f"  {table}[{key}] in the tables is one more than it should be")
    stage.fires("SalurReconciliationDifference", within=90)
    answer = stage.salur("reconcile", "--json", code=1).json
    stage.diary.note(f"  it names {answer['differences'][0]}")
    stage.salur("rebuild")
    stage.clears("SalurReconciliationDifference", within=120)
    stage.salur("reconcile", "--json")


def lost_records(stage: Stage) -> None:
    """Records are thrown away that the ledger has not booked; they come back from a copy of the broker's folder."""
    with holding.held(stage.folder, "ledger"):
        stage.until(lambda: not [name for name in stage.described.processes if name.startswith("ledger")], 60, "the ledger rests")
        stage.publish(*good(50), wait=False)
        stage.stop()
        shutil.copytree(stage.kafka_folder, stage.folder.parent / "kafka-copy")
        stage.start()
        admin = KafkaAdminClient(bootstrap_servers=stage.described.bootstrap_servers)
        ends = {TopicPartition(EVENTS, number): -1 for number in range(4)}
        admin.delete_records(ends)
        admin.close()
        stage.diary.note("  50 events came while the ledger rested, and their records were thrown away before it read them")
    stage.pid("ledger-1")
    stage.watch()
    stage.fires("SalurPartitionHalted", within=120)
    stage.salur("status", code=(0, 1, 3))
    stage.diary.note(f"  /readyz of the ledger: {stage.ready('ledger')[1].strip()[:300]}")
    stage.diary.note("  the broker's folder is put back from a copy")
    stage.stop()
    shutil.rmtree(stage.kafka_folder)
    (stage.folder.parent / "kafka-copy").rename(stage.kafka_folder)
    stage.start()
    stage.clears("SalurPartitionHalted", within=120)
    stage.until(lambda: stage.ready("ledger")[0] == 200, 60, "the ledger is ready")
    stage.everything_is_there()


def changed_rows(stage: Stage) -> None:
    """Somebody with rights on the database changes a booking that is sealed, and a tally."""
    stage.salur("seal")
    engine = sa.create_engine(f"sqlite:///{stage.folder / DATABASE}", connect_args={"timeout": 60})
    with engine.begin() as connection:
        without_triggers(connection)
        booking, record = connection.exec_driver_sql("SELECT booking, record FROM bookings ORDER BY booking DESC LIMIT 1").one()
        connection.exec_driver_sql("UPDATE bookings SET record = ? WHERE booking = ?", (bytes(record).replace(b'"time":1', b'"time":2', 1) + b" ", booking))
        cell, steps = connection.exec_driver_sql("SELECT cell, steps FROM cells WHERE table_name = 'distributions' AND measure = 'distributed' LIMIT 1").one()
        connection.exec_driver_sql("UPDATE cells SET steps = ? WHERE cell = ?", (str(int(steps) + 1), cell))
    engine.dispose()
    stage.diary.note(f"  the record of booking {booking}, which is sealed, and the tally of cell {cell} were changed in the database")
    stage.fires("SalurProofInvalid", "SalurReconciliationDifference", within=90)
    verified = stage.salur("verify", code=1)
    stage.diary.note(f"  it says {' '.join(verified.out.split())[:300]}")
    stage.diary.note("  a copy is kept; the ledger is made again from Kafka")
    stage.stop()
    copy = stage.folder.parent / "changed"
    copy.mkdir()
    for path in stage.folder.glob(f"{DATABASE}*"):
        path.rename(copy / path.name)
    # It begins a Kafka of the folder for this.
    stage.salur("rebuild", "--ledger")
    stage.start()
    stage.salur("seal")
    stage.clears("SalurProofInvalid", "SalurReconciliationDifference", within=120)
    stage.salur("verify")
    stage.salur("reconcile", "--json")
