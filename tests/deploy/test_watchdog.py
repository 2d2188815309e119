"""The watchdog starts again what is silent, and nothing else. The Kafka test stops a real worker."""

from collections.abc import Iterator

import pytest

from deploy.monitoring import server
from deploy.monitoring.health import Health
from deploy.monitoring.instruments import Instruments
from deploy.watchdog import SILENT_SECONDS, START_SECONDS, Watchdog, lives


class Scene:
    """Processes that answer or do not, and a clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pids = {"ledger-1": 10, "tallies-1": 11}
        self.silent: set[str] = set()
        self.restarted: list[str] = []
        self.watchdog = Watchdog(
            pids=lambda: self.pids,
            urls=lambda: {name: name for name in self.pids},
            restart=self._restart,
            ask=lambda url: url not in self.silent,
            clock=lambda: self.now,
        )

    def look_for(self, seconds: float) -> None:
        until = self.now + seconds
        while self.now < until:
            self.now += 1
            self.watchdog.look()

    def _restart(self, name: str, silent_seconds: float) -> None:
        assert silent_seconds > SILENT_SECONDS
        self.restarted.append(name)


def test_a_process_that_answers_is_left_alone() -> None:
    scene = Scene()
    scene.look_for(1000)
    assert scene.restarted == []


def test_a_process_that_was_heard_and_falls_silent_is_started_again_once() -> None:
    scene = Scene()
    scene.look_for(5)
    scene.silent.add("tallies-1")
    scene.look_for(SILENT_SECONDS)
    assert scene.restarted == []
    scene.look_for(2)
    assert scene.restarted == ["tallies-1"]
    scene.pids["tallies-1"] = 12
    scene.silent.clear()
    scene.look_for(100)
    assert scene.restarted == ["tallies-1"]


def test_a_process_that_starts_gets_longer_to_be_heard() -> None:
    scene = Scene()
    scene.silent.add("ledger-1")
    scene.look_for(START_SECONDS)
    assert scene.restarted == []
    scene.look_for(2)
    assert scene.restarted == ["ledger-1"]


def test_a_short_silence_is_forgotten() -> None:
    scene = Scene()
    for _ in range(5):
        scene.look_for(2)
        scene.silent.add("ledger-1")
        scene.look_for(SILENT_SECONDS - 2)
        scene.silent.clear()
    assert scene.restarted == []


def test_a_process_that_ended_is_none_of_its_business() -> None:
    scene = Scene()
    scene.look_for(5)
    scene.silent.add("ledger-1")
    del scene.pids["ledger-1"]
    scene.look_for(500)
    assert scene.restarted == []


@pytest.fixture(name="turned")
def _turned() -> Iterator[tuple[list[float], str]]:
    turned = [0.0]
    health = Health(turned_at=lambda: turned[0], obstacles=lambda: ["waits for the database"], clock=lambda: 0.0)
    serving = server.serve(Instruments("test"), health, port=0)
    yield turned, server.url(serving.server_port, "/livez")
    serving.shutdown()
    serving.server_close()


def test_who_waits_lives_and_who_does_not_turn_does_not(turned: tuple[list[float], str]) -> None:
    when, url = turned
    assert lives(url)
    when[0] = -100.0
    assert not lives(url)
    assert not lives("http://127.0.0.1:1/livez")
