"""The intake under load on a whole stack of its own: ``python -m tests.load`` (ten minutes, 200 clients, the broker stopped for a minute in the middle).

Ends with 1 if a promise was broken, something was counted twice, or an answer was given that should not be.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import psutil

from consumers.database import open_for_reading
from consumers.verdicts import size
from deploy import running
from tests.deploy.test_stack import Running
from tests.load import findings
from tests.load.clients import PARTNER, percentiles

DRAIN_SECONDS = 600.0
PARTITIONS = 4
ALLOWED = {"202", "503", "0"}
"""A receipt, or that it is not known; 0 is a connection that broke."""


def main() -> int:
    """Run, print one JSON object, and say whether everything held."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--clients", type=int, default=200)
    words.add_argument("--seconds", type=float, default=600)
    words.add_argument("--rate", type=float, default=1000, help="events a second in all; 0 for as many as go")
    words.add_argument("--batch", type=int, default=1, help="events in each request")
    words.add_argument("--outage", type=float, default=60, help="for so many seconds the broker stands still, in the middle; 0 for not at all")
    words.add_argument("--kill", action="store_true", help="kill the broker in the middle instead")
    given = words.parse_args()
    with tempfile.TemporaryDirectory(prefix="salur-load-") as folder:
        stack = Running(Path(folder) / "stack", SALUR_WEB_REQUESTS_PER_SECOND="1000000")
        stack.up()
        try:
            report = measure(stack, Path(folder), given)
        finally:
            stack.stop()
    print(json.dumps(report, indent=1))
    return 0 if report["holds"] else 1


def measure(stack: Running, folder: Path, given: argparse.Namespace) -> dict[str, Any]:
    """Load a stack, hurt its broker, wait until everything is counted, and look."""
    described = running.read(stack.folder)
    assert described is not None
    processes = {name: psutil.Process(pid) for name, pid in described.processes.items()}
    before = {name: sum(process.cpu_times()[:2]) for name, process in processes.items()}
    hurting = threading.Thread(target=_hurt, args=(processes["kafka"].pid, given))
    hurting.start()
    sent = _send(stack, folder, str(described.web_url), given)
    hurting.join()
    spent = {name: sum(process.cpu_times()[:2]) - before[name] for name, process in processes.items() if process.is_running()}
    promised = findings.promises(folder / "promises")
    drained = _drained(stack, described.database_url, len(promised))
    found = findings.found(described.database_url, promised)
    calm = _undisturbed(promised, given)
    seconds = findings.seconds_to_tables(described.database_url, str(described.bootstrap_servers), partitions=PARTITIONS, promised=calm)
    reconciled = _is_equal(stack)
    statuses = set(sent["statuses"])
    return {
        "clients": given.clients,
        "batch": given.batch,
        **sent,
        "events_promised": found.promised,
        "events_per_second": round(found.promised / sent["seconds"]),
        "lost": len(found.lost),
        "twice": len(found.twice),
        "repeats_in_kafka": found.duplicates,
        "publish_to_tables": {**percentiles(seconds), "events": len(seconds)},
        "drained_after_seconds": drained,
        "table_ledger_log_equal": reconciled,
        "processor_us_per_event": {name: round(cpu / max(found.promised, 1) * 1e6, 1) for name, cpu in sorted(spent.items())},
        "holds": not found.lost and not found.twice and reconciled and statuses <= ALLOWED and not sent["without_retry_after"],
    }


def _hurt(kafka: int, given: argparse.Namespace) -> None:
    """Stop the broker in the middle of the run, or kill it."""
    if not given.outage:
        return
    time.sleep(max(0.0, (given.seconds - given.outage) / 2))
    if given.kill:
        os.kill(kafka, signal.SIGKILL)
        return
    os.kill(kafka, signal.SIGSTOP)
    time.sleep(given.outage)
    os.kill(kafka, signal.SIGCONT)


def _send(stack: Running, folder: Path, web_url: str, given: argparse.Namespace) -> dict[str, Any]:
    host, _, port = web_url.removeprefix("http://").partition(":")
    stack.salur("partner", "add", PARTNER)
    token = str(stack.salur("partner", "token", PARTNER, "--json").json["token"])
    words = {"host": host, "port": port, "token": token, "clients": given.clients, "rate": given.rate, "batch": given.batch, "seconds": given.seconds}
    flat = [part for name, value in words.items() for part in (f"--{name}", str(value))]
    command = [sys.executable, "-m", "tests.load.clients", "--promises", str(folder / "promises"), *flat]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _undisturbed(promised: list[findings.Promise], given: argparse.Namespace) -> list[findings.Promise]:
    """Return the promises of events that were sent before the broker was hurt: how long the others took says how long it was."""
    if not given.outage or not promised:
        return promised
    until = min(one.sent_at for one in promised) + (given.seconds - given.outage) / 2 - 1
    return [one for one in promised if one.promised_at < until]


def _drained(stack: Running, database_url: str, promised: int) -> float:
    """Wait until the ledger has booked everything and the tables have it; returns for how long."""
    began = time.monotonic()
    while not _has(database_url, promised) or not _is_equal(stack):
        if time.monotonic() - began > DRAIN_SECONDS:
            sys.stderr.write(f"not drained after {DRAIN_SECONDS:.0f} s\n")
            break
        time.sleep(1)
    return round(time.monotonic() - began, 1)


def _is_equal(stack: Running) -> bool:
    """Tell whether table, ledger and log say the same: each event of the whole log is read for that."""
    command = [sys.executable, "-m", "deploy.cli.main", "reconcile"]
    return subprocess.run(command, env=stack.environment, capture_output=True, timeout=DRAIN_SECONDS, check=False).returncode == 0


def _has(database_url: str, promised: int) -> bool:
    engine = open_for_reading(database_url)
    with engine.connect() as connection:
        booked = size(connection)
    engine.dispose()
    return booked >= promised


if __name__ == "__main__":
    sys.exit(main())
