"""The envelope of every event: CloudEvents 1.0 attributes, and the kinds of text and number that members may hold.

A subclass with ``tag="salur.<noun>.<verb>.v1"`` and a member ``data`` is an event type. An optional member that
was left out is ``UNSET``; an explicit null is refused. What a value means (a known code, a possible quantity) is
decided by ``models.rules``; here is only its form.
"""

import datetime
import functools
from typing import Annotated, Final, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

SOURCE_PREFIX: Final = "urn:salur:partner:"
CODE_PATTERN: Final = "^[a-z0-9][a-z0-9-]{0,62}$"
MAX_JSON_INTEGER: Final = 2**53
"""Beyond this, JSON numbers are no longer exact everywhere (RFC 8259, section 6)."""

Code = Annotated[str, Meta(min_length=1, max_length=63)]
"""A code that later rules look up."""
NewCode = Annotated[str, Meta(pattern=CODE_PATTERN)]
"""A code that an event brings into being."""
Label = Annotated[str, Meta(min_length=1, max_length=128)]
"""A short free name: a tranche, a lot, a display name."""
Text = Annotated[str, Meta(min_length=1, max_length=2000)]
EventId = Annotated[str, Meta(min_length=1, max_length=128)]
Source = Annotated[str, Meta(pattern=f"^{SOURCE_PREFIX}[a-z0-9][a-z0-9-]{{0,62}}$")]
Currency = Annotated[str, Meta(min_length=3, max_length=3)]
Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
Moment = Annotated[datetime.datetime, Meta(tz=True)]

Quantity = Annotated[int, Meta(ge=-MAX_JSON_INTEGER, le=MAX_JSON_INTEGER)] | Annotated[str, Meta(min_length=1, max_length=64)]
"""A whole JSON number or a decimal string; signs and decimals are judged with the unit, by the rules."""

_EPOCH: Final = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
# Asia/Jakarta is UTC+7 with no daylight saving since 1964, before any event of ours: a fixed offset is exact
# there and needs no zone database.
_JAKARTA_OFFSET: Final = datetime.timedelta(hours=7)
_JAKARTA_OFFSET_MS: Final = 7 * 60 * 60 * 1000
_DAY_MS: Final = 24 * 60 * 60 * 1000
_EPOCH_ORDINAL: Final = datetime.date(1970, 1, 1).toordinal()


class Form(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """The settings of everything on the wire: immutable, by name, nothing unknown (and no cycles, so no work for the collector).

    Written again, an event never has a member that was left out: ``models.decoding`` finds repeated members by that.
    """


class Envelope(Form, frozen=True, kw_only=True, tag_field="type"):
    """The attributes that every event has, whatever its type."""

    specversion: Literal["1.0"]
    id: EventId
    source: Source
    time: Moment
    subject: Annotated[str, Meta(min_length=1, max_length=256)] | UnsetType = UNSET
    recordedtime: Moment | UnsetType = UNSET
    correlationid: Label | UnsetType = UNSET
    causationid: Label | UnsetType = UNSET
    datacontenttype: Annotated[str, Meta(pattern="^application/json( *;.{0,100})?$")] | UnsetType = UNSET
    dataschema: Annotated[str, Meta(min_length=1, max_length=256)] | UnsetType = UNSET
    traceparent: Annotated[str, Meta(min_length=1, max_length=64)] | UnsetType = UNSET
    tracestate: Annotated[str, Meta(min_length=1, max_length=512)] | UnsetType = UNSET

    @property
    def type(self) -> str:
        """The wire name of the event's type, ``salur.<noun>.<verb>.v1``."""
        return str(self.__struct_config__.tag)

    @property
    def partner(self) -> str:
        """The code of the partner who published the event."""
        return self.source[len(SOURCE_PREFIX) :]

    @property
    def occurred_at_ms(self) -> int:
        """When it happened, by the partner's clock, in milliseconds since 1970."""
        since = self.time - _EPOCH
        return since.days * 86_400_000 + since.seconds * 1000 + since.microseconds // 1000

    @property
    def day(self) -> str:
        """The calendar day on which it happened in Asia/Jakarta, as an ISO date."""
        # From the epoch in UTC: most times are in UTC, and those of one zone are subtracted ten times faster.
        return _iso_day((self.time - _EPOCH + _JAKARTA_OFFSET).days)


def jakarta_day(moment_ms: int) -> str:
    """Return the calendar day in Asia/Jakarta of a moment in milliseconds since 1970, as an ISO date."""
    return _iso_day((moment_ms + _JAKARTA_OFFSET_MS) // _DAY_MS)


@functools.lru_cache(maxsize=4096)
def _iso_day(days_since_1970: int) -> str:
    return datetime.date.fromordinal(_EPOCH_ORDINAL + days_since_1970).isoformat()
