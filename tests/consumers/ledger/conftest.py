"""Fixtures of the ledger's tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from consumers.database import open_database
from tests.conftest import new_broker
from tests.consumers.ledger.cluster import Cluster
from tests.consumers.ledger.desk import Desk


@pytest.fixture
def desk(engine: sa.Engine) -> Desk:
    """Give an empty ledger with an inbox, on each database."""
    return Desk(engine)


@pytest.fixture
def lite(tmp_path: Path) -> Iterator[Desk]:
    """Give an empty ledger on SQLite, for tests of what is around it."""
    engine = open_database(f"sqlite:///{tmp_path / 'ledger.db'}")
    yield Desk(engine)
    engine.dispose()


@pytest.fixture(scope="package")
def _cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with new_broker(tmp_path_factory.mktemp("ledger-kafka")) as broker:
        made = Cluster(broker)
        yield made
        made.close()


@pytest.fixture
def cluster(_cluster: Cluster) -> Iterator[Cluster]:
    """Give an empty Kafka that belongs to these tests, to be hurt at will."""
    _cluster.empty()
    yield _cluster
    _cluster.close()
