"""Which booked events name which: what a correction corrects, and what has corrected an event since."""

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from consumers.answers.asof import AsOf
from models import schema
from models.corrections import CHAIN_KINDS


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """The event at the other end, and in what way the two are linked (reversal, amendment, annotation, return, receipt)."""

    decision: int
    kind: str
    source: str
    id: str

    def to_json(self) -> dict[str, Any]:
        """Return the link as JSON values."""
        return {"decision": self.decision, "kind": self.kind, "source": self.source, "id": self.id}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """For each decision that has any: what it names, and what names it, in booking order."""

    corrects: Mapping[int, Link]
    corrected_by: Mapping[int, Sequence[Link]]


def links_of(connection: sa.Connection, numbers: Sequence[int], as_of: AsOf) -> Links:
    """Return the links of these decisions with events booked by ``as_of``."""
    links = schema.links.c
    # A chain is found by its root, which has an index; the root of an event that corrects nothing is itself.
    own = {row.number: row for row in connection.execute(sa.select(schema.links).where(links.number.in_(numbers), links.target != links.number))}
    roots = {*numbers, *(row.root for row in own.values())}
    chains = connection.execute(
        sa.select(schema.links)
        .join_from(schema.links, schema.decisions, schema.decisions.c.number == links.number)
        .where(links.root.in_(roots), links.target != links.number, schema.decisions.c.booking <= as_of.booking)
        .order_by(links.number)
    ).all()
    names = _names(connection, {row.target for row in own.values()} | {row.number for row in chains})
    corrected_by: dict[int, list[Link]] = {}
    for row in chains:
        if row.target in numbers:
            corrected_by.setdefault(row.target, []).append(_link(row.number, row.kind, names))
    return Links(corrects={number: _link(row.target, row.kind, names) for number, row in own.items()}, corrected_by=corrected_by)


def roots_of(connection: sa.Connection, numbers: Collection[int]) -> dict[int, int]:
    """Return for each decision the event that its postings belong to: those of a correction belong to what it corrects."""
    links = schema.links.c
    query = sa.select(links.number, links.root).where(links.number.in_(numbers), links.kind.in_(sorted(CHAIN_KINDS)))
    corrected = {row.number: row.root for row in connection.execute(query)}
    return {number: corrected.get(number, number) for number in numbers}


def _names(connection: sa.Connection, numbers: set[int]) -> Mapping[int, tuple[str, str]]:
    decisions = schema.decisions.c
    query = sa.select(decisions.number, decisions.source, decisions.event_id).where(decisions.number.in_(numbers))
    return {row.number: (row.source, row.event_id) for row in connection.execute(query)}


def _link(decision: int, kind: str, names: Mapping[int, tuple[str, str]]) -> Link:
    source, event_id = names[decision]
    return Link(decision=decision, kind=kind, source=source, id=event_id)
