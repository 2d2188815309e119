"""Fixtures of the intake's tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from consumers.database import open_database
from tests.streams.intake.house import House


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Give an intake with an empty ledger on SQLite."""
    engine = open_database(f"sqlite:///{tmp_path / 'ledger.db'}")
    house = House(engine)
    yield house
    house.close()
    engine.dispose()
