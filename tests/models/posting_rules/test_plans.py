"""Plans are in a table of their own: money of programmes, targets, capacities and people affected."""

from models.cells import NOT_APPLICABLE, PLANS, UNKNOWN
from models.events.catalogue import Event
from models.postings import post
from tests.models.deliveries import REGISTRY, event, figures, plan


def test_a_budget_and_what_was_spent_of_it_are_money_of_the_programme() -> None:
    lines = ({"amount": "2.5", "currency": "IDR"}, {"amount": 7, "currency": "KRW"}, {"amount": 1, "currency": "IDR"})
    for kind, measure in (("budget.allocated", "budget"), ("expenditure.recorded", "realised")):
        planned = plan(kind, *lines, activity="upah", tranche="1")
        assert figures(planned) == {(PLANS, "uang", measure, "IDR"): 350, (PLANS, "uang", measure, "KRW"): 7}
        cell = post(planned, REGISTRY)[0].cell
        assert (cell.destination, cell.programme, cell.activity, cell.tranche, cell.partner, cell.day) == (
            "ID",
            "jps-tkm",
            "upah",
            "1",
            "kemnaker-ppkk",
            "2020-06-01",
        )
        assert (cell.recipient_type, cell.place, cell.holder, cell.lot) == (UNKNOWN, UNKNOWN, NOT_APPLICABLE, NOT_APPLICABLE)


def reallocation(*, taken: dict[str, str], added: dict[str, str]) -> Event:
    return event("budget.reallocated", {"country": "ID", "from": taken, "to": added, "amount": 5, "currency": "IDR"}, partner="kemnaker-lattas")


def test_a_reallocation_takes_from_one_budget_what_it_gives_to_the_other() -> None:
    moved = reallocation(taken={"programme": "pelatihan-vokasi", "activity": "perjalanan-dinas"}, added={"programme": "insentif-pelatihan-blk"})
    assert [(cell.programme, cell.activity, cell.item, cell.measure, cell.unit, delta) for cell, delta in post(moved, REGISTRY)] == [
        ("pelatihan-vokasi", "perjalanan-dinas", "uang", "budget", "IDR", -500),
        ("insentif-pelatihan-blk", UNKNOWN, "uang", "budget", "IDR", 500),
    ]
    assert post(reallocation(taken={"programme": "pelatihan-vokasi"}, added={"programme": "pelatihan-vokasi"}), REGISTRY) == []


def test_a_target_is_in_the_unit_it_was_set_in() -> None:
    line = {"item": "kelompok-wirausaha", "quantity": 2000, "unit": "group"}
    people = {"item": "kelompok-wirausaha", "quantity": "40000", "unit": "person"}
    assert figures(plan("target.set", line, people)) == {
        (PLANS, "kelompok-wirausaha", "target", "group"): 2000,
        (PLANS, "kelompok-wirausaha", "target", "person"): 40_000,
    }


def test_a_revised_target_posts_nothing_by_itself() -> None:
    assert post(plan("target.revised", {"item": "kelompok-wirausaha", "quantity": 1985, "unit": "group"}, original="t"), REGISTRY) == []


def test_a_capacity_is_a_rate_or_a_count_and_the_two_never_meet() -> None:
    rate, count = {"item": "masker", "quantity": 2200, "unit": "piece", "per": "day"}, {"item": "masker", "quantity": 77, "unit": "piece"}
    assert figures(plan("capacity.stated", rate, count)) == {(PLANS, "masker", "capacity", "piece/day"): 2200, (PLANS, "masker", "capacity", "piece"): 77}


def test_a_caseload_is_of_no_item_and_of_no_programme_unless_it_says_so() -> None:
    anybody = event("caseload.stated", {"country": "ID", "lines": [{"line": 1, "quantity": 1_757_464, "unit": "person"}]})
    assert figures(anybody) == {(PLANS, NOT_APPLICABLE, "affected", "person"): 1_757_464}
    assert post(anybody, REGISTRY)[0].cell.programme == UNKNOWN
    assert post(plan("caseload.stated", {"quantity": 5, "unit": "household"}), REGISTRY)[0].cell.programme == "jps-tkm"
