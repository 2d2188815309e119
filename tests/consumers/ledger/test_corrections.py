"""The ledger's contract, part three: corrections, returns and receipts, on both databases."""

import pytest

from tests.consumers.ledger.desk import Desk, amendment, annotation, masks, moved, payment, registered, reversal


def test_a_reversal_takes_back_and_its_reversal_gives_again(desk: Desk) -> None:
    desk.book(masks("a"))
    desk.book(reversal("r1", "a"))
    assert desk.sums("item") == {}
    desk.restart()
    desk.book(reversal("r2", "r1"))
    assert desk.sums("item") == {"masker": 100}
    desk.book(reversal("r3", "a"), reversal("r4", "r2"))
    assert desk.sums("item") == {}
    assert [row.disposition for row in desk.rows] == ["accepted"] * 4 + ["accepted"]
    desk.check()


def test_what_is_reversed_is_not_reversed_or_amended_again(desk: Desk) -> None:
    desk.book(masks("a"), reversal("r1", "a"))
    desk.book(reversal("r2", "a"), amendment("m", "a", masks("x", 3)), amendment("m2", "r1", masks("x", 3)))
    assert [row.reasons for row in desk.rows[2:]] == [["rjct.already_reversed"], ["rjct.already_reversed"], ["rjct.original_unsuitable"]]
    assert desk.sums("item") == {}
    desk.check()


def test_an_amendment_replaces_and_can_be_amended_and_reversed(desk: Desk) -> None:
    desk.book(masks("a"), amendment("m1", "a", masks("x", 30)))
    assert desk.sums("item") == {"masker": 30}
    desk.restart()
    desk.book(amendment("m2", "m1", masks("x", 20)))
    assert desk.sums("item") == {"masker": 20}
    desk.book(amendment("m3", "a", masks("x", 10)), reversal("r", "m3"))
    assert desk.sums("item") == {"masker": 20}
    desk.book(reversal("r2", "a"))
    assert desk.sums("item") == {}
    desk.check()


def test_an_amendment_moves_an_event_to_other_cells(desk: Desk) -> None:
    desk.book(masks("a"))
    sembako = masks("x", 5, item="sembako")["data"]
    desk.book(amendment("m", "a", {**sembako, "time": "2020-07-01T00:00:00+08:00"}))
    assert desk.sums("item", "unit", "day") == {("sembako", "package", "2020-06-30"): 5}
    desk.book(reversal("r", "m"))
    assert desk.sums("item", "unit", "day") == {("masker", "piece", "2020-05-03"): 100}
    desk.check()


def test_a_rejected_amendment_leaves_no_trace_in_the_cells(desk: Desk) -> None:
    """Numbers of cells are dense: one that was given to a rejected event would shift all that follow after a restart."""
    desk.book(masks("a"), reversal("r", "a"))
    desk.book(amendment("m", "a", masks("x", 3, item="sembako")))
    assert desk.rows[-1].reasons == ["rjct.already_reversed"]
    desk.book(masks("b", 7, partner="kjri-hong-kong", country="HK"))
    desk.restart()
    desk.book(masks("c", 8, partner="kjri-hong-kong", country="HK"), masks("d", 2, item="sembako"), reversal("rb", "b", partner="kjri-hong-kong"))
    assert desk.sums("destination", "item") == {("HK", "masker"): 8, ("TW", "sembako"): 2}
    desk.check()


def test_nobody_corrects_the_events_of_another(desk: Desk) -> None:
    original = {"source": "urn:salur:partner:kdei-taipei", "id": "a"}
    desk.book(masks("a"), reversal("r", original, partner="kjri-hong-kong"), annotation("n", original, partner="kjri-hong-kong"))
    desk.book(reversal("r2", original))
    assert [(row.disposition, row.reasons) for row in desk.rows[1:]] == [
        ("rejected", ["rjct.foreign_correction"]),
        ("rejected", ["rjct.foreign_correction"]),
        ("accepted", []),
    ]
    desk.check()


def test_an_annotation_changes_nothing_and_can_be_reversed_once(desk: Desk) -> None:
    desk.book(masks("a"), annotation("n", "a"), annotation("n2", "n"))
    assert desk.sums("item") == {"masker": 100}
    assert desk.dispositions == ["accepted"] * 3
    desk.book(amendment("m", "n", masks("x", 3)))
    assert desk.rows[-1].disposition == "rejected"
    desk.check()


def test_a_registration_is_not_corrected(desk: Desk) -> None:
    item = registered("i", "item", {"code": "sarung-tangan", "unit": "piece"})
    desk.book(item, reversal("r", "i", partner="kemnaker"), amendment("m", "i", item, partner="kemnaker"), annotation("n", "i", partner="kemnaker"))
    assert desk.dispositions == ["accepted", "rejected", "rejected", "accepted"]
    desk.check()


@pytest.mark.parametrize("together", [True, False], ids=["one booking", "bookings"])
def test_returns_above_what_was_sent_are_accepted_and_flagged(desk: Desk, together: bool) -> None:  # noqa: FBT001
    half = {"payments": 5, "amount": "6000000", "original": "out", "reason": "account_closed"}
    events = [payment("out"), payment("b1", "returned", **half), payment("b2", "returned", **half), payment("b3", "returned", **half)]  # type: ignore[arg-type]
    if together:
        desk.book(*events)
    else:
        for event in events:
            desk.book(event)
            desk.restart()
    assert [("flag.return_exceeds_sent" in row.flags) for row in desk.rows] == [False, False, False, True]
    assert desk.dispositions == ["accepted"] * 4
    desk.check()


def test_a_reversed_return_no_longer_counts_against_what_was_sent(desk: Desk) -> None:
    whole = {"original": "out", "reason": "account_closed"}
    desk.book(payment("out"), payment("b1", "returned", **whole), reversal("r", "b1", partner="bank-penyalur"))  # type: ignore[arg-type]
    desk.book(payment("b2", "returned", **whole))  # type: ignore[arg-type]
    assert "flag.return_exceeds_sent" not in desk.rows[-1].flags
    desk.check()


def test_only_a_payment_is_returned_and_only_a_dispatch_received(desk: Desk) -> None:
    desk.book(payment("failed", "failed"), moved("con", "dispatched", 5))
    desk.book(
        payment("b", "returned", original="failed", reason="account_closed"),
        moved("in", "received", 5, original={"source": "urn:salur:partner:bank-penyalur", "id": "failed"}),
    )
    assert [row.reasons for row in desk.rows[2:]] == [["rjct.original_unsuitable"], ["rjct.original_unsuitable"]]


def test_receipts_above_what_was_dispatched_are_accepted_and_flagged(desk: Desk) -> None:
    desk.book(moved("con", "dispatched", 10), moved("in1", "received", 6, original="con"))
    desk.restart()
    desk.book(moved("in2", "received", 3, original="con", line={"damaged": 1}), moved("in3", "received", 1, original="con"))
    assert [("flag.received_exceeds_dispatched" in row.flags) for row in desk.rows] == [False, False, False, True]
    assert desk.sums("holder", "measure", table="stock") == {("blk-padang", "on-hand"): -10, ("blk-lembang", "on-hand"): 10, ("blk-lembang", "in-transit"): -1}
    desk.check()


def test_a_receipt_needs_no_original(desk: Desk) -> None:
    desk.book(moved("in", "received", 6))
    assert desk.dispositions == ["accepted"]


def test_more_than_there_is_is_flagged_whatever_worker_looks(desk: Desk) -> None:
    other = Desk(desk.engine, inbox=desk.inbox, migrate=False)
    other.book(moved("in", "received", 10))
    desk.inbox.put(
        {**moved("out1", "dispatched", 7), "id": "o1"} | {"data": {**moved("o", "dispatched", 7)["data"], "from": "blk-lembang", "to": "blk-padang"}}
    )
    desk.book_next()
    desk.inbox.put({**moved("out2", "dispatched", 4), "data": {**moved("o", "dispatched", 4)["data"], "from": "blk-lembang", "to": "blk-padang"}})
    other.book_next()
    assert [("flag.negative_stock" in row.flags) for row in desk.rows] == [False, False, True]
    desk.check()


def test_sums_outgrow_64_bits(desk: Desk) -> None:
    huge = {"payments": 1, "amount": "9999999999999999"}
    desk.book(*(payment(f"p{number}", **huge) for number in range(30)))  # type: ignore[arg-type]
    desk.restart()
    desk.book(*(payment(f"q{number}", **huge) for number in range(30)))  # type: ignore[arg-type]
    expected = 60 * 9999999999999999 * 100
    assert expected > 2**62
    assert desk.sums("unit")["IDR"] == expected
    desk.book(*(payment(f"s{number}", **huge) for number in range(60)))  # type: ignore[arg-type]
    assert desk.sums("unit")["IDR"] == 2 * expected > 2**63
    assert set(desk.dispositions) == {"accepted"}
    desk.check()
