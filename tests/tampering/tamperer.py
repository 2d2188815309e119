"""Whoever holds the database changes one thing at a time in a copy of a ledger, asks, and takes it back."""

import contextlib
import dataclasses
import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from consumers.proof.verification import Verified, verify
from tests.consumers.proof.sealed import SealedLedger, reopened
from tests.tampering.booked import TABLES

_TRIES: Final = 8
_IN_AN_EMPTY_PLACE: Final = {"first": 1, "raw": b"{}", "headers": '[["ce_id", "78"]]', "second": 1, "outcome": "accepted", "below": b"x"}


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
            return value + chance.choice([-1, 1, 7, 10**6])
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
        """Change one value of a random row and check; None if the table is empty, or the database itself refuses whatever is tried."""
        for row in chance.sample(self._rows[table.name], min(_TRIES, len(self._rows[table.name]))):
            value = row[column.name]
            new = other(value, chance) if value is not None else _IN_AN_EMPTY_PLACE.get(column.name)
            if new is None or new == value:
                continue
            key = {name.name: row[name.name] for name in table.primary_key}
            change = sa.update(table).where(*(table.c[name] == at for name, at in key.items())).values({column.name: new})
            with contextlib.suppress(sa.exc.IntegrityError), self._changing() as connection:
                connection.execute(change)
                return Mutation(table=table.name, column=column.name, key=key), self.verified(connection)
        return None

    def hurt(self, what: str, table: sa.Table, chance: random.Random) -> Verified | None:
        """Delete, insert or swap rows of a table, or cut its end, and check."""
        rows = self._rows[table.name]
        if len(rows) < 2:
            return None
        with contextlib.suppress(sa.exc.IntegrityError), self._changing() as connection:
            self._do(connection, what, table, rows, chance)
            return self.verified(connection)
        return None

    @contextlib.contextmanager
    def _changing(self) -> Iterator[sa.Connection]:
        """Give a connection for which nothing but uniqueness is refused; what is done is taken back."""
        with self._engine.connect() as connection, connection.begin() as transaction:
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
            connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
            yield connection
            transaction.rollback()

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
