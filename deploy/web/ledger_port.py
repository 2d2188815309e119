"""What the intake asks of the database, answered by ``consumers``; a database that is away is Unreachable, nothing else."""

import contextlib
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence

import sqlalchemy as sa

from consumers import access
from consumers.database import reachable
from consumers.receipts import Receipts
from models.access import Grant
from models.receipts import Asked, Seen, Status


class LedgerPort:
    """The ledger's answers, for several threads."""

    def __init__(self, engine: sa.Engine) -> None:
        self._lock = threading.Lock()
        self._receipts = Receipts(engine)

    def look(self, asked: Sequence[Asked]) -> Seen:
        """Return what is known of each event, and the code lists. Raises Unreachable."""
        with self._reading() as receipts:
            return receipts.look(asked)

    def status(self, source: str, event_id: str) -> Status | None:
        """Return the verdict on an event. Raises Unreachable."""
        with self._reading() as receipts:
            return receipts.status(source, event_id)

    @contextlib.contextmanager
    def _reading(self) -> Iterator[Receipts]:
        with self._lock, reachable():
            yield self._receipts


class AccessPort:
    """The grants, as the database has them now."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def grants(self, prefixes: Collection[str]) -> Mapping[str, Grant]:
        """Return the grants of these tokens. Raises Unreachable."""
        with reachable(), self._engine.connect() as connection, connection.begin():
            return access.grants(connection, prefixes)
