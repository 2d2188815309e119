"""Balance, evidence, sample and people reached on what a ledger really books: links, chains, holding and tokens included."""

import hashlib
from typing import Any

import pytest
import sqlalchemy as sa

from consumers.answers.balance import BalanceFilter, balance
from consumers.answers.coverage import coverage
from consumers.answers.filters import CellFilter
from consumers.answers.reached import reached
from consumers.answers.sample import sample
from tests.consumers.ledger.desk import Desk, amendment, masks, moved, reversal, wire

EVIDENCE = [{"kind": "bast", "reference": "BAST-7"}]


@pytest.fixture
def desk(engine: sa.Engine) -> Desk:
    return Desk(engine)


def goods(event_id: str, kind: str, quantity: int, *, partner: str = "kemnaker", **more: Any) -> dict[str, Any]:
    lines = [{"line": 1, "item": "masker", "quantity": quantity, "unit": "piece"}]
    time = more.pop("time", "2020-05-03T09:00:00+07:00")
    return wire(kind, {"programme": "bansos-publik", "country": "ID", "lines": lines, **more}, event_id=event_id, partner=partner, time=time)


def balanced(desk: Desk, **wanted: Any) -> dict[str, Any]:
    with desk.engine.connect() as connection:
        found = balance(connection, BalanceFilter(**wanted)).to_json()
    assert found["holds"] is True
    return found


def test_a_receipt_that_came_before_its_dispatch_closes_the_consignment(desk: Desk) -> None:
    desk.book(goods("made", "goods.produced", 500, to="blk-padang"))
    desk.book(moved("got", "received", 380, original="sent", line={"damaged": 12}))
    assert balanced(desk)["received_without_dispatch"] == []
    desk.book(moved("sent", "dispatched", 400))
    [consignment] = balanced(desk)["in_transit"]
    assert (consignment["open"], consignment["received"], consignment["damaged"], consignment["receipts"]) == ("8", "380", "12", ["got"])
    desk.book(reversal("undo", "got", partner="kemnaker"))
    [consignment] = balanced(desk)["in_transit"]
    assert (consignment["open"], consignment["received"], consignment["receipts"]) == ("400", "0", [])
    desk.book(
        reversal("redo", "undo", partner="kemnaker"),
        amendment("more", "got", moved("x", "received", 388, original="sent", line={"damaged": 12}), partner="kemnaker"),
    )
    assert balanced(desk)["in_transit"] == []


def test_a_count_is_found_amended_and_reversed(desk: Desk) -> None:
    desk.book(goods("made", "goods.produced", 100), goods("count", "stock.counted", 90, time="2020-05-04T09:00:00+07:00"))
    desk.book(goods("fix", "stock.adjusted", 10, direction="out", time="2020-05-04T10:00:00+07:00"))
    [count] = balanced(desk)["counts"]
    assert (count["counted"], count["book"], count["adjusted"], count["unexplained"], count["lot"]) == ("90", "100", "-10", "0", None)
    desk.book(amendment("better", "count", goods("x", "stock.counted", 88), partner="kemnaker"))
    [count] = balanced(desk)["counts"]
    assert (count["counted"], count["unexplained"], count["explained_by"]) == ("88", "-2", [{"source": "urn:salur:partner:kemnaker", "id": "fix"}])
    assert [one["counted"] for one in balanced(desk, as_of=2)["counts"]] == ["90"]
    desk.book(reversal("never", "count", partner="kemnaker"))
    assert balanced(desk)["counts"] == []


def test_evidence_that_came_later_and_verification_follow_what_the_delivery_counts_for(desk: Desk) -> None:
    desk.book(masks("a", 100), masks("b", 50, data={"evidence": EVIDENCE}), masks("c", 30))
    desk.book(wire("evidence.attached", {"original": "a", "evidence": EVIDENCE}, event_id="e"))
    named = {"source": "urn:salur:partner:kdei-taipei", "id": "b"}
    desk.book(wire("delivery.verified", {"original": named, "result": "confirmed"}, event_id="v", partner="bpk"))
    desk.book(amendment("m", "a", masks("x", 60)), reversal("r", "c"))
    with desk.engine.connect() as connection:
        [row] = coverage(connection, CellFilter(), by=("programme",)).to_json()["rows"]
        [before] = coverage(connection, CellFilter(as_of=1), by=("programme",)).to_json()["rows"]
        drawn = sample(connection, CellFilter(), seed="a", size=9, by="value").to_json()
    assert {name: row[name]["quantity"] for name in ("delivered", "evidenced", "evidenced-later", "verified", "without")} == {
        "delivered": "110",
        "evidenced": "50",
        "evidenced-later": "60",
        "verified": "50",
        "without": "0",
    }
    assert (before["delivered"]["events"], before["without"]["quantity"]) == (3, "130")
    assert (drawn["population"], drawn["whole_steps"]) == (2, 110)


def test_the_tokens_that_the_ledger_keeps_tell_who_came_twice(desk: Desk) -> None:
    def token(name: str) -> str:
        return f"hmac-sha256:k1:{hashlib.sha256(name.encode()).hexdigest()}"

    def given(event_id: str, *names: str) -> dict[str, Any]:
        lines = [{"line": 1, "item": "masker", "quantity": 9, "unit": "piece", "recipients": {"count": len(names), "unit": "person"}}]
        return masks(event_id, data={"lines": lines, "tokens": [token(name) for name in names]})

    desk.book(given("a", "siti", "budi"), given("b", "budi", "ani"))
    with desk.engine.connect() as connection:
        [row] = reached(connection, CellFilter()).to_json()["rows"]
    assert (row["quantity"], row["rule"], row["events"]) == ("3", "distinct", 2)
    desk.book(amendment("m", "b", given("x", "budi")))
    with desk.engine.connect() as connection:
        [row] = reached(connection, CellFilter()).to_json()["rows"]
    assert (row["quantity"], row["rule"], row["events_without_tokens"]) == ("2", "distinct", 0)
    desk.book(masks("c"))
    with desk.engine.connect() as connection:
        [row] = reached(connection, CellFilter()).to_json()["rows"]
    assert (row["quantity"], row["rule"], row["events_without_tokens"]) == ("3", "sum", 1)
