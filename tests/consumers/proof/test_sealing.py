"""Sealing: nothing is signed that does not hold, nothing twice, and a crash in between is made good."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from consumers.database import open_for_reading
from consumers.proof import bundles, sealing
from consumers.proof.sealing import NotSealable, Sealing
from consumers.proof.signer import KEY_FILE, STATE_FILE, SignedSeal, Signer
from consumers.proof.verification import verify
from deploy.verifiers import salur_verify
from models import schema
from models.errors import IntegrityError
from models.proof import seal as seals
from models.proof.note import open_note
from tests.bench.batches import RecordStream, book
from tests.consumers.ledger.desk import Desk, masks, reversal
from tests.consumers.proof.sealed import SealedLedger, empty_ledger, reopened
from tests.tampering.tamperer import without_triggers


@pytest.fixture
def ledger(tmp_path: Path) -> SealedLedger:
    """Give a ledger that is booked and not sealed."""
    made = empty_ledger(tmp_path)
    book(made.ledger, RecordStream(seed=3, events=60).take(60))
    return made


def test_a_seal_says_what_is_booked_and_names_the_one_before(tmp_path: Path) -> None:
    ledger, stream = empty_ledger(tmp_path), RecordStream(seed=3, events=90)
    book(ledger.ledger, stream.take(60))
    first = ledger.sealing.seal()
    assert first.is_new
    assert not ledger.sealing.seal().is_new
    book(ledger.ledger, stream.take(30))
    second = ledger.sealing.seal(is_quick=True)
    assert second.seal.number == 2
    assert second.seal.previous == seals.seal_hash(first.document)
    assert open_note(second.note, key=ledger.signer.public_key) == seals.text_to_sign(second.document)
    assert sorted(path.name for path in ledger.seals.iterdir()) == ["00000001.json", "00000001.note", "00000002.json", "00000002.note", "key.txt"]
    with ledger.reading.connect() as connection:
        found = verify(connection, key=ledger.signer.public_key, kept=ledger.kept())
    assert found.flaws == ()
    assert found.seal == second.seal


def test_an_empty_ledger_is_not_sealed(tmp_path: Path) -> None:
    with pytest.raises(NotSealable, match="nothing is booked"):
        empty_ledger(tmp_path).sealing.seal()


def test_the_key_is_for_the_owner_alone(ledger: SealedLedger) -> None:
    assert (ledger.folder / "keys" / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert Signer(ledger.folder / "keys").public_key == ledger.signer.public_key


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE decisions SET disposition = 'held' WHERE number = 9",
        "UPDATE decisions SET sha256 = x'00' WHERE number = 30",
        "DELETE FROM decisions WHERE number = 60",
        "UPDATE head SET size = size + 1",
        "UPDATE bookings SET record = replace(record, '1', '2')",
    ],
)
def test_nothing_is_signed_for_rows_that_are_not_what_was_booked(ledger: SealedLedger, change: str) -> None:
    with reopened(ledger.folder).begin() as connection:
        without_triggers(connection)
        connection.exec_driver_sql(change)
    with pytest.raises(IntegrityError):
        ledger.sealing.seal()
    assert ledger.signer.last() is None
    assert not ledger.kept()


def test_what_was_sealed_before_must_still_be_there(ledger: SealedLedger) -> None:
    ledger.sealing.seal()
    other = sealed_ledger_of(ledger, events=90, seed=4)
    with pytest.raises(IntegrityError):
        other.seal()


def test_a_seal_that_was_signed_before_a_crash_is_published_and_no_other(ledger: SealedLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(_self: Sealing, _signed: SignedSeal, _beside: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Sealing, "_publish", crash)
        with pytest.raises(KeyboardInterrupt):
            ledger.sealing.seal()
    signed = ledger.signer.last()
    assert signed is not None
    assert not ledger.kept()
    again = ledger.sealing.seal()
    assert not again.is_new
    assert again.document.decode() == signed.document
    assert ledger.kept() == {1: signed.document.encode()}


def test_seals_come_back_from_their_files_when_the_database_is_made_again(ledger: SealedLedger) -> None:
    first = ledger.sealing.seal()
    with reopened(ledger.folder).begin() as connection:
        without_triggers(connection)
        for table in ("seals", "seal_rows", "seal_tiles"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    assert ledger.sealing.seal().document == first.document
    with ledger.reading.connect() as connection:
        assert verify(connection, key=ledger.signer.public_key, kept=ledger.kept()).holds


def test_without_the_signers_state_nothing_is_signed_again(ledger: SealedLedger) -> None:
    ledger.sealing.seal()
    (ledger.folder / "keys" / STATE_FILE).unlink()
    with pytest.raises(IntegrityError, match="state of the signer"):
        ledger.sealing.seal()


def test_both_databases_are_sealed_proved_and_verified(desk: Desk, tmp_path: Path) -> None:
    desk.book(masks("a"), masks("b", 30), b"{", masks("a"), reversal("c", "b"), reversal("d", "not-yet"))
    signer = Signer(tmp_path / "keys")
    reading = open_for_reading(desk.engine.url.render_as_string(hide_password=False))
    made = sealing.Sealing(reading=reading, writing=desk.engine, signer=signer, folder=tmp_path / "seals", clock=lambda: 1)
    made.seal()
    desk.book(masks("not-yet", 5))
    made.seal()
    wanted = {"table": ["distributions"], "simulated": ["false"], "measure": ["distributed"], "unit": ["piece"]}
    with reading.connect() as connection:
        assert verify(connection, key=signer.public_key).flaws == ()
        proof = bundles.compact(connection, wanted)
        with (tmp_path / "complete").open("wb") as file:
            assert bundles.complete(connection, wanted, file)["steps"] == "100"
        (tmp_path / "receipt").write_text(bundles.receipt_of(connection, 2))
        with pytest.raises(sa.exc.DBAPIError), reading.begin() as other:
            other.execute(sa.delete(schema.seals))
    (tmp_path / "compact").write_bytes(proof)
    for name in ("compact", "complete", "receipt"):
        assert bundles_hold(tmp_path / name, signer.public_key)
    reading.dispose()


def bundles_hold(path: Path, key: str) -> bool:
    """Tell whether the verifier takes a proof."""
    return bool(salur_verify.check(path, key, list(salur_verify.ORDERS)))


def sealed_ledger_of(ledger: SealedLedger, *, events: int, seed: int) -> Sealing:
    """Return the sealing of another ledger with the same key and folder, as somebody who wrote the past anew would have it."""
    folder = ledger.folder / "rewritten"
    folder.mkdir()
    other = empty_ledger(folder)
    book(other.ledger, RecordStream(seed=seed, events=events).take(events))
    return Sealing(reading=other.reading, writing=other.engine, signer=ledger.signer, folder=ledger.seals, clock=lambda: 1)
