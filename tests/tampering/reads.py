"""The read log, which has a chain of its own: every column changed, lines taken away, swapped and cut off."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from consumers.reads.chain import check
from consumers.reads.place import open_read_log
from consumers.reads.writer import append_all
from models import schema
from models.reads import Read
from tests.tampering.tamperer import other, without_triggers


def read_log_changes(folder: Path, chance: random.Random, *, lines: int, rounds: int) -> Iterator[tuple[str, bool]]:
    """Change every column of a read log, take lines away, swap them and cut its end; yield what was done and whether its reader noticed."""
    engine = open_read_log(f"sqlite:///{folder / 'ledger.db'}")
    said = [Read(1_700_000_000_000 + n * 1000, f"auditor-{n % 3}", "page", "/tallies", f"destination={n}", 200, n, 3, f"{n:064x}") for n in range(lines)]
    with engine.begin() as connection:
        append_all(connection, said)
    table = schema.read_log
    with engine.begin() as connection:
        without_triggers(connection)
        remembered = check(connection).last
        rows = [row._mapping for row in connection.execute(sa.select(table))]
    for what in (*(column.name for column in table.columns), "delete", "swap", "cut") * rounds:
        with engine.connect() as connection, connection.begin() as transaction:
            row = chance.choice(rows)
            at = table.c.number == row["number"]
            if what in {"delete", "swap", "cut"}:
                _hurt_log(connection, what, chance.sample(rows, 2))
            else:
                value = lines + 5 if what == "number" else other(row[what], chance)
                connection.execute(sa.update(table).where(at).values({what: value}))
            yield what, not check(connection, remembered).holds
            transaction.rollback()
    engine.dispose()


def _hurt_log(connection: sa.Connection, what: str, rows: list[Any]) -> None:
    table = schema.read_log
    one, two = rows
    match what:
        case "delete":
            connection.execute(sa.delete(table).where(table.c.number == one["number"]))
        case "cut":
            connection.execute(sa.delete(table).where(table.c.number >= one["number"]))
        case _:
            for to, values in ((one, two), (two, one)):
                connection.execute(sa.update(table).where(table.c.number == to["number"]).values({**values, "number": to["number"]}))
