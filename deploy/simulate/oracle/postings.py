"""What one event adds to which cells, written from the rules a third time, for plain JSON alone.

Quantities are whole steps of the unit. Nothing here is shared with the rules that it is held against.
"""

import datetime
from collections import Counter
from typing import Any, Final

from deploy.simulate.oracle.cell import Cell, Effect

Data = dict[str, Any]

DELIVERED: Final = frozenset({"confirmed", "paid", "distributed", "assisted", "engaged", "worked", "trained", "placed", "served"})
MONEY_STAGES: Final = {
    "batch.declared": "declared",
    "incentive.paid": "paid",
    **{f"disbursement.{stage}": stage for stage in ("instructed", "sent", "confirmed", "failed", "returned", "reissued", "refunded")},
}
SERVICES: Final = {
    "group.assisted": "assisted",
    "participants.engaged": "engaged",
    "training.offered": "offered",
    "training.delivered": "trained",
    "persondays.worked": "worked",
    "placement.made": "placed",
    "service.delivered": "served",
}
DELIVERIES: Final = frozenset({"disbursement.confirmed", "incentive.paid", "distribution.recorded", *SERVICES} - {"training.offered"})
_WITH_PEOPLE: Final = frozenset({"confirmed", "distributed", "assisted", "trained", "placed", "served"})
_PEOPLE: Final = frozenset({"person", "household"})
_OF_PEOPLE: Final = frozenset({"assisted", "engaged", "trained", "placed", "served"})
_PLANS: Final = {
    "budget.allocated": "budget",
    "expenditure.recorded": "realised",
    "target.set": "target",
    "capacity.stated": "capacity",
    "caseload.stated": "affected",
}
_DECIMALS: Final = {"litre": 3, "kilogram": 3, "IDR": 2, "HKD": 2, "TWD": 2, "MYR": 2, "SGD": 2, "KRW": 0, "BND": 2}
_SEVEN_HOURS: Final = datetime.timedelta(hours=7)


def effect_of(kind: str, data: Data, *, partner: str, simulated: bool, day: str, undelivers: bool = False) -> Effect:
    """Return what an event of this kind (``goods.sold``) adds to each cell; what comes to nothing is left out.

    ``undelivers`` tells that a return is of payments that had been confirmed.
    """
    tally = _Tally(kind, data, partner=partner, simulated=simulated, day=day)
    tally.fill()
    effect = {cell: steps for cell, steps in tally.sums.items() if steps}
    if undelivers:
        effect |= {cell._replace(measure="undelivered"): steps for cell, steps in effect.items() if cell.measure == "returned"}
    return effect


def day_of(time: str) -> str:
    """Return the day in Jakarta of a moment with its offset."""
    return (datetime.datetime.fromisoformat(time).astimezone(datetime.UTC) + _SEVEN_HOURS).date().isoformat()


def steps(number: int | str, unit: str) -> int:
    """Return how many of the unit's smallest steps a written number is."""
    whole, _, fraction = str(number).partition(".")
    decimals = _DECIMALS.get(unit.removesuffix("/day"), 0)
    return int(whole + fraction.ljust(decimals, "0"))


def shadow(effect: Effect, measure: str) -> Effect:
    """Return the deliveries of an effect counted under another measure."""
    found: Counter[Cell] = Counter()
    for cell, delta in effect.items():
        if cell.measure in DELIVERED:
            found[cell._replace(measure=measure)] += delta
    return dict(found)


class _Tally:
    """The sums of one event, line by line."""

    def __init__(self, kind: str, data: Data, *, partner: str, simulated: bool, day: str) -> None:
        self.sums: Counter[Cell] = Counter()
        self._kind, self._data, self._partner, self._simulated, self._day = kind, data, partner, simulated, day
        self._has_evidence = bool(data.get("evidence"))

    def fill(self) -> None:
        if self._kind == "budget.reallocated":
            self._reallocate()
        for line in self._data.get("lines", ()):
            if self._kind in MONEY_STAGES:
                self._pay(line, MONEY_STAGES[self._kind])
            elif self._kind in SERVICES:
                self._serve(line, SERVICES[self._kind])
            elif self._kind in _PLANS:
                self._plan(line, _PLANS[self._kind])
            else:
                self._move(line)

    def _pay(self, line: Data, measure: str) -> None:
        self._count("disbursements", "uang", measure, "payment", line["payments"])
        self._count("disbursements", "uang", measure, line["currency"], line["amount"])
        if measure in _WITH_PEOPLE:
            self._people("disbursements", "uang", line)

    def _serve(self, line: Data, measure: str) -> None:
        if "quantity" in line:
            self._count("services", line["item"], measure, line["unit"], line["quantity"])
        if measure in _WITH_PEOPLE and "recipients" in line:
            self._people("services", line["item"], line)
        elif line.get("unit") in _PEOPLE and measure in _OF_PEOPLE:
            self._parts("services", line["item"], line, of=measure, unit=line["unit"])

    def _plan(self, line: Data, measure: str) -> None:
        if measure == "affected":
            self._count("plans", "", measure, line["unit"], line["quantity"])
        elif measure in ("target", "capacity"):
            unit = line["unit"] + ("/day" if line.get("per") == "day" else "")
            self._count("plans", line["item"], measure, unit, line["quantity"])
        else:
            self._count("plans", "uang", measure, line["currency"], line["amount"])

    def _reallocate(self) -> None:
        for side, sign in (("from", -1), ("to", 1)):
            given = self._data[side]
            self._count(
                "plans",
                "uang",
                "budget",
                self._data["currency"],
                self._data["amount"],
                sign=sign,
                programme=given["programme"],
                activity=given.get("activity", "unknown"),
            )

    def _move(self, line: Data) -> None:
        """Goods: what is counted, and what that does to the stocks of giver and taker."""
        given, taken = self._data.get("from"), self._data.get("to")
        gives, takes = given or taken or self._partner, taken or given or self._partner
        match self._kind:
            case "goods.produced" | "goods.procured":
                self._goods(line, self._kind.removeprefix("goods."), takes, on_hand=1)
            case "consignment.dispatched":
                self._goods(line, "dispatched", gives, on_hand=-1)
                self._stock(line, "in-transit", takes, line["quantity"])
            case "consignment.received":
                self._goods(line, "received", takes, on_hand=1)
                self._stock(line, "in-transit", takes, line["quantity"], sign=-1)
                for gone in (line.get("damaged", 0), line.get("missing", 0)):
                    self._count("distributions", line["item"], "lost", line["unit"], gone, holder=takes, lot=_lot(line))
                    self._stock(line, "in-transit", takes, gone, sign=-1)
            case "distribution.recorded":
                if "quantity" in line:
                    self._goods(line, "distributed", gives, on_hand=-1)
                self._people("distributions", line["item"], line, holder=gives, lot=_lot(line))
            case "goods.sold":
                self._goods(line, "sold", gives, on_hand=-1)
                self._count("distributions", line["item"], "revenue", line["currency"], line["revenue"], holder=gives, lot=_lot(line))
            case "proceeds.reinvested":
                self._count("distributions", "uang", "reinvested", line["currency"], line["amount"], holder=gives, lot=_lot(line))
            case "stock.adjusted":
                inwards = self._data["direction"] == "in"
                self._goods(line, f"adjusted-{self._data['direction']}", takes if inwards else gives, on_hand=1 if inwards else -1)

    def _goods(self, line: Data, measure: str, holder: str, *, on_hand: int) -> None:
        self._count("distributions", line["item"], measure, line["unit"], line["quantity"], holder=holder, lot=_lot(line))
        self._stock(line, "on-hand", holder, line["quantity"], sign=on_hand)

    def _stock(self, line: Data, state: str, holder: str, quantity: int | str, *, sign: int = 1) -> None:
        cell = Cell("stock", "", "", "", "", "", self._simulated, line["item"], state, line["unit"], "", "", "", holder, _lot(line))
        self.sums[cell] += sign * steps(quantity, line["unit"])

    def _people(self, table: str, item: str, line: Data, *, holder: str = "", lot: str = "") -> None:
        reached = line.get("recipients")
        if reached is not None:
            self._count(table, item, "recipients", reached["unit"], reached["count"], holder=holder, lot=lot)
            self._parts(table, item, line, of="recipients", unit=reached["unit"], holder=holder, lot=lot)

    def _parts(self, table: str, item: str, line: Data, *, of: str, unit: str, holder: str = "", lot: str = "") -> None:
        """Count the known parts under the name of their whole."""
        for dimension, values in line.get("disaggregation", {}).items():
            for value, number in values.items():
                self._count(table, item, f"{of}.{dimension}.{value}", unit, number, holder=holder, lot=lot)

    def _count(
        self,
        table: str,
        item: str,
        measure: str,
        unit: str,
        number: int | str,
        *,
        sign: int = 1,
        holder: str = "",
        lot: str = "",
        programme: str = "",
        activity: str = "",
    ) -> None:
        data = self._data
        cell = Cell(
            table,
            data["country"],
            programme or data.get("programme", "unknown"),
            activity or data.get("activity", "unknown"),
            data.get("tranche", "unknown"),
            self._partner,
            self._simulated,
            item,
            measure,
            unit,
            self._day,
            data.get("recipient_type", "unknown"),
            data.get("place", {}).get("code", "unknown"),
            holder,
            lot,
        )
        delta = sign * steps(number, unit)
        self.sums[cell] += delta
        if self._has_evidence and measure in DELIVERED:
            self.sums[cell._replace(measure="evidenced")] += delta


def _lot(line: Data) -> str:
    return str(line.get("lot", "unknown"))
