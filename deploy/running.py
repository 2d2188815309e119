"""The stack that runs on a data folder: the addresses it wrote to ``salur.json``, and the lock that only one stack holds.

Every other command finds the stack through this. A file left behind by a killed stack is harmless: who reads it
learns from the address that nobody answers.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from deploy.settings import Settings, worker_urls_of
from models.errors import ConfigurationError, SalurError, Unreachable

FILE: Final = "salur.json"
LOCK: Final = "salur.lock"


class RunningStack(msgspec.Struct, frozen=True, kw_only=True):
    """What ``salur up`` says once everything is ready.

    ``processes`` are process ids by name; ``workers`` are the addresses at which those with a health port serve it, by name.
    """

    bootstrap_servers: str
    database_url: str
    web_url: str | None = None
    metrics_urls: list[str] = []
    processes: dict[str, int] = {}
    workers: dict[str, str] = {}


class Addresses(NamedTuple):
    """Where a command finds what it asks."""

    bootstrap_servers: str
    database_url: str


class AlreadyRunning(SalurError):
    """Another stack holds the data folder."""


def write(data_dir: Path, stack: RunningStack) -> None:
    """Publish the addresses; a reader sees the old file or the new one, never a part."""
    written = data_dir / f"{FILE}.new"
    written.write_bytes(msgspec.json.format(msgspec.json.encode(stack), indent=2) + b"\n")
    written.replace(data_dir / FILE)


def withdraw(data_dir: Path) -> None:
    """Take the addresses back, because the stack is not ready (any more)."""
    (data_dir / FILE).unlink(missing_ok=True)


def read(data_dir: Path) -> RunningStack | None:
    """Return what the stack of this folder said, None if it did not. Raises ConfigurationError for a damaged file."""
    try:
        return msgspec.json.decode((data_dir / FILE).read_bytes(), type=RunningStack)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except msgspec.DecodeError as error:
        raise ConfigurationError(f"{data_dir / FILE} is damaged: {error}", hint="remove it and start `salur up` again") from error


def addresses(settings: Settings) -> Addresses:
    """Return the addresses of Kafka and the ledger. Raises Unreachable when no stack runs and none is named."""
    return Addresses(bootstrap_servers(settings), database_url(settings))


def bootstrap_servers(settings: Settings) -> str:
    """Return the address of Kafka: the one named in the settings, else that of the running stack. Raises Unreachable."""
    stack = read(settings.data_dir)
    servers = settings.bootstrap_servers or (stack.bootstrap_servers if stack else None)
    if servers is None:
        raise _nothing_runs(settings)
    return servers


def database_url(settings: Settings) -> str:
    """Return the address of the ledger, which can be asked while nothing runs. Raises Unreachable when there is none yet."""
    stack = read(settings.data_dir)
    if settings.origins["database_url"] != "default":
        return settings.database_url
    if stack is not None:
        return stack.database_url
    if Path(settings.database_url.removeprefix("sqlite:///")).exists():
        return settings.database_url
    raise _nothing_runs(settings)


def watched(data_dir: Path, worker_urls: str | None) -> Mapping[str, str]:
    """Return where every process serves its health, by name: as the stack of this folder says, or else as the settings do."""
    if is_claimed(data_dir):
        stack = read(data_dir)
        return stack.workers if stack is not None else {}
    return worker_urls_of(worker_urls)


def _nothing_runs(settings: Settings) -> Unreachable:
    return Unreachable(
        f"no stack runs on {settings.data_dir}", hint=f"start one with `salur up --data {settings.data_dir}`, or name another folder with --data"
    )


def is_claimed(data_dir: Path) -> bool:
    """Tell whether a stack runs on this folder, ready or not."""
    try:
        with (data_dir / LOCK).open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except BlockingIOError:
        return True
    return False


@contextlib.contextmanager
def claimed(data_dir: Path) -> Iterator[None]:
    """Hold the data folder for one stack; the kernel lets go when the process ends, however it ends. Raises AlreadyRunning."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        lock = (data_dir / LOCK).open("a+")
    except OSError as error:
        raise ConfigurationError(f"cannot use {data_dir}: {error.strerror}", hint="name a folder that can be written with --data") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            owner = lock.read().strip() or "unknown"
            raise AlreadyRunning(
                f"another salur (process {owner}) runs on {data_dir}", hint="stop that one first, or name another folder with --data"
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield
