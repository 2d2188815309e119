"""The events behind the figures of one batch of payments: what each added to which stage, in the order of booking, in pages."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import msgspec
import sqlalchemy as sa

from consumers.answers.asof import AsOf
from consumers.answers.events import BookedEvent, booked_events
from models import schema
from models.batches import BatchKey

_members = msgspec.json.Decoder(list[tuple[int, int]])
_history = schema.batch_history.c
_KEY: Final = (_history.batch, _history.programme, _history.destination, _history.simulated)


class Stage(NamedTuple):
    """What an event added to one stage of the batch, in steps of the unit."""

    measure: str
    unit: str
    steps: int


class BatchEvents(NamedTuple):
    """A page of events, each with its stages; ``next`` is the cursor of the page that follows, None after the last."""

    events: Sequence[tuple[BookedEvent, Sequence[Stage]]]
    next: int | None


def events_of_batch(connection: sa.Connection, key: BatchKey, as_of: AsOf, *, cursor: int | None, limit: int) -> BatchEvents:
    """Return the events of a batch after the decision ``cursor``."""
    found: dict[int, list[Stage]] = {}
    for number, stage in _stages(connection, key, as_of, after=cursor or 0):
        if number not in found and len(found) > limit:
            break
        found.setdefault(number, []).append(stage)
    numbers = list(found)[:limit]
    events = booked_events(connection, numbers)
    return BatchEvents([(events[number], found[number]) for number in numbers], numbers[-1] if len(found) > limit else None)


def _stages(connection: sa.Connection, key: BatchKey, as_of: AsOf, *, after: int) -> Iterator[tuple[int, Stage]]:
    """Yield decisions with what they added, by decision; those of one booking are brought into order."""
    first = connection.execute(sa.select(schema.decisions.c.booking).where(schema.decisions.c.number == after)).scalar() or 0
    query = (
        sa.select(_history.booking, _history.measure, _history.unit, _history.members)
        .where(*(column == value for column, value in zip(_KEY, key, strict=True)), _history.booking >= first, _history.booking <= as_of.booking)
        .order_by(_history.booking)
    )
    booking, together = 0, list[tuple[int, Stage]]()
    for row in connection.execute(query, execution_options={"yield_per": 200}):
        if row.booking != booking:
            yield from sorted(together)
            booking, together = row.booking, []
        members = _members.decode(row.members)
        together += [(number, Stage(row.measure, row.unit, steps)) for number, steps in members if number > after]
    yield from sorted(together)
