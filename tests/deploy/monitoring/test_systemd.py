"""What systemd is told, and that the units start what is there with settings that are known."""

import configparser
import importlib.util
import re
import shlex
import shutil
import socket
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]  # comes with the validator of the intake's description

import deploy
from deploy import settings
from deploy.monitoring.health import Health
from deploy.monitoring.systemd import Notifier
from tests.deploy.cli.conftest import Salur, salur

__all__ = ["salur"]

FOLDER = Path(deploy.__file__).with_name("systemd")
UNITS = sorted(path for path in FOLDER.glob("*.service") if "Type=notify" in path.read_text(encoding="utf-8"))
ONCE = sorted(path for path in FOLDER.glob("*.service") if path not in UNITS)


@pytest.fixture(name="listening")
def _listening(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.setblocking(False)
        yield listening


def heard(listening: socket.socket) -> list[str]:
    try:
        return listening.recv(4096).decode().split("\n")
    except BlockingIOError:
        return []


def test_systemd_hears_that_a_worker_is_ready_once_and_that_it_lives_while_its_loop_turns(listening: socket.socket) -> None:
    problems, turned = ["Kafka has not assigned partitions yet"], [0.0]
    health = Health(turned_at=lambda: turned[0], obstacles=lambda: problems, clock=lambda: 10.0)
    notifier = Notifier(listening.getsockname(), health)
    notifier.tell()
    assert heard(listening) == ["WATCHDOG=1", "STATUS=Kafka has not assigned partitions yet"]
    problems.clear()
    notifier.tell()
    assert heard(listening) == ["WATCHDOG=1", "READY=1", "STATUS=ready"]
    problems.append("the database is locked\nand more")
    notifier.tell()
    assert heard(listening) == ["WATCHDOG=1", "STATUS=the database is locked"]
    turned[0] = -100.0
    notifier.tell()
    assert heard(listening) == []


def test_a_systemd_that_does_not_listen_ends_no_worker(tmp_path: Path) -> None:
    Notifier(str(tmp_path / "nobody"), Health(turned_at=lambda: 0.0, obstacles=list, clock=lambda: 0.0)).tell()
    Notifier("@salur-nobody", Health(turned_at=lambda: 0.0, obstacles=list, clock=lambda: 0.0)).tell()


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_a_unit_starts_a_worker_that_exists_and_waits_for_its_word(path: Path) -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # as configparser documents it
    unit.read_string(path.read_text(encoding="utf-8"))
    service = unit["Service"]
    module = service["ExecStart"].split(" -m ")[1]
    assert importlib.util.find_spec(module) is not None
    assert path.stem.rstrip("@") == f"salur-{module.rsplit('.', 1)[1]}"
    assert (service["Type"], service["Restart"], service["RestartPreventExitStatus"]) == ("notify", "always", "2")
    assert float(service["WatchdogSec"]) > 20
    names = re.findall(r"(SALUR_\w+)=", service.get("Environment", ""))
    assert {"SALUR_METRICS_PORT"} <= {*names} <= settings._known_variables()


def written(lines: Iterable[str]) -> dict[str, str]:
    """Read assignments as systemd and a shell both read them."""
    found = {}
    for line in lines:
        [assignment] = shlex.split(line)
        name, _, value = assignment.partition("=")
        found[name] = value
    return found


def test_the_settings_of_the_units_are_settings_also_those_that_are_left_to_their_default() -> None:
    lines = [line for line in (FOLDER / "salur.env").read_text(encoding="utf-8").splitlines() if line and not line.startswith("# ")]
    given = written(line for line in lines if not line.startswith("#"))
    assert settings.load(environment=given).partitions == 12
    offered = written(line.removeprefix("#") for line in lines)
    assert settings.load(environment=offered).smtp_port == 587
    assert {setting.variable for setting in settings._DECLARED.values()} <= offered.keys(), "an operator finds every setting here"


def test_the_web_process_asks_the_workers_of_the_tables_where_their_unit_puts_them() -> None:
    asked = re.search(r"^SALUR_TALLIES_READY_URLS=http://127\.0\.0\.1:(\d+)/readyz$", (FOLDER / "salur.env").read_text(encoding="utf-8"), re.MULTILINE)
    port = re.search(r"SALUR_METRICS_PORT=(\d+)%i", (FOLDER / "salur-tallies@.service").read_text(encoding="utf-8"))
    assert asked is not None
    assert port is not None
    assert asked[1] == f"{port[1]}1", "salur-tallies@1"
    assert "salur-tallies@1.service" in (FOLDER / "salur.target").read_text(encoding="utf-8")


def test_the_doctor_and_prometheus_ask_every_unit_where_it_listens() -> None:
    lines = [line for line in (FOLDER / "salur.env").read_text(encoding="utf-8").splitlines() if line.startswith("SALUR_")]
    asked = settings.worker_urls_of(written(lines)["SALUR_WORKER_URLS"])
    ports = {path.stem.removeprefix("salur-"): re.search(r"SALUR_METRICS_PORT=(\S+)", path.read_text(encoding="utf-8")) for path in UNITS}
    served = {f"{name.replace('@', '-1')}": f"http://127.0.0.1:{found[1].replace('%i', '1')}" for name, found in ports.items() if found is not None}
    assert asked == served
    [job] = yaml.safe_load((FOLDER / "prometheus.yaml").read_text(encoding="utf-8"))["scrape_configs"]
    assert job["job_name"] == "salur", "an alert asks for it"
    assert {f"http://{target}" for target in job["static_configs"][0]["targets"]} == set(served.values())


@pytest.mark.debian
def test_promtool_finds_no_fault_with_what_prometheus_is_told(tmp_path: Path, promtool: str) -> None:
    told = (FOLDER / "prometheus.yaml").read_text(encoding="utf-8")
    config = tmp_path / "prometheus.yaml"
    config.write_text(told.replace("/etc/prometheus/rules", str(FOLDER.parent / "monitoring" / "rules")))
    done = subprocess.run([promtool, "check", "config", config], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "rules found" in done.stdout


def test_the_target_wants_every_worker() -> None:
    wanted = set(re.findall(r"salur-(\w+)@?1?\.(?:service|timer)", (FOLDER / "salur.target").read_text(encoding="utf-8")))
    assert wanted == {path.stem.rstrip("@").removeprefix("salur-") for path in (*UNITS, *ONCE)}


@pytest.mark.parametrize("path", ONCE, ids=lambda path: path.stem)
def test_what_runs_once_runs_a_command_that_exists_and_is_begun_by_somebody(salur: Salur, path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    words = re.search(r"^ExecStart=/opt/salur/bin/(.*)$", text, re.MULTILINE)
    assert words is not None
    program, *rest = words[1].split()
    if program == "python":
        assert importlib.util.find_spec(f"{rest[1]}.__main__") is not None
    else:
        help_text = salur(rest[0], "--help").out
        assert all(word in help_text for word in rest if word.startswith("--"))
    assert path.with_suffix(".timer").exists() or "RemainAfterExit=true" in text


def test_every_unit_gives_up_the_same_rights() -> None:
    rights = [
        sorted(line for line in path.read_text(encoding="utf-8").splitlines() if re.match("(Protect|Private|NoNew|Restrict[AS]|Lock|Cap|UMask)", line))
        for path in (*UNITS, *ONCE)
    ]
    assert len(rights[0]) == 12
    assert all(one == rights[0] for one in rights)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed (Debian package systemd)")
def test_systemd_finds_no_fault_with_the_units(tmp_path: Path) -> None:
    for path in FOLDER.iterdir():
        text = path.read_text(encoding="utf-8")
        (tmp_path / path.name).write_text(text.replace("/opt/salur/bin/python", "/bin/true").replace("/opt/salur/bin/salur", "/bin/true"), encoding="utf-8")
    files = [str(tmp_path / path.name) for path in FOLDER.iterdir() if path.suffix in (".service", ".timer", ".target") and "@" not in path.name]
    done = subprocess.run(["systemd-analyze", "verify", *files], capture_output=True, text=True, timeout=60, check=False)
    mine = [line for line in (done.stdout + done.stderr).splitlines() if str(tmp_path) in line]
    assert mine == []
