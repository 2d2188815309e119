"""The recount of the raw log and the ledger agree on every cell and every partner, whatever partners send."""

import json
from collections import Counter
from collections.abc import Sequence

import msgspec
import pytest
import sqlalchemy as sa

from consumers.answers.asof import resolve
from consumers.answers.intake import intake as intake_of
from consumers.ledger.candidates import SourceRecord
from consumers.ledger.ledger import Ledger, PartitionBatch, prepare_ledger
from consumers.reconcile.difference import Difference
from consumers.reconcile.ledger_side import differences_within
from consumers.reconcile.log_side import differences_from_log, refuse_other_rules
from consumers.reconcile.rawlog import RawRecord
from consumers.reconcile.refold import Refold
from consumers.reconcile.remembered import to_remember
from models import schema
from models.bookings import RULES_VERSION, BookingRecord
from models.errors import ConfigurationError
from models.events.catalogue import EVENT_TYPES
from models.registry import Registry
from models.topics import EVENTS
from tests.chaos import invariants
from tests.consumers.reconcile.traffic import NOW_MS, Traffic
from tests.poison import POISON
from tests.workload import Mix, Workload

SHIPPED = Registry.shipped()
DISPOSITIONS = ("received", "accepted", "duplicate", "conflict", "rejected", "held")
NOT_IN_THE_STREAM = {
    *(name for name in EVENT_TYPES if name.split(".")[1] in ("goods", "consignment", "stock", "partner", "programme", "item", "site", "legal-basis")),
    *(f"salur.disbursement.{stage}.v1" for stage in ("instructed", "sent", "failed", "returned", "reissued", "refunded")),
    "salur.event.annotated.v1",
}
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
    for topic, partition in sorted({(record.topic, record.partition) for record in records}):
        own = [record for record in records if (record.topic, record.partition) == (topic, partition)]
        batches.append(PartitionBatch(topic, partition, "", own[0].offset, own[-1].offset + 1, [ledger.prepare(record) for record in own]))
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
    booked = [book(ledger, traffic.records(size)) for size in (1, 40, 3, 120, 80, 200, 300)]
    assert differences(engine, booked) == []
    with engine.connect() as connection:
        assert list(differences_within(connection, resolve(connection, None), intake_of(connection))) == []
        assert set(connection.scalars(sa.select(schema.links.c.kind))) >= {"evidence", "verification", "amendment", "reversal"}
        assert connection.scalar(sa.select(sa.func.count()).select_from(schema.batches))
    intake = sum(refold_of(booked).intake.values(), Counter())
    assert all(intake[name] for name in ("accepted", "duplicate", "conflict", "rejected", "held")), intake


def test_a_stream_of_every_type_comes_to_what_it_says(engine: sa.Engine) -> None:
    workload, ledger = Workload(seed=3, events=1500, mix=Mix(corrections=0.1, variety=0.5)), ledger_of(engine)
    records = [SourceRecord(EVENTS, 0, offset, NOW_MS, message.value, []) for offset, message in enumerate(workload)]
    booked = [book(ledger, records[start : start + 300]) for start in range(0, len(records), 300)]
    assert differences(engine, booked) == []
    with engine.connect() as connection:
        assert invariants.figures(connection) == workload.figures
        assert invariants.broken(connection, ends={0: len(records)}) == []
        assert invariants.intake(connection) == {**dict.fromkeys(DISPOSITIONS, 0), **workload.intake}
        assert connection.scalar(sa.select(sa.func.count()).select_from(schema.suspicions))
        assert set(connection.scalars(sa.select(schema.decisions.c.type))) >= set(EVENT_TYPES) - NOT_IN_THE_STREAM


@pytest.mark.parametrize(("table", "between"), [(schema.batches, {("ledger", "history"), ("ledger", "members")}), (schema.batch_history, {("ledger", "log")})])
def test_a_batch_that_was_changed_is_named(engine: sa.Engine, table: sa.Table, between: set[tuple[str, str]]) -> None:
    ledger = ledger_of(engine)
    payment = {"programme": "bsu", "country": "ID", "lines": [{"line": 1, "payments": 2, "amount": 2_400_000, "currency": "IDR"}]}
    envelope = {"specversion": "1.0", "source": "urn:salur:partner:bank-penyalur", "type": "salur.disbursement.sent.v1", "time": "2020-10-01T00:00:00Z"}
    booked = [book(ledger, [at(0, json.dumps({**envelope, "id": "p1", "subject": "batch/1", "data": payment}).encode())])]
    with engine.begin() as connection:
        connection.execute(sa.update(table).where(table.c.unit == "payment").values(steps=3))
    with engine.connect() as connection:
        found = [*differences(engine, booked), *differences_within(connection, resolve(connection, None), intake_of(connection))]
    named = [difference.to_json() for difference in found]
    assert {tuple(one["between"]) for one in named} >= between
    assert {(one["batch"], one["measure"], one["unit"]) for one in named} == {("batch/1", "sent", "payment")}


def test_an_event_that_was_given_up_frees_its_id(engine: sa.Engine) -> None:
    ledger = ledger_of(engine)
    waiting, mended = correction("fix", "reversed", original="never"), correction("fix", "annotated", original="never")
    booked = [book(ledger, [at(0, waiting)])]
    with engine.begin() as connection:
        connection.execute(sa.update(schema.held).values(give_up=True))
    booked.append(book(ledger, [at(1, masks("m1", 5))]))
    booked.append(book(ledger, [at(2, mended)]))
    assert booked[1][0].given_up == [1]
    assert differences(engine, booked) == []
    assert refold_of(booked).intake["kdei-taipei"] == {"received": 3, "accepted": 1, "rejected": 1, "held": 1}


@pytest.mark.parametrize(
    ("corrections", "left", "events"),
    [
        ([("r1", "reversed", "m1", None)], 0, 2),
        ([("r1", "reversed", "m1", None), ("r2", "reversed", "r1", None)], 5, 3),
        ([("a1", "amended", "m1", 7)], 7, 2),
        ([("a1", "amended", "m1", 7), ("a2", "amended", "a1", 9)], 9, 3),
        ([("a1", "amended", "m1", 7), ("r1", "reversed", "a1", None)], 5, 3),
        ([("a1", "amended", "m1", 7), ("r1", "reversed", "m1", None)], 0, 3),
        ([("a1", "amended", "m1", 7), ("r1", "reversed", "m1", None), ("r2", "reversed", "r1", None)], 7, 4),
        ([("a1", "amended", "m1", 7), ("a2", "amended", "m1", 9), ("r1", "reversed", "a2", None)], 7, 4),
        ([("r1", "reversed", "m1", None), ("r2", "reversed", "m1", None)], 0, 2),
        ([("r1", "reversed", "m1", None), ("a1", "amended", "m1", 9)], 0, 2),
        ([("n1", "annotated", "m1", None), ("r1", "reversed", "n1", None)], 5, 1),
        ([("a1", "amended", "m1", 5)], 5, 1),
    ],
)
def test_corrections_come_to_what_the_rules_say(corrections: list[tuple[str, str, str, int | None]], left: int, events: int) -> None:
    values = [masks("m1", 5), *(correction(name, kind, original=original, quantity=quantity) for name, kind, original, quantity in corrections)]
    records = [RawRecord(*at(offset, value)[:5], ()) for offset, value in enumerate(values)]
    refold = Refold(shipped(), to_remember(records))
    refold.take(BookingRecord(number=1, booked_at=0, partitions=1, ranges=[], released=[], given_up=[], size=len(records), root="", previous=""), records)
    assert refold.oddities == []
    handed_out = [(steps, refold.events[cell]) for cell, steps in refold.steps.items() if cell.measure == "distributed"]
    assert handed_out == [(left, events)]


def test_a_booking_that_does_not_fit_the_log_is_told() -> None:
    refold = Refold(shipped(), set())
    refold.take(BookingRecord(number=1, booked_at=0, partitions=1, ranges=[], released=[7], given_up=[], size=4, root="", previous=""), [])
    assert refold.oddities == ["booking 1 settles decision 7, which is not held", "booking 1 says it ends at decision 4, the log gives 1"]


def test_what_other_rules_decided_is_not_compared() -> None:
    booking = BookingRecord(number=4, rules=99, booked_at=0, partitions=1, ranges=[], released=[], given_up=[], size=0, root="", previous="")
    refuse_other_rules([msgspec.structs.replace(booking, rules=RULES_VERSION)])
    with pytest.raises(ConfigurationError, match=r"booking 4 was decided by rules 99, this program has rules \d+ → compare with the version"):
        refuse_other_rules([booking])


def at(offset: int, value: bytes) -> SourceRecord:
    return SourceRecord(EVENTS, 0, offset, NOW_MS, value, [])


def masks(event_id: str, quantity: int) -> bytes:
    return event(event_id, "salur.distribution.recorded.v1", data_of(quantity))


def correction(event_id: str, kind: str, *, original: str, quantity: int | None = None) -> bytes:
    data: dict[str, object] = {"original": original, "reason": "entered_twice"}
    if kind == "amended":
        data["replacement"] = data_of(quantity or 0)
    if kind == "annotated":
        data = {"original": original, "text": "seen"}
    return event(event_id, f"salur.event.{kind}.v1", data)


def data_of(quantity: int) -> dict[str, object]:
    return {"programme": "bantuan-pmi", "country": "TW", "lines": [{"line": 1, "item": "masker", "quantity": quantity, "unit": "piece"}]}


def event(event_id: str, event_type: str, data: dict[str, object]) -> bytes:
    envelope = {"specversion": "1.0", "id": event_id, "source": "urn:salur:partner:kdei-taipei", "type": event_type, "time": "2020-05-03T09:00:00+08:00"}
    return json.dumps({**envelope, "data": data}).encode()


def test_poison_is_decided_alike_and_so_is_all_that_follows_it(engine: sa.Engine) -> None:
    poison = [SourceRecord(EVENTS, 0, offset, NOW_MS, one.value, list(one.headers)) for offset, one in enumerate(POISON)]
    ledger, traffic = ledger_of(engine), Traffic(9)
    booked = [book(ledger, poison[:100]), book(ledger, poison[100:])]
    after = [record._replace(topic="aid.events.v1", partition=record.partition + 2) for record in traffic.records(100) if record.topic == EVENTS]
    booked.append(book(ledger, after))
    assert differences(engine, booked) == []
