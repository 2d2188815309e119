"""The figures of the ledger held against its decisions: each is added up again, and its different events counted again.

A figure sums the cells that differ only in dimensions which it leaves out: at level 1 it tells partners apart, at
level 2 months. Stock has none. An event that posts to two cells of a figure is one event of it.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Final, NamedTuple

import msgspec
import sqlalchemy as sa

from consumers.reconcile.difference import DECISIONS, HISTORY, Difference, between_sums, oddity
from models import schema
from models.cells import FLAGS, PARTNERS, STOCK

FIGURES: Final = "figures"
_NO_FIGURES: Final = (STOCK, PARTNERS, FLAGS)
_figures = schema.figures.c
_cells = schema.cells.c
_pairs = msgspec.json.Decoder(list[tuple[int, int]])
_numbers = msgspec.json.Decoder(list[int])

Alike = frozenset["Figure"]
"""Figures of one level, measure and unit that one event posted to."""


class Figure(NamedTuple):
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


def differences_of_figures(connection: sa.Connection) -> Iterator[Difference]:
    """Yield where figures are not what the decisions posted, or not the last of their history; and where shared events are counted otherwise."""
    numbered = {number: _figure(*values) for number, *values in connection.execute(sa.select(_figures.figure, *(_figures[name] for name in Figure._fields)))}
    stored = connection.execute(sa.select(_figures.figure, _figures.steps, _figures.events))
    current = {numbered[number]: (steps, events) for number, steps, events in stored}
    posted, together = _from_decisions(connection)
    yield from between_sums((FIGURES, current), (DECISIONS, posted))
    yield from between_sums((FIGURES, current), (HISTORY, {numbered[number]: sums for number, sums in _last_of_history(connection).items()}))
    overlaps = {frozenset(numbered[number] for number in numbers): events for numbers, events in _overlaps(connection).items()}
    if overlaps != together:
        wrong = sum(1 for alike in {*overlaps, *together} if overlaps.get(alike) != together.get(alike))
        yield oddity((FIGURES, DECISIONS), f"{wrong} sets of figures share another number of events than was counted")


def _from_decisions(connection: sa.Connection) -> tuple[dict[Figure, tuple[int, int]], dict[Alike, int]]:
    """Return steps and different events of every figure, and how many events posted to several that are alike."""
    figures_of = dict(_figures_of_cells(connection))
    steps: Counter[Figure] = Counter()
    events: Counter[Figure] = Counter()
    together: Counter[Alike] = Counter()
    query = sa.select(schema.decisions.c.postings).where(schema.decisions.c.postings != "[]")
    for (postings,) in connection.execute(query, execution_options={"yield_per": 2000}):
        found: set[Figure] = set()
        for cell, delta in _pairs.decode(postings):
            for figure in figures_of.get(cell, ()):
                steps[figure] += delta
                found.add(figure)
        events.update(found)
        together.update(_alike(found))
    return {figure: (steps[figure], count) for figure, count in events.items()}, dict(together)


def _alike(figures: set[Figure]) -> Iterator[Alike]:
    kinds: dict[tuple[int, str, str], set[Figure]] = {}
    for figure in figures:
        kinds.setdefault((figure.level, figure.measure, figure.unit), set()).add(figure)
    return (frozenset(alike) for alike in kinds.values() if len(alike) > 1)


def _figures_of_cells(connection: sa.Connection) -> Iterator[tuple[int, tuple[Figure, Figure]]]:
    shared = ("table_name", "destination", "programme", "partner", "simulated", "item", "measure", "unit", "day")
    query = sa.select(_cells.cell, *(_cells[name] for name in shared)).where(_cells.table_name.not_in(_NO_FIGURES))
    for cell, table, destination, programme, partner, simulated, item, measure, unit, day in connection.execute(query):
        by_partner = _figure(1, table, destination, programme, partner, simulated, item, measure, unit, "")
        yield cell, (by_partner, by_partner._replace(level=2, partner="", month=day[: len("2020-05")]))


def _figure(*values: object) -> Figure:
    figure = Figure(*values)  # type: ignore[arg-type]  # a row of the table
    return figure._replace(simulated=bool(figure.simulated))


def _last_of_history(connection: sa.Connection) -> dict[int, tuple[int, int]]:
    history = schema.figure_history.c
    last = sa.select(history.figure, sa.func.max(history.booking).label("booking")).group_by(history.figure).subquery()
    same = sa.and_(last.c.figure == history.figure, last.c.booking == history.booking)
    return {figure: (steps, events) for figure, steps, events in connection.execute(sa.select(history.figure, history.steps, history.events).join(last, same))}


def _overlaps(connection: sa.Connection) -> dict[tuple[int, ...], int]:
    shared = schema.figure_overlaps.c
    rows = connection.execute(sa.select(shared.figures, shared.events).order_by(shared.booking))
    return {tuple(_numbers.decode(numbers)): events for numbers, events in rows}
