"""Reconciling again and again while everything runs, at a bounded part of the machine's time.

Three scopes: ``tables`` (the materialized tables against the ledger), ``ledger`` (its tallies against their histories and
its decisions) and ``log`` (the ledger against a recount of the raw log). Each rests after a run for so long that
reconciling never takes more than its share, so a small ledger is compared within seconds and a large one now and then.
A scope that cannot be compared now (tables half written, somebody away) keeps its last result, whose age is exported.
"""

import dataclasses
import time
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal, InvalidOperation
from typing import Final, Literal

import sqlalchemy as sa
import structlog

from consumers.answers.asof import resolve
from consumers.answers.intake import intake
from consumers.reconcile.difference import DECISIONS, HISTORY, LEDGER, LOG, TABLE, Difference
from consumers.reconcile.ledger_side import differences_within
from consumers.reconcile.log_side import differences_from_log, refold_log
from consumers.reconcile.tables_side import differences_from_tables
from consumers.reconcile.verdicts import Verdict
from consumers.tables.coverage import coverage
from consumers.tables.reader import TablesSnapshot
from models import metrics
from models.metrics import Reading
from models.registry import Registry

Scope = Literal["tables", "ledger", "log"]

LEAST_REST_SECONDS: Final = 10.0
MOST_REST_SECONDS: Final = 3600.0
RESTS: Final[dict[Scope, int]] = {"tables": 20, "ledger": 8, "log": 20}
"""A scope rests for so many times as long as it ran: the three together take a fifth of one core at most. The ledger rests less, so that
a changed row is found within a minute also among some hundred thousand events (it reads 100,000 in about two seconds)."""
NAMED: Final = 10
"""So many differences of one run are named in the log."""

COUNT: Final = "event"
"""The unit of differences in numbers of events, and of what has no figure at all."""
_SIDES: Final[dict[Scope, tuple[tuple[str, str], ...]]] = {
    "tables": ((TABLE, LEDGER),),
    "ledger": ((LEDGER, HISTORY), (LEDGER, DECISIONS)),
    "log": ((LEDGER, LOG),),
}

log = structlog.get_logger()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One run over one scope: the absolute differences by sides and unit, and the first of them by name."""

    scope: Scope
    booking: int
    finished_at: float
    took_seconds: float
    sums: dict[tuple[str, str], Decimal]
    named: tuple[Difference, ...]
    count: int = 0

    @property
    def verdict(self) -> Verdict:
        """What is kept of it for the pages."""
        return Verdict(self.scope, self.booking, self.count, int(self.finished_at * 1000))

    def readings(self) -> Iterator[Reading]:
        """Yield the result as metrics; sides that agree are 0."""
        found = {("-".join(sides), COUNT): Decimal(0) for sides in _SIDES[self.scope]} | self.sums
        for labels, difference in sorted(found.items()):
            yield Reading(metrics.DIFFERENCE, labels, float(difference))
        yield Reading(metrics.RECONCILED, (self.scope,), self.finished_at)
        yield Reading(metrics.RECONCILED_BOOKING, (self.scope,), self.booking)
        yield Reading(metrics.RECONCILE_TIME, (self.scope,), self.took_seconds)


class Continuous:
    """Runs scopes when they are due, and keeps the last result of each. Scopes may be run by different threads."""

    def __init__(self, engine: sa.Engine, bootstrap_servers: str, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._engine = engine
        self._bootstrap_servers = bootstrap_servers
        self._monotonic = monotonic
        self._due: dict[Scope, float] = {}
        self._results: dict[Scope, Result] = {}

    def is_due(self, scope: Scope) -> bool:
        """Tell whether a scope has rested for long enough."""
        return self._monotonic() >= self._due.get(scope, 0.0)

    def readings(self) -> Iterator[Reading]:
        """Yield the last result of each scope."""
        for result in list(self._results.values()):
            yield from result.readings()

    def compare_tables(self, snapshot: TablesSnapshot) -> Result | None:
        """Compare the tables with the ledger; None when they are half written now. Raises what the database raises."""
        began = self._monotonic()
        if not snapshot.is_settled:
            return None
        with self._engine.connect() as connection:
            covered = coverage(connection, snapshot)
            if covered.torn:
                return None
            return self._finish("tables", covered.booking, differences_from_tables(connection, snapshot, covered), began)

    def compare_ledger(self) -> Result:
        """Compare the ledger with its own histories and decisions. Raises what the database raises."""
        began = self._monotonic()
        with self._engine.connect() as connection:
            as_of = resolve(connection, None)
            return self._finish("ledger", as_of.booking, differences_within(connection, as_of, intake(connection, booking=as_of.booking)), began)

    def compare_log(self) -> Result:
        """Compare the ledger with a recount of the raw log. Raises Unreachable, IntegrityError, and what the database raises."""
        began = self._monotonic()
        refold, last = refold_log(self._bootstrap_servers, Registry.shipped(), on_progress=lambda _done, _of: None)
        with self._engine.connect() as connection:
            return self._finish("log", last.number if last else 0, differences_from_log(connection, refold, last), began)

    def _finish(self, scope: Scope, booking: int, differences: Iterable[Difference], began: float) -> Result:
        sums: dict[tuple[str, str], Decimal] = {}
        named: list[Difference] = []
        count = 0
        for difference in differences:
            key, amount = _measured(difference)
            count += 1
            sums[key] = sums.get(key, Decimal(0)) + amount
            if len(named) < NAMED:
                named.append(difference)
                _tell(scope, booking, difference)
        took = self._monotonic() - began
        result = Result(scope=scope, booking=booking, finished_at=time.time(), took_seconds=took, sums=sums, named=tuple(named), count=count)
        self._results[scope] = result
        self._due[scope] = self._monotonic() + min(max(LEAST_REST_SECONDS, RESTS[scope] * took), MOST_REST_SECONDS)
        return result


def _measured(difference: Difference) -> tuple[tuple[str, str], Decimal]:
    """Return between whom, in which unit and how much; what has no figures counts as one."""
    between = "-".join(difference.between)
    try:
        values = [Decimal(said or "0") for said in difference.says.values()]
    except InvalidOperation:
        values = []
    amount = abs(values[0] - values[1]) if len(values) == 2 else Decimal(1)
    unit = str(difference.where.get("unit", COUNT)) if difference.what == "quantity" else COUNT
    # Something is missing on one side even if what is there sums up to nothing.
    return (between, unit), amount or Decimal(1)


def _tell(scope: Scope, booking: int, difference: Difference) -> None:
    where, says, sides = dict(difference.where), dict(difference.says), "-".join(difference.between)
    log.error("difference", scope=scope, booking=booking, between=sides, what=difference.what, cell=where, says=says)
