"""A tally that may be handed to anybody: no count of fewer than ten people is in it, or follows from it.

Every published figure is a node of one tree per measure, item and unit: all, a destination, a programme there, a
month of that programme. No other cut is answered, because two cuts that cross can be subtracted.

Of an item's people there is one tree per unit and no second: those trained and the recipients of the same training are
the same people, and two trees that hide different nodes could be compared. In each month of a programme ``people`` are
the recipients, or those who were delivered to and counted in persons or households (engaged, trained, placed) where
these are more. What must be hidden of them is decided by ``consumers.answers.suppression``. The other figures of an
item (pieces, payments, money) are shown as they are, but not where its people are hidden: three payments are three
people.

Left out: simulated partners; the number of events, which is a lower bound of the people; the parts of the people
reached (sex, age, disability), which are small sooner than their whole; evidence, which is a part as well; and any
booking but the last, because two bookings can be subtracted. Two answers of different days can still be.
"""

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

import sqlalchemy as sa

from consumers.answers.asof import AsOf, resolve
from consumers.answers.history import cells_as_of
from consumers.answers.suppression import SMALLEST_SHOWN, Path, Publication, publication
from models import schema
from models.cells import DISBURSEMENTS, DISTRIBUTIONS, SERVICES
from models.errors import ConfigurationError
from models.measures import DELIVERED, EVIDENCE, PARTS, RECIPIENTS
from models.units import PEOPLE, format_steps

PEOPLE_MEASURE: Final = "people"
LEVELS: Final = ("destination", "programme", "month")
CHOICES: Final = ("destination", "programme", "item", "measure", "unit")
"""The dimensions by which published figures may be picked; picking adds nothing up."""

Hidden = Literal["small", "beside"]
RULE: Final = (
    "counts of fewer than 10 people are hidden, with as much beside them as is needed so that none can be worked out; "
    "parts of people, evidence, numbers of events and simulated partners are left out"
)


class Table(NamedTuple):
    """What one tree counts."""

    item: str
    measure: str
    unit: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PublicRow:
    """One node of one tree. ``steps`` is None where it is hidden: because it is ``small``, or ``beside`` something small."""

    group: Mapping[str, str]
    item: str
    measure: str
    unit: str
    steps: int | None
    hidden: Hidden | None = None

    @property
    def quantity(self) -> str | None:
        """The sum as an exact decimal string, None where it is hidden."""
        return None if self.steps is None else format_steps(self.steps, self.unit)

    def to_json(self) -> dict[str, Any]:
        """Return the row as JSON values."""
        found = {**self.group, "item": self.item, "measure": self.measure, "unit": self.unit, "quantity": self.quantity}
        return found if self.hidden is None else {**found, "hidden": self.hidden}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ClosedNode:
    """Below this node nothing is published of the item."""

    group: Mapping[str, str]
    item: str

    def to_json(self) -> dict[str, Any]:
        """Return the node as JSON values."""
        return {**self.group, "item": self.item}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PublicAnswer:
    """The published nodes of one level, and the nodes above it below which nothing is published."""

    as_of: AsOf
    by: tuple[str, ...]
    rows: tuple[PublicRow, ...]
    closed: tuple[ClosedNode, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the answer as JSON values."""
        return {
            "as_of": self.as_of.to_json(),
            "rule": RULE,
            "smallest_shown": SMALLEST_SHOWN,
            "by": list(self.by),
            "rows": [row.to_json() for row in self.rows],
            "closed": [node.to_json() for node in self.closed],
        }


def parse_level(by: Sequence[str]) -> tuple[str, ...]:
    """Return the level that a grouping asks for; the item is in every row anyway. Raises ConfigurationError for any other cut."""
    wanted = tuple(name for name in by if name != "item")
    if wanted != LEVELS[: len(wanted)]:
        raise ConfigurationError(
            f"figures by {','.join(wanted)} are not published", hint="take --by destination, destination,programme or destination,programme,month"
        )
    return wanted


def public_tally(connection: sa.Connection, *, by: Sequence[str], chosen: Mapping[str, Collection[str]] | None = None) -> PublicAnswer:
    """Return the published figures of a level, now; ``chosen`` picks some of them by their codes."""
    as_of = resolve(connection, None)
    trees = _trees(connection, as_of)
    people = {table: publication(leaves) for table, leaves in trees.items() if table.measure == PEOPLE_MEASURE}
    of_item: dict[str, list[Publication]] = {}
    for table, made in people.items():
        of_item.setdefault(table.item, []).append(made)
    rows: list[PublicRow] = []
    for table, leaves in sorted(trees.items()):
        rows += _people_rows(table, people[table], by) if table in people else _other_rows(table, leaves, of_item.get(table.item, ()), by)
    closed = {(node, item) for item, found in of_item.items() for made in found for node in made.closed if len(node) < len(by) and made.shows(node)}
    answer = PublicAnswer(
        as_of=as_of,
        by=tuple(by),
        rows=tuple(sorted(rows, key=_order)),
        closed=tuple(ClosedNode(group=dict(zip(LEVELS, node, strict=False)), item=item) for node, item in sorted(closed)),
    )
    return _picked(answer, chosen or {})


def _trees(connection: sa.Connection, as_of: AsOf) -> dict[Table, dict[Path, int]]:
    cells = schema.cells.c
    found: dict[Table, dict[Path, int]] = {}
    wanted = [cells.table_name.in_((DISBURSEMENTS, DISTRIBUTIONS, SERVICES)), cells.simulated.is_(False), cells.measure.not_in(sorted({*PARTS, *EVIDENCE}))]
    columns = (cells.destination, cells.programme, cells.day, cells.item, cells.measure, cells.unit)
    for _, steps, _, destination, programme, day, *table in cells_as_of(connection, columns, wanted, as_of):
        leaves = found.setdefault(Table(*table), {})
        path = (destination, programme, day[:7])
        leaves[path] = leaves.get(path, 0) + steps
    return _with_people(found)


def _with_people(trees: Mapping[Table, dict[Path, int]]) -> dict[Table, dict[Path, int]]:
    """Return the trees with those counted in people put together: per leaf the recipients, or the others if they are more."""
    found = {table: leaves for table, leaves in trees.items() if table.unit not in PEOPLE}
    sums: dict[Table, dict[Path, list[int]]] = {}
    for table, leaves in trees.items():
        if table.unit in PEOPLE:
            together = sums.setdefault(table._replace(measure=PEOPLE_MEASURE), {})
            for path, steps in leaves.items():
                together.setdefault(path, [0, 0])[table.measure == RECIPIENTS] += steps
    return {**found, **{table: {path: max(counts) for path, counts in leaves.items()} for table, leaves in sums.items()}}


def _people_rows(table: Table, made: Publication, by: Sequence[str]) -> list[PublicRow]:
    rows = [_row(path, table, steps=count) for path, count in made.shown.items() if len(path) == len(by)]
    rows += [_row(path, table, hidden="small") for path in made.small if len(path) == len(by)]
    return rows + [_row(path, table, hidden="beside") for path in made.beside if len(path) == len(by)]


def _other_rows(table: Table, leaves: Mapping[Path, int], beside: Sequence[Publication], by: Sequence[str]) -> list[PublicRow]:
    sums: dict[Path, int] = {}
    for path, steps in leaves.items():
        node = path[: len(by)]
        sums[node] = sums.get(node, 0) + steps
    rows = [_row(path, table, steps=steps) for path, steps in sums.items() if all(made.shows(path) for made in beside)]
    # A node that is hidden itself is named; below a hidden or closed one not even the nodes are.
    hidden = [path for path in sums if any(made.hides(path) for made in beside) and all(made.hides(path) or made.shows(path) for made in beside)]
    return rows + [_row(path, table, hidden="beside") for path in hidden]


def _row(path: Path, table: Table, *, steps: int | None = None, hidden: Hidden | None = None) -> PublicRow:
    return PublicRow(group=dict(zip(LEVELS, path, strict=False)), **table._asdict(), steps=steps, hidden=hidden)


def _picked(answer: PublicAnswer, chosen: Mapping[str, Collection[str]]) -> PublicAnswer:
    for dimension in chosen:
        if dimension not in CHOICES:
            raise ConfigurationError(f"published figures cannot be picked by {dimension}", hint="pick by destination, programme, item, measure or unit")
        if dimension in LEVELS and dimension not in answer.by:
            raise ConfigurationError(f"published figures by {','.join(answer.by) or 'nothing'} have no {dimension}", hint="add it to --by")

    measures = frozenset(chosen.get("measure", ()))
    if measures & {RECIPIENTS, *DELIVERED}:
        chosen = {**chosen, "measure": measures | {PEOPLE_MEASURE}}

    def is_wanted(row: PublicRow | ClosedNode) -> bool:
        values = row.to_json()
        return all(name not in values or values[name] in codes for name, codes in chosen.items())

    return dataclasses.replace(answer, rows=tuple(filter(is_wanted, answer.rows)), closed=tuple(filter(is_wanted, answer.closed)))


def _order(row: PublicRow) -> tuple[str, ...]:
    return (*row.group.values(), row.item, row.measure, row.unit)
