"""Postings: one rule per type, one unit per cell, and what came in is always where it went."""

import pathlib
from collections import Counter
from typing import Final

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.cells import DISBURSEMENTS, DISTRIBUTIONS, NOT_APPLICABLE, PLANS, SERVICES, STOCK, TALLY_TABLES, UNKNOWN, LedgerCell
from models.decoding import Undecodable, decode
from models.events.catalogue import EVENT_TYPES, DeliveryEvent, Event, MoneyEvent
from models.events.corrections import CorrectionEvent
from models.events.plans import PlanEvent
from models.events.reference import ReferenceEvent
from models.measures import EVIDENCED, MEASURES, PARTS, RECIPIENTS, SERVED
from models.postings import post
from models.rules.catalogue import violations
from models.units import CURRENCIES, PEOPLE, UNITS
from tests.models.deliveries import NOW_MS, REGISTRY, counted, deliveries, event, figures, goods, goods_events, goods_line, payment, payment_events, service
from tests.models.examples import VALID

DELIVERY_TABLES: Final = (DISBURSEMENTS, DISTRIBUTIONS, SERVICES)
EVIDENCE_MEMBER: Final = {"evidence": [{"kind": "bast", "reference": "BAST/12"}]}


def measures_of(table: str) -> set[str]:
    """Return the measures that a table may hold: its own and, where deliveries are, those of people and of evidence."""
    return {*MEASURES[table], *({RECIPIENTS, EVIDENCED, *PARTS} if table in DELIVERY_TABLES else ())}


def stock(event: Event) -> dict[tuple[str, str, str], int]:
    """Return how the event changes stocks, by holder, lot and state."""
    return {(cell.holder, cell.lot, cell.measure): delta for cell, delta in post(event, REGISTRY) if cell.table == STOCK}


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_every_valid_example_keeps_the_rules_and_posts_into_known_tables(path: pathlib.Path) -> None:
    example = decode(path.read_bytes())
    assert not isinstance(example, Undecodable)
    assert violations(example, REGISTRY, NOW_MS) == []
    postings = post(example, REGISTRY)
    assert bool(postings) is (isinstance(example, DeliveryEvent | PlanEvent) and example.type not in {"salur.stock.counted.v1", "salur.target.revised.v1"})
    for cell, delta in postings:
        assert delta
        assert cell.table in TALLY_TABLES
        assert cell.measure in measures_of(cell.table)
        assert cell.unit in UNITS


def test_each_type_of_event_has_a_valid_example_that_is_posted_above() -> None:
    assert {".".join(path.stem.split(".")[:4]) for path in VALID} == set(EVENT_TYPES)


@given(counted)
def test_any_event_that_is_made_for_these_tests_keeps_the_rules(made: Event) -> None:
    assert violations(made, REGISTRY, NOW_MS) == []


@given(counted)
def test_an_event_posts_to_a_cell_once_and_never_nothing(made: Event) -> None:
    postings = post(made, REGISTRY)
    assert len({cell for cell, _ in postings}) == len(postings)
    assert all(delta for _, delta in postings)


@given(counted)
def test_every_dimension_of_a_cell_is_a_value_or_openly_unknown(made: Event) -> None:
    for cell, _ in post(made, REGISTRY):
        assert isinstance(cell, LedgerCell)
        if cell.table == STOCK:
            assert {cell.destination, cell.programme, cell.activity, cell.tranche, cell.partner, cell.day, cell.place} == {NOT_APPLICABLE}
            assert cell.holder
            assert cell.lot
        else:
            assert all((cell.destination, cell.programme, cell.activity, cell.tranche, cell.partner, cell.day, cell.recipient_type, cell.place))
            assert bool(cell.holder) is bool(cell.lot) is (cell.table == DISTRIBUTIONS)


@given(counted)
def test_plans_are_kept_apart_from_deliveries(made: Event) -> None:
    assert {cell.table == PLANS for cell, _ in post(made, REGISTRY)} <= {isinstance(made, PlanEvent)}
    assert all(cell.measure in measures_of(cell.table) for cell, _ in post(made, REGISTRY))


@given(payment_events())
def test_payments_and_money_of_one_line_never_share_a_cell(paid: Event) -> None:
    assert isinstance(paid, MoneyEvent)
    postings = [(cell, delta) for cell, delta in post(paid, REGISTRY) if cell.measure in MEASURES[DISBURSEMENTS]]
    payments = sum(delta for cell, delta in postings if cell.unit == "payment")
    assert payments == sum(int(line.payments) for line in paid.data.lines)
    for currency in CURRENCIES:
        steps = sum(delta for cell, delta in postings if cell.unit == currency)
        assert steps == sum(int(line.amount) * 10 ** UNITS[currency].decimals for line in paid.data.lines if line.currency == currency)


@given(deliveries)
def test_people_are_counted_under_measures_of_people_only(delivery: Event) -> None:
    for cell, _ in post(delivery, REGISTRY):
        assert (cell.measure in {RECIPIENTS, *PARTS}) <= (cell.unit in PEOPLE)
        assert (cell.unit in PEOPLE) <= (cell.measure in {RECIPIENTS, *PARTS, *SERVED, EVIDENCED})


@given(st.lists(goods_events(), max_size=12))
def test_what_came_in_is_on_hand_in_transit_or_gone_somewhere_that_is_named(events: list[Event]) -> None:
    totals: Counter[tuple[str, str]] = Counter()
    for moved in events:
        for cell, delta in post(moved, REGISTRY):
            totals[cell.item, cell.measure] += delta
    for item in {item for item, _ in totals}:
        came_in = sum(totals[item, measure] for measure in ("produced", "procured", "adjusted-in"))
        is_somewhere = sum(totals[item, measure] for measure in ("on-hand", "in-transit", "distributed", "sold", "lost", "adjusted-out"))
        assert came_in == is_somewhere


@given(st.integers(0, 1000), st.integers(0, 1000), st.integers(0, 1000))
def test_a_consignment_that_is_received_leaves_nothing_in_transit(accepted: int, damaged: int, missing: int) -> None:
    total = accepted + damaged + missing
    if not total:
        return
    ends = {"from": "kemnaker", "to": "blk-padang"}
    dispatched = goods("consignment.dispatched", goods_line(quantity=total), **ends)
    received = goods("consignment.received", goods_line(quantity=accepted, damaged=damaged, missing=missing), **ends)
    assert violations(received, REGISTRY, NOW_MS) == []
    moves = Counter(stock(dispatched))
    moves.update(stock(received))
    assert moves[("blk-padang", UNKNOWN, "in-transit")] == 0
    assert moves[("kemnaker", UNKNOWN, "on-hand")] == -total
    assert moves[("blk-padang", UNKNOWN, "on-hand")] == accepted
    assert figures(received).get((DISTRIBUTIONS, "masker", "lost", "piece"), 0) == damaged + missing


def test_the_first_term_of_the_wage_subsidy_is_two_figures_in_two_units() -> None:
    paid = payment("confirmed", {"line": 1, "payments": 12265437, "amount": "14718524400000", "currency": "IDR"}, tranche="1", recipient_type="worker")
    assert figures(paid) == {(DISBURSEMENTS, "uang", "confirmed", "payment"): 12_265_437, (DISBURSEMENTS, "uang", "confirmed", "IDR"): 1_471_852_440_000_000}
    cell = post(paid, REGISTRY)[0].cell
    assert (cell.destination, cell.programme, cell.tranche, cell.recipient_type, cell.day) == ("ID", "bsu", "1", "worker", "2020-06-01")
    assert (cell.holder, cell.lot) == (NOT_APPLICABLE, NOT_APPLICABLE)


def test_groups_and_their_people_are_two_figures() -> None:
    line = {"line": 1, "item": "kelompok-wirausaha", "quantity": 1985, "unit": "group", "recipients": {"count": 39700, "unit": "person"}}
    assisted = event("group.assisted", {"programme": "jps-tkm", "country": "ID", "lines": [line]}, partner="kemnaker-ppkk")
    assert figures(assisted) == {(SERVICES, "kelompok-wirausaha", "assisted", "group"): 1985, (SERVICES, "kelompok-wirausaha", "recipients", "person"): 39700}


def test_a_distribution_of_unknown_quantity_counts_people_only() -> None:
    reached = event(
        "distribution.recorded",
        {"programme": "bantuan-pmi", "country": "MY", "lines": [{"line": 1, "item": "sembako", "recipients": {"count": 239675, "unit": "person"}}]},
        partner="kemlu",
    )
    assert figures(reached) == {(DISTRIBUTIONS, "sembako", "recipients", "person"): 239_675}


def test_goods_that_are_handed_out_leave_the_stock_of_whoever_gave_them() -> None:
    assert stock(goods("distribution.recorded")) == {("kemnaker", UNKNOWN, "on-hand"): -10}
    given_out = goods("distribution.recorded", goods_line(lot="L1"), **{"from": "blk-padang"})
    assert stock(given_out) == {("blk-padang", "L1", "on-hand"): -10}


def test_goods_that_are_bought_are_with_whoever_took_them() -> None:
    assert stock(goods("goods.procured", to="blk-lembang", **{"from": "blk-padang"})) == {("blk-lembang", UNKNOWN, "on-hand"): 10}
    assert stock(goods("goods.produced")) == {("kemnaker", UNKNOWN, "on-hand"): 10}


def test_a_sale_is_a_quantity_and_money_and_no_delivery() -> None:
    sold = goods("goods.sold", goods_line(revenue="50000.5", currency="IDR"))
    assert figures(sold) == {
        (DISTRIBUTIONS, "masker", "sold", "piece"): 10,
        (DISTRIBUTIONS, "masker", "revenue", "IDR"): 5_000_050,
        (STOCK, "masker", "on-hand", "piece"): -10,
    }


@pytest.mark.parametrize(("direction", "sign"), [("in", 1), ("out", -1)])
def test_an_adjustment_has_its_direction(direction: str, sign: int) -> None:
    adjusted = goods("stock.adjusted", direction=direction)
    assert figures(adjusted) == {(DISTRIBUTIONS, "masker", f"adjusted-{direction}", "piece"): 10, (STOCK, "masker", "on-hand", "piece"): sign * 10}


def test_lines_that_meet_in_a_cell_are_one_posting() -> None:
    produced = goods("goods.produced", goods_line(1), goods_line(2, quantity="5"), goods_line(3, lot="L1"))
    assert [(cell.table, cell.lot, delta) for cell, delta in post(produced, REGISTRY)] == [
        (DISTRIBUTIONS, UNKNOWN, 15),
        (STOCK, UNKNOWN, 15),
        (DISTRIBUTIONS, "L1", 10),
        (STOCK, "L1", 10),
    ]


def test_a_day_is_the_day_in_jakarta() -> None:
    late_evening = event(
        "goods.produced", {"programme": "blk-produksi", "country": "ID", "lines": [goods_line()]}, partner="blk-padang", time="2020-04-30T18:30:00Z"
    )
    assert post(late_evening, REGISTRY)[0].cell.day == "2020-05-01"


def test_the_postings_of_a_simulated_partner_say_so() -> None:
    registry = REGISTRY.copy()
    registry.simulated.add("kemnaker")
    assert all(cell.simulated for cell, _ in post(goods("goods.produced"), registry))
    assert not any(cell.simulated for cell, _ in post(goods("goods.produced"), REGISTRY))


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_reference_events_and_corrections_post_nothing_themselves(path: pathlib.Path) -> None:
    example = decode(path.read_bytes())
    if isinstance(example, ReferenceEvent | CorrectionEvent):
        assert post(example, REGISTRY) == []


@given(deliveries)
def test_posting_the_same_event_again_gives_the_same(delivery: Event) -> None:
    again = decode(msgspec.json.encode(delivery))
    assert not isinstance(again, Undecodable)
    assert post(again, REGISTRY) == post(delivery, REGISTRY)


@pytest.mark.parametrize(
    ("kind", "measure", "item", "unit", "counts_recipients"),
    [
        ("group.assisted", "assisted", "kelompok-wirausaha", "group", True),
        ("participants.engaged", "engaged", "peserta", "person", False),
        ("persondays.worked", "worked", "hok", "person-day", False),
        ("training.offered", "offered", "pelatihan", "training-place", False),
        ("training.delivered", "trained", "peserta", "person", True),
        ("placement.made", "placed", "penempatan", "person", True),
        ("service.delivered", "served", "dosis-vaksin", "dose", True),
    ],
)
def test_a_service_is_its_quantity_and_the_people_it_reached(kind: str, measure: str, item: str, unit: str, *, counts_recipients: bool) -> None:
    given_out = service(kind, {"recipients": {"count": 7, "unit": "person"}})
    recipients = {(SERVICES, item, "recipients", "person"): 7}
    assert figures(given_out) == {(SERVICES, item, measure, unit): 10, **(recipients if counts_recipients else {})}


def test_an_incentive_is_paid_and_a_batch_declared_in_payments_and_in_money_and_neither_reaches_people() -> None:
    for stage in ("paid", "declared"):
        counted_once = payment(stage, {"line": 1, "payments": 2, "amount": 5, "currency": "IDR", "recipients": {"count": 2, "unit": "person"}})
        assert figures(counted_once) == {(DISBURSEMENTS, "uang", stage, "payment"): 2, (DISBURSEMENTS, "uang", stage, "IDR"): 500}


def test_proceeds_that_went_back_are_money_of_whoever_sold() -> None:
    line = {"line": 1, "amount": "150000.5", "currency": "IDR", "lot": "L1"}
    (posting,) = post(goods("proceeds.reinvested", line, **{"from": "blk-padang"}), REGISTRY)
    cell, steps = posting
    assert (cell.table, cell.item, cell.measure, cell.unit, cell.holder, cell.lot, steps) == (
        *(DISTRIBUTIONS, "uang", "reinvested", "IDR", "blk-padang", "L1"),
        15_000_050,
    )
