"""Stock that was counted, beside what the books say was there: shrinkage, surplus, and whether an adjustment explains it.

A count posts nothing. The book value is that of the moment of the count, as the ledger knows it now: everything that
happened on earlier days (Asia/Jakarta), and of that day what happened before the count. Adjustments made at the count
or later explain the difference; what they do not explain is unexplained. A count that names no lot covers all lots of
the holder and item together. The newest count of each holder, item and lot stands; a reversed one does not.
"""

import dataclasses
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final, NamedTuple

import msgspec
import sqlalchemy as sa
from msgspec import UNSET

from consumers.answers.asof import AsOf, iso
from consumers.answers.events import booked_events
from consumers.answers.versions import noted, roots, standing_versions
from consumers.registered import registry_of
from models import schema
from models.cells import DISTRIBUTIONS
from models.events.goods import StockCounted
from models.naming import STOCK_COUNT
from models.units import UNITS, format_steps, parse_steps

ADJUSTED: Final[Mapping[str, int]] = {"adjusted-in": 1, "adjusted-out": -1}
MOVED: Final[Mapping[str, int]] = {"produced": 1, "procured": 1, "received": 1, "dispatched": -1, "distributed": -1, "sold": -1, **ADJUSTED}
"""The measures that move a holder's stock, and in which direction."""

_members = msgspec.json.Decoder(list[tuple[int, int]])


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class StockCount:
    """The newest count of a holder's item; ``lot`` is None when it covers all lots. ``adjusted`` was put right afterwards."""

    item: str
    unit: str
    holder: str
    lot: str | None
    simulated: bool
    source: str
    id: str
    counted_at: int
    counted: int
    book: int
    adjusted: int
    explained_by: tuple[tuple[str, str], ...]

    @property
    def variance(self) -> int:
        """Counted less book: negative for shrinkage, positive for surplus."""
        return self.counted - self.book

    @property
    def unexplained(self) -> int:
        """The part of the variance that no later adjustment put right."""
        return self.variance - self.adjusted

    @property
    def kind(self) -> str:
        """What the variance is called."""
        return "none" if not self.variance else "shrinkage" if self.variance < 0 else "surplus"

    def to_json(self) -> dict[str, Any]:
        """Return the count as JSON values."""
        figures = ("counted", "book", "variance", "adjusted", "unexplained")
        return {
            "item": self.item,
            "holder": self.holder,
            "lot": self.lot,
            "unit": self.unit,
            **{name: format_steps(getattr(self, name), self.unit) for name in figures},
            "kind": self.kind,
            "source": self.source,
            "id": self.id,
            "counted_at": iso(self.counted_at),
            "explained_by": [{"source": source, "id": event_id} for source, event_id in self.explained_by],
            "simulated": self.simulated,
        }


class _What(NamedTuple):
    item: str
    unit: str
    holder: str
    lot: str | None


class _Counted(NamedTuple):
    number: int
    event: StockCounted
    steps: int

    @property
    def order(self) -> tuple[int, int]:
        return self.event.occurred_at_ms, self.number


def stock_counts(
    connection: sa.Connection, as_of: AsOf, *, items: Collection[str] = (), holders: Collection[str] = (), lots: Collection[str] = (), simulated: bool = False
) -> Iterator[StockCount]:
    """Yield the newest count of each holder, item and lot, in that order; counts of all lots whatever lots are asked for."""
    versions = standing_versions(connection, noted(connection, STOCK_COUNT, as_of), as_of)
    newest: dict[_What, _Counted] = {}
    for number, event in versions.items():
        assert isinstance(event, StockCounted), "only counts of stock are linked as such"
        for what, steps in _lines(event).items():
            counted = _Counted(number, event, steps)
            if what not in newest or newest[what].order < counted.order:
                newest[what] = counted
    if not newest:
        return
    made_up = registry_of(connection).simulated
    chains = roots(connection, as_of)
    for what, counted in sorted(newest.items(), key=lambda one: (one[0].item, one[0].holder, one[0].lot or "")):
        is_simulated = counted.event.partner in made_up
        is_wanted = (not items or what.item in items) and (not holders or what.holder in holders) and (not lots or what.lot is None or what.lot in lots)
        if is_wanted and (simulated or not is_simulated):
            yield _beside_the_books(connection, as_of, what, counted, chains, simulated=is_simulated)


def _lines(event: StockCounted) -> Mapping[_What, int]:
    holder = event.data.from_ or event.data.to or event.partner
    found: dict[_What, int] = {}
    for line in event.data.lines:
        what = _What(line.item, line.unit, str(holder), None if line.lot is UNSET else line.lot)
        found[what] = found.get(what, 0) + parse_steps(line.quantity, UNITS[line.unit])
    return found


def _beside_the_books(connection: sa.Connection, as_of: AsOf, what: _What, counted: _Counted, chains: Mapping[int, int], *, simulated: bool) -> StockCount:
    book = adjusted = 0
    explained: dict[int, int] = {}
    for measure, day, decision, delta in _moves(connection, as_of, what, simulated=simulated):
        root = chains.get(decision, decision)
        steps = MOVED[measure] * delta
        if day < counted.event.day or (day == counted.event.day and _order(connection, root) < counted.order):
            book += steps
        elif measure in ADJUSTED:
            adjusted += steps
            explained[root] = explained.get(root, 0) + steps
    by = [number for number, steps in sorted(explained.items()) if steps]
    events = booked_events(connection, by)
    return StockCount(
        **what._asdict(),
        simulated=simulated,
        source=counted.event.source,
        id=counted.event.id,
        counted_at=counted.event.occurred_at_ms,
        counted=counted.steps,
        book=book,
        adjusted=adjusted,
        explained_by=tuple((events[number].source, events[number].id) for number in by),
    )


def _moves(connection: sa.Connection, as_of: AsOf, what: _What, *, simulated: bool) -> Iterator[tuple[str, str, int, int]]:
    """Yield measure, day, decision and increment of everything that moved the stock."""
    cells, history = schema.cells.c, schema.cell_history.c
    conditions = [cells.table_name == DISTRIBUTIONS, cells.measure.in_(sorted(MOVED)), cells.simulated.is_(simulated)]
    conditions += [cells.item == what.item, cells.unit == what.unit, cells.holder == what.holder]
    if what.lot is not None:
        conditions.append(cells.lot == what.lot)
    query = sa.select(cells.measure, cells.day, history.members).join_from(schema.cells, schema.cell_history, history.cell == cells.cell)
    for measure, day, members in connection.execute(query.where(*conditions, history.booking <= as_of.booking)):
        for decision, delta in _members.decode(members):
            yield measure, day, decision, delta


def _order(connection: sa.Connection, number: int) -> tuple[int, int]:
    occurred_at = connection.execute(sa.select(schema.decisions.c.occurred_at).where(schema.decisions.c.number == number)).scalar_one()
    return occurred_at, number
