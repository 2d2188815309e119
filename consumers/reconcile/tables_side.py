"""The materialized tables held against the ledger, each partition at the last booking that it holds completely."""

from collections.abc import Iterator, Mapping

import sqlalchemy as sa

from consumers.answers.asof import resolve
from consumers.answers.intake import intake
from consumers.reconcile.difference import LEDGER, TABLE, Difference, between_counts, between_sums, oddity
from consumers.reconcile.ledger_side import partner_counts, tallies
from consumers.tables.coverage import Coverage
from consumers.tables.reader import TablesSnapshot
from models.cells import TableCell, table_cell, table_key
from models.partitioner import partition_of


def differences_from_tables(connection: sa.Connection, snapshot: TablesSnapshot, covered: Coverage) -> Iterator[Difference]:
    """Yield where the tables differ from the ledger. ``snapshot`` is settled, and ``covered`` says how far it is."""
    for booking in sorted({*covered.bookings.values()}):
        partitions = {partition for partition, held in covered.bookings.items() if held == booking}
        yield from _differences_at(connection, snapshot, booking, partitions)
    yield from _misplaced(snapshot)


def _differences_at(connection: sa.Connection, snapshot: TablesSnapshot, booking: int, partitions: set[int]) -> Iterator[Difference]:
    as_of = resolve(connection, booking)
    ledger: dict[TableCell, tuple[int, int]] = {}
    for cell, (steps, events) in tallies(connection, as_of).items():
        where = table_cell(cell)
        known_steps, known_events = ledger.get(where, (0, 0))
        ledger[where] = (known_steps + steps, known_events + events)
    in_reach = {cell: sums for cell, sums in ledger.items() if partition_of(table_key(cell), snapshot.partitions) in partitions}
    yield from between_sums((TABLE, _table_sums(snapshot, partitions)), (LEDGER, in_reach))
    in_ledger = partner_counts(intake(connection, booking=booking))
    in_tables = {code: stored.value.counts for code, stored in snapshot.partners.items()}
    for code in sorted({*in_ledger, *in_tables}):
        if partition_of(code, snapshot.partitions) in partitions:
            yield from between_counts((TABLE, in_tables.get(code, {})), (LEDGER, in_ledger.get(code, {})), {"table": "partners", "partner": code})


def _table_sums(snapshot: TablesSnapshot, partitions: set[int]) -> Mapping[TableCell, tuple[int, int]]:
    return {
        cell_sum.cell: (int(cell_sum.steps), cell_sum.postings)
        for stored in snapshot.tallies.values()
        if stored.partition in partitions
        for cell_sum in stored.value.cells
    }


def _misplaced(snapshot: TablesSnapshot) -> Iterator[Difference]:
    """Yield values that lie where nobody would look for them."""
    for (table, key), stored in snapshot.tallies.items():
        right = partition_of(key, snapshot.partitions)
        strangers = [cell_sum for cell_sum in stored.value.cells if (cell_sum.cell.table, table_key(cell_sum.cell)) != (table, key)]
        if stored.partition != right or strangers:
            yield oddity((TABLE, LEDGER), f"{table} {key!r} lies in partition {stored.partition} (expected {right}) with {len(strangers)} cells of other keys")
