"""The ledger's contract, part one: the five dispositions, on both databases."""

import itertools
import json

import pytest
import sqlalchemy as sa

from consumers.ledger import identity
from consumers.ledger.ledger import StaleBatch
from models import schema
from models.topics import partner_topic
from tests.consumers.ledger.desk import RECEIVED_AT, Desk, as_bytes, masks, registered, reversal, wire


def test_each_record_gets_one_of_five_dispositions(desk: Desk) -> None:
    desk.book(masks("a"), masks("a"), masks("a", 7), b"{", reversal("r", "later"))
    assert desk.dispositions == ["accepted", "duplicate", "conflict", "rejected", "held"]
    assert desk.intake() == {"received": 5, "accepted": 1, "duplicate": 1, "conflict": 1, "rejected": 1, "held": 1}
    assert [row.first for row in desk.rows] == [None, 1, 1, None, None]
    assert desk.sums("measure", "unit") == {("distributed", "piece"): 100}
    desk.check()


def test_the_same_content_in_another_form_is_a_duplicate(desk: Desk) -> None:
    event = masks("a")
    desk.book(event)
    other_order = json.dumps(dict(reversed(list(event.items()))), indent=3).encode()
    escaped = as_bytes(event).replace(b"masker", b"\\u006dasker")  # type: ignore[union-attr]
    desk.book(other_order, escaped)
    assert desk.dispositions == ["accepted", "duplicate", "duplicate"]


def test_binary_mode_repeats_structured_mode(desk: Desk) -> None:
    event = masks("a")
    headers = [(f"ce_{name}", str(value).encode()) for name, value in event.items() if name != "data"]
    desk.book(as_bytes(event["data"]), headers=headers)
    desk.book(event)
    desk.restart()
    desk.book(as_bytes(event["data"]), headers=headers)
    desk.book(as_bytes(event["data"]), headers=[*headers, ("ce_subject", b"other")])
    assert desk.dispositions == ["accepted", "duplicate", "duplicate", "conflict"]
    desk.check()


def test_headers_that_mean_nothing_do_not_make_a_conflict(desk: Desk) -> None:
    desk.book(masks("a"), headers=[("trace", b"1")])
    desk.book(masks("a"), headers=[("trace", b"2")])
    assert desk.dispositions == ["accepted", "duplicate"]


@pytest.mark.parametrize("later", [False, True], ids=["same booking", "later booking"])
def test_an_id_is_one_across_partitions_and_topics(desk: Desk, later: bool) -> None:  # noqa: FBT001
    desk.inbox.put(masks("a"), partition=1)
    if later:
        desk.book_next()
    desk.inbox.put(masks("a"), masks("a", 3), partition=3)
    desk.inbox.put(masks("a"), topic=partner_topic("kdei-taipei"))
    desk.book_next()
    assert sorted(desk.dispositions) == ["accepted", "conflict", "duplicate", "duplicate"]
    assert desk.intake()["accepted"] == 1


def test_the_same_id_of_two_partners_is_two_events(desk: Desk) -> None:
    desk.book(masks("a"), masks("a", partner="kjri-hong-kong", country="HK"))
    assert desk.dispositions == ["accepted", "accepted"]
    assert desk.sums("destination") == {"TW": 100, "HK": 100}


def test_a_rejected_event_claims_nothing(desk: Desk) -> None:
    desk.book(masks("a", 0), masks("a", "1.5"))
    desk.book(masks("a", 5), masks("a", 0))
    assert desk.dispositions == ["rejected", "rejected", "accepted", "conflict"]
    desk.restart()
    desk.book(masks("a", 5), masks("a", 6))
    assert desk.dispositions[4:] == ["duplicate", "conflict"]
    desk.check()


def test_a_conflict_is_reported_with_both_hashes(desk: Desk) -> None:
    desk.book(masks("a"), masks("a", 3))
    with desk.engine.connect() as connection:
        first, second = connection.execute(sa.select(schema.decisions).order_by(schema.decisions.c.number)).all()
    assert second.first == first.number
    assert second.sha256 != first.sha256


def test_a_partners_topic_takes_only_its_own_events(desk: Desk) -> None:
    desk.book(masks("a"))
    desk.book(masks("b"), topic=partner_topic("kdei-taipei"))
    desk.book(masks("c"), masks("a"), topic=partner_topic("kjri-hong-kong"))
    assert desk.dispositions == ["accepted", "accepted", "rejected", "rejected"]
    # The last one too: a topic must not tell its owner which ids others have used.
    assert [row.reasons for row in desk.rows[2:]] == [["rjct.wrong_source"], ["rjct.wrong_source"]]


def test_a_registration_takes_effect_for_the_next_event_of_the_same_batch(desk: Desk) -> None:
    item = registered("i", "item", {"code": "sarung-tangan", "unit": "piece"})
    event = masks("a", data={"lines": [{"line": 1, "item": "sarung-tangan", "quantity": 4, "unit": "piece"}]})
    desk.book(event, item, event)
    assert desk.dispositions == ["rejected", "accepted", "accepted"]
    assert desk.sums("item") == {"sarung-tangan": 4}


def test_a_registration_takes_effect_for_other_workers(desk: Desk) -> None:
    other = Desk(desk.engine, inbox=desk.inbox, migrate=False)
    other.book(masks("warm"))
    partner = registered("p", "partner", {"code": "simulasi-satu", "simulated": True, "entitlement": {}})
    del partner["data"]["entitlement"]
    partner["data"] |= {"reports": ["goods"], "programmes": ["bantuan-pmi"], "countries": ["TW"]}
    desk.book(partner)
    other.book(masks("s", partner="simulasi-satu"))
    desk.restart()
    desk.book(masks("s2", partner="simulasi-satu"))
    rows = desk.rows
    assert [row.disposition for row in rows] == ["accepted"] * 4, rows
    assert desk.sums("partner", "simulated") == {("kdei-taipei", False): 100, ("simulasi-satu", True): 200}
    assert desk.partner_counts()["simulasi-satu", "accepted"] == 2


def test_who_cannot_be_told_apart_counts_as_unknown(desk: Desk) -> None:
    desk.book(b"{", None, masks("a", partner="siapa"), masks("b"), masks("b"))
    assert desk.partner_counts() == {("unknown", "rejected"): 3, ("kdei-taipei", "accepted"): 1, ("kdei-taipei", "duplicate"): 1}
    desk.check()


def test_a_date_in_the_future_does_not_become_the_last_time_of_a_partner(desk: Desk) -> None:
    desk.book(masks("a"), masks("b", time="2999-01-01T00:00:00Z"))
    with desk.engine.connect() as connection:
        times = connection.execute(sa.select(schema.partner_times)).one()
    assert times.last_occurred_at <= times.last_received_at == RECEIVED_AT + 1_000


def test_odd_and_long_ids_are_kept_apart(desk: Desk) -> None:
    ids = ["x" * 128, "x" * 127 + "y", "é", "e\u0301", "'; DROP TABLE head; --", "\\", '"', "a/b?c=d&e", "💉" * 32, "%s", "\\N", " ", "NULL"]
    desk.book(*(masks(one) for one in ids))
    desk.restart()
    desk.book(*(masks(one) for one in ids))
    assert desk.dispositions == ["accepted"] * len(ids) + ["duplicate"] * len(ids)
    assert [row.event_id for row in desk.rows[: len(ids)]] == ids
    desk.check()


def test_undecodable_events_with_odd_envelopes_are_booked(desk: Desk) -> None:
    odd = ["\ud800", "\x00", "\u202e", "x" * 500, 5, None, ["a"], {"b": "c"}, "tab\t", "\\N", "\\.", "", "٣" * 16]
    events = [json.dumps({**masks("m"), name: value, "extra": 1}).encode() for value in odd for name in ("id", "source", "type", "time", "specversion")]
    desk.book(*events)
    assert set(desk.dispositions) == {"rejected"}
    assert desk.intake()["rejected"] == len(events)
    desk.check()


def test_ids_that_share_a_key_are_still_told_apart(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("candidates", "memory", "earlier"):
        monkeypatch.setattr(f"consumers.ledger.{module}.identity_key", lambda _source, _id: 42)
    desk.book(masks("a"), masks("b"), masks("a"), reversal("r", "b"), reversal("h", "c"))
    desk.restart()
    desk.book(masks("b"), masks("a", 1), masks("c", 9), masks("d"), reversal("r2", "a"))
    assert desk.dispositions == [
        *("accepted", "accepted", "duplicate", "accepted", "held"),
        *("duplicate", "conflict", "accepted", "accepted", "accepted", "accepted"),
    ]
    assert desk.sums("item") == {"masker": 100}
    desk.check()


def test_segments_are_sealed_adopted_and_read_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "SEGMENT_CLAIMS", 5)
    other = Desk(desk.engine, inbox=desk.inbox, migrate=False)
    for start in range(0, 60, 3):
        worker = (desk, other)[start % 2]
        worker.book(*(masks(f"e{number}") for number in range(start, start + 3)), b"{")
        if start == 30:
            desk.restart()
    with desk.engine.connect() as connection:
        segments = connection.execute(sa.select(schema.identity_segments).order_by(schema.identity_segments.c.first)).all()
    assert len(segments) > 5
    assert all(earlier.last < later.first for earlier, later in itertools.pairwise(segments))
    desk.restart()
    for worker in (desk, other):
        worker.book(*(masks(f"e{number}") for number in range(60)), masks("new"))
    assert desk.dispositions[-122:] == ["duplicate"] * 60 + ["accepted"] + ["duplicate"] * 61
    desk.check()


def test_offsets_that_another_worker_booked_are_refused_and_nothing_is_written(desk: Desk) -> None:
    other = Desk(desk.engine, inbox=desk.inbox, migrate=False)
    desk.inbox.put(masks("a"), masks("b"), partition=0)
    desk.inbox.put(masks("c"), partition=1)
    batches = desk.inbox.after({})
    other.book_next(only=[("aid.events.v1", 0)], at_most=1)
    before = desk.state()
    with pytest.raises(StaleBatch) as stale:
        desk.ledger.book(batches)
    assert (stale.value.topic, stale.value.partition) == ("aid.events.v1", 0)
    assert desk.state() == before
    desk.ledger.book([batch for batch in batches if batch.partition == 1])
    desk.book_next()
    assert desk.intake()["accepted"] == 3
    desk.check()


def test_nothing_to_do_makes_no_booking(desk: Desk) -> None:
    assert desk.ledger.book([]) is None
    desk.book(masks("a"))
    assert desk.ledger.book([]) is None
    assert [row.booking for row in desk.rows] == [1]


def test_an_unknown_type_of_a_known_partner_is_rejected_for_that_partner(desk: Desk) -> None:
    desk.book(wire("nothing.at.all", {}, event_id="a"))
    assert desk.rows[0].reasons == ["rjct.unknown_type"]
    assert desk.partner_counts() == {("kdei-taipei", "rejected"): 1}
