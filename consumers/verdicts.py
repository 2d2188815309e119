"""What became of records that were just sent: the ledger's decision about each place in the log, and how far the ledger is."""

from collections.abc import Collection, Mapping
from typing import Any, Final, NamedTuple

import msgspec
import sqlalchemy as sa

from models import schema
from models.reasons import Violation

Place = tuple[str, int, int]
"""Topic, partition, offset."""

_reasons: Final = msgspec.json.Decoder(list[dict[str, Any]])
_flags: Final = msgspec.json.Decoder(list[str])


class Verdict(NamedTuple):
    """The newest decision about one record."""

    number: int
    booking: int
    disposition: str
    violations: tuple[Violation, ...]
    flags: tuple[str, ...]
    partner: str
    event_id: str


def size(connection: sa.Connection) -> int:
    """Return how many decisions are booked."""
    return int(connection.execute(sa.select(schema.head.c.size)).scalar_one_or_none() or 0)


def is_booked(connection: sa.Connection, ends: Mapping[tuple[str, int], int]) -> bool:
    """Tell whether every partition is booked up to the offset given for it, which is the next one after the last of interest."""
    booked = _positions(connection)
    return all(booked.get(partition, 0) >= end for partition, end in ends.items())


def unbooked(connection: sa.Connection, ends: Mapping[tuple[str, int], int]) -> int:
    """Return how many records before ``ends`` wait to be booked."""
    booked = _positions(connection)
    return sum(max(end - booked.get(partition, 0), 0) for partition, end in ends.items())


def _positions(connection: sa.Connection) -> dict[tuple[str, int], int]:
    positions = schema.positions.c
    rows = connection.execute(sa.select(positions.topic, positions.partition, positions.next_offset))
    return {(topic, partition): next_offset for topic, partition, next_offset in rows}


def verdicts_since(connection: sa.Connection, number: int, places: Collection[Place]) -> dict[Place, Verdict]:
    """Return the decisions after decision ``number`` about these records; a held one that was decided again has its second decision."""
    columns = schema.decisions.c
    query = (
        sa.select(
            columns.number,
            columns.booking,
            columns.disposition,
            columns.reasons,
            columns.flags,
            columns.partner,
            columns.event_id,
            columns.topic,
            columns.partition,
            columns.offset,
        )
        .where(columns.number > number)
        .order_by(columns.number)
    )
    found: dict[Place, Verdict] = {}
    for row in connection.execution_options(yield_per=5000).execute(query):
        place = (row.topic, row.partition, row.offset)
        if place in places:
            violations = tuple(Violation(**reason) for reason in _reasons.decode(row.reasons))
            found[place] = Verdict(row.number, row.booking, row.disposition, violations, tuple(_flags.decode(row.flags)), row.partner, row.event_id)
    return found
