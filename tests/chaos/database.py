"""A database of a chaos run, which can be made to fail and comes back; the simplest is a file. ``postgres`` has the other."""

import contextlib
import sqlite3
import time
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self


class Database(Protocol):
    """A database that can be hurt."""

    url: str
    hurt_in_words: str

    def hurt(self, seconds: float) -> None:
        """Make it fail, and after about so long let it work again."""

    def revive(self) -> None:
        """Start it if it ended, as whoever supervises it would."""

    def __enter__(self) -> Self:
        """Start it."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """End it."""


class Sqlite:
    """A file, which somebody else may lock."""

    hurt_in_words = "the database's file locked by another program"

    def __init__(self, folder: Path) -> None:
        self._path = folder / "ledger.db"
        self.url = f"sqlite:///{self._path}"

    def hurt(self, seconds: float) -> None:
        with contextlib.closing(sqlite3.connect(self._path, timeout=60, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            time.sleep(seconds)
            connection.execute("ROLLBACK")

    def revive(self) -> None:
        return

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return
