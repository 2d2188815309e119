"""A small ledger with everything in it, booked and sealed, for tests that hurt it."""

import dataclasses
import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from consumers.database import open_database, open_for_reading
from consumers.ledger import identity
from consumers.ledger.ledger import Ledger
from consumers.proof.sealing import Sealing
from consumers.proof.signer import Signer
from tests.bench.batches import Records, book, new_ledger
from tests.bench.spread import deliveries
from tests.workload import Message, Mix, Workload

VARIED = Mix(variety=0.5, corrections=0.08, duplicates=0.06, conflicts=0.03, poison=0.03)
SEGMENT_CLAIMS = 30
"""So few ids that some are in a sorted segment already."""
PERSONS_AGAIN = 9


@dataclasses.dataclass
class SealedLedger:
    """A ledger in a folder, with its signer; more can be booked and sealed at any time."""

    folder: Path
    engine: sa.Engine
    reading: sa.Engine
    signer: Signer
    sealing: Sealing
    ledger: Ledger

    @property
    def seals(self) -> Path:
        """Where the seals are published."""
        return self.folder / "seals"

    def kept(self) -> dict[int, bytes]:
        """Return the documents that were published."""
        return {int(path.stem): path.read_bytes() for path in self.seals.glob("[0-9]*.json")}

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()
        self.reading.dispose()


def empty_ledger(folder: Path, *, keys: Path | None = None) -> SealedLedger:
    """Make a ledger without bookings; ``keys`` of another ledger let it sign as that one."""
    engine = new_ledger(folder, "ledger")
    reading = open_for_reading(f"sqlite:///{folder / 'ledger.db'}")
    signer = Signer(keys or folder / "keys")
    clock = itertools.count(1_700_000_000_000, 1000)
    sealing = Sealing(reading=reading, writing=engine, signer=signer, folder=folder / "seals", clock=lambda: next(clock))
    return SealedLedger(folder, engine, reading, signer, sealing, Ledger(engine, clock=lambda: next(clock)))


def sealed_ledger(
    folder: Path, *, seed: int = 7, events: int = 240, bookings: int = 6, seals: int = 2, keys: Path | None = None, only: int | None = None
) -> SealedLedger:
    """Make a ledger of so many events in so many bookings (or ``only`` the first of these), sealed so many times, the last time at its end."""
    made = empty_ledger(folder, keys=keys)
    records = list(Records().of([*_known_again(seed), *Workload(seed=seed, events=events, mix=VARIED)]))
    size = -(-len(records) // bookings)
    every = -(-bookings // seals)
    with pytest.MonkeyPatch.context() as fewer:
        fewer.setattr(identity, "SEGMENT_CLAIMS", SEGMENT_CLAIMS)
        for number, batch in enumerate([records[at : at + size] for at in range(0, len(records), size)][:only], start=1):
            book(made.ledger, batch)
            if number % every == 0:
                made.sealing.seal()
        while made.ledger.book([]) is not None:  # what was held and can go on
            pass
        made.sealing.seal()
    return made


def _known_again(seed: int) -> Iterator[Message]:
    """Yield a few deliveries to persons who are known again elsewhere by their tokens."""
    for number, message in enumerate(deliveries(seed=seed, events=PERSONS_AGAIN, prefix="again-")):
        event = json.loads(message.value)
        if "lines" in event["data"]:
            event["data"]["tokens"] = [f"hmac-sha256:k1:{number % 3:064x}"]
        yield Message(message.key, json.dumps(event).encode())


def reopened(folder: Path) -> sa.Engine:
    """Open the database as somebody who may write to it."""
    return open_database(f"sqlite:///{folder / 'ledger.db'}")
