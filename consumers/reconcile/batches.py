"""Batches of payments: summed a second time from the events that name them, and as the ledger keeps them.

A payment names its batch by its subject. What corrects a payment counts in the batch of the payment as it was first
sent, whatever the correction says.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

import msgspec
import sqlalchemy as sa

from consumers.reconcile.chains import Booked
from consumers.reconcile.difference import HISTORY, LEDGER, Difference, between_sums
from consumers.reconcile.recount import Postings
from models import schema

STAGES: Final = frozenset({"declared", "instructed", "sent", "confirmed", "failed", "returned", "undelivered", "reissued", "refunded", "paid"})
_PAYMENTS: Final = ("salur.disbursement.", "salur.batch.declared.", "salur.incentive.paid.")
_history = schema.batch_history.c
_pairs = msgspec.json.Decoder(list[tuple[int, int]])


class BatchCell(NamedTuple):
    """One figure of one batch."""

    batch: str
    programme: str
    destination: str
    simulated: bool
    measure: str
    unit: str


def batch_postings(root: Booked, postings: Postings, *, simulated: bool) -> Iterator[tuple[BatchCell, int]]:
    """Yield what postings of a payment, or of what corrects it, add to its batch."""
    batch, data = root.whole.get("subject", ""), root.whole["data"]
    if batch.startswith("batch/") and root.event.type.startswith(_PAYMENTS):
        for cell, steps in postings.items():
            if cell.measure in STAGES:
                yield BatchCell(batch, data["programme"], data["country"], simulated, cell.measure, cell.unit), steps


def batches_of_ledger(connection: sa.Connection, *, booking: int) -> dict[BatchCell, tuple[int, int]]:
    """Return the sums of all batches as of a booking that are not 0."""
    keys = [_history[name] for name in BatchCell._fields]
    last = sa.select(*keys, sa.func.max(_history.booking).label("last")).where(_history.booking <= booking).group_by(*keys).subquery()
    same = sa.and_(*(last.c[key.name] == key for key in keys), last.c.last == _history.booking)
    return _without_zeros({BatchCell(*key): steps for *key, steps in connection.execute(sa.select(*keys, _history.steps).join(last, same))})


def differences_of_batches(connection: sa.Connection, *, booking: int) -> Iterator[Difference]:
    """Yield where the batches as they stand are not the last of their history, or not the sum of their members."""
    now = schema.batches.c
    keys = [now[name] for name in BatchCell._fields]
    current = _without_zeros({BatchCell(*key): steps for *key, steps in connection.execute(sa.select(*keys, now.steps))})
    members: dict[BatchCell, int] = {}
    for *key, listed in connection.execute(sa.select(*(_history[name] for name in BatchCell._fields), _history.members)):
        where = BatchCell(*key)
        members[where] = members.get(where, 0) + sum(delta for _, delta in _pairs.decode(listed))
    yield from between_sums((LEDGER, current), (HISTORY, batches_of_ledger(connection, booking=booking)))
    yield from between_sums((LEDGER, current), ("members", _without_zeros(members)))


def _without_zeros(sums: dict[BatchCell, int]) -> dict[BatchCell, tuple[int, int]]:
    return {where._replace(simulated=bool(where.simulated)): (steps, 0) for where, steps in sums.items() if steps}
