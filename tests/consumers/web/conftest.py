"""Fixtures: the demonstration booked for real, and the auditors' side served from it alone."""

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from litestar import Litestar
from litestar.testing import TestClient

from consumers.database import open_database, open_for_reading
from consumers.web.application import auditors
from deploy.cli.remark_words import remark
from deploy.demo import catalogue
from models.errors import Unreachable
from models.reads import Read
from tests.consumers.ledger.desk import Desk

RECEIVED_AT = 1_790_000_000_000
BASE = "http://salur.test"
Client = TestClient[Litestar]


class KeptReads:
    """A read log in memory, which can be broken."""

    def __init__(self) -> None:
        self.lines: list[Read] = []
        self.is_broken = False

    async def append(self, read: Read) -> None:
        """Keep one line, unless broken."""
        if self.is_broken:
            raise Unreachable("no space left")
        self.lines.append(read)


def served(engine: sa.Engine, **options: Any) -> Litestar:
    """Return the auditors' side alone."""
    given = {"base_url": BASE, "reads": KeptReads(), "translate": remark, **options}
    return Litestar(route_handlers=auditors(engine, **given), openapi_config=None, logging_config=None)


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.Engine]:
    """Give a ledger that booked the whole demonstration, stage by stage."""
    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('web') / 'ledger.db'}")
    desk = Desk(engine)
    for stage in catalogue.stages():
        desk.book(*(line.value for line in stage), received_at=RECEIVED_AT)
    reading = open_for_reading(engine.url.render_as_string(hide_password=False))
    yield reading
    reading.dispose()
    engine.dispose()


@pytest.fixture(scope="session")
def web(demonstration: sa.Engine) -> Iterator[Client]:
    """Give a client of the demonstration."""
    with TestClient(served(demonstration), base_url=BASE) as client:
        yield client


@pytest.fixture
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Give an empty ledger that a test books to."""
    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('desk') / 'ledger.db'}")
    yield Desk(engine)
    engine.dispose()


@pytest.fixture
def fresh(desk: Desk) -> Iterator[Client]:
    """Give a client of that ledger."""
    reading = open_for_reading(desk.engine.url.render_as_string(hide_password=False))
    with TestClient(served(reading), base_url=BASE) as client:
        yield client
    reading.dispose()
