"""The demonstration's files come to exactly the published figures, and every verdict that they are meant to show occurs."""

import tomllib
from collections import Counter
from importlib.resources import files

import pytest

from deploy.demo import catalogue
from models.cells import STOCK, LedgerCell
from models.registry import Registry
from models.rehearsal import Rehearsal, Verdict
from models.units import format_steps
from streams.publishing import Line

NOW = 1_790_000_000_000


def rehearse(lines: list[Line]) -> Rehearsal:
    rehearsal = Rehearsal(Registry.shipped(), received_at=NOW)
    for number, line in enumerate(lines, start=1):
        rehearsal.take(number, line.value)
    return rehearsal


@pytest.fixture(scope="module")
def demo() -> Rehearsal:
    registrations, rest = catalogue.stages()
    return rehearse(registrations + rest)


def total(cells: Counter[LedgerCell], *, simulated: bool = False, **wanted: str) -> dict[tuple[str, str], str]:
    """Sum the cells that are asked for, per measure and unit."""
    found: Counter[tuple[str, str]] = Counter()
    for cell, steps in cells.items():
        if cell.table != STOCK and cell.simulated is simulated and all(getattr(cell, name) == value for name, value in wanted.items()):
            found[cell.measure, cell.unit] += steps
    return {(measure, unit): format_steps(steps, unit) for (measure, unit), steps in found.items()}


@pytest.mark.parametrize(
    ("programme", "figures"),
    [
        ("jps-tkm", {("assisted", "group"): "1985", ("recipients", "person"): "39700"}),
        ("jps-padat-karya", {("assisted", "group"): "1091", ("recipients", "person"): "21820"}),
        ("bsu", {("confirmed", "payment"): "24513632", ("confirmed", "IDR"): "29416358400000"}),
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
    assert sum(steps for cell, steps in demo.cells.items() if cell.programme in parts and not cell.simulated) == 327_013


@pytest.mark.parametrize(("tranche", "payments", "rupiah"), [("1", "12265437", "14718524400000"), ("2", "12248195", "14697834000000")])
def test_each_term_of_the_wage_subsidy_is_a_figure_of_its_own(demo: Rehearsal, tranche: str, payments: str, rupiah: str) -> None:
    assert total(demo.cells, programme="bsu", tranche=tranche) == {("confirmed", "payment"): payments, ("confirmed", "IDR"): rupiah}


@pytest.mark.parametrize(
    ("item", "unit", "figure"),
    [("masker", "piece", "180875"), ("hand-sanitizer", "litre", "8500"), ("baju-pelindung", "piece", "2740"), ("wastafel", "piece", "20")],
)
def test_what_the_training_centres_made_is_produced_and_never_delivered(demo: Rehearsal, item: str, unit: str, figure: str) -> None:
    assert total(demo.cells, programme="blk-produksi", item=item) == {("produced", unit): figure}


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
    registrations, rest = catalogue.stages()
    early = next(line for line in rest if b'"sim-my-susul-betul"' in line.value)
    original = next(line for line in rest if b'"id":"sim-my-susul"' in line.value)
    assert early.number < original.number
    waiting = rehearse([*registrations, early]).verdicts[len(registrations) + 1]
    assert waiting == Verdict(len(registrations) + 1, "held", event_id="sim-my-susul-betul")
    assert total(rehearse([*registrations, early, original]).cells, simulated=True) == {("distributed", "package"): "70", ("recipients", "person"): "70"}


def test_a_reversal_leaves_nothing_and_an_amendment_leaves_the_new_figure() -> None:
    registrations, rest = catalogue.stages()
    reversed_lines = [line for line in rest if b"sim-hk-ganda" in line.value]
    assert set(total(rehearse(registrations + reversed_lines).cells, simulated=True).values()) == {"0"}
    amended_lines = [line for line in rest if b"sim-tw-salah" in line.value]
    assert total(rehearse(registrations + amended_lines).cells, simulated=True) == {("distributed", "piece"): "600", ("recipients", "person"): "300"}


def test_every_published_file_has_its_source_beside_it() -> None:
    sources = tomllib.loads((files("deploy.demo") / "sources.toml").read_text(encoding="utf-8"))
    assert {f"{name}.jsonl" for name in sources} == set(catalogue.published())
    for source in sources.values():
        assert all(source[member] for member in ("publisher", "date", "says", "open"))
