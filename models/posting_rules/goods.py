"""What goods post: a measure for what happened to them, and the change of the stock of whoever holds them.

What a sale brought in is money under the measure ``revenue``, and what of it went back into production is ``reinvested``.
"""

from typing import Final

from msgspec import UNSET, UnsetType

from models.cells import DISTRIBUTIONS, NOT_APPLICABLE, STOCK, UNKNOWN, LedgerCell, Posting, made
from models.events.delivery import Line
from models.events.goods import ConsignmentDispatched, ConsignmentReceived, DistributionRecorded, GoodsProcured, GoodsProduced, GoodsSold, StockAdjusted
from models.events.services import ProceedsReinvested
from models.posting_rules.cells_of import MONEY_ITEM, as_measure, dimensions_of, merged, shown
from models.posting_rules.people import reached
from models.registry import Registry
from models.units import UNITS, parse_steps

ON_HAND: Final = "on-hand"
IN_TRANSIT: Final = "in-transit"

# A stock has no destination, programme, activity, tranche or partner, and no day, recipient type or place.
_NO_DIMENSIONS: Final = (NOT_APPLICABLE,) * 5
_NEITHER_TIME_NOR_PLACE: Final = (NOT_APPLICABLE,) * 3


def post_distributed(event: DistributionRecorded, registry: Registry) -> list[Posting]:
    """Count what was handed out, which may be unknown, and the people; what is known leaves the giver's stock."""
    shared = dimensions_of(event, registry)
    holder = _giver(event)
    postings: list[Posting] = []
    for line in event.data.lines:
        lot = _lot(line)
        if line.quantity is not UNSET and line.unit is not UNSET:
            steps = parse_steps(line.quantity, UNITS[line.unit])
            cell = shared.cell(DISTRIBUTIONS, item=line.item, measure="distributed", unit=line.unit, holder=holder, lot=lot)
            postings += (made(Posting, (cell, steps)), _moved(cell, -steps))
        postings += reached(shared, DISTRIBUTIONS, line, item=line.item, holder=holder, lot=lot)
    postings = merged(postings, lines=len(event.data.lines))
    return shown(postings) if event.data.evidence else postings


def post_came_in(event: GoodsProduced | GoodsProcured, registry: Registry, measure: str) -> list[Posting]:
    """Count goods that came into being or into a holder's hands."""
    shared = dimensions_of(event, registry)
    holder = _taker(event)
    postings: list[Posting] = []
    for line in event.data.lines:
        cell = shared.cell(DISTRIBUTIONS, item=line.item, measure=measure, unit=line.unit, holder=holder, lot=_lot(line))
        steps = parse_steps(line.quantity, UNITS[line.unit])
        postings += (made(Posting, (cell, steps)), _moved(cell, steps))
    return merged(postings, lines=len(event.data.lines))


def post_dispatched(event: ConsignmentDispatched, registry: Registry) -> list[Posting]:
    """Move from on hand of the sender to in transit, which is kept under the one who will receive."""
    shared = dimensions_of(event, registry)
    postings: list[Posting] = []
    for line in event.data.lines:
        cell = shared.cell(DISTRIBUTIONS, item=line.item, measure="dispatched", unit=line.unit, holder=event.data.from_, lot=_lot(line))
        steps = parse_steps(line.quantity, UNITS[line.unit])
        postings += (made(Posting, (cell, steps)), _moved(cell, -steps), _moved(cell, steps, state=IN_TRANSIT, holder=event.data.to))
    return merged(postings, lines=len(event.data.lines))


def post_received(event: ConsignmentReceived, registry: Registry) -> list[Posting]:
    """Move what arrived on hand; what arrived broken or not at all is lost, and in transit no more."""
    shared = dimensions_of(event, registry)
    postings: list[Posting] = []
    for line in event.data.lines:
        unit = UNITS[line.unit]
        lot = _lot(line)
        accepted = parse_steps(line.quantity, unit)
        lost = _steps_or_zero(line.damaged, line.unit) + _steps_or_zero(line.missing, line.unit)
        cell = shared.cell(DISTRIBUTIONS, item=line.item, measure="received", unit=line.unit, holder=event.data.to, lot=lot)
        postings += (made(Posting, (cell, accepted)), _moved(cell, accepted), _moved(cell, -(accepted + lost), state=IN_TRANSIT))
        postings.append(Posting(as_measure(cell, "lost"), lost))
    return merged(postings, lines=len(event.data.lines))


def post_sold(event: GoodsSold, registry: Registry) -> list[Posting]:
    """Count what was sold and what it brought in; it leaves the seller's stock."""
    shared = dimensions_of(event, registry)
    holder = _giver(event)
    postings: list[Posting] = []
    for line in event.data.lines:
        cell = shared.cell(DISTRIBUTIONS, item=line.item, measure="sold", unit=line.unit, holder=holder, lot=_lot(line))
        steps = parse_steps(line.quantity, UNITS[line.unit])
        revenue = cell._replace(measure="revenue", unit=line.currency)
        postings += (made(Posting, (cell, steps)), _moved(cell, -steps), Posting(revenue, parse_steps(line.revenue, UNITS[line.currency])))
    return merged(postings, lines=len(event.data.lines))


def post_reinvested(event: ProceedsReinvested, registry: Registry) -> list[Posting]:
    """Count the money that went back into production, with the holder who had earned it."""
    shared = dimensions_of(event, registry)
    holder = _giver(event)
    postings: list[Posting] = []
    for line in event.data.lines:
        cell = shared.cell(DISTRIBUTIONS, item=MONEY_ITEM, measure="reinvested", unit=line.currency, holder=holder, lot=_lot(line))
        postings.append(Posting(cell, parse_steps(line.amount, UNITS[line.currency])))
    return merged(postings, lines=len(event.data.lines))


def post_adjusted(event: StockAdjusted, registry: Registry) -> list[Posting]:
    """Set a stock right in the direction given."""
    shared = dimensions_of(event, registry)
    inwards = event.data.direction == "in"
    holder = _taker(event) if inwards else _giver(event)
    postings: list[Posting] = []
    for line in event.data.lines:
        cell = shared.cell(DISTRIBUTIONS, item=line.item, measure="adjusted-in" if inwards else "adjusted-out", unit=line.unit, holder=holder, lot=_lot(line))
        steps = parse_steps(line.quantity, UNITS[line.unit])
        postings += (made(Posting, (cell, steps)), _moved(cell, steps if inwards else -steps))
    return merged(postings, lines=len(event.data.lines))


def _moved(cell: LedgerCell, delta: int, *, state: str = ON_HAND, holder: str = "") -> Posting:
    """Return the change of a stock: that of the cell's own item, lot and holder unless another holder is named."""
    fields = (STOCK, *_NO_DIMENSIONS, cell.simulated, cell.item, state, cell.unit, *_NEITHER_TIME_NOR_PLACE, holder or cell.holder, cell.lot)
    return made(Posting, (made(LedgerCell, fields), delta))


def _giver(event: DistributionRecorded | GoodsSold | ProceedsReinvested | StockAdjusted) -> str:
    """Return whose stock shrinks: ``from``, else ``to``, else the partner who publishes."""
    return event.data.from_ or event.data.to or event.partner


def _taker(event: GoodsProduced | GoodsProcured | StockAdjusted) -> str:
    """Return whose stock grows: ``to``, else ``from``, else the partner who publishes."""
    return event.data.to or event.data.from_ or event.partner


def _lot(line: Line) -> str:
    return UNKNOWN if line.lot is UNSET else line.lot


def _steps_or_zero(number: int | str | UnsetType, unit_code: str) -> int:
    return 0 if number is UNSET else parse_steps(number, UNITS[unit_code])
