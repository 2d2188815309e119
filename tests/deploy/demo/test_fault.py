"""The demonstration's fault: a page asks, the process that started the worker does it, and nobody else ever does."""

import threading
from pathlib import Path

import pytest

from deploy.demo import fault


def test_what_a_page_asks_for_is_done_once(tmp_path: Path) -> None:
    killed: list[int] = []
    stopping = threading.Event()
    serving = threading.Thread(target=fault.serve, args=(tmp_path, lambda: killed.append(1)), kwargs={"until": stopping})
    serving.start()
    assert fault.ask(tmp_path)
    assert fault.ask(tmp_path)
    stopping.set()
    serving.join(10)
    assert killed == [1, 1]
    assert list(tmp_path.iterdir()) == []


def test_where_nobody_does_it_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fault, "TAKEN_SECONDS", 0.2)
    assert not fault.ask(tmp_path)
    assert list(tmp_path.iterdir()) == []
