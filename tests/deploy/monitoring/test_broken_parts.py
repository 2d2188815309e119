"""A whole stack whose insides break: a blocked event loop, an agent with a mistake in it, a killed broker, a full disk.

Each is seen by readiness within a minute, passes alone once its cause is gone, and loses nothing. A stopped worker, a silent
broker and a locked database are in ``test_stack_health``; a database locked for five minutes, which is too long for here, is
``python -m tests.alerts --only "a locked database"``.
"""

import contextlib
import json
import os
import signal
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.alerts.breaking import Breaking
from tests.chaos import disk
from tests.chaos.disk import SmallDisk
from tests.consumers.ledger.desk import masks
from tests.deploy.monitoring.test_stack_health import SEEN_SECONDS, described, get, url_of, within
from tests.deploy.test_stack import Running

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(400)]

_SMALL_BYTES = 1 << 30


class Broken:
    """A stack, what can be broken in it, and how many masks were sent to it."""

    def __init__(self, folder: Path, small: SmallDisk | None) -> None:
        self.breaking = Breaking(folder / "broken")
        self.small = small
        self._folder = folder
        self.stack = Running((small.folder if small else folder) / "data", **self.breaking.environment)
        self._sent = 0

    def publish(self) -> None:
        """Publish ten events, of one mask each, and wait for none of them."""
        lines = [json.dumps(masks(f"broken-{self._sent + number}", 1)) + "\n" for number in range(10)]
        path = self._folder / "events.jsonl"
        path.write_text("".join(lines))
        # Whoever gets no answer sends the same again: an event that had arrived is a duplicate.
        within(SEEN_SECONDS, lambda: self.stack.salur("publish", path).code == 0, "the events are taken")
        self._sent += 10

    def nothing_is_lost(self) -> None:
        """Wait until all that was sent is counted, by all three sums."""

        def counted() -> bool:
            tally = self.stack.salur("tally", "--json", "--source", "tables", "--programme", "bantuan-pmi", "--measure", "distributed")
            return tally.code == 0 and [row["quantity"] for row in tally.json["rows"]] == [str(self._sent)]

        within(2 * SEEN_SECONDS, counted, f"{self._sent} masks are in the tables")
        assert self.stack.salur("reconcile", "--json").json["equal"]


@pytest.fixture(name="broken", scope="module")
def _broken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broken]:
    folder = tmp_path_factory.mktemp("broken")
    with contextlib.ExitStack() as parts:
        small = None if disk.why_not() else parts.enter_context(SmallDisk(folder / "disk", size_bytes=_SMALL_BYTES))
        broken = Broken(folder, small)
        broken.stack.up()
        yield broken
        assert broken.stack.stop() == 0


def test_blocked_event_loops_are_seen_and_their_processes_started_again(broken: Broken) -> None:
    stack = broken.stack
    addresses = {worker: url_of(stack, worker, "/readyz") for worker in ("ledger", "tallies", "web")}
    within(SEEN_SECONDS, lambda: all_ready(addresses.values()), "ready, whatever another test did to it")
    blocked = {name: pid for name, pid in described(stack).processes.items() if name.startswith(tuple(addresses))}
    assert len(blocked) == len(addresses)
    for pid in blocked.values():
        os.kill(pid, signal.SIGUSR2)
    broken.publish()

    seen = within(SEEN_SECONDS, lambda: all(get(address)[0] != 200 for address in addresses.values()), "no readiness is true")
    within(SEEN_SECONDS - seen, lambda: not blocked.items() & described(stack).processes.items(), "each is ended")
    within(SEEN_SECONDS, lambda: blocked.keys() <= described(stack).processes.keys() and all_ready(addresses.values()), "ready again")
    broken.nothing_is_lost()


def test_an_agent_with_a_mistake_in_it_is_no_healthy_idle_worker(broken: Broken) -> None:
    stack = broken.stack
    address = url_of(stack, "tallies", "/readyz")
    log = stack.folder / "logs" / "tallies-1.log"
    with broken.breaking.broken("streams.tallies"):
        os.kill(described(stack).processes["tallies-1"], signal.SIGKILL)
        broken.publish()
        within(SEEN_SECONDS, lambda: "streams.tallies has a mistake in it" in log.read_text(), "its log names the module")
        assert get(address)[0] == 0, "nobody says that it is well"
        assert stack.salur("doctor").code == 1
    within(SEEN_SECONDS, lambda: get(address)[0] == 200, "ready again, without anybody's help")
    broken.nothing_is_lost()


def test_a_killed_broker_is_started_again(broken: Broken) -> None:
    stack = broken.stack
    address = url_of(stack, "ledger", "/readyz")
    before = described(stack).processes["kafka"]
    os.kill(before, signal.SIGKILL)
    within(SEEN_SECONDS, lambda: described(stack).processes.get("kafka") not in {None, before}, "started again")
    within(SEEN_SECONDS, lambda: get(address)[0] == 200, "ready again")
    broken.publish()
    broken.nothing_is_lost()


@pytest.mark.mounts
def test_a_full_disk_is_seen_said_and_passes_alone(broken: Broken) -> None:
    stack, small = broken.stack, broken.small
    if small is None:
        pytest.skip(f"no file system of its own can be had: {disk.why_not()}")
    broken.publish()
    broken.nothing_is_lost()
    addresses = [url_of(stack, worker, "/readyz") for worker in ("ledger", "web")]
    up = described(stack).processes["salur"]
    os.kill(described(stack).processes["tallies-1"], signal.SIGKILL)
    small.fill()
    try:
        within(SEEN_SECONDS, lambda: _refused(stack, small), "an event is not promised")
        within(SEEN_SECONDS, lambda: any(get(address)[0] != 200 for address in addresses), "readiness is false")
        # A figure is shown only if the read log takes its line, and that lies on the same disk.
        figures = stack.salur("tally", "--json", "--programme", "bantuan-pmi")
        assert figures.code == 0 or (figures.code == 3 and "has space" in figures.err), figures.err
    finally:
        small.free()
    within(2 * SEEN_SECONDS, lambda: all_ready(addresses), "ready again, without anybody's help")
    assert described(stack).processes["salur"] == up
    broken.publish()
    broken.nothing_is_lost()


def _refused(stack: Running, small: SmallDisk) -> bool:
    """Send an event to Kafka directly, with nothing left on the disk; tell whether it was refused."""
    small.fill()
    path = small.folder.parent / "one.jsonl"
    path.write_text(json.dumps(masks("broken-0", 1)) + "\n")
    return stack.salur("publish", path).code != 0


def all_ready(addresses: Iterable[str]) -> bool:
    return all(get(address)[0] == 200 for address in addresses)
