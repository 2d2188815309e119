"""Mass balance of goods: what came in is what is there and what went out, per holder and lot, and over all borders.

For a holder and a lot: opening + produced + procured + received + adjusted in = on hand + dispatched + distributed +
sold + adjusted out. Over all holders, where what one dispatches another receives: opening + produced + procured +
adjusted in = on hand + in transit + distributed + sold + lost + adjusted out; what is lost was dispatched and has not
been received whole. Every line carries all its terms, and what does not fit as ``unexplained``.

A stock below nothing is in balance all the same, but goods went out of it that nobody said came in (or in another lot):
they are shown as ``uncovered``. The stocks and the flows are cells of their own, so the equation is a check and not a definition. Stocks that were
counted are in ``consumers.answers.counts``, consignments in ``consumers.answers.transit``.
"""

import dataclasses
import datetime
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from consumers.answers.asof import AsOf, resolve
from consumers.answers.counts import StockCount, stock_counts
from consumers.answers.history import cells_as_of
from consumers.answers.transit import Transit, in_transit
from models import schema
from models.cells import DISTRIBUTIONS, STOCK
from models.errors import ConfigurationError
from models.units import format_steps

OPENING: Final = "opening"
CAME_IN: Final = ("produced", "procured", "received", "adjusted-in")
WENT_OUT: Final = ("dispatched", "distributed", "sold", "adjusted-out")
HOLDER_LEFT: Final = (OPENING, *CAME_IN)
HOLDER_RIGHT: Final = ("on-hand", *WENT_OUT)
ALL_LEFT: Final = (OPENING, "produced", "procured", "adjusted-in")
ALL_RIGHT: Final = ("on-hand", "in-transit", "distributed", "sold", "lost", "adjusted-out")
_FLOWS: Final = (*CAME_IN, *WENT_OUT, "lost")
_STATES: Final = ("on-hand", "in-transit")

Steps = Mapping[str, int]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class BalanceFilter:
    """Which goods: for each dimension the values allowed, all where it is empty; ``as_of`` and ``since`` are bookings or moments."""

    items: Collection[str] = ()
    holders: Collection[str] = ()
    lots: Collection[str] = ()
    simulated: bool = False
    as_of: int | datetime.datetime | None = None
    since: int | datetime.datetime | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class BalanceLine:
    """One equation: the terms on both sides. ``holder`` and ``lot`` are None in the line over all of them."""

    item: str
    unit: str
    holder: str | None
    lot: str | None
    simulated: bool | None
    left: Steps
    right: Steps

    @property
    def unexplained(self) -> int:
        """What came in and is neither there nor gone out, in steps; 0 when the equation holds."""
        return sum(self.left.values()) - sum(self.right.values())

    @property
    def uncovered(self) -> int:
        """What went out of a stock, or arrived, without having come in: a stock below nothing, in steps."""
        return sum(max(0, -self.right[name]) for name in _STATES if name in self.right)

    def to_json(self) -> dict[str, Any]:
        """Return the line as JSON values."""
        where = {} if self.holder is None else {"holder": self.holder, "lot": self.lot}
        kind = {} if self.simulated is None else {"simulated": self.simulated}
        terms = {name: format_steps(steps, self.unit) for name, steps in (*self.left.items(), *self.right.items())}
        found = {name: format_steps(getattr(self, name), self.unit) for name in ("uncovered", "unexplained")}
        return {"item": self.item, **where, "unit": self.unit, **terms, **found, **kind}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """The equations per holder and lot, those over all holders (none when holders were chosen), counts and consignments."""

    as_of: AsOf
    since: AsOf | None
    lines: tuple[BalanceLine, ...]
    totals: tuple[BalanceLine, ...]
    counts: tuple[StockCount, ...]
    transit: Transit

    @property
    def holds(self) -> bool:
        """Whether nothing is unexplained by what was booked; a count that differs from the books does not make it false."""
        return not any(line.unexplained for line in (*self.lines, *self.totals))

    def to_json(self) -> dict[str, Any]:
        """Return the answer as JSON values."""
        return {
            "as_of": self.as_of.to_json(),
            "since": self.since.to_json() if self.since else None,
            "holds": self.holds,
            "lines": [line.to_json() for line in self.lines],
            "totals": [line.to_json() for line in self.totals],
            "counts": [count.to_json() for count in self.counts],
            **self.transit.to_json(),
        }


class _Where(NamedTuple):
    item: str
    unit: str
    holder: str
    lot: str
    simulated: bool | None


def balance(connection: sa.Connection, wanted: BalanceFilter) -> Balance:
    """Return the balance of the goods asked for. ``since`` makes the stock of an earlier booking the opening."""
    as_of = resolve(connection, wanted.as_of)
    since = None if wanted.since is None else resolve(connection, wanted.since)
    if since is not None and since.booking > as_of.booking:
        raise ConfigurationError(f"--since is booking {since.booking}, after booking {as_of.booking}", hint="turn them round")
    now = _sums(connection, wanted, as_of)
    before = {} if since is None else _sums(connection, wanted, since)
    shown = {name: getattr(wanted, name) for name in ("items", "holders", "lots", "simulated")}
    return Balance(
        as_of=as_of,
        since=since,
        lines=tuple(_lines(now, before)),
        totals=() if wanted.holders else tuple(_totals(now, before)),
        counts=tuple(stock_counts(connection, as_of, **shown)),
        transit=in_transit(connection, as_of, asked=wanted.as_of, **shown),
    )


def _sums(connection: sa.Connection, wanted: BalanceFilter, as_of: AsOf) -> Mapping[_Where, Counter[str]]:
    cells = schema.cells.c
    conditions: list[sa.ColumnElement[bool]] = [
        sa.or_(sa.and_(cells.table_name == DISTRIBUTIONS, cells.measure.in_(_FLOWS)), sa.and_(cells.table_name == STOCK, cells.measure.in_(_STATES)))
    ]
    for column, codes in ((cells.item, wanted.items), (cells.holder, wanted.holders), (cells.lot, wanted.lots)):
        if codes:
            conditions.append(column.in_(sorted(codes)))
    if not wanted.simulated:
        conditions.append(cells.simulated.is_(False))
    found: dict[_Where, Counter[str]] = {}
    columns = (cells.item, cells.unit, cells.holder, cells.lot, cells.simulated, cells.measure)
    for _, steps, _, item, unit, holder, lot, simulated, measure in cells_as_of(connection, columns, conditions, as_of):
        where = _Where(item, unit, holder, lot, bool(simulated) if wanted.simulated else None)
        found.setdefault(where, Counter())[measure] += steps
    return found


def _lines(now: Mapping[_Where, Counter[str]], before: Mapping[_Where, Counter[str]]) -> Iterable[BalanceLine]:
    for where in sorted(now, key=str):
        terms, earlier = now[where], before.get(where, Counter())
        # Goods on their way to a holder are in nobody's hands yet: a holder with nothing else has no line.
        if any(terms[name] for name in (*HOLDER_RIGHT, *CAME_IN)):
            yield _line(where, terms, earlier, opening=earlier["on-hand"], left=CAME_IN, right=HOLDER_RIGHT)


def _totals(now: Mapping[_Where, Counter[str]], before: Mapping[_Where, Counter[str]]) -> Iterable[BalanceLine]:
    together, earlier = _over_all(now), _over_all(before)
    for where in sorted(together, key=str):
        opened = earlier.get(where, Counter())
        opening = opened["on-hand"] + opened["in-transit"]
        yield _line(where, together[where], opened, opening=opening, left=ALL_LEFT[1:], right=ALL_RIGHT)


def _over_all(sums: Mapping[_Where, Counter[str]]) -> Mapping[_Where, Counter[str]]:
    found: dict[_Where, Counter[str]] = {}
    for where, terms in sums.items():
        total = found.setdefault(where._replace(holder="", lot=""), Counter())
        for name, steps in terms.items():
            total[name] += steps
    return found


def _line(where: _Where, terms: Steps, earlier: Steps, *, opening: int, left: Sequence[str], right: Sequence[str]) -> BalanceLine:
    # A stock is what it is now; a flow is what flowed since the opening.
    flows = {name: terms.get(name, 0) - (0 if name in _STATES else earlier.get(name, 0)) for name in (*left, *right)}
    return BalanceLine(
        item=where.item,
        unit=where.unit,
        holder=where.holder or None,
        lot=where.lot or None,
        simulated=where.simulated,
        left=MappingProxyType({OPENING: opening, **{name: flows[name] for name in left}}),
        right=MappingProxyType({name: flows[name] for name in right}),
    )
