"""A running stack seals itself, and goes on when one seal fails."""

import time
from pathlib import Path

from consumers.ledger.ledger import Ledger
from deploy.sealing import Sealer, kept, own_key, seal, signer
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


def _until(is_so: object) -> bool:
    assert callable(is_so)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if is_so():
            return True
        time.sleep(0.01)
    return False
