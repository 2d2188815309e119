"""Goods on their way: what is still open of each consignment, for how long, and what arrived that nobody had sent.

Read from what dispatches and receipts posted to the stocks in transit, so the open quantities sum to those stocks.
A receipt belongs to the dispatch that it names; corrections belong to what they correct. The age of a consignment is
the whole days from its dispatch to the moment that the answer is for.
"""

import dataclasses
import datetime
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final, NamedTuple

import msgspec
import sqlalchemy as sa
from msgspec import UNSET, UnsetType

from consumers.answers.asof import AsOf, iso, milliseconds
from consumers.answers.versions import roots, standing_versions
from models import schema
from models.cells import STOCK, UNKNOWN
from models.events.catalogue import Event
from models.events.goods import ConsignmentDispatched, ConsignmentReceived
from models.naming import RECEIPT
from models.units import UNITS, format_steps, parse_steps

_DAY_MS: Final = 86_400_000
_members = msgspec.json.Decoder(list[tuple[int, int]])


class Goods(NamedTuple):
    """An item in its unit."""

    item: str
    unit: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Consignment:
    """One item of one consignment. ``open`` is what is neither received nor lost; below 0 when more arrived than was sent.

    Where no dispatch stands, ``dispatched`` is 0 and the names are those of the receipt.
    """

    source: str
    id: str
    subject: str | None
    sender: str
    receiver: str
    occurred_at: int
    age_days: int
    goods: Goods
    simulated: bool
    is_dispatched: bool
    open: int
    dispatched: int
    received: int
    damaged: int
    missing: int
    receipts: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the consignment as JSON values."""
        figures = {name: format_steps(getattr(self, name), self.goods.unit) for name in ("dispatched", "received", "damaged", "missing", "open")}
        return {
            "source": self.source,
            "id": self.id,
            "subject": self.subject,
            "from": self.sender,
            "to": self.receiver,
            "occurred_at": iso(self.occurred_at),
            "age_days": self.age_days,
            "item": self.goods.item,
            "unit": self.goods.unit,
            **figures,
            "receipts": list(self.receipts),
            "simulated": self.simulated,
        }


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Transit:
    """The consignments that are not closed, the oldest first; and receipts that name no dispatch."""

    open: tuple[Consignment, ...]
    without_dispatch: tuple[Consignment, ...]

    def to_json(self) -> dict[str, Any]:
        """Return both as JSON values."""
        return {"in_transit": [one.to_json() for one in self.open], "received_without_dispatch": [one.to_json() for one in self.without_dispatch]}


class _Posted(NamedTuple):
    dispatch: int
    goods: Goods
    simulated: bool


def in_transit(
    connection: sa.Connection,
    as_of: AsOf,
    *,
    asked: int | datetime.datetime | None = None,
    items: Collection[str] = (),
    holders: Collection[str] = (),
    lots: Collection[str] = (),
    simulated: bool = False,
) -> Transit:
    """Return the open consignments of these goods; with ``holders``, those that one of them sent or waits for."""
    links = _Links(connection, as_of)
    left: Counter[_Posted] = Counter()
    for goods, is_simulated, decision, delta in _postings(connection, as_of, items=items, lots=lots, simulated=simulated):
        left[_Posted(links.dispatch_of(decision), goods, is_simulated)] += delta
    open_ones = {posted: steps for posted, steps in left.items() if steps}
    dispatches = {posted.dispatch for posted in open_ones}
    versions = standing_versions(connection, dispatches | {number for dispatch in dispatches for number in links.receipts.get(dispatch, ())}, as_of)
    wanted = _Wanted(milliseconds(asked) if isinstance(asked, datetime.datetime) else as_of.booked_at or 0, lots)
    found = [_consignment(posted, steps, links, versions, wanted) for posted, steps in open_ones.items()]
    shown = [one for one in found if not holders or one.sender in holders or one.receiver in holders]
    shown.sort(key=lambda one: (one.occurred_at, one.source, one.id, one.goods))
    return Transit(open=tuple(one for one in shown if one.is_dispatched), without_dispatch=tuple(one for one in shown if not one.is_dispatched))


class _Links:
    """Which dispatch an event that moved goods in transit belongs to; a receipt that names none stands for itself."""

    def __init__(self, connection: sa.Connection, as_of: AsOf) -> None:
        links, decisions = schema.links.c, schema.decisions.c
        self._roots = roots(connection, as_of)
        query = (
            sa.select(links.number, links.root)
            .join_from(schema.links, schema.decisions, decisions.number == links.number)
            .where(links.kind == RECEIPT, decisions.booking <= as_of.booking)
            .order_by(links.number)
        )
        self._dispatches: dict[int, int] = {number: root for number, root in connection.execute(query)}  # noqa: C416 - rows are not pairs to mypy
        self.receipts: dict[int, list[int]] = {}
        for number, dispatch in self._dispatches.items():
            self.receipts.setdefault(dispatch, []).append(number)

    def dispatch_of(self, decision: int) -> int:
        event = self._roots.get(decision, decision)
        return self._dispatches.get(event, event)


def _postings(
    connection: sa.Connection, as_of: AsOf, *, items: Collection[str], lots: Collection[str], simulated: bool
) -> Iterator[tuple[Goods, bool, int, int]]:
    cells, history = schema.cells.c, schema.cell_history.c
    conditions = [cells.table_name == STOCK, cells.measure == "in-transit", history.booking <= as_of.booking]
    conditions += [column.in_(sorted(codes)) for column, codes in ((cells.item, items), (cells.lot, lots)) if codes]
    if not simulated:
        conditions.append(cells.simulated.is_(False))
    query = sa.select(cells.item, cells.unit, cells.simulated, history.members).join_from(schema.cells, schema.cell_history, history.cell == cells.cell)
    for item, unit, is_simulated, members in connection.execute(query.where(*conditions), execution_options={"yield_per": 500}):
        for decision, delta in _members.decode(members):
            yield Goods(item, unit), bool(is_simulated), decision, delta


def _consignment(posted: _Posted, steps: int, links: _Links, versions: Mapping[int, Event], wanted: "_Wanted") -> Consignment:
    dispatch = versions.get(posted.dispatch)
    receipts = [number for number in (*links.receipts.get(posted.dispatch, ()), posted.dispatch) if isinstance(versions.get(number), ConsignmentReceived)]
    # A dispatch that was reversed after its goods had arrived stands no more: its receipts tell of it.
    named = dispatch if isinstance(dispatch, ConsignmentDispatched) else versions[receipts[0]]
    assert isinstance(named, ConsignmentDispatched | ConsignmentReceived), "nothing else moves goods in transit"
    sums = Counter[str]()
    if isinstance(dispatch, ConsignmentDispatched):
        for line in wanted.lines(dispatch, posted.goods):
            sums["dispatched"] += _steps(line.quantity, line.unit)
    for number in receipts:
        for line in wanted.lines(versions[number], posted.goods):
            sums["received"] += _steps(line.quantity, line.unit)
            sums["damaged"] += _steps(line.damaged, line.unit)
            sums["missing"] += _steps(line.missing, line.unit)
    return Consignment(
        source=named.source,
        id=named.id,
        subject=None if named.subject is UNSET else named.subject,
        sender=named.data.from_,
        receiver=named.data.to,
        occurred_at=named.occurred_at_ms,
        age_days=max(0, wanted.moment - named.occurred_at_ms) // _DAY_MS,
        goods=posted.goods,
        simulated=posted.simulated,
        is_dispatched=isinstance(dispatch, ConsignmentDispatched),
        open=steps,
        **{name: sums[name] for name in ("dispatched", "received", "damaged", "missing")},
        receipts=tuple(versions[number].id for number in receipts),
    )


class _Wanted(NamedTuple):
    """The moment that ages are for, and the lots asked for (all if none)."""

    moment: int
    lots: Collection[str]

    def lines(self, event: Any, goods: Goods) -> Iterator[Any]:
        """Yield the lines of a consignment about these goods."""
        for line in event.data.lines:
            lot = UNKNOWN if line.lot is UNSET else line.lot
            if (line.item, line.unit) == goods and (not self.lots or lot in self.lots):
                yield line


def _steps(quantity: int | str | UnsetType, unit: str) -> int:
    return 0 if quantity is UNSET else parse_steps(quantity, UNITS[unit])
