"""Whether the newest seal is that of this ledger, and how long entries wait to be sealed.

A quick look, each time: the booking that the seal names, by its hash, and its root. Whether every row is still what was
sealed is verified by `salur verify`. Says nothing about a ledger that was never sealed.
"""

import time
from collections.abc import Callable, Iterator

import sqlalchemy as sa

from consumers.answers.seals import is_of_this_ledger
from models import metrics, schema
from models.metrics import Reading


def proof_readings(connection: sa.Connection, *, clock: Callable[[], float] = time.time) -> Iterator[Reading]:
    """Yield whether the newest seal holds, and the age of the oldest booking that no seal covers."""
    table, made = schema.seals.c, schema.bookings.c
    last = connection.execute(sa.select(table.booking, table.size, table.document).order_by(table.number.desc()).limit(1)).first()
    if last is None:
        return
    yield Reading(metrics.PROOF_VALID, (), 1 if is_of_this_ledger(connection, bytes(last.document), size=last.size) else 0)
    unsealed = connection.execute(sa.select(made.booked_at).where(made.booking > last.booking).order_by(made.booking).limit(1)).scalar()
    yield Reading(metrics.CHECKPOINT_AGE, (), 0 if unsealed is None else max(clock() - unsealed / 1000, 0.0))
