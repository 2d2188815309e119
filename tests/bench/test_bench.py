"""Each measurement runs, with sizes that measure nothing: what is tested is that the benchmark still fits the system."""

from pathlib import Path

import pytest

from deploy.kafka.broker import LocalBroker
from tests.bench import __main__ as bench
from tests.bench import answers, exports, growth, ledger, proofs, way
from tests.bench.measured import Figure


def _silent(_line: str) -> None:
    """Show no progress."""


def _values(figures: list[Figure]) -> dict[str, float]:
    return {figure.what: figure.value for figure in figures}


def test_the_ledger_is_measured_against_the_rows_that_it_wrote(tmp_path: Path) -> None:
    found = _values(ledger.run(tmp_path, events=6_000, rounds=1, say=_silent))
    assert found["rows per event"] > 1
    assert 0 < found["ledger / bare inserts, by processor time"] < 1


def test_a_growing_ledger_is_measured_in_a_process_of_its_own(tmp_path: Path) -> None:
    found = _values(growth.run(tmp_path, small=5_000, large=10_000, turns=1, say=_silent))
    assert found["large / small, by processor time"] > 0
    assert found["resident memory at 10,000 events"] > 0


def test_all_entries_are_exported_of_a_small_and_of_a_large_ledger(tmp_path: Path) -> None:
    found = _values(exports.run(tmp_path, small=1_000, large=3_000, say=_silent, formats=("parquet",)))
    assert found["parquet: entries of 3,000 events"] > 3_000
    assert found["parquet: memory, large / small"] < exports.WANTED_GROWTH


def test_questions_are_asked_of_a_small_and_of_a_large_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "ASKED", 3)
    found = _values(answers.run(tmp_path, small=6_000, large=11_000, say=_silent))
    assert found["sqlite: cells of 11,000 events"] > found["sqlite: cells of 6,000 events"] > 0
    assert all(found[f"sqlite: {name}, 11,000 events, 99th percentile"] > 0 for name in answers.QUESTIONS)


def test_a_ledger_is_sealed_and_a_figure_of_it_proved_to_both_verifiers(tmp_path: Path) -> None:
    found = _values(proofs.run(tmp_path, events=1_000, say=_silent))
    assert 0 < found["compact proof, size"] < proofs.WANTED_KIBIBYTES
    assert all(found[f"complete proof, checked in {name}, processor time"] > 0 for name in proofs.VERIFIERS)


@pytest.mark.kafka
@pytest.mark.timeout(240)
def test_the_three_folds_are_measured(tmp_path: Path) -> None:
    found = _values(bench.measure_fold(tmp_path, events=16_000))
    assert found["our fold / stock Faust"] > 1


@pytest.mark.kafka
@pytest.mark.timeout(240)
def test_the_whole_way_is_measured(tmp_path: Path, own_kafka: LocalBroker) -> None:
    found = _values(way.run(tmp_path, own_kafka, events=1_500, single_events=2, say=_silent))
    assert found["whole way / ledger alone"] > 0
    assert found["publish to table, one event at a time, median"] > 0


def test_a_figure_says_whether_it_is_what_was_wanted() -> None:
    assert str(Figure(what="a ratio", value=0.5, unit="x", at_least=0.4)).endswith("wanted at least 0.4: met")
    assert str(Figure(what="a ratio", value=0.3, unit="x", at_least=0.4)).endswith("wanted at least 0.4: missed")
    assert str(Figure(what="a time", value=3, unit="ms", at_most=2)).endswith("wanted at most 2: missed")
    assert str(Figure(what="a rate", value=12_345.6, unit="events/s")).endswith("12,346 events/s")
