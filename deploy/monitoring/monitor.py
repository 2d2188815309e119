"""The monitor: one process that looks at the whole stack from outside and exports what it sees.

Two loops. One keeps up with the tables and looks every few seconds at the ledger, at lags and at deliveries, and
compares tables with the ledger. The other compares the ledger with itself and with the raw log, which takes longer the
more was booked. What cannot be read now keeps its last value, whose age is exported, and is an obstacle to readiness.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Final

import sqlalchemy as sa
import structlog
from kafka import KafkaConsumer
from sqlalchemy.exc import DBAPIError

from consumers.database import is_unreachable, unreachable
from consumers.gauges.delivered import delivery_readings, stock_readings
from consumers.gauges.lag import Lags
from consumers.gauges.ledger import RejectedOpen, ledger_readings
from consumers.gauges.proof import proof_readings
from consumers.kafka_reading import reader
from consumers.reconcile.continuous import Continuous, Result
from consumers.reconcile.verdicts import Verdict
from consumers.tables.coverage import coverage
from consumers.tables.reader import TablesReader, TablesSnapshot
from deploy.monitoring.health import Health
from models import metrics
from models.errors import ConfigurationError, IntegrityError, Unreachable
from models.metrics import Reading

COLLECT_SECONDS: Final = 5.0
RESTS: Final = 10
"""A look at a large ledger is rested from for so many times as long as it took."""
LIVE_SECONDS: Final = 300.0
"""A look at a large ledger for the first time takes its time."""

log = structlog.get_logger()


class Monitor:
    """``engine`` is one of ``open_for_reading``, ``keep`` is given the verdict of every comparison.

    Start ``collect_forever`` and ``reconcile_forever`` in threads of their own.
    """

    def __init__(self, engine: sa.Engine, bootstrap_servers: str, *, keep: Callable[[Verdict], None] = lambda _verdict: None) -> None:
        self._engine = engine
        self._keep_verdict = keep
        self._bootstrap_servers = bootstrap_servers
        self._stopping = threading.Event()
        self._continuous = Continuous(engine, bootstrap_servers)
        self._lags = Lags()
        self._rejected = RejectedOpen()
        self._seen: dict[str, tuple[Reading, ...]] = {}
        self._collected: dict[str, float] = {}
        self._problems: dict[str, str] = {}
        self._turned_at = time.monotonic()
        self._rest_seconds = COLLECT_SECONDS

    def stop(self) -> None:
        """End both loops soon."""
        self._stopping.set()

    def health(self) -> Health:
        """Return the health of the process; it is ready once it has seen something."""
        return Health(turned_at=lambda: self._turned_at, obstacles=self._obstacles, live_seconds=LIVE_SECONDS)

    def readings(self) -> Iterator[Reading]:
        """Yield everything that was seen last."""
        for source, seen in list(self._seen.items()):
            yield from seen
            yield Reading(metrics.COLLECTED, (source,), self._collected[source])
        yield from self._continuous.readings()

    def _obstacles(self) -> list[str]:
        return list(self._problems.values()) or ([] if self._seen else ["nothing was looked at yet"])

    def collect_forever(self) -> None:
        """Look again and again until stopped."""
        while not self._stopping.is_set():
            self._guarded("kafka", self._collect_while_connected)
            self.look_at_database()
            self._stopping.wait(self._rest_seconds)

    def reconcile_forever(self) -> None:
        """Compare the ledger with itself and the log, whenever that is due, until stopped."""
        while not self._stopping.wait(1.0):
            if self._continuous.is_due("ledger"):
                self._guarded("ledger", lambda: self._note_verdict(self._continuous.compare_ledger()))
            if self._continuous.is_due("log") and not self._stopping.is_set():
                self._guarded("log", lambda: self._note_verdict(self._continuous.compare_log()))

    def _collect_while_connected(self) -> None:
        with reader(self._bootstrap_servers) as consumer:
            tables = TablesReader(consumer)
            while not self._stopping.is_set():
                self.look_at_database()
                self._look_at_kafka(consumer, tables.snapshot())
                self._problems.pop("kafka", None)
                self._stopping.wait(self._rest_seconds)

    def look_at_database(self) -> None:
        """Look once at what the ledger says."""
        began = self._turned_at = time.monotonic()
        self._guarded("database", self._read_database)
        self._rest_seconds = max(COLLECT_SECONDS, RESTS * (time.monotonic() - began))

    def _read_database(self) -> None:
        with self._engine.connect() as connection, connection.begin():
            self._keep("ledger", ledger_readings(connection))
            self._keep("rejected", self._rejected.readings(connection))
            self._keep("delivered", delivery_readings(connection))
            self._keep("stock", stock_readings(connection))
            self._keep("proof", proof_readings(connection))

    def _look_at_kafka(self, consumer: KafkaConsumer, snapshot: TablesSnapshot) -> None:
        with self._engine.connect() as connection, connection.begin():
            self._keep("lag", self._lags.readings(consumer, connection, snapshot))
            self._keep("tables", [Reading(metrics.TABLES_BOOKING, (), coverage(connection, snapshot).booking)])
        if self._continuous.is_due("tables"):
            self._note_verdict(self._continuous.compare_tables(snapshot))

    def _note_verdict(self, result: Result | None) -> None:
        if result is not None:
            self._keep_verdict(result.verdict)

    def _keep(self, source: str, readings: Iterable[Reading]) -> None:
        self._seen[source] = tuple(readings)
        self._collected[source] = time.time()

    def _guarded(self, source: str, look: Callable[[], object]) -> None:
        """Look, and note what is in the way. A difference that cannot even be computed is a problem too, not an end."""
        try:
            look()
        except DBAPIError as error:
            if not is_unreachable(error):
                raise
            self._note(source, str(unreachable(error)))
        except (Unreachable, ConfigurationError, IntegrityError) as error:
            self._note(source, str(error))
        else:
            self._problems.pop(source, None)

    def _note(self, source: str, problem: str) -> None:
        if self._problems.get(source) != problem:
            log.warning("monitor_cannot_look", source=source, reason=problem)
        self._problems[source] = problem
