"""Who was reached, by sex, age and disability: the known parts of each figure, and what nobody told as ``unknown``.

A part names its whole (``recipients.sex.f``, ``trained.sex.f``), and is never added to the parts of another whole.
A line posts parts only beside their whole, so the parts of a dimension with ``unknown`` always make the whole, and
``unknown`` is never negative. People reached and those engaged have a row always; any other whole has one where
something is known of it: its ``unknown`` are also those whose parts are told under ``recipients``.
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import sqlalchemy as sa

from consumers.answers.asof import AsOf
from consumers.answers.dimensions import DEFAULT_BY
from consumers.answers.filters import CellFilter
from consumers.answers.tally import TallyRow, tally
from models.cells import UNKNOWN
from models.measures import DISAGGREGATIONS, PARTS, RECIPIENTS, WHOLES, part_measure
from models.units import PEOPLE, format_steps

_ALWAYS: Final = (RECIPIENTS, "engaged")
_Key = tuple[tuple[str, ...], str, bool | None]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PartsRow:
    """The people of one group that one measure counts in one unit: the whole, and per dimension each value's part in steps, ``unknown`` last."""

    group: Mapping[str, str]
    measure: str
    unit: str
    simulated: bool | None
    whole: int
    parts: Mapping[str, Mapping[str, int]]

    def to_json(self) -> dict[str, Any]:
        """Return the row as JSON values."""
        kind = {} if self.simulated is None else {"simulated": self.simulated}
        parts = {dimension: {value: format_steps(steps, self.unit) for value, steps in values.items()} for dimension, values in self.parts.items()}
        return {**self.group, "measure": self.measure, "unit": self.unit, "quantity": format_steps(self.whole, self.unit), "parts": parts, **kind}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PartsAnswer:
    """The rows, and the booking that they hold for."""

    as_of: AsOf
    rows: tuple[PartsRow, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the answer as JSON values."""
        return {"as_of": self.as_of.to_json(), "rows": [row.to_json() for row in self.rows]}


def parts_of_people(connection: sa.Connection, wanted: CellFilter, *, by: Sequence[str] = DEFAULT_BY) -> PartsAnswer:
    """Return the people of ``wanted`` by their parts, one row per combination of ``by``, whole and unit."""
    asked = dataclasses.replace(wanted, values=MappingProxyType({**wanted.values, "measure": frozenset({*WHOLES, *PARTS})}))
    answer = tally(connection, asked, by=by)
    found: dict[_Key, dict[str, int]] = {}
    for row in answer.rows:
        if row.unit in PEOPLE:
            found.setdefault(_key(row, by), {})[row.measure] = row.steps
    return PartsAnswer(as_of=answer.as_of, rows=tuple(row for key, steps in found.items() for row in _rows(key, steps, by)))


def _key(row: TallyRow, by: Sequence[str]) -> _Key:
    return tuple(row.group[name] for name in by), row.unit, row.simulated


def _rows(key: _Key, steps: Mapping[str, int], by: Sequence[str]) -> Iterator[PartsRow]:
    group, unit, simulated = key
    for measure in WHOLES:
        known = {dimension: dict(_known(measure, dimension, steps)) for dimension in DISAGGREGATIONS}
        whole = steps.get(measure, 0)
        if any(known.values()) or (measure in _ALWAYS and measure in steps):
            parts = {dimension: {**values, UNKNOWN: whole - sum(values.values())} for dimension, values in known.items()}
            yield PartsRow(group=dict(zip(by, group, strict=True)), measure=measure, unit=unit, simulated=simulated, whole=whole, parts=parts)


def _known(whole: str, dimension: str, steps: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    for value in DISAGGREGATIONS[dimension]:
        part = steps.get(part_measure(whole, dimension, value), 0)
        if part:
            yield value, part
