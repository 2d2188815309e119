"""A ledger that books real events, to be asked afterwards; on each database."""

import dataclasses
import datetime
from collections.abc import Iterator

import pytest

from consumers.database import open_database
from consumers.ledger.ledger import Ledger
from models.bookings import BookingRecord
from tests.consumers.ledger.desk import Desk


@dataclasses.dataclass
class Timed:
    """A desk at which the time of every booking is said; the events come in just before."""

    desk: Desk
    clock: int = 0

    @classmethod
    def at(cls, desk: Desk) -> "Timed":
        """Take over the clock of a desk."""
        made = cls(desk)
        desk.ledger = Ledger(desk.engine, clock=lambda: made.clock)
        return made

    def book(self, day: str, *events: object) -> BookingRecord | None:
        """Book events at noon, in Jakarta, of an ISO day."""
        at = int(datetime.datetime.fromisoformat(f"{day}T12:00:00+07:00").timestamp() * 1000)
        self.clock = at
        self.desk.inbox.put(*events, received_at=at - 1000)
        return self.desk.book_next()


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    """Give a ledger and its inbox."""
    engine = open_database(database_url)
    yield Desk(engine)
    engine.dispose()


@pytest.fixture
def timed(desk: Desk) -> Timed:
    """Give a ledger whose bookings are made on the days that a test says."""
    return Timed.at(desk)
