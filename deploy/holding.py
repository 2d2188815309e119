"""Asking a running stack to rest one kind of its workers, for as long as the asker lives.

The asker locks a file in the data folder; the stack looks at the lock from time to time. The kernel lets go of it
when the asker ends, however it ends, so a stack never rests for somebody who is gone.
"""

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

Kind = Literal["ledger", "tallies"]
KINDS: Final[tuple[Kind, ...]] = ("ledger", "tallies")


@contextlib.contextmanager
def held(data_dir: Path, kind: Kind) -> Iterator[None]:
    """Ask for the rest of these workers until the end of the block; whether they do rest is seen in Kafka's groups."""
    with _file(data_dir, kind).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def is_held(data_dir: Path, kind: Kind) -> bool:
    """Tell whether somebody asks for the rest of these workers."""
    try:
        with _file(data_dir, kind).open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False


def _file(data_dir: Path, kind: Kind) -> Path:
    return data_dir / f"hold-{kind}.lock"
