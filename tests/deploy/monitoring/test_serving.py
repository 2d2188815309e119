"""What a process serves: its metrics by their declarations, and health that says why not."""

import json
import queue
import socket
import struct
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
from prometheus_client.parser import text_string_to_metric_families

from consumers.ledger.progress import LedgerProgress, PublisherProgress
from deploy.monitoring import server
from deploy.monitoring.health import LIVE_SECONDS, Health
from deploy.monitoring.instruments import Instruments, observe_many
from deploy.monitoring.ledger_side import LedgerCounters, ledger_health
from deploy.monitoring.tallies_side import TallyHistograms, read_progress, tallies_health
from models import metrics
from models.entries import PartnerActivity
from models.errors import ConfigurationError, LogTruncated
from models.metrics import Reading
from streams.progress import PartitionProgress, Progress


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Reader:
    """Stands for the source of a ledger worker."""

    def __init__(self) -> None:
        self.is_assigned = True
        self.is_heard = True
        self.halted: dict[tuple[str, int], LogTruncated] = {}


def samples(instruments: Instruments) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    families = text_string_to_metric_families(instruments.page().decode())
    return {(sample.name, frozenset(sample.labels.items())): sample.value for family in families for sample in family.samples}


def value(instruments: Instruments, name: str, **labels: str) -> float | None:
    return samples(instruments).get((name, frozenset(labels.items())))


def ask(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(server.url(port, path), timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_many_observations_at_once_are_as_many_one_by_one() -> None:
    one_by_one, at_once = Instruments("a"), Instruments("a")
    for seconds, count in ((0.04, 3), (0.05, 1), (7.0, 500), (1e9, 2), (3.0, 0)):
        for _ in range(count):
            one_by_one.histogram(metrics.END_TO_END).observe(seconds)
        observe_many(at_once.histogram(metrics.END_TO_END), seconds, count)
    drop = {"salur_worker_start_timestamp_seconds"}
    assert {key: number for key, number in samples(at_once).items() if key[0] not in drop} == pytest.approx(
        {key: number for key, number in samples(one_by_one).items() if key[0] not in drop}
    )


def test_every_exported_name_is_declared() -> None:
    instruments = Instruments("ledger")
    LedgerCounters(instruments)
    TallyHistograms(instruments)
    read_progress(instruments, Progress(partitions={0: PartitionProgress()}))
    declared = {metric.name.removesuffix("_total") for metric in metrics.ALL}
    assert {family.name for family in text_string_to_metric_families(instruments.page().decode())} <= declared


def test_a_label_that_is_not_declared_is_refused() -> None:
    counter = Instruments("ledger").counter(metrics.DISPOSITIONS)
    with pytest.raises(ValueError, match="label names"):
        counter.labels(disposition="accepted", event="4711")


def test_bookings_are_counted_by_what_became_of_events_and_where_they_came_in() -> None:
    instruments = Instruments("ledger")
    counters = LedgerCounters(instruments)
    counts = {"accepted": 2, "held": -1, "received": 1, "rejected": 1}
    counters.booked(seconds=0.003, arrivals={("aid.events.v1", "invalid"): 4}, partners=[PartnerActivity("kemlu", counts, 0, 0)])  # type: ignore[arg-type]  # a Counter is a dict
    assert value(instruments, "salur_events_received_total", channel="aid.events.v1", type="invalid") == 4
    assert value(instruments, "salur_dispositions_total", disposition="accepted", partner="kemlu") == 2
    assert value(instruments, "salur_dispositions_total", disposition="rejected", partner="kemlu") == 1
    assert value(instruments, "salur_dispositions_total", disposition="held", partner="kemlu") is None, "leaving held is no decision"
    assert value(instruments, "salur_ledger_bookings_total") == 1
    assert value(instruments, "salur_ledger_commit_seconds_bucket", le="0.005") == 1


def test_a_ledger_worker_says_what_it_waits_for() -> None:
    clock, source, publisher = Clock(), Reader(), PublisherProgress()
    progress = LedgerProgress(clock=clock)
    health = ledger_health(progress, publisher, source)  # type: ignore[arg-type]  # as much of a source as is asked
    health._clock = clock
    assert health.started() == ["the ledger has not been opened yet"]
    progress.has_booked = True
    assert health.ready() == []
    progress.waits_for = "the ledger's database did not answer: locked"
    assert health.ready() == [progress.waits_for]
    assert health.started() == [], "what was ready once has started"
    progress.waits_for = ""
    progress.booking_since = clock.now
    clock.now += 300
    assert health.live() == [], "waiting for a lock is no hanging loop"
    assert health.ready() == ["the database has not taken a booking for 300 s"]
    progress.booking_since = None
    assert health.live() == ["the loop has not turned for 300 s"]
    progress.turn()
    publisher.waits_for = "Kafka does not acknowledge"
    source.halted["aid.events.v1", 3] = LogTruncated("aid.events.v1[3]: 5 offsets were thrown away")
    assert [why.split(":")[0] for why in health.ready()] == ["the publisher waits", "halted"]
    source.is_heard = False
    assert "Kafka does not answer" in health.ready()
    source.is_assigned = False
    assert "Kafka has not assigned partitions yet" in health.ready()


def test_a_tallies_worker_is_ready_once_recovered_and_while_it_makes_progress() -> None:
    progress = Progress()
    health = tallies_health(progress)
    assert health.ready() == ["Kafka has not assigned partitions yet"]
    progress.ready = True
    assert health.ready() == []
    progress.stalled_seconds = 21.0
    progress.partitions[0] = PartitionProgress(end_offset=7)
    assert health.ready() == ["nothing was applied for 21 s with 7 records to go"]
    progress.stalled_seconds = 0.0
    progress.partitions[0].refolding = True
    assert health.ready() == ["partition 0 is being counted anew"]


@pytest.fixture(name="blocked")
def _blocked() -> Iterator[tuple[list[str], int]]:
    problems: list[str] = ["waits"]
    instruments = Instruments("test")
    serving = server.serve(instruments, Health(turned_at=lambda: 0.0, obstacles=lambda: problems, clock=lambda: LIVE_SECONDS), port=0)
    yield problems, serving.server_port
    serving.shutdown()
    serving.server_close()


def test_health_is_served_with_reasons_beside_the_metrics(blocked: tuple[list[str], int]) -> None:
    problems, port = blocked
    assert ask(port, "/livez") == (200, '{"ok": true, "why": []}\n')
    status, body = ask(port, "/readyz")
    assert (status, json.loads(body)) == (503, {"ok": False, "why": ["waits"]})
    assert ask(port, "/startupz")[0] == 503
    assert 'salur_worker_ready{worker="test"} 0.0' in ask(port, "/metrics")[1]
    problems.clear()
    assert ask(port, "/readyz")[0] == ask(port, "/startupz")[0] == 200
    assert 'salur_worker_ready{worker="test"} 1.0' in ask(port, "/metrics")[1]
    assert ask(port, "/")[0] == 404


def test_who_asks_and_does_not_wait_for_the_answer_leaves_nothing_in_the_log(capfd: pytest.CaptureFixture[str]) -> None:
    instruments, gone, asked = Instruments("test"), threading.Event(), queue.SimpleQueue[threading.Thread]()

    def reading() -> Iterator[Reading]:
        asked.put(threading.current_thread())
        gone.wait(5)
        yield Reading(metrics.REBALANCES, (), 1)

    instruments.read_at_scrape(reading)
    serving = server.serve(instruments, Health(turned_at=lambda: 0.0, obstacles=list), port=0)
    with socket.create_connection((server.HOST, serving.server_port)) as client:
        client.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
        thread = asked.get(timeout=5)
        # Closing now resets the connection, so that the first byte of the answer is refused.
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    gone.set()
    thread.join(5)
    serving.shutdown()
    serving.server_close()
    assert capfd.readouterr() == ("", "")


def test_a_port_that_is_none_is_refused_and_none_serves_nothing() -> None:
    health = Health(turned_at=lambda: 0.0, obstacles=list)
    assert server.serve_if_asked({}, Instruments("a"), health) is None
    with pytest.raises(ConfigurationError, match="SALUR_METRICS_PORT"):
        server.serve_if_asked({server.PORT_VARIABLE: "http"}, Instruments("a"), health)


@pytest.mark.debian
def test_promtool_finds_no_fault_with_a_page_of_every_metric(promtool: str) -> None:
    instruments = Instruments("all")
    for metric in metrics.ALL:
        labels = tuple("x" for _ in metric.labels)
        if metric.kind == "histogram":
            histogram = instruments.histogram(metric)
            (histogram.labels(*labels) if labels else histogram).observe(0.2)
        elif metric not in {metrics.BUILD_INFO, metrics.WORKER_STARTED}:
            instruments.read_at_scrape(lambda metric=metric, labels=labels: (Reading(metric, labels, 1.0),))  # type: ignore[misc]  # bound now
    done = subprocess.run([promtool, "check", "metrics"], input=instruments.page(), capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
