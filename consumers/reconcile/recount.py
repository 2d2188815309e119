"""The posting rules a second time: what one event adds to which cells, written from the rules and from no other code.

Works on plain JSON values of an event that is already known to be valid. It is slow and plain on purpose: it is
the other side of a comparison, so it shares with the ledger only the names of cells and units.
"""

from collections import Counter
from decimal import Decimal
from typing import Any, Final

from models.cells import LedgerCell
from models.units import UNITS

Postings = Counter[LedgerCell]

NOBODY_SAID: Final = "unknown"

PAID_MEASURES: Final = {
    "batch.declared": "declared",
    "incentive.paid": "paid",
    "disbursement.instructed": "instructed",
    "disbursement.sent": "sent",
    "disbursement.confirmed": "confirmed",
    "disbursement.failed": "failed",
    "disbursement.returned": "returned",
    "disbursement.reissued": "reissued",
    "disbursement.refunded": "refunded",
}
SERVICE_MEASURES: Final = {
    "training.offered": "offered",
    "group.assisted": "assisted",
    "participants.engaged": "engaged",
    "persondays.worked": "worked",
    "training.delivered": "trained",
    "placement.made": "placed",
    "service.delivered": "served",
}
PLAN_MEASURES: Final = {
    "budget.allocated": "budget",
    "expenditure.recorded": "realised",
    "target.set": "target",
    "capacity.stated": "capacity",
    "caseload.stated": "affected",
}
COUNTS_RECIPIENTS: Final = ("confirmed", "distributed", "assisted", "trained", "served", "placed")
ARE_PEOPLE_THEMSELVES: Final = ("assisted", "engaged", "trained", "placed", "served")
IS_DELIVERED: Final = ("confirmed", "paid", "distributed", "assisted", "engaged", "worked", "trained", "placed", "served")


def postings_of(event_type: str, data: dict[str, Any], *, partner: str, simulated: bool, day: str) -> Postings:
    """Return what an event of this type, with this data, adds to each cell; cells that nothing is left of are dropped."""
    kind = event_type.removeprefix("salur.").removesuffix(".v1")
    where = {
        "destination": data.get("country", ""),
        "programme": data.get("programme", NOBODY_SAID),
        "activity": data.get("activity", NOBODY_SAID),
        "tranche": data.get("tranche", NOBODY_SAID),
        "partner": partner,
        "simulated": simulated,
        "day": day,
        "recipient_type": data.get("recipient_type", NOBODY_SAID),
        "place": data.get("place", {}).get("code", NOBODY_SAID),
    }
    found: Postings = Counter()
    if kind == "budget.reallocated":
        _reallocate(found, where, data)
    elif kind != "target.revised":  # the new target is counted as a replacement of the one before it
        for line in data.get("lines", ()):
            _count_line(found, where, line, kind=kind, data=data, partner=partner)
    if data.get("evidence"):
        for cell, steps in list(found.items()):
            if cell.measure in IS_DELIVERED:
                found[cell._replace(measure="evidenced")] += steps
    return Counter({cell: steps for cell, steps in found.items() if steps})


def _count_line(found: Postings, where: dict[str, Any], line: dict[str, Any], *, kind: str, data: dict[str, Any], partner: str) -> None:
    giver = data.get("from") or data.get("to") or partner
    given = {**where, "table": "distributions", "holder": giver, "lot": line.get("lot", NOBODY_SAID)}
    if kind in PAID_MEASURES:
        _pay(found, where, line, stage=PAID_MEASURES[kind])
    elif kind in SERVICE_MEASURES:
        _serve(found, where, line, measure=SERVICE_MEASURES[kind])
    elif kind in PLAN_MEASURES:
        _plan(found, where, line, measure=PLAN_MEASURES[kind])
    elif kind == "distribution.recorded":
        _hand_out(found, given | {"item": line["item"]}, line)
    elif kind == "proceeds.reinvested":
        _add(found, given | {"item": "uang"}, line["currency"], line["amount"], measure="reinvested")
    else:
        _move(found, where, line, kind=kind, data=data, partner=partner)


def _pay(found: Postings, where: dict[str, Any], line: dict[str, Any], *, stage: str) -> None:
    """Count the stage in payments and in money."""
    shared = {**where, "table": "disbursements", "item": "uang", "holder": "", "lot": ""}
    _add(found, shared, "payment", line["payments"], measure=stage)
    _add(found, shared, line["currency"], line["amount"], measure=stage)
    _add_people(found, shared, line, stage=stage)


def _serve(found: Postings, where: dict[str, Any], line: dict[str, Any], *, measure: str) -> None:
    shared = {**where, "table": "services", "item": line["item"], "holder": "", "lot": ""}
    if "quantity" in line:
        _add(found, shared, line["unit"], line["quantity"], measure=measure)
    _add_people(found, shared, line, stage=measure)


def _plan(found: Postings, where: dict[str, Any], line: dict[str, Any], *, measure: str) -> None:
    """Count a plan under the item of its line; budgets are of money, and people affected are of no item."""
    planned = {**where, "table": "plans", "holder": "", "lot": ""}
    if measure in ("budget", "realised"):
        _add(found, planned | {"item": "uang"}, line["currency"], line["amount"], measure=measure)
    elif measure == "affected":
        _add(found, planned | {"item": ""}, line["unit"], line["quantity"], measure=measure)
    else:
        unit = f"{line['unit']}/day" if line.get("per") == "day" else line["unit"]
        _add(found, planned | {"item": line["item"]}, unit, line["quantity"], measure=measure)


def _reallocate(found: Postings, where: dict[str, Any], data: dict[str, Any]) -> None:
    """Take the money from one budget and give it to another."""
    for side, sign in (("from", -1), ("to", 1)):
        budget = {**where, "table": "plans", "item": "uang", "holder": "", "lot": ""}
        budget["programme"] = data[side]["programme"]
        budget["activity"] = data[side].get("activity", NOBODY_SAID)
        _add(found, budget, data["currency"], data["amount"], measure="budget", sign=sign)


def _hand_out(found: Postings, given: dict[str, Any], line: dict[str, Any]) -> None:
    """Count what left the giver's hands, if anybody knows it, and the people it reached."""
    if "quantity" in line:
        _add(found, given, line["unit"], line["quantity"], measure="distributed")
        _stock(found, given, line["unit"], line["quantity"], sign=-1)
    _add_people(found, given, line, stage="distributed")


def _move(found: Postings, where: dict[str, Any], line: dict[str, Any], *, kind: str, data: dict[str, Any], partner: str) -> None:
    """Goods count under their measure, and change what is on hand and in transit."""
    gives = data.get("from") or data.get("to") or partner
    takes = data.get("to") or data.get("from") or partner
    goods = {**where, "table": "distributions", "item": line["item"], "lot": line.get("lot", NOBODY_SAID)}
    given, taken = {**goods, "holder": gives}, {**goods, "holder": takes}
    unit, quantity = line["unit"], line["quantity"]
    if kind in ("goods.produced", "goods.procured"):
        _add(found, taken, unit, quantity, measure=kind.removeprefix("goods."))
        _stock(found, taken, unit, quantity)
    elif kind == "consignment.dispatched":
        _add(found, given, unit, quantity, measure="dispatched")
        _stock(found, given, unit, quantity, sign=-1)
        _stock(found, taken, unit, quantity, state="in-transit")
    elif kind == "consignment.received":
        _add(found, taken, unit, quantity, measure="received")
        _stock(found, taken, unit, quantity)
        for arrived in (quantity, line.get("damaged", 0), line.get("missing", 0)):
            _stock(found, taken, unit, arrived, sign=-1, state="in-transit")
        for gone in (line.get("damaged", 0), line.get("missing", 0)):
            _add(found, taken, unit, gone, measure="lost")
    elif kind == "goods.sold":
        _add(found, given, unit, quantity, measure="sold")
        _stock(found, given, unit, quantity, sign=-1)
        _add(found, given, line["currency"], line["revenue"], measure="revenue")
    elif kind == "stock.adjusted":
        holds, sign = (taken, 1) if data["direction"] == "in" else (given, -1)
        _add(found, holds, unit, quantity, measure=f"adjusted-{data['direction']}")
        _stock(found, holds, unit, quantity, sign=sign)


def _add_people(found: Postings, shared: dict[str, Any], line: dict[str, Any], *, stage: str) -> None:
    """Count the people at the stages that reach some, and what is known of their parts; parts of a number that nobody counts are not counted."""
    if stage in COUNTS_RECIPIENTS and "recipients" in line:
        whole, unit = "recipients", line["recipients"]["unit"]
        _add(found, shared, unit, line["recipients"]["count"], measure=whole)
    elif stage in ARE_PEOPLE_THEMSELVES and "quantity" in line and line["unit"] in ("person", "household"):
        whole, unit = stage, line["unit"]
    else:
        return
    for dimension, values in line.get("disaggregation", {}).items():
        for value, count in values.items():
            _add(found, shared, unit, count, measure=f"{whole}.{dimension}.{value}")


def _stock(found: Postings, held: dict[str, Any], unit: str, quantity: int | str, *, sign: int = 1, state: str = "on-hand") -> None:
    """Change a stock, which is known by holder, item and lot alone: it has no destination, programme, partner or day."""
    nothing = dict.fromkeys(("destination", "programme", "activity", "tranche", "partner", "day", "recipient_type", "place"), "")
    _add(found, {**held, **nothing, "table": "stock"}, unit, quantity, measure=state, sign=sign)


def _add(found: Postings, cell: dict[str, Any], unit: str, quantity: int | str, *, measure: str, sign: int = 1) -> None:
    found[LedgerCell(**cell, measure=measure, unit=unit)] += sign * _steps(quantity, unit)


def _steps(quantity: int | str, unit: str) -> int:
    """Return the whole steps of a quantity; a valid event has no part of a step."""
    steps = Decimal(quantity).scaleb(UNITS[unit].decimals)
    assert steps == int(steps), "a quantity was booked that its unit cannot hold"
    return int(steps)
