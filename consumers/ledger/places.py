"""Places: where events of one shape post to on one day, with all at hand that a posting there moves.

A place is found once and serves every event that comes to it; it belongs to the memory that numbered its cells.
"""

from collections.abc import Sequence
from typing import Any, Final

from consumers.ledger.memory import CellState, LedgerMemory
from models.events.catalogue import Event
from models.limits import Watch, watch_over
from models.shapes import Spot
from models.standing import Total


class Place:
    """The cells of a spot, by number: which sums they move, which limits those may pass, and to which partitions their entries go."""

    __slots__ = ("flagged_as", "numbers", "only_partition", "partitions", "totals", "watch")

    def __init__(self, states: Sequence[CellState], *, watch: Watch, flagged_as: tuple[str, str]) -> None:
        self.numbers: Final = tuple(state.number for state in states)
        self.totals: Final[tuple[tuple[int, Total], ...]] = tuple((index, total) for index, state in enumerate(states) for total in state.totals)
        self.watch: Final = watch
        self.partitions: Final = tuple(state.partition for state in states)
        self.only_partition: Final = self.partitions[0] if len(set(self.partitions)) == 1 else None
        self.flagged_as: Final = flagged_as
        """The destination and the programme under which flags are counted."""


def place_of(spot: Spot, memory: LedgerMemory, example: Event) -> Place:
    """Return the place of a spot; ``example`` is an event of its shape."""
    place: Place | None = spot.place
    if place is None:
        states = [memory.state_of(cell) for cell in spot.cells]
        data: Any = example.data
        watch = watch_over([(state.cell, state.totals) for state in states], memory.registry)
        place = spot.place = Place(states, watch=watch, flagged_as=(data.country, data.programme))
    return place
