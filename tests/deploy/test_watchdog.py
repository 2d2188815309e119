"""The watchdog starts again what is silent, and nothing else. The Kafka test stops a real worker."""

import socket
import threading
from collections.abc import Iterator

import pytest

from deploy import watchdog
from deploy.monitoring import server
from deploy.monitoring.health import Health
from deploy.monitoring.instruments import Instruments
from deploy.watchdog import SILENT_SECONDS, START_SECONDS, Answer, Watchdog, ask_whether_it_lives


class Scene:
    """Processes that answer or do not, and a clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pids = {"ledger-1": 10, "tallies-1": 11}
        self.silent: set[str] = set()
        self.starting: set[str] = set()
        self.restarted: list[str] = []
        self.watchdog = Watchdog(
            pids=lambda: self.pids, urls=lambda: {name: name for name in self.pids}, restart=self._restart, ask=self._ask, clock=lambda: self.now
        )

    def look_for(self, seconds: float) -> None:
        until = self.now + seconds
        while self.now < until:
            self.now += 1
            self.watchdog.look()

    def _ask(self, url: str) -> Answer:
        if url in self.starting:
            return "starting"
        return "silent" if url in self.silent else "lives"

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
    scene.starting.add("ledger-1")
    scene.look_for(START_SECONDS)
    assert scene.restarted == []
    scene.look_for(2)
    assert scene.restarted == ["ledger-1"]


def test_a_process_that_hangs_before_it_was_ever_heard_is_not_taken_for_one_that_starts() -> None:
    scene = Scene()
    scene.starting.add("tallies-1")
    scene.look_for(3)
    scene.starting.clear()
    scene.silent.add("tallies-1")
    scene.look_for(SILENT_SECONDS)
    assert scene.restarted == ["tallies-1"]


def test_a_process_whose_loop_stops_turning_after_it_was_heard_is_started_again_like_a_silent_one() -> None:
    scene = Scene()
    scene.look_for(5)
    scene.starting.add("ledger-1")
    scene.look_for(SILENT_SECONDS + 1)
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
    assert ask_whether_it_lives(url) == "lives"
    when[0] = -100.0
    assert ask_whether_it_lives(url) == "starting"


def test_who_does_not_listen_starts_and_who_listens_and_says_nothing_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchdog, "ASK_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = server.url(listening.getsockname()[1], "/livez")
        assert ask_whether_it_lives(url) == "silent"
    assert ask_whether_it_lives(url) == "starting"


def test_who_answers_nonsense_is_silent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = server.url(listening.getsockname()[1], "/livez")

        def answer() -> None:
            with listening.accept()[0] as taken:
                taken.recv(1000)
                taken.sendall(b"nonsense\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        assert ask_whether_it_lives(url) == "silent"
        thread.join()
