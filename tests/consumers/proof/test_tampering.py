"""Whatever is changed in a small ledger is noticed by whoever can, and the first bad row is named.

The large numbers are run by hand: ``python -m tests.tampering``.
"""

import json
import random
from pathlib import Path

import pytest
import sqlalchemy as sa

from consumers.proof import bundles
from consumers.proof.sealing import Sealing
from consumers.proof.verification import verify
from deploy.verifiers import salur_verify
from models import schema
from models.proof import seal as seals
from models.proof.note import sign
from tests.consumers.proof.agreement import both, disagreements, is_true
from tests.consumers.proof.conftest import copied
from tests.consumers.proof.sealed import SealedLedger, empty_ledger, sealed_ledger
from tests.tampering.booked import columns, unclassified
from tests.tampering.changes import Outcome, never_changed, rows_hurt
from tests.tampering.forgeries import FORGERIES
from tests.tampering.reads import read_log_changes
from tests.tampering.tamperer import Tamperer
from tests.tampering.trials import tried

WANTED = {"table": ["distributions"], "simulated": ["false"], "measure": ["distributed"], "unit": ["piece"]}


@pytest.mark.slow
def test_one_changed_value_of_every_column_is_noticed_and_its_row_is_named(tamperer: Tamperer) -> None:
    chance, outcome = random.Random(5), Outcome()
    for table, column in columns():
        changed = tamperer.change(table, column, chance)
        if changed is not None:
            outcome.take(*changed)
    assert outcome.missed == []
    assert {name.partition(".")[0] for name in never_changed(outcome)} <= {"held", "seal_tiles"}  # so small a ledger need not have any
    assert outcome.named_row == outcome.named_column == outcome.sealed > 10


def test_of_every_table_it_is_said_whether_it_holds_booked_facts() -> None:
    assert unclassified() == []


def test_a_changed_read_log_is_noticed_by_its_reader(tmp_path: Path) -> None:
    noticed = list(read_log_changes(tmp_path, random.Random(4), lines=20, rounds=3))
    assert len(noticed) == 45
    assert not [what for what, was_noticed in noticed if not was_noticed]


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_is_noticed_by_those_who_can_and_the_first_bad_decision_is_named(name: str, sealed: SealedLedger, tmp_path: Path) -> None:
    trial = tried(name, sealed, tmp_path, random.Random(name), times=1)
    assert trial.wrong == []
    assert trial.named == trial.with_a_bad_row


@pytest.mark.parametrize("column", ["disposition", "postings", "received_at", "flags", "raw", "event_id", "offset"])
def test_a_changed_decision_is_named_with_its_column(tamperer: Tamperer, column: str) -> None:
    changed = None
    while changed is None:
        changed = tamperer.change(schema.decisions, schema.decisions.c[column], random.Random(column))
    mutation, found = changed
    assert found.flaws[0].table == "decisions"
    assert found.flaws[0].row == str(mutation.key["number"])
    assert found.flaws[0].columns == (column,)


@pytest.mark.slow
def test_rows_that_are_taken_added_or_swapped_are_noticed(tamperer: Tamperer) -> None:
    noticed = dict(rows_hurt(tamperer, random.Random(6), rounds=1))
    assert len(noticed) > 60
    assert not [what for what, was_noticed in noticed.items() if not was_noticed]


def test_the_first_missing_decision_is_named(tamperer: Tamperer) -> None:
    with tamperer._engine.connect() as connection, connection.begin() as transaction:
        connection.execute(sa.delete(schema.decisions).where(schema.decisions.c.number.in_((77, 100))))
        flaws = [flaw for flaw in tamperer.verified(connection).flaws if flaw.table == "decisions"]
        transaction.rollback()
    assert any(flaw.row == "77" and "missing" in flaw.says for flaw in flaws)


def test_a_checkpoint_that_somebody_else_signed_is_refused_by_all(sealed: SealedLedger, tamperer: Tamperer, tmp_path: Path) -> None:
    forger = empty_ledger(_folder(tmp_path / "forger")).signer
    with sealed.reading.connect() as connection:
        proof = json.loads(bundles.compact(connection, WANTED))
        last = bundles.LastSeal(connection)
    forged = forger.sign(seals.text_to_sign(last.document.encode()))
    path = tmp_path / "forged.json"
    path.write_text(json.dumps({**proof, "note": forged}))
    assert both([path], sealed.signer.public_key) == [(False, False)]
    with tamperer._engine.connect() as connection, connection.begin() as transaction:
        connection.execute(sa.update(schema.seals).where(schema.seals.c.number == last.seal.number).values(note=forged))
        assert tamperer.verified(connection).flaws[0].table == "seals"
        transaction.rollback()
    published = copied(sealed, tmp_path)
    (published / f"{last.seal.number:08}.note").write_text(forged)
    with pytest.raises(salur_verify.Wrong):
        salur_verify.witness(published, tmp_path / "state", sealed.signer.public_key)


def test_a_figure_that_is_made_up_is_refused_by_both_verifiers(sealed: SealedLedger, tmp_path: Path) -> None:
    with sealed.reading.connect() as connection:
        proof = json.loads(bundles.compact(connection, WANTED))
    figure = {**proof["figure"], "steps": str(int(proof["figure"]["steps"]) + 1)}
    (tmp_path / "figure").write_text(json.dumps({**proof, "figure": figure}))
    (tmp_path / "question").write_text(json.dumps({**proof, "wanted": {**WANTED, "destination": ["TW"]}}))
    assert both([tmp_path / "figure", tmp_path / "question"], sealed.signer.public_key) == [(False, False)] * 2


def test_a_complete_proof_with_one_event_less_is_refused_by_both_verifiers(sealed: SealedLedger, tmp_path: Path) -> None:
    path = tmp_path / "complete"
    with sealed.reading.connect() as connection, path.open("wb") as file:
        bundles.complete(connection, WANTED, file)
    head, rest = path.read_bytes().split(b"\n", 1)
    lengths = [int.from_bytes(rest[at : at + 4]) for at in (0, 4, 8)]
    (tmp_path / "less").write_bytes(head + b"\n" + rest[12 + sum(lengths) :])
    assert both([path, tmp_path / "less"], sealed.signer.public_key) == [(True, True), (False, False)]


def test_the_whole_past_written_anew_with_the_key_is_caught_by_whoever_kept_a_seal(sealed: SealedLedger, tmp_path: Path) -> None:
    """And by nobody else: the rewritten database holds against its own seals, which is why witnesses are needed."""
    state = tmp_path / "state"
    salur_verify.witness(sealed.seals, state, sealed.signer.public_key)
    keys = _folder(tmp_path / "stolen")
    (keys / "seal.key").write_bytes((sealed.folder / "keys" / "seal.key").read_bytes())
    rewritten = sealed_ledger(_folder(tmp_path / "rewritten"), seed=8, keys=keys)
    with rewritten.reading.connect() as connection:
        assert verify(connection, key=sealed.signer.public_key, kept=rewritten.kept()).holds
        assert not verify(connection, key=sealed.signer.public_key, kept=sealed.kept()).holds
    seen = state.read_bytes()
    with pytest.raises(salur_verify.Wrong, match="written anew"):
        salur_verify.witness(rewritten.seals, state, sealed.signer.public_key)
    assert state.read_bytes() == seen
    rewritten.close()


def test_a_witness_walks_from_seal_to_seal_and_refuses_a_shorter_past(sealed: SealedLedger, tmp_path: Path) -> None:
    published, state = copied(sealed, tmp_path), tmp_path / "state"
    last = max(sealed.kept())
    for end in ("json", "note"):
        (published / f"{last:08}.{end}").unlink()
    assert salur_verify.witness(published, state, sealed.signer.public_key)["seal"] == last - 1
    assert salur_verify.witness(sealed.seals, state, sealed.signer.public_key)["new"] == 1
    with pytest.raises(salur_verify.Wrong, match="any more"):
        salur_verify.witness(published, state, sealed.signer.public_key)


def test_a_second_root_for_one_size_is_refused_by_the_witness(sealed: SealedLedger, tmp_path: Path) -> None:
    published, state = copied(sealed, tmp_path), tmp_path / "state"
    salur_verify.witness(published, state, sealed.signer.public_key)
    last = max(sealed.kept())
    document = json.loads(sealed.kept()[last])
    other = json.dumps({**document, "rows": "0" * 64}, sort_keys=True, separators=(",", ":")).encode()
    (published / f"{last:08}.json").write_bytes(other)
    (published / f"{last:08}.note").write_text(sign(seals.text_to_sign(other), name="salur", key=sealed.signer._key))
    with pytest.raises(salur_verify.Wrong, match="another one"):
        salur_verify.witness(published, state, sealed.signer.public_key)


def test_both_verifiers_take_and_refuse_the_same(sealed: SealedLedger, tmp_path: Path) -> None:
    told = disagreements(sealed, tmp_path, random.Random(9), wanted=60)
    assert told == {"bundles": 60, "disagree": [], "true ones refused": 0, "false ones taken": []}


def test_a_proof_spoilt_into_another_true_one_is_told_from_a_false_one(sealed: SealedLedger, tmp_path: Path) -> None:
    with sealed.reading.connect() as connection:
        source = bundles.compact(connection, {**WANTED, "day": {"from": "2020-01-01", "to": "9998-12-31"}})
    later, figure = source.replace(b"9998-12-31", b"9999-12-31"), json.loads(source)["figure"]["steps"].encode()
    (tmp_path / "later").write_bytes(later)
    assert both([tmp_path / "later"], sealed.signer.public_key) == [(True, True)]
    assert is_true(sealed, later, source)
    assert is_true(sealed, source + b"\n", source)
    assert not is_true(sealed, source.replace(b'"steps":"' + figure, b'"steps":"1' + figure), source)


@pytest.mark.parametrize("seed", range(3))
def test_a_ledger_that_nobody_touched_has_no_flaw(tmp_path: Path, seed: int) -> None:
    made = sealed_ledger(tmp_path, seed=100 + seed, events=90, bookings=4, seals=1 + seed)
    with made.reading.connect() as connection:
        assert verify(connection, key=made.signer.public_key, kept=made.kept()).flaws == ()
    made.close()


def test_what_is_not_sealed_yet_is_checked_as_far_as_it_can_be(tmp_path: Path) -> None:
    made = sealed_ledger(tmp_path, events=120)
    with made.engine.connect() as connection:
        assert isinstance(made.sealing, Sealing)
        assert verify(connection).holds
    made.close()


def _folder(path: Path) -> Path:
    path.mkdir()
    return path
