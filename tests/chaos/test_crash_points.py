"""Every named crash point kills a process once, while events flow; nobody intervenes, and every figure is exact."""

from pathlib import Path

import pytest

from deploy.kafka.broker import LocalBroker
from models.crashpoints import CRASH_POINTS
from tests.chaos.scenario import Faults, run


@pytest.mark.slow
@pytest.mark.timeout(420)
def test_a_kill_at_every_crash_point_changes_no_figure(own_kafka: LocalBroker, tmp_path: Path) -> None:
    faults = Faults(crashes_per_point=1, kills=2, broker_kills=1, stops=1, give_up_seconds=330)

    report = run(tmp_path, own_kafka, seed=11, events=6_000, faults=faults)

    assert report.problems == []
    assert set(report.crashes) == set(CRASH_POINTS)
    assert (report.kills, report.broker_kills, report.stops) == (2, 1, 1)
