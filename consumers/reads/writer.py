"""Appends to the read log: an answer leaves only when its line is on the disk, and lines of one moment share one commit.

A thread of its own takes whatever waits and writes it in one transaction, so a hundred readers at once cost one
commit. Who appends gets a future: the line is there when it is done, and the answer is refused when it fails.
"""

import queue
import threading
from concurrent.futures import Future
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from consumers.database import unreachable
from consumers.reads.place import alone
from models import schema
from models.errors import SalurError, Unreachable
from models.reads import START, Anchor, Line, Read, line_after

PATIENCE_SECONDS: Final = 10.0
"""So long an answer waits for its line."""
_AT_ONCE: Final = 500
_MOST_WAITING: Final = 10_000
_table: Final = schema.read_log

_Waiting = tuple[Read, "Future[None]"]


class ReadLog:
    """The log, for several threads. ``engine`` is one of ``open_read_log``."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._waiting: queue.Queue[_Waiting | None] = queue.Queue(_MOST_WAITING)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def append(self, read: Read) -> "Future[None]":
        """Return a future that is done when the line is kept, and fails with Unreachable when it is not."""
        done: Future[None] = Future()
        self._start()
        try:
            self._waiting.put_nowait((read, done))
        except queue.Full:
            done.set_exception(Unreachable("the read log does not keep up", hint="ask again a little later"))
        return done

    def close(self) -> None:
        """Write what waits, and let go."""
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            self._waiting.put(None)
            thread.join(PATIENCE_SECONDS)
        self._engine.dispose()

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="read-log", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while (first := self._waiting.get()) is not None:
            batch = [first]
            is_last = False
            while len(batch) < _AT_ONCE and not is_last:
                try:
                    following = self._waiting.get_nowait()
                except queue.Empty:
                    break
                if following is None:
                    is_last = True
                else:
                    batch.append(following)
            _settle(batch, self._write([read for read, _ in batch]))
            if is_last:
                return

    def _write(self, reads: list[Read]) -> SalurError | None:
        try:
            with self._engine.begin() as connection:
                alone(connection)
                append_all(connection, reads)
        except DBAPIError as error:
            return unreachable(error)
        except Exception as error:  # noqa: BLE001 - whatever it is, those who wait are told, and the thread lives on
            return Unreachable(f"the read log could not be written: {type(error).__name__}", hint="look at the log of the web process")
        return None


def append_all(connection: sa.Connection, reads: list[Read]) -> Line:
    """Append lines in the transaction at hand, which nobody else appends in, and return the last."""
    assert reads, "nothing to append"
    last = connection.execute(sa.select(_table.c.number, _table.c.hash).order_by(_table.c.number.desc()).limit(1)).first()
    before = Anchor(0, START) if last is None else Anchor(last.number, last.hash)
    rows: list[dict[str, Any]] = []
    for read in reads:
        line = line_after(before, read)
        rows.append({"number": line.number, **read._asdict(), "previous": line.previous, "hash": line.hash})
        before = Anchor(line.number, line.hash)
    connection.execute(sa.insert(_table), rows)
    return line


def _settle(batch: list[_Waiting], error: SalurError | None) -> None:
    for _, done in batch:
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)
