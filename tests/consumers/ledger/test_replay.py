"""A lost or restored ledger is made again from a real Kafka, to the same rows and roots."""

import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from consumers.database import open_database
from consumers.ledger import log_check
from consumers.ledger import replay as replay_module
from consumers.ledger.ledger import prepare_ledger
from consumers.ledger.log_check import refuse_if_behind
from consumers.ledger.replay import Progress, replay
from deploy.migrations.upgrade import upgrade
from models import schema, topics
from models.errors import ConfigurationError, IntegrityError, LedgerBehindLog, LogTruncated, NumbersReused, Unreachable
from models.topics import BOOKINGS, EVENTS, partner_topic
from tests.consumers.ledger.cluster import Cluster, RunningWorker
from tests.consumers.ledger.desk import PARTITIONS, Desk, annotation, masks, reversal
from tests.consumers.ledger.test_batches import stream

pytestmark = pytest.mark.kafka


def run_a_while(desk: Desk, cluster: Cluster, *, seed: int = 5, events: int = 60) -> None:
    """Send a difficult stream, book it in small batches while it comes, give something up, and publish it all."""
    chance = random.Random(seed)
    cluster.create(topics.inbound(partner_topic("kdei-taipei"), partitions=1))
    with RunningWorker(desk.engine, cluster, max_events=9) as worker:
        for partition, value in stream(seed, events):
            cluster.send(value, partition=partition)
            if chance.random() < 0.02:
                cluster.send(masks(f"own-{chance.random()}"), topic=partner_topic("kdei-taipei"))
        cluster.send(annotation("give-me-up", "never"), reversal("hold-me", "never-too"))
        worker.wait_until_booked()
        with desk.engine.begin() as connection:
            names = sa.select(schema.decisions.c.number).where(schema.decisions.c.event_id == "give-me-up")
            connection.execute(sa.update(schema.held).where(schema.held.c.number.in_(names)).values(give_up=True))
        cluster.send(annotation("give-me-up", "never-again"), masks("end"))
        worker.wait_until_booked()
    assert {"accepted", "duplicate", "conflict", "rejected", "held"} == set(desk.dispositions)
    assert "rjct.given_up" in {code for row in desk.rows for code in row.reasons}


def comparable(desk: Desk) -> dict[str, Any]:
    """Return every table; whether giving up was asked for is an operator's note, not a fact of the log."""
    state = desk.state()
    state["held"] = [tuple(row[:-1]) for row in state["held"]]
    return state


@pytest.fixture
def other(tmp_path: Path) -> Iterator[sa.Engine]:
    """Give an empty ledger database of the newest version."""
    url = f"sqlite:///{tmp_path / 'other.db'}"
    upgrade(url)
    engine = open_database(url)
    yield engine
    engine.dispose()


def test_a_lost_ledger_is_made_again_to_the_same_bytes(lite: Desk, cluster: Cluster, other: sa.Engine) -> None:
    run_a_while(lite, cluster)
    prepare_ledger(other, partitions=PARTITIONS)
    with pytest.raises(LedgerBehindLog) as refused:
        refuse_if_behind(other, bootstrap_servers=cluster.bootstrap_servers)
    assert "rebuild" in refused.value.hint
    seen: list[Progress] = []
    made = replay(other, bootstrap_servers=cluster.bootstrap_servers, on_progress=seen.append)
    rebuilt = Desk(other, inbox=lite.inbox, migrate=False)
    assert comparable(rebuilt) == comparable(lite)
    assert made.decisions == len(lite.rows)
    assert seen[-1].booking == made.bookings
    refuse_if_behind(other, bootstrap_servers=cluster.bootstrap_servers)
    # It goes on where the old one stopped, and a publisher that repeats the newest bookings changes nothing.
    with RunningWorker(other, cluster) as worker:
        cluster.send(masks("after"), masks("end"), masks("never-too"))
        worker.wait_until_booked()
    assert rebuilt.dispositions[made.decisions :] == ["accepted", "duplicate", "accepted", "accepted"]
    assert len({record.value for record in cluster.records(BOOKINGS)}) == rebuilt.rows[-1].booking


def test_an_older_copy_catches_up(lite: Desk, cluster: Cluster, tmp_path: Path) -> None:
    run_a_while(lite, cluster, seed=6, events=30)
    with lite.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    path = sa.make_url(str(lite.engine.url)).database
    assert path is not None
    shutil.copy(path, tmp_path / "copy.db")
    with RunningWorker(lite.engine, cluster, max_events=5) as worker:
        cluster.send(*(masks(f"later{number}") for number in range(20)), masks("never-too"))
        worker.wait_until_booked()
    copy = open_database(f"sqlite:///{tmp_path / 'copy.db'}")
    with pytest.raises(LedgerBehindLog):
        refuse_if_behind(copy, bootstrap_servers=cluster.bootstrap_servers)
    replay(copy, bootstrap_servers=cluster.bootstrap_servers)
    assert comparable(Desk(copy, migrate=False)) == comparable(lite)
    copy.dispose()


def test_a_ledger_that_is_whole_is_left_as_it_is(lite: Desk, cluster: Cluster) -> None:
    with RunningWorker(lite.engine, cluster) as worker:
        cluster.send(masks("a"))
        worker.wait_until_booked()
    before = lite.state()
    replay(lite.engine, bootstrap_servers=cluster.bootstrap_servers)
    assert lite.state() == before


def test_nothing_is_made_of_nothing(cluster: Cluster, other: sa.Engine) -> None:
    assert replay(other, bootstrap_servers=cluster.bootstrap_servers).bookings == 0
    refuse_if_behind(other, bootstrap_servers=cluster.bootstrap_servers)


def test_what_kafka_threw_away_is_missed_exactly(lite: Desk, cluster: Cluster, other: sa.Engine) -> None:
    with RunningWorker(lite.engine, cluster) as worker:
        cluster.send(*(masks(f"a{number}") for number in range(8)), partition=2)
        worker.wait_until_booked()
    cluster.delete_before(2, 3)
    with pytest.raises(LogTruncated, match=r"aid\.events\.v1\[2\]: offsets 0 to 2 are no longer in Kafka"):
        replay(other, bootstrap_servers=cluster.bootstrap_servers)


def test_records_that_are_not_there_any_more_are_missed(lite: Desk, cluster: Cluster, other: sa.Engine) -> None:
    with RunningWorker(lite.engine, cluster) as worker:
        cluster.send(*(masks(f"a{number}") for number in range(8)), partition=2)
        worker.wait_until_booked()
    cluster.recreate(topics.inbound(EVENTS, partitions=PARTITIONS))
    cluster.send(masks("a0"), partition=2)
    with pytest.raises((LogTruncated, IntegrityError)):
        replay(other, bootstrap_servers=cluster.bootstrap_servers)


def test_other_bytes_come_to_another_root_and_stop_there(lite: Desk, cluster: Cluster, other: sa.Engine) -> None:
    with RunningWorker(lite.engine, cluster) as worker:
        cluster.send(masks("a"), masks("b"), partition=2)
        worker.wait_until_booked()
    cluster.recreate(topics.inbound(EVENTS, partitions=PARTITIONS))
    cluster.send(masks("a"), masks("b", 7), partition=2)
    with pytest.raises(IntegrityError, match="root"):
        replay(other, bootstrap_servers=cluster.bootstrap_servers)


def test_a_database_with_another_history_is_refused(lite: Desk, cluster: Cluster, other: sa.Engine) -> None:
    with RunningWorker(lite.engine, cluster) as worker:
        cluster.send(masks("a"))
        worker.wait_until_booked()
    stranger = Desk(other)
    stranger.book(masks("x"))
    stranger.book(masks("y"))
    with pytest.raises(NumbersReused):
        refuse_if_behind(other, bootstrap_servers=cluster.bootstrap_servers)
    with pytest.raises(NumbersReused):
        replay(other, bootstrap_servers=cluster.bootstrap_servers)


def test_other_rules_are_refused(lite: Desk, cluster: Cluster, other: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with RunningWorker(lite.engine, cluster) as worker:
        cluster.send(masks("a"))
        worker.wait_until_booked()
    monkeypatch.setattr(replay_module, "RULES_VERSION", 99)
    with pytest.raises(ConfigurationError, match="rules 2"):
        replay(other, bootstrap_servers=cluster.bootstrap_servers)


def test_the_newest_booking_is_found_among_repeats(lite: Desk, cluster: Cluster) -> None:
    """A publisher that was killed while it repeated leaves an older booking as the last record."""
    for name in "abc":
        lite.book(masks(name))
    with lite.engine.connect() as connection:
        values = [row.record for row in connection.execute(sa.select(schema.bookings).order_by(schema.bookings.c.booking))]
    for value in (*values, values[0], values[1]):
        cluster.send(value, topic=BOOKINGS)
    found = log_check.last_booking(cluster.bootstrap_servers)
    assert found is not None
    assert (found[0].number, found[1]) == (3, values[2])


def test_without_kafka_nothing_is_said_about_the_ledger(lite: Desk) -> None:
    with pytest.raises(Unreachable):
        refuse_if_behind(lite.engine, bootstrap_servers="127.0.0.1:9", client={"bootstrap_timeout_ms": 500})
