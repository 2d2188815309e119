"""The people that a line reached, and the parts of them by sex, age and disability; each part is a measure of its own."""

from collections.abc import Sequence
from typing import Final

from msgspec import UNSET

from models.cells import NOT_APPLICABLE, Posting
from models.events.delivery import Line, Reach
from models.measures import RECIPIENTS, part_measure
from models.posting_rules.cells_of import Dimensions, Table, as_measure, made
from models.units import PEOPLE, UNITS, parse_steps

_SOMEBODY: Final = "person"


def reached(shared: Dimensions, table: Table, line: Line, *, item: str, holder: str = NOT_APPLICABLE, lot: str = NOT_APPLICABLE) -> Sequence[Posting]:
    """Return the people of a line at a stage that reaches people, and the parts of them that are known."""
    whole = line.recipients
    if whole is UNSET:
        return parts(shared, table, line, item=item, holder=holder, lot=lot)
    cell = shared.cell(table, item=item, measure=RECIPIENTS, unit=whole.unit, holder=holder, lot=lot)
    posting = made(Posting, (cell, parse_steps(whole.count, UNITS[whole.unit])))
    return (posting,) if line.disaggregation is UNSET else (posting, *parts(shared, table, line, item=item, holder=holder, lot=lot))


def parts(shared: Dimensions, table: Table, line: Line, *, item: str, holder: str = NOT_APPLICABLE, lot: str = NOT_APPLICABLE) -> Sequence[Posting]:
    """Return the known parts of a line's people, counted in the unit that the people are counted in."""
    if line.disaggregation is UNSET:
        return ()
    unit = UNITS[_unit_of_people(line)]
    whole = shared.cell(table, item=item, measure=RECIPIENTS, unit=unit.code, holder=holder, lot=lot)
    return [
        Posting(as_measure(whole, part_measure(dimension, value)), parse_steps(count, unit))
        for dimension, values in line.disaggregation.items()
        for value, count in values.items()
    ]


def _unit_of_people(line: Line) -> str:
    if line.recipients is not UNSET:
        return line.recipients.unit
    return line.unit if isinstance(line, Reach) and line.unit is not UNSET and line.unit in PEOPLE else _SOMEBODY
