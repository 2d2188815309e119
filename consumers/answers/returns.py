"""Which payments that came back had been confirmed: only those are taken off what was delivered.

A return names the event whose payments came back. What came back before it was confirmed was never counted as
delivered, so taking it off would count it twice.
"""

import itertools
from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final

import msgspec
import sqlalchemy as sa

from consumers.answers.asof import AsOf
from consumers.answers.events import AT_ONCE
from models import schema
from models.corrections import CHAIN_KINDS
from models.events.payments import DisbursementConfirmed
from models.naming import RETURN

_CONFIRMED: Final = str(DisbursementConfirmed.__struct_config__.tag)
_members = msgspec.json.Decoder(list[tuple[int, int]])


def confirmed_and_returned(
    connection: sa.Connection, columns: Sequence[sa.Column[Any]], conditions: Sequence[sa.ColumnElement[bool]], as_of: AsOf
) -> Iterator[tuple[int, Sequence[Any]]]:
    """Yield (increment in steps, values of ``columns``) of all that came back after it was confirmed, in cells that meet ``conditions``."""
    cells, history = schema.cells.c, schema.cell_history.c
    query = (
        sa.select(history.members, *columns)
        .join_from(schema.cells, schema.cell_history, history.cell == cells.cell)
        .where(*conditions, history.booking <= as_of.booking)
    )
    rows = connection.execute(query, execution_options={"yield_per": 500})
    told = ((number, steps, values) for members, *values in rows for number, steps in _members.decode(members))
    while stretch := list(itertools.islice(told, AT_ONCE)):
        found = returned_after_confirmation(connection, {number for number, _, _ in stretch})
        yield from ((steps, values) for number, steps, values in stretch if number in found)


def roots_of(connection: sa.Connection, numbers: Collection[int]) -> dict[int, int]:
    """Return for each decision the event that its postings belong to: those of a correction belong to what it corrects."""
    links = schema.links.c
    query = sa.select(links.number, links.root).where(links.number.in_(numbers), links.kind.in_(sorted(CHAIN_KINDS)))
    corrected = {row.number: row.root for row in connection.execute(query)}
    return {number: corrected.get(number, number) for number in numbers}


def returned_after_confirmation(connection: sa.Connection, numbers: Collection[int]) -> set[int]:
    """Return those of the decisions, returns and corrections of returns, by which confirmed payments came back."""
    roots = roots_of(connection, numbers)
    links, decisions = schema.links.c, schema.decisions.c
    query = (
        sa.select(links.number)
        .join_from(schema.links, schema.decisions, decisions.number == links.target)
        .where(links.number.in_(set(roots.values())), links.kind == RETURN, decisions.type == _CONFIRMED)
    )
    confirmed = set(connection.execute(query).scalars())
    return {number for number, root in roots.items() if root in confirmed}
