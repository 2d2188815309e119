"""The conflicts, newest first: ids that came again with other content, beside what stands under them."""

import dataclasses
from typing import Any, Final

import sqlalchemy as sa

from consumers.answers.asof import iso
from models import schema

CONFLICT: Final = "conflict"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """One record that counts for nothing; ``stands`` is the decision that has the id, and its hash that of the bytes which count."""

    decision: int
    booking: int
    partner: str
    source: str
    id: str
    type: str
    topic: str
    partition: int
    offset: int
    received_at: int
    sha256: str
    stands: int
    stands_received_at: int
    stands_sha256: str

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {**dataclasses.asdict(self), "received_at": iso(self.received_at), "stands_received_at": iso(self.stands_received_at)}


def conflicts(connection: sa.Connection, *, partner: str = "", before: int | None = None, limit: int = 100) -> list[Conflict]:
    """Return at most ``limit`` conflicts, newest first: those of one partner if given, those before decision ``before`` if given."""
    d = schema.decisions.c
    # In the words of the partial index over refusals, so that the accepted ones are not read.
    refused = sa.select(d.number).where(schema.REFUSED, d.disposition == CONFLICT).order_by(d.number.desc()).limit(limit)
    if partner:
        refused = refused.where(d.partner == partner)
    if before is not None:
        refused = refused.where(d.number < before)
    late, first = schema.decisions.alias("late"), schema.decisions.alias("first")
    names = ("booking", "partner", "source", "type", "topic", "received_at")
    stands = (first.c.number.label("stands"), first.c.received_at.label("stands_received_at"), first.c.sha256.label("stands_sha256"))
    wanted = (
        late.c.number.label("decision"),
        *(late.c[name] for name in names),
        late.c.event_id,
        late.c.sha256,
        late.c["partition"],
        late.c["offset"],
        *stands,
    )
    query = sa.select(*wanted).join_from(late, first, first.c.number == late.c.first).where(late.c.number.in_(refused))
    return [_read(row) for row in connection.execute(query.order_by(late.c.number.desc())).mappings()]


def _read(row: sa.RowMapping) -> Conflict:
    values = {name: value for name, value in row.items() if name not in {"event_id", "sha256", "stands_sha256"}}
    return Conflict(**values, id=row["event_id"], sha256=bytes(row["sha256"]).hex(), stands_sha256=bytes(row["stands_sha256"]).hex())
