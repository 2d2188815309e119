"""Reading the ledger for one question: one moment of it, with the code lists as they stand then.

The code lists are kept until the ledger has moved on. One ``LedgerReader`` serves several threads.
"""

import contextlib
import dataclasses
import threading
from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from consumers.answers.asof import AsOf, resolve
from consumers.answers.intake import Intake, intake_total
from consumers.database import reachable
from consumers.receipts import Receipts
from consumers.registered import registry_of
from models import schema
from models.events.envelope import SOURCE_PREFIX
from models.registry import Registry


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One moment of the ledger: its last booking, the intake up to it, and when anything was last received (milliseconds, 0 for never)."""

    connection: sa.Connection
    registry: Registry
    head: AsOf
    intake: Intake
    last_received_at: int


class LedgerReader:
    """Opens moments. ``engine`` is one of ``open_for_reading``."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._registry: tuple[int, Registry] | None = None
        self._receipts = Receipts(engine)

    @contextlib.contextmanager
    def moment(self) -> Iterator[Moment]:
        """Yield the ledger as it is now. Raises Unreachable."""
        with reachable(), self._engine.connect() as connection, connection.begin():
            head = resolve(connection, None)
            last = connection.execute(sa.select(sa.func.max(schema.partner_times.c.last_received_at))).scalar()
            registry = self._registry_at(connection, head)
            yield Moment(connection=connection, registry=registry, head=head, intake=intake_total(connection, head), last_received_at=last or 0)

    def head(self) -> int:
        """Return the last booking, 0 before the first. Raises Unreachable."""
        with reachable(), self._engine.connect() as connection, connection.begin():
            return resolve(connection, None).booking

    def decision_of(self, partner: str, event_id: str) -> int | None:
        """Return the decision on an event of a partner: the one that has the id, else the last that was refused. Raises Unreachable."""
        with self._lock, reachable():
            try:
                status = self._receipts.status(f"{SOURCE_PREFIX}{partner}", event_id)
            except BaseException:
                # It may have read half of what is new; the next question begins anew.
                self._receipts = Receipts(self._engine)
                raise
        return None if status is None else status.decision

    def claimed(self, partner: str, event_ids: Sequence[str]) -> list[int | None]:
        """Return for each id of a partner the decision that has it, None for one that is free. Raises Unreachable."""
        with self._lock, reachable():
            try:
                return self._receipts.claimed([(f"{SOURCE_PREFIX}{partner}", event_id) for event_id in event_ids])
            except BaseException:
                self._receipts = Receipts(self._engine)
                raise

    def _registry_at(self, connection: sa.Connection, head: AsOf) -> Registry:
        known = self._registry
        if known is None or known[0] != head.booking:
            known = head.booking, registry_of(connection)
            self._registry = known
        return known[1]
