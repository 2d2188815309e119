"""What the doctor says of one piece, and what it looks with. Nothing is changed by looking."""

import dataclasses
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Literal, NamedTuple

from deploy.settings import Settings

State = Literal["fine", "notice", "wrong", "unreachable", "not needed", "unknown"]
"""``notice`` is for a person to know and nothing to repair now; ``unknown`` was not looked at, because what it stands on is not fine."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One piece: its state, what was found, and what to do if it is not fine."""

    name: str
    state: State
    found: str
    fix: str = ""


class DiskSpace(NamedTuple):
    """Room on a disk: free bytes, and free entries for files (None where a file system has no such limit)."""

    free_bytes: int
    free_files: int | None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Eyes:
    """What the doctor looks with; each can be replaced by one that sees something else."""

    settings: Settings
    environment: Mapping[str, str]
    clock: Callable[[], float] = time.time
    pause: Callable[[float], None] = time.sleep


Look = Callable[[Eyes], Iterator[Finding]]
