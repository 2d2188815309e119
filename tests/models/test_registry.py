"""The registry: the shipped code lists hold together, and a reference event adds exactly one code."""

import datetime
from collections.abc import Callable
from typing import get_args

import msgspec
import pytest
from msgspec import UNSET

from models.closings import day_of
from models.codelists import reader
from models.events.assurance import PeriodClosed, PeriodClosure
from models.events.delivery import Period
from models.events.reference import (
    ItemRegistered,
    ItemRegistration,
    LegalBasisRegistered,
    LegalBasisRegistration,
    Name,
    PartnerRegistered,
    PartnerRegistration,
    ProgrammeRegistered,
    ProgrammeRegistration,
    ProgrammeResumed,
    ProgrammeStanding,
    ProgrammeSuspended,
    ReferenceEvent,
    ReportGroup,
    SiteRegistered,
    SiteRegistration,
)
from models.registry import EVERY_PROGRAMME, WITHOUT_PROGRAMME, Registry, closest
from models.units import UNITS

NOON = datetime.datetime(2020, 6, 1, 12, tzinfo=datetime.UTC)
NAME = Name(id="nama", en="name")
KEMNAKER = "urn:salur:partner:kemnaker"
FIVE_PARTS = {"wirausaha-baru", "padat-karya", "inkubasi-bisnis", "wirausaha-digital", "tenaga-pendamping"}
LISTS = ("countries", "entitlements", "items", "legal_bases", "partners", "programmes", "recipient_types", "units")


@pytest.fixture
def registry() -> Registry:
    return Registry.shipped()


def partner_registered(code: str, **more: object) -> PartnerRegistered:
    data = PartnerRegistration(code=code, name=NAME, **more)  # type: ignore[arg-type]  # any member of the registration
    return PartnerRegistered(specversion="1.0", id=f"register-{code}", source=KEMNAKER, time=NOON, data=data)


@pytest.mark.parametrize("name", LISTS)
def test_every_row_names_a_known_source_and_a_date(name: reader.CodeList) -> None:
    sources = {row["code"] for row in reader.rows("sources")}
    rows = reader.rows(name)
    assert rows
    for row in rows:
        assert row["source"] in sources
        assert datetime.date.fromisoformat(row["date"])


@pytest.mark.parametrize("name", [name for name in LISTS if name != "entitlements"])
def test_no_code_is_listed_twice_and_each_has_both_names(name: reader.CodeList) -> None:
    rows = reader.rows(name)
    assert len({row["code"] for row in rows}) == len(rows)
    assert all(row["name_id"] and row["name_en"] for row in rows)


def test_the_listed_units_are_those_that_can_be_counted(registry: Registry) -> None:
    assert set(registry.units) == set(UNITS)
    assert {item.unit for item in registry.items.values()} <= set(UNITS)


def test_the_entitlements_name_known_codes_only(registry: Registry) -> None:
    for row in reader.rows("entitlements"):
        assert row["partner"] in registry.partners
        assert row["programme"] in {*registry.programmes, "", EVERY_PROGRAMME}
        assert (not row["programme"]) is (set(row["reports"].split()) <= WITHOUT_PROGRAMME)
        assert set(row["countries"].split()) <= set(registry.countries)
        assert set(row["reports"].split()) <= set(get_args(ReportGroup))


def test_the_owner_of_a_programme_is_a_known_partner(registry: Registry) -> None:
    owners = {programme.owner for programme in registry.programmes.values() if isinstance(programme.owner, str)}
    assert owners <= set(registry.partners)


def test_the_umbrella_has_exactly_its_five_parts_and_no_part_of_the_safety_net(registry: Registry) -> None:
    umbrella = registry.descendants("perluasan-kesempatan-kerja")
    assert umbrella == FIVE_PARTS | {"perluasan-kesempatan-kerja", "padat-karya-tunai"}
    assert not umbrella & registry.descendants("jps")
    children = {code for code, programme in registry.programmes.items() if programme.parent == "perluasan-kesempatan-kerja"}
    assert children == FIVE_PARTS


def test_the_safety_net_is_a_tree(registry: Registry) -> None:
    assert registry.descendants("jps") == {"jps", "jps-tkm", "jps-padat-karya", "jps-padat-karya-infrastruktur", "jps-padat-karya-produktif"}
    assert registry.programme_is_within("jps-padat-karya-produktif", "jps")
    assert not registry.programme_is_within("jps", "jps-tkm")
    assert registry.descendants("no-such-programme") == frozenset()


@pytest.mark.parametrize("party", ["dinas-ketenagakerjaan", "bblki", "p3mi", "bpjs-kesehatan", "gugus-tugas-covid-19", "pemprov-dki-jakarta"])
def test_a_party_that_reports_nothing_yet_is_registered_without_permission(registry: Registry, party: str) -> None:
    assert party in registry.partners
    assert registry.grants(party) == ()


@pytest.mark.parametrize(
    ("partner", "programme", "country", "group", "allowed"),
    [
        ("kdei-taipei", "bantuan-pmi", "TW", "goods", True),
        ("kdei-taipei", "bantuan-pmi", "HK", "goods", False),
        ("kdei-taipei", "bsu", "TW", "goods", False),
        ("kdei-taipei", "bantuan-pmi", "TW", "payments-pay", False),
        ("bank-penyalur", "bsu", "ID", "payments-pay", True),
        ("bank-penyalur", "bsu", "ID", "payments-instruct", False),
        ("bpjs-ketenagakerjaan", "bsu", "ID", "payments-instruct", True),
        ("bpjs-ketenagakerjaan", "bsu", "ID", "payments-pay", False),
        ("kemnaker-ppkk", "jps-padat-karya-infrastruktur", "ID", "services", True),
        ("kemnaker-ppkk", "wirausaha-digital", "ID", "services", True),
        ("kemnaker-ppkk", "bantuan-pmi", "ID", "services", False),
        ("kemlu", "bantuan-pmi", "MY", "goods", True),
        ("kemlu", "bantuan-pmi", "ID", "goods", False),
        ("blk-lembang", "blk-produksi", "ID", "goods", True),
        ("kemnaker", "", "", "reference", True),
        ("kemnaker-lattas", "", "", "reference", True),
        ("kemnaker-humas", "", "", "reference", False),
        ("kdei-taipei", "", "", "reference", False),
        ("kemnaker", "no-such-programme", "", "reference", False),
        ("nobody", "bsu", "ID", "payments-pay", False),
        ("kemnaker", "kartu-prakerja", "ID", "services", False),
        ("kemnaker", "kartu-prakerja", "ID", "plans", True),
        ("kemnaker", "jps-tkm", "HK", "plans", True),
        ("kemnaker", "no-such-programme", "ID", "plans", False),
        ("kemnaker", "", "", "plans", False),
        ("kemnaker-ppkk", "jps-tkm", "ID", "plans", True),
        ("kemnaker-ppkk", "bsu", "ID", "plans", False),
        ("bpjs-ketenagakerjaan", "bsu", "ID", "plans", True),
        ("bpk", "", "", "assurance", True),
        ("bpk", "", "", "statements", True),
        ("kemnaker-humas", "", "", "statements", True),
        ("kemnaker-humas", "", "", "assurance", False),
        ("kemlu", "", "", "statements", True),
        ("bp2mi", "", "", "statements", False),
        ("blk-padang", "blk-produksi", "ID", "plans", True),
        ("blk-padang", "bansos-publik", "ID", "plans", False),
    ],
)
def test_a_partner_reports_what_it_is_entitled_to_and_nothing_else(
    *, registry: Registry, partner: str, programme: str, country: str, group: ReportGroup, allowed: bool
) -> None:
    for _ in range(2):  # the second answer comes from memory
        assert registry.is_entitled(partner=partner, programme=programme, country=country, group=group) is allowed


def test_a_registered_partner_may_report_what_its_registration_grants(registry: Registry) -> None:
    registry.apply(
        partner_registered("simulasi-toko", simulated=True, programmes=["bantuan-pmi", "jps"], countries=["HK", "TW"], reports=["goods", "services"])
    )
    assert registry.simulated == {"simulasi-toko"}
    assert registry.is_entitled(partner="simulasi-toko", programme="jps-tkm", country="HK", group="services")
    assert not registry.is_entitled(partner="simulasi-toko", programme="bantuan-pmi", country="MY", group="goods")
    assert not registry.is_entitled(partner="simulasi-toko", programme="", country="", group="reference")
    assert registry.is_holder("simulasi-toko")


def test_a_registration_grants_assurance_and_statements_without_a_programme(registry: Registry) -> None:
    registry.apply(partner_registered("simulasi-auditor", simulated=True, programmes=["bsu"], countries=["ID"], reports=["assurance", "statements", "plans"]))
    assert registry.is_entitled(partner="simulasi-auditor", programme="", country="", group="assurance")
    assert registry.is_entitled(partner="simulasi-auditor", programme="", country="", group="statements")
    assert registry.is_entitled(partner="simulasi-auditor", programme="bsu", country="ID", group="plans")
    assert not registry.is_entitled(partner="simulasi-auditor", programme="bsu", country="ID", group="assurance")
    assert not registry.is_entitled(partner="simulasi-auditor", programme="", country="", group="reference")
    assert registry.is_entitled_somewhere(partner="simulasi-auditor", country="ID", group="plans")
    assert not registry.is_entitled_somewhere(partner="simulasi-auditor", country="HK", group="plans")


def test_a_code_keeps_its_first_meaning(registry: Registry) -> None:
    registry.apply(partner_registered("kemnaker", reports=["goods"]))
    assert registry.is_entitled(partner="kemnaker", programme="", country="", group="reference")
    assert registry.partners["kemnaker"].name.en == "Ministry of Manpower"


def test_a_copy_grows_on_its_own(registry: Registry) -> None:
    other = registry.copy()
    other.apply(partner_registered("simulasi-toko", simulated=True))
    other.apply(_reference(ProgrammeRegistered, ProgrammeRegistration(code="bsu-2022", name=NAME, parent="bsu", start=datetime.date(2022, 1, 1))))
    assert "simulasi-toko" not in registry.partners
    assert not registry.simulated
    assert registry.descendants("bsu") == {"bsu"}
    assert other.descendants("bsu") == {"bsu", "bsu-2022"}


def test_a_new_programme_begins_on_its_own_day_in_jakarta(registry: Registry) -> None:
    registry.apply(_reference(ProgrammeRegistered, ProgrammeRegistration(code="bsu-2022", name=NAME, parent="bsu", start=datetime.date(2022, 1, 1))))
    assert registry.programme_starts_at_ms["bsu-2022"] == int(datetime.datetime(2021, 12, 31, 17, tzinfo=datetime.UTC).timestamp()) * 1000
    assert registry.is_entitled(partner="bank-penyalur", programme="bsu-2022", country="ID", group="payments-pay")


def test_items_sites_and_legal_bases_can_be_named_once_registered(registry: Registry) -> None:
    registry.apply(_reference(ItemRegistered, ItemRegistration(code="beras", name=NAME, unit="kilogram")))
    registry.apply(_reference(SiteRegistered, SiteRegistration(code="gudang-kuching", name=NAME, country="MY")))
    registry.apply(_reference(LegalBasisRegistered, LegalBasisRegistration(code="kepmenaker-1-2021", name=NAME)))
    assert registry.items["beras"].unit == "kilogram"
    assert registry.is_holder("gudang-kuching")
    assert "kepmenaker-1-2021" in registry.legal_bases


def test_a_programme_is_suspended_at_one_destination_until_it_is_resumed(registry: Registry) -> None:
    standing = ProgrammeStanding(programme="penempatan", country="KR", legal_basis="kepmenaker-294-2020")
    registry.apply(_reference(ProgrammeSuspended, standing))
    assert registry.is_suspended(programme="penempatan", country="KR")
    assert not registry.is_suspended(programme="penempatan", country="TW")
    registry.apply(_reference(ProgrammeResumed, standing))
    assert not registry.is_suspended(programme="penempatan", country="KR")


def test_a_closed_period_covers_what_is_below_its_programme_at_its_destination(registry: Registry) -> None:
    registry.apply(_closed("jps", start="2020-01-01", end="2020-06-30"))
    assert registry.is_closed(programme="jps-tkm", country="ID", day="2020-06-30", subject="")
    assert not registry.is_closed(programme="jps-tkm", country="ID", day="2020-07-01", subject="")
    assert not registry.is_closed(programme="jps-tkm", country="HK", day="2020-06-30", subject="")
    assert not registry.is_closed(programme="bsu", country="ID", day="2020-06-30", subject="")


def test_a_simulated_partner_closes_nothing_of_real_ones(registry: Registry) -> None:
    registry.simulated.add("simulasi-pusat")
    closed = msgspec.structs.replace(_closed("jps", start="2020-01-01", end="2020-06-30"), source="urn:salur:partner:simulasi-pusat")
    registry.apply(closed)
    assert not registry.is_closed(programme="jps", country="ID", day="2020-03-01", subject="")
    assert registry.is_closed(programme="jps", country="ID", day="2020-03-01", subject="", simulated=True)


def test_a_closed_batch_is_closed_on_every_day(registry: Registry) -> None:
    registry.apply(_closed("bsu", batches=["batch/bsu-2020-t1"]))
    assert registry.is_closed(programme="bsu", country="ID", day="2021-03-01", subject="batch/bsu-2020-t1")
    assert not registry.is_closed(programme="bsu", country="ID", day="2021-03-01", subject="batch/bsu-2020-t2")
    assert not registry.is_closed(programme="jkp", country="ID", day="2021-03-01", subject="batch/bsu-2020-t1")


def test_a_period_that_ends_at_a_moment_ends_with_its_day_in_jakarta(registry: Registry) -> None:
    registry.apply(_closed("bsu", start="2020-01-01T00:00:00+07:00", end="2020-06-29T18:00:00Z"))
    assert registry.is_closed(programme="bsu", country="ID", day="2020-06-30", subject="")
    assert not registry.is_closed(programme="bsu", country="ID", day="2020-07-01", subject="")
    assert not registry.is_closed(programme="bsu", country="ID", day="2019-12-31", subject="")


def test_closing_again_changes_nothing_and_a_copy_closes_on_its_own(registry: Registry) -> None:
    once = _closed("bsu", start="2020-01-01", end="2020-06-30", batches=["batch/1"])
    registry.apply(once)
    registry.apply(once)
    other = registry.copy()
    other.apply(_closed("bsu", start="2020-07-01", end="2020-12-31", batches=["batch/2"]))
    for day, subject in (("2020-07-01", ""), ("2021-01-01", "batch/2")):
        assert other.is_closed(programme="bsu", country="ID", day=day, subject=subject)
        assert not registry.is_closed(programme="bsu", country="ID", day=day, subject=subject)
    assert registry.is_closed(programme="bsu", country="ID", day="2020-03-01", subject="")


@pytest.mark.parametrize("wrong", ["2020-02-30", "2020-02-30T00:00:00Z", "0000-01-01", "9999-12-31T23:00:00-10:00", ""])
def test_a_day_that_no_calendar_has_is_none(wrong: str) -> None:
    assert day_of(wrong) is None


def test_a_rate_is_named_after_its_unit(registry: Registry) -> None:
    rates = {code for code in UNITS if code.endswith("/day")}
    assert {registry.units[code].en for code in rates} == {f"{registry.units[code.removesuffix('/day')].en} per day" for code in rates}
    assert all(registry.units[code].id.endswith(" per hari") for code in rates)


@pytest.mark.parametrize(
    ("wrong", "right"), [("jps_tkm", "jps-tkm"), ("JPS-TKM", "jps-tkm"), ("perluasan kesempatan kerja", "perluasan-kesempatan-kerja"), ("qqqqqq", "")]
)
def test_a_wrong_code_is_answered_with_the_closest_one(registry: Registry, wrong: str, right: str) -> None:
    assert closest(wrong, registry.programmes) == right


def test_a_destination_in_small_letters_is_answered_with_its_code(registry: Registry) -> None:
    assert closest("tw", registry.countries) == "TW"


def _closed(programme: str, *, start: str = "", end: str = "", batches: list[str] | None = None) -> PeriodClosed:
    period = Period(start=start, end=end) if start else UNSET
    data = PeriodClosure(programme=programme, country="ID", period=period, batches=batches or UNSET)
    return PeriodClosed(specversion="1.0", id="c", source=KEMNAKER, time=NOON, data=data)


def _reference(kind: Callable[..., ReferenceEvent], data: object) -> ReferenceEvent:
    return kind(specversion="1.0", id="r", source=KEMNAKER, time=NOON, data=data)
