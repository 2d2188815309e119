"""A partner's overview: when it was last heard of, what became of its events, and what they add up to."""

import dataclasses
from typing import Final

import sqlalchemy as sa

from consumers.answers.intake import DISPOSITIONS, PartnerIntake, intake
from consumers.answers.tally import TallyRow, tally
from consumers.web.partners.scene import Own
from consumers.web.partners.view import Form, Input, Page, Part
from consumers.web.view import Cell, Section, Table
from models import schema

ALLOWED: Final = ()
_BY: Final = ("destination", "programme", "item")


def home(own: Own) -> Page:
    """Return the page."""
    rows = tally(own.connection, own.own_cells(), by=_BY).rows
    return Page(
        page="",
        title=own.say("mitra_of", name=own.name("partner", own.partner)),
        parts=[Part(section=_silence(own)), Part(section=_counts(own)), Part(section=_tallies(own, rows)), _finding(own)],
        rows=lambda: [{name: value for name, value in row.to_json().items() if name != "simulated"} for row in rows],
    )


def _silence(own: Own) -> Section:
    times = schema.partner_times.c
    row = own.connection.execute(sa.select(times.last_received_at, times.last_occurred_at).where(times.partner == own.partner)).first()
    heading = own.say("your_silence")
    if row is None:
        return Section(heading=heading, texts=[Cell(text=own.say("never_sent"), mark="held")], is_figure=False)
    facts = [
        (own.say("last_sent"), Cell(text=own.speaker.moment(row.last_received_at), note=_ago(own, row.last_received_at))),
        (own.say("last_happened"), Cell(text=own.speaker.moment(row.last_occurred_at), note=_ago(own, row.last_occurred_at))),
    ]
    return Section(heading=heading, facts=facts, is_figure=False)


def _ago(own: Own, time_ms: int) -> str:
    days = own.days_since(time_ms)
    return own.say("days_ago", days=own.speaker.number(days)) if days else own.say("today")


def _counts(own: Own) -> Section:
    counts = _intake_of(own).to_json()
    rows = [
        [
            Cell(text=own.say(name), mark=name, href=own.path("sent", {"state": name})),
            own.count(counts[name], href=own.path("sent", {"state": name})),
            Cell(text=own.say(f"meaning_{name}")),
        ]
        for name in DISPOSITIONS
    ]
    columns = own.columns("verdict", "count", "meaning", numbers={"count"})
    identity = own.say("your_identity", **{name: own.speaker.number(count) for name, count in counts.items()})
    heading = own.say("your_events")
    return Section(
        heading=heading, texts=[Cell(text=identity)], table=Table(caption=heading, columns=columns, rows=rows), links=[(own.say("sent"), own.path("sent"))]
    )


def _intake_of(own: Own) -> "Counts":
    found = [one for one in intake(own.connection).partners if one.partner == own.partner]
    return Counts(found)


@dataclasses.dataclass(frozen=True, slots=True)
class Counts:
    """The intake of one partner, which is booked apart for its simulated days, if it had any."""

    parts: list[PartnerIntake]

    def to_json(self) -> dict[str, int]:
        """Return the counts by name."""
        return {name: sum(part.intake.to_json()[name] for part in self.parts) for name in ("received", *DISPOSITIONS)}


def _tallies(own: Own, rows: tuple[TallyRow, ...]) -> Section:
    heading = own.say("your_tallies")
    if not rows:
        return Section(heading=heading, texts=[Cell(text=own.say("no_tallies"))])
    names = (*_BY, "measure", "quantity", "unit", "events")
    columns = own.columns(*names, numbers={"quantity", "events"})
    table = Table(caption=heading, columns=columns, rows=[_tally_row(own, row) for row in rows])
    return Section(heading=heading, texts=[Cell(text=own.say("your_tallies_lead"))], table=table)


def _tally_row(own: Own, row: TallyRow) -> list[Cell]:
    opens = own.figure_path(row.key())
    return [
        *(Cell(text=own.name(name, row.group[name]) if row.group[name] else "\u2013") for name in _BY),
        Cell(text=own.speaker.measure(row.measure)),
        own.quantity(row.quantity, row.unit, href=opens),
        Cell(text=own.speaker.unit(row.unit)),
        own.count(row.events),
    ]


def _finding(own: Own) -> Part:
    field = Input(name="code", label=own.say("receipt_code"), hint=own.say("receipt_code_hint"), is_needed=True)
    form = Form(action=own.path("receipt"), submit=own.say("find"), inputs=[field], asks=True)
    return Part(section=Section(heading=own.say("find_receipt"), is_figure=False), forms=[form])
