"""One upload while this process knows it: what came in, how far it is, and what was found.

The file itself is only ever here, in memory, and goes when there is need of its place: it may hold what must not be kept.
"""

import asyncio
import dataclasses
from collections.abc import Callable
from typing import Final

from models.reasons import Language
from models.uploads import Report, SaidMistake, Upload
from streams.sheets.mistakes import Mistake

SECONDS: Final = 3600.0
MOST_BYTES: Final = 256 * 1024 * 1024
MOST_AT_ONCE: Final = 4
"""So many files of one partner are read or sent at a time."""


@dataclasses.dataclass(slots=True)
class Job:
    """One upload. ``may_amend`` says that events whose id is taken are amended, and no mistakes."""

    upload: Upload
    content: bytes
    may_amend: bool
    came_at: float
    done: int = 0
    total: int = 0
    is_readable: bool = True
    has_keys: bool = True
    mistakes: list[Mistake] = dataclasses.field(default_factory=list)
    task: "asyncio.Task[None] | None" = None

    @property
    def is_over(self) -> bool:
        """Whether nothing of it runs any more."""
        return self.task is None or self.task.done()


def report_of(job: Job, lang: Language) -> Report:
    """Return what can be said of an upload that is known here."""
    return Report(
        upload=job.upload,
        done=job.done,
        total=job.total,
        is_readable=job.is_readable,
        has_keys=job.has_keys,
        is_remembered=True,
        mistakes=tuple(SaidMistake(**mistake.to_json(lang)) for mistake in job.mistakes),
    )


class Jobs:
    """The uploads that are known here, by partner and name: as many as there is room for, each for an hour at least."""

    def __init__(self, clock: Callable[[], float], *, most_bytes: int = MOST_BYTES) -> None:
        self._clock = clock
        self._most_bytes = most_bytes
        self._jobs: dict[tuple[str, str], Job] = {}

    def find(self, partner: str, upload: str) -> Job | None:
        """Return an upload of a partner, if it is known."""
        return self._jobs.get((partner, upload))

    def running(self, partner: str) -> int:
        """Count what is being read or sent for a partner."""
        return sum(owner == partner and not job.is_over for (owner, _), job in self._jobs.items())

    def make_room(self, size: int) -> bool:
        """Forget what is old, and what is over where the room is needed; tell whether so many bytes fit in."""
        now = self._clock()
        over = sorted(((job.came_at, key) for key, job in self._jobs.items() if job.is_over))
        for came_at, key in over:
            if now - came_at > SECONDS or self._size + size > self._most_bytes:
                del self._jobs[key]
        return self._size + size <= self._most_bytes

    def keep(self, job: Job) -> None:
        """Know an upload from now on."""
        self._jobs[job.upload.partner, job.upload.id] = job

    def all(self) -> list[Job]:
        """Return all that are known."""
        return list(self._jobs.values())

    @property
    def _size(self) -> int:
        return sum(len(job.content) for job in self._jobs.values())
