"""What a partner sent: a page at a time, by verdict, type and day, each with why and what to do."""

import datetime
from collections.abc import Iterable, Mapping
from typing import Any, Final

from consumers.answers.asof import milliseconds
from consumers.answers.filters import JAKARTA, first_day, last_day
from consumers.answers.intake import DISPOSITIONS
from consumers.answers.sent import MOST, SentEvent, SentFilter, sent
from consumers.web.partners.scene import Own
from consumers.web.partners.view import Form, Input, Page, Part
from consumers.web.question import whole_number
from consumers.web.view import Cell, Section, Table
from models.errors import ConfigurationError
from models.events.catalogue import EVENT_TYPES
from models.reason_words import REASONS

ALLOWED: Final = ("state", "type", "received_from", "received_to", "before")
PAGE: Final = 50


def everything_sent(own: Own) -> Page:
    """Return the page."""
    wanted = wanted_of(own)
    found = sent(own.connection, wanted, before=whole_number(own.parameters, "before", None), limit=PAGE)
    links = []
    if "before" in own.parameters:
        links.append((own.say("newest_ones"), own.path("sent", own.parameters, before=None)))
    if found.next is not None:
        links.append((own.say("older_ones"), own.path("sent", own.parameters, before=found.next)))
    if found.events and own.visitor.may("publish"):
        links.append((own.say("take_back_these"), own.path("take-back", own.parameters, before=None)))
    table = table_of(own, found.events, own.say("sent"))
    texts = [] if found.events else [Cell(text=own.say("nothing_sent"))]
    section = Section(heading=own.say("sent"), texts=texts, table=table if found.events else None, links=links)
    return Page(
        page="sent",
        title=own.say("sent"),
        lead=own.say("sent_lead"),
        trail=[(own.say("mitra"), own.path(""))],
        parts=[Part(section=Section(heading=own.say("filters"), is_figure=False), forms=[_asking(own)]), Part(section=section)],
        rows=lambda: rows_of(own, sent(own.connection, wanted, limit=MOST).events),
    )


def wanted_of(own: Own) -> SentFilter:
    """Return which events are asked for. Raises ConfigurationError."""
    given = own.parameters
    state, kind = given.get("state", ""), given.get("type", "")
    if state and state not in DISPOSITIONS:
        raise ConfigurationError(f"there is no verdict {state[:50]!r}", hint=f"one of {', '.join(DISPOSITIONS)}")
    whole = kind if kind.startswith("salur.") or not kind else f"salur.{kind}.v1"
    until = _midnight(last_day(given["received_to"])) + 86_400_000 if "received_to" in given else 2**62
    since = _midnight(first_day(given["received_from"])) if "received_from" in given else 0
    return SentFilter(partner=own.partner, state=state, type=whole, received_from=since, received_to=until)


def table_of(own: Own, events: Iterable[SentEvent], caption: str) -> Table:
    """Return the table of events."""
    columns = own.columns("event", "type", "state", "happened", "received", "why_or_what")
    return Table(caption=caption, columns=columns, rows=[_row(own, event) for event in events])


def rows_of(own: Own, events: Iterable[SentEvent]) -> Iterable[Mapping[str, Any]]:
    """Yield the events as rows of a sheet, with the reasons in words."""
    for event in events:
        yield {**event.to_json(), "verdict": own.say(event.state), "why": why(own, event)}


def why(own: Own, event: SentEvent) -> str:
    """Return why an event is not simply counted, and what to do; nothing for one that is."""
    if event.violations:
        return "; ".join(dict.fromkeys(own.speaker.reason(violation.code) for violation in event.violations))
    if event.waits_for is not None:
        return f"{own.say('waits_for')}: {event.waits_for[1]}"
    if event.state == "conflict":
        return own.say("meaning_conflict")
    return "; ".join(own.speaker.reason(flag) for flag in event.flags)


def _row(own: Own, event: SentEvent) -> list[Cell]:
    hints = [REASONS[violation.code].words(own.speaker.language).hint for violation in event.violations[:1] if violation.code in REASONS]
    return [
        Cell(text=event.id, kind="code", href=own.path(f"decisions/{event.place}"))
        if event.id
        else Cell(text="\u2013", href=own.path(f"decisions/{event.place}")),
        Cell(text=own.speaker.event_type(event.type) or "\u2013", kind="code"),
        Cell(text=own.say(event.state), mark=event.state),
        Cell(text=own.speaker.moment(event.occurred_at)),
        Cell(text=own.speaker.moment(event.received_at)),
        Cell(text=why(own, event) or "\u2013", note=hints[0] if hints else ""),
    ]


def _asking(own: Own) -> Form:
    given = own.parameters
    states = [("", own.say("all")), *((name, own.say(name)) for name in DISPOSITIONS)]
    types = [("", own.say("all")), *((own.speaker.event_type(name), own.speaker.event_type(name)) for name in sorted(EVENT_TYPES))]
    kind = own.speaker.event_type(given.get("type", ""))
    inputs = [
        Input(name="state", label=own.say("state"), kind="choice", value=given.get("state", ""), options=states),
        Input(name="type", label=own.say("type"), kind="choice", value=kind, options=types),
        Input(name="received_from", label=own.say("received_from"), value=given.get("received_from", ""), hint=own.say("a_day")),
        Input(name="received_to", label=own.say("received_to"), value=given.get("received_to", ""), hint=own.say("a_day")),
    ]
    return Form(action=own.path("sent"), submit=own.say("show"), inputs=inputs, asks=True)


def _midnight(day: str) -> int:
    return milliseconds(datetime.datetime.fromisoformat(day).replace(tzinfo=JAKARTA))
