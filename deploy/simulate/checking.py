"""A ledger held against the oracle: every decision in the order booked, every sum, every flag, every suspicion.

The order is the ledger's own; what each record must come to in that order is worked out anew. The sums at the end
are also held against what the simulation meant, which knows nothing of any order.
"""

import dataclasses
import json
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from consumers.answers.balance import BalanceFilter, balance
from consumers.answers.diff import diff
from consumers.answers.filters import CellFilter
from consumers.answers.tally import tally
from deploy.simulate import figures
from deploy.simulate.chance import Chance
from deploy.simulate.meant import by_table
from deploy.simulate.oracle.cell import Cell
from deploy.simulate.oracle.fold import Decided, Fold
from deploy.simulate.oracle.limits import Known
from deploy.simulate.writing import Written
from models import schema
from models.cells import TALLY_TABLES
from models.measures import ALL_MEASURES

MOST_SHOWN: Final = 20
_BY: Final = ("table", "destination", "programme", "tranche", "item", "holder")
_MOMENTS_PER_DIFF: Final = 10
_READ_AT_ONCE: Final = 5_000
_REPORT_EVERY: Final = 1_000

Group = tuple[Any, ...]


class Standing(NamedTuple):
    """The sums of groups of cells after one booking: steps, and how many events made them."""

    booking: int
    groups: Mapping[Group, tuple[int, int]]


@dataclasses.dataclass(slots=True)
class Result:
    """What was compared, and how it differs; at most some differences are kept, all are counted."""

    decisions: int = 0
    bookings: int = 0
    cells: int = 0
    flags: int = 0
    suspicions: int = 0
    balances: int = 0
    moments: int = 0
    diffs: int = 0
    differences: int = 0
    shown: list[str] = dataclasses.field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Return the result as JSON values."""
        return {"equal": not self.differences, **dataclasses.asdict(self)}

    def differ(self, sentence: str) -> None:
        """Note a difference."""
        self.differences += 1
        if len(self.shown) < MOST_SHOWN:
            self.shown.append(sentence)


def check(
    connection: sa.Connection, written: Written, *, moments: Collection[int] = (), on_read: Callable[[int], None] = lambda _count: None, is_whole: bool = True
) -> Result:
    """Compare everything that the ledger booked of the simulation; ``moments`` are bookings to ask ``as of``.

    ``is_whole`` tells that each line was sent exactly once, so that the intake is known too.
    """
    result = Result()
    reading = _Reading(connection, written, result, frozenset(moments))
    reading.decide(on_read)
    reading.compare_sums()
    reading.compare_meant(written, is_whole=is_whole)
    _compare_balances(connection, written, result)
    for standing in reading.standings:
        _compare_moment(connection, standing, result)
    for first, last in _pairs(reading.standings):
        _compare_diff(connection, first, last, result)
    return result


def random_bookings(connection: sa.Connection, count: int, *, seed: int = 0) -> list[int]:
    """Return so many bookings, each once, chosen by a seed; all where there are no more."""
    bookings = list(connection.scalars(sa.select(schema.bookings.c.booking).order_by(schema.bookings.c.booking)))
    chance = Chance(seed, "moments")
    while len(bookings) > count:
        bookings.pop(chance.below(len(bookings)))
    return bookings


def _pairs(standings: Sequence[Standing]) -> Iterator[tuple[Standing, Standing]]:
    """Yield any two of the moments, a tenth as often as there are moments: what changed between two reads everything between them."""
    chance = Chance(len(standings), "pairs")
    for _ in range(-(-len(standings) // _MOMENTS_PER_DIFF)):
        first, last = sorted((chance.below(len(standings)), chance.below(len(standings))))
        yield standings[first], standings[last]


class _Reading:
    """One pass over the decisions."""

    def __init__(self, connection: sa.Connection, written: Written, result: Result, moments: frozenset[int]) -> None:
        self._connection = connection
        self._lines = written.lines
        self._result = result
        self._moments = moments
        self._fold = Fold(Known(figures.PARENTS, figures.UNITS), written.refused)
        self._cells = _cells(connection)
        self._reasons: Counter[str] = Counter()
        self._groups: dict[Group, list[int]] = {}
        self.standings: list[Standing] = []

    def decide(self, on_read: Callable[[int], None]) -> None:
        """Decide each record in the ledger's order and compare it with the ledger's decision."""
        suspicions = self._suspicions()
        booking = 0
        table = schema.decisions.c
        query = sa.select(schema.decisions).order_by(table.number)
        for count, row in enumerate(self._connection.execute(query, execution_options={"yield_per": _READ_AT_ONCE}), start=1):
            if row.booking != booking:
                self._keep(booking)
                booking = row.booking
                self._result.bookings += 1
            decided = self._decided(row)
            if decided is not None:
                self._compare(row, decided, suspicions.get(row.number, frozenset()))
                self._group(decided)
            if not count % _REPORT_EVERY:
                on_read(_REPORT_EVERY)
        self._keep(booking)

    def _decided(self, row: Any) -> Decided | None:
        is_second = row.first is not None and row.disposition in ("accepted", "rejected")
        value = self._lines.get(bytes(row.sha256).hex())
        if value is None:
            if str(row.partner).startswith("simulasi-"):
                self._result.differ(f"decision {row.number} is about a simulated event of another simulation")
            return None
        self._result.decisions += 1
        return self._fold.again(row.number, row.first, row.received_at) if is_second else self._fold.first(row.number, value, row.received_at)

    def _compare(self, row: Any, decided: Decided, suspects: frozenset[tuple[int, bytes]]) -> None:
        what = f"decision {row.number} ({row.type} {row.event_id})"
        if row.disposition != decided.disposition:
            self._result.differ(f"{what} is {row.disposition}, expected {decided.disposition} {decided.reason}")
            return
        reasons = {reason["code"] for reason in json.loads(row.reasons)} if row.disposition == "rejected" else set()
        if reasons != ({decided.reason} if decided.reason else set()):
            self._result.differ(f"{what} is rejected for {sorted(reasons)}, expected {decided.reason}")
        self._reasons.update(reasons)
        flags = frozenset(json.loads(row.flags))
        self._result.flags += len(flags)
        if flags != decided.flags:
            more, fewer = sorted(flags - decided.flags), sorted(decided.flags - flags)
            self._result.differ(f"{what} has flags too many {more}, too few {fewer}")
        postings = {self._cells[cell]: delta for cell, delta in json.loads(row.postings)}
        if postings != dict(decided.effect):
            self._result.differ(f"{what} posts {_unlike(postings, decided.effect)}")
        self._result.suspicions += len(suspects)
        if suspects != decided.suspects:
            self._result.differ(
                f"{what} is suspected beside {sorted({other for other, _ in suspects})}, expected {sorted({other for other, _ in decided.suspects})}"
            )

    def _suspicions(self) -> dict[int, frozenset[tuple[int, bytes]]]:
        found: dict[int, set[tuple[int, bytes]]] = {}
        for row in self._connection.execute(sa.select(schema.suspicions)):
            found.setdefault(row.number, set()).add((row.other, bytes(row.token)))
        return {number: frozenset(pairs) for number, pairs in found.items()}

    def _group(self, decided: Decided) -> None:
        changes: Counter[Group] = Counter()
        for cell, delta in decided.effect.items():
            changes[_group_of(cell)] += delta
        for group, delta in changes.items():
            total = self._groups.setdefault(group, [0, 0])
            total[0] += delta
            total[1] += 1

    def _keep(self, booking: int) -> None:
        if booking in self._moments:
            self.standings.append(Standing(booking, {group: (steps, events) for group, (steps, events) in self._groups.items()}))

    def compare_sums(self) -> None:
        """Compare the sum and the number of events of every cell, and how often each flag was raised."""
        flags: Counter[str] = Counter()
        booked: dict[Cell, tuple[int, int]] = {}
        for row in self._connection.execute(sa.select(schema.cells)):
            if row.table_name == "flags":
                flags[row.measure] += row.steps
            elif row.table_name != "partners" and row.events:
                booked[_cell(row)] = row.steps, row.events
        mine = {cell: (self._fold.cells[cell], events) for cell, events in self._fold.postings.items()}
        self._result.cells = len(mine)
        for cell in sorted({*booked, *mine}):
            if booked.get(cell) != mine.get(cell) and (cell in mine or cell.simulated):
                self._result.differ(f"{'|'.join(map(str, cell))} is {booked.get(cell)}, expected {mine.get(cell)}")
        if flags and {code: count for code, count in flags.items() if count} != {code: count for code, count in self._fold.flags.items() if count}:
            self._result.differ(f"flags are counted as {dict(flags)}, expected {dict(self._fold.flags)}")

    def compare_meant(self, written: Written, *, is_whole: bool) -> None:
        """Compare with what was meant, which does not depend on any order."""
        booked = by_table(self._fold.cells)
        for cell in sorted({*booked, *written.tallies}):
            if booked[cell] != written.tallies.get(cell, 0):
                self._result.differ(f"{'|'.join(map(str, cell))} comes to {booked[cell]}, meant was {written.tallies.get(cell, 0)}")
        intake = {name: count for name, count in self._fold.intake.items() if count}
        if is_whole and intake != written.intake:
            self._result.differ(f"the intake is {intake}, meant was {written.intake}")
        if is_whole and dict(self._reasons) != self._meant_reasons(written):
            self._result.differ(f"rejected for {dict(self._reasons)}, meant was {written.reasons}")

    @staticmethod
    def _meant_reasons(written: Written) -> dict[str, int]:
        return {reason: count for reason, count in written.reasons.items() if count}


def _compare_moment(connection: sa.Connection, standing: Standing, result: Result) -> None:
    """Ask the tally as of a booking, and compare every row with what the oracle had by then."""
    every = {"table": frozenset(TALLY_TABLES), "measure": frozenset(ALL_MEASURES)}
    answer = tally(connection, CellFilter(values=every, simulated=frozenset({True}), as_of=standing.booking), by=_BY)
    told = {(*row.group.values(), row.measure, row.unit): (row.steps, row.events) for row in answer.rows}
    result.moments += 1
    for group in sorted({*told, *standing.groups}):
        if told.get(group) != standing.groups.get(group):
            result.differ(f"as of booking {standing.booking} {'|'.join(group)} is {told.get(group)}, expected {standing.groups.get(group)}")


def _compare_balances(connection: sa.Connection, written: Written, result: Result) -> None:
    """Compare the balance of every item over all holders with what was meant; that of each holder and lot must hold by itself."""
    answer = balance(connection, BalanceFilter(simulated=True))
    for line in answer.lines:
        if line.simulated and line.unexplained:
            result.differ(f"the balance of {line.item} {line.lot} at {line.holder} leaves {line.unexplained} unexplained")
    told = {
        f"{line.item} {line.unit}": {name: steps for name, steps in (*line.left.items(), *line.right.items()) if steps}
        for line in answer.totals
        if line.simulated
    }
    meant = {item: {name: steps for name, steps in sums.items() if steps} for item, sums in written.balances.items()}
    for item in sorted({*told, *meant}):
        result.balances += 1
        if told.get(item) != meant.get(item):
            result.differ(f"the balance of {item} is {told.get(item)}, meant was {meant.get(item)}")


def _compare_diff(connection: sa.Connection, first: Standing, last: Standing, result: Result) -> None:
    """Ask what changed between two bookings: it must add up, from what the oracle had at the one to what it had at the other."""
    every = {"table": frozenset(TALLY_TABLES), "measure": frozenset(ALL_MEASURES)}
    answer = diff(connection, CellFilter(values=every, simulated=frozenset({True})), first.booking, last.booking, limit=1, adding=True)
    result.diffs += 1
    between = f"between bookings {first.booking} and {last.booking}"
    for change in answer.figures:
        sums = [sum(steps for group, (steps, _) in at.groups.items() if group[-2:] == change.figure[:2]) for at in (first, last)]
        if not change.adds_up or [change.before or 0, change.after or 0] != sums:
            result.differ(f"{between} {change.figure} goes from {change.before} by {change.steps} to {change.after}, expected {sums}")


def _group_of(cell: Cell) -> Group:
    return (*(getattr(cell, name) for name in (*_BY, "measure", "unit")),)


def _cells(connection: sa.Connection) -> dict[int, Cell]:
    return {row.cell: _cell(row) for row in connection.execute(sa.select(schema.cells))}


def _cell(row: Any) -> Cell:
    _number, *values = tuple(row)[: 1 + len(Cell._fields)]
    return Cell(*values)._replace(simulated=bool(row.simulated))


def _unlike(postings: Mapping[Cell, int], expected: Mapping[Cell, int]) -> str:
    def listed() -> Iterator[str]:
        for cell in sorted({*postings, *expected}):
            if postings.get(cell) != expected.get(cell):
                yield f"{postings.get(cell)} instead of {expected.get(cell)} at {'|'.join(map(str, cell))}"

    return "; ".join(list(listed())[:3])
