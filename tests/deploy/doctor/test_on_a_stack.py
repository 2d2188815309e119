"""Operators before a running stack: they mend what was refused, see how it is, and learn from the doctor what is wrong with it."""

import contextlib
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy import running
from tests.consumers.ledger.desk import masks, registered, reversal
from tests.deploy.test_stack import EVENTS, SALUR, Running

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(400)]

SEEN_SECONDS = 60.0


@pytest.fixture(name="stack", scope="module")
def _stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    stack = Running(tmp_path_factory.mktemp("operators"))
    stack.up()
    assert stack.salur("publish", "--wait", EVENTS / "jps-tkm.jsonl").code == 0
    yield stack
    assert stack.stop() == 0


def within(seconds: float, holds: Callable[[], Any], what: str) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.3)


def described(stack: Running) -> running.RunningStack:
    found = running.read(stack.folder)
    assert found is not None
    return found


def publish(stack: Running, *events: object) -> list[dict[str, Any]]:
    """Send events and return the verdicts that are not simply accepted."""
    path = stack.folder / "sent.jsonl"
    path.write_text("".join(json.dumps(event) + "\n" for event in events))
    return list(stack.salur("publish", "--wait", "--json", path).json["results"])


def found(stack: Running, check: str) -> list[dict[str, Any]]:
    return [one for one in stack.salur("doctor", "--json").json["checks"] if one["check"] == check]


def test_refused_events_are_mended_sent_again_and_counted_once_also_by_one_who_is_killed(stack: Running, tmp_path: Path) -> None:
    code = {"programme": "bantuan-baru"}
    refused = publish(stack, *(masks(f"desk-{number}", data=code) for number in range(3)), masks("desk-bad", -1), reversal("desk-r", "desk-bad"))
    assert [one["disposition"] for one in refused] == ["rejected"] * 4 + ["held"]
    assert publish(stack, registered("desk-code", "programme", {"code": "bantuan-baru", "start": "2020-01-01", "parent": "bantuan-pmi"})) == []

    words = ("rejected", "resend", "--code", "rjct.unknown_programme", "--why", "kode sudah didaftarkan")
    killing = {**stack.environment, "SALUR_CRASH_POINT": "mid_rejected_replay:1", "SALUR_CRASH_LOG": str(tmp_path / "crashes")}
    killed = subprocess.run([*SALUR, *words], env=killing, capture_output=True, timeout=60, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert (tmp_path / "crashes").read_text().split()[0] == "mid_rejected_replay"
    finished = stack.salur("rejected", "finish", "--wait", "--json")
    assert finished.code == 0, finished.err

    [bad] = stack.salur("rejected", "list", "--code", "rjct.quantity_invalid", "--json").json
    fixed = stack.salur("rejected", "fix", bad["decision"], "--set", "/data/lines/0/quantity=7", "--why", "mitra: tujuh", "--wait", "--json")
    assert fixed.json["sent"][0]["disposition"] == "accepted", fixed.err
    within(30, lambda: stack.salur("rejected", "held", "--json").json == [], "what waited for it was released")
    rows = stack.salur("tally", "--json", "--programme", "bantuan-baru", "--measure", "distributed").json["rows"]
    assert [row["quantity"] for row in rows] == ["300"]
    assert stack.salur("rejected", "list", "--open", "--json").json == []
    assert stack.salur("reconcile", "--json").json["equal"] is True


def test_the_status_says_that_all_is_well_and_who_was_heard_of(stack: Running) -> None:
    within(SEEN_SECONDS, lambda: stack.salur("status", "--json").code == 0, "all is well")
    status = stack.salur("status", "--json").json
    assert [process["name"] for process in status["processes"]] == ["ledger-1", "monitor", "tallies-1", "web"]
    within(SEEN_SECONDS, lambda: stack.salur("status", "--json").json["reconciled_seconds_ago"] is not None, "it was reconciled")
    assert {one["group"] for one in stack.salur("status", "--json").json["lags"]} == {"salur-ledger", "salur"}
    with urllib.request.urlopen(f"{described(stack).web_url}/id/status", timeout=30) as page:
        assert b"Semuanya baik." in page.read()
    shown = stack.salur("status", "--lang", "id").out
    assert "Semuanya baik." in shown
    assert "kemnaker" in shown


def test_a_worker_that_is_stopped_is_named_by_doctor_and_status(stack: Running) -> None:
    pid = described(stack).processes["tallies-1"]
    os.kill(pid, signal.SIGSTOP)
    try:
        named = [one["found"] for one in found(stack, "Workers")]
        assert named == [f"tallies-1 (process {pid}) does not answer: it is stopped or hangs"]
        status = stack.salur("status", "--json")
        assert (status.code, next(one["state"] for one in status.json["processes"] if one["name"] == "tallies-1")) == (1, "silent")
    finally:
        os.kill(pid, signal.SIGCONT)
    within(SEEN_SECONDS, lambda: stack.salur("status").code == 0, "it is well again")


def test_a_worker_that_dies_again_and_again_is_named(stack: Running) -> None:
    def named() -> bool:
        pid = described(stack).processes.get("ledger-1")
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return any("ledger-1" in one["found"] and one["state"] == "wrong" for one in found(stack, "Workers"))

    within(SEEN_SECONDS, named, "the doctor names it")
    within(SEEN_SECONDS, lambda: stack.salur("status").code == 0, "it is well again")


def test_a_broker_that_hangs_is_named_and_what_stands_on_it_is_not_looked_at(stack: Running) -> None:
    pid = described(stack).processes["kafka"]
    os.kill(pid, signal.SIGSTOP)
    try:
        answer = stack.salur("doctor", "--json")
        states = {one["check"]: one for one in answer.json["checks"]}
        assert states["Broker"]["state"] == "unreachable"
        assert "a broker that hangs" in states["Broker"]["found"]
        assert {states[name]["state"] for name in ("Topics", "History", "Workers", "Booking", "Tables")} == {"unknown"}
        assert states["Database"]["state"] == "fine"
        assert answer.code == 3
    finally:
        os.kill(pid, signal.SIGCONT)
    within(SEEN_SECONDS, lambda: stack.salur("status").code == 0, "it is well again")


def test_a_difference_of_one_is_named_and_so_is_a_ledger_that_is_locked(stack: Running) -> None:
    publish(stack, masks("planted"))
    cell = "table_name = 'distributions' AND measure = 'distributed' AND item = 'masker'"
    with sqlite3.connect(stack.folder / "ledger.sqlite", timeout=30) as ledger:
        (number, steps) = ledger.execute(f"SELECT cell, steps FROM cells WHERE {cell} LIMIT 1").fetchone()
        ledger.execute("UPDATE cells SET steps = ? WHERE cell = ?", (str(int(steps) + 1), number))
    within(SEEN_SECONDS, lambda: any("differ by 1 piece" in one["found"] for one in found(stack, "Reconciliation")), "the doctor names it")
    with sqlite3.connect(stack.folder / "ledger.sqlite", timeout=30) as ledger:
        ledger.execute("UPDATE cells SET steps = ? WHERE cell = ?", (steps, number))
    with contextlib.closing(sqlite3.connect(stack.folder / "ledger.sqlite", isolation_level=None)) as lock:
        lock.execute("BEGIN IMMEDIATE")
        (writing,) = found(stack, "Writing")
        assert (writing["state"], "database is locked" in writing["found"]) == ("wrong", True)
    within(SEEN_SECONDS, lambda: stack.salur("status").code == 0, "it is well again")


def test_systemd_would_hear_from_a_real_worker_that_it_is_ready_and_lives(stack: Running, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(SEEN_SECONDS)
        addresses = {"SALUR_BOOTSTRAP_SERVERS": described(stack).bootstrap_servers, "SALUR_DATABASE_URL": described(stack).database_url}
        environment = {**stack.environment, **addresses, "NOTIFY_SOCKET": str(tmp_path / "notify")}
        worker = subprocess.Popen([sys.executable, "-m", "deploy.workers.monitor"], env=environment, stderr=subprocess.DEVNULL)
        try:
            heard: set[str] = set()
            while not {"READY=1", "WATCHDOG=1", "STATUS=ready"} <= heard:
                heard |= set(listening.recv(4096).decode().split("\n"))
        finally:
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(20) == 0


def test_a_stack_that_was_killed_is_named_by_what_it_left(tmp_path: Path) -> None:
    stack = Running(tmp_path / "data")
    stack.up()
    left = (stack.folder / running.FILE).read_bytes()
    stack.kill()
    (stack.folder / running.FILE).write_bytes(left)
    checks = {one["check"]: one for one in stack.salur("doctor", "--json").json["checks"]}
    assert checks["Broker"]["state"] == "unreachable"
    assert stack.salur("status").code == 3
