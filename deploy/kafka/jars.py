"""The jars of the local Kafka: which they are (``jars.lock``), where they are kept, and how they get there.

A jar is used only if its bytes have the pinned SHA-256; they are checked at every start. How one file comes over
the network is ``deploy.kafka.download``; this module decides which are missing and takes turns with other processes.
"""

import dataclasses
import fcntl
import hashlib
import importlib.resources
import os
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from deploy.kafka import download
from models.errors import ConfigurationError

CACHE_VARIABLE: Final = "SALUR_CACHE_DIR"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Jar:
    """One pinned file; ``path`` is its path in a Maven repository."""

    path: str
    size_bytes: int
    sha256: str

    @property
    def name(self) -> str:
        """Return the file name."""
        return self.path.rpartition("/")[2]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class JarList:
    """All jars of one Kafka version, and the public repository that has them."""

    kafka_version: str
    repository: str
    jars: tuple[Jar, ...]

    @property
    def size_bytes(self) -> int:
        """Return the size of all jars together."""
        return sum(jar.size_bytes for jar in self.jars)


def locked() -> JarList:
    """Read the list that is shipped with this version of Salur."""
    text = importlib.resources.files("deploy.kafka").joinpath("jars.lock").read_text(encoding="utf-8")
    lock = tomllib.loads(text)
    jars = tuple(Jar(path=jar["path"], size_bytes=jar["size"], sha256=jar["sha256"]) for jar in lock["jar"])
    return JarList(kafka_version=lock["kafka_version"], repository=lock["repository"], jars=jars)


def fetch(jar_list: JarList, *, cache: Path, mirror: str | None = None, quiet: bool = False) -> tuple[Path, ...]:
    """Return the class path of Kafka, after fetching the jars that ``cache`` lacks.

    Only one process fetches at a time, others wait for it. Files are found in ``cache/kafka-<version>``; a file whose
    bytes are not the pinned ones is fetched anew. Raises Unreachable (no network and something is missing) and
    ConfigurationError (the repository has other bytes, the folder cannot be written, the disk is full).
    """
    folder = cache / f"kafka-{jar_list.kafka_version}"
    if missing_from(folder, jar_list):
        _make(folder)
        with _turn(folder / ".lock"):
            # Looked up again: the process that had the turn before may have fetched them all.
            if missing := missing_from(folder, jar_list):
                base = (mirror or jar_list.repository).rstrip("/")
                download.download_all(
                    [download.Pinned(f"{base}/{jar.path}", folder / jar.name, jar.size_bytes, jar.sha256) for jar in missing],
                    title=f"Apache Kafka {jar_list.kafka_version}",
                    quiet=quiet,
                )
    return tuple(folder / jar.name for jar in jar_list.jars)


def missing_from(folder: Path, jar_list: JarList) -> list[Jar]:
    """Return the jars that ``folder`` does not hold with the pinned bytes."""
    with ThreadPoolExecutor(max_workers=4) as readers:
        held = readers.map(lambda jar: _holds(folder / jar.name, jar), jar_list.jars)
        return [jar for jar, is_held in zip(jar_list.jars, held, strict=True) if not is_held]


def _holds(path: Path, jar: Jar) -> bool:
    try:
        if path.stat().st_size != jar.size_bytes:
            return False
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == jar.sha256
    except (FileNotFoundError, NotADirectoryError):
        return False


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"the cache folder {folder} cannot be made: {os.strerror(error.errno or 0)}", hint=f"make it writable, or name another folder in {CACHE_VARIABLE}"
        ) from error


@contextmanager
def _turn(path: Path) -> Iterator[None]:
    """Hold the lock file; the kernel gives the turn back when the process dies, however it dies."""
    try:
        file = path.open("a")
    except OSError as error:
        raise ConfigurationError(
            f"the cache folder {path.parent} cannot be written: {os.strerror(error.errno or 0)}",
            hint=f"make it writable, or name another folder in {CACHE_VARIABLE}",
        ) from error
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
