"""What is remembered of earlier events makes booking quick and changes nothing that is booked: row by row the same ledger."""

import random
from pathlib import Path

import sqlalchemy as sa

from consumers.database import open_database
from consumers.ledger import candidates
from consumers.ledger.candidates import Candidate, SourceRecord
from models import schema
from models.stencils import Traced
from tests.consumers.ledger.desk import RECEIVED_AT, Desk, Inbox
from tests.workload import Mix, Workload

MIXED = Mix(duplicates=0.1, conflicts=0.05, corrections=0.15, poison=0.02, variety=0.3)


class LongWay(Desk):
    """A desk whose ledger reads everything in full."""

    def restart(self) -> None:
        super().restart()
        self.ledger.prepare = candidates.prepare  # type: ignore[method-assign]  # that is the point


class Counting(Desk):
    """A desk that counts what it need not read in full."""

    traced = 0

    def restart(self) -> None:
        super().restart()
        prepare = self.ledger.prepare

        def counted(record: SourceRecord) -> Candidate:
            candidate = prepare(record)
            self.traced += isinstance(candidate.content, Traced)
            return candidate

        self.ledger.prepare = counted  # type: ignore[method-assign]  # to count


def test_a_ledger_that_remembers_and_one_that_does_not_are_the_same_row_by_row(tmp_path: Path) -> None:
    chance = random.Random(1)
    inbox = Inbox()
    for message in Workload(seed=1, events=2_000, mix=MIXED):
        inbox.put(message.value, partition=chance.randrange(4), received_at=RECEIVED_AT)
    remembering = Counting(open_database(f"sqlite:///{tmp_path / 'a.db'}"), inbox=inbox)
    reading = LongWay(open_database(f"sqlite:///{tmp_path / 'b.db'}"), inbox=inbox)
    for desk in (remembering, reading):
        while desk.book_next(at_most=150) is not None:
            pass
    assert remembering.traced > 700
    for table in schema.metadata.sorted_tables:
        assert contents(remembering.engine, table) == contents(reading.engine, table), table.name
    for desk in (remembering, reading):
        desk.engine.dispose()


def contents(engine: sa.Engine, table: sa.Table) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return sorted(map(tuple, connection.execute(sa.select(table))), key=repr)
