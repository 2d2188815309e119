"""Every published figure that the demonstration carries, booked for real: the verdict that a careful reader gives, and the events behind it."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest
import sqlalchemy as sa

from consumers.answers.explain import explain
from consumers.answers.filters import parse_filter
from consumers.answers.statements import FigureAnswer, StatementAnswer, Statements
from consumers.database import open_database
from consumers.registered import known_codes, registry_of
from deploy.demo import catalogue
from models.statements.sums import Amount
from models.statements.verdicts import Verdict
from models.statements.words import in_words
from tests.consumers.ledger.desk import Desk

RECEIVED_AT = 1_790_000_000_000


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.Engine]:
    """Give a ledger that booked the whole demonstration, stage by stage."""
    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('statements') / 'ledger.db'}")
    desk = Desk(engine)
    for stage in catalogue.stages():
        desk.book(*(line.value for line in stage), received_at=RECEIVED_AT)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def answers(ledger: sa.Engine) -> dict[str, StatementAnswer]:
    """Give every statement with its verdict."""
    with ledger.connect() as connection:
        return {one.published.name: one for one in Statements(connection, registry_of(connection)).all().statements}


class Row(NamedTuple):
    """One published figure and what is said of it."""

    statement: str
    figure: str
    verdict: Verdict
    reason: str


ROWS = [
    Row("perluasan-327013", "workers", "supported", "stmt.parts_add_up"),
    Row("jps-2020-10-02", "tkm-groups", "supported", "stmt.equal"),
    Row("jps-2020-10-02", "tkm-people", "supported", "stmt.equal"),
    Row("jps-2020-10-02", "works-groups", "supported", "stmt.equal"),
    Row("jps-2020-10-02", "works-people", "supported", "stmt.equal"),
    Row("blk-menjahit-77", "centres", "supported", "stmt.parts_add_up"),
    Row("blk-padang-uji-coba", "masks-a-day", "supported", "stmt.equal"),
    Row("blk-padang-uji-coba", "sanitizer-a-day", "supported", "stmt.equal"),
    Row("blk-padang-uji-coba", "masks-made", "unsupported", "stmt.other_measures"),
    Row("blk-padang-uji-coba", "sanitizer-made", "unsupported", "stmt.other_measures"),
    Row("blk-180-ribu-masker", "made", "supported", "stmt.near"),
    Row("blk-180-ribu-masker", "handed-out", "unsupported", "stmt.other_measures"),
    Row("blk-tahap-1", "masks", "supported", "stmt.equal"),
    Row("blk-tahap-1", "sanitizer", "supported", "stmt.equal"),
    Row("blk-tahap-1", "coveralls", "supported", "stmt.equal"),
    Row("blk-tahap-1", "wash-basins", "supported", "stmt.equal"),
    Row("blk-tahap-1", "mask-makers", "supported", "stmt.parts_add_up"),
    Row("blk-tahap-1", "coverall-makers", "supported", "stmt.equal"),
    Row("masker-pmi", "masks", "unsupported", "stmt.no_events"),
    Row("masker-pmi-700-kotak", "boxes", "unsupported", "stmt.announced_only"),
    Row("masker-pmi-700-kotak", "masks", "unsupported", "stmt.announced_only"),
    Row("masker-pmi-700-kotak", "workers-hong-kong", "unsupported", "stmt.no_scope"),
    Row("masker-pmi-700-kotak", "workers-taiwan", "unsupported", "stmt.no_scope"),
    Row("sembako-pmi", "packages", "unsupported", "stmt.no_events"),
    Row("malaysia-348843", "recipients", "part", "stmt.sum_refused"),
    Row("sarawak-3453", "prepared", "part", "stmt.parts_incomplete"),
    Row("sarawak-3453", "handed-out", "unsupported", "stmt.other_measures"),
    Row("bsu-2020-laporan", "term-1-payments", "supported", "stmt.equal"),
    Row("bsu-2020-laporan", "term-1-money", "supported", "stmt.equal"),
    Row("bsu-2020-laporan", "term-2-payments", "supported", "stmt.equal"),
    Row("bsu-2020-laporan", "term-2-money", "supported", "stmt.equal"),
    Row("bsu-2020-laporan", "payments", "supported", "stmt.parts_add_up"),
    Row("bsu-2020-laporan", "money", "supported", "stmt.parts_add_up"),
    Row("bsu-24-juta-pekerja", "workers", "contradicted", "stmt.counted_otherwise"),
    Row("bsu-belum-cair", "payments", "supported", "stmt.parts_add_up"),
    Row("bsu-belum-cair", "money", "contradicted", "stmt.difference_short"),
    Row("realisasi-42-persen", "share", "unsupported", "stmt.percent_figures_missing"),
    Row("terdampak-1-7-juta", "workers", "supported", "stmt.parts_add_up"),
    Row("vaksinasi-ratusan", "people", "unsupported", "stmt.no_events"),
    Row("jkp-tiga-manfaat", "cash", "unsupported", "stmt.announced_only"),
    Row("jkp-tiga-manfaat", "information", "unsupported", "stmt.announced_only"),
    Row("jkp-tiga-manfaat", "training", "unsupported", "stmt.announced_only"),
    Row("insentif-blk", "paid", "unsupported", "stmt.no_events"),
    Row("insentif-blk", "moved", "unsupported", "stmt.no_events"),
    Row("kepmenaker-294", "placement", "supported", "stmt.shown"),
    Row("hasil-penjualan", "reinvested", "unsupported", "stmt.no_events"),
    Row("jps-anggaran", "budget", "supported", "stmt.equal"),
    Row("bsu-14-desember", "money", "unsupported", "stmt.no_events"),
    Row("bsu-14-desember", "share", "unsupported", "stmt.percent_figures_missing"),
    Row("bsu-laporan-persen", "share", "unsupported", "stmt.percent_figures_missing"),
    Row("audit-20915-paket", "packages", "part", "stmt.parts_unopened"),
    Row("audit-20915-paket", "without-proposal", "unsupported", "stmt.no_events"),
    Row("audit-20915-paket", "not-reported-value", "unsupported", "stmt.no_scope"),
    Row("audit-20915-paket", "without-recipients", "unsupported", "stmt.no_events"),
]

WHOLE: dict[str, Verdict] = {
    "perluasan-327013": "supported",
    "jps-2020-10-02": "supported",
    "blk-menjahit-77": "supported",
    "blk-padang-uji-coba": "part",
    "blk-180-ribu-masker": "part",
    "blk-tahap-1": "supported",
    "masker-pmi": "unsupported",
    "masker-pmi-700-kotak": "unsupported",
    "sembako-pmi": "unsupported",
    "malaysia-348843": "part",
    "sarawak-3453": "part",
    "bsu-2020-laporan": "supported",
    "bsu-24-juta-pekerja": "contradicted",
    "bsu-belum-cair": "contradicted",
    "realisasi-42-persen": "unsupported",
    "terdampak-1-7-juta": "supported",
    "vaksinasi-ratusan": "unsupported",
    "jkp-tiga-manfaat": "unsupported",
    "insentif-blk": "unsupported",
    "kepmenaker-294": "supported",
    "hasil-penjualan": "unsupported",
    "jps-anggaran": "supported",
    "bsu-14-desember": "unsupported",
    "bsu-laporan-persen": "unsupported",
    "audit-20915-paket": "part",
}


def figure_of(answers: dict[str, StatementAnswer], statement: str, figure: str) -> FigureAnswer:
    return next(one for one in answers[statement].figures if one.figure.figure == figure)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.statement}:{row.figure}")
def test_a_published_figure_gets_the_verdict_of_a_careful_reader(answers: dict[str, StatementAnswer], row: Row) -> None:
    judged = figure_of(answers, row.statement, row.figure).judged
    assert (judged.verdict, judged.judged.reason.code) == (row.verdict, row.reason)


def test_every_statement_of_the_table_has_its_verdict_and_no_figure_was_left_out(answers: dict[str, StatementAnswer]) -> None:
    assert {name: answers[name].verdict for name in WHOLE} == WHOLE
    assert {(name, one.figure.figure) for name in WHOLE for one in answers[name].figures} == {(row.statement, row.figure) for row in ROWS}


def test_what_was_announced_or_permitted_and_not_reported_is_unsupported(answers: dict[str, StatementAnswer]) -> None:
    others = {name: answer.verdict for name, answer in answers.items() if name not in WHOLE}
    assert len(others) == len(catalogue.lines("pernyataan-lain.jsonl"))
    assert set(others.values()) == {"unsupported"}


def test_the_malaysian_sum_is_refused_with_both_figures(answers: dict[str, StatementAnswer]) -> None:
    judged = figure_of(answers, "malaysia-348843", "recipients").judged
    assert judged.judged.reason.amounts["parts"] == (Amount(239_675, "person"), Amount(109_168, "package"))
    assert in_words(judged.judged.reason, "en") == "there is no sum of 239675 person and 109168 package: they are different units"
    assert judged.judged.tally is None
    assert [part.judged.verdict for part in judged.parts if part.judged] == ["supported", "supported"]


def test_the_unpaid_payments_are_worth_half_of_what_the_press_said(answers: dict[str, StatementAnswer]) -> None:
    payments = figure_of(answers, "bsu-belum-cair", "payments").judged
    assert payments.judged.tally == Amount(294_160, "payment")
    assert [part.said.steps for part in payments.parts] == [138_459, 155_701]
    money = figure_of(answers, "bsu-belum-cair", "money").judged
    assert money.said == Amount(70_598_400_000_000, "IDR")
    assert money.judged.tally == Amount(35_299_200_000_000, "IDR")
    assert money.judged.gap == Amount(-35_299_200_000_000, "IDR")


def test_about_180_thousand_masks_is_875_short_of_those_made(answers: dict[str, StatementAnswer]) -> None:
    assert figure_of(answers, "blk-180-ribu-masker", "made").judged.judged.gap == Amount(875, "piece")


def test_two_counts_of_training_centres_are_two_scopes_and_both_stand(answers: dict[str, StatementAnswer]) -> None:
    sewing, making = (figure_of(answers, *names) for names in (("blk-menjahit-77", "centres"), ("blk-tahap-1", "mask-makers")))
    assert (sewing.judged.judged.tally, making.judged.judged.tally) == (Amount(77, "site"), Amount(148, "site"))
    assert sewing.figure.scope != making.figure.scope


def test_six_destinations_without_masks_have_no_figure(answers: dict[str, StatementAnswer]) -> None:
    masks = figure_of(answers, "masker-pmi", "masks")
    assert masks.judged.destinations == dict.fromkeys(("HK", "TW", "MY", "SG", "KR", "BN"), ())


def test_boxes_have_their_conversion_beside_them(answers: dict[str, StatementAnswer]) -> None:
    [conversion] = figure_of(answers, "masker-pmi-700-kotak", "boxes").conversions
    assert (conversion.into_quantity, conversion.into_unit, conversion.qualifier) == ("33000", "piece", "about")


def test_two_sources_on_one_share_are_two_hundredths_of_a_point_apart(answers: dict[str, StatementAnswer]) -> None:
    other = figure_of(answers, "bsu-14-desember", "share").other
    assert other is not None
    assert (other.said, other.gap) == (Amount(9_394, "percent"), Amount(2, "percent"))


def test_a_weak_source_is_told_with_its_verdict(answers: dict[str, StatementAnswer]) -> None:
    assert "not named" in str(answers["audit-20915-paket"].published.data.weakness)


def test_placement_is_shown_by_the_destinations_that_opened_again(answers: dict[str, StatementAnswer]) -> None:
    assert figure_of(answers, "kepmenaker-294", "placement").judged.judged.reason.names == {"places": "HK, KR, TW"}


@pytest.mark.parametrize("name", WHOLE)
def test_every_scope_opens_to_events_that_add_up(ledger: sa.Engine, name: str) -> None:
    with ledger.connect() as connection:
        registry = registry_of(connection)
        answer = Statements(connection, registry).one(name)
        assert answer.adds_up
        for figure in answer.figures:
            if figure.judged.verdict == "supported":
                assert figure.showing or figure.opened
            for opened in figure.opened:
                assert opened.explanation.events
                assert asked_again(connection, opened.words) == (True, opened.explanation.total)


def asked_again(connection: sa.Connection, words: tuple[str, ...]) -> tuple[bool | None, int | None]:
    """Ask `salur explain` with the words of an answer; return whether it adds up, and how many events it finds."""
    given = {word.removeprefix("--"): value for word, value in zip(words[::2], words[1::2], strict=True)}
    happened_from, happened_to, as_of = (given.pop(name, "") for name in ("from", "to", "as-of"))
    wanted = parse_filter(given, known_codes(registry_of(connection)), happened_from=happened_from, happened_to=happened_to, as_of=as_of)
    explanation = explain(connection, wanted)
    return explanation.adds_up, explanation.total


def test_the_events_behind_a_supported_value_come_to_it(ledger: sa.Engine) -> None:
    with ledger.connect() as connection:
        statements = Statements(connection, registry_of(connection))
        for name, verdict in WHOLE.items():
            if verdict == "supported":
                for figure in statements.one(name).figures:
                    assert_events_make_the_tally(figure)


def assert_events_make_the_tally(figure: FigureAnswer) -> None:
    tally = figure.judged.judged.tally
    if tally is None:
        assert figure.showing
        return
    own = [one for one in figure.opened if not one.part] or figure.opened
    signs = {"scope": 1, "less": -1}
    made = sum(
        signs[one.role] * event.contributions.get(key, 0)
        for one in own
        for event in one.explanation.events
        for key in event.contributions
        if key[1] == tally.unit
    )
    assert made == tally.steps
