"""Stock that was counted, beside what the books say was there: shrinkage, surplus, and whether an adjustment explains it.

A count posts nothing. The book value is that of the moment of the count, as the ledger knows it now: everything that
happened on earlier days (Asia/Jakarta), and of that day what happened before the count. Adjustments made at the count
or later explain the difference; what they do not explain is unexplained. A count that names no lot covers all lots of
the holder and item together. The newest count of each holder, item and lot stands; a reversed one does not.
"""

import dataclasses
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec
import sqlalchemy as sa
from msgspec import UNSET

from consumers.answers.asof import AsOf, iso
from consumers.answers.events import booked_events
from consumers.answers.versions import in_parts, noted, roots, standing_versions
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
    wanted = {
        what: counted
        for what, counted in sorted(newest.items(), key=lambda one: (one[0].item, one[0].holder, one[0].lot or ""))
        if (not items or what.item in items) and (not holders or what.holder in holders) and (not lots or what.lot is None or what.lot in lots)
        if simulated or counted.event.partner not in made_up
    }
    moves = _Moves(connection, as_of, wanted)
    found = [_beside_the_books(what, counted, moves, simulated=counted.event.partner in made_up) for what, counted in wanted.items()]
    names = booked_events(connection, sorted({number for _, by in found for number in by}))
    for count, by in found:
        yield dataclasses.replace(count, explained_by=tuple((names[number].source, names[number].id) for number in by))


def _lines(event: StockCounted) -> Mapping[_What, int]:
    holder = event.data.from_ or event.data.to or event.partner
    found: dict[_What, int] = {}
    for line in event.data.lines:
        what = _What(line.item, line.unit, str(holder), None if line.lot is UNSET else line.lot)
        found[what] = found.get(what, 0) + parse_steps(line.quantity, UNITS[line.unit])
    return found


def _beside_the_books(what: _What, counted: _Counted, moves: "_Moves", *, simulated: bool) -> tuple[StockCount, list[int]]:
    """Return the count beside the books, and the events that put it right since."""
    book = adjusted = 0
    explained: dict[int, int] = {}
    for move in moves.of(what, simulated=simulated):
        steps = MOVED[move.measure] * move.delta
        if move.day < counted.event.day or (move.day == counted.event.day and moves.order(move.root) < counted.order):
            book += steps
        elif move.measure in ADJUSTED:
            adjusted += steps
            explained[move.root] = explained.get(move.root, 0) + steps
    count = StockCount(
        **what._asdict(),
        simulated=simulated,
        source=counted.event.source,
        id=counted.event.id,
        counted_at=counted.event.occurred_at_ms,
        counted=counted.steps,
        book=book,
        adjusted=adjusted,
        explained_by=(),
    )
    return count, [number for number, steps in sorted(explained.items()) if steps]


class _Move(NamedTuple):
    measure: str
    day: str
    root: int
    delta: int


class _Moves:
    """Everything that moved the stocks that were counted, read at once; and when events of the days of counts happened."""

    def __init__(self, connection: sa.Connection, as_of: AsOf, counts: Mapping[_What, _Counted]) -> None:
        self._moves: dict[tuple[str, str, str, bool], dict[str, list[_Move]]] = {}
        days = {counted.event.day for counted in counts.values()}
        chains = roots(connection, as_of)
        unordered: set[int] = set()
        for item, unit, holder, lot, simulated, measure, day, members in _rows(connection, as_of, counts):
            moves = self._moves.setdefault((item, unit, holder, bool(simulated)), {}).setdefault(lot, [])
            for decision, delta in _members.decode(members):
                root = chains.get(decision, decision)
                moves.append(_Move(measure, day, root, delta))
                if day in days:
                    unordered.add(root)
        self._occurred_at: dict[int, int] = {}
        columns = schema.decisions.c
        for part in in_parts(sorted(unordered)):
            query = sa.select(columns.number, columns.occurred_at).where(columns.number.in_(part))
            self._occurred_at.update({number: occurred_at for number, occurred_at in connection.execute(query)})  # noqa: C416 - rows are not pairs to mypy

    def of(self, what: _What, *, simulated: bool) -> Iterator[_Move]:
        """Yield what moved this stock: of one lot, or of all."""
        lots = self._moves.get((what.item, what.unit, what.holder, simulated), {})
        for lot, moves in lots.items():
            if what.lot in {None, lot}:
                yield from moves

    def order(self, number: int) -> tuple[int, int]:
        """Return what orders an event of a day of counts among the others of its day."""
        return self._occurred_at[number], number


def _rows(connection: sa.Connection, as_of: AsOf, counts: Mapping[_What, _Counted]) -> Iterator[Sequence[Any]]:
    cells, history = schema.cells.c, schema.cell_history.c
    columns = (cells.item, cells.unit, cells.holder, cells.lot, cells.simulated, cells.measure, cells.day, history.members)
    conditions = [cells.table_name == DISTRIBUTIONS, cells.measure.in_(sorted(MOVED)), cells.item.in_(sorted({what.item for what in counts}))]
    query = sa.select(*columns).join_from(schema.cells, schema.cell_history, history.cell == cells.cell)
    yield from connection.execute(query.where(*conditions, history.booking <= as_of.booking), execution_options={"yield_per": 500})
