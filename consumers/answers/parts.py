"""Who was reached, by sex, age and disability: the known parts of each figure, and what nobody told as ``unknown``.

The whole is the people reached and those engaged. A line may tell the parts of people whose number it does not give
(a payment that names no recipients); then the known parts are the least that were reached, and the whole is no less.
So the parts of a dimension with ``unknown`` always make the whole, and ``unknown`` is never negative.
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
from models.measures import DISAGGREGATIONS, PARTS, RECIPIENTS, part_measure
from models.units import PEOPLE, format_steps

WHOLE: Final = (RECIPIENTS, "engaged")
_Key = tuple[tuple[str, ...], str, bool | None]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PartsRow:
    """The people of one group in one unit: the whole, and per dimension each value's part in steps, ``unknown`` last."""

    group: Mapping[str, str]
    unit: str
    simulated: bool | None
    whole: int
    parts: Mapping[str, Mapping[str, int]]

    def to_json(self) -> dict[str, Any]:
        """Return the row as JSON values."""
        kind = {} if self.simulated is None else {"simulated": self.simulated}
        parts = {dimension: {value: format_steps(steps, self.unit) for value, steps in values.items()} for dimension, values in self.parts.items()}
        return {**self.group, "unit": self.unit, "quantity": format_steps(self.whole, self.unit), "parts": parts, **kind}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PartsAnswer:
    """The rows, and the booking that they hold for."""

    as_of: AsOf
    rows: tuple[PartsRow, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the answer as JSON values."""
        return {"as_of": self.as_of.to_json(), "rows": [row.to_json() for row in self.rows]}


def parts_of_people(connection: sa.Connection, wanted: CellFilter, *, by: Sequence[str] = DEFAULT_BY) -> PartsAnswer:
    """Return the people of ``wanted`` by their parts, one row per combination of ``by`` and unit."""
    asked = dataclasses.replace(wanted, values=MappingProxyType({**wanted.values, "measure": frozenset({*WHOLE, *PARTS})}))
    answer = tally(connection, asked, by=by)
    found: dict[_Key, dict[str, int]] = {}
    for row in answer.rows:
        if row.unit in PEOPLE:
            found.setdefault(_key(row, by), {})[row.measure] = row.steps
    return PartsAnswer(as_of=answer.as_of, rows=tuple(_row(key, steps, by) for key, steps in found.items()))


def _key(row: TallyRow, by: Sequence[str]) -> _Key:
    return tuple(row.group[name] for name in by), row.unit, row.simulated


def _row(key: _Key, steps: Mapping[str, int], by: Sequence[str]) -> PartsRow:
    group, unit, simulated = key
    known = {dimension: dict(_known(dimension, steps)) for dimension in DISAGGREGATIONS}
    whole = max(sum(steps.get(measure, 0) for measure in WHOLE), *(sum(parts.values()) for parts in known.values()))
    parts = {dimension: {**values, UNKNOWN: whole - sum(values.values())} for dimension, values in known.items()}
    return PartsRow(group=dict(zip(by, group, strict=True)), unit=unit, simulated=simulated, whole=whole, parts=parts)


def _known(dimension: str, steps: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    for value in DISAGGREGATIONS[dimension]:
        part = steps.get(part_measure(dimension, value), 0)
        if part:
            yield value, part
