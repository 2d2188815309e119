"""What each delivery counts for as of a booking: an event with all its corrections, evidence and verification is one.

A delivery that was reversed counts for nothing and is not among them. All is read from the histories of the cells,
a booking at a time; only deliveries that something was booked about later are kept until the end.
"""

import dataclasses
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from consumers.answers.asof import AsOf
from consumers.answers.dimensions import group_value, grouping_column
from consumers.answers.filters import CellFilter
from consumers.answers.levels import conditions
from consumers.answers.versions import roots
from models import schema

_members = msgspec.json.Decoder(list[tuple[int, int]])

Group = tuple[str, ...]


class Delivery(NamedTuple):
    """One event in one group and unit: its steps per measure, with all that was booked about it since."""

    number: int
    group: Group
    unit: str
    steps: Mapping[str, int]


def deliveries(
    connection: sa.Connection, wanted: CellFilter, as_of: AsOf, *, measures: Collection[str], by: Sequence[str] = (), kinds: bool = False
) -> Iterator[Delivery]:
    """Yield every event that counts for any of ``measures`` in the cells of ``wanted``, once per group and unit, in no promised order.

    With ``kinds`` the last value of a group says whether the partner is simulated ("true" or "false").
    """
    asked = dataclasses.replace(wanted, values=MappingProxyType({**wanted.values, "measure": frozenset(measures)}))
    chains = roots(connection, as_of)
    changed = set(chains.values())
    later: dict[tuple[int, Group, str], Counter[str]] = {}
    found: dict[tuple[int, Group, str], Counter[str]] = {}
    last_booking = 0
    for booking, measure, unit, simulated, members, *values in _rows(connection, asked, as_of, by):
        if booking != last_booking:
            yield from _counting(found)
            found, last_booking = {}, booking
        group = (*(group_value(name, value) for name, value in zip(by, values, strict=True)), *(("true" if simulated else "false",) if kinds else ()))
        for decision, delta in _members.decode(members):
            number = chains.get(decision, decision)
            sums = later if number in changed else found
            sums.setdefault((number, group, unit), Counter())[measure] += delta
    yield from _counting(found)
    yield from _counting(later)


def _rows(connection: sa.Connection, wanted: CellFilter, as_of: AsOf, by: Sequence[str]) -> Iterator[Sequence[Any]]:
    cells, history = schema.cells.c, schema.cell_history.c
    query = (
        sa.select(history.booking, cells.measure, cells.unit, cells.simulated, history.members, *(grouping_column(name).label(f"by_{name}") for name in by))
        .join_from(schema.cells, schema.cell_history, history.cell == cells.cell)
        .where(*conditions(wanted, by), history.booking <= as_of.booking)
        .order_by(history.booking)
    )
    yield from connection.execute(query, execution_options={"yield_per": 500})


def _counting(found: Mapping[tuple[int, Group, str], Counter[str]]) -> Iterator[Delivery]:
    for (number, group, unit), steps in found.items():
        if any(steps.values()):
            yield Delivery(number, group, unit, steps)
