"""Up to which booking the tables are folded. The ledger knows which booking each numbered record belongs to.

A partition that no later booking wrote to is current, however old its last record is.
"""

import dataclasses
from collections.abc import Mapping

import sqlalchemy as sa

from consumers.answers.asof import AsOf, resolve
from consumers.tables.reader import TablesSnapshot
from models import schema

_records = schema.entry_records.c


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Per entries partition the last booking that it holds completely; the tables as a whole hold the smallest.

    ``torn`` are the partitions that hold some records of the next booking too: that one was split over several.
    """

    head: int
    bookings: Mapping[int, int]
    torn: frozenset[int]

    @property
    def booking(self) -> int:
        """The booking that every partition holds completely."""
        return min(self.bookings.values(), default=self.head)

    @property
    def is_drained(self) -> bool:
        """Whether everything booked is in the tables."""
        return self.booking == self.head


def coverage(connection: sa.Connection, snapshot: TablesSnapshot) -> Coverage:
    """Return how far ``snapshot`` is, for a ledger read after it."""
    head = resolve(connection, None).booking
    bookings: dict[int, int] = {}
    torn: set[int] = set()
    for partition in range(snapshot.partitions):
        watermark = snapshot.watermarks.get(partition)
        following = _booking_of_next(connection, partition, snapshot.number(partition), since=watermark.booking if watermark else 0)
        bookings[partition] = head if following is None else following - 1
        if following is not None and watermark is not None and following == watermark.booking:
            torn.add(partition)
    return Coverage(head=head, bookings=bookings, torn=frozenset(torn))


def as_of_tables(connection: sa.Connection, snapshot: TablesSnapshot) -> AsOf:
    """Return the booking that a figure from the tables holds for."""
    return resolve(connection, coverage(connection, snapshot).booking)


def _booking_of_next(connection: sa.Connection, partition: int, number: int, *, since: int) -> int | None:
    """Return the booking of the first record of a partition after ``number``; its own booking is at ``since`` or later."""
    query = (
        sa.select(_records.booking)
        .where(_records.booking >= since, _records.partition == partition, _records.number > number)
        .order_by(_records.booking, _records.partition, _records.number)
        .limit(1)
    )
    return connection.execute(query).scalar_one_or_none()
