"""A partner's spreadsheets: the form to upload one, and those that came, with what became of each."""

from typing import Final

from anyio import from_thread

from consumers.answers.asof import iso
from consumers.web.partners.scene import Own
from consumers.web.partners.view import Form, Input, Page, Part
from consumers.web.view import Cell, Section, Table
from models.uploads import MODES, Mode, Upload

ALLOWED: Final = ()
_MOST: Final = 100
_MARKS: Final = {"done": "accepted", "checked": "duplicate", "refused": "rejected", "unfinished": "held", "reading": "held", "sending": "held"}


def all_uploads(own: Own) -> Page:
    """Return the page."""
    found = from_thread.run(lambda: own.sending.uploads(own.partner, limit=_MOST))
    heading = own.say("your_uploads")
    table = Table(
        caption=heading,
        columns=own.columns("file", "upload_state", "rows", "events", "sent_count", "known_count", "mistakes", "last_came"),
        rows=[_row(own, one) for one in found],
    )
    texts = [] if found else [Cell(text=own.say("no_uploads"))]
    return Page(
        page="uploads",
        title=own.say("uploads"),
        lead=own.say("uploads_lead"),
        trail=[(own.say("mitra"), own.path(""))],
        parts=[sending_part(own), Part(section=Section(heading=heading, texts=texts, table=table if found else None))],
        rows=(lambda: [{**one.to_json(), "first_at": iso(one.first_at), "last_at": iso(one.last_at)} for one in found]) if found else None,
    )


def sending_part(own: Own) -> Part:
    """Return the form that uploads a file."""
    heading = own.say("send_file")
    links = [(own.say("get_template"), f"/docs/{own.language}/"), (own.say("what_events"), f"/docs/{own.language}/events/")]
    if not own.visitor.may("publish"):
        return Part(section=Section(heading=heading, texts=[Cell(text=own.say("may_not_publish"))], links=links, is_figure=False))
    accept = ".xlsx,.csv,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    inputs = [
        Input(name="file", label=own.say("file"), kind="file", hint=own.say("file_hint"), is_needed=True, accept=accept),
        Input(name="mode", label=own.say("mode"), kind="choice", value="check", options=modes(own)),
        Input(name="type", label=own.say("type"), hint=own.say("type_hint")),
    ]
    form = Form(action=own.path("uploads"), submit=own.say("upload"), inputs=inputs, has_file=True)
    return Part(section=Section(heading=heading, links=links, is_figure=False), forms=[form])


def modes(own: Own) -> list[tuple[str, str]]:
    """Return the modes with what they do."""
    return [(mode, mode_words(own, mode)) for mode in MODES]


def mode_words(own: Own, mode: Mode) -> str:
    """Return what a mode does."""
    return own.speaker.kind("mode", mode)


def state_cell(own: Own, upload: Upload) -> Cell:
    """Return what became of an upload."""
    return Cell(text=own.speaker.kind("upload", upload.state), mark=_MARKS[upload.state])


def _row(own: Own, one: Upload) -> list[Cell]:
    counts = one.counts
    return [
        Cell(text=one.name, href=own.path(f"uploads/{one.id}"), note=mode_words(own, one.mode)),
        state_cell(own, one),
        own.count(counts.rows, "rows"),
        own.count(counts.events),
        own.count(counts.sent),
        own.count(counts.sent_before + counts.amended),
        own.count(counts.mistakes, "mistakes"),
        Cell(text=own.speaker.moment(one.last_at)),
    ]
