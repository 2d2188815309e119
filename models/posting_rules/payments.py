"""What payments post: each stage on its own measure, once in payments and once in money."""

from typing import Final

from models.cells import DISBURSEMENTS, Posting, made
from models.events.catalogue import MoneyEvent
from models.posting_rules.cells_of import MONEY_ITEM, dimensions_of, merged, shown
from models.posting_rules.people import reached
from models.registry import Registry
from models.units import UNITS, parse_steps

PAYMENT_UNIT: Final = "payment"
_PAYMENT: Final = UNITS[PAYMENT_UNIT]


def post_payments(event: MoneyEvent, registry: Registry, stage: str, *, counts_recipients: bool = False) -> list[Posting]:
    """Count the stage once in payments and once in money; the two never share a cell."""
    shared = dimensions_of(event, registry)
    postings: list[Posting] = []
    for line in event.data.lines:
        for number, unit in ((line.payments, _PAYMENT), (line.amount, UNITS[line.currency])):
            cell = shared.cell(DISBURSEMENTS, item=MONEY_ITEM, measure=stage, unit=unit.code)
            postings.append(made(Posting, (cell, parse_steps(number, unit))))
        if counts_recipients:
            postings += reached(shared, DISBURSEMENTS, line, item=MONEY_ITEM)
    postings = merged(postings, lines=len(event.data.lines))
    return shown(postings) if event.data.evidence else postings
