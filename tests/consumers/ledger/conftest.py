"""Fixtures of the ledger's tests."""

import pytest
import sqlalchemy as sa

from tests.consumers.ledger.desk import Desk


@pytest.fixture
def desk(engine: sa.Engine) -> Desk:
    """Give an empty ledger with an inbox, on each database."""
    return Desk(engine)
