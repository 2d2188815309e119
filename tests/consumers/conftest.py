"""Fixtures of the consumers' tests: a ledger to read from, on each database."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from consumers.database import open_database
from tests.consumers.books import Books


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    """Give a fresh database that may be written."""
    opened = open_database(database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def books(engine: sa.Engine) -> Books:
    """Give a ledger to be filled by hand."""
    return Books(engine)
