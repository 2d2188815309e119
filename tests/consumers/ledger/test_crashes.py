"""A process that books and publishes is killed at each crash point of the ledger, one after the other.

Without a consumer group, whose sessions would have to run out each time; whole workers are killed in ``tests.chaos``.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from consumers.database import open_database
from consumers.ledger.ledger import wall_clock_ms
from consumers.ledger.publisher import LEASE_MS, Publisher
from deploy import crashpoints
from tests.chaos import invariants
from tests.chaos.stack import LEDGER_POINTS
from tests.consumers.ledger.cluster import PATIENCE_SECONDS, Cluster
from tests.consumers.ledger.desk import Desk, Inbox
from tests.consumers.ledger.test_publisher import assert_readable
from tests.workload import Mix, Workload

pytestmark = pytest.mark.kafka
EVENTS_IN_ALL = 400
POINTS = [point for point in LEDGER_POINTS if point != "after_poll"]


def inbox() -> tuple[Inbox, Workload]:
    """Return the same records each time."""
    workload, filled = Workload(seed=11, events=EVENTS_IN_ALL, mix=Mix(corrections=0.2)), Inbox()
    for index, message in enumerate(workload):
        filled.put(message.value, partition=index // 7 % 3)
    return filled, workload


def run(database_url: str, bootstrap_servers: str, *, later_ms: int = 0) -> None:
    """Book and publish what there is, in small batches."""
    points = crashpoints.from_environment(os.environ)
    desk = Desk(open_database(database_url), inbox=inbox()[0], points=points, migrate=False)
    publisher = Publisher(desk.engine, bootstrap_servers=bootstrap_servers, points=points, clock=lambda: wall_clock_ms() + later_ms)
    while desk.inbox.after(desk.ledger.positions()) or desk.ledger.has_due:
        desk.book_next(at_most=9)
        publisher.publish()
    while publisher.publish():
        pass
    publisher.stop()
    publisher.run()
    desk.engine.dispose()


def test_a_process_may_be_killed_at_any_point(engine: sa.Engine, cluster: Cluster, tmp_path: Path) -> None:
    desk = Desk(engine)
    url = engine.url.render_as_string(hide_password=False)
    crashes = tmp_path / "crashes"
    for index, point in enumerate(POINTS):
        # Each runs later than the lease of the one that was killed.
        script = f"from tests.consumers.ledger.test_crashes import run; run({url!r}, {cluster.bootstrap_servers!r}, later_ms={index * 2 * LEASE_MS})"
        environment = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(Path.cwd()), "SALUR_CRASH_POINT": f"{point}:2", "SALUR_CRASH_LOG": str(crashes)}
        killed = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, timeout=PATIENCE_SECONDS, check=False)
        assert killed.returncode == -9, killed.stderr[-2_000:]
    assert [line.split()[0] for line in crashes.read_text().splitlines()] == POINTS
    run(url, cluster.bootstrap_servers, later_ms=len(POINTS) * 2 * LEASE_MS)
    desk.inbox, workload = inbox()
    desk.check()
    assert {name: count for name, count in desk.intake().items() if count} == dict(workload.intake)
    with engine.connect() as connection:
        assert {figure: total for figure, total in invariants.figures(connection).items() if total} == {
            figure: total for figure, total in workload.figures.items() if total
        }
    assert_readable(cluster, desk)
