"""One thread that keeps up with the tables for everybody who looks, and answers each question once for all who ask it.

It reads only while somebody looks, and a little longer. Memory is bounded: by the size of the tables (above a limit it
gives up and says so), by the number of lookers, and by that of different questions. Nobody is waited for: whoever reads
slowly gets the newest answer next, and misses those between.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from typing import Final, Literal

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import DBAPIError

from consumers.database import is_unreachable
from consumers.kafka_reading import reader
from consumers.live.figures import LiveAnswer, Question, answer
from consumers.tables.reader import TablesReader, TablesSnapshot
from models.errors import ConfigurationError, IntegrityError, Unreachable

LOOK_SECONDS: Final = 0.5
RESTS: Final = 5
"""Between two looks it rests for so many times as long as one took."""
RETRY_SECONDS: Final = 3.0
TOO_LARGE_SECONDS: Final = 600.0
IDLE_SECONDS: Final = 120.0
MOST_LOOKERS: Final = 64
MOST_QUESTIONS: Final = 64
MOST_CELLS: Final = 400_000
SETTLE_SECONDS: Final = 0.3

State = Literal["idle", "starting", "reading", "away", "too-large"]
Source = Callable[[], contextlib.AbstractContextManager[Callable[[], TablesSnapshot]]]
"""Opens the tables: what is given inside gives snapshots."""

log = structlog.get_logger()


class Full(Exception):
    """So many look already that nobody else can."""


class Hub:
    """``engine`` is one of ``open_for_reading``, ``source`` opens the tables."""

    def __init__(
        self,
        engine: sa.Engine,
        source: Source,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        most_lookers: int = MOST_LOOKERS,
        most_cells: int = MOST_CELLS,
    ) -> None:
        self._engine = engine
        self._source = source
        self._monotonic = monotonic
        self._most_lookers = most_lookers
        self._most_cells = most_cells
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._questions: dict[str, Question] = {}
        self._lookers: dict[str, int] = {}
        self._asked_at: dict[str, float] = {}
        self._answers: dict[str, LiveAnswer] = {}
        self._last_asked = 0.0
        self.state: State = "idle"
        self.version = 0
        self.is_stopping = self._stopping.is_set

    @property
    def lookers(self) -> int:
        """How many look now."""
        with self._lock:
            return sum(self._lookers.values())

    @property
    def is_full(self) -> bool:
        """Whether nobody else can look now."""
        return self.lookers >= self._most_lookers

    def join(self, question: Question) -> None:
        """Look at a question until ``leave``. Raises Full."""
        with self._lock:
            if sum(self._lookers.values()) >= self._most_lookers:
                raise Full
            self._lookers[question.name] = self._lookers.get(question.name, 0) + 1
        self.ask(question)

    def leave(self, question: Question) -> None:
        """Look no more."""
        with self._lock:
            self._lookers[question.name] -= 1
            if not self._lookers[question.name]:
                del self._lookers[question.name]

    def ask(self, question: Question) -> LiveAnswer | None:
        """Return the newest answer, None if there is none yet; it will be kept up to date for a while."""
        with self._lock:
            self._last_asked = self._asked_at[question.name] = self._monotonic()
            if question.name not in self._questions:
                self._forget_questions()
                self._questions[question.name] = question
                self._wake.set()
            self._start()
            return self._answers.get(question.name)

    def stop(self) -> None:
        """End; every stream ends soon."""
        self._stopping.set()
        self._wake.set()

    def _start(self) -> None:
        if (self._thread is None or not self._thread.is_alive()) and not self._stopping.is_set():
            self.state = "starting"
            self._thread = threading.Thread(target=self._run, name="live tables", daemon=True)
            self._thread.start()

    def _forget_questions(self) -> None:
        """Make room for a new question: the one that nobody looks at and that was asked longest ago goes first."""
        unwatched = sorted((name for name in self._questions if name not in self._lookers), key=lambda name: self._asked_at[name])
        for name in unwatched[: max(0, len(self._questions) + 1 - MOST_QUESTIONS)]:
            self._drop(name)

    def _drop(self, name: str) -> None:
        self._questions.pop(name, None)
        self._answers.pop(name, None)
        self._asked_at.pop(name, None)

    def _run(self) -> None:
        try:
            while not self._is_over():
                self._read_guarded()
                self._wait(TOO_LARGE_SECONDS if self.state == "too-large" else RETRY_SECONDS)
        except BaseException:
            # Old figures must not look as if they were new; who asks next begins anew.
            self._become("away", reason="unexpected")
            raise

    def _read_guarded(self) -> None:
        try:
            self._read_while_asked()
        except (Unreachable, ConfigurationError, IntegrityError) as error:
            self._become("away", reason=str(error))
        except DBAPIError as error:
            if not is_unreachable(error):
                raise
            self._become("away", reason=type(error).__name__)

    def _read_while_asked(self) -> None:
        with self._source() as snapshots:
            while not self._is_over():
                began = self._monotonic()
                snapshot = snapshots()
                if _cells(snapshot) > self._most_cells:
                    self._become("too-large", reason=f"more than {self._most_cells} cells")
                    return
                self._answer(snapshot)
                self._become("reading")
                self._wait(max(LOOK_SECONDS, RESTS * (self._monotonic() - began)))

    def _answer(self, snapshot: TablesSnapshot) -> None:
        with self._lock:
            questions = [one for one in self._questions.values() if one.name in self._lookers or self._monotonic() - self._asked_at[one.name] < IDLE_SECONDS]
        with self._engine.connect() as connection, connection.begin():
            answers = {question.name: answer(connection, snapshot, question) for question in questions}
        with self._lock:
            fresh = {name: found for name, found in answers.items() if name in self._questions}
            self.version += any(self._answers.get(name) != found for name, found in fresh.items())
            self._answers.update(fresh)

    def _is_over(self) -> bool:
        """Tell whether to end: told to, or nobody asked for long; then what was read is forgotten."""
        with self._lock:
            if self._stopping.is_set() or self._thread is not threading.current_thread():
                return True
            if self._lookers or self._monotonic() - self._last_asked < IDLE_SECONDS:
                return False
            for name in list(self._questions):
                self._drop(name)
            self.state = "idle"
            self._thread = None
            return True

    def _become(self, state: State, *, reason: str = "") -> None:
        if state != self.state and reason:
            log.warning("live_view", state=state, reason=reason)
        self.version += state != self.state
        self.state = state
        if state != "reading":
            with self._lock:
                self._answers.clear()

    def _wait(self, seconds: float) -> None:
        """Rest; a new question ends the rest unless the tables are too large to be read for it."""
        if self.state == "too-large":
            self._stopping.wait(seconds)
        else:
            self._wake.wait(seconds)
        self._wake.clear()


def from_kafka(bootstrap_servers: str) -> Source:
    """Return what opens the tables in Kafka."""

    @contextlib.contextmanager
    def opened() -> Iterator[Callable[[], TablesSnapshot]]:
        with reader(bootstrap_servers) as consumer:
            tables = TablesReader(consumer)
            yield lambda: tables.snapshot(settle_seconds=SETTLE_SECONDS)

    return opened


def _cells(snapshot: TablesSnapshot) -> int:
    return sum(len(stored.value.cells) for stored in snapshot.tallies.values())
