"""A whole stack with a Prometheus beside it, on which conditions are caused and runbooks followed."""

import contextlib
import http.client
import json
import os
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import quote

from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient

from deploy import running
from deploy.monitoring.local_prometheus import prometheus
from deploy.running import RunningStack
from tests.alerts.diary import Diary
from tests.deploy.test_stack import Done, Running

POLL_SECONDS: Final = 0.5
EVERY_SECONDS: Final = 2
"""So often Prometheus looks, in these runs."""


class NotSeen(AssertionError):
    """An alert did not fire, or did not clear, in the time it has."""


class Stage:
    """Two tallies' workers, everything else once; nothing seals unless it is told to."""

    def __init__(self, folder: Path, rules: Path, diary: Diary) -> None:
        self.folder = folder / "data"
        self.diary = diary
        self.kafka_folder = self.folder / "kafka"
        self._rules = rules
        self._stack = Running(self.folder, SALUR_TALLY_WORKERS="2", SALUR_WEB_ACKNOWLEDGE_SECONDS="3")
        self._parts = contextlib.ExitStack()
        self._address = ""
        self._files = 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # --- the stack

    def start(self) -> None:
        """Start the stack, and Prometheus on what it remembers."""
        self._stack.up("--seal-every", "0")
        self.watch()

    def watch(self) -> None:
        """Start Prometheus, again if it runs already: it is told only then which processes there are."""
        self._parts.close()
        self._address = self._parts.enter_context(prometheus(self.folder, self.described.metrics_urls, rules=self._rules, every_seconds=EVERY_SECONDS))

    def stop(self) -> None:
        """Stop both in order."""
        self._stack.stop()
        # Prometheus has to see that they are gone: what it last heard of them would else count for five minutes more.
        if self._address:
            self.until(lambda: not self.value("sum(up)"), 30, "Prometheus sees that nobody runs")
        self._parts.close()
        self._address = ""

    @property
    def described(self) -> RunningStack:
        """The stack's addresses and processes."""
        found = running.read(self.folder)
        assert found is not None
        return found

    def salur(self, *words: object, code: int | Sequence[int] = 0) -> Done:
        """Run a command, as its runbook says it; it must end with this code."""
        self.diary.note("  $ salur " + " ".join(str(word).replace(str(self.folder.parent), "…") for word in words))
        done = self._stack.salur(*words)
        assert done.code in ([code] if isinstance(code, int) else code), f"salur {words}: exit code {done.code}\n{done.out}\n{done.err}"
        return done

    def publish(self, *events: dict[str, Any], wait: bool = True) -> None:
        """Publish events with the command, whatever their verdict."""
        self._files += 1
        path = self.folder.parent / f"events-{self._files}.jsonl"
        path.write_text("".join(json.dumps(event) + "\n" for event in events))
        done = self._stack.salur("publish", *(["--wait"] if wait else []), path)
        assert done.code in {0, 1}, done.err

    def pid(self, name: str) -> int:
        """Return the process id of a process that runs, waiting for it."""
        found: list[int] = []

        def look() -> bool:
            found[:] = [pid for known, pid in self.described.processes.items() if known == name]
            return bool(found)

        self.until(look, 60, f"{name} runs")
        return found[0]

    def signal(self, name: str, number: signal.Signals) -> None:
        """Send a signal to a process."""
        os.kill(self.pid(name), number)

    @contextlib.contextmanager
    def stopped(self, name: str) -> Iterator[None]:
        """Stop a process (SIGSTOP) inside the block."""
        # The addresses are a moment older than the processes: one that has just ended has another id.
        for _ in range(20):
            pid = self.pid(name)
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)
                break
            time.sleep(POLL_SECONDS)
        try:
            yield
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    def set_topic(self, topic: str, **values: str) -> None:
        """Change settings of a topic."""
        admin = KafkaAdminClient(bootstrap_servers=self.described.bootstrap_servers)
        try:
            admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, configs={name.replace("_", "."): value for name, value in values.items()})])
        finally:
            admin.close()

    def ready(self, worker: str) -> tuple[int, str]:
        """Ask the processes of a kind whether they are ready; return the worst status and what they say."""
        return max(self._asked_ready(worker), default=(0, "nobody answers"))

    def ready_processes(self, worker: str) -> int:
        """Return how many processes of a kind are ready now."""
        return sum(status == 200 for status, _ in self._asked_ready(worker))

    def _asked_ready(self, worker: str) -> list[tuple[int, str]]:
        urls = [url for url in self.described.metrics_urls if f'salur_worker_start_timestamp_seconds{{worker="{worker}"}}' in get(url)[1]]
        return [get(url.removesuffix("/metrics") + "/readyz") for url in urls]

    # --- what Prometheus says

    def firing(self) -> dict[str, list[dict[str, str]]]:
        """Return the alerts that fire now, with their labels."""
        found: dict[str, list[dict[str, str]]] = {}
        for alert in json.loads(get(f"{self._address}/api/v1/alerts")[1] or '{"data": {"alerts": []}}')["data"]["alerts"]:
            if alert["state"] == "firing":
                found.setdefault(alert["labels"]["alertname"], []).append(alert["labels"])
        return found

    def value(self, query: str) -> float | None:
        """Return the first value of a query, None without one."""
        answer = json.loads(get(f"{self._address}/api/v1/query?query={quote(query)}")[1])
        return float(answer["data"]["result"][0]["value"][1]) if answer["data"]["result"] else None

    def fires(self, *alerts: str, within: float, **labels: str) -> None:
        """Wait until each of these fires, with these labels."""
        self._wait_for(alerts, within, lambda alert, firing: _is_among(labels, firing.get(alert, [])), self.diary.note_fired, "does not fire")

    def clears(self, *alerts: str, within: float, **labels: str) -> None:
        """Wait until none of these fires any more, with these labels."""
        self._wait_for(alerts, within, lambda alert, firing: not _is_among(labels, firing.get(alert, [])), self.diary.note_cleared, "still fires")

    def everything_is_there(self) -> None:
        """Wait until all that was sent is in the tables, and compare table, ledger and log."""
        self.until(lambda: self._stack.salur("reconcile", "--json").code == 0, 180, "table = ledger = log")
        self.diary.note("  nothing is lost: table = ledger = log")

    def until(self, holds: Callable[[], Any], seconds: float, what: str) -> None:
        """Wait until something holds."""
        deadline = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > deadline:
                raise NotSeen(f"not within {seconds:.0f} s: {what}")
            time.sleep(POLL_SECONDS)

    def _wait_for(
        self, alerts: Sequence[str], within: float, holds: Callable[[str, dict[str, list[dict[str, str]]]], bool], note: Callable[[str], None], why: str
    ) -> None:
        began, left = time.monotonic(), list(alerts)
        while left:
            firing = self.firing()
            for alert in [alert for alert in left if holds(alert, firing)]:
                left.remove(alert)
                note(alert)
            if left and time.monotonic() - began > within:
                raise NotSeen(f"{', '.join(left)} {why} within {within:.0f} s; firing: {', '.join(sorted(firing))}")
            time.sleep(POLL_SECONDS)


def _is_among(labels: dict[str, str], firing: list[dict[str, str]]) -> bool:
    return any(labels.items() <= found.items() for found in firing)


def get(url: str, *, timeout: float = 5.0) -> tuple[int, str]:
    """Return status and body, status 0 if there is no answer."""
    try:
        with urllib.request.urlopen(url, timeout=timeout) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except (OSError, http.client.HTTPException):
        return 0, ""
