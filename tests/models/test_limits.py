"""Limits are held against how things stand after the whole event: over all its lots, and in the plan's own programme."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from models.book import Book
from models.cells import LedgerCell
from models.limits import sums_passed, watch_over, watched_passed
from models.registry import Registry
from models.rehearsal import Rehearsal
from models.standing import GIVEN, ON_HAND, REINVESTED, REVENUE, Total
from tests.consumers.ledger.desk import RECEIVED_AT, amendment, as_bytes, masks, wire


def flags_of(*events: dict[str, Any]) -> tuple[str, ...]:
    """Return the flags of the last event."""
    rehearsal = Rehearsal(Registry.shipped(), received_at=RECEIVED_AT)
    for number, event in enumerate(events, start=1):
        value = as_bytes(event)
        assert value is not None
        rehearsal.take(number, value)
        assert rehearsal.verdicts[number].disposition == "accepted", rehearsal.verdicts[number]
    return rehearsal.verdicts[len(events)].flags


def line(number: int, quantity: int, **more: Any) -> dict[str, Any]:
    return {"line": number, "item": "masker", "quantity": quantity, "unit": "piece", **more}


PROCURED = wire("goods.procured", {"programme": "bantuan-pmi", "country": "TW", "lines": [line(1, 100)]}, event_id="in")


def test_two_lots_that_together_are_more_than_the_stock_run_it_out() -> None:
    assert "flag.negative_stock" in flags_of(PROCURED, masks("out", data={"lines": [line(1, 60), line(2, 60, lot="x")]}))
    assert "flag.negative_stock" not in flags_of(PROCURED, masks("out", data={"lines": [line(1, 60), line(2, 40, lot="x")]}))


def test_an_amendment_that_only_names_another_lot_takes_nothing_out_of_the_stock() -> None:
    out = masks("out", data={"lines": [line(1, 80)]})
    renamed = {**out["data"], "lines": [line(1, 80, lot="x")]}
    assert "flag.negative_stock" not in flags_of(PROCURED, out, amendment("fix", "out", renamed))


def test_two_lots_of_proceeds_are_held_against_the_revenue_together() -> None:
    sold = wire("goods.sold", {"programme": "bantuan-pmi", "country": "TW", "lines": [line(1, 1, revenue=100, currency="IDR")]}, event_id="sold")
    spent = [{"line": number, "amount": 60, "currency": "IDR", "lot": f"lot-{number}"} for number in (1, 2)]
    again = wire("proceeds.reinvested", {"programme": "bantuan-pmi", "country": "TW", "lines": spent}, event_id="again")
    assert "flag.reinvested_exceeds_revenue" in flags_of(PROCURED, sold, again)


def test_what_an_amendment_takes_from_another_programme_does_not_hide_a_passed_target() -> None:
    def groups(programme: str) -> dict[str, Any]:
        return {"programme": programme, "country": "ID", "lines": [{"line": 1, "item": "kelompok-wirausaha", "quantity": 12, "unit": "group"}]}

    aim = {"programme": "jps-tkm", "country": "ID", "lines": [{"line": 1, "item": "kelompok-wirausaha", "quantity": 10, "unit": "group"}]}
    target = wire("target.set", aim, event_id="target", partner="kemnaker")
    misplaced = wire("group.assisted", groups("jps-padat-karya"), event_id="groups", partner="kemnaker-ppkk")
    moved = amendment("fix", "groups", groups("jps-tkm"), partner="kemnaker-ppkk")
    assert "flag.over_target" in flags_of(target, misplaced, moved)
    assert "flag.over_target" not in flags_of(target, misplaced)


@given(
    st.lists(st.tuples(st.sampled_from([GIVEN, ON_HAND, REVENUE, ""]), st.integers(-50, 200), st.integers(0, 20)), min_size=1, max_size=4),
    st.lists(st.integers(-60, 300), min_size=4, max_size=4),
)
def test_limits_of_postings_to_known_cells_are_those_of_any_postings(sums: list[tuple[str, int, int]], deltas: list[int]) -> None:
    totals = []
    for kind, steps, postings in sums:
        total = Total(kind)
        total.steps, total.postings = steps, postings
        totals.append((total,))
    cell = LedgerCell(*("",) * len(LedgerCell._fields))  # type: ignore[arg-type]  # nothing of it matters without plans
    watch = watch_over([(cell, moved) for moved in totals], Registry.shipped())
    assert not watch.needs_care
    assert watched_passed(watch, deltas) == sums_passed([(number, deltas[number]) for number in range(len(totals))], Totals(totals), may_stand_out=True)


def test_a_sum_that_is_moved_twice_and_proceeds_need_care() -> None:
    cell = LedgerCell(*("",) * len(LedgerCell._fields))  # type: ignore[arg-type]  # nothing of it matters
    stock = Total(ON_HAND)
    assert watch_over([(cell, (stock,)), (cell, (stock,))], Registry.shipped()).needs_care
    assert watch_over([(cell, (Total(REINVESTED),))], Registry.shipped()).needs_care


class Totals(Book):
    """A book that knows the sums of some cells and nothing else."""

    def __init__(self, totals: list[tuple[Total]]) -> None:
        super().__init__(Registry.shipped())
        self._of_cells = totals

    def totals(self, number: int) -> tuple[Total, ...]:
        return self._of_cells[number]
