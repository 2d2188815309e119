"""Opening the ledger's database: SQLite in the data folder, or PostgreSQL by URL.

Owns connection settings only. Tables are declared in ``models.schema``, migrations live in ``deploy``.
"""

import contextlib
from collections.abc import Iterator
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError

from models.errors import ConfigurationError, Unreachable

BUSY_TIMEOUT_MS: Final = 60_000
# About 80 MB of log: a booking dirties pages all over the cell trees, and fewer checkpoints write each of them less often.
WAL_AUTOCHECKPOINT_PAGES: Final = 10_000
PAGE_BYTES: Final = 8_192
PAGE_CACHE_KIB: Final = 32_768


def open_database(url: str) -> sa.Engine:
    """Return an engine for ``url``; every transaction that it begins may write.

    On SQLite each transaction begins with ``BEGIN IMMEDIATE``, so that it never has to be upgraded half-way; a
    connection in AUTOCOMMIT begins none, so that reading on it keeps no writer waiting.
    """
    engine = _create(url)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _configure_sqlite)
        sa.event.listen(engine, "begin", _begin_immediate)
    return engine


def open_for_reading(url: str) -> sa.Engine:
    """Return an engine whose transactions see one moment of the ledger and never wait for a writer."""
    engine = _create(url)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _configure_sqlite)
        sa.event.listen(engine, "begin", _begin_deferred)
        return engine
    return engine.execution_options(isolation_level="REPEATABLE READ")


def is_unreachable(error: DBAPIError) -> bool:
    """Tell whether the database is merely away, locked or out of space, so that the same transaction may succeed later."""
    return isinstance(error, OperationalError) or error.connection_invalidated


def unreachable(error: DBAPIError) -> Unreachable:
    """Return the error that says so, without the statement and its values."""
    reason = str(error.orig).strip().splitlines()[0] if error.orig is not None else type(error).__name__
    return Unreachable(f"the ledger's database did not answer: {reason}", hint="check that it runs and has space; nothing is lost")


@contextlib.contextmanager
def reachable() -> Iterator[None]:
    """Raise Unreachable for a database that is away, and nothing else for it."""
    try:
        yield
    except DBAPIError as error:
        if is_unreachable(error):
            raise unreachable(error) from error
        raise


def _create(url: str) -> sa.Engine:
    try:
        backend = sa.make_url(url).get_backend_name()
    except (sa.exc.ArgumentError, ValueError):
        backend = ""
    if backend not in {"postgresql", "sqlite"}:
        # Not shown: there may be a password in it.
        hint = "write sqlite:////folder/ledger.sqlite or postgresql+psycopg://user@host/name"
        raise ConfigurationError("SALUR_DATABASE_URL is no address of an SQLite or PostgreSQL database", hint=hint)
    if backend == "postgresql":
        return sa.create_engine(url, pool_pre_ping=True, pool_size=4)
    return sa.create_engine(url, connect_args={"check_same_thread": False, "timeout": BUSY_TIMEOUT_MS / 1000})


def _configure_sqlite(connection: Any, _record: object) -> None:
    # Transactions are begun by the listeners above, not by the driver.
    connection.isolation_level = None
    cursor = connection.cursor()
    # Before anything else: it only counts for a file that is still empty. Rows with raw bytes fill small pages badly.
    cursor.execute(f"PRAGMA page_size={PAGE_BYTES}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.execute(f"PRAGMA wal_autocheckpoint={WAL_AUTOCHECKPOINT_PAGES}")
    cursor.execute(f"PRAGMA cache_size=-{PAGE_CACHE_KIB}")
    cursor.close()


def _begin_immediate(connection: sa.Connection) -> None:
    if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_deferred(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN")
