"""The rejected records, newest first: why each was refused, and where its bytes are. The bytes themselves are not shown here."""

import dataclasses
import datetime
from collections.abc import Sequence
from typing import Any, Final

import msgspec
import sqlalchemy as sa

from consumers.answers.asof import iso, resolve
from models import schema
from models.reasons import Violation

REJECTED: Final = "rejected"

_reasons: Final = msgspec.json.Decoder(list[dict[str, Any]])


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """One refused record; source and id are empty where they could not be read."""

    decision: int
    booking: int
    topic: str
    partition: int
    offset: int
    source: str
    id: str
    type: str
    partner: str
    received_at: int
    sha256: str
    violations: tuple[Violation, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the rejection as JSON values, without words."""
        return {
            **{name: getattr(self, name) for name in ("decision", "booking", "topic", "partition", "offset", "source", "id", "type", "partner")},
            "received_at": iso(self.received_at),
            "sha256": self.sha256,
            "reasons": [msgspec.to_builtins(violation) for violation in self.violations],
        }


def rejections(
    connection: sa.Connection, *, partner: str = "", before: int | None = None, as_of: int | datetime.datetime | None = None, limit: int = 100
) -> list[Rejection]:
    """Return at most ``limit`` rejections, newest first: those of one partner if given, those before decision ``before`` if given.

    With ``as_of`` only those booked by then. Raises ConfigurationError for a booking that is not there yet.
    """
    columns = schema.decisions.c
    conditions = [columns.disposition == REJECTED]
    if as_of is not None:
        conditions.append(columns.booking <= resolve(connection, as_of).booking)
    if partner:
        conditions.append(columns.partner == partner)
    if before is not None:
        conditions.append(columns.number < before)
    return _read(connection, conditions, limit)


def every_rejection(connection: sa.Connection, *, partner: str = "") -> list[Rejection]:
    """Return all rejections, oldest first: those of one partner if given. Reads nothing but refusals."""
    columns = schema.decisions.c
    # In the words of the partial index over refusals, so that the accepted ones are not read.
    conditions: list[sa.ColumnElement[bool] | sa.TextClause] = [schema.REFUSED, columns.disposition == REJECTED]
    if partner:
        conditions.append(columns.partner == partner)
    return list(reversed(_read(connection, conditions, None)))


def rejection(connection: sa.Connection, decision: int) -> Rejection | None:
    """Return one rejection by its decision number, None if that decision is none."""
    columns = schema.decisions.c
    found = _read(connection, [columns.number == decision, columns.disposition == REJECTED], 1)
    return found[0] if found else None


def _read(connection: sa.Connection, conditions: Sequence[sa.ColumnElement[bool] | sa.TextClause], limit: int | None) -> list[Rejection]:
    columns = schema.decisions.c
    chosen = [column for column in columns if column.name not in {"raw", "headers", "postings", "flags", "first", "occurred_at", "disposition"}]
    query = sa.select(*chosen).where(*conditions).order_by(columns.number.desc()).limit(limit)
    return [
        Rejection(
            decision=row["number"],
            booking=row["booking"],
            topic=row["topic"],
            partition=row["partition"],
            offset=row["offset"],
            source=row["source"],
            id=row["event_id"],
            type=row["type"],
            partner=row["partner"],
            received_at=row["received_at"],
            sha256=bytes(row["sha256"]).hex(),
            violations=tuple(Violation(**reason) for reason in _reasons.decode(row["reasons"])),
        )
        for row in connection.execute(query).mappings()
    ]
