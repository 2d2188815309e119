"""The page of flags: how often each was raised, by whom and for what; and the events that raised one."""

from typing import Final

from consumers.answers.flags import DEFAULT_BY, flagged, flags, parse_flag
from consumers.web.answer import limit_of
from consumers.web.api import FLAGGED
from consumers.web.question import whole_number
from consumers.web.view import Cell, Section, Table, View
from consumers.web.views.scene import Scene

ALLOWED: Final = FLAGGED


def raised(scene: Scene) -> View:
    """Return the page."""
    cells = scene.cells()
    code = parse_flag(scene.parameters["flag"]) if "flag" in scene.parameters else ""
    cursor = whole_number(scene.parameters, "after", 0)
    answer = flagged(scene.connection, cells, code, cursor=cursor, limit=limit_of(scene.parameters, 50)) if code else flags(scene.connection, cells)
    names = ("flag", *DEFAULT_BY, "events", "meaning")
    columns = scene.columns(*names, numbers={"events"})
    rows = [
        [
            Cell(text=row.flag.removeprefix("flag."), kind="code", href=scene.path("flags", {**scene.kept(), **row.group}, flag=row.flag, below="no")),
            *(scene.name_cell(name, row.group[name]) for name in DEFAULT_BY),
            scene.count(row.events, href=scene.path("flags", {**scene.kept(), **row.group}, flag=row.flag, below="no")),
            Cell(text=scene.speaker.reason(row.flag)),
        ]
        for row in answer.rows
    ]
    counts = Section(
        heading=scene.say("flags"),
        texts=[] if rows else [Cell(text=scene.say("nothing_flagged"))],
        table=Table(caption=scene.say("flags"), columns=columns, rows=rows) if rows else None,
    )
    sections = [counts]
    if answer.events is not None:
        listed = [
            [scene.event_cell(one.source, one.id), Cell(text=scene.speaker.event_type(one.type), kind="code"), Cell(text=scene.speaker.moment(one.occurred_at))]
            for one in answer.events
        ]
        heads = scene.columns("event", "type", "happened")
        more = [] if answer.next is None else [(scene.say("next_page"), scene.path("flags", scene.parameters, after=answer.next))]
        sections.append(Section(heading=scene.say("events"), table=Table(caption=scene.say("events"), columns=heads, rows=listed), links=more))
    return View(
        page="flags",
        title=scene.say("flags"),
        lead=scene.say("flags_lead"),
        sections=sections,
        as_of=answer.as_of,
        intake=scene.intake_at(answer.as_of),
        asked=scene.described(),
        fields=scene.fields("destination", "programme", "partner", "as_of", "simulated"),
        api=("/v1/flags", scene.parameters),
    )
