"""The ledger's contract, part six: evidence, verification, targets, batches, limits and recipients served twice, on both databases."""

import hashlib
from typing import Any

import pytest
import sqlalchemy as sa

from models import schema
from tests.consumers.ledger.desk import Desk, amendment, masks, moved, payment, registered, reversal, wire

EVIDENCE = [{"kind": "bast", "reference": "BAST-7"}]


def token(name: str) -> str:
    return f"hmac-sha256:k1:{hashlib.sha256(name.encode()).hexdigest()}"


def attached(event_id: str, original: object, *, partner: str = "kdei-taipei") -> dict[str, Any]:
    return wire("evidence.attached", {"original": original, "evidence": EVIDENCE}, event_id=event_id, partner=partner)


def verified(event_id: str, original: str, *, result: str = "confirmed", partner: str = "bpk", source: str = "kdei-taipei") -> dict[str, Any]:
    named = {"source": f"urn:salur:partner:{source}", "id": original}
    return wire("delivery.verified", {"original": named, "result": result}, event_id=event_id, partner=partner)


def plan(event_id: str, kind: str, *lines: dict[str, Any], programme: str = "bantuan-pmi", country: str = "TW", **more: Any) -> dict[str, Any]:
    data = {"programme": programme, "country": country, "lines": [{"line": number, **line} for number, line in enumerate(lines, start=1)], **more}
    return wire(kind, data, event_id=event_id, partner="kemnaker")


def flags(desk: Desk) -> dict[str, list[str]]:
    usual = {"flag.late", "flag.no_evidence", "flag.after_fiscal_year", "flag.negative_stock"}
    return {row.event_id: found for row in desk.rows if (found := [flag for flag in row.flags if flag not in usual])}


def counted_flags(desk: Desk) -> dict[tuple[str, str, str], int]:
    with desk.engine.connect() as connection:
        cells = connection.execute(sa.select(schema.cells).where(schema.cells.c.table_name == "flags"))
        return {(cell.programme, cell.partner, cell.measure): cell.steps for cell in cells}


def test_later_evidence_and_verification_count_what_was_delivered_and_only_while_it_counts(desk: Desk) -> None:
    desk.book(masks("a", 100))
    desk.book(attached("e", "a"), verified("v", "a"))
    assert desk.sums("measure") == {"distributed": 100, "evidenced-later": 100, "verified": 100}
    desk.restart()
    desk.book(amendment("m", "a", masks("x", 30)))
    assert desk.sums("measure") == {"distributed": 30, "evidenced-later": 30, "verified": 30}
    desk.book(reversal("r", "a"))
    assert desk.sums("measure") == {}
    desk.restart()
    desk.book(reversal("r2", "r"), reversal("re", "e"))
    assert desk.sums("measure") == {"distributed": 30, "verified": 30}
    desk.check()


def test_evidence_in_the_event_itself_is_not_counted_again_when_more_is_attached(desk: Desk) -> None:
    desk.book(masks("a", 100, data={"evidence": EVIDENCE}), attached("e", "a"))
    assert desk.sums("measure") == {"distributed": 100, "evidenced": 100}
    desk.check()


def test_only_others_verify_and_only_the_partner_or_an_auditor_attaches(desk: Desk) -> None:
    named = {"source": "urn:salur:partner:kdei-taipei", "id": "a"}
    desk.book(masks("a"), masks("b", partner="kjri-hong-kong", country="HK"))
    desk.book(
        attached("e1", named, partner="kjri-hong-kong"), attached("e2", named, partner="bpk"), verified("v", "b", partner="kemnaker", source="kjri-hong-kong")
    )
    desk.book(verified("refuted", "a", result="refuted"), verified("v2", "nothing-like-it"))
    by_id = {row.event_id: row for row in desk.rows}
    assert by_id["e1"].reasons == ["rjct.partner_not_entitled"]
    assert [by_id[name].disposition for name in ("e2", "v", "refuted", "v2")] == ["accepted", "accepted", "accepted", "held"]
    assert desk.sums("destination", "measure") == {
        ("TW", "distributed"): 100,
        ("TW", "evidenced-later"): 100,
        ("HK", "distributed"): 100,
        ("HK", "verified"): 100,
    }
    desk.check()


def test_a_revised_target_takes_the_place_of_the_newest(desk: Desk) -> None:
    line = {"item": "masker", "quantity": 1000, "unit": "piece"}
    desk.book(plan("t", "target.set", line))
    desk.book(plan("t2", "target.revised", {**line, "quantity": 700}, original="t"))
    desk.restart()
    desk.book(plan("t3", "target.revised", {**line, "quantity": 800}, original="t2"), plan("no", "target.revised", line, original="gone"))
    assert desk.sums("measure", "day") == {("target", "2020-05-03"): 800}
    assert desk.dispositions == ["accepted", "accepted", "accepted", "held"]
    desk.book(plan("b", "budget.allocated", {"amount": "5", "currency": "TWD"}), plan("no2", "target.revised", line, original="b"))
    assert desk.rows[-1].reasons == ["rjct.original_unsuitable"]
    desk.check()


def test_the_delivery_that_passes_a_target_says_so(desk: Desk) -> None:
    desk.book(plan("t", "target.set", {"item": "masker", "quantity": 150, "unit": "piece"}))
    desk.book(masks("a"), masks("b", 50))
    desk.restart()
    desk.book(masks("c", 1), masks("sembako", item="sembako"), masks("hk", partner="kjri-hong-kong", country="HK"))
    assert flags(desk) == {"c": ["flag.over_target"]}
    desk.book(plan("t2", "target.revised", {"item": "masker", "quantity": 500, "unit": "piece"}, original="t"))
    desk.book(masks("d", 300), amendment("m", "d", masks("x", 350)))
    assert flags(desk) == {"c": ["flag.over_target"], "m": ["flag.over_target"]}
    desk.check()


def test_spending_more_than_the_budget_says_so_also_under_a_programme_above(desk: Desk) -> None:
    money = {"programme": "jps", "country": "ID"}
    desk.book(plan("b", "budget.allocated", {"amount": "1000", "currency": "IDR"}, **money))
    spent = [plan(f"s{n}", "expenditure.recorded", {"amount": "600", "currency": "IDR"}, programme="jps-tkm", country="ID") for n in (1, 2)]
    desk.book(*spent)
    assert flags(desk) == {"s2": ["flag.over_budget"]}
    desk.check()


def test_a_batch_that_outgrows_its_declaration_says_so(desk: Desk) -> None:
    batch = {"subject": "batch/t1"}
    declared = payment("d", payments=10, amount="100")
    declared |= {"type": "salur.batch.declared.v1", "source": "urn:salur:partner:bpjs-ketenagakerjaan", **batch}
    desk.book(declared, {**payment("p1", "confirmed", payments=9, amount="90"), **batch})
    desk.restart()
    desk.book({**payment("p2", "confirmed", payments=1, amount="11"), **batch}, {**payment("other", "confirmed", payments=99), "subject": "batch/t2"})
    closing = {"programme": "bsu", "country": "ID", "batches": ["batch/t1", "batch/t2"]}
    desk.book(wire("period.closed", closing, event_id="closed", partner="kemnaker-phi"))
    desk.book({**payment("p3", "failed", payments=1, amount="1"), **batch})
    assert {name: sorted(found) for name, found in flags(desk).items()} == {
        "p2": ["flag.batch_total_mismatch"],
        "closed": ["flag.batch_total_mismatch"],
        "p3": ["flag.after_period_close", "flag.batch_total_mismatch"],
    }
    with desk.engine.connect() as connection:
        kept = {(row.batch, row.measure, row.unit): row.steps for row in connection.execute(sa.select(schema.batches))}
    assert kept["batch/t1", "declared", "payment"] == 10
    assert kept["batch/t1", "confirmed", "IDR"] == 10_100
    desk.check()


def test_an_unheard_of_quantity_stands_out(desk: Desk) -> None:
    desk.book(*(masks(f"m{n}", 10) for n in range(10)))
    desk.restart()
    desk.book(masks("large", 101), masks("usual", 100))
    assert flags(desk) == {"large": ["flag.outlier"]}
    desk.check()


def test_what_was_named_later_than_it_came_is_out_of_order(desk: Desk) -> None:
    desk.book(moved("in", "received", 5, original="out"))
    desk.book(moved("out", "dispatched", 5))
    assert [(row.event_id, row.disposition, "flag.out_of_order" in row.flags) for row in desk.rows] == [
        ("in", "held", False),
        ("out", "accepted", False),
        ("in", "accepted", True),
    ]
    desk.check()


def test_proceeds_are_not_reinvested_twice(desk: Desk) -> None:
    lines = [{"line": 1, "item": "masker", "quantity": 1, "unit": "piece", "revenue": "100", "currency": "IDR"}]
    desk.book(wire("goods.sold", {"programme": "blk-produksi", "country": "ID", "lines": lines}, event_id="sold", partner="blk-padang"))
    for name, amount in (("r1", "60"), ("r2", "50")):
        data = {"programme": "blk-produksi", "country": "ID", "lines": [{"line": 1, "amount": amount, "currency": "IDR"}]}
        desk.book(wire("proceeds.reinvested", data, event_id=name, partner="blk-padang"))
    assert flags(desk)["r2"] == ["flag.reinvested_exceeds_revenue"]
    assert "r1" not in flags(desk)
    desk.check()


def test_one_recipient_of_two_partners_is_suspicious_and_of_two_instalments_is_not(desk: Desk) -> None:
    both: dict[str, Any] = {"tokens": [token("siti"), token("siti"), token("budi")]}
    desk.book({**payment("t1", "confirmed", tranche="1", **both)}, {**payment("t2", "confirmed", tranche="2", **both)})
    assert flags(desk) == {}
    desk.restart()
    desk.book(payment("again", "confirmed", tranche="2", tokens=[token("budi")]), masks("m", data={"tokens": [token("siti")]}))
    assert flags(desk) == {"again": ["flag.duplicate_suspected"], "m": ["flag.duplicate_suspected"]}
    with desk.engine.connect() as connection:
        found = {(row.number, row.other, bytes(row.token)) for row in connection.execute(sa.select(schema.suspicions))}
    siti, budi = (hashlib.sha256(token(name).encode()).digest() for name in ("siti", "budi"))
    assert found == {(3, 2, budi), (4, 1, siti), (4, 2, siti)}
    desk.check()


def test_what_was_taken_back_served_nobody(desk: Desk) -> None:
    desk.book(masks("a", data={"tokens": [token("siti")]}), reversal("r", "a"))
    desk.book(masks("b", partner="kjri-hong-kong", country="HK", data={"tokens": [token("siti")]}))
    assert flags(desk) == {}


def test_flags_are_counted_and_open_to_their_events(desk: Desk) -> None:
    desk.book(*(masks(f"m{n}", 10) for n in range(10)), masks("large", 101))
    desk.book(registered("s", "site", {"code": "gudang-x", "country": "TW"}))
    counts = counted_flags(desk)
    assert counts["bantuan-pmi", "kdei-taipei", "flag.outlier"] == 1
    assert counts["bantuan-pmi", "kdei-taipei", "flag.no_evidence"] == 11
    assert counts["unknown", "kemnaker", "flag.late"] == 1
    with desk.engine.connect() as connection:
        cell = connection.execute(sa.select(schema.cells.c.cell).where(schema.cells.c.measure == "flag.outlier")).scalar_one()
        assert connection.execute(sa.select(schema.cell_history.c.members).where(schema.cell_history.c.cell == cell)).scalars().all() == ["[[11,1]]"]
    desk.check()


@pytest.mark.parametrize("table", ["tokens", "suspicions"])
def test_who_was_served_is_never_changed(desk: Desk, table: str) -> None:
    desk.book(masks("a", data={"tokens": [token("siti")]}), masks("b", partner="kjri-hong-kong", country="HK", data={"tokens": [token("siti")]}))
    for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET number = 0"):
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), desk.engine.begin() as connection:
            connection.execute(sa.text(statement))


def test_only_what_comes_back_after_it_was_confirmed_is_taken_off_what_was_delivered(desk: Desk) -> None:
    batch = {"subject": "batch/t1"}
    declared = payment("d", payments=10, amount="100")
    declared |= {"type": "salur.batch.declared.v1", "source": "urn:salur:partner:bpjs-ketenagakerjaan", **batch}
    back: dict[str, Any] = {"payments": 2, "amount": "20", "reason": "account_closed"}
    closing = {"programme": "bsu", "country": "ID", "batches": ["batch/t1"]}
    desk.book(declared, {**payment("s", "sent", payments=10, amount="100"), **batch}, {**payment("r1", "returned", original="s", **back), **batch})
    desk.book({**payment("again", "reissued", payments=2, amount="20"), **batch}, {**payment("c", "confirmed", payments=10, amount="100"), **batch})
    desk.book(wire("period.closed", closing, event_id="complete", partner="kemnaker-phi"))
    assert desk.sums("measure", "unit")["returned", "payment"] == 2
    assert ("undelivered", "payment") not in desk.sums("measure", "unit")
    desk.restart()
    desk.book({**payment("r2", "returned", original="c", **back), **batch})
    desk.book(wire("period.closed", closing, event_id="short", partner="kemnaker-phi"))
    assert desk.sums("measure", "unit")["undelivered", "IDR"] == 2_000
    assert flags(desk)["short"] == ["flag.batch_total_mismatch"]
    assert "complete" not in flags(desk)
    desk.book(reversal("undo", "r2", partner="bank-penyalur"))
    assert ("undelivered", "IDR") not in desk.sums("measure", "unit")
    desk.check()
