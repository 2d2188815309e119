"""Goods are in balance per holder and lot and over all borders; counts stand beside the books, and what is on its way has an age."""

import datetime
import json
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consumers.answers.balance import BalanceFilter, balance
from consumers.database import open_database
from models.cells import Posting
from models.errors import ConfigurationError
from models.events.catalogue import Event
from models.postings import post
from models.registry import Registry
from tests.consumers.books import Books, Told
from tests.models.deliveries import event, goods_events
from tests.models.examples import encoded

REGISTRY = Registry.shipped()
KEPT = {"programme": "bantuan-pmi", "country": "TW"}
DISPATCH = {**KEPT, "from": "kemnaker", "to": "kdei-taipei"}


def line(quantity: object, number: int = 1, **more: object) -> dict[str, object]:
    return {"line": number, "item": "masker", "quantity": quantity, "unit": "piece", **more}


def told(kind: str, data: dict[str, Any], *, partner: str = "kemnaker", time: str = "2020-05-03T09:00:00+07:00", **more: Any) -> Told:
    """Return what a booking of this event would write."""
    whole = {"specversion": "1.0", "id": "e", "source": f"urn:salur:partner:{partner}", "type": f"salur.{kind}.v1", "time": time, "data": data}
    whole |= {name: more.pop(name) for name in ("id", "subject") if name in more}
    made = event(kind, data, partner=partner, time=time)
    postings: list[Posting] = list(post(made, REGISTRY))
    moment = int(datetime.datetime.fromisoformat(time).timestamp() * 1000)
    return Told(postings=postings, partner=partner, raw=encoded(whole), type=f"salur.{kind}.v1", occurred_at=moment, **more)


def answer(books: Books, **wanted: Any) -> dict[str, Any]:
    with books.engine.connect() as connection:
        return balance(connection, BalanceFilter(**wanted)).to_json()


def terms(line: dict[str, Any], *names: str) -> dict[str, str]:
    return {name: line[name] for name in names}


def across_the_border(books: Books) -> None:
    books.book(told("goods.produced", {"programme": "blk-produksi", "country": "ID", "lines": [line(1000, lot="L1")]}))
    books.book(told("consignment.dispatched", {**DISPATCH, "lines": [line(600, lot="L1")]}, id="sent-1", subject="consignment/1"))
    books.book(
        told(
            "consignment.received",
            {**DISPATCH, "original": {"source": "urn:salur:partner:kemnaker", "id": "sent-1"}, "lines": [line(400, lot="L1", damaged=20, missing=5)]},
            partner="kdei-taipei",
            id="got-1",
            corrects=(2, "receipt"),
        )
    )
    books.book(told("distribution.recorded", {**KEPT, "lines": [line(150, lot="L1")]}, partner="kdei-taipei"))
    books.book(told("goods.sold", {"programme": "blk-produksi", "country": "ID", "lines": [line(50, lot="L1", revenue=1, currency="IDR")]}))


def test_every_holder_and_all_of_them_together_are_in_balance(books: Books) -> None:
    across_the_border(books)
    shown = answer(books)
    assert shown["holds"] is True
    abroad, home = shown["lines"]
    assert (abroad["holder"], home["holder"], home["lot"]) == ("kdei-taipei", "kemnaker", "L1")
    assert terms(home, "produced", "on-hand", "dispatched", "sold") == {"produced": "1000", "on-hand": "350", "dispatched": "600", "sold": "50"}
    assert terms(abroad, "received", "on-hand", "distributed") == {"received": "400", "on-hand": "250", "distributed": "150"}
    [total] = shown["totals"]
    assert terms(total, "produced", "on-hand", "in-transit", "distributed", "sold", "lost", "unexplained") == {
        "produced": "1000",
        "on-hand": "600",
        "in-transit": "175",
        "distributed": "150",
        "sold": "50",
        "lost": "25",
        "unexplained": "0",
    }


def test_a_stock_that_no_event_explains_is_unexplained(books: Books) -> None:
    across_the_border(books)
    with books.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE cells SET steps = '347' WHERE table_name = 'stock' AND measure = 'on-hand' AND holder = 'kemnaker'")
    shown = answer(books)
    assert shown["holds"] is False
    assert [one["unexplained"] for one in shown["lines"]] == ["0", "3"]
    assert [one["unexplained"] for one in shown["totals"]] == ["3"]


def test_what_was_handed_out_and_never_came_in_is_uncovered(books: Books) -> None:
    books.book(
        told("distribution.recorded", {**KEPT, "lines": [line(150)]}, partner="kdei-taipei"),
        told("goods.produced", {**KEPT, "country": "ID", "lines": [line(20)]}),
    )
    shown = answer(books)
    assert [terms(one, "holder", "on-hand", "uncovered", "unexplained") for one in shown["lines"]] == [
        {"holder": "kdei-taipei", "on-hand": "-150", "uncovered": "150", "unexplained": "0"},
        {"holder": "kemnaker", "on-hand": "20", "uncovered": "0", "unexplained": "0"},
    ]
    assert terms(shown["totals"][0], "on-hand", "uncovered") == {"on-hand": "-130", "uncovered": "130"}


def test_an_older_booking_is_in_balance_too_and_may_be_the_opening(books: Books) -> None:
    across_the_border(books)
    [total] = answer(books, as_of=2)["totals"]
    assert terms(total, "produced", "on-hand", "in-transit", "unexplained") == {"produced": "1000", "on-hand": "400", "in-transit": "600", "unexplained": "0"}
    since = answer(books, since=2)
    assert terms(since["totals"][0], "opening", "produced", "lost", "unexplained") == {"opening": "1000", "produced": "0", "lost": "25", "unexplained": "0"}
    assert [terms(one, "opening", "unexplained") for one in since["lines"]] == [{"opening": "0", "unexplained": "0"}, {"opening": "400", "unexplained": "0"}]
    with pytest.raises(ConfigurationError):
        answer(books, since=3, as_of=2)


def test_the_packages_of_sarawak_are_there_and_none_of_them_was_handed_out(books: Books) -> None:
    lots = [(840, {"lot": "Kuching"}), (137, {"lot": "Bintulu"}), (233, {"lot": "Miri"}), (2243, {})]
    lines = [{"line": number, "item": "sembako", "quantity": quantity, "unit": "package", **lot} for number, (quantity, lot) in enumerate(lots, start=1)]
    books.book(told("goods.procured", {"programme": "bantuan-pmi", "country": "MY", "lines": lines}, partner="kjri-kuching"))
    shown = answer(books)
    [total] = shown["totals"]
    assert terms(total, "procured", "on-hand", "distributed", "unexplained") == {"procured": "3453", "on-hand": "3453", "distributed": "0", "unexplained": "0"}
    assert {one["lot"]: one["on-hand"] for one in shown["lines"]} == {"Kuching": "840", "Bintulu": "137", "Miri": "233", "unknown": "2243"}


def test_a_consignment_shows_what_is_still_open_and_how_old_it_is(books: Books) -> None:
    across_the_border(books)
    [open_one] = answer(books, as_of=datetime.datetime.fromisoformat("2021-05-03T08:59:00+07:00"))["in_transit"]
    assert open_one["age_days"] == 364
    assert terms(open_one, "dispatched", "received", "damaged", "missing", "open") == {
        "dispatched": "600",
        "received": "400",
        "damaged": "20",
        "missing": "5",
        "open": "175",
    }
    assert (open_one["id"], open_one["subject"], open_one["from"], open_one["to"], open_one["receipts"]) == (
        "sent-1",
        "consignment/1",
        "kemnaker",
        "kdei-taipei",
        ["got-1"],
    )
    [older] = answer(books, as_of=2)["in_transit"]
    assert (older["open"], older["receipts"]) == ("600", [])
    assert answer(books, holders={"kdei-taipei"})["in_transit"] == [open_one | {"age_days": 133}]
    assert answer(books, holders={"blk-padang"})["in_transit"] == []


def test_a_consignment_that_arrived_whole_is_closed_also_when_the_receipt_was_set_right(books: Books) -> None:
    across_the_border(books)
    replaced = {**DISPATCH, "original": {"source": "urn:salur:partner:kemnaker", "id": "sent-1"}, "lines": [line(575, lot="L1", damaged=20, missing=5)]}
    before = post(event("consignment.received", {**replaced, "lines": [line(400, lot="L1", damaged=20, missing=5)]}, partner="kdei-taipei"), REGISTRY)
    after = post(event("consignment.received", replaced, partner="kdei-taipei"), REGISTRY)
    amendment = told(
        "event.amended", {"original": "got-1", "reason": "wrong_quantity", "replacement": replaced}, partner="kdei-taipei", corrects=(3, "amendment")
    )
    change = [*after, *(Posting(cell, -delta) for cell, delta in before)]
    books.book(Told(**{**vars(amendment), "postings": change}))
    shown = answer(books)
    assert shown["in_transit"] == []
    assert shown["holds"] is True


def test_what_arrived_without_a_dispatch_is_told(books: Books) -> None:
    books.book(told("consignment.received", {**DISPATCH, "lines": [line(30, missing=2)]}, partner="kdei-taipei", id="surprise"))
    shown = answer(books)
    assert shown["in_transit"] == []
    [arrived] = shown["received_without_dispatch"]
    assert terms(arrived, "id", "dispatched", "received", "missing", "open") == {
        "id": "surprise",
        "dispatched": "0",
        "received": "30",
        "missing": "2",
        "open": "-32",
    }
    assert shown["holds"] is True


def counted(quantity: int, time: str = "2020-05-10T12:00:00+07:00", **more: Any) -> Told:
    return told(
        "stock.counted",
        {"programme": "bansos-publik", "country": "ID", "lines": [line(quantity)]},
        time=time,
        corrects=(more.pop("itself"), "stock-count"),
        **more,
    )


def adjusted(quantity: int, direction: str, time: str) -> Told:
    return told("stock.adjusted", {"programme": "bansos-publik", "country": "ID", "direction": direction, "lines": [line(quantity)]}, time=time, id="set-right")


def bought(quantity: int, time: str) -> Told:
    return told("goods.procured", {"programme": "bansos-publik", "country": "ID", "lines": [line(quantity)]}, time=time)


def test_a_count_stands_beside_the_books_of_its_moment_and_a_later_adjustment_explains_it(books: Books) -> None:
    books.book(bought(100, "2020-05-01T09:00:00+07:00"), bought(10, "2020-05-10T15:00:00+07:00"))
    books.book(counted(96, itself=3))
    names = ("counted", "book", "variance", "adjusted", "unexplained", "kind")
    [count] = answer(books)["counts"]
    assert terms(count, *names) == {"counted": "96", "book": "100", "variance": "-4", "adjusted": "0", "unexplained": "-4", "kind": "shrinkage"}
    books.book(adjusted(3, "out", "2020-05-10T16:00:00+07:00"))
    [count] = answer(books)["counts"]
    assert terms(count, *names) == {"counted": "96", "book": "100", "variance": "-4", "adjusted": "-3", "unexplained": "-1", "kind": "shrinkage"}
    assert [one["source"] for one in count["explained_by"]] == ["urn:salur:partner:kemnaker"]
    assert answer(books)["holds"] is True


def test_what_is_booked_late_changes_the_books_of_the_count(books: Books) -> None:
    books.book(bought(100, "2020-05-01T09:00:00+07:00"))
    books.book(counted(96, itself=2))
    books.book(told("distribution.recorded", {"programme": "bansos-publik", "country": "ID", "lines": [line(4)]}, time="2020-05-02T09:00:00+07:00"))
    [count] = answer(books)["counts"]
    assert terms(count, "book", "variance", "kind") == {"book": "96", "variance": "0", "kind": "none"}
    [then] = answer(books, as_of=2)["counts"]
    assert then["variance"] == "-4"


def test_the_newest_count_stands_and_a_reversed_one_does_not(books: Books) -> None:
    books.book(bought(100, "2020-05-01T09:00:00+07:00"))
    books.book(counted(96, itself=2), counted(99, itself=3, time="2020-05-11T12:00:00+07:00"))
    assert [one["counted"] for one in answer(books)["counts"]] == ["99"]
    books.book(Told(corrects=(3, "reversal"), type="salur.event.reversed.v1"))
    assert [one["counted"] for one in answer(books)["counts"]] == ["96"]


def test_goods_are_chosen_by_item_holder_and_lot(books: Books) -> None:
    across_the_border(books)
    assert answer(books, items={"sabun"})["lines"] == []
    chosen = answer(books, holders={"kemnaker"})
    assert [one["holder"] for one in chosen["lines"]] == ["kemnaker"]
    assert chosen["totals"] == []
    assert answer(books, lots={"L2"})["lines"] == []
    assert json.dumps(answer(books, lots={"L1"})["lines"]) == json.dumps(answer(books)["lines"])


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(goods_events(), min_size=1, max_size=40))
def test_whatever_happens_to_goods_the_balance_holds_and_open_consignments_sum_to_the_transit(tmp_path: Path, events: list[Event]) -> None:
    engine = open_database(f"sqlite:///{tempfile.mkdtemp(dir=tmp_path)}/ledger.sqlite")
    books = Books(engine)
    books.book(*(Told(postings=post(made, REGISTRY), type=made.type, raw=msgspec.json.encode(made)) for made in events))
    shown = answer(books)
    engine.dispose()
    assert shown["holds"] is True
    for total in shown["totals"]:
        same = [
            one for name in ("in_transit", "received_without_dispatch") for one in shown[name] if (one["item"], one["unit"]) == (total["item"], total["unit"])
        ]
        assert sum(steps(one["open"]) for one in same) == steps(total["in-transit"])


def steps(text: str) -> int:
    return int(Decimal(text) * 1000)
