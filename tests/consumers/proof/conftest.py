"""Fixtures: a desk on each database, and one sealed ledger for all tests that only look at it, or hurt a copy."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.consumers.ledger.desk import Desk
from tests.consumers.proof.sealed import SealedLedger, sealed_ledger
from tests.tampering.tamperer import Tamperer


@pytest.fixture
def desk(engine: sa.Engine) -> Desk:
    """Give an empty ledger with an inbox, on each database."""
    return Desk(engine)


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SealedLedger]:
    """Give a ledger that is booked and sealed to its end; nobody changes it."""
    made = sealed_ledger(tmp_path_factory.mktemp("sealed"), events=130, bookings=4)
    yield made
    made.close()


@pytest.fixture
def tamperer(sealed: SealedLedger, tmp_path: Path) -> Iterator[Tamperer]:
    """Give a copy of it to be changed."""
    made = Tamperer(sealed, tmp_path)
    yield made
    made.close()


def copied(ledger: SealedLedger, folder: Path) -> Path:
    """Copy the seals of a ledger."""
    shutil.copytree(ledger.seals, folder / "seals")
    return folder / "seals"
