"""One moment of the ledger and of its read log as files, and back: SQLite by its backup interface, PostgreSQL by COPY in one snapshot."""

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from consumers.database import is_unreachable, open_database, open_for_reading, unreachable
from consumers.reads.place import SCHEMA, file_beside, open_read_log
from deploy.migrations.upgrade import upgrade
from models import bookings, schema
from models.errors import ConfigurationError

LEDGER: Final = "ledger.sqlite"
READS: Final = "reads.sqlite"
COPIES: Final = "postgresql"
_CHUNK_BYTES: Final = 1024 * 1024


class Moment(NamedTuple):
    """What the ledger in a backup is: its head, its newest seal, its version."""

    booking: int
    size: int
    root: str
    seal: int
    partitions: int
    schema_version: str


def save(url: str, folder: Path) -> Moment:
    """Write one moment of the database into a folder, while it is written to. Raises Unreachable, ConfigurationError."""
    try:
        return _save_sqlite(url, folder) if sa.make_url(url).get_backend_name() == "sqlite" else _save_postgresql(url, folder)
    except DBAPIError as error:
        if is_unreachable(error):
            raise unreachable(error) from error
        raise
    except sqlite3.OperationalError as error:
        raise ConfigurationError(f"the ledger's database cannot be copied: {error}", hint="make room where the backup goes, and try again") from error


def found_at(url: str) -> Moment | None:
    """Return what is at an address already, None if there is no ledger. Raises Unreachable."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").exists():
        return None
    engine = open_for_reading(url)
    try:
        with engine.connect() as connection, connection.begin():
            if not sa.inspect(connection).has_table("head") or connection.execute(sa.select(schema.head.c.booking)).first() is None:
                return None
            return moment(connection)
    except DBAPIError as error:
        raise unreachable(error) from error
    finally:
        engine.dispose()


def bring_back(folder: Path, url: str, *, schema_version: str) -> None:
    """Put the ledger and the read log of a backup at an address where there is none. Raises Unreachable."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite":
        _bring_back_files(folder, parsed)
        return
    upgrade(url, to=schema_version)
    open_read_log(url).dispose()
    engine = open_database(url)
    try:
        # All or nothing: who is killed here finds the database as empty as before.
        with engine.begin() as connection:
            for file, table in _tables(folder):
                _copy_in(connection, file, table)
            _continue_numbers(connection)
    finally:
        engine.dispose()


def moment(connection: sa.Connection) -> Moment:
    """Return what a ledger is now. Raises ConfigurationError for a database that holds none."""
    version = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    head = connection.execute(sa.select(schema.head)).first()
    if version is None or head is None:
        raise ConfigurationError("there is no ledger in this database yet", hint="start the stack once: salur up")
    record = connection.execute(sa.select(schema.bookings.c.record).where(schema.bookings.c.booking == head.booking)).scalar()
    root = bookings.decode(bytes(record)).root if record is not None else ""
    seal = connection.execute(sa.select(sa.func.max(schema.seals.c.number))).scalar() or 0
    return Moment(head.booking, head.size, root, seal, head.partitions, str(version))


def _save_sqlite(url: str, folder: Path) -> Moment:
    parsed = sa.make_url(url)
    _copy_sqlite(Path(parsed.database or ""), folder / LEDGER)
    reads = Path(sa.make_url(file_beside(parsed)).database or "")
    if reads.exists():
        _copy_sqlite(reads, folder / READS)
    # Asked of the copy: that is what is kept.
    engine = sa.create_engine(f"sqlite:///{folder / LEDGER}")
    try:
        with engine.connect() as connection:
            return moment(connection)
    finally:
        engine.dispose()


def _copy_sqlite(source: Path, target: Path) -> None:
    address = f"{source.absolute().as_uri()}?mode=ro"
    with contextlib.closing(sqlite3.connect(address, uri=True, timeout=60)) as theirs, contextlib.closing(sqlite3.connect(target)) as ours:
        theirs.backup(ours)
        # One file, which anybody can open wherever it lies.
        ours.execute("PRAGMA journal_mode=DELETE")
        [(found,)] = ours.execute("PRAGMA quick_check(1)").fetchall()
    if found != "ok":
        raise ConfigurationError(f"{source} is damaged: {found}", hint="restore the backup before this one, or salur rebuild --ledger")
    _sync(target)


def _bring_back_files(folder: Path, ledger: sa.URL) -> None:
    path = Path(ledger.database or "")
    path.parent.mkdir(parents=True, exist_ok=True)
    targets = {LEDGER: path, READS: Path(sa.make_url(file_beside(ledger)).database or "")}
    for name, target in targets.items():
        if (folder / name).exists():
            new = target.with_name(f"{target.name}.new")
            shutil.copyfile(folder / name, new)
            _sync(new)
            new.replace(target)


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _save_postgresql(url: str, folder: Path) -> Moment:
    (folder / COPIES).mkdir()
    open_read_log(url).dispose()
    engine = open_for_reading(url)
    try:
        with engine.connect() as connection, connection.begin():
            found = moment(connection)
            for name in ("alembic_version", *(table.name for table in schema.metadata.sorted_tables)):
                _copy_out(connection, f'"{name}"', folder / COPIES / f"{name}.copy")
            for table in schema.reads.sorted_tables:
                _copy_out(connection, f'{SCHEMA}."{table.name}"', folder / COPIES / f"{SCHEMA}.{table.name}.copy")
            return found
    finally:
        engine.dispose()


def _tables(folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield each file of a backup with the table that it goes to; the version is there already."""
    for path in sorted((folder / COPIES).glob("*.copy")):
        names = path.name.removesuffix(".copy").split(".")
        if names != ["alembic_version"]:
            yield path, ".".join(f'"{name}"' for name in names)


def _copy_out(connection: sa.Connection, table: str, path: Path) -> None:
    driver: Any = connection.connection.driver_connection
    with path.open("wb") as file, driver.cursor() as cursor, cursor.copy(f"COPY {table} TO STDOUT (FORMAT binary)") as copied:
        for block in copied:
            file.write(block)


def _copy_in(connection: sa.Connection, path: Path, table: str) -> None:
    driver: Any = connection.connection.driver_connection
    with path.open("rb") as file, driver.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN (FORMAT binary)") as copied:
        while block := file.read(_CHUNK_BYTES):
            copied.write(block)


def _continue_numbers(connection: sa.Connection) -> None:
    """Let numbers that the database gives go on after those that were brought back."""
    for table in schema.metadata.sorted_tables:
        for column in table.primary_key:
            if column.autoincrement is True:
                sequence = f"pg_get_serial_sequence('{table.name}', '{column.name}')"
                last = f'(SELECT COALESCE(MAX("{column.name}"), 0) FROM "{table.name}")'  # noqa: S608 - names of our own schema
                connection.execute(sa.text(f"SELECT setval({sequence}, GREATEST({last}, 1), {last} > 0)"))
