"""What is sampled all the time during a chaos run: positions (none may go back), memory of the workers, space on the disk."""

import threading
from collections.abc import Mapping
from types import TracebackType
from typing import Final, Self

import psutil
from sqlalchemy.exc import DBAPIError

from tests.chaos.disk import SmallDisk
from tests.chaos.stack import Stack

_EVERY_SECONDS: Final = 0.1
_RARELY: Final = 20
"""Memory and space are looked at so much less often."""


class Watcher:
    """Samples from a thread of its own, inside ``with``; ``problems`` are positions that went back (I7)."""

    def __init__(self, stack: Stack, disk: SmallDisk | None = None) -> None:
        self.problems: list[str] = []
        self.booked = 0
        self.disk_megabytes = 0
        self._stack = stack
        self._disk = disk
        self._resident: dict[str, int] = {}
        self._seen: dict[tuple[str, int], int] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watcher", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._over.set()
        self._thread.join()

    @property
    def resident_megabytes(self) -> dict[str, int]:
        """The most that a process of each name ever had in memory."""
        return dict(sorted(self._resident.items()))

    def _watch(self) -> None:
        times = 0
        while not self._over.wait(_EVERY_SECONDS):
            try:
                self._look()
            except DBAPIError:
                continue  # it is being hurt
            finally:
                times += 1
                if times % _RARELY == 0:
                    self._measure()

    def _look(self) -> None:
        with self._stack.reading.connect() as connection:
            rows = connection.exec_driver_sql('SELECT topic, "partition", next_offset FROM positions').all()
            self.booked = connection.exec_driver_sql("SELECT size FROM head").scalar_one()
        for topic, partition, offset in rows:
            last = self._seen.get((topic, partition), 0)
            if offset < last:
                self.problems.append(f"I7: position of {topic}[{partition}] went from {last} to {offset}")
            self._seen[topic, partition] = offset

    def _measure(self) -> None:
        for name, pid in self._pids().items():
            try:
                megabytes = psutil.Process(pid).memory_info().rss >> 20
            except psutil.Error:
                continue
            self._resident[name] = max(self._resident.get(name, 0), megabytes)
        if self._disk is not None:
            self.disk_megabytes = max(self.disk_megabytes, self._disk.used_bytes >> 20)

    def _pids(self) -> Mapping[str, int]:
        found = {name: self._stack.supervisor.pid(name) for name in self._stack.names} | {"broker": self._stack.broker.pid}
        return {name: pid for name, pid in found.items() if pid}
