"""The demonstration's files come to exactly the published figures, and every verdict that they are meant to show occurs."""

import tomllib
from collections import Counter
from importlib.resources import files

import pytest

from deploy.demo import catalogue
from models.cells import DISTRIBUTIONS, STOCK, LedgerCell
from models.codelists import reader
from models.decoding import Undecodable, decode
from models.events.catalogue import EVENT_TYPES
from models.events.reference import ProgrammeResumed, ProgrammeSuspended
from models.measures import DELIVERED, EVIDENCE, PARTS
from models.registry import Registry
from models.rehearsal import Rehearsal, Verdict
from models.units import format_steps
from streams.publishing import Line

NOW = 1_790_000_000_000
DECLARED = {("declared", "payment"): "24807792", ("declared", "IDR"): "29769350400000"}


def rehearse(lines: list[Line]) -> Rehearsal:
    rehearsal = Rehearsal(Registry.shipped(), received_at=NOW)
    for number, line in enumerate(lines, start=1):
        rehearsal.take(number, line.value)
    return rehearsal


@pytest.fixture(scope="module")
def demo() -> Rehearsal:
    registrations, rest, closures = catalogue.stages()
    return rehearse(registrations + rest + closures)


def total(cells: Counter[LedgerCell], *, simulated: bool = False, **wanted: str) -> dict[tuple[str, str], str]:
    """Sum the cells that are asked for, per measure and unit; parts of people and what evidence shows are other views of the same."""
    found: Counter[tuple[str, str]] = Counter()
    for cell, steps in cells.items():
        if cell.table == STOCK or cell.measure in {*EVIDENCE, *PARTS} or cell.simulated is not simulated:
            continue
        if all(getattr(cell, name) == value for name, value in wanted.items()):
            found[cell.measure, cell.unit] += steps
    return {(measure, unit): format_steps(steps, unit) for (measure, unit), steps in found.items()}


@pytest.mark.parametrize(
    ("programme", "figures"),
    [
        ("jps-tkm", {("assisted", "group"): "1985", ("recipients", "person"): "39700"}),
        ("jps-padat-karya", {("assisted", "group"): "1091", ("recipients", "person"): "21820"}),
        ("bsu", {("confirmed", "payment"): "24513632", ("confirmed", "IDR"): "29416358400000"} | DECLARED),
        ("jps", {("budget", "IDR"): "500000000000"}),
        ("wirausaha-baru", {("engaged", "person"): "212260"}),
        ("padat-karya", {("engaged", "person"): "106014"}),
        ("inkubasi-bisnis", {("engaged", "person"): "4080"}),
        ("wirausaha-digital", {("engaged", "person"): "4020"}),
        ("tenaga-pendamping", {("engaged", "person"): "639"}),
    ],
)
def test_a_programme_comes_to_its_published_figures(demo: Rehearsal, programme: str, figures: dict[tuple[str, str], str]) -> None:
    assert total(demo.cells, programme=programme) == figures


def test_the_five_parts_make_327013(demo: Rehearsal) -> None:
    parts = Registry.shipped().descendants("perluasan-kesempatan-kerja")
    assert sum(steps for cell, steps in demo.cells.items() if cell.programme in parts and cell.measure in DELIVERED and not cell.simulated) == 327_013


@pytest.mark.parametrize(("tranche", "payments", "rupiah"), [("1", "12265437", "14718524400000"), ("2", "12248195", "14697834000000")])
def test_each_term_of_the_wage_subsidy_is_a_figure_of_its_own(demo: Rehearsal, tranche: str, payments: str, rupiah: str) -> None:
    found = total(demo.cells, programme="bsu", tranche=tranche)
    assert (found["confirmed", "payment"], found["confirmed", "IDR"]) == (payments, rupiah)
    assert (found["declared", "payment"], found["declared", "IDR"]) == ("12403896", "14884675200000")


def test_what_was_declared_of_the_wage_subsidy_and_not_paid_is_294160_payments(demo: Rehearsal) -> None:
    found = total(demo.cells, programme="bsu")
    assert int(found["declared", "payment"]) - int(found["confirmed", "payment"]) == 294_160
    assert int(found["declared", "IDR"]) - int(found["confirmed", "IDR"]) == 352_992_000_000


def test_closing_both_terms_of_the_wage_subsidy_is_flagged_as_they_fall_short(demo: Rehearsal) -> None:
    closed = next(verdict for verdict in demo.verdicts.values() if verdict.event_id == "bsu-2020-closed")
    assert closed.disposition == "accepted"
    assert "flag.batch_total_mismatch" in closed.flags


@pytest.mark.parametrize(("activity", "centres"), [("menjahit", "77"), ("pembuatan-masker", "148"), ("pembuatan-baju-pelindung", "8")])
def test_training_centres_are_counted_per_activity(demo: Rehearsal, activity: str, centres: str) -> None:
    assert total(demo.cells, programme="blk-produksi", activity=activity) == {("capacity", "site"): centres}


def test_what_the_centre_in_padang_can_make_in_a_day_is_a_rate_and_no_production(demo: Rehearsal) -> None:
    assert total(demo.cells, partner="blk-padang") == {("capacity", "piece/day"): "2200", ("capacity", "litre/day"): "1500"}


def test_affected_workers_are_a_caseload_of_three_parts_and_no_delivery(demo: Rehearsal) -> None:
    affected = {kind: total(demo.cells, partner="kemnaker", measure="affected", recipient_type=kind) for kind in ("dismissed", "furloughed", "unknown")}
    assert affected == {
        "dismissed": {("affected", "person"): "380221"},
        "furloughed": {("affected", "person"): "1058284"},
        "unknown": {("affected", "person"): "318959"},
    }
    assert total(demo.cells, measure="affected") == {("affected", "person"): "1757464"}


def test_placement_is_suspended_everywhere_and_resumed_at_three_destinations() -> None:
    registry = Registry.shipped()
    for name in ("penempatan-151-2020.jsonl", "penempatan-294-2020.jsonl"):
        for line in catalogue.lines(name):
            event = decode(line.value)
            assert isinstance(event, ProgrammeSuspended | ProgrammeResumed)
            registry.apply(event)
    suspended = {country for country in registry.countries if registry.is_suspended(programme="penempatan", country=country)}
    assert suspended == {"MY", "SG", "BN"}


@pytest.mark.parametrize(
    ("item", "unit", "figure"),
    [("masker", "piece", "180875"), ("hand-sanitizer", "litre", "8500"), ("baju-pelindung", "piece", "2740"), ("wastafel", "piece", "20")],
)
def test_what_the_training_centres_made_is_produced_and_never_delivered(demo: Rehearsal, item: str, unit: str, figure: str) -> None:
    found = total(demo.cells, programme="blk-produksi", item=item, table=DISTRIBUTIONS)
    assert found == {("produced", unit): figure}


def test_persons_and_packages_in_malaysia_stay_two_figures(demo: Rehearsal) -> None:
    assert total(demo.cells, programme="bantuan-pmi", destination="MY", partner="kemlu") == {
        ("recipients", "person"): "239675",
        ("distributed", "package"): "109168",
    }


def test_packages_in_sarawak_are_prepared_and_three_places_are_itemised(demo: Rehearsal) -> None:
    assert total(demo.cells, partner="kjri-kuching") == {("procured", "package"): "3453"}
    itemised = {lot: total(demo.cells, partner="kjri-kuching", lot=lot)["procured", "package"] for lot in ("Kuching", "Bintulu", "Miri", "unknown")}
    assert itemised == {"Kuching": "840", "Bintulu": "137", "Miri": "233", "unknown": "2243"}


def test_everything_published_is_accepted() -> None:
    verdicts = rehearse([line for name in catalogue.published() for line in catalogue.lines(name)]).verdicts.values()
    assert [verdict for verdict in verdicts if verdict.disposition != "accepted"] == []


def test_only_simulated_partners_publish_what_is_made_up() -> None:
    for name in catalogue.simulated():
        for line in catalogue.lines(name):
            assert b"urn:salur:partner:simulasi-" in line.value, f"{name}:{line.number}"
    for name in catalogue.published():
        assert all(b"simulasi" not in line.value for line in catalogue.lines(name)), name


@pytest.mark.parametrize("destination", ["HK", "TW", "MY"])
def test_simulated_partners_move_masks_and_packages_at_each_destination(demo: Rehearsal, destination: str) -> None:
    for item, unit in (("masker", "piece"), ("sembako", "package")):
        assert int(total(demo.cells, simulated=True, destination=destination, item=item)["distributed", unit]) > 1000


def test_every_verdict_occurs_but_nothing_stays_held(demo: Rehearsal) -> None:
    counts = Counter(verdict.disposition for verdict in demo.verdicts.values())
    assert counts["duplicate"] == 2
    assert counts["conflict"] == 1
    assert counts["rejected"] == 7
    assert counts["held"] == 0


def test_every_type_of_event_is_accepted_at_least_once(demo: Rehearsal) -> None:
    stages = [line for stage in catalogue.stages() for line in stage]
    events = [decode(stages[number - 1].value) for number, verdict in demo.verdicts.items() if verdict.disposition == "accepted"]
    assert {event.type for event in events if not isinstance(event, Undecodable)} == set(EVENT_TYPES)


def test_each_rejection_has_its_own_reason(demo: Rehearsal) -> None:
    reasons = sorted(violation.code for verdict in demo.verdicts.values() if verdict.disposition == "rejected" for violation in verdict.violations)
    assert reasons == [
        "rjct.malformed",
        "rjct.partner_not_entitled",
        "rjct.quantity_invalid",
        "rjct.time_in_future",
        "rjct.unit_mismatch",
        "rjct.unknown_item",
        "rjct.unknown_partner",
    ]


def test_a_correction_that_comes_before_its_original_is_held_and_then_counts(demo: Rehearsal) -> None:
    registrations, rest, _closures = catalogue.stages()
    early = next(line for line in rest if b'"sim-my-susul-betul"' in line.value)
    original = next(line for line in rest if b'"id":"sim-my-susul"' in line.value)
    assert early.number < original.number
    waiting = rehearse([*registrations, early]).verdicts[len(registrations) + 1]
    assert waiting == Verdict(len(registrations) + 1, "held", event_id="sim-my-susul-betul")
    assert total(rehearse([*registrations, early, original]).cells, simulated=True) == {("distributed", "package"): "70", ("recipients", "person"): "70"}


def test_a_reversal_leaves_nothing_and_an_amendment_leaves_the_new_figure() -> None:
    registrations, rest, _closures = catalogue.stages()
    reversed_lines = [line for line in rest if b"sim-hk-ganda" in line.value]
    assert set(total(rehearse(registrations + reversed_lines).cells, simulated=True).values()) == {"0"}
    amended_lines = [line for line in rest if b"sim-tw-salah" in line.value]
    assert total(rehearse(registrations + amended_lines).cells, simulated=True) == {("distributed", "piece"): "600", ("recipients", "person"): "300"}


def test_every_published_file_has_its_source_beside_it() -> None:
    sources = tomllib.loads((files("deploy.demo") / "sources.toml").read_text(encoding="utf-8"))
    assert {f"{name}.jsonl" for name in sources} == set(catalogue.published())
    for source in sources.values():
        assert all(source[member] for member in ("publisher", "date", "says", "open"))


def test_simulated_payments_that_came_back_are_made_again_or_go_to_the_treasury(demo: Rehearsal) -> None:
    found = total(demo.cells, simulated=True, programme="bsu", tranche="1")
    payments = {measure: int(steps) for (measure, unit), steps in found.items() if unit == "payment"}
    paid_twice, given_back = 2, 1  # one worker at two payers, beside the batch
    confirmed, returned = payments["confirmed"] - paid_twice, payments["returned"] - given_back
    sent_only = payments["sent"] - confirmed
    assert payments["declared"] == payments["instructed"] == 1000
    assert confirmed == 985 + payments["reissued"]
    assert payments["declared"] == confirmed - returned + payments["refunded"] + sent_only


def test_one_recipient_at_two_payers_is_suspected_once(demo: Rehearsal) -> None:
    suspected = [verdict.event_id for verdict in demo.verdicts.values() if "flag.duplicate_suspected" in verdict.flags]
    assert len(suspected) == 1
    assert suspected[0] in {"sim-bsu-dobel-bank", "sim-bsu-dobel-pos"}


@pytest.mark.parametrize(
    ("event_id", "flag"),
    [
        ("sim-tkm-2", "flag.group_size_unusual"),
        ("sim-tkm-2", "flag.over_target"),
        ("sim-realisasi-karya-lebih", "flag.over_budget"),
        ("sim-putar-lebih", "flag.reinvested_exceeds_revenue"),
        ("sim-bagi-sabun", "flag.no_evidence"),
        ("sim-hk-terlambat", "flag.late"),
        ("sim-bsu-1-tutup", "flag.batch_total_mismatch"),
    ],
)
def test_a_simulated_event_shows_each_flag(demo: Rehearsal, event_id: str, flag: str) -> None:
    assert any(verdict.event_id == event_id and flag in verdict.flags for verdict in demo.verdicts.values())


def test_a_simulated_reallocation_moves_money_from_travel_to_incentives(demo: Rehearsal) -> None:
    assert total(demo.cells, simulated=True, programme="perjalanan-dinas") == {("budget", "IDR"): "300000000"}
    assert total(demo.cells, simulated=True, programme="insentif-pelatihan-blk", measure="budget") == {("budget", "IDR"): "600000000"}


def test_every_activity_of_an_event_is_one_that_the_articles_name(demo: Rehearsal) -> None:
    listed = {row["code"] for row in reader.rows("activities")}
    used = {cell.activity for cell in demo.cells} - {"unknown", "", "insentif"}  # simulated: the incentive itself
    assert used <= listed


def test_the_pack_conversion_names_items_and_units_that_exist() -> None:
    registry = Registry.shipped()
    for row in reader.rows("pack_conversions"):
        assert registry.items[row["item"]].unit == row["unit"]
        assert registry.items[row["into_item"]].unit == row["into_unit"]
        assert int(row["quantity"]) > 0
        assert int(row["into_quantity"]) > 0


def test_one_simulated_consignment_is_still_on_its_way_and_no_stock_is_negative(demo: Rehearsal) -> None:
    stock: Counter[tuple[str, str, str]] = Counter()
    for cell, steps in demo.cells.items():
        if cell.table == STOCK and cell.simulated:
            stock[cell.measure, cell.holder, cell.item] += steps
    assert min(stock.values()) >= 0
    in_transit = {(cell.lot, steps) for cell, steps in demo.cells.items() if cell.simulated and cell.measure == "in-transit" and steps}
    assert in_transit == {("masker-tw-2", 800)}
