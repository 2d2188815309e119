"""The root over all decisions up to a booking, as its record states it: the hash by which a printed page names its ledger."""

import sqlalchemy as sa

from models import bookings, schema

_bookings = schema.bookings.c


def root_at(connection: sa.Connection, booking: int) -> str:
    """Return the root in hexadecimal digits; empty before the first booking."""
    record = connection.execute(sa.select(_bookings.record).where(_bookings.booking == booking)).scalar()
    return "" if record is None else bookings.decode(bytes(record)).root
