"""Every named crash point kills a process once, while events flow; nobody intervenes, and every figure is exact."""

from pathlib import Path

import pytest

from deploy.kafka.broker import LocalBroker
from models.crashpoints import CRASH_POINTS
from tests.chaos.faults import Faults
from tests.chaos.scenario import Scenario, run


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_kill_at_every_crash_point_changes_no_figure(own_kafka: LocalBroker, tmp_path: Path) -> None:
    faults = Faults(crashes_per_point=1, kills=2, broker_kills=1, stops=1, databases=1, clock_jumps=2, give_up_seconds=480)

    report = run(tmp_path, own_kafka, Scenario(seed=11, events=6_000, web_events=200, seals=True, faults=faults))

    assert report.problems == []
    assert set(report.crashes) == set(CRASH_POINTS)
    assert report.done == {"kill": 2, "broker": 1, "stop": 1, "database": 1, "clock": 2}
