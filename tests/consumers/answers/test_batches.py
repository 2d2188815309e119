"""A batch shows how far its payments have come, as of any booking, and which sent ones wait to be confirmed, since when."""

import datetime
from typing import Any

from consumers.answers.batches import BatchesAnswer, batches
from consumers.answers.filters import JAKARTA, CellFilter
from models.registry import Registry
from tests.consumers.answers.conftest import Timed
from tests.consumers.ledger.desk import Desk, amendment, payment, reversal, wire

NOW = datetime.datetime(2020, 9, 1, tzinfo=JAKARTA)
BATCH = "batch/bsu-1"


def paid(event_id: str, kind: str, payments: int, *, day: str = "2020-08-01", batch: str = BATCH, **more: Any) -> dict[str, Any]:
    event = payment(event_id, kind, payments=payments, amount=str(payments * 1_200_000), **more)
    # The bank pays; who is paid is said by others.
    partner = "bpjs-ketenagakerjaan" if kind == "instructed" else "bank-penyalur"
    return {**event, "source": f"urn:salur:partner:{partner}", "subject": batch, "time": f"{day}T09:00:00+07:00"}


def declared(event_id: str, payments: int, **more: Any) -> dict[str, Any]:
    return {**paid(event_id, "instructed", payments, **more), "type": "salur.batch.declared.v1"}


def asked(desk: Desk, wanted: CellFilter | None = None, **options: Any) -> BatchesAnswer:
    with desk.engine.connect() as connection:
        return batches(connection, wanted or CellFilter(), **{"now": NOW, "ancestors": Registry.shipped().ancestors, **options})


def payments_of(answer: BatchesAnswer, row: int = 0) -> dict[str, Any]:
    units: list[dict[str, Any]] = answer.to_json()["rows"][row]["units"]
    return next(unit for unit in units if unit["unit"] == "payment")


def test_every_stage_is_told_in_payments_and_in_money(desk: Desk) -> None:
    desk.book(declared("d", 10), paid("i", "instructed", 10), paid("s", "sent", 9), paid("f", "failed", 1), paid("c", "confirmed", 7))
    answer = asked(desk)
    [row] = answer.to_json()["rows"]
    assert (row["batch"], row["programme"], row["destination"], row["closed"]) == (BATCH, "bsu", "ID", False)
    assert [unit["unit"] for unit in row["units"]] == ["payment", "IDR"]
    payments, money = row["units"]
    assert {name: payments[name] for name in ("declared", "instructed", "sent", "confirmed", "failed", "delivered")} == {
        "declared": "10",
        "instructed": "10",
        "sent": "9",
        "confirmed": "7",
        "failed": "1",
        "delivered": "7",
    }
    assert (payments["open"]["sent"], money["open"]["sent"]) == ("2", "2400000")
    assert (payments["status"], payments["complete"]) == ("sent", False)


def test_the_oldest_sent_are_taken_as_confirmed_first(desk: Desk) -> None:
    desk.book(paid("old", "sent", 5, day="2020-07-01"), paid("mid", "sent", 5, day="2020-08-01"), paid("new", "sent", 5, day="2020-08-30"))
    desk.book(paid("c", "confirmed", 7, day="2020-08-31"))
    waiting = payments_of(asked(desk))["unconfirmed"]
    assert [(one["id"], one["quantity"], one["days"]) for one in waiting] == [("mid", "3", 30), ("new", "5", 1)]
    assert [(one["id"], one["days"]) for one in payments_of(asked(desk, older_than=30))["unconfirmed"]] == [("mid", 30)]
    assert asked(desk, older_than=31).rows == ()


def test_a_correction_counts_at_the_time_of_what_it_corrects(desk: Desk) -> None:
    desk.book(paid("a", "sent", 5, day="2020-07-01"), paid("b", "sent", 5, day="2020-08-01"))
    desk.book({**reversal("r", "a", partner="bank-penyalur"), "time": "2020-08-20T00:00:00+07:00"})
    desk.book({**amendment("m", "b", paid("x", "sent", 3), partner="bank-penyalur"), "time": "2020-08-21T00:00:00+07:00"})
    answer = payments_of(asked(desk))
    assert (answer["sent"], [(one["id"], one["quantity"], one["days"]) for one in answer["unconfirmed"]]) == ("3", [("b", "3", 30)])


def test_what_came_back_is_told_apart_by_whether_it_had_been_confirmed(desk: Desk) -> None:
    desk.book(paid("s", "sent", 10), paid("c", "confirmed", 8))
    back = {"reason": "frozen"}
    desk.book(paid("r1", "returned", 2, original="s", **back), paid("r2", "returned", 3, original="c", **back))
    answer = payments_of(asked(desk))
    assert (answer["delivered"], answer["open"]["sent"], answer["open"]["returned"], answer["status"]) == ("5", "0", "5", "returned")
    desk.book(paid("re", "reissued", 2), paid("fund", "refunded", 3))
    desk.book(paid("s2", "sent", 2), paid("c2", "confirmed", 2))
    settled = payments_of(asked(desk))
    assert (settled["delivered"], settled["status"]) == ("7", "confirmed")


def test_an_older_answer_shows_the_batch_and_the_ages_of_then(timed: Timed) -> None:
    timed.book("2020-08-02", paid("s", "sent", 10))
    timed.book("2020-08-12", paid("c", "confirmed", 10, day="2020-08-11"))
    assert payments_of(asked(timed.desk))["status"] == "confirmed"
    then = asked(timed.desk, CellFilter(as_of=1))
    assert payments_of(then)["status"] == "sent"
    assert [one["days"] for one in payments_of(then)["unconfirmed"]] == [1]
    moment = asked(timed.desk, CellFilter(as_of=datetime.datetime(2020, 8, 10, 12, tzinfo=JAKARTA)))
    assert [one["days"] for one in payments_of(moment)["unconfirmed"]] == [9]
    assert asked(timed.desk, CellFilter(as_of=0)).rows == ()


def test_the_sums_of_then_are_the_history_of_now(timed: Timed) -> None:
    days = [f"2020-08-{day:02d}" for day in range(1, 8)]
    now: list[Any] = []
    for number, day in enumerate(days):
        timed.book(day, paid(f"s{number}", "sent", number + 1, batch=f"batch/{number % 3}"), paid(f"c{number}", "confirmed", number, batch="batch/0"))
        now.append([(row.key, row.lives) for row in asked(timed.desk).rows])
    then = [[(row.key, row.lives) for row in asked(timed.desk, CellFilter(as_of=booking)).rows] for booking in range(1, len(days) + 1)]
    assert then == now


def test_a_batch_that_its_owner_closed_says_so(desk: Desk) -> None:
    desk.book(paid("s", "sent", 10), paid("o", "sent", 1, batch="batch/other"))
    closing = {"programme": "bsu", "country": "ID", "batches": [BATCH]}
    desk.book({**wire("period.closed", closing, event_id="closed", partner="kemnaker-phi")})
    assert {row.key.batch: row.is_closed for row in asked(desk).rows} == {BATCH: True, "batch/other": False}
    assert {row.is_closed for row in asked(desk, CellFilter(as_of=1)).rows} == {False}


def test_batches_are_asked_for_by_name_programme_and_destination(desk: Desk) -> None:
    desk.book(paid("s", "sent", 10), paid("o", "sent", 1, batch="batch/other"), payment("none"))
    assert [row.key.batch for row in asked(desk, names=["other"]).rows] == ["batch/other"]
    assert [row.key.batch for row in asked(desk, names=[BATCH]).rows] == [BATCH]
    assert asked(desk, CellFilter(values={"programme": frozenset({"jkp"})})).rows == ()
    assert len(asked(desk, CellFilter(values={"destination": frozenset({"ID"})})).rows) == 2
