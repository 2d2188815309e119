"""How far the ledger is, and what waits in it for somebody: positions, held and rejected events, partners last heard of."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from models import metrics, schema
from models.desk import SETTLES
from models.metrics import Reading

OTHER = "other"
"""Stands for a reason that cannot be read."""


def ledger_readings(connection: sa.Connection) -> Iterator[Reading]:
    """Yield what one moment of the ledger says; nothing before it is made."""
    head = connection.execute(sa.select(schema.head.c.booking, schema.head.c.size)).first()
    if head is None:
        return
    yield Reading(metrics.LEDGER_BOOKING, (), head.booking)
    yield Reading(metrics.ENTRIES_BOOKED, (), head.size)
    published = connection.execute(sa.select(schema.publisher.c.published)).scalar() or 0
    yield Reading(metrics.PUBLISH_LAG, (), head.booking - published)
    positions = schema.positions.c
    for topic, partition, next_offset in connection.execute(sa.select(positions.topic, positions.partition, positions.next_offset)):
        yield Reading(metrics.POSITION, (topic, str(partition)), next_offset)
    yield from _held(connection)
    for partner, received_at in connection.execute(sa.select(schema.partner_times.c.partner, schema.partner_times.c.last_received_at)):
        yield Reading(metrics.PARTNER_LAST, (partner,), received_at / 1000)


class RejectedOpen:
    """Keeps count of rejected events that were not sent again in better form; each look reads only what was decided since.

    One that an operator dealt with is open no more; what cannot be read has no id, and only an operator closes it.
    """

    def __init__(self) -> None:
        self._last = 0
        self._last_step = 0
        self._open: dict[tuple[str, str], tuple[int, str]] = {}
        self._unreadable: dict[int, str] = {}

    def readings(self, connection: sa.Connection) -> Iterator[Reading]:
        """Yield the open ones by their first reason; 0 for a reason that was open before."""
        known = set(self._reasons())
        self._take(connection)
        self._close(connection)
        counts = Counter(self._reasons())
        for reason in sorted({*known, *counts}):
            yield Reading(metrics.REJECTED_OPEN, (reason,), counts[reason])

    def _reasons(self) -> list[str]:
        return [*(reason for _, reason in self._open.values()), *self._unreadable.values()]

    def _close(self, connection: sa.Connection) -> None:
        """Take out what operators dealt with since."""
        step = schema.desk_steps.c
        d = schema.decisions.c
        query = sa.select(step.number, step.decision, d.source, d.event_id).join_from(schema.desk_steps, schema.decisions, d.number == step.decision)
        for row in connection.execute(query.where(step.number > self._last_step, step.action.in_(sorted(SETTLES))).order_by(step.number)):
            self._last_step = row.number
            self._unreadable.pop(row.decision, None)
            # A newer attempt under the same id is another one, and stays open.
            if self._open.get((row.source, row.event_id), (0, ""))[0] == row.decision:
                del self._open[row.source, row.event_id]

    def _take(self, connection: sa.Connection) -> None:
        d = schema.decisions.c
        wanted = d.disposition.in_(("accepted", "rejected"))
        query = sa.select(d.number, d.disposition, d.source, d.event_id, d.reasons).where(d.number > self._last, wanted).order_by(d.number)
        last = connection.execute(sa.select(sa.func.max(d.number))).scalar() or 0
        for row in connection.execute(query, execution_options={"yield_per": 5_000}):
            if row.disposition == "accepted":
                self._open.pop((row.source, row.event_id), None)
            elif row.event_id:
                self._open[row.source, row.event_id] = row.number, _first_reason(row.reasons)
            else:
                self._unreadable[row.number] = _first_reason(row.reasons)
        self._last = max(self._last, last)


def _held(connection: sa.Connection) -> Iterator[Reading]:
    held, d = schema.held.c, schema.decisions.c
    query = sa.select(d.reasons, sa.func.count(), sa.func.min(d.received_at)).join(schema.held, held.number == d.number)
    oldest: list[int] = []
    counts: Counter[str] = Counter({"held.original_not_booked": 0})
    for reasons, count, received_at in connection.execute(query.where(held.second.is_(None)).group_by(d.reasons)):
        counts[_first_reason(reasons)] += count
        oldest.append(received_at)
    for reason, count in sorted(counts.items()):
        yield Reading(metrics.HELD_OPEN, (reason,), count)
    if oldest:
        yield Reading(metrics.HELD_OLDEST, (), min(oldest) / 1000)


def _first_reason(reasons: str) -> str:
    listed: Any = json.loads(reasons)
    return str(listed[0].get("code", OTHER)) if listed else OTHER
