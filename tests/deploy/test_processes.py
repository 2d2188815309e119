"""Children are started in order, restarted when they end, stopped in reverse, and never left behind."""

import io
import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from deploy import spawn
from deploy.processes import Child, Supervisor
from models.errors import ConfigurationError, Unreachable

DEADLINE_SECONDS = 20.0
SLEEPER = "import signal, sys, time; print('here', flush=True); signal.signal(signal.SIGTERM, lambda *_: sys.exit(0)); time.sleep(600)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"


def python(code: str) -> list[str]:
    return [sys.executable, "-I", "-S", "-c", code]


def until(condition: Callable[[], bool]) -> None:
    """Wait for a condition that other processes bring about."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def is_alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


@pytest.fixture
def output() -> io.BytesIO:
    return io.BytesIO()


@pytest.fixture
def supervise(output: io.BytesIO) -> Iterator[Callable[..., Supervisor]]:
    made: list[Supervisor] = []

    def make(*children: Child) -> Supervisor:
        made.append(Supervisor(children, output=output, first_pause_seconds=0.01, longest_pause_seconds=0.05))
        return made[-1]

    yield make
    for supervisor in made:
        supervisor.stop()


def test_lines_carry_the_name_of_their_child(supervise: Callable[..., Supervisor], output: io.BytesIO) -> None:
    supervise(
        Child(name="ledger", argv=python(SLEEPER)),
        Child(name="web", argv=python("print('{\"json\": 1}', flush=True); import time; time.sleep(600)"), passes_lines=True),
    ).start()

    until(lambda: output.getvalue().count(b"\n") == 2)
    assert sorted(output.getvalue().splitlines()) == [b"ledger | here", b'{"json": 1}']


def test_a_killed_child_is_started_again(supervise: Callable[..., Supervisor], output: io.BytesIO) -> None:
    supervisor = supervise(Child(name="ledger", argv=python(SLEEPER)), Child(name="web", argv=python(SLEEPER)))
    supervisor.start()
    ledger, web = supervisor.pid("ledger"), supervisor.pid("web")
    assert ledger is not None

    os.kill(ledger, signal.SIGKILL)

    until(lambda: supervisor.pid("ledger") not in (None, ledger))
    status, other = supervisor.status()
    assert (status.name, status.state, status.restarts, status.last_exit) == ("ledger", "running", 1, "killed by SIGKILL")
    assert (other.pid, other.restarts) == (web, 0)
    assert b"ledger | ended (killed by SIGKILL); starts again in 0.0 s" in output.getvalue()


def test_the_environment_is_asked_for_before_every_start(supervise: Callable[..., Supervisor], output: io.BytesIO) -> None:
    runs = itertools.count(1)
    supervisor = supervise(Child(name="one", argv=python("import os; print('run', os.environ['RUN'])"), env=lambda: {**os.environ, "RUN": str(next(runs))}))
    supervisor.start()

    until(lambda: b"one | run 3" in output.getvalue())
    assert b"one | run 1" in output.getvalue()


def test_a_child_is_not_started_again_before_its_obstacle_is_gone(supervise: Callable[..., Supervisor], output: io.BytesIO) -> None:
    obstacles = iter(["the disk is full", "the disk is full still", ""])
    supervisor = supervise(Child(name="one", argv=python("import time; time.sleep(60)"), obstacle=lambda: next(obstacles)))
    supervisor.start()
    supervisor.restart("one")
    until(lambda: supervisor.status()[0].starts == 2)
    said = [line.split(b"; ")[0] for line in output.getvalue().splitlines()]
    assert said[-2:] == [b"one | ended (cannot start: the disk is full)", b"one | ended (cannot start: the disk is full still)"]


def test_a_child_that_ends_at_once_waits_longer_each_time(output: io.BytesIO) -> None:
    supervisor = Supervisor([Child(name="one", argv=python(""))], output=output, first_pause_seconds=0.02, longest_pause_seconds=600)
    with supervisor:
        until(lambda: supervisor.status()[0].starts >= 5)
    pauses = [float(line.split()[-2]) for line in output.getvalue().splitlines()]
    assert pauses[3] >= 0.02 * 8 / 2 - 0.05
    assert pauses == sorted(pauses)


def test_a_child_whose_settings_are_wrong_is_not_started_again(supervise: Callable[..., Supervisor], output: io.BytesIO) -> None:
    supervisor = supervise(Child(name="one", argv=python("raise SystemExit(2)")))
    supervisor.start()

    refused = supervisor.wait_for_refusal(DEADLINE_SECONDS)

    assert refused is not None
    assert (refused.name, refused.starts, refused.last_exit) == ("one", 1, "exit code 2")
    assert b"its settings are wrong" in output.getvalue()


def test_each_child_waits_until_the_one_before_is_ready(supervise: Callable[..., Supervisor], tmp_path: Path) -> None:
    flag = tmp_path / "ready"
    write = f"import time; time.sleep(0.3); open({str(flag)!r}, 'w').close(); time.sleep(600)"
    fails_without = f"import os, time; assert os.path.exists({str(flag)!r}); time.sleep(600)"
    supervisor = supervise(Child(name="first", argv=python(write), ready=flag.exists), Child(name="second", argv=python(fails_without)))

    supervisor.start()

    assert [status.state for status in supervisor.status()] == ["running", "running"]
    assert supervisor.status()[1].restarts == 0


def test_if_one_is_never_ready_all_are_stopped_and_it_is_said(supervise: Callable[..., Supervisor]) -> None:
    pids: list[int] = []
    supervisor = supervise(
        Child(name="kafka", argv=python(SLEEPER), on_start=pids.append),
        Child(name="web", argv=python(SLEEPER), ready=lambda: False, ready_seconds=0.2, on_start=pids.append),
    )

    with pytest.raises(Unreachable, match="web is not ready after 0 s"):
        supervisor.start()

    assert len(pids) == 2
    assert not any(is_alive(pid) for pid in pids)


def test_one_that_refuses_while_it_is_waited_for_is_a_configuration_error(supervise: Callable[..., Supervisor]) -> None:
    with pytest.raises(ConfigurationError, match=r"web refused to start \(exit code 2\)"):
        supervise(Child(name="web", argv=python("raise SystemExit(2)"), ready=lambda: False)).start()


def test_they_are_stopped_in_reverse_order_and_the_deaf_one_is_killed(supervise: Callable[..., Supervisor], output: io.BytesIO) -> None:
    says_so = SLEEPER.replace("sys.exit(0)", "(print('bye', flush=True), sys.exit(0))")
    supervisor = supervise(
        Child(name="first", argv=python(says_so)), Child(name="deaf", argv=python(STUBBORN), grace_seconds=0.3), Child(name="last", argv=python(says_so))
    )
    supervisor.start()
    until(lambda: output.getvalue().count(b"\n") == 3)
    pids = [status.pid for status in supervisor.status()]

    supervisor.stop()

    assert [line for line in output.getvalue().splitlines() if b"bye" in line] == [b"last  | bye", b"first | bye"]
    assert [(status.state, status.pid) for status in supervisor.status()] == [("stopped", None)] * 3
    assert supervisor.status()[1].last_exit == "killed by SIGKILL"
    assert not any(is_alive(pid) for pid in pids if pid is not None)


def test_restarting_one_on_purpose_leaves_the_others_alone(supervise: Callable[..., Supervisor], output: io.BytesIO) -> None:
    supervisor = supervise(Child(name="one", argv=python(SLEEPER)), Child(name="two", argv=python(SLEEPER)))
    supervisor.start()
    until(lambda: output.getvalue().count(b"here") == 2)
    one, two = supervisor.pid("one"), supervisor.pid("two")

    supervisor.restart("one")

    until(lambda: supervisor.pid("one") not in (None, one))
    assert supervisor.pid("two") == two
    assert supervisor.status()[0].last_exit == "exit code 0"


def test_two_children_of_one_name_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="two children have one name"):
        Supervisor([Child(name="one", argv=["true"]), Child(name="one", argv=["true"])], output=io.BytesIO())


def test_a_very_long_line_is_cut_and_not_lost(supervise: Callable[..., Supervisor], output: io.BytesIO) -> None:
    supervise(Child(name="one", argv=python("import time; print('x' * 1_000_000, flush=True); time.sleep(600)"))).start()

    until(lambda: output.getvalue().count(b"x") == 1_000_000)
    assert max(len(line) for line in output.getvalue().splitlines()) < 70_000


def test_a_grandchild_that_holds_the_output_does_not_keep_its_parent_from_being_started_again(
    supervise: Callable[..., Supervisor], output: io.BytesIO, tmp_path: Path
) -> None:
    leaves_one_behind = f"import subprocess; child = subprocess.Popen({python('import time; time.sleep(60)')!r}); print(child.pid, flush=True)"
    supervisor = supervise(Child(name="one", argv=python(leaves_one_behind)))
    try:
        supervisor.start()
        until(lambda: supervisor.status()[0].starts >= 2)
    finally:
        supervisor.stop()
        for line in output.getvalue().splitlines():
            if line.split()[-1].isdigit():
                os.kill(int(line.split()[-1]), signal.SIGKILL)


def test_lines_go_to_a_log_file_where_there_is_one(supervise: Callable[..., Supervisor], output: io.BytesIO, tmp_path: Path) -> None:
    log = tmp_path / "broker.log"
    supervise(Child(name="kafka", argv=python(SLEEPER), log_file=log)).start()

    until(lambda: log.exists() and log.read_bytes() == b"here\n")
    assert output.getvalue() == b""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_no_child_outlives_a_supervisor_that_was_killed(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    parent = (
        "import sys, threading, time\n"
        "from pathlib import Path\n"
        "from deploy.processes import Child, Supervisor\n"
        f"child = Child(name='one', argv={python(STUBBORN)!r})\n"
        "supervisor = Supervisor([child], output=sys.stdout.buffer)\n"
        # Started in a thread that ends: the child must live on.
        "thread = threading.Thread(target=supervisor.start); thread.start(); thread.join()\n"
        f"Path({str(pids)!r}).write_text(str(supervisor.pid('one')))\n"
        "time.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == b"one | deaf\n"
        until(lambda: pids.exists() and bool(pids.read_text()))
        child = int(pids.read_text())
        assert is_alive(child)

        running.kill()

    until(lambda: not is_alive(child))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_a_program_that_is_not_there_ends_with_an_exit_code() -> None:
    child = spawn.spawn(["/no/such/program"], stderr=subprocess.DEVNULL)
    assert child.wait(DEADLINE_SECONDS) == 1


def test_a_log_file_is_bounded_and_the_old_one_is_kept(supervise: Callable[..., Supervisor], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("deploy.processes.KEEP_LOG_BYTES", 1_000)
    log = tmp_path / "one.log"
    supervise(
        Child(name="one", argv=python("import time\nfor n in range(100): print(f'line {n:03} ' + 'x' * 40, flush=True)\ntime.sleep(600)"), log_file=log)
    ).start()

    until(lambda: log.exists() and b"line 099" in log.read_bytes())
    assert log.stat().st_size < 1_100
    assert (tmp_path / "one.log.1").stat().st_size < 1_100
