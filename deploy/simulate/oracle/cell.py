"""A cell as the oracle keeps it: the ledger's columns in their order, and nothing else of the ledger."""

from typing import NamedTuple


class Cell(NamedTuple):
    """The dimensions of one sum; ``day`` is an ISO date in Jakarta, a dimension without meaning is empty."""

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


Effect = dict[Cell, int]
"""Cell → increment in whole steps of the cell's unit, without zeros."""
