"""The whole stack by its commands, on a real Kafka: what goes in comes out exactly, also after it was killed.

One stack serves the tests of a module that do not hurt it; each that does starts its own.
"""

import contextlib
import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from deploy import holding, running
from deploy.demo import catalogue
from tests.conftest import _fresh_database
from tests.streams.stage import wait_until

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(300)]

EVENTS = Path(catalogue.__file__).with_name("events")
START_SECONDS = 120
COMMAND_SECONDS = 120


@dataclasses.dataclass(frozen=True)
class Done:
    """A finished command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Running:
    """`salur up` on a folder, in a process group of its own, and the other commands against it."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.environment = {**plain_environment(), "SALUR_DATA": str(folder), **environment}
        self._up: subprocess.Popen[bytes] | None = None

    def up(self, *words: str) -> None:
        self.folder.mkdir(exist_ok=True)
        with (self.folder / "up.out").open("ab") as output:
            self._up = subprocess.Popen([*SALUR, "up", *words], env=self.environment, stdout=output, stderr=output, start_new_session=True)
        deadline = time.monotonic() + START_SECONDS
        while running.read(self.folder) is None:
            assert self._up.poll() is None, (self.folder / "up.out").read_text()
            assert time.monotonic() < deadline, (self.folder / "up.out").read_text()
            time.sleep(0.1)

    def kill(self) -> None:
        """End the whole process group at once, as a power switch would end the machine's processes."""
        assert self._up is not None
        children = psutil.Process(self._up.pid).children(recursive=True)
        os.killpg(self._up.pid, signal.SIGKILL)
        self._up.wait()
        psutil.wait_procs(children, timeout=20)
        running.withdraw(self.folder)

    def stop(self) -> int:
        assert self._up is not None
        if self._up.poll() is None:
            self._up.send_signal(signal.SIGTERM)
        return self._up.wait(timeout=60)

    def salur(self, *words: object) -> Done:
        done = subprocess.run([*SALUR, *map(str, words)], env=self.environment, capture_output=True, text=True, timeout=COMMAND_SECONDS, check=False)
        return Done(done.returncode, done.stdout, done.stderr)


def plain_environment() -> dict[str, str]:
    """Return the environment without settings, but for where Kafka's files come from."""
    kept = ("SALUR_CACHE_DIR", "SALUR_MAVEN_MIRROR")
    return {name: value for name, value in os.environ.items() if not name.startswith("SALUR_") or name in kept}


SALUR = [sys.executable, "-m", "deploy.cli.main"]
NOT_ACCEPTED = {"duplicate": 2, "conflict": 1, "rejected": 7, "held": 0}
ACCEPTED = sum(map(len, catalogue.stages())) - sum(NOT_ACCEPTED.values())
"""Of the demonstration's events."""


@pytest.fixture(scope="module")
def demo_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Give a stack on which the demonstration was published."""
    stack = Running(tmp_path_factory.mktemp("stack"))
    stack.up()
    # The registrations come first in the same command: what uses a new code waits until the code is booked.
    names = [*catalogue.published(), catalogue.REGISTRATIONS, *catalogue.simulated()]
    published = stack.salur("publish", "--wait", "--json", *(EVENTS / name for name in names))
    assert published.json["counts"] == {"accepted": ACCEPTED, **NOT_ACCEPTED, "unknown": 0}
    yield stack
    assert stack.stop() == 0


def figures(stack: Running, *words: str) -> dict[tuple[str, str, str], str]:
    answer = stack.salur("tally", "--json", "--by", "programme", *words)
    assert answer.code == 0, answer.err
    return {(row["programme"], row["measure"], row["unit"]): row["quantity"] for row in answer.json["rows"]}


@pytest.mark.parametrize("source", ["ledger", "tables"])
def test_both_sums_come_to_the_published_figures(demo_stack: Running, source: str) -> None:
    found = figures(demo_stack, "--source", source)
    assert found["jps-tkm", "assisted", "group"] == "1985"
    assert found["jps-tkm", "recipients", "person"] == "39700"
    assert found["jps-padat-karya", "assisted", "group"] == "1091"
    assert found["jps-padat-karya", "recipients", "person"] == "21820"
    assert found["bsu", "confirmed", "payment"] == "24513632"
    assert found["bsu", "confirmed", "IDR"] == "29416358400000"
    assert found["blk-produksi", "produced", "litre"] == "8500"
    assert found["bantuan-pmi", "recipients", "person"] == "239675"
    assert found["bantuan-pmi", "distributed", "package"] == "109168"
    parts = [demo_stack.salur("tally", "--json", "--total", "--programme", "perluasan-kesempatan-kerja", "--source", source)]
    assert parts[0].json["total"]["quantity"] == "327013"


def test_the_sum_of_persons_and_packages_is_refused_with_both_units(demo_stack: Running) -> None:
    answer = demo_stack.salur("tally", "--total", "--programme", "bantuan-pmi", "--destination", "MY", "--measure", "distributed,recipients")
    assert answer.code == 1
    assert "239,675 person" in answer.err
    assert "109,168 package" in answer.err


def test_a_figure_opens_to_the_event_that_made_it(demo_stack: Running) -> None:
    answer = demo_stack.salur("explain", "--json", "--programme", "bsu", "--tranche", "2", "--measure", "confirmed")
    assert answer.json["adds_up"] is True
    [event] = answer.json["events"]
    assert (event["id"], event["topic"], event["disposition"]) == ("bsu-2020-t2", "aid.events.v1", "accepted")


def test_table_ledger_and_log_are_equal(demo_stack: Running) -> None:
    answer = demo_stack.salur("reconcile", "--json")
    assert (answer.code, answer.json["equal"], answer.json["differences"]) == (0, True, [])
    assert "table = ledger = log at booking" in demo_stack.salur("reconcile", "--lang", "en").out


def test_sending_a_file_again_changes_nothing(demo_stack: Running) -> None:
    before = figures(demo_stack)
    again = demo_stack.salur("publish", "--wait", "--json", EVENTS / "bsu-2020.jsonl")
    assert (again.code, again.json["counts"]["duplicate"]) == (0, 2)
    assert figures(demo_stack) == before


def test_a_refused_line_is_told_with_its_reason_and_the_closest_code(demo_stack: Running, tmp_path: Path) -> None:
    event = json.loads(catalogue.lines("jps-tkm.jsonl")[0].value)
    event["id"], event["data"]["programme"] = "typo", "jps-tkn"
    (tmp_path / "typo.jsonl").write_text(f"\n{json.dumps(event)}\n")
    answer = demo_stack.salur("publish", "--wait", "--json", tmp_path / "typo.jsonl")
    assert answer.code == 1
    [result] = answer.json["results"]
    assert (result["line"], result["disposition"], result["reasons"][0]["code"]) == (2, "rejected", "rjct.unknown_programme")
    assert result["reasons"][0]["closest"] == "jps-tkm"


def test_rejected_records_are_listed_and_explained(demo_stack: Running) -> None:
    listed = demo_stack.salur("rejected", "list", "--json", "--partner", "simulasi-hong-kong").json
    assert {record["id"]: record["reasons"][0]["code"] for record in listed} == {
        "sim-hk-tolak-barang": "rjct.unknown_item",
        "sim-hk-tolak-waktu": "rjct.time_in_future",
    }
    unknown_item = next(record for record in listed if record["id"] == "sim-hk-tolak-barang")
    explained = demo_stack.salur("rejected", "explain", unknown_item["decision"], "--lang", "id")
    assert explained.code == 0
    assert "mungkin maksud Anda masker?" in explained.out


def test_the_doctor_finds_everything_fine(demo_stack: Running) -> None:
    answer = demo_stack.salur("doctor", "--json")
    assert (answer.code, answer.json["fine"]) == (0, True), answer.out


def test_a_second_stack_on_the_same_folder_is_refused(demo_stack: Running) -> None:
    answer = demo_stack.salur("up")
    assert answer.code == 1
    assert "runs on" in answer.err


def test_the_topics_are_as_declared(demo_stack: Running) -> None:
    answer = demo_stack.salur("topics", "--json")
    assert answer.code == 0
    assert {topic["status"] for topic in answer.json} == {"fine"}


def test_rebuilt_tables_say_the_same_as_before(demo_stack: Running) -> None:
    before = figures(demo_stack, "--source", "tables", "--simulated")
    rebuilt = demo_stack.salur("rebuild", "--json")
    assert (rebuilt.code, rebuilt.json) == (0, {"rebuilt": True})
    assert figures(demo_stack, "--source", "tables", "--simulated") == before
    assert demo_stack.salur("reconcile").code == 0


def test_nothing_compares_a_ledger_that_is_made_anew(demo_stack: Running) -> None:
    """Half of it differs from the log, which is nothing to alarm anybody about."""

    def names() -> set[str]:
        return set(json.loads((demo_stack.folder / "salur.json").read_text())["processes"])

    def said_of_workers() -> list[str]:
        return [one["state"] for one in demo_stack.salur("doctor", "--json").json["checks"] if one["check"] == "Workers"]

    with holding.held(demo_stack.folder, "ledger"):
        wait_until(lambda: not {"ledger-1", "monitor"} & names(), seconds=60, what="ledger worker and monitor rest")
        assert {"web", "tallies-1"} <= names()
        assert said_of_workers() == ["notice"], "who rests because a command asked for it is not missed"
    wait_until(lambda: said_of_workers() == ["fine"], seconds=60, what="both go on")


def test_the_live_view_says_that_its_worker_was_killed_and_the_same_figures_come_back(demo_stack: Running) -> None:
    described = running.read(demo_stack.folder)
    assert described is not None
    key = "MY|bantuan-pmi|sembako|distributed|package|"
    with httpx.stream("GET", f"{described.web_url}/en/live?by=destination,programme,item", timeout=60) as answer:
        view = LiveView(answer)
        view.read_until(lambda: key in view.figures)
        shown = view.figures[key]
        assert (shown["quantity"], shown["events"], shown["words"]) == ("109,168", "1", "= ledger")
        view.read_until(lambda: "table = ledger = log at booking" in view.badge["text"])
        os.kill(described.processes["tallies-1"], signal.SIGKILL)
        view.read_until(lambda: view.badge["kind"] == "stale")
        assert "nobody keeps the tables" in view.badge["text"]
        view.read_until(lambda: view.badge["kind"] == "supported")
        assert (view.live["kind"], "table = ledger" in view.badge["text"]) == ("supported", True)
    page = httpx.get(f"{described.web_url}/en/").text
    assert f'data-key="{key}"' in page
    assert "= ledger" in page
    assert demo_stack.salur("reconcile", "--json").json["equal"] is True


class LiveView:
    """What a page of the live view shows: of everything what was told last, for nothing is told twice."""

    def __init__(self, answer: httpx.Response) -> None:
        self.figures: dict[str, Any] = {}
        self.badge: dict[str, str] = {}
        self.live: dict[str, str] = {}
        self._lines = answer.iter_lines()

    def read_until(self, is_shown: Callable[[], bool]) -> None:
        """Read on, for as long as a comparison of a busy machine rests (twenty times as long as it took)."""
        deadline, name = time.monotonic() + 200, ""
        while not is_shown():
            assert time.monotonic() < deadline, f"it still shows {self.badge} and {self.live}"
            line = next(self._lines)
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                self._show(name, json.loads(line.removeprefix("data: ")))

    def _show(self, name: str, told: Any) -> None:
        if name == "state":
            self.badge, self.live = told["badge"], told["live"]
        else:
            self.figures |= told["figures"]


def test_a_stack_killed_in_mid_load_goes_on_where_it_was(tmp_path: Path) -> None:
    stack = Running(tmp_path / "stack")
    load = tmp_path / "load.jsonl"
    event = json.loads(catalogue.lines("jps-tkm.jsonl")[0].value)
    load.write_text("".join(json.dumps({**event, "id": f"load-{number}"}) + "\n" for number in range(5000)))
    stack.up()
    publishing = subprocess.Popen([*SALUR, "publish", str(load)], env=stack.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while stack.salur("tally", "--json").json["intake"]["received"] < 500:
        assert time.monotonic() < deadline
    stack.kill()
    publishing.kill()
    publishing.wait()
    stack.up()
    # What was not acknowledged is sent again with the same ids: nothing is lost and nothing counts twice.
    stack.salur("publish", "--wait", load)
    assert figures(stack)["jps-tkm", "assisted", "group"] == str(5000 * 1985)
    assert stack.salur("reconcile", "--json").json["equal"] is True
    assert stack.stop() == 0


def test_a_worker_that_ends_is_started_again_and_the_operator_is_told(tmp_path: Path) -> None:
    stack = Running(tmp_path / "stack")
    stack.up()
    before = running.read(stack.folder)
    assert before is not None
    for name in ("ledger-1", "tallies-1"):
        os.kill(before.processes[name], signal.SIGKILL)
    deadline = time.monotonic() + 60
    while (
        (now := running.read(stack.folder)) is None
        or not {"ledger-1", "tallies-1"} <= set(now.processes)
        or set(now.processes.values()) & {before.processes["ledger-1"], before.processes["tallies-1"]}
    ):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert stack.salur("publish", "--wait", EVENTS / "jps-tkm.jsonl").code == 0
    assert "ledger-1" in (stack.folder / "up.out").read_text()
    assert stack.stop() == 0


def test_a_lost_ledger_is_made_again_to_the_same_root(tmp_path: Path) -> None:
    stack = Running(tmp_path / "stack")
    stack.up()
    stack.salur("publish", "--wait", EVENTS / "jps-tkm.jsonl", EVENTS / "bsu-2020.jsonl")
    before = figures(stack)
    assert stack.stop() == 0
    for file in stack.folder.glob("ledger.sqlite*"):
        file.unlink()
    refused = stack.salur("up")
    assert refused.code == 1
    assert "salur rebuild --ledger" in refused.err
    rebuilt = stack.salur("rebuild", "--ledger", "--json")
    assert rebuilt.code == 0, rebuilt.err
    assert (rebuilt.json["decisions"], len(rebuilt.json["root"])) == (3, 64)
    # The tables too, while nothing runs: the next start folds them.
    assert stack.salur("rebuild", "--json").json == {"rebuilt": False}
    stack.up()
    assert figures(stack) == before
    assert stack.salur("reconcile", "--json").json["equal"] is True
    assert stack.stop() == 0


@pytest.mark.postgres
def test_a_ledger_in_postgresql_says_the_same_with_two_workers_of_each_kind(postgres_url: str, tmp_path: Path) -> None:
    with contextlib.contextmanager(_fresh_database)(postgres_url) as url:
        stack = Running(tmp_path / "stack", SALUR_DATABASE_URL=url, SALUR_LEDGER_WORKERS="2", SALUR_TALLY_WORKERS="2")
        stack.up()
        # Found through the folder, as every other command does.
        del stack.environment["SALUR_DATABASE_URL"]
        stack.salur("publish", "--wait", *(EVENTS / name for name in catalogue.published()))
        assert figures(stack)["bsu", "confirmed", "IDR"] == "29416358400000"
        assert stack.salur("reconcile", "--json").json["equal"] is True
        assert stack.stop() == 0


def test_the_demonstration_ends_with_its_tallies_and_equal_sums() -> None:
    done = subprocess.run([*SALUR, "demo", "--once", "--json"], env=plain_environment(), capture_output=True, text=True, timeout=COMMAND_SECONDS, check=False)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["intake"] == {"received": ACCEPTED + 10, "accepted": ACCEPTED, **NOT_ACCEPTED}
    assert {row["quantity"] for row in answer["rows"] if row["programme"] == "jps-tkm"} == {"1985", "39700"}
    assert "table = ledger = log at booking" in done.stderr
