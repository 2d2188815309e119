"""A whole stack whose parts are hurt: each hurt is seen by readiness within a minute, and passes alone."""

import contextlib
import http.client
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest
from kafka import KafkaProducer

from consumers.tables.reader import read_tables
from deploy import running
from deploy.demo import catalogue
from deploy.monitoring.local_prometheus import prometheus
from models import metrics, tables
from models.topics import changelog
from tests.consumers.ledger.desk import masks
from tests.deploy.monitoring.alert_cases import CASES
from tests.deploy.test_stack import EVENTS, Running

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(300)]

SEEN_SECONDS = 60.0
"""So soon a hurt must be seen."""


@pytest.fixture(name="stack", scope="module")
def _stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    stack = Running(tmp_path_factory.mktemp("health"))
    stack.up()
    published = stack.salur("publish", "--wait", "--json", *(EVENTS / name for name in catalogue.published()))
    assert published.code == 0, published.err
    yield stack
    assert stack.stop() == 0


def described(stack: Running) -> running.RunningStack:
    found = running.read(stack.folder)
    assert found is not None
    return found


def get(url: str) -> tuple[int, str]:
    """Return status and body, status 0 if there is no answer."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except (OSError, http.client.HTTPException):
        return 0, ""


def url_of(stack: Running, worker: str, path: str = "/metrics") -> str:
    """Return the address of a page of a worker, waiting for it: another test may have had the worker started again."""
    found: list[str] = []

    def look() -> bool:
        found[:] = [url for url in described(stack).metrics_urls if f'salur_worker_start_timestamp_seconds{{worker="{worker}"}}' in get(url)[1]]
        return bool(found)

    within(SEEN_SECONDS, look, f"a page of {worker}")
    return found[0].removesuffix("/metrics") + path


def within(seconds: float, condition: Callable[[], Any], what: str) -> float:
    """Poll until it holds and return how long that took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, f"not within {seconds} s: {what}"
        time.sleep(0.2)
    return time.monotonic() - began


def metric(stack: Running, worker: str, sample: str) -> float | None:
    page = get(url_of(stack, worker))[1]
    return next((float(line.rsplit(" ", 1)[1]) for line in page.splitlines() if line.startswith(sample)), None)


def test_every_process_serves_its_page_and_is_ready(stack: Running) -> None:
    for worker in ("ledger", "tallies", "web", "monitor"):
        within(30, lambda worker=worker: get(url_of(stack, worker, "/readyz"))[0] == 200, f"{worker} is ready")  # type: ignore[misc]  # bound now
        assert get(url_of(stack, worker, "/livez"))[0] == get(url_of(stack, worker, "/startupz"))[0] == 200


@pytest.mark.debian
def test_promtool_finds_no_fault_with_the_pages_of_a_stack(stack: Running, promtool: str) -> None:
    for url in described(stack).metrics_urls:
        done = subprocess.run([promtool, "check", "metrics"], input=get(url)[1], capture_output=True, text=True, timeout=60, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_what_was_published_is_counted_timed_and_reconciled(stack: Running) -> None:
    within(60, lambda: metric(stack, "monitor", "salur_ledger_entries "), "the monitor has looked at what was booked")
    # A worker counts from its start, and another test may have had it started again.
    (stack.folder / "counted.jsonl").write_text(json.dumps(masks("counted")) + "\n")
    published = stack.salur("publish", "--wait", stack.folder / "counted.jsonl")
    assert published.code == 0, published.err
    within(60, lambda: metric(stack, "tallies", "salur_tally_entries_total "), "the entry was counted")
    entries = metric(stack, "tallies", "salur_tally_entries_total ")
    assert metric(stack, "tallies", "salur_event_end_to_end_seconds_count ") == entries, "each entry is timed once"
    within(60, lambda: metric(stack, "monitor", 'salur_reconciliation_booking{scope="log"}'), "the log was compared")
    page = get(url_of(stack, "monitor"))[1]
    differences = [line for line in page.splitlines() if line.startswith(metrics.DIFFERENCE.name + "{")]
    assert len(differences) == 4
    assert all(line.endswith(" 0.0") for line in differences)
    assert 'salur_delivered{destination="MY",measure="distributed",programme="bantuan-pmi",unit="package"}' in page


@pytest.mark.debian
@pytest.mark.skipif(shutil.which("prometheus") is None, reason="prometheus is not installed (Debian package prometheus)")
def test_a_local_prometheus_scrapes_every_process_and_knows_every_rule(stack: Running) -> None:
    urls = described(stack).metrics_urls
    with prometheus(stack.folder, urls) as address:
        within(60, lambda: up(address) == {urlsplit(url).netloc: "1" for url in urls}, "every process is scraped")
        groups = json.loads(get(f"{address}/api/v1/rules")[1])["data"]["groups"]
        assert sum(len(group["rules"]) for group in groups) == len(CASES)
        assert not [rule["name"] for group in groups for rule in group["rules"] if rule["state"] == "firing" and rule["labels"]["severity"] == "page"]


def up(address: str) -> dict[str, str]:
    """Return who was scraped, and whether that went well."""
    answer = json.loads(get(f"{address}/api/v1/query?query=up")[1])
    return {one["metric"]["instance"]: one["value"][1] for one in answer["data"]["result"]}


def test_requests_are_timed_by_route_and_a_made_up_path_is_no_label(stack: Running) -> None:
    web = described(stack).web_url
    assert get(f"{web}/readyz")[0] == 200
    assert get(f"{web}/nik-3201234567890001")[0] == 404
    page = get(url_of(stack, "web"))[1]
    assert 'salur_http_request_seconds_count{method="GET",route="/readyz",status="2xx"}' in page
    assert 'salur_http_request_seconds_count{method="GET",route="other",status="4xx"}' in page
    assert "nik-" not in page


def test_a_stopped_worker_is_seen_and_started_again_and_nothing_is_lost(stack: Running) -> None:
    within(SEEN_SECONDS, lambda: get(url_of(stack, "tallies", "/readyz"))[0] == 200, "ready, whatever another test did to it")
    before = described(stack)
    address = url_of(stack, "tallies", "/readyz")
    os.kill(before.processes["tallies-1"], signal.SIGSTOP)
    seen = within(SEEN_SECONDS, lambda: get(address)[0] != 200, "readiness is false")
    replaced = within(SEEN_SECONDS - seen, lambda: described(stack).processes.get("tallies-1") not in {None, before.processes["tallies-1"]}, "started again")
    within(SEEN_SECONDS, lambda: get(address)[0] == 200, "ready again")
    assert seen + replaced < SEEN_SECONDS
    assert stack.salur("reconcile", "--json").json["equal"]
    assert described(stack).metrics_urls == before.metrics_urls, "a process keeps its port"


def test_a_difference_of_one_planted_in_the_ledger_or_a_table_is_found_and_named_within_a_minute(stack: Running) -> None:
    address = url_of(stack, "monitor")
    cell = "table_name = 'distributions' AND measure = 'distributed' AND item = 'sembako'"
    with sqlite3.connect(stack.folder / "ledger.sqlite", timeout=30) as ledger:
        (number, steps) = ledger.execute(f"SELECT cell, steps FROM cells WHERE {cell} LIMIT 1").fetchone()
        ledger.execute("UPDATE cells SET steps = ? WHERE cell = ?", (str(int(steps) + 1), number))
    within(SEEN_SECONDS, lambda: differing(address) >= {"ledger-history", "ledger-decisions"}, "the ledger contradicts itself")
    named = (stack.folder / "logs" / "monitor.log").read_text()
    assert '"item": "sembako"' in named
    with sqlite3.connect(stack.folder / "ledger.sqlite", timeout=30) as ledger:
        ledger.execute("UPDATE cells SET steps = ? WHERE cell = ?", (steps, number))
    within(SEEN_SECONDS, lambda: not differing(address), "the ledger is as it was")

    servers = described(stack).bootstrap_servers
    (table, key), stored = next((where, one) for where, one in read_tables(servers).tallies.items() if where[0] == "disbursements")
    first, *others = stored.value.cells
    wrong = msgspec.structs.replace(stored.value, cells=[first._replace(steps=str(int(first.steps) + 1)), *others])
    with contextlib.closing(KafkaProducer(bootstrap_servers=servers, max_request_size=2**24)) as producer:
        for value, wanted in ((wrong, {"table-ledger"}), (stored.value, set())):
            producer.send(changelog(table), key=key.encode(), value=tables.encode(value), partition=stored.partition).get(timeout=10)
            within(SEEN_SECONDS, lambda wanted=wanted: differing(address) == wanted, f"differences are {wanted}")  # type: ignore[misc]  # bound now


def test_a_silent_broker_is_seen_and_passes_alone(stack: Running) -> None:
    addresses = [url_of(stack, worker, "/readyz") for worker in ("ledger", "monitor")]
    before = described(stack).processes
    os.kill(before["kafka"], signal.SIGSTOP)
    try:
        within(SEEN_SECONDS, lambda: all(get(address)[0] == 503 for address in addresses), "readiness is false")
        assert "Kafka does not answer" in json.loads(get(addresses[0])[1])["why"]
    finally:
        os.kill(before["kafka"], signal.SIGCONT)
    within(SEEN_SECONDS, lambda: all(get(address)[0] == 200 for address in addresses), "ready again")
    assert stack.salur("reconcile", "--json").json["equal"]


def differing(address: str) -> set[str]:
    """Return the sides that differ now."""
    lines = [line for line in get(address)[1].splitlines() if line.startswith(metrics.DIFFERENCE.name + "{")]
    return {line.split('between="')[1].split('"')[0] for line in lines if not line.endswith(" 0.0")}


def test_a_locked_database_is_seen_and_passes_alone(stack: Running) -> None:
    address = url_of(stack, "ledger", "/readyz")
    pid = described(stack).processes["ledger-1"]
    with sqlite3.connect(stack.folder / "ledger.sqlite", isolation_level=None) as lock:
        lock.execute("BEGIN IMMEDIATE")
        within(SEEN_SECONDS, lambda: get(address)[0] == 503, "readiness is false")
        assert "the database has not taken a booking" in json.loads(get(address)[1])["why"][0]
        assert get(address.replace("readyz", "livez"))[0] == 200, "starting it again would not help"
        lock.execute("ROLLBACK")
    lock.close()
    within(SEEN_SECONDS, lambda: get(address)[0] == 200, "ready again")
    assert described(stack).processes["ledger-1"] == pid
