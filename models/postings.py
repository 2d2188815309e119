"""Postings: what an accepted event adds to which cells. One rule per event type, nothing else decides it.

Every posting is an increment of one measure in one unit: payments and money of the same line are two postings,
and people reached are a third. Reference events and corrections have no postings of their own; what a correction
undoes is settled in ``models.corrections``. The event must have passed ``models.rules``.
"""

import operator
from typing import Final, Literal, NamedTuple, assert_never

from msgspec import UNSET, UnsetType

from models.cells import DISBURSEMENTS, DISTRIBUTIONS, NOT_APPLICABLE, SERVICES, STOCK, UNKNOWN, LedgerCell, Posting
from models.events.catalogue import DeliveryEvent, Event
from models.events.corrections import EventAmended, EventAnnotated, EventReversed
from models.events.delivery import Line
from models.events.goods import (
    ConsignmentDispatched,
    ConsignmentReceived,
    DistributionRecorded,
    GoodsProcured,
    GoodsProduced,
    GoodsSold,
    StockAdjusted,
    StockCounted,
)
from models.events.payments import (
    DisbursementConfirmed,
    DisbursementFailed,
    DisbursementInstructed,
    DisbursementRefunded,
    DisbursementReissued,
    DisbursementReturned,
    DisbursementSent,
    PaymentEvent,
)
from models.events.reference import (
    ItemRegistered,
    LegalBasisRegistered,
    PartnerRegistered,
    ProgrammeRegistered,
    ProgrammeResumed,
    ProgrammeSuspended,
    SiteRegistered,
)
from models.events.services import GroupAssisted, ParticipantsEngaged
from models.registry import Registry
from models.units import UNITS, parse_steps

MONEY_ITEM: Final = "uang"
PAYMENT_UNIT: Final = "payment"
RECIPIENTS: Final = "recipients"
"""The measure of people reached: service contacts, never summed over stages or programmes without saying so."""
ON_HAND: Final = "on-hand"
IN_TRANSIT: Final = "in-transit"

# A stock has no destination, programme, activity, tranche or partner, and no day, recipient type or place.
_NO_DIMENSIONS: Final = (NOT_APPLICABLE,) * 5
_NEITHER_TIME_NOR_PLACE: Final = (NOT_APPLICABLE,) * 3
_PAYMENT: Final = UNITS[PAYMENT_UNIT]

Table = Literal["disbursements", "distributions", "services"]


def post(event: Event, registry: Registry) -> list[Posting]:  # noqa: C901, PLR0911, PLR0912 - one line per type, so that none is hidden in another
    """Return what the event adds, each cell once and in the order of its lines; nothing for reference events and corrections."""
    match event:
        case DistributionRecorded():
            return _distributed(event, registry)
        case DisbursementConfirmed():
            return _payments(event, registry, "confirmed", counts_recipients=True)
        case GroupAssisted():
            return _services(event, registry, "assisted", counts_recipients=True)
        case DisbursementInstructed():
            return _payments(event, registry, "instructed")
        case DisbursementSent():
            return _payments(event, registry, "sent")
        case DisbursementFailed():
            return _payments(event, registry, "failed")
        case DisbursementReturned():
            return _payments(event, registry, "returned")
        case DisbursementReissued():
            return _payments(event, registry, "reissued")
        case DisbursementRefunded():
            return _payments(event, registry, "refunded")
        case ParticipantsEngaged():
            return _services(event, registry, "engaged")
        case GoodsProduced():
            return _came_in(event, registry, "produced")
        case GoodsProcured():
            return _came_in(event, registry, "procured")
        case ConsignmentDispatched():
            return _dispatched(event, registry)
        case ConsignmentReceived():
            return _received(event, registry)
        case GoodsSold():
            return _sold(event, registry)
        case StockAdjusted():
            return _adjusted(event, registry)
        case StockCounted() | EventReversed() | EventAmended() | EventAnnotated():
            return []
        case PartnerRegistered() | ProgrammeRegistered() | ItemRegistered() | SiteRegistered() | LegalBasisRegistered():
            return []
        case ProgrammeSuspended() | ProgrammeResumed():
            return []
        case _:
            assert_never(event)


class _Dimensions(NamedTuple):
    """The dimensions that all postings of one event share, in the order of a cell: those before the item, those after the unit."""

    first: tuple[str, str, str, str, str, bool]
    last: tuple[str, str, str]

    def cell(self, table: Table, *, item: str, measure: str, unit: str, holder: str = NOT_APPLICABLE, lot: str = NOT_APPLICABLE) -> LedgerCell:
        # Built as a tuple in C: the constructor with fifteen arguments takes a quarter of the whole posting.
        return _as_cell(LedgerCell, (table, *self.first, item, measure, unit, *self.last, holder, lot))


_as_cell = tuple.__new__


def _dimensions(event: DeliveryEvent, registry: Registry) -> _Dimensions:
    given = event.data
    partner = event.partner
    return _Dimensions(
        (
            given.country,
            given.programme,
            UNKNOWN if given.activity is UNSET else given.activity,
            UNKNOWN if given.tranche is UNSET else given.tranche,
            partner,
            partner in registry.simulated,
        ),
        (event.day, UNKNOWN if given.recipient_type is UNSET else given.recipient_type, UNKNOWN if given.place is UNSET else given.place.code),
    )


def _payments(event: PaymentEvent, registry: Registry, stage: str, *, counts_recipients: bool = False) -> list[Posting]:
    """Count the stage once in payments and once in money; the two never share a cell."""
    shared = _dimensions(event, registry)
    postings: list[Posting] = []
    for line in event.data.lines:
        for number, unit in ((line.payments, _PAYMENT), (line.amount, UNITS[line.currency])):
            cell = shared.cell(DISBURSEMENTS, item=MONEY_ITEM, measure=stage, unit=unit.code)
            postings.append(Posting(cell, parse_steps(number, unit)))
        if counts_recipients:
            postings += _recipients(shared, DISBURSEMENTS, line, item=MONEY_ITEM)
    return _merged(postings, lines=len(event.data.lines))


def _services(event: GroupAssisted | ParticipantsEngaged, registry: Registry, measure: str, *, counts_recipients: bool = False) -> list[Posting]:
    shared = _dimensions(event, registry)
    postings: list[Posting] = []
    for line in event.data.lines:
        if line.quantity is not UNSET and line.unit is not UNSET:
            cell = shared.cell(SERVICES, item=line.item, measure=measure, unit=line.unit)
            postings.append(Posting(cell, parse_steps(line.quantity, UNITS[line.unit])))
        if counts_recipients:
            postings += _recipients(shared, SERVICES, line, item=line.item)
    return _merged(postings, lines=len(event.data.lines))


def _distributed(event: DistributionRecorded, registry: Registry) -> list[Posting]:
    shared = _dimensions(event, registry)
    holder = _giver(event)
    postings: list[Posting] = []
    for line in event.data.lines:
        lot = _lot(line)
        if line.quantity is not UNSET and line.unit is not UNSET:
            steps = parse_steps(line.quantity, UNITS[line.unit])
            cell = shared.cell(DISTRIBUTIONS, item=line.item, measure="distributed", unit=line.unit, holder=holder, lot=lot)
            postings += (Posting(cell, steps), _moved(cell, -steps))
        postings += _recipients(shared, DISTRIBUTIONS, line, item=line.item, holder=holder, lot=lot)
    return _merged(postings, lines=len(event.data.lines))


def _came_in(event: GoodsProduced | GoodsProcured, registry: Registry, measure: str) -> list[Posting]:
    shared = _dimensions(event, registry)
    holder = _taker(event)
    postings: list[Posting] = []
    for line in event.data.lines:
        cell = shared.cell(DISTRIBUTIONS, item=line.item, measure=measure, unit=line.unit, holder=holder, lot=_lot(line))
        steps = parse_steps(line.quantity, UNITS[line.unit])
        postings += (Posting(cell, steps), _moved(cell, steps))
    return _merged(postings, lines=len(event.data.lines))


def _dispatched(event: ConsignmentDispatched, registry: Registry) -> list[Posting]:
    """Move from on hand of the sender to in transit, which is kept under the one who will receive."""
    shared = _dimensions(event, registry)
    postings: list[Posting] = []
    for line in event.data.lines:
        cell = shared.cell(DISTRIBUTIONS, item=line.item, measure="dispatched", unit=line.unit, holder=event.data.from_, lot=_lot(line))
        steps = parse_steps(line.quantity, UNITS[line.unit])
        postings += (Posting(cell, steps), _moved(cell, -steps), _moved(cell, steps, state=IN_TRANSIT, holder=event.data.to))
    return _merged(postings, lines=len(event.data.lines))


def _received(event: ConsignmentReceived, registry: Registry) -> list[Posting]:
    """Move what arrived on hand; what arrived broken or not at all is lost, and in transit no more."""
    shared = _dimensions(event, registry)
    postings: list[Posting] = []
    for line in event.data.lines:
        unit = UNITS[line.unit]
        lot = _lot(line)
        accepted = parse_steps(line.quantity, unit)
        lost = _steps_or_zero(line.damaged, line.unit) + _steps_or_zero(line.missing, line.unit)
        cell = shared.cell(DISTRIBUTIONS, item=line.item, measure="received", unit=line.unit, holder=event.data.to, lot=lot)
        postings += (Posting(cell, accepted), _moved(cell, accepted), _moved(cell, -(accepted + lost), state=IN_TRANSIT))
        postings.append(Posting(cell._replace(measure="lost"), lost))
    return _merged(postings, lines=len(event.data.lines))


def _sold(event: GoodsSold, registry: Registry) -> list[Posting]:
    shared = _dimensions(event, registry)
    holder = _giver(event)
    postings: list[Posting] = []
    for line in event.data.lines:
        cell = shared.cell(DISTRIBUTIONS, item=line.item, measure="sold", unit=line.unit, holder=holder, lot=_lot(line))
        steps = parse_steps(line.quantity, UNITS[line.unit])
        revenue = cell._replace(measure="revenue", unit=line.currency)
        postings += (Posting(cell, steps), _moved(cell, -steps), Posting(revenue, parse_steps(line.revenue, UNITS[line.currency])))
    return _merged(postings, lines=len(event.data.lines))


def _adjusted(event: StockAdjusted, registry: Registry) -> list[Posting]:
    shared = _dimensions(event, registry)
    inwards = event.data.direction == "in"
    holder = _taker(event) if inwards else _giver(event)
    postings: list[Posting] = []
    for line in event.data.lines:
        cell = shared.cell(DISTRIBUTIONS, item=line.item, measure="adjusted-in" if inwards else "adjusted-out", unit=line.unit, holder=holder, lot=_lot(line))
        steps = parse_steps(line.quantity, UNITS[line.unit])
        postings += (Posting(cell, steps), _moved(cell, steps if inwards else -steps))
    return _merged(postings, lines=len(event.data.lines))


def _recipients(shared: _Dimensions, table: Table, line: Line, *, item: str, holder: str = NOT_APPLICABLE, lot: str = NOT_APPLICABLE) -> tuple[Posting, ...]:
    reached = line.recipients
    if reached is UNSET:
        return ()
    cell = shared.cell(table, item=item, measure=RECIPIENTS, unit=reached.unit, holder=holder, lot=lot)
    return (Posting(cell, parse_steps(reached.count, UNITS[reached.unit])),)


def _moved(cell: LedgerCell, delta: int, *, state: str = ON_HAND, holder: str = "") -> Posting:
    """Return the change of a stock: that of the cell's own item, lot and holder unless another holder is named."""
    return Posting(
        _as_cell(LedgerCell, (STOCK, *_NO_DIMENSIONS, cell.simulated, cell.item, state, cell.unit, *_NEITHER_TIME_NOR_PLACE, holder or cell.holder, cell.lot)),
        delta,
    )


def _giver(event: DistributionRecorded | GoodsSold | StockAdjusted) -> str:
    """Return whose stock shrinks: ``from``, else ``to``, else the partner who publishes."""
    return event.data.from_ or event.data.to or event.partner


def _taker(event: GoodsProduced | GoodsProcured | StockAdjusted) -> str:
    """Return whose stock grows: ``to``, else ``from``, else the partner who publishes."""
    return event.data.to or event.data.from_ or event.partner


def _lot(line: Line) -> str:
    return UNKNOWN if line.lot is UNSET else line.lot


def _steps_or_zero(number: int | str | UnsetType, unit_code: str) -> int:
    return 0 if number is UNSET else parse_steps(number, UNITS[unit_code])


def _merged(postings: list[Posting], *, lines: int) -> list[Posting]:
    """Return each cell once; cells whose increments cancel are left out."""
    if lines == 1:  # the postings of one line differ in measure, unit or table, so nothing can meet
        return postings if all(map(_delta, postings)) else [posting for posting in postings if posting.delta]
    sums: dict[LedgerCell, int] = {}
    for cell, delta in postings:
        sums[cell] = sums.get(cell, 0) + delta
    return [Posting(cell, delta) for cell, delta in sums.items() if delta]


_delta = operator.attrgetter("delta")
