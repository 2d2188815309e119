"""What an event moved: each cell that it posted to, just before it and just after it."""

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec
import sqlalchemy as sa

from models import schema
from models.cells import LedgerCell
from models.units import format_steps

_SHOWN: Final = tuple(name for name in LedgerCell._fields if name not in {"measure", "unit"})
_postings = msgspec.json.Decoder(list[tuple[int, int]])


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class MovedCell:
    """A cell just before and just after an event, in steps; ``dimensions`` are those that the cell has."""

    dimensions: Mapping[str, str | bool]
    measure: str
    unit: str
    before: int
    change: int

    @property
    def after(self) -> int:
        """The sum with the event."""
        return self.before + self.change

    def to_json(self) -> dict[str, Any]:
        """Return the cell as JSON values."""
        figures = {name: format_steps(getattr(self, name), self.unit) for name in ("before", "change", "after")}
        return {**self.dimensions, "measure": self.measure, "unit": self.unit, **figures}


def moved_cells(connection: sa.Connection, number: int, booking: int, postings: Mapping[int, int]) -> Iterator[MovedCell]:
    """Yield every cell that a decision posted to, by number, with its sum just before and just after it; ``postings`` are by cell."""
    cells, history = schema.cells.c, schema.cell_history.c
    query = (
        sa.select(schema.cells, history.steps.label("after_booking"), history.members)
        .join_from(schema.cells, schema.cell_history, (history.cell == cells.cell) & (history.booking == booking))
        .where(cells.cell.in_(list(postings)))
        .order_by(cells.cell)
    )
    for found in connection.execute(query):
        # A booking keeps one sum a cell: what came with this decision or after it is taken off again.
        before = found.after_booking - sum(steps for decision, steps in _postings.decode(found.members) if decision >= number)
        dimensions = {name: getattr(found, "table_name" if name == "table" else name) for name in _SHOWN}
        yield MovedCell(
            dimensions={name: bool(value) if name == "simulated" else value for name, value in dimensions.items() if value != ""},
            measure=found.measure,
            unit=found.unit,
            before=before,
            change=postings[found.cell],
        )
