"""The cells of one event: the dimensions that all its postings share, how postings meet, and how evidence shadows them.

Made for speed, for every booked event comes by here several times. What is counted is decided by the nouns beside this.
"""

import operator
from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

from msgspec import UNSET

from models.cells import NOT_APPLICABLE, UNKNOWN, LedgerCell, Posting, made
from models.events.catalogue import DeliveryEvent
from models.measures import DELIVERED, EVIDENCED
from models.registry import Registry

Table = Literal["disbursements", "distributions", "services", "plans"]

MONEY_ITEM: Final = "uang"

_MEASURE: Final = LedgerCell._fields.index("measure")
_delta = operator.attrgetter("delta")


class Dimensions(NamedTuple):
    """The dimensions that all postings of one event share, in the order of a cell: those before the item, those after the unit."""

    first: tuple[str, str, str, str, str, bool]
    last: tuple[str, str, str]

    def cell(self, table: Table, *, item: str, measure: str, unit: str, holder: str = NOT_APPLICABLE, lot: str = NOT_APPLICABLE) -> LedgerCell:
        """Return the cell of one posting; holder and lot are those of goods, and of money from goods."""
        return made(LedgerCell, (table, *self.first, item, measure, unit, *self.last, holder, lot))


def dimensions_of(event: DeliveryEvent, registry: Registry) -> Dimensions:
    """Return the dimensions of a delivery; what it leaves open is unknown."""
    given = event.data
    partner = event.partner
    first = (
        given.country,
        given.programme,
        UNKNOWN if given.activity is UNSET else given.activity,
        UNKNOWN if given.tranche is UNSET else given.tranche,
        partner,
        partner in registry.simulated,
    )
    last = (event.day, UNKNOWN if given.recipient_type is UNSET else given.recipient_type, UNKNOWN if given.place is UNSET else given.place.code)
    return made(Dimensions, (first, last))


def merged(postings: list[Posting], *, lines: int) -> list[Posting]:
    """Return each cell once; cells whose increments cancel are left out."""
    if lines == 1:  # the postings of one line differ in measure, unit or table, so nothing can meet
        return postings if all(map(_delta, postings)) else [posting for posting in postings if posting.delta]
    sums: dict[LedgerCell, int] = {}
    for cell, delta in postings:
        sums[cell] = sums.get(cell, 0) + delta
    return [Posting(cell, delta) for cell, delta in sums.items() if delta]


def as_measure(cell: LedgerCell, measure: str) -> LedgerCell:
    """Return the cell of another measure that is else the same."""
    return made(LedgerCell, (*cell[:_MEASURE], measure, *cell[_MEASURE + 1 :]))


def shown(postings: list[Posting]) -> list[Posting]:
    """Return the postings of an event that has evidence, with what it delivered once more as shown by it."""
    return postings + shadows(postings, EVIDENCED)


def shadows(postings: Sequence[Posting], measure: str) -> list[Posting]:
    """Return what the postings delivered as increments of ``measure``, in cells that are else the same."""
    return [Posting(as_measure(cell, measure), delta) for cell, delta in postings if cell.measure in DELIVERED]
