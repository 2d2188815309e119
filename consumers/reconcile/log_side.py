"""The ledger held against the recount of the raw log, at the last booking of the bookings topic."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from consumers.answers.asof import resolve
from consumers.answers.intake import intake
from consumers.kafka_reading import reader
from consumers.reconcile.batches import batches_of_ledger
from consumers.reconcile.difference import LEDGER, LOG, Difference, between_counts, between_sums, oddity
from consumers.reconcile.ledger_side import partner_counts, tallies
from consumers.reconcile.rawlog import RawLog, read_bookings
from consumers.reconcile.refold import Refold
from consumers.reconcile.remembered import to_remember
from models.bookings import RULES_VERSION, BookingRecord
from models.errors import ConfigurationError, LedgerBehindLog
from models.registry import Registry
from models.topics import BOOKINGS

OnProgress = Callable[[int, int], None]
"""Told how many records of how many are refolded."""


def refold_log(
    bootstrap_servers: str, registry: Registry, *, on_progress: OnProgress, client: Mapping[str, Any] | None = None
) -> tuple[Refold, BookingRecord | None]:
    """Recount everything that the bookings topic says was taken; return the recount and the last booking in it.

    ``registry`` holds the shipped code lists, and grows along. Raises Unreachable, LogTruncated, NumbersReused, IntegrityError,
    and ConfigurationError for what other rules decided.
    """
    with reader(bootstrap_servers, client) as consumer:
        booked = read_bookings(consumer)
    refuse_other_rules(booked)
    with RawLog(bootstrap_servers, booked, client=client) as log:
        refold = _refold(log, booked, registry, on_progress)
    return refold, booked[-1] if booked else None


def refuse_other_rules(booked: Sequence[BookingRecord]) -> None:
    """Raise ConfigurationError if a booking was made by rules that are not written here: every difference would be theirs."""
    for booking in booked:
        if booking.rules != RULES_VERSION:
            message = f"booking {booking.number} was decided by rules {booking.rules}, this program has rules {RULES_VERSION}"
            raise ConfigurationError(message, hint="compare with the version of Salur that booked it")


def differences_from_log(connection: sa.Connection, refold: Refold, last: BookingRecord | None) -> Iterator[Difference]:
    """Yield where the ledger, as of the last published booking, differs from the recount."""
    published, head = last.number if last else 0, resolve(connection, None).booking
    if published > head:
        raise LedgerBehindLog(f"{BOOKINGS} holds bookings up to {published}, the database only up to {head}", hint="make it again: salur rebuild --ledger")
    as_of = resolve(connection, published)
    summed = {cell: (refold.steps[cell], events) for cell, events in refold.events.items()}
    yield from between_sums((LEDGER, tallies(connection, as_of)), (LOG, summed))
    batches = {where: (steps, 0) for where, steps in refold.batches.items() if steps}
    yield from between_sums((LEDGER, batches_of_ledger(connection, booking=as_of.booking)), (LOG, batches))
    in_ledger = partner_counts(intake(connection, booking=as_of.booking))
    for code in sorted({*in_ledger, *refold.intake}):
        where = {"table": "partners", "partner": code}
        yield from between_counts((LEDGER, in_ledger.get(code, {})), (LOG, refold.intake.get(code, {})), where)
    yield from (oddity((LEDGER, LOG), sentence) for sentence in refold.oddities)


def _refold(log: RawLog, booked: Sequence[BookingRecord], registry: Registry, on_progress: OnProgress) -> Refold:
    refold = Refold(registry, to_remember(log.every_record()))
    size = log.size
    done = 0
    for booking in booked:
        refold.take(booking, (record for taken in booking.ranges for record in log.take(taken)))
        done += sum(taken.next - taken.first for taken in booking.ranges)
        on_progress(done, size)
    return refold
