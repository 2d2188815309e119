"""A difference between two of the three sums: where, in which unit, and what each side says. None is found when all is well."""

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any, Final, Protocol

from models.units import UNITS, format_steps

TABLE: Final = "table"
LEDGER: Final = "ledger"
LOG: Final = "log"
HISTORY: Final = "history"
DECISIONS: Final = "decisions"

Sums = Mapping[Any, tuple[int, int]]
"""Cell → (steps, events)."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What two sides say of one thing; ``says`` has a word for each side, None where it knows nothing of it."""

    between: tuple[str, str]
    what: str
    where: Mapping[str, Any]
    says: Mapping[str, str | None]

    def to_json(self) -> dict[str, Any]:
        """Return the difference as JSON values: the members of the cell, and a member for each side."""
        return {"between": list(self.between), "what": self.what, **self.where, **self.says}


def between_sums(left: tuple[str, Sums], right: tuple[str, Sums]) -> Iterator[Difference]:
    """Yield where two sets of sums differ, by sum and by number of events, in the order of the cells."""
    (left_name, left_sums), (right_name, right_sums) = left, right
    if left_sums == right_sums:
        return
    names = (left_name, right_name)
    for cell in sorted({*left_sums, *right_sums}):
        ours, theirs = left_sums.get(cell), right_sums.get(cell)
        if ours == theirs:
            continue
        if (ours or (0, 0))[0] != (theirs or (0, 0))[0] or ours is None or theirs is None:
            says = {name: None if sums is None else _decimal(cell, sums[0]) for name, sums in zip(names, (ours, theirs), strict=True)}
            yield Difference(between=names, what="quantity", where=_where(cell), says=says)
        if ours is not None and theirs is not None and ours[1] != theirs[1]:
            yield Difference(between=names, what="events", where=_where(cell), says={left_name: str(ours[1]), right_name: str(theirs[1])})


def between_counts(left: tuple[str, Mapping[str, int]], right: tuple[str, Mapping[str, int]], where: Mapping[str, Any]) -> Iterator[Difference]:
    """Yield where two sets of counts differ, by name; a count that is not there is 0."""
    for name in sorted({*left[1], *right[1]}):
        ours, theirs = left[1].get(name, 0), right[1].get(name, 0)
        if ours != theirs:
            yield Difference(between=(left[0], right[0]), what=name, where=where, says={left[0]: str(ours), right[0]: str(theirs)})


def oddity(between: tuple[str, str], sentence: str) -> Difference:
    """Return a difference that has no figures, only a sentence."""
    return Difference(between=between, what=sentence, where={}, says={})


class Cell(Protocol):
    """Where a sum stands: the dimensions by name, its unit among them."""

    @property
    def unit(self) -> str:
        """The unit that the sum is in."""

    def _asdict(self) -> dict[str, Any]: ...


def _where(cell: Cell) -> dict[str, Any]:
    return {name: value for name, value in cell._asdict().items() if value != ""}


def _decimal(cell: Cell, steps: int) -> str:
    return format_steps(steps, cell.unit) if cell.unit in UNITS else str(steps)
