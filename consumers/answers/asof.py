"""As of when: the booking that an answer shows. A moment resolves to the last booking made by then."""

import dataclasses
import datetime
from typing import Any, Final

import sqlalchemy as sa

from models import schema
from models.errors import ConfigurationError

_bookings = schema.bookings.c
_EPOCH: Final = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class AsOf:
    """A booking and its time in milliseconds; booking 0 is before anything was booked. ``is_head`` when it is the last one."""

    booking: int
    booked_at: int | None
    is_head: bool

    def to_json(self) -> dict[str, Any]:
        """Return the answer's ``as_of``."""
        return {"booking": self.booking, "booked_at": iso(self.booked_at)}


def resolve(connection: sa.Connection, asked: int | datetime.datetime | None) -> AsOf:
    """Return the booking that was asked for, the last one by default. Raises ConfigurationError for one that is not there yet."""
    head = connection.execute(sa.select(_bookings.booking, _bookings.booked_at).order_by(_bookings.booking.desc()).limit(1)).first()
    if head is None or asked is None:
        return AsOf(booking=head.booking if head else 0, booked_at=head.booked_at if head else None, is_head=True)
    if isinstance(asked, int):
        if asked > head.booking:
            raise ConfigurationError(f"booking {asked} is not booked yet", hint=f"the last one is {head.booking}")
        chosen = _bookings.booking == asked
    else:
        chosen = _bookings.booked_at <= milliseconds(asked)
    found = connection.execute(
        sa.select(_bookings.booking, _bookings.booked_at).where(chosen).order_by(_bookings.booked_at.desc(), _bookings.booking.desc()).limit(1)
    ).first()
    if found is None:
        return AsOf(booking=0, booked_at=None, is_head=False)
    return AsOf(booking=found.booking, booked_at=found.booked_at, is_head=found.booking == head.booking)


def milliseconds(moment: datetime.datetime) -> int:
    """Return the milliseconds since 1970 of a moment with a zone."""
    return (moment - _EPOCH) // datetime.timedelta(milliseconds=1)


def iso(time_ms: int | None) -> str | None:
    """Return milliseconds since 1970 as an ISO 8601 moment in UTC; 0 and None are never."""
    if not time_ms:
        return None
    return (_EPOCH + datetime.timedelta(milliseconds=time_ms)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
