"""Backups of a running stack, rehearsed: the folder is lost, the backup is brought back, and everything comes to the same roots."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from kafka import TopicPartition
from kafka.admin import KafkaAdminClient

from deploy.kafka.broker import LocalBroker
from models import bookings, schema
from models.topics import EVENTS
from tests.deploy.test_stack import EVENTS as FILES
from tests.deploy.test_stack import Running, figures

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(400)]

FIRST, SECOND = ("jps-tkm.jsonl", "bsu-2020.jsonl"), ("jps-padat-karya.jsonl", "pmi-malaysia.jsonl")


def publish(stack: Running, names: tuple[str, ...]) -> None:
    published = stack.salur("publish", "--wait", "--json", *(FILES / name for name in names))
    assert published.json["counts"]["accepted"], published.out + published.err


def last_record(url: str) -> bookings.BookingRecord:
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        record = connection.execute(sa.select(schema.bookings.c.record).order_by(schema.bookings.c.booking.desc()).limit(1)).scalar_one()
    engine.dispose()
    return bookings.decode(bytes(record))


def passphrase(folder: Path) -> Path:
    path = folder / "passphrase"
    path.write_text("seekor kuda di atas bukit\n")
    return path


def backed_up(stack: Running, folder: Path, *words: object) -> dict[str, Any]:
    done = stack.salur("backup", folder / "backups", "--passphrase-file", passphrase(folder), "--json", *words)
    assert done.code == 0, done.err
    return dict(done.json)


def test_a_lost_machine_comes_back_with_its_log_and_goes_on(tmp_path: Path) -> None:
    stack = Running(tmp_path / "data")
    stack.up()
    publish(stack, FIRST)
    before = figures(stack)
    made = backed_up(stack, tmp_path)
    publish(stack, SECOND)
    later = stack.salur("seal", "--json")
    assert later.code == 0, later.err
    shutil.copytree(stack.folder / "seals", tmp_path / "published")
    stack.kill()
    shutil.rmtree(stack.folder)

    # Somebody kept a seal of what was booked after the backup: it says that something is missing, and nothing goes on.
    words = ("restore", made["folder"], "--passphrase-file", tmp_path / "passphrase")
    halted = stack.salur(*words, "--seals", tmp_path / "published", "--lang", "en")
    assert halted.code == 1
    assert f"seal 2 covers booking {json.loads((tmp_path / 'published' / '00000002.json').read_text())['booking']}" in halted.err
    assert "bookings are missing" in halted.err
    shutil.rmtree(stack.folder)

    restored = stack.salur(*words, "--json")
    assert restored.code == 0, restored.err
    assert (restored.json["booking"], restored.json["root"]) == (made["booking"], made["root"])
    stack.up()
    assert figures(stack) == before
    assert figures(stack, "--source", "tables") == before
    publish(stack, SECOND)
    assert stack.salur("reconcile", "--json").json["equal"] is True
    assert stack.salur("seal", "--json").code == 0
    assert stack.salur("verify").code == 0
    assert stack.stop() == 0


def test_a_lost_ledger_catches_up_from_the_cluster_to_the_same_root_or_says_what_is_missing(own_kafka: LocalBroker, tmp_path: Path) -> None:
    stack = Running(tmp_path / "data", SALUR_BOOTSTRAP_SERVERS=own_kafka.bootstrap_servers)
    stack.up()
    publish(stack, FIRST)
    made = backed_up(stack, tmp_path)
    assert made["has_log"] is False
    publish(stack, SECOND)
    before = figures(stack)
    assert stack.stop() == 0
    there = last_record(f"sqlite:///{stack.folder / 'ledger.sqlite'}")
    shutil.rmtree(stack.folder)

    words = ("restore", made["folder"], "--passphrase-file", tmp_path / "passphrase", "--json")
    restored = stack.salur(*words)
    assert restored.code == 0, restored.err
    assert (restored.json["backup"], restored.json["booking"], restored.json["root"]) == (made["booking"], there.number, there.root)
    assert there.number > made["booking"]
    stack.up()
    assert figures(stack) == before
    assert stack.salur("reconcile", "--json").json["equal"] is True
    assert stack.stop() == 0

    # Retention that is too short: what was booked after the backup is no longer in Kafka.
    shutil.rmtree(stack.folder)
    admin = KafkaAdminClient(bootstrap_servers=own_kafka.bootstrap_servers)
    ends = {TopicPartition(EVENTS, partition): -1 for partition in range(4)}
    admin.delete_records(ends)
    admin.close()
    halted = stack.salur(*words, "--lang", "en")
    assert halted.code == 1
    assert "are no longer in Kafka" in halted.err
    assert "restore a newer backup" in halted.err
