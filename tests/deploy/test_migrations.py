"""A database comes to the newest version from nothing, twice, at once, and after being killed on the way."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from consumers.database import open_database
from deploy.migrations.upgrade import current_version, newest_version, upgrade
from models import schema
from models.errors import ConfigurationError, Unreachable


def test_an_empty_database_becomes_the_declared_schema(engine: sa.Engine, database_url: str) -> None:
    assert current_version(engine) is None
    assert upgrade(database_url) == newest_version()
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, schema.metadata) == []
    assert current_version(engine) == newest_version()


def test_upgrading_again_changes_nothing(engine: sa.Engine, database_url: str) -> None:
    upgrade(database_url)
    with engine.begin() as connection:
        connection.execute(sa.insert(schema.publisher).values(id=1, published=7, owner="x", leased_until=0))
    upgrade(database_url)
    with engine.begin() as connection:
        assert connection.execute(sa.select(schema.publisher.c.published)).scalar_one() == 7


def test_a_newer_database_is_refused_and_left_alone(engine: sa.Engine, database_url: str) -> None:
    upgrade(database_url)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ConfigurationError, match="9999"):
        upgrade(database_url)
    assert current_version(engine) == "9999"


def test_a_ledger_booked_by_older_rules_is_refused_and_left_alone(engine: sa.Engine, database_url: str) -> None:
    upgrade(database_url, to="0001")
    with engine.begin() as connection:
        names = ("booking", "booked_at", "first_decision", "last_decision", "received", "accepted", "duplicate", "conflict", "rejected", "held")
        connection.execute(sa.insert(schema.bookings).values(**dict.fromkeys(names, 1), record=b"{}"))
    with pytest.raises(ConfigurationError, match="new data folder"):
        upgrade(database_url)
    assert current_version(engine) == "0001"
    assert "tokens" not in sa.inspect(engine).get_table_names()


def test_an_upgrade_that_is_killed_leaves_nothing_and_works_the_next_time(engine: sa.Engine, database_url: str) -> None:
    script = (
        "import os; from deploy import crashpoints; from deploy.migrations.upgrade import upgrade; "
        f"upgrade({database_url!r}, points=crashpoints.from_environment(os.environ))"
    )
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(Path.cwd()), "SALUR_CRASH_POINT": "mid_migration:1"}
    killed = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, timeout=60, check=False)
    assert killed.returncode == -9, killed.stderr
    assert set(sa.inspect(engine).get_table_names()) <= {"alembic_version"}
    assert current_version(engine) is None
    upgrade(database_url)
    assert set(schema.metadata.tables) <= set(sa.inspect(engine).get_table_names())


def test_two_upgrades_at_once_both_end_well(engine: sa.Engine, database_url: str) -> None:
    versions: list[str] = []
    failures: list[BaseException] = []

    def run() -> None:
        try:
            versions.append(upgrade(database_url))
        except BaseException as error:  # noqa: BLE001 - reported below
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert versions == [newest_version()] * 3


def test_a_database_that_does_not_answer_is_unreachable() -> None:
    with pytest.raises(Unreachable):
        upgrade("postgresql+psycopg://nobody@127.0.0.1:9/nothing?connect_timeout=2")


def test_every_booked_table_is_guarded(engine: sa.Engine, database_url: str) -> None:
    upgrade(database_url)
    query = (
        "SELECT DISTINCT event_object_table FROM information_schema.triggers"
        if engine.dialect.name == "postgresql"
        else "SELECT DISTINCT tbl_name FROM sqlite_master WHERE type = 'trigger'"
    )
    with engine.connect() as connection:
        guarded = set(connection.execute(sa.text(query)).scalars())
    first = {"bookings", "cell_history", "decisions", "entry_records", "identity_segments", "links", "overlaps"}
    desk = {"desk_requests", "desk_items", "desk_steps"}
    assert guarded == {
        *first,
        *desk,
        "access_log",
        "batch_history",
        "figure_history",
        "figure_overlaps",
        "seal_rows",
        "seal_tiles",
        "seals",
        "suspicions",
        "tokens",
    }


@pytest.fixture(name="engine")
def _engine(database_url: str) -> Iterator[sa.Engine]:
    opened = open_database(database_url)
    yield opened
    opened.dispose()
