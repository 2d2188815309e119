"""How a stack is that something else started: its processes are asked where the settings say, and who does not answer is named."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy import status
from deploy.cli.remark_words import remark
from deploy.doctor.finding import Eyes, Finding
from deploy.doctor.truth_side import look_at_reconciliation
from deploy.doctor.workers_side import look_at_workers
from deploy.monitoring import asking, server
from deploy.monitoring.health import Health
from deploy.monitoring.instruments import Instruments
from deploy.settings import load
from models import metrics
from models.metrics import Reading


@contextlib.contextmanager
def served(kind: str, *obstacles: str, **readings: float) -> Iterator[str]:
    """Give the address of a process that says this of itself."""
    instruments = Instruments(kind)
    instruments.read_at_scrape(lambda: [Reading(metrics.BY_NAME[name], _labels(name), value) for name, value in readings.items()])
    listening = server.serve(instruments, Health(turned_at=lambda: 0.0, obstacles=lambda: obstacles, clock=lambda: 0.0), port=0)
    yield server.url(listening.server_port, "")
    listening.shutdown()
    listening.server_close()


def _labels(name: str) -> tuple[str, ...]:
    return tuple("tables" for _ in metrics.BY_NAME[name].labels)


def test_processes_that_something_else_started_are_asked_where_the_settings_say(tmp_path: Path) -> None:
    with served("ledger", "Kafka does not answer") as ledger, served("monitor", salur_ledger_booking=7, salur_proof_valid=1) as monitor:
        found = status.look(tmp_path, f"ledger-1={ledger},monitor={monitor}")
    assert [(one.name, one.pid, one.state, tuple(one.why)) for one in found.processes] == [
        ("ledger-1", None, "not ready", ("Kafka does not answer",)),
        ("monitor", None, "ready", ()),
    ]
    assert (found.is_running, found.booking, found.is_proof_valid, found.is_well) == (True, 7, True, False)
    assert not status.look(tmp_path, None).is_running


def test_a_process_that_ends_in_the_middle_of_its_answer_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "ASK_SECONDS", 5.0)
    for status_line in ("200 OK", "503 Service Unavailable"):
        with socket.create_server(("127.0.0.1", 0)) as listening:
            url = f"http://127.0.0.1:{listening.getsockname()[1]}"
            half = f"HTTP/1.1 {status_line}\r\nContent-Length: 99\r\n\r\nsalur_".encode()
            answering = threading.Thread(target=_answer_twice, args=(listening, half))
            answering.start()
            assert asking.samples(url) == []
            assert asking.health(url).why == ()
            answering.join()


def _answer_twice(listening: socket.socket, half: bytes) -> None:
    for _ in range(2):
        connection, _ = listening.accept()
        with connection:
            connection.recv(4096)
            connection.sendall(half)


def doctor(tmp_path: Path, written: str) -> list[Finding]:
    eyes = Eyes(settings=load(environment={"SALUR_WORKER_URLS": written}, options={"data_dir": tmp_path}), environment={})
    return [*look_at_workers(eyes), *look_at_reconciliation(eyes)]


def test_the_doctor_names_who_is_not_ready_who_hangs_and_who_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "ASK_SECONDS", 0.2)
    with served("ledger", "Kafka does not answer") as ledger, socket.create_server(("127.0.0.1", 0)) as hanging, served("monitor") as monitor:
        hung = f"http://127.0.0.1:{hanging.getsockname()[1]}"
        found = doctor(tmp_path, f"ledger-1={ledger},tallies-1={hung},web=http://127.0.0.1:1,monitor={monitor}")
    assert [(one.state, one.found) for one in found if one.name == "Workers"] == [
        ("wrong", "ledger-1 is not ready: Kafka does not answer"),
        ("wrong", f"tallies-1 does not answer at {hung}: it is stopped or hangs"),
        ("wrong", "nobody listens at http://127.0.0.1:1 as web"),
    ]
    assert not [text for one in found for text in (one.found, one.fix) if remark(text, "id") == text and not text.startswith("salur ")]


def test_all_that_are_ready_are_fine_and_the_monitor_tells_what_it_compared(tmp_path: Path) -> None:
    with served("ledger") as ledger, served("monitor", salur_reconciliation_last_run_timestamp_seconds=2e9) as monitor:
        found = doctor(tmp_path, f"ledger={ledger},monitor={monitor}")
    assert [(one.name, one.state) for one in found] == [("Workers", "fine"), ("Reconciliation", "fine")]
