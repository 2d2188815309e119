"""Plans stand beside what came of them: in one unit, with the programmes below, and no percentage without its two figures."""

import itertools
from typing import Any

import pytest

from consumers.answers.filters import CellFilter
from consumers.answers.plans import PlanCodes, parse_years, plans
from models.errors import ConfigurationError
from models.registry import Registry
from tests.consumers.answers.conftest import Timed
from tests.consumers.ledger.desk import Desk, masks, payment, reversal, wire

REGISTRY = Registry.shipped()
CODES = PlanCodes(descendants=REGISTRY.descendants, item_unit=lambda code: REGISTRY.items[code].unit if code in REGISTRY.items else None)
_numbers = itertools.count(1)


def rows_of(desk: Desk, wanted: CellFilter | None = None, **options: Any) -> list[dict[str, Any]]:
    with desk.engine.connect() as connection:
        rows: list[dict[str, Any]] = plans(connection, wanted or CellFilter(), CODES, **options).to_json()["rows"]
    return rows


def plan(kind: str, *lines: dict[str, Any], programme: str = "bantuan-pmi", country: str = "TW", **more: Any) -> dict[str, Any]:
    envelope = {name: more.pop(name) for name in ("time", "event_id", "partner") if name in more}
    data = {"programme": programme, "country": country, "lines": [{"line": number, **line} for number, line in enumerate(lines, start=1)], **more}
    return wire(kind, data, **{"event_id": f"plan-{next(_numbers)}", "partner": "kemnaker", **envelope})


def budget(amount: str, **more: Any) -> dict[str, Any]:
    return plan("budget.allocated", {"amount": amount, "currency": "IDR"}, **{"programme": "jps", "country": "ID", **more})


def spent(amount: str, **more: Any) -> dict[str, Any]:
    return plan("expenditure.recorded", {"amount": amount, "currency": "IDR"}, **{"programme": "jps-tkm", "country": "ID", **more})


def target(quantity: int, item: str = "masker", unit: str = "piece", **more: Any) -> dict[str, Any]:
    return plan("target.set", {"item": item, "quantity": quantity, "unit": unit}, **more)


def test_a_target_stands_beside_what_was_delivered(desk: Desk) -> None:
    desk.book(target(800), masks("a", 100), masks("b", 100, country="HK", partner="kjri-hong-kong"))
    [row] = rows_of(desk)
    assert (row["programme"], row["destination"], row["year"], row["item"], row["unit"]) == ("bantuan-pmi", "TW", "2020", "masker", "piece")
    assert (row["target"]["quantity"], row["delivered"]["quantity"]) == ("800", "100")
    assert row["percent"]["delivered_of_target"] == {"percent": "12.50", "part": "100", "whole": "800", "fraction": "1/8"}
    assert (row["budget"], row["realised"], row["over_budget"], row["over_target"]) == (None, None, None, False)
    assert row["percent"]["realised_of_budget"] is None


def test_where_nothing_was_delivered_there_is_no_figure_and_no_percentage(desk: Desk) -> None:
    desk.book(target(800))
    [row] = rows_of(desk)
    assert row["delivered"] is None
    assert row["percent"]["delivered_of_target"] is None
    assert row["over_target"] is False


def test_a_budget_counts_what_the_programmes_below_spent_and_says_whose_it_was(desk: Desk) -> None:
    desk.book(budget("1000"), spent("600"), spent("600"), spent("50", programme="jps"))
    above, below = rows_of(desk)
    assert (above["programme"], above["realised"]["quantity"], above["realised"]["below"]) == ("jps", "1250", {"jps-tkm": "1200"})
    assert above["over_budget"] is True
    assert above["percent"]["realised_of_budget"]["percent"] == "125.00"
    assert (below["programme"], below["budget"], below["realised"]["quantity"], below["over_budget"]) == ("jps-tkm", None, "1200", None)


def test_money_paid_out_is_held_against_the_budget_less_what_came_back(desk: Desk) -> None:
    back = payment("back", "returned", payments=2, amount="240", reason="frozen", original="paid")
    desk.book(budget("1000", programme="bsu"), payment("paid", "confirmed", payments=10, amount="1200"), back)
    [row] = rows_of(desk)
    assert row["delivered"]["measures"] == {"confirmed": "1200", "returned": "240"}
    assert row["delivered"]["quantity"] == "960"
    assert row["percent"]["delivered_of_budget"] == {"percent": "96.00", "part": "960", "whole": "1000", "fraction": "24/25"}
    assert row["over_budget"] is False


def test_what_came_back_before_it_was_confirmed_was_never_delivered(desk: Desk) -> None:
    back = payment("back", "returned", payments=2, amount="240", reason="frozen", original="sent")
    desk.book(budget("1000", programme="bsu"), payment("sent", payments=10, amount="1200"), payment("paid", "confirmed", payments=8, amount="960"), back)
    [row] = rows_of(desk)
    assert (row["delivered"]["quantity"], row["delivered"]["measures"]) == ("960", {"confirmed": "960"})
    # Once the rest is confirmed after all, a return of those is taken off, and its reversal puts it back.
    again = payment("again", "returned", payments=1, amount="120", reason="frozen", original="paid")
    desk.book(again, payment("paid2", "confirmed", payments=2, amount="240"))
    assert rows_of(desk)[0]["delivered"]["quantity"] == "1080"
    desk.book(reversal("undo", "again", partner="bank-penyalur"))
    assert [rows_of(desk, CellFilter(as_of=booking))[0]["delivered"]["quantity"] for booking in (1, 2, 3)] == ["960", "1080", "1200"]


def test_a_target_in_people_is_held_against_people_reached_and_one_in_pieces_against_pieces(desk: Desk) -> None:
    reached = [{"line": 1, "item": "masker", "quantity": 100, "unit": "piece", "recipients": {"count": 50, "unit": "person"}}]
    desk.book(target(40, unit="person"), target(1000), masks("a", data={"lines": reached}))
    people, pieces = rows_of(desk)
    assert (people["unit"], people["delivered"]["measures"], people["over_target"]) == ("person", {"recipients": "50"}, True)
    assert (pieces["unit"], pieces["delivered"]["quantity"], pieces["over_target"]) == ("piece", "100", False)


def test_what_was_booked_after_the_year_is_marked(timed: Timed) -> None:
    timed.book("2020-06-01", budget("1000"), spent("100"))
    assert [row["year_is_over"] for row in rows_of(timed.desk)] == [False, False]
    timed.book("2020-12-31", spent("200", time="2020-12-30T10:00:00+07:00"))
    timed.book("2021-01-01", spent("400", time="2020-12-31T23:59:00+07:00"), spent("7", time="2021-01-01T00:00:00+07:00"))
    by_key = {(row["programme"], row["year"]): row for row in rows_of(timed.desk)}
    row = by_key["jps", "2020"]
    assert row["year_is_over"] is True
    assert (row["realised"]["quantity"], row["realised"]["booked_after_year_end"]) == ("700", "400")
    assert row["budget"]["booked_after_year_end"] is None
    assert by_key["jps-tkm", "2021"]["year_is_over"] is False


def test_an_older_booking_shows_the_plan_of_then(timed: Timed) -> None:
    timed.book("2020-05-04", target(800, event_id="t"), masks("a", 100))
    timed.book("2020-05-05", plan("target.revised", {"item": "masker", "quantity": 50, "unit": "piece"}, original="t"))
    assert [(row["target"]["quantity"], row["over_target"]) for row in rows_of(timed.desk)] == [("50", True)]
    assert [(row["target"]["quantity"], row["over_target"]) for row in rows_of(timed.desk, CellFilter(as_of=1))] == [("800", False)]
    assert rows_of(timed.desk, CellFilter(as_of=0)) == []


def test_rows_are_asked_for_by_programme_and_year(desk: Desk) -> None:
    desk.book(budget("1000"), budget("1", time="2021-05-01T00:00:00+07:00"), target(5))
    assert [row["year"] for row in rows_of(desk, years=parse_years("2021"))] == ["2021"]
    wanted = CellFilter(values={"programme": frozenset({"bantuan-pmi"})})
    assert [row["programme"] for row in rows_of(desk, wanted)] == ["bantuan-pmi"]
    for wrong in ("20", "next", "2020-05"):
        with pytest.raises(ConfigurationError):
            parse_years(wrong)
