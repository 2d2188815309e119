"""The ledger store: every statement that the booking runs, on SQLite and on PostgreSQL.

One contract, two databases: what differs is how rows are loaded in bulk and how the head is locked, and both are
here. The store decides nothing. All methods work inside the transaction of the connection they were made with.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

import psycopg
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from models import schema
from models.corrections import CHAIN_KINDS
from models.recipients import Given

_IN_CHUNK: Final = 500


class Head(NamedTuple):
    """The one row that a booking locks."""

    booking: int
    booked_at: int
    size: int
    frontier: bytes
    previous: str
    partitions: int


class Position(NamedTuple):
    """How far one source partition is booked, and what the last booked record was."""

    next_offset: int
    topic_id: str
    last_offset: int
    last_sha256: bytes


class StoredDecision(NamedTuple):
    """The columns of one decision that later decisions may need."""

    number: int
    disposition: str
    source: str
    event_id: str
    sha256: bytes
    postings: str
    raw: bytes | None
    headers: str | None
    topic: str
    partition: int
    offset: int
    received_at: int


class Claim(NamedTuple):
    """Who has an id: the decision that claimed it, and the one that accepted it (None while it is held)."""

    number: int
    source: str
    event_id: str
    sha256: bytes
    accepted: int | None


# Built once: making a statement costs several times what running it does.
_WANTED: Final[sa.BindParameter[Any]] = sa.bindparam("wanted", expanding=True)
_HEAD: Final = sa.select(*(schema.head.c[name] for name in Head._fields))
_DECISIONS: Final = sa.select(*(schema.decisions.c[name] for name in StoredDecision._fields)).where(schema.decisions.c.number.in_(_WANTED))
_CLAIMS: Final = (
    sa.select(
        schema.decisions.c.number,
        schema.decisions.c.source,
        schema.decisions.c.event_id,
        schema.decisions.c.sha256,
        schema.decisions.c.disposition,
        schema.held.c.outcome,
        schema.held.c.second,
    )
    .select_from(schema.decisions.outerjoin(schema.held, schema.held.c.number == schema.decisions.c.number))
    .where(schema.decisions.c.number.in_(_WANTED))
)
_LINKS: Final = (
    sa.select(schema.links.c.root, schema.links.c.number, schema.links.c.target, schema.links.c.kind)
    .where(schema.links.c.root.in_(_WANTED))
    .order_by(schema.links.c.number)
)
_ROOTS: Final = sa.select(schema.links.c.number, schema.links.c.root).where(schema.links.c.number.in_(_WANTED), schema.links.c.kind.in_(sorted(CHAIN_KINDS)))
_SERVED: Final = sa.select(*schema.tokens.c).where(schema.tokens.c.token.in_(_WANTED))


class LedgerStore:
    """The statements of one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._is_sqlite = connection.dialect.name == "sqlite"

    def lock_head(self) -> Head:
        """Return the head, which no other booking can take until this transaction ends."""
        # SQLite's transaction began IMMEDIATE and is the only writer already.
        return Head(*self._connection.execute(_HEAD if self._is_sqlite else _HEAD.with_for_update()).one())

    def move_head(self, head: Head) -> None:
        """Write the head after a booking."""
        self._connection.execute(sa.update(schema.head).values(head._asdict()))

    def positions(self) -> dict[tuple[str, int], Position]:
        """Return how far every source partition is booked."""
        table = schema.positions
        query = sa.select(table.c.topic, table.c.partition, *(table.c[name] for name in Position._fields))
        return {(topic, partition): Position(*rest) for topic, partition, *rest in self._connection.execute(query)}

    def move_position(self, topic: str, partition: int, *, expected: int, position: Position) -> bool:
        """Move one position on if it still is ``expected``; False means that somebody else booked those offsets."""
        table = schema.positions
        where = (table.c.topic == topic) & (table.c.partition == partition)
        moved = self._connection.execute(sa.update(table).where(where, table.c.next_offset == expected).values(position._asdict()))
        if moved.rowcount == 1:
            return True
        known = self._connection.execute(sa.select(sa.func.count()).select_from(table).where(where)).scalar_one()
        if known or expected != 0:
            return False
        self._connection.execute(sa.insert(table).values(topic=topic, partition=partition, **position._asdict()))
        return True

    def decisions(self, numbers: Iterable[int]) -> dict[int, StoredDecision]:
        """Return decisions by number."""
        return {row[0]: StoredDecision(*row) for row in self._in_chunks(_DECISIONS, list(numbers))}

    def claims(self, numbers: Sequence[int]) -> dict[int, Claim]:
        """Return what the given decisions claim now; one that was given up, or refused when it was decided again, claims nothing."""
        found: dict[int, Claim] = {}
        for number, source, event_id, sha256, disposition, outcome, second in self._in_chunks(_CLAIMS, numbers):
            if outcome != "rejected":
                accepted = second if disposition == "held" else number
                found[number] = Claim(number, source, event_id, sha256, accepted)
        return found

    def claims_since(self, number: int) -> Iterator[tuple[int, str, str]]:
        """Return number, source and id of every first decision after ``number`` that claimed its id, in order."""
        d = schema.decisions.c
        claimed = (d.disposition == "held") | ((d.disposition == "accepted") & d.first.is_(None))
        query = sa.select(d.number, d.source, d.event_id).where(d.number > number, claimed).order_by(d.number)
        for row in self._connection.execute(query, execution_options={"yield_per": 10_000}):
            yield row[0], row[1], row[2]

    def links(self, roots: Sequence[int]) -> list[tuple[int, int, int, str]]:
        """Return root, number, target and kind of every accepted event that names something in these chains, in order."""
        return [(root, number, target, kind) for root, number, target, kind in self._in_chunks(_LINKS, roots)]

    def roots(self, numbers: Sequence[int]) -> dict[int, int]:
        """Return the root of the chain of every one of these decisions that corrects or confirms another."""
        return {number: root for number, root in self._in_chunks(_ROOTS, numbers)}  # noqa: C416 - rows are not pairs to mypy

    def served(self, tokens: Sequence[bytes]) -> Iterator[tuple[bytes, int, Given]]:
        """Yield token, decision and what it gave, for every delivery that served one of these tokens."""
        for token, number, partner, programme, destination, tranche, is_payment in self._in_chunks(_SERVED, tokens):
            yield bytes(token), number, Given(partner, programme, destination, tranche, bool(is_payment))

    def registrations_since(self, number: int) -> list[int]:
        """Return the accepted registrations after decision ``number``, in order."""
        table = schema.links.c
        query = sa.select(table.number).where(table.kind == "reference", table.number > number).order_by(table.number)
        return list(self._connection.execute(query).scalars())

    def rows_since(self, table: sa.Table, booking: int) -> Iterator[Any]:
        """Return the rows of a table that bookings after ``booking`` wrote."""
        yield from self._connection.execute(sa.select(table).where(table.c.booking > booking), execution_options={"yield_per": 10_000})

    def rows(self, table: sa.Table, *where: sa.ColumnElement[bool]) -> Sequence[Any]:
        """Return the rows of a small table."""
        return self._connection.execute(sa.select(table).where(*where)).all()

    def insert(self, table: sa.Table, rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert rows, given as tuples in the order of the table's columns."""
        if not rows:
            return
        columns = [column.name for column in table.columns]
        if self._is_sqlite:
            marks = ", ".join("?" for _ in columns)
            statement = f'INSERT INTO "{table.name}" ({_names(columns)}) VALUES ({marks})'  # noqa: S608 - names of our own tables
            self._connection.exec_driver_sql(statement, list(rows))
            return
        statement = f'COPY "{table.name}" ({_names(columns)}) FROM STDIN'
        try:
            with self._connection.connection.cursor() as cursor, cursor.copy(statement) as copy:  # type: ignore[attr-defined]  # psycopg's own
                for row in rows:
                    copy.write_row(row)
        except psycopg.OperationalError as error:
            # SQLAlchemy does not see this statement, so its error is named here as it would name it.
            raise OperationalError(statement, None, error) from error

    def replace(self, table: sa.Table, rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert rows of a small table of working state, in the place of those with the same key."""
        if not rows:
            return
        columns = [column.name for column in table.columns]
        keys = [column.name for column in table.primary_key]
        mark = "?" if self._is_sqlite else "%s"
        new = ", ".join(f'"{name}" = excluded."{name}"' for name in columns if name not in keys)
        values = ", ".join(mark for _ in columns)
        statement = f'INSERT INTO "{table.name}" ({_names(columns)}) VALUES ({values}) ON CONFLICT ({_names(keys)}) DO UPDATE SET {new}'  # noqa: S608 - names of our own tables
        self._connection.exec_driver_sql(statement, list(rows))

    def update(self, table: sa.Table, *, key: Sequence[str], columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        """Set ``columns`` of many rows; each tuple gives them and then the values of ``key``."""
        if not rows:
            return
        mark = "?" if self._is_sqlite else "%s"
        assignments = ", ".join(f'"{name}" = {mark}' for name in columns)
        where = " AND ".join(f'"{name}" = {mark}' for name in key)
        statement = f'UPDATE "{table.name}" SET {assignments} WHERE {where}'  # noqa: S608 - names of our own tables
        self._connection.exec_driver_sql(statement, list(rows))

    def exact(self, steps: int) -> int | str:
        """Return a sum as the database takes it from a driver: see ``schema.ExactInteger``."""
        return str(steps) if self._is_sqlite else steps

    def _in_chunks(self, query: sa.Select[Any], wanted: Sequence[int] | Sequence[bytes]) -> Iterator[Any]:
        for start in range(0, len(wanted), _IN_CHUNK):
            yield from self._connection.execute(query, {"wanted": wanted[start : start + _IN_CHUNK]})


def _names(columns: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)
