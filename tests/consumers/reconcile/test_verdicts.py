"""The last verdict of a comparison is kept for the pages, and only the last."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from consumers.database import open_database
from consumers.reconcile.verdicts import Verdict, keep, verdicts
from deploy.migrations.upgrade import upgrade


@pytest.fixture(name="engine")
def _engine(database_url: str) -> Iterator[sa.Engine]:
    upgrade(database_url)
    engine = open_database(database_url)
    yield engine
    engine.dispose()


def test_a_verdict_replaces_the_one_before_of_its_scope(engine: sa.Engine) -> None:
    for verdict in (Verdict("tables", 3, 0, 10), Verdict("log", 2, 1, 11), Verdict("tables", 4, 0, 12)):
        keep(engine, verdict)
    with engine.connect() as connection:
        assert verdicts(connection) == {"tables": Verdict("tables", 4, 0, 12), "log": Verdict("log", 2, 1, 11)}
