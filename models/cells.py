"""Cells: the finest grain at which quantities may be added, and the tables that hold them.

A *ledger cell* carries every dimension that an auditor can ask for; a *table cell* is the coarser one that the
materialized tables keep (month instead of day, no place, no lot). Two quantities are added only when they share
a cell, so a sum always has one measure and one unit. Which event posts where is not decided here: see
``models.postings``.
"""

from typing import Final, NamedTuple

UNKNOWN: Final = "unknown"
"""The value of a dimension that the event leaves open; reported as such, never dropped."""

NOT_APPLICABLE: Final = ""
"""The value of a dimension that has no meaning for the table (a stock has no month)."""

DISBURSEMENTS: Final = "disbursements"
DISTRIBUTIONS: Final = "distributions"
SERVICES: Final = "services"
STOCK: Final = "stock"
PLANS: Final = "plans"
"""Budgets, targets, capacities, caseloads: kept beside deliveries and never added to them."""
PARTNERS: Final = "partners"
FLAGS: Final = "flags"
"""How often each flag was raised: cells of the ledger's database alone, in no materialized table and in no tally."""

TALLY_TABLES: Final = (DISBURSEMENTS, DISTRIBUTIONS, SERVICES, STOCK, PLANS)
TABLES: Final = (*TALLY_TABLES, PARTNERS)


class LedgerCell(NamedTuple):
    """The dimensions of one posting; ``day`` is an ISO date in Asia/Jakarta."""

    table: str
    destination: str
    programme: str
    activity: str
    tranche: str
    partner: str
    simulated: bool
    item: str
    measure: str
    unit: str
    day: str
    recipient_type: str
    place: str
    holder: str
    lot: str


class TableCell(NamedTuple):
    """The dimensions that a materialized table keeps; ``month`` is ``YYYY-MM`` in Asia/Jakarta."""

    table: str
    destination: str
    programme: str
    activity: str
    tranche: str
    partner: str
    simulated: bool
    item: str
    measure: str
    unit: str
    month: str
    recipient_type: str
    holder: str


class Posting(NamedTuple):
    """One increment of one cell, in whole steps of the cell's unit."""

    cell: LedgerCell
    delta: int


made: Final = tuple.__new__
"""Makes a named tuple of its fields in C; the constructor of a cell, with fifteen arguments, takes a quarter of a whole posting."""


def table_cell(cell: LedgerCell) -> TableCell:
    """Return the table cell that ``cell`` is counted in."""
    return TableCell(
        table=cell.table,
        destination=cell.destination,
        programme=cell.programme,
        activity=cell.activity,
        tranche=cell.tranche,
        partner=cell.partner,
        simulated=cell.simulated,
        item=cell.item,
        measure=cell.measure,
        unit=cell.unit,
        month=cell.day[:7],
        recipient_type=cell.recipient_type,
        holder=cell.holder if cell.table == STOCK else NOT_APPLICABLE,
    )


def table_key(cell: TableCell) -> str:
    """Return the key under which the table keeps ``cell``: the mission's destination and programme, or the stock's holder and item."""
    if cell.table == STOCK:
        return f"{cell.holder}|{cell.item}"
    return f"{cell.destination}|{cell.programme}"
