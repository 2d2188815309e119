"""The demonstration's statements get, by the rules, the verdict that a careful reader gives; what nobody reported stays unsupported."""

from collections.abc import Iterator

import pytest

from consumers.answers.statements import StatementAnswer, Statements
from consumers.database import open_database
from consumers.registered import registry_of
from deploy.demo import catalogue
from models.codelists import reader
from tests.consumers.ledger.desk import Desk

NOW = 1_790_000_000_000
VERDICTS = {
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


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, StatementAnswer]]:
    """Book the demonstration stage by stage, without Kafka, and ask for its statements."""
    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('demonstration') / 'ledger.sqlite'}")
    desk = Desk(engine)
    for stage in catalogue.stages():
        desk.inbox.put(*(line.value for line in stage), received_at=NOW)
        while desk.book_next() is not None:
            pass
    with engine.connect() as connection, connection.begin():
        statements = Statements(connection, registry_of(connection)).all().statements
    yield {statement.published.name: statement for statement in statements}
    engine.dispose()


@pytest.mark.parametrize(("statement", "verdict"), VERDICTS.items())
def test_a_published_figure_gets_the_verdict_of_a_careful_reader(answers: dict[str, StatementAnswer], statement: str, verdict: str) -> None:
    assert answers[statement].verdict == verdict


def test_what_was_announced_or_permitted_and_not_reported_is_unsupported(answers: dict[str, StatementAnswer]) -> None:
    others = {name: answer.verdict for name, answer in answers.items() if name not in VERDICTS}
    assert len(others) == len(catalogue.lines("pernyataan-lain.jsonl"))
    assert set(others.values()) == {"unsupported"}


def test_the_boxes_of_masks_are_shown_beside_what_a_box_was_said_to_hold(answers: dict[str, StatementAnswer]) -> None:
    boxes = next(figure for figure in answers["masker-pmi-700-kotak"].figures if figure.figure.unit == "box")
    (row,) = reader.rows("pack_conversions")
    assert [(one.quantity, one.unit, one.into_quantity, one.into_unit) for one in boxes.conversions] == [("700", "box", "33000", "piece")]
    assert row["qualifier"] == "about"
