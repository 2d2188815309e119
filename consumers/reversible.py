"""Whether events of a partner still count, and what their reversal has to know of them."""

from collections.abc import Iterator, Sequence
from typing import Final

import sqlalchemy as sa

from consumers.ledger.headers import headers_from_text
from models import schema
from models.corrections import REVERSAL
from models.decoding import Undecodable, decode
from models.uploads import Standing

_AT_ONCE: Final = 200


def standings(connection: sa.Connection, numbers: Sequence[int | None]) -> list[Standing | None]:
    """Return how events stand that were first decided in these decisions; None for one that is not booked, or waits."""
    found: dict[int, Standing] = {}
    wanted = [number for number in numbers if number is not None]
    for start in range(0, len(wanted), _AT_ONCE):
        found.update(_some(connection, wanted[start : start + _AT_ONCE]))
    return [None if number is None else found.get(number) for number in numbers]


def _some(connection: sa.Connection, numbers: Sequence[int]) -> Iterator[tuple[int, Standing]]:
    decisions, held = schema.decisions.c, schema.held.c
    query = (
        sa.select(decisions.number, decisions.event_id, decisions.raw, decisions.headers, decisions.disposition, held.outcome, held.second)
        .select_from(schema.decisions.outerjoin(schema.held, held.number == decisions.number))
        .where(decisions.number.in_(numbers))
    )
    rows = [row for row in connection.execute(query) if row.disposition == "accepted" or row.outcome == "accepted"]
    reversed_ = _reversed(connection, [row.second or row.number for row in rows])
    for row in rows:
        event = decode(bytes(row.raw), headers_from_text(row.headers)) if row.raw is not None else None
        if event is not None and not isinstance(event, Undecodable):
            yield row.number, Standing(row.event_id, event.time.isoformat(), is_reversed=(row.second or row.number) in reversed_)


def _reversed(connection: sa.Connection, numbers: Sequence[int]) -> set[int]:
    """Return what is named by a reversal that is not itself reversed, in the chains of these decisions."""
    links = schema.links.c
    query = sa.select(links.number, links.target).where(links.root.in_(numbers), links.kind == REVERSAL)
    undone: set[int] = set()
    # The newest first: a reversal that is undone itself undoes nothing.
    for number, target in sorted(((row.number, row.target) for row in connection.execute(query)), reverse=True):
        if number not in undone:
            undone.add(target)
    return undone
