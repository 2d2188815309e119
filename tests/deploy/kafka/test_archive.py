"""The class archive makes a start quicker, and never makes it fail."""

import fcntl
import os
from pathlib import Path

import pytest

from deploy.kafka import archive, jars, java
from deploy.kafka.broker import LocalBroker
from tests.conftest import SETTINGS, new_broker

pytestmark = pytest.mark.kafka
VERSION = jars.locked().kafka_version


@pytest.fixture
def class_path(tmp_path: Path) -> tuple[Path, ...]:
    """Give the jars under other names, so that the archive of the real cache is not touched."""
    new_broker(tmp_path / "unused")  # skips where there are no jars
    real = jars.fetch(jars.locked(), cache=SETTINGS.cache_dir, mirror=SETTINGS.maven_mirror)
    (tmp_path / "jars").mkdir()
    for jar in real:
        (tmp_path / "jars" / jar.name).symlink_to(jar)
    return tuple(tmp_path / "jars" / jar.name for jar in real)


@pytest.mark.slow
def test_it_is_made_once_and_used_and_a_damaged_one_does_no_harm(tmp_path: Path, class_path: tuple[Path, ...]) -> None:
    found = java.find(os.environ)
    assert archive.find(found, class_path=class_path) is None

    made = archive.make(found, class_path=class_path, kafka_version=VERSION)

    assert made is not None
    assert archive.find(found, class_path=class_path) == made
    assert not list(made.parent.glob("*.part"))
    written = made.stat().st_mtime_ns
    assert archive.make(found, class_path=class_path, kafka_version=VERSION) == made
    assert made.stat().st_mtime_ns == written

    made.chmod(0o600)
    made.write_bytes(b"no archive")
    with LocalBroker(tmp_path / "kafka", class_path=class_path, kafka_version=VERSION, java=found, archive=made) as broker:
        assert broker.answers()


def test_while_another_process_makes_it_nobody_waits(class_path: tuple[Path, ...]) -> None:
    found = java.find(os.environ)
    with archive._path(found, class_path).with_suffix(".lock").open("a") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        assert archive.make(found, class_path=class_path, kafka_version=VERSION) is None


def test_a_failure_is_logged_and_nothing_else(class_path: tuple[Path, ...], caplog: pytest.LogCaptureFixture) -> None:
    broken = java.Java(executable=Path("/bin/false"), version=17, origin="PATH")
    assert archive.make(broken, class_path=class_path, kafka_version=VERSION) is None
    assert "it starts more slowly" in caplog.text
