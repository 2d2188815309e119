"""Whoever holds the database changes one thing; everybody who can notice by design must. Run by hand for the large numbers:

python -m tests.consumers.proof.tampering --mutations 2000 --clean 200 --bundles 500
"""

import argparse
import contextlib
import dataclasses
import json
import random
import shutil
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from consumers.proof.verification import Verified, verify
from models import schema
from tests.consumers.proof.agreement import disagreements
from tests.consumers.proof.sealed import SealedLedger, reopened, sealed_ledger

LEFT_OUT: Final = frozenset({
    ("positions", "topic_id"),  # Kafka's own id of the topic: `salur reconcile` and the worker hold it against Kafka
    ("held", "give_up"),  # an operator's wish that was not carried out yet
})  # fmt: skip
TABLES: Final = tuple(
    table
    for table in schema.metadata.sorted_tables
    if table.name not in {"publisher", "reconciliations", "alembic_version"} and not table.name.startswith(("access_", "desk_", "upload"))
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Mutation:
    """One change to one row: of a column, or of the whole row."""

    table: str
    column: str
    key: dict[str, Any]


def without_triggers(connection: sa.Connection) -> None:
    """Take away what refuses changes, as somebody with the rights can."""
    names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all()
    for name in names:
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')


def other(value: Any, chance: random.Random) -> Any:
    """Return another value of the same kind, close to the one that is there."""
    match value:
        case bool():
            return not value
        case int():
            return value + chance.choice([-1, 1, 7])
        case bytes():
            place = chance.randrange(len(value)) if value else 0
            return value[:place] + bytes([value[place] ^ (1 << chance.randrange(8))]) + value[place + 1 :] if value else b"x"
        case str():
            return _other_text(value, chance)
        case _:
            return None


def _other_text(value: str, chance: random.Random) -> str:
    if value == "[]":
        return '["flag.late"]' if chance.random() < 0.5 else "[[1,1]]"
    digits = [place for place, letter in enumerate(value) if letter.isdigit()]
    if not value:
        return "x"
    place = chance.choice(digits) if digits and chance.random() < 0.7 else chance.randrange(len(value))
    letter = value[place]
    changed = str((int(letter) + chance.randrange(1, 10)) % 10) if letter.isdigit() else chance.choice([one for one in "abcdxyz" if one != letter])
    return value[:place] + changed + value[place + 1 :]


def columns() -> list[tuple[sa.Table, sa.Column[Any]]]:
    """Return every column that holds something booked, summed or sealed."""
    return [(table, column) for table in TABLES for column in table.columns if (table.name, column.name) not in LEFT_OUT]


class Tamperer:
    """Changes one thing at a time in a copy of a ledger, asks, and takes it back."""

    def __init__(self, ledger: SealedLedger, folder: Path) -> None:
        with contextlib.closing(sqlite3.connect(ledger.folder / "ledger.db")) as theirs, contextlib.closing(sqlite3.connect(folder / "ledger.db")) as ours:
            theirs.backup(ours)
        self._engine = reopened(folder)
        self._ledger = ledger
        self._kept = ledger.kept()
        with self._engine.begin() as connection:
            without_triggers(connection)
            self._rows = {table.name: [row._mapping for row in connection.execute(sa.select(table))] for table in TABLES}

    def verified(self, connection: sa.Connection, *, with_kept: bool = True) -> Verified:
        """Check the copy as it is now."""
        return verify(connection, key=self._ledger.signer.public_key, kept=self._kept if with_kept else {})

    def change(self, table: sa.Table, column: sa.Column[Any], chance: random.Random) -> tuple[Mutation, Verified] | None:
        """Change one value of a random row and check; None if the table is empty, or the database itself refuses."""
        rows = self._rows[table.name]
        if not rows:
            return None
        row = chance.choice(rows)
        value = row[column.name]
        new = (
            other(value, chance)
            if value is not None
            else {"first": 1, "raw": b"{}", "headers": '[["ce_id", "78"]]', "second": 1, "outcome": "accepted"}.get(column.name)
        )
        key = {name.name: row[name.name] for name in table.primary_key}
        if new is None or new == value or (isinstance(value, bool) and column.name == "give_up"):
            return None
        with self._engine.connect() as connection, connection.begin() as transaction:
            try:
                connection.execute(sa.update(table).where(*(table.c[name] == at for name, at in key.items())).values({column.name: new}))
            except sa.exc.IntegrityError:
                return None
            found = self.verified(connection)
            transaction.rollback()
        return Mutation(table=table.name, column=column.name, key=key), found

    def hurt(self, what: str, table: sa.Table, chance: random.Random) -> Verified | None:
        """Delete, insert or swap rows of a table, or cut its end, and check."""
        rows = self._rows[table.name]
        if len(rows) < 2:
            return None
        with self._engine.connect() as connection, connection.begin() as transaction:
            try:
                self._do(connection, what, table, rows, chance)
            except sa.exc.IntegrityError:
                return None
            found = self.verified(connection)
            transaction.rollback()
        return found

    def _do(self, connection: sa.Connection, what: str, table: sa.Table, rows: list[Any], chance: random.Random) -> None:
        keys = [column.name for column in table.primary_key]

        def at(row: Any) -> sa.ColumnElement[bool]:
            return sa.and_(*(table.c[name] == row[name] for name in keys))

        match what:
            case "delete":
                connection.execute(sa.delete(table).where(at(chance.choice(rows))))
            case "cut":
                connection.execute(sa.delete(table).where(sa.or_(*(at(row) for row in rows[-chance.randrange(1, 4) :]))))
            case "insert":
                row = dict(chance.choice(rows))
                numbers = [column.name for column in table.primary_key if isinstance(row[column.name], int) and not isinstance(row[column.name], bool)]
                row[numbers[-1] if numbers else keys[0]] = 1 + max(one[numbers[-1]] for one in rows) if numbers else f"{row[keys[0]]}x"
                connection.execute(sa.insert(table), row)
            case "swap":
                one, two = chance.sample(rows, 2)
                rest = [column.name for column in table.columns if column.name not in keys]
                if all(one[name] == two[name] for name in rest):
                    raise sa.exc.IntegrityError("alike", None, Exception())
                for to, values in ((one, two), (two, one)):
                    connection.execute(sa.update(table).where(at(to)).values({name: values[name] for name in rest}))

    def close(self) -> None:
        """Let go of the copy."""
        self._engine.dispose()


@dataclasses.dataclass
class Outcome:
    """What a run came to."""

    tried: int = 0
    missed: list[str] = dataclasses.field(default_factory=list)
    named_row: int = 0
    named_column: int = 0
    sealed: int = 0
    """Changes of one value that the seals bind by row: of these the row and the column must be named."""

    def take(self, mutation: Mutation, found: Verified) -> None:
        """Count one change."""
        self.tried += 1
        if found.holds:
            self.missed.append(f"{mutation.table}.{mutation.column} {mutation.key}")
            return
        if mutation.table == "decisions" and mutation.column not in mutation.key:
            self.sealed += 1
            flaws = [flaw for flaw in found.flaws if flaw.table == "decisions"]
            self.named_row += bool(flaws) and flaws[0].row == str(mutation.key["number"])
            self.named_column += any(mutation.column in flaw.columns for flaw in flaws)


def mutated(tamperer: Tamperer, chance: random.Random, *, wanted: int) -> Outcome:
    """Change values column by column until so many were changed, then rows."""
    outcome = Outcome()
    every = columns()
    empty: Counter[str] = Counter()
    while outcome.tried < wanted:
        before = outcome.tried
        for table, column in every:
            if outcome.tried >= wanted:
                break
            changed = tamperer.change(table, column, chance)
            if changed is None:
                empty[f"{table.name}.{column.name}"] += 1
                continue
            outcome.take(*changed)
        assert outcome.tried > before, "nothing can be changed"
    return outcome


def rows_hurt(tamperer: Tamperer, chance: random.Random, *, rounds: int) -> Iterator[tuple[str, bool]]:
    """Delete, insert, swap and cut in every table; yield what was done and whether it was noticed."""
    for _ in range(rounds):
        for table in TABLES:
            for what in ("delete", "insert", "swap", "cut"):
                found = tamperer.hurt(what, table, chance)
                if found is not None:
                    yield f"{what} {table.name}", not found.holds


def main() -> None:
    """Run the large numbers and print what they came to."""
    parser = argparse.ArgumentParser()
    for name, usual in (("mutations", 2000), ("events", 240), ("clean", 200), ("bundles", 500)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    parser.add_argument("--seed", type=int, default=17081945)
    asked = parser.parse_args()
    chance = random.Random(asked.seed)
    with tempfile.TemporaryDirectory() as folder:
        started = time.monotonic()
        (Path(folder) / "ours").mkdir()
        ledger = sealed_ledger(Path(folder) / "ours", events=asked.events)
        (Path(folder) / "copy").mkdir()
        tamperer = Tamperer(ledger, Path(folder) / "copy")
        outcome = mutated(tamperer, chance, wanted=asked.mutations)
        print(
            json.dumps({"changes": outcome.tried, "missed": outcome.missed, "decisions": [outcome.sealed, outcome.named_row, outcome.named_column]}), flush=True
        )
        hurt = list(rows_hurt(tamperer, chance, rounds=3))
        print(json.dumps({"rows hurt": len(hurt), "missed": [what for what, noticed in hurt if not noticed]}))
        print(f"{time.monotonic() - started:.0f} s")
        alarms = 0
        for number in range(asked.clean):
            clean = Path(folder) / f"clean-{number}"
            clean.mkdir()
            made = sealed_ledger(
                clean, seed=asked.seed + number, events=chance.randrange(20, 160), bookings=chance.randrange(1, 6), seals=chance.randrange(1, 4)
            )
            with made.reading.connect() as connection:
                found = verify(connection, key=made.signer.public_key, kept=made.kept())
            if not found.holds:
                alarms += 1
                print(asked.seed + number, *found.flaws[:3], sep="\n  ")
            made.close()
            shutil.rmtree(clean)
        print(json.dumps({"clean runs": asked.clean, "false alarms": alarms}))
        print(json.dumps(disagreements(ledger, Path(folder), chance, bundles=asked.bundles)))
        print(f"{time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main()
