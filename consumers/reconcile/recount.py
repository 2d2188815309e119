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

PAYMENT_STAGES: Final = ("instructed", "sent", "confirmed", "failed", "returned", "reissued", "refunded")
NOBODY_SAID: Final = "unknown"


def postings_of(event_type: str, data: dict[str, Any], *, partner: str, simulated: bool, day: str) -> Postings:
    """Return what an event of this type, with this data, adds to each cell; cells that nothing is left of are dropped."""
    noun, verb = event_type.removeprefix("salur.").removesuffix(".v1").split(".")
    where = {
        "destination": data.get("country", ""),
        "programme": data.get("programme", ""),
        "activity": data.get("activity", NOBODY_SAID),
        "tranche": data.get("tranche", NOBODY_SAID),
        "partner": partner,
        "simulated": simulated,
        "day": day,
        "recipient_type": data.get("recipient_type", NOBODY_SAID),
        "place": data.get("place", {}).get("code", NOBODY_SAID),
    }
    found: Postings = Counter()
    for line in data.get("lines", ()):
        if noun == "disbursement" and verb in PAYMENT_STAGES:
            _pay(found, where, line, stage=verb)
        elif event_type == "salur.group.assisted.v1":
            _serve(found, where, line, measure="assisted", counts_recipients=True)
        elif event_type == "salur.participants.engaged.v1":
            _serve(found, where, line, measure="engaged", counts_recipients=False)
        else:
            _move(found, where, line, kind=f"{noun}.{verb}", data=data, partner=partner)
    return Counter({cell: steps for cell, steps in found.items() if steps})


def _pay(found: Postings, where: dict[str, Any], line: dict[str, Any], *, stage: str) -> None:
    """Count the stage in payments and in money; only confirmed payments reach people."""
    shared = {**where, "table": "disbursements", "item": "uang", "holder": "", "lot": ""}
    _add(found, shared, "payment", line["payments"], measure=stage)
    _add(found, shared, line["currency"], line["amount"], measure=stage)
    if stage == "confirmed":
        _add_recipients(found, shared, line)


def _serve(found: Postings, where: dict[str, Any], line: dict[str, Any], *, measure: str, counts_recipients: bool) -> None:
    shared = {**where, "table": "services", "item": line["item"], "holder": "", "lot": ""}
    if "quantity" in line:
        _add(found, shared, line["unit"], line["quantity"], measure=measure)
    if counts_recipients:
        _add_recipients(found, shared, line)


def _move(found: Postings, where: dict[str, Any], line: dict[str, Any], *, kind: str, data: dict[str, Any], partner: str) -> None:
    """Goods count under their measure, and change what is on hand and in transit."""
    gives = data.get("from") or data.get("to") or partner
    takes = data.get("to") or data.get("from") or partner
    goods = {**where, "table": "distributions", "item": line["item"], "lot": line.get("lot", NOBODY_SAID)}
    given, taken = {**goods, "holder": gives}, {**goods, "holder": takes}
    if kind == "distribution.recorded":
        if "quantity" in line:
            _add(found, given, line["unit"], line["quantity"], measure="distributed")
            _stock(found, given, line["unit"], line["quantity"], sign=-1)
        _add_recipients(found, given, line)
        return
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


def _add_recipients(found: Postings, shared: dict[str, Any], line: dict[str, Any]) -> None:
    if "recipients" in line:
        _add(found, shared, line["recipients"]["unit"], line["recipients"]["count"], measure="recipients")


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
