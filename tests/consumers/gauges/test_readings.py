"""What the ledger says to those who watch, held against events that were booked into a real one."""

import datetime
from collections.abc import Iterator
from pathlib import Path

import lz4.frame
import pytest
import sqlalchemy as sa

from consumers.database import open_database
from consumers.gauges.delivered import delivery_readings, stock_readings
from consumers.gauges.lag import LagClock
from consumers.gauges.ledger import RejectedOpen, ledger_readings
from consumers.gauges.proof import proof_readings
from consumers.ledger.source import is_inbound
from consumers.reconcile.continuous import LEAST_REST_SECONDS, RESTS, Continuous
from models import bookings, entries, schema
from models.metrics import Reading
from models.proof import seal as seals
from models.proof.note import Checkpoint, checkpoint_text
from tests.consumers.ledger.desk import RECEIVED_AT, Desk, masks, moved, payment, reversal

Shown = dict[tuple[str, ...], float]


@pytest.fixture(name="desk")
def _desk(tmp_path: Path) -> Iterator[Desk]:
    engine = open_database(f"sqlite:///{tmp_path / 'ledger.db'}")
    yield Desk(engine)
    engine.dispose()


def shown(readings: Iterator[Reading]) -> Shown:
    """Return values by name and labels, each once."""
    found: Shown = {}
    for reading in readings:
        assert len(reading.labels) == len(reading.metric.labels), reading.metric.name
        key = (reading.metric.name.removeprefix("salur_"), *reading.labels)
        assert key not in found, f"{key} twice on one page"
        found[key] = reading.value
    return found


def look(desk: Desk, *, rejected: RejectedOpen | None = None) -> Shown:
    with desk.engine.connect() as connection:
        of_rejected = (rejected or RejectedOpen()).readings(connection)
        return shown(iter([*ledger_readings(connection), *of_rejected, *delivery_readings(connection), *stock_readings(connection)]))


def test_positions_entries_and_partners_are_those_of_the_ledger(desk: Desk) -> None:
    desk.book(masks("a"), masks("b"))
    desk.book(masks("c"))
    page = look(desk)
    assert page["ledger_position", "aid.events.v1", "0"] == page["ledger_entries",] == 3
    assert page["ledger_booking",] == page["publisher_lag_bookings",] == 2
    assert page["partner_last_event_timestamp_seconds", "kdei-taipei"] == (RECEIVED_AT + 2_000) / 1000
    assert page["delivered", "bantuan-pmi", "TW", "distributed", "piece"] == 300


def test_a_held_event_is_open_until_its_original_comes(desk: Desk) -> None:
    assert ("held_oldest_timestamp_seconds",) not in look(desk)
    desk.book(reversal("r", "a"))
    page = look(desk)
    assert page["held_open", "held.original_not_booked"] == 1
    assert page["held_oldest_timestamp_seconds",] == RECEIVED_AT / 1000
    desk.book(masks("a"))
    page = look(desk)
    assert page["held_open", "held.original_not_booked"] == 0
    assert ("held_oldest_timestamp_seconds",) not in page


def test_a_rejected_event_is_open_until_its_id_is_accepted(desk: Desk) -> None:
    rejected = RejectedOpen()
    desk.book(masks("a", -1), b"{", b"[")
    page = look(desk, rejected=rejected)
    assert page["rejected_open", "rjct.quantity_invalid"] == 1
    assert page["rejected_open", "rjct.malformed"] == 2
    assert page == look(desk, rejected=rejected), "looking changes nothing"
    desk.book(masks("a"))
    page = look(desk, rejected=rejected)
    assert page["rejected_open", "rjct.quantity_invalid"] == 0, "a reason that was open goes to 0 before it goes away"
    assert page["rejected_open", "rjct.malformed"] == 2
    assert ("rejected_open", "rjct.quantity_invalid") not in look(desk, rejected=rejected)


def test_what_was_sent_waits_until_it_is_confirmed_or_comes_back_and_the_oldest_is_settled_first(desk: Desk) -> None:
    first = payment("s1", "sent", payments=10)
    first["time"] = "2020-05-01T09:00:00+07:00"
    second = payment("s2", "sent", payments=10)
    second["time"] = "2020-05-20T09:00:00+07:00"
    desk.book(first, second)
    page = look(desk)
    place = ("bsu", "ID", "payment")
    assert page["sent_unconfirmed", *place] == 20
    assert page["sent_unconfirmed_oldest_timestamp_seconds", *place] == day("2020-05-01")
    desk.book(payment("c1", "confirmed", payments=10))
    page = look(desk)
    assert page["sent_unconfirmed", *place] == 10
    assert page["sent_unconfirmed_oldest_timestamp_seconds", *place] == day("2020-05-20")
    desk.book(payment("c2", "confirmed", payments=10))
    page = look(desk)
    assert page["sent_unconfirmed", *place] == 0
    assert ("sent_unconfirmed_oldest_timestamp_seconds", *place) not in page
    assert page["delivered", "bsu", "ID", "confirmed", "payment"] == 20
    assert page["delivered", "bsu", "ID", "confirmed", "IDR"] == 24_000_000


def test_a_stock_below_nothing_is_counted_at_its_holder(desk: Desk) -> None:
    desk.book(moved("m", "dispatched", 40))
    page = look(desk)
    assert page["stock_on_hand", "blk-padang", "masker", "piece"] == -40
    assert page["stock_negative_cells", "blk-padang"] == 1


def test_entries_say_when_the_oldest_of_them_was_received_but_not_how_long_they_were_held(desk: Desk) -> None:
    desk.book(masks("a"), masks("b"))
    desk.book(reversal("r", "late"))
    record = desk.book(masks("late"))
    assert record is not None
    with desk.engine.connect() as connection:
        values = connection.execute(sa.select(schema.entry_records.c.booking, schema.entry_records.c.value)).all()
    found = [(booking, entries.decode(lz4.frame.decompress(value))) for booking, value in values]
    times = {booking: one.received_at for booking, one in found if one.entries}
    # The clock of the inbox goes on by a second an event; the reversal, received third, waited for the fourth.
    assert times == {1: RECEIVED_AT, 3: RECEIVED_AT + 3_000}
    assert {one.received_at for _, one in found if not one.entries} <= {0}


def test_no_seal_is_no_proof_to_be_invalid_and_a_seal_of_another_past_is(desk: Desk) -> None:
    first = desk.book(masks("a"))
    assert first is not None
    with desk.engine.connect() as connection:
        assert shown(proof_readings(connection)) == {}
    sealed = seal(first)
    insert(desk, sealed)
    desk.book(masks("b"))
    with desk.engine.connect() as connection:
        booked_at = connection.execute(sa.select(schema.bookings.c.booked_at).where(schema.bookings.c.booking == 2)).scalar_one()
        assert shown(proof_readings(connection, clock=lambda: booked_at / 1000 + 90)) == {("proof_valid",): 1, ("checkpoint_age_seconds",): 90}
    insert(desk, seal(first, root="00" * 32), number=2)
    with desk.engine.connect() as connection:
        assert shown(proof_readings(connection))["proof_valid",] == 0


def test_a_planted_difference_is_found_and_named_by_side_and_unit(desk: Desk) -> None:
    now = [0.0]
    continuous = Continuous(desk.engine, "127.0.0.1:1", monotonic=lambda: now[0])
    desk.book(masks("a", 100))
    assert continuous.is_due("ledger")
    assert continuous.compare_ledger().sums == {}
    assert not continuous.is_due("ledger")
    with desk.engine.begin() as connection:
        cells = schema.cells.c
        connection.execute(sa.update(schema.cells).where(cells.measure == "distributed", cells.unit == "piece").values(steps=101))
    now[0] += LEAST_REST_SECONDS
    assert continuous.is_due("ledger")
    found = continuous.compare_ledger()
    page = shown(continuous.readings())
    assert page["reconciliation_difference", "ledger-decisions", "piece"] == page["reconciliation_difference", "ledger-history", "piece"] == 1
    assert page["reconciliation_booking", "ledger"] == 1
    assert {difference.where["item"] for difference in found.named} == {"masker"}


def test_a_large_comparison_rests_many_times_as_long_as_it_took(desk: Desk) -> None:
    now = iter([0.0, 5.0, 5.0, 5.0 + 5.0 * RESTS["ledger"] - 1, 5.0 + 5.0 * RESTS["ledger"]])
    continuous = Continuous(desk.engine, "127.0.0.1:1", monotonic=lambda: next(now))
    desk.book(masks("a"))
    assert continuous.compare_ledger().took_seconds == 5.0
    assert not continuous.is_due("ledger")
    assert continuous.is_due("ledger")


def test_a_lag_is_as_old_as_the_first_look_that_saw_its_oldest_record() -> None:
    now = [0.0]
    clock = LagClock(lambda: now[0])
    where = ("salur-ledger", "aid.events.v1", 0)
    assert clock.waited_seconds(where, done=10, end=10) == 0
    now[0] = 5
    assert clock.waited_seconds(where, done=10, end=12) == 0, "seen now for the first time"
    now[0] = 9
    assert clock.waited_seconds(where, done=10, end=20) == 4
    assert clock.waited_seconds(where, done=12, end=20) == 0, "the older two are done, the others were first seen now"
    now[0] = 30
    assert clock.waited_seconds(where, done=19, end=20) == 21
    assert clock.waited_seconds(where, done=20, end=20) == 0


def test_a_lag_that_lasts_keeps_its_age_in_bounded_memory() -> None:
    now = [0.0]
    clock = LagClock(lambda: now[0])
    for look_number in range(5_000):
        now[0] = float(look_number)
        assert clock.waited_seconds(("a", "b", 0), done=0, end=look_number + 1) == look_number
    assert len(clock._looks["a", "b", 0]) <= 2_000


def test_inbound_topics_are_the_shared_one_and_the_partners_own() -> None:
    assert [is_inbound(topic) for topic in ("aid.events.v1", "aid.in.kdei-taipei.v1", "aid.entries.v1", "aid.in.Kdei.v1")] == [True, True, False, False]


def day(iso: str) -> float:
    return datetime.datetime.fromisoformat(f"{iso}T00:00:00+07:00").timestamp()


def seal(record: bookings.BookingRecord, *, root: str = "") -> seals.Seal:
    checkpoint = checkpoint_text(Checkpoint("salur", record.size, bytes.fromhex(root or record.root)))
    return seals.Seal(
        number=1,
        previous=seals.NO_SEAL,
        checkpoint=checkpoint,
        consistency=[],
        booking=record.number,
        booked_at=record.booked_at,
        sealed_at=record.booked_at,
        record=bookings.record_hash(bookings.encode(record)),
        rows="",
        tallies={},
        counts={},
        positions=[],
        software="",
    )


def insert(desk: Desk, sealed: seals.Seal, *, number: int = 1) -> None:
    row = {"number": number, "booking": sealed.booking, "size": sealed.log.size, "document": seals.encode(sealed), "note": ""}
    with desk.engine.begin() as connection:
        connection.execute(sa.insert(schema.seals), row)
