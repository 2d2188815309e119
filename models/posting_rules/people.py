"""The people that a line reached, and the known parts of a whole that is posted: each part is a measure of its own.

A part is posted only beside its whole and under its name, so the parts of a dimension never exceed it: the whole is
the people of the line, else its own quantity where that counts people. A line that tells parts of people whose
number it does not post (a payment that names no recipients) posts none of them.
"""

from collections.abc import Sequence
from typing import Final

from msgspec import UNSET

from models.cells import NOT_APPLICABLE, LedgerCell, Posting, made
from models.events.delivery import Line
from models.measures import RECIPIENTS, WHOLES, part_measure
from models.posting_rules.cells_of import Dimensions, Table, as_measure
from models.units import PEOPLE, UNITS, parse_steps

_WHOLES: Final = frozenset(WHOLES)


def reached(shared: Dimensions, table: Table, line: Line, *, item: str, holder: str = NOT_APPLICABLE, lot: str = NOT_APPLICABLE) -> Sequence[Posting]:
    """Return the people of a line at a stage that reaches people, and the parts of them that are known."""
    people = line.recipients
    if people is UNSET:
        return ()
    cell = shared.cell(table, item=item, measure=RECIPIENTS, unit=people.unit, holder=holder, lot=lot)
    posting = made(Posting, (cell, parse_steps(people.count, UNITS[people.unit])))
    return (posting,) if line.disaggregation is UNSET else (posting, *parts(line, cell))


def parts(line: Line, whole: LedgerCell) -> Sequence[Posting]:
    """Return the known parts of the people that the line posted to ``whole``; none if that counts no people."""
    if line.disaggregation is UNSET or whole.unit not in PEOPLE or whole.measure not in _WHOLES:
        return ()
    unit = UNITS[whole.unit]
    return [
        Posting(as_measure(whole, part_measure(whole.measure, dimension, value)), parse_steps(count, unit))
        for dimension, values in line.disaggregation.items()
        for value, count in values.items()
    ]
