"""What a ledger worker remembers of the ledger as of one booking, so that a booking reads little.

All of it is derived: it is read from the database at the start, brought up to date when another worker has booked
since, changed along while a booking is made, and thrown away whole when that booking fails.
"""

from collections import Counter
from typing import Final

from consumers.ledger.figures import Figures, FigureState
from consumers.ledger.headers import headers_from_text
from consumers.ledger.identity import IdentityIndex, identity_key, segment_from_bytes
from consumers.ledger.store import Head, LedgerStore
from models import schema
from models.batches import Batches, BatchKey
from models.cells import FLAGS, PARTNERS, LedgerCell, TableCell, table_cell, table_key
from models.decoding import decode
from models.errors import IntegrityError
from models.merkle import Frontier
from models.naming import Registration
from models.partitioner import partition_of
from models.registry import Registry
from models.shapes import Shapes
from models.standing import Standing, Total

DISPOSITIONS: Final = ("accepted", "duplicate", "conflict", "rejected", "held")


class CellState:
    """One ledger cell as it stands, and where its entries go."""

    __slots__ = ("booking", "cell", "events", "figures", "number", "partition", "steps", "table_cell", "totals")

    def __init__(self, number: int, cell: LedgerCell, *, partition: int, totals: tuple[Total, ...], figures: tuple[FigureState, ...]) -> None:
        self.number = number
        self.cell = cell
        self.totals = totals
        self.figures = figures
        self.table_cell: TableCell = table_cell(cell)
        self.partition = partition
        self.steps = 0
        self.events = 0
        self.booking = 0


class OverlapState:
    """One set of cells that single events posted to together."""

    __slots__ = ("events", "number")

    def __init__(self, number: int, events: int) -> None:
        self.number = number
        self.events = events


class LedgerMemory:
    """The ledger as of ``booking``."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.shapes = Shapes()
        self.ids = IdentityIndex()
        self.booking = 0
        self.booked_at = 0
        self.partitions = 0
        self.previous = ""
        self.frontier = Frontier()
        self.states: dict[LedgerCell, CellState] = {}
        self.cells: list[CellState] = []
        self.standing = Standing()
        self.figures = Figures()
        self.batches = Batches()
        self.overlaps: dict[tuple[int, ...], OverlapState] = {}
        self.records: list[tuple[int, str]] = []
        self.intake: Counter[str] = Counter()
        self.partner_times: dict[str, tuple[int, int]] = {}
        self.waiting: dict[tuple[str, str], list[int]] = {}
        self.due: set[int] = set()

    @property
    def size(self) -> int:
        """How many decisions there are."""
        return self.frontier.size

    def catch_up(self, store: LedgerStore, head: Head) -> None:
        """Read what was booked after ``booking``, up to ``head``."""
        self.partitions = head.partitions
        self._catch_up_ids(store)
        self._catch_up_registry(store, since=self.size)
        self.figures.catch_up(store, self.booking)
        self._catch_up_cells(store)
        for overlap in sorted(store.rows_since(schema.overlaps, self.booking), key=lambda row: int(row.booking)):
            cells = tuple(int(number) for number in overlap.cells.strip("[]").split(","))
            self.overlaps[cells] = OverlapState(overlap.overlap, overlap.events)
        records = {row.partition: (row.number, row.hash) for row in store.rows(schema.entry_partitions)}
        self.records = [records[partition] for partition in range(head.partitions)]
        for row in store.rows(schema.bookings, schema.bookings.c.booking == head.booking):
            self.intake = Counter({name: getattr(row, name) for name in ("received", *DISPOSITIONS)})
        self.partner_times = {row.partner: (row.last_occurred_at, row.last_received_at) for row in store.rows(schema.partner_times)}
        for batch in store.rows_since(schema.batches, self.booking):
            key = BatchKey(batch.batch, batch.programme, batch.destination, bool(batch.simulated))
            self.batches.sums.setdefault(key, {})[batch.measure, batch.unit] = batch.steps
        self._catch_up_held(store)
        self.frontier = Frontier.from_bytes(head.size, head.frontier)
        self.booking, self.booked_at, self.previous = (head.booking, head.booked_at, head.previous)

    def state_of(self, cell: LedgerCell) -> CellState:
        """Return the state of a cell, giving it the next number if it is new."""
        state = self.states.get(cell)
        if state is None:
            state = self._add_cell(len(self.cells) + 1, cell)
        return state

    def partition_of(self, key: str) -> int:
        """Return the entries partition of a table key."""
        return partition_of(key, self.partitions)

    def _add_cell(self, number: int, cell: LedgerCell) -> CellState:
        key = cell.partner if cell.table in (PARTNERS, FLAGS) else table_key(table_cell(cell))
        state = CellState(number, cell, partition=self.partition_of(key), totals=self.standing.totals(cell), figures=self.figures.of(cell))
        self.states[cell] = state
        self.cells.append(state)
        return state

    def _catch_up_ids(self, store: LedgerStore) -> None:
        table = schema.identity_segments
        for row in sorted(store.rows(table, table.c.first > self.ids.sealed_through), key=lambda row: int(row.first)):
            self.ids.adopt(segment_from_bytes(first=row.first, last=row.last, keys=row.keys, offsets=row.offsets))
        for number, source, event_id in store.claims_since(self.ids.last):
            self.ids.add(identity_key(source, event_id), number)

    def _catch_up_registry(self, store: LedgerStore, *, since: int) -> None:
        numbers = store.registrations_since(since)
        rows = store.decisions(numbers)
        for number in numbers:
            event = decode(rows[number].raw, headers_from_text(rows[number].headers))
            assert isinstance(event, Registration), f"decision {number} was booked as a registration"
            self.registry.apply(event)

    def _catch_up_cells(self, store: LedgerStore) -> None:
        width = len(LedgerCell._fields)
        for row in sorted(store.rows_since(schema.cells, self.booking), key=lambda row: int(row[0])):
            number, cell, steps, events, booking = row[0], LedgerCell(*row[1 : 1 + width]), row.steps, row.events, row.booking
            if number > len(self.cells) + 1:
                raise IntegrityError(f"cell {number} follows cell {len(self.cells)}", hint="run `salur verify`")
            known = self.cells[number - 1] if number <= len(self.cells) else self._add_cell(number, cell)
            assert known.cell == cell, f"cell {number} is another one here than in the database"
            for total in known.totals:
                total.steps += steps - known.steps
                total.postings += events - known.events
            known.steps, known.events, known.booking = steps, events, booking

    def _catch_up_held(self, store: LedgerStore) -> None:
        self.waiting = {}
        self.due = set()
        for row in store.rows(schema.held, schema.held.c.second.is_(None)):
            self.waiting.setdefault((row.waits_for_source, row.waits_for_id), []).append(row.number)
        keys = list(self.waiting)
        found = self.ids.candidates([identity_key(*key) for key in keys])
        for position, numbers in found.items():
            claims = store.claims(numbers).values()
            if any((claim.source, claim.event_id) == keys[position] and claim.accepted is not None for claim in claims):
                self.due.update(self.waiting.pop(keys[position]))
