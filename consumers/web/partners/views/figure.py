"""The events of a partner behind one of its figures."""

from typing import Final

from consumers.answers.explain import ExplainedEvent, explain
from consumers.web.partners.scene import Own
from consumers.web.partners.view import Page, Part
from consumers.web.question import whole_number
from consumers.web.view import Cell, Section, Table
from models.units import format_steps

ALLOWED: Final = ("destination", "programme", "item", "measure", "unit", "below", "after")
_PAGE: Final = 100
_MOST: Final = 100_000


def figure(own: Own) -> Page:
    """Return the page."""
    wanted = own.own_cells()
    found = explain(own.connection, wanted, cursor=whole_number(own.parameters, "after", None), limit=_PAGE)
    mine = [event for event in found.events if event.source == own.source]
    heading = own.say("behind_yours")
    columns = own.columns("event", "happened", "received", "adds", numbers={"adds"})
    table = Table(caption=heading, columns=columns, rows=[_row(own, event) for event in mine])
    said = [Cell(text=f"{own.speaker.amount(one.figure.quantity, one.figure.unit)} ({own.speaker.measure(one.figure.measure)})") for one in found.figures]
    links = [(own.say("next_page"), own.path("figure", own.parameters, after=found.next))] if found.next is not None else []
    return Page(
        page="figure",
        title=own.say("figure"),
        trail=[(own.say("mitra"), own.path(""))],
        parts=[Part(section=Section(heading=heading, texts=said or [Cell(text=own.say("nothing"))], table=table if mine else None, links=links))],
        rows=lambda: [event.to_json() for event in explain(own.connection, wanted, limit=_MOST).events if event.source == own.source],
    )


def _row(own: Own, event: ExplainedEvent) -> list[Cell]:
    adds = ", ".join(f"{own.speaker.signed(format_steps(steps, unit))} {own.speaker.unit(unit)}" for (_, unit), steps in event.contributions.items())
    return [
        own.event_cell(event.source, event.id),
        Cell(text=own.speaker.moment(event.occurred_at)),
        Cell(text=own.speaker.moment(event.received_at)),
        Cell(text=adds, kind="amount", unit=own.say("adds").lower()),
    ]
