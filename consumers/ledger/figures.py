"""Figures: sums of cells over the dimensions that most questions leave out, kept beside the cells with a history of their own.

A question about a whole programme would otherwise read every day, place and lot of it. What a figure is made of is
nowhere but in its cells, so it can always be compared with them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from consumers.ledger.store import LedgerStore
from models import schema
from models.cells import NOT_APPLICABLE, STOCK, TALLY_TABLES, LedgerCell

BY_PARTNER: Final = 1
BY_MONTH: Final = 2
LEVELS: Final = (BY_PARTNER, BY_MONTH)

_SUMMED_TABLES: Final = frozenset(TALLY_TABLES) - {STOCK}
_encode = msgspec.json.Encoder().encode


class FigureKey(NamedTuple):
    """What a figure is about; the dimension that its level leaves out is empty."""

    level: int
    table_name: str
    destination: str
    programme: str
    partner: str
    simulated: bool
    item: str
    measure: str
    unit: str
    month: str


class FigureState:
    """One figure as it stands."""

    __slots__ = ("booking", "events", "key", "number", "steps")

    def __init__(self, number: int, key: FigureKey) -> None:
        self.number = number
        self.key = key
        self.steps = 0
        self.events = 0
        self.booking = 0


class Figures:
    """All figures, and the sets of them that single events posted to together."""

    def __init__(self) -> None:
        self._states: dict[FigureKey, FigureState] = {}
        self._overlaps: dict[tuple[int, ...], tuple[int, int]] = {}

    def of(self, cell: LedgerCell) -> tuple[FigureState, ...]:
        """Return the figures that a cell is counted in, one per level; none for a cell that is no tally of deliveries or plans."""
        if cell.table not in _SUMMED_TABLES:
            return ()
        return tuple(self._state(_key(level, cell)) for level in LEVELS)

    def catch_up(self, store: LedgerStore, booking: int) -> None:
        """Read what was booked after ``booking``."""
        width = len(FigureKey._fields)
        for row in sorted(store.rows_since(schema.figures, booking), key=lambda row: int(row.figure)):
            key = FigureKey(*row[1 : 1 + width])
            state = self._state(key._replace(simulated=bool(key.simulated)))
            assert state.number == row.figure, f"figure {row.figure} is another one here than in the database"
            state.steps, state.events, state.booking = row.steps, row.events, row.booking
        for row in sorted(store.rows_since(schema.figure_overlaps, booking), key=lambda row: int(row.booking)):
            self._overlaps[tuple(msgspec.json.decode(row.figures, type=list[int]))] = (row.overlap, row.events)

    def write(self, store: LedgerStore, booking: int, changes: "FigureChanges") -> None:
        """Add what a booking changed, and write it."""
        new: list[tuple[Any, ...]] = []
        changed: list[tuple[Any, ...]] = []
        history: list[tuple[Any, ...]] = []
        for state, steps, events in changes.sums():
            is_new = state.booking == 0
            state.steps += steps
            state.events += events
            state.booking = booking
            exact = store.exact(state.steps)
            if is_new:
                new.append((state.number, *state.key, exact, state.events, booking))
            else:
                changed.append((exact, state.events, booking, state.number))
            history.append((state.number, booking, exact, state.events))
        store.insert(schema.figures, sorted(new))
        store.update(schema.figures, key=["figure"], columns=["steps", "events", "booking"], rows=changed)
        store.insert(schema.figure_history, sorted(history))
        store.insert(schema.figure_overlaps, self._overlap_rows(booking, changes.together))

    def _overlap_rows(self, booking: int, together: Mapping[tuple[int, ...], int]) -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = []
        for figures, events in together.items():
            number, before = self._overlaps.get(figures, (len(self._overlaps) + 1, 0))
            self._overlaps[figures] = (number, before + events)
            rows.append((number, booking, _encode(figures).decode(), before + events))
        return rows

    def _state(self, key: FigureKey) -> FigureState:
        state = self._states.get(key)
        if state is None:
            state = self._states[key] = FigureState(len(self._states) + 1, key)
        return state


class FigureChanges:
    """What one booking adds to figures."""

    def __init__(self) -> None:
        self._changes: dict[int, list[Any]] = {}
        self.together: Counter[tuple[int, ...]] = Counter()

    def add(self, figures: Iterable[FigureState], *, steps: int, events: int) -> None:
        """Add what a cell was changed by."""
        for state in figures:
            change = self._changes.get(state.number)
            if change is None:
                self._changes[state.number] = [state, steps, events]
            else:
                change[1] += steps
                change[2] += events

    def overlap(self, figures_of_cells: Sequence[tuple[FigureState, ...]], events: int) -> None:
        """Note that ``events`` single events posted to all these cells, so that each counts once in every figure and every set of figures."""
        for of_level in zip(*figures_of_cells, strict=True):
            cells_of: Counter[int] = Counter(state.number for state in of_level)
            for number, cells in cells_of.items():
                self._changes[number][2] -= (cells - 1) * events
            if len(cells_of) > 1:
                self.together[tuple(sorted(cells_of))] += events

    def sums(self) -> list[tuple[FigureState, int, int]]:
        """Return every changed figure with the steps and the different events added."""
        return [(state, steps, events) for state, steps, events in self._changes.values()]


def _key(level: int, cell: LedgerCell) -> FigureKey:
    partner = cell.partner if level == BY_PARTNER else NOT_APPLICABLE
    month = cell.day[:7] if level == BY_MONTH else NOT_APPLICABLE
    return FigureKey(level, cell.table, cell.destination, cell.programme, partner, cell.simulated, cell.item, cell.measure, cell.unit, month)
