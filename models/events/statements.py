"""Statements: figures that somebody published, with the scope in which the tally can be held against them.

A statement counts nothing. Its verdict is found by ``models.statements``.
"""

import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from models.events.envelope import Code, Envelope, Form, Label, NewCode, Quantity, Text

Qualifier = Literal["exactly", "about", "more-than", "less-than", "tens", "hundreds", "thousands", "target"]

Codes = Annotated[list[Code], Meta(min_length=1, max_length=100)]
Labels = Annotated[list[Label], Meta(min_length=1, max_length=100)]


class Scope(Form, frozen=True, kw_only=True):
    """The cells that a figure speaks of: what is left out is not narrowed. A programme means all below it too.

    ``measures`` are summed; days are ISO dates in Asia/Jakarta, both included. Without ``day_to`` a scope ends on the
    day that the statement is about (``as_of``), else when it was published; that of a target stays open.
    """

    measures: Labels
    programmes: Codes | UnsetType = UNSET
    countries: Codes | UnsetType = UNSET
    items: Codes | UnsetType = UNSET
    partners: Codes | UnsetType = UNSET
    activities: Labels | UnsetType = UNSET
    tranches: Labels | UnsetType = UNSET
    recipient_types: Codes | UnsetType = UNSET
    places: Codes | UnsetType = UNSET
    holders: Codes | UnsetType = UNSET
    lots: Labels | UnsetType = UNSET
    day_from: datetime.date | UnsetType = UNSET
    day_to: datetime.date | UnsetType = UNSET


class Part(Form, frozen=True, kw_only=True):
    """One of the parts that a published figure is said to be made of; ``less`` as in a figure."""

    label: Label
    value: Quantity
    unit: Code
    scope: Scope | UnsetType = UNSET
    less: Scope | UnsetType = UNSET


class Showing(Form, frozen=True, kw_only=True):
    """Events that post nothing and still show that something is so: a type such as ``salur.programme.resumed.v1``, and of what."""

    type: Label
    programmes: Codes | UnsetType = UNSET
    countries: Codes | UnsetType = UNSET
    legal_basis: Code | UnsetType = UNSET


class OtherFigure(Form, frozen=True, kw_only=True):
    """A figure of another statement, which may be booked later or never."""

    statement: NewCode
    figure: NewCode


class Figure(Form, frozen=True, kw_only=True):
    """One claim of a statement.

    A claim with ``unit`` is held against the sum over ``scope`` in that unit, less the sum over ``less`` where the
    figure is a difference. A percentage is the sum over ``scope`` in hundredths of the sum over ``of``, both counted
    in ``counted_in``. ``nearest`` is the step to which the speaker rounded. ``value`` is left out for "tens",
    "hundreds" and "thousands". A claim without value and range is shown by ``shown_by``, or by anything in its
    scope. ``beside`` names what somebody else published of the same thing.
    """

    figure: NewCode
    label: Label
    qualifier: Qualifier = "exactly"
    value: Quantity | UnsetType = UNSET
    unit: Code | UnsetType = UNSET
    nearest: Quantity | UnsetType = UNSET
    scope: Scope | UnsetType = UNSET
    less: Scope | UnsetType = UNSET
    of: Scope | UnsetType = UNSET
    counted_in: Code | UnsetType = UNSET
    parts: Annotated[list[Part], Meta(min_length=2, max_length=100)] | UnsetType = UNSET
    shown_by: Showing | UnsetType = UNSET
    beside: OtherFigure | UnsetType = UNSET


class PublishedStatement(Form, frozen=True, kw_only=True):
    """What was said, by whom, when, and each figure in it. ``text`` is a short quotation."""

    statement: NewCode
    text: Annotated[str, Meta(min_length=1, max_length=500)]
    publisher: Label
    speaker: Label | UnsetType = UNSET
    published: datetime.date | UnsetType = UNSET
    as_of: datetime.date | UnsetType = UNSET
    address: Annotated[str, Meta(min_length=1, max_length=512)] | UnsetType = UNSET
    weakness: Text | UnsetType = UNSET
    figures: Annotated[list[Figure], Meta(min_length=1, max_length=50)]


class StatementPublished(Envelope, frozen=True, kw_only=True, tag="salur.statement.published.v1"):
    """Somebody published figures."""

    data: PublishedStatement
