"""Reconcile: table = ledger = log, at one booking.

Three sums are made by three programs: the Faust fold of the entries, the SQL tallies of the ledger, and a recount
of the raw log. This compares them cell by cell, and the ledger with its own histories. A difference is an
incident; being behind is not, so the comparison waits a while for the tables to catch up and then compares each
partition at the booking that it holds.
"""

import dataclasses
import itertools
import time
from collections.abc import Iterator, Mapping
from typing import Any, Final

import sqlalchemy as sa

from consumers.answers.asof import resolve
from consumers.answers.intake import intake
from consumers.kafka_reading import reader
from consumers.reconcile.difference import LEDGER, TABLE, Difference, oddity
from consumers.reconcile.ledger_side import differences_within
from consumers.reconcile.log_side import OnProgress, differences_from_log, refold_log
from consumers.reconcile.tables_side import differences_from_tables
from consumers.tables.coverage import Coverage, coverage
from consumers.tables.reader import TablesReader, TablesSnapshot
from models import schema
from models.registry import Registry

MOST_SHOWN: Final = 1000
DRAIN_SECONDS: Final = 60.0
_PAUSE_SECONDS: Final = 0.2


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """The verdict: the booking that all three hold, and every difference (at most ``MOST_SHOWN`` of ``found``).

    ``head`` is the last booking of the ledger; the tables or the bookings topic may be behind it.
    """

    booking: int
    head: int
    differences: tuple[Difference, ...]
    found: int

    @property
    def equal(self) -> bool:
        """Whether table, ledger and log say the same."""
        return self.found == 0

    def to_json(self) -> dict[str, Any]:
        """Return the verdict as JSON values."""
        return {
            "equal": self.equal,
            "booking": self.booking,
            "head": self.head,
            "found": self.found,
            "differences": [difference.to_json() for difference in self.differences],
        }


def reconcile(
    engine: sa.Engine,
    bootstrap_servers: str,
    *,
    registry: Registry,
    drain_seconds: float = DRAIN_SECONDS,
    on_progress: OnProgress = lambda _done, _of: None,
    client: Mapping[str, Any] | None = None,
) -> Reconciliation:
    """Compare tables, ledger and raw log. ``engine`` is one of ``open_for_reading``, ``registry`` holds the shipped lists.

    Waits up to ``drain_seconds`` for the tables and the bookings topic to hold everything booked. Raises
    Unreachable, ConfigurationError when topics are missing, IntegrityError when Kafka no longer has the log.
    """
    snapshot, covered = wait_until_drained(engine, bootstrap_servers, seconds=drain_seconds, client=client)
    refold, last = refold_log(bootstrap_servers, registry, on_progress=on_progress, client=client)
    with engine.connect() as connection:
        differences = itertools.chain(
            _unsettled(snapshot, covered),
            differences_from_tables(connection, snapshot, covered),
            _within(connection),
            differences_from_log(connection, refold, last),
        )
        shown = tuple(itertools.islice(differences, MOST_SHOWN))
        more = sum(1 for _ in differences)
    published = last.number if last else 0
    return Reconciliation(booking=min(covered.booking, published), head=max(covered.head, published), differences=shown, found=len(shown) + more)


def wait_until_drained(
    engine: sa.Engine, bootstrap_servers: str, *, seconds: float, client: Mapping[str, Any] | None = None
) -> tuple[TablesSnapshot, Coverage]:
    """Return the tables once they hold everything booked and published, or as they are when the time is over."""
    deadline = time.monotonic() + seconds
    with reader(bootstrap_servers, client) as consumer:
        tables = TablesReader(consumer)
        while True:
            snapshot = tables.snapshot()
            with engine.connect() as connection:
                covered = coverage(connection, snapshot)
                published = connection.execute(sa.select(schema.publisher.c.published)).scalar() or 0
            drained = covered.is_drained and published >= covered.head
            if (drained and snapshot.is_settled and not covered.torn) or time.monotonic() > deadline:
                return snapshot, covered
            time.sleep(_PAUSE_SECONDS)


def _within(connection: sa.Connection) -> Iterator[Difference]:
    as_of = resolve(connection, None)
    yield from differences_within(connection, as_of, intake(connection, booking=as_of.booking))


def _unsettled(snapshot: TablesSnapshot, covered: Coverage) -> Iterator[Difference]:
    """Yield what cannot be compared: values or bookings that were half written when the time was over."""
    if not snapshot.is_settled:
        yield oddity((TABLE, LEDGER), "the tables hold values ahead of their watermark, and did not come to rest in time")
    for partition in sorted(covered.torn):
        yield oddity(
            (TABLE, LEDGER), f"entries partition {partition} holds a part of booking {covered.bookings[partition] + 1}, and did not get the rest in time"
        )
