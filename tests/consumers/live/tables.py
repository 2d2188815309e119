"""Tables that a test keeps: those of a ledger as it is, or as it was before something was booked."""

import contextlib
from collections.abc import Callable, Iterator

import sqlalchemy as sa

from consumers.tables.reader import TablesSnapshot
from models import schema
from models.cells import TALLY_TABLES, LedgerCell
from models.errors import Unreachable
from tests.consumers.tables.snapshots import snapshot_of, watermark


def tables_of(engine: sa.Engine) -> TablesSnapshot:
    """Return the tables that hold everything that a ledger has booked."""
    columns = [schema.cells.c["table_name" if name == "table" else name] for name in LedgerCell._fields]
    records = schema.entry_records.c
    with engine.connect() as connection:
        query = sa.select(*columns, schema.cells.c.steps).where(schema.cells.c.table_name.in_(TALLY_TABLES))
        postings = [(LedgerCell(*values), steps) for *values, steps in connection.execute(query)]
        last = sa.select(records.partition, sa.func.max(records.number), sa.func.max(records.booking)).group_by(records.partition)
        marks = {partition: watermark(number, booking=booking) for partition, number, booking in connection.execute(last)}
        partitions = connection.execute(sa.select(schema.head.c.partitions)).scalar_one()
    return snapshot_of(postings, partitions=partitions, watermarks=marks)


class KeptTables:
    """A source for a hub: it gives the snapshot that a test set last, and can be away."""

    def __init__(self, snapshot: TablesSnapshot) -> None:
        self.snapshot = snapshot
        self.is_away = False
        self.opened = 0
        self.closed = 0

    @contextlib.contextmanager
    def source(self) -> Iterator[Callable[[], TablesSnapshot]]:
        """Open them. Raises Unreachable while they are away."""
        if self.is_away:
            raise Unreachable("nothing listens", hint="start it")
        self.opened += 1
        try:
            yield self._now
        finally:
            self.closed += 1

    def _now(self) -> TablesSnapshot:
        if self.is_away:
            raise Unreachable("it went away", hint="start it")
        return self.snapshot
