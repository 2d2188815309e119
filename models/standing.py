"""Where things stand: the few sums over all cells that flags compare an event with, kept up posting by posting.

A sum here is never a published figure. It is what the ledger knows by heart when the next event comes in: the
stock of a holder, what a programme delivered in a year beside its target and budget, and how large the postings
of one kind have been so far.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

from models.cells import PLANS, STOCK, LedgerCell
from models.measures import DELIVERED, RECIPIENTS, UNDELIVERED

TARGET: Final = "target"
BUDGET: Final = "budget"
REALISED: Final = "realised"
REVENUE: Final = "revenue"
REINVESTED: Final = "reinvested"
GIVEN: Final = "delivered"
ON_HAND: Final = "on-hand"

_BY_YEAR: Final = frozenset({TARGET, BUDGET, REALISED, RECIPIENTS, UNDELIVERED})
_NEW_ONLY: Final[tuple[()]] = ()


class Total:
    """A running sum and the number of postings in it; ``kind`` tells which limit it is looked at for, if any."""

    __slots__ = ("kind", "postings", "steps")

    def __init__(self, kind: str = "") -> None:
        self.kind = kind
        self.steps = 0
        self.postings = 0


class YearKey(NamedTuple):
    """What a year's sum is about; ``what`` is a measure, or ``delivered`` for all that are."""

    what: str
    programme: str
    destination: str
    item: str
    unit: str
    year: str
    simulated: bool


class Standing:
    """The sums as they stand after the last posting."""

    __slots__ = ("_families", "_proceeds", "_stock", "_years", "planned")

    def __init__(self) -> None:
        self._stock: dict[tuple[str, str, str, bool], Total] = {}
        self._families: dict[tuple[str, str, str, str, str, bool], Total] = {}
        self._years: dict[YearKey, Total] = {}
        self._proceeds: dict[tuple[str, str, str, str, bool], Total] = {}
        self.planned: set[str] = set()
        """The programmes that have a target or a budget: for all others there is nothing to compare."""

    def totals(self, cell: LedgerCell) -> tuple[Total, ...]:
        """Return the sums that a posting to the cell belongs to; for a delivery the first is its family."""
        measure = cell.measure
        if cell.table == STOCK:
            return (self._stock.setdefault((cell.holder, cell.item, measure, cell.simulated), Total(measure)),)
        if measure in DELIVERED:
            return (self.family(cell), self._year(GIVEN, cell))
        if measure in _BY_YEAR:
            if cell.table == PLANS and measure in (TARGET, BUDGET):
                self.planned.add(cell.programme)
            return (self._year(measure, cell),)
        if measure in (REVENUE, REINVESTED):
            return (self.proceeds(measure, cell),)
        return _NEW_ONLY

    def family(self, cell: LedgerCell) -> Total:
        """Return the sum of all postings that are of one kind with this one, whenever, wherever and by whomever."""
        return self._families.setdefault((cell.destination, cell.programme, cell.item, cell.measure, cell.unit, cell.simulated), Total(GIVEN))

    def proceeds(self, measure: str, cell: LedgerCell) -> Total:
        """Return the money that a programme's sales brought at a destination, or that went back into production."""
        return self._proceeds.setdefault((measure, cell.programme, cell.destination, cell.unit, cell.simulated), Total(measure))

    def in_year(self, what: str, cell: LedgerCell, programmes: Iterable[str]) -> int:
        """Return a year's sum for the cell's destination, item, unit and year over several programmes."""
        found = (self._years.get(YearKey(what, programme, *_shared(cell))) for programme in programmes)
        return sum(total.steps for total in found if total is not None)

    def _year(self, what: str, cell: LedgerCell) -> Total:
        return self._years.setdefault(YearKey(what, cell.programme, *_shared(cell)), Total())


def _shared(cell: LedgerCell) -> tuple[str, str, str, str, bool]:
    return cell.destination, cell.item, cell.unit, cell.day[:4], cell.simulated
