"""A running stack seals itself, and goes on when one seal fails."""

import time
from pathlib import Path

import pytest

from consumers.database import open_for_reading
from consumers.ledger.ledger import Ledger
from consumers.proof.verification import verify
from deploy.sealing import Sealer, kept, own_key, seal, signer
from models.crashpoints import CrashPoint
from tests.bench.batches import RecordStream, book, new_ledger


def test_a_running_stack_is_sealed_again_and_again(tmp_path: Path) -> None:
    engine, url = new_ledger(tmp_path, "ledger"), f"sqlite:///{tmp_path / 'ledger.db'}"
    stream = RecordStream(seed=2, events=60)
    ledger = Ledger(engine)
    assert (own_key(tmp_path), kept(tmp_path)) == (None, {})
    sealer = Sealer(url, tmp_path, every_seconds=0.02)
    sealer.start()
    try:
        for number in (1, 2):
            book(ledger, stream.take(30))
            assert _until(lambda number=number: number in kept(tmp_path))
    finally:
        sealer.stop()
        engine.dispose()
    assert own_key(tmp_path) == signer(tmp_path).public_key
    assert not seal(url, tmp_path).is_new


def test_a_sealer_that_never_began_can_be_stopped(tmp_path: Path) -> None:
    Sealer("sqlite:///nowhere", tmp_path, every_seconds=0.02).stop()


class Interrupting:
    """Ends sealing at one place, as a kill would."""

    def __init__(self, place: CrashPoint) -> None:
        self._place = place

    def hit(self, name: CrashPoint) -> None:
        if name == self._place:
            raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("place", "number"),
    [
        ("checkpoint_leaves_read", 2),
        ("checkpoint_root_made", 2),
        ("checkpoint_signed", 2),
        # From here on the seal is made: it is published again, and what was booked since gets the next one.
        ("checkpoint_remembered", 3),
        ("checkpoint_published", 3),
    ],
)
def test_a_seal_that_was_cut_short_anywhere_is_made_good_by_the_next(tmp_path: Path, place: CrashPoint, number: int) -> None:
    engine, url = new_ledger(tmp_path, "ledger"), f"sqlite:///{tmp_path / 'ledger.db'}"
    stream, ledger = RecordStream(seed=3, events=90), Ledger(engine)
    book(ledger, stream.take(30))
    seal(url, tmp_path)

    book(ledger, stream.take(30))
    with pytest.raises(KeyboardInterrupt):
        seal(url, tmp_path, points=Interrupting(place))
    book(ledger, stream.take(30))
    sealed = seal(url, tmp_path)

    assert sealed.seal.number == number
    assert sorted(kept(tmp_path)) == list(range(1, number + 1))
    reading = open_for_reading(url)
    with reading.connect() as connection:
        assert verify(connection, key=own_key(tmp_path), kept=kept(tmp_path)).flaws == ()
    reading.dispose()
    engine.dispose()


def _until(is_so: object) -> bool:
    assert callable(is_so)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if is_so():
            return True
        time.sleep(0.01)
    return False
