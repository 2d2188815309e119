"""The ledger's database in memory: transactions that undo what they did, and the ways in which a database fails.

Stands in for an engine. What must hold at every commit is checked at every commit.
"""

from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType
from typing import Any, Final, Self

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from consumers.ledger.store import Claim, Head, LedgerStore, Position, StoredDecision
from models import schema
from models.bookings import NO_BOOKING
from models.corrections import CHAIN_KINDS
from models.entries import NO_RECORD
from models.recipients import Given
from tests.simulation.statements import Result, Tables, execute, matches, shape

_ROWS: Final = {name: shape(column.name for column in table.columns) for name, table in schema.metadata.tables.items()}
_KEYS: Final = {name: [index for index, column in enumerate(table.columns) if column.primary_key] for name, table in schema.metadata.tables.items()}
_MISSING: Final = object()


class Trouble:
    """What may go wrong with a database; this one never does."""

    def at(self, _place: str) -> str:
        """Return what happens at a ``begin``, a ``statement`` or a ``commit``: nothing, ``away``, or (commit) ``unknown``."""
        return ""


class BrokenInvariant(AssertionError):
    """Something that must always hold does not."""


def away() -> OperationalError:
    """Return the error of a database that does not answer."""
    return OperationalError("simulated", None, Exception("the server closed the connection"))


class MemoryDatabase:
    """Tables of rows by primary key."""

    def __init__(self, *, partitions: int, trouble: Trouble | None = None) -> None:
        self.tables: Tables = {name: {} for name in _ROWS}
        self.trouble = trouble or Trouble()
        self.in_transaction = False
        self.insert("head", (1, 0, 0, 0, b"", NO_BOOKING, partitions))
        self.insert("publisher", (1, 0, "", 0))
        for partition in range(partitions):
            self.insert("entry_partitions", (partition, 0, NO_RECORD))

    def insert(self, name: str, values: Sequence[Any]) -> None:
        """Add a row outside any transaction."""
        self.tables[name][key_of(name, values)] = _ROWS[name](*values)

    def copy(self) -> Tables:
        """Return all rows as they are."""
        return {name: dict(rows) for name, rows in self.tables.items()}

    def begin(self) -> "Transaction":
        """Return a transaction."""
        return Transaction(self)

    def connect(self) -> "Reading":
        """Return a connection on which every statement is a transaction of its own."""
        return Reading(self)

    def rows(self, name: str) -> list[Any]:
        """Return all rows of a table."""
        return list(self.tables[name].values())


class Reading:
    """A connection in AUTOCOMMIT."""

    def __init__(self, database: MemoryDatabase) -> None:
        self.database = database

    def execution_options(self, **_: Any) -> Self:
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return

    def execute(self, statement: Any) -> Result:
        """Carry out one statement."""
        if self.database.trouble.at("statement"):
            raise away()
        return execute(statement, self.database.tables, self._refuse)

    @staticmethod
    def _refuse(name: str, _key: Any, _row: Any) -> None:
        raise NotImplementedError(f"nothing writes to {name} outside a transaction")


class Transaction:
    """One transaction; the context manager commits or undoes it."""

    def __init__(self, database: MemoryDatabase) -> None:
        self.database = database
        self._undo: list[tuple[dict[Any, Any], Any, Any]] = []

    def __enter__(self) -> Self:
        if self.database.trouble.at("begin"):
            raise away()
        assert not self.database.in_transaction, "the head is locked: no two transactions at once"
        self.database.in_transaction = True
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.database.in_transaction = False
        fate = self.database.trouble.at("commit") if kind is None else "away"
        if fate == "away":
            for rows, key, row in reversed(self._undo):
                if row is _MISSING:
                    del rows[key]
                else:
                    rows[key] = row
        else:
            self._check_positions()
        if kind is None and fate:
            raise away()

    def execute(self, statement: Any) -> Result:
        """Carry out one statement that is written out."""
        return execute(statement, self.database.tables, self.change)

    def add(self, name: str, values: Sequence[Any]) -> None:
        """Insert a row; one with the same key must not be there."""
        key = key_of(name, values)
        rows = self.database.tables[name]
        if key in rows:
            raise BrokenInvariant(f"{name} has a row {key} already")
        self._undo.append((rows, key, _MISSING))
        rows[key] = _ROWS[name](*values)

    def change(self, name: str, key: Any, row: Any) -> None:
        """Put a row in the place of the one with this key, if there is one."""
        rows = self.database.tables[name]
        self._undo.append((rows, key, rows.get(key, _MISSING)))
        rows[key] = row

    def _check_positions(self) -> None:
        """I7: what a transaction changed never went back."""
        tables = self.database.tables
        for rows, key, row in self._undo:
            if row is _MISSING:
                continue
            if rows is tables["positions"] and rows[key].next_offset <= row.next_offset:
                raise BrokenInvariant(f"I7: position {key} went from {row.next_offset} to {rows[key].next_offset}")
            if rows is tables["head"] and rows[key].booking != row.booking + 1:
                raise BrokenInvariant(f"I1: booking {rows[key].booking} follows {row.booking}")
            if rows is tables["publisher"] and rows[key].published < row.published:
                raise BrokenInvariant(f"I7: the publisher's mark went from {row.published} to {rows[key].published}")


class MemoryStore(LedgerStore):
    """The ledger store's contract on a ``MemoryDatabase``."""

    def __init__(self, connection: Any) -> None:
        self._transaction: Transaction = connection
        self._tables = connection.database.tables

    def lock_head(self) -> Head:
        self._may_fail()
        return Head(*next(iter(self._tables["head"].values()))[1:])

    def move_head(self, head: Head) -> None:
        self._transaction.change("head", 1, _ROWS["head"](1, *head))

    def positions(self) -> dict[tuple[str, int], Position]:
        return {key: Position(*row[2:]) for key, row in self._tables["positions"].items()}

    def move_position(self, topic: str, partition: int, *, expected: int, position: Position) -> bool:
        known = self._tables["positions"].get((topic, partition))
        if (0 if known is None else known.next_offset) != expected:
            return False
        self._transaction.change("positions", (topic, partition), _ROWS["positions"](topic, partition, *position))
        return True

    def decisions(self, numbers: Iterable[int]) -> dict[int, StoredDecision]:
        rows = self._tables["decisions"]
        return {number: StoredDecision(*[getattr(rows[number], name) for name in StoredDecision._fields]) for number in numbers if number in rows}

    def claims(self, numbers: Sequence[int]) -> dict[int, Claim]:
        found: dict[int, Claim] = {}
        for number in numbers:
            row, held = self._tables["decisions"].get(number), self._tables["held"].get(number)
            if row is not None and (held is None or held.outcome != "rejected"):
                accepted = held and held.second if row.disposition == "held" else number
                found[number] = Claim(number, row.source, row.event_id, row.sha256, accepted)
        return found

    def claims_since(self, number: int) -> Iterator[tuple[int, str, str]]:
        for row in self._tables["decisions"].values():
            if row.number > number and (row.disposition == "held" or (row.disposition == "accepted" and row.first is None)):
                yield row.number, row.source, row.event_id

    def links(self, roots: Sequence[int]) -> list[tuple[int, int, int, str]]:
        wanted = set(roots)
        return [(row.root, row.number, row.target, row.kind) for row in self._tables["links"].values() if row.root in wanted]

    def roots(self, numbers: Sequence[int]) -> dict[int, int]:
        rows = (self._tables["links"].get(number) for number in numbers)
        return {row.number: row.root for row in rows if row is not None and row.kind in CHAIN_KINDS}

    def served(self, tokens: Sequence[bytes]) -> Iterator[tuple[bytes, int, Given]]:
        wanted = set(tokens)
        for row in self._tables["tokens"].values():
            if row.token in wanted:
                yield row.token, row.number, Given(row.partner, row.programme, row.destination, row.tranche, row.is_payment)

    def registrations_since(self, number: int) -> list[int]:
        return [row.number for row in self._tables["links"].values() if row.kind == "reference" and row.number > number]

    def rows_since(self, table: sa.Table, booking: int) -> Iterator[Any]:
        return iter([row for row in self._tables[table.name].values() if row.booking > booking])

    def rows(self, table: sa.Table, *where: sa.ColumnElement[bool]) -> Sequence[Any]:
        self._may_fail()
        return [row for row in self._tables[table.name].values() if all(matches(clause, row) for clause in where)]

    def insert(self, table: sa.Table, rows: Sequence[tuple[Any, ...]]) -> None:
        for row in rows:
            self._transaction.add(table.name, row)

    def replace(self, table: sa.Table, rows: Sequence[tuple[Any, ...]]) -> None:
        for row in rows:
            self._transaction.change(table.name, key_of(table.name, row), _ROWS[table.name](*row))

    def update(self, table: sa.Table, *, key: Sequence[str], columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        for row in rows:
            wanted = row[len(columns)] if len(key) == 1 else row[len(columns) :]
            old = self._tables[table.name][wanted]
            self._transaction.change(table.name, wanted, old._replace(**dict(zip(columns, row, strict=False))))

    def exact(self, steps: int) -> int | str:
        return steps

    def _may_fail(self) -> None:
        if self._transaction.database.trouble.at("statement"):
            raise away()


def key_of(name: str, values: Sequence[Any]) -> Any:
    """Return the primary key of a row: its bare value if it is one column."""
    indexes = _KEYS[name]
    return values[indexes[0]] if len(indexes) == 1 else tuple(values[index] for index in indexes)
