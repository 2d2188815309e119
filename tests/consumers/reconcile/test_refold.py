"""The recount of the raw log and the ledger agree on every cell and every partner, whatever partners send."""

from collections import Counter
from collections.abc import Sequence

import pytest
import sqlalchemy as sa

from consumers.ledger.candidates import SourceRecord, prepare
from consumers.ledger.ledger import Ledger, PartitionBatch, prepare_ledger
from consumers.reconcile.difference import Difference
from consumers.reconcile.log_side import differences_from_log
from consumers.reconcile.rawlog import RawRecord
from consumers.reconcile.refold import Refold
from consumers.reconcile.remembered import to_remember
from models import schema
from models.bookings import BookingRecord
from models.registry import Registry
from tests.consumers.reconcile.traffic import Traffic

SHIPPED = Registry.shipped()
Booked = list[tuple[BookingRecord, list[SourceRecord]]]


def shipped() -> Registry:
    return SHIPPED.copy()


def ledger_of(engine: sa.Engine) -> Ledger:
    schema.metadata.create_all(engine)
    prepare_ledger(engine, partitions=2)
    return Ledger(engine, shipped=shipped)


def book(ledger: Ledger, records: Sequence[SourceRecord]) -> tuple[BookingRecord, list[SourceRecord]]:
    """Book records as one batch, partition by partition as a worker would."""
    batches = []
    for partition in sorted({record.partition for record in records}):
        own = [record for record in records if record.partition == partition]
        batches.append(PartitionBatch(own[0].topic, partition, "", own[0].offset, own[-1].offset + 1, [prepare(record) for record in own]))
    made = ledger.book(batches)
    assert made is not None
    return made, [record for batch in batches for record in (candidate.record for candidate in batch.candidates)]


def refold_of(booked: Booked) -> Refold:
    raw = [[RawRecord(*record[:5], tuple(record.headers)) for record in records] for _, records in booked]
    refold = Refold(shipped(), to_remember(record for records in raw for record in records))
    for (booking, _), records in zip(booked, raw, strict=True):
        refold.take(booking, records)
    return refold


def differences(engine: sa.Engine, booked: Booked) -> list[Difference]:
    with engine.connect() as connection:
        return list(differences_from_log(connection, refold_of(booked), booked[-1][0]))


@pytest.mark.parametrize("seed", range(4))
def test_random_traffic_is_decided_and_summed_alike(engine: sa.Engine, seed: int) -> None:
    traffic, ledger = Traffic(seed), ledger_of(engine)
    booked = [book(ledger, traffic.records(size)) for size in (1, 40, 3, 120, 80, 200)]
    assert differences(engine, booked) == []
    intake = sum(refold_of(booked).intake.values(), Counter())
    assert all(intake[name] for name in ("accepted", "duplicate", "conflict", "rejected", "held")), intake
