"""Where a figure comes from: every event that posted to exactly its cells, in the order of booking, and whether they add up.

Adding up reads the increments a booking at a time, so memory holds one booking and one page however many events
there are. The figure they are held against is the tally's own.
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa

from consumers.answers.asof import AsOf
from consumers.answers.contributions import Contributed, all_contributions, page_of_contributions
from consumers.answers.events import BookedEvent, booked_events
from consumers.answers.filters import CellFilter
from consumers.answers.links import Link, links_of
from consumers.answers.tally import TallyAnswer, TallyRow, tally
from models.units import format_steps

PAGE: Final = 100
ADDED_BY_ITSELF: Final = 5_000
"""Figures of so many events are added up whenever they are opened; larger ones when that is asked for."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedEvent(BookedEvent):
    """One accepted decision that posted to the cells: what it adds, what it corrects, and what has corrected it since."""

    contributions: Mapping[tuple[str, str], int]
    corrects: Link | None
    corrected_by: tuple[Link, ...]

    @property
    def disposition(self) -> str:
        """Only what was accepted posts anything."""
        return "accepted"

    def to_json(self) -> dict[str, Any]:
        """Return the event as JSON values."""
        return {
            **BookedEvent.to_json(self),
            "disposition": self.disposition,
            "contributions": [
                {"measure": measure, "unit": unit, "quantity": format_steps(steps, unit)} for (measure, unit), steps in self.contributions.items()
            ],
            "corrects": self.corrects.to_json() if self.corrects else None,
            "corrected_by": [link.to_json() for link in self.corrected_by],
        }


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedFigure:
    """One figure beside the sum of the events that make it; None where they were not added up."""

    figure: TallyRow
    steps: int | None
    events: int | None

    @property
    def adds_up(self) -> bool | None:
        """Whether the events' increments sum to the figure, and are as many as it says."""
        return None if self.steps is None else self.steps == self.figure.steps and self.events == self.figure.events

    def to_json(self) -> dict[str, Any]:
        """Return the comparison as JSON values."""
        summed = None if self.steps is None else format_steps(self.steps, self.figure.unit)
        return {**self.figure.to_json(), "sum": summed, "summed_events": self.events, "adds_up": self.adds_up}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A page of the events behind figures. ``next`` is the cursor of the following page, None on the last.

    ``total`` is the number of all events, None where they were not counted.
    """

    as_of: AsOf
    total: int | None
    figures: tuple[ExplainedFigure, ...]
    events: tuple[ExplainedEvent, ...]
    next: int | None

    @property
    def adds_up(self) -> bool | None:
        """Whether every figure is the sum of its events; None if they were not added up."""
        return None if any(figure.adds_up is None for figure in self.figures) else all(figure.adds_up for figure in self.figures)

    def to_json(self) -> dict[str, Any]:
        """Return the answer as JSON values."""
        return {
            "as_of": self.as_of.to_json(),
            "adds_up": self.adds_up,
            "figures": [figure.to_json() for figure in self.figures],
            "total": self.total,
            "events": [event.to_json() for event in self.events],
            "next": self.next,
        }


def explain(
    connection: sa.Connection,
    wanted: CellFilter,
    *,
    cursor: int | None = None,
    limit: int | None = PAGE,
    newest_first: bool = False,
    adding: bool | None = None,
) -> Explanation:
    """Return the events of exactly the cells of ``wanted``: those after decision ``cursor``, at most ``limit`` (None for all).

    To open one row of a tally, ask for ``wanted.narrowed(row.key())``. ``adding`` sums up all events, whatever the
    page; by default that is done for figures of up to ``ADDED_BY_ITSELF`` events, and always when all are listed.
    """
    answer = tally(connection, wanted, by=())
    few = sum(row.events for row in answer.rows) <= ADDED_BY_ITSELF
    if limit is None or (few if adding is None else adding):
        return _added_up(connection, wanted, answer, cursor=cursor, limit=limit, newest_first=newest_first)
    page = page_of_contributions(connection, wanted, answer.as_of, after=cursor, limit=limit + 1, newest_first=newest_first)
    following = page[limit - 1][0] if len(page) > limit > 0 else None
    figures = tuple(ExplainedFigure(figure=row, steps=None, events=None) for row in _merged(answer.rows).values())
    return Explanation(as_of=answer.as_of, total=None, figures=figures, events=tuple(_events(connection, page[:limit], answer.as_of)), next=following)


def _added_up(connection: sa.Connection, wanted: CellFilter, answer: TallyAnswer, *, cursor: int | None, limit: int | None, newest_first: bool) -> Explanation:
    sums: dict[tuple[str, str], list[int]] = {}
    page: list[Contributed] = []
    total = 0
    following: int | None = None
    events = sum(row.events for row in answer.rows)
    for decision, contributions in all_contributions(connection, wanted, answer.as_of, events=events, newest_first=newest_first):
        total += 1
        for key, steps in contributions.items():
            summed = sums.setdefault(key, [0, 0])
            summed[0] += steps
            summed[1] += 1
        if cursor is not None and (decision >= cursor if newest_first else decision <= cursor):
            continue
        if limit is None or len(page) < limit:
            page.append((decision, contributions))
        elif following is None:
            following = page[-1][0] if page else None
    figures = tuple(
        ExplainedFigure(figure=row, steps=steps, events=events) for key, row in _merged(answer.rows).items() for steps, events in [sums.get(key, [0, 0])]
    )
    return Explanation(as_of=answer.as_of, total=total, figures=figures, events=tuple(_events(connection, page, answer.as_of)), next=following)


def _merged(rows: Sequence[TallyRow]) -> Mapping[tuple[str, str], TallyRow]:
    """Return the figures by measure and unit; kinds of partner are taken together, because the rows say which kind it is."""
    merged: dict[tuple[str, str], TallyRow] = {}
    for row in rows:
        key = (row.measure, row.unit)
        known = merged.get(key)
        merged[key] = row if known is None else dataclasses.replace(row, steps=row.steps + known.steps, events=row.events + known.events, simulated=None)
    return merged


def _events(connection: sa.Connection, page: Sequence[Contributed], as_of: AsOf) -> Iterator[ExplainedEvent]:
    """Yield the events of a page in its order, with what corrects them as far as it was booked by then."""
    for start in range(0, len(page), PAGE):
        part = dict(page[start : start + PAGE])
        links, events = links_of(connection, tuple(part), as_of), booked_events(connection, tuple(part))
        for number, contributions in part.items():
            corrected_by = tuple(links.corrected_by.get(number, ()))
            yield ExplainedEvent(**events[number].members(), contributions=contributions, corrects=links.corrects.get(number), corrected_by=corrected_by)
