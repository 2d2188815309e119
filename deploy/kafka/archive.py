"""The class archive of the local Kafka: its classes, parsed and checked once, so that each later start takes half the time.

An archive is one file per Java and jar list in the cache folder; it may be deleted at any time. The Java machine
itself refuses one that does not fit, and then starts as it would without.
"""

import fcntl
import hashlib
import logging
import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from deploy.kafka.broker import LocalBroker
from deploy.kafka.java import Java
from models.errors import SalurError

DUMP_SECONDS: Final = 120.0

log: Final = logging.getLogger(__name__)


def find(java: Java, *, class_path: Sequence[Path]) -> Path | None:
    """Return the archive for this Java and these jars, or None if none was made yet."""
    path = _path(java, class_path)
    return path if path.exists() else None


def make(java: Java, *, class_path: Sequence[Path], kafka_version: str) -> Path | None:
    """Make the archive, in about ten seconds: a node is run once in a temporary folder to see what it loads.

    Only a gain in time is at stake, so a failure is logged and None is returned; also when another process makes it now.
    """
    path = _path(java, class_path)
    try:
        with path.with_suffix(".lock").open("a") as turn, tempfile.TemporaryDirectory(prefix="salur-kafka-") as scratch:
            fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not path.exists():
                _make(path, java, class_path=class_path, kafka_version=kafka_version, scratch=Path(scratch))
    except BlockingIOError:
        return None
    except (OSError, SalurError, subprocess.SubprocessError) as error:
        log.warning("the class archive of the local Kafka was not made, it starts more slowly: %s", error)
        return None
    return path


def _make(path: Path, java: Java, *, class_path: Sequence[Path], kafka_version: str, scratch: Path) -> None:
    classes = scratch / "classes.txt"
    with LocalBroker(scratch / "node", class_path=class_path, kafka_version=kafka_version, java=java, jvm_flags=(f"-XX:DumpLoadedClassList={classes}",)):
        pass  # what it loads until it answers, and while it stops, is what the archive is for
    # Made under another name, and beside the final one: a reader sees all of it or nothing.
    part = path.with_suffix(f".{os.getpid()}.part")
    command = [str(java.executable), "-Xshare:dump", "-XX:+UseSerialGC", "-Xlog:disable", f"-XX:SharedClassListFile={classes}"]
    words = [f"-XX:SharedArchiveFile={part}", "-cp", os.pathsep.join(map(str, class_path))]
    try:
        subprocess.run([*command, *words], check=True, capture_output=True, timeout=DUMP_SECONDS)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _path(java: Java, class_path: Sequence[Path]) -> Path:
    """Name the archive by all that the Java machine compares: itself, and place, size and time of every jar."""
    digest = hashlib.sha256(f"{java.executable.resolve()}\n{java.version}\n{_changed(java.executable)}".encode())
    for jar in class_path:
        digest.update(f"\n{jar}\n{_changed(jar)}".encode())
    return class_path[0].parent / f"classes-{digest.hexdigest()[:16]}.jsa"


def _changed(file: Path) -> tuple[int, int]:
    found = file.stat()
    return found.st_size, found.st_mtime_ns
