"""Taking events back: what would be, asked once more; and what came of it."""

from typing import Final

from anyio import from_thread

from consumers.answers.sent import MOST, sent
from consumers.web.partners.scene import Own
from consumers.web.partners.view import Form, Input, Page, Part
from consumers.web.partners.views.event import opened
from consumers.web.partners.views.sent import ALLOWED as SENT
from consumers.web.partners.views.sent import wanted_of
from consumers.web.shell import NotBooked
from consumers.web.view import Cell, Section
from models.uploads import TakenBack

ALLOWED: Final = tuple(name for name in SENT if name != "before")
REASONS: Final = ("entered_twice", "wrong_file", "wrong_partner_or_place", "never_happened")
LONGEST_REASON: Final = 200


def of_upload(own: Own) -> Page:
    """Return the question whether all of an upload shall be taken back. Raises NotBooked."""
    ids = upload_ids(own)
    return _question(own, len(ids), own.path(f"uploads/{own.asked.names[0]}/take-back"), {}, own.say("take_back_upload"))


def of_sent(own: Own) -> Page:
    """Return the question whether all events that a filter finds shall be taken back."""
    return _question(own, len(sent_ids(own)), own.path("take-back"), dict(own.parameters), own.say("take_back_sent"))


def of_one(own: Own) -> Page:
    """Return the question whether one event shall be taken back. Raises NotBooked."""
    text = own.asked.names[0]
    found = opened(own, int(text) if text.isdigit() and len(text) < 19 else None)
    if found.state != "accepted":
        raise NotBooked
    return _question(own, 1, own.path(f"decisions/{text}/take-back"), {}, f"{own.say('event')} {found.id}")


def ways_on(own: Own, event_id: str) -> Part:
    """Return where to go after an event was taken in."""
    links = [(own.say("event"), own.event_path(event_id)), (own.say("sent"), own.path("sent"))]
    texts = [Cell(text=own.say("taken_in_hint"))]
    return Part(section=Section(heading=own.say("event"), texts=texts, links=links, is_figure=False))


def upload_ids(own: Own) -> list[str]:
    """Return the events of an upload. Raises NotBooked."""
    upload = own.asked.names[0]
    found = from_thread.run(lambda: own.sending.events(own.partner, upload, after=0, limit=MOST))
    if found is None:
        raise NotBooked
    return [one.event_id for one in found]


def sent_ids(own: Own) -> list[str]:
    """Return the accepted events that a filter finds."""
    found = sent(own.connection, wanted_of(own), limit=MOST).events
    return [one.id for one in found if one.state == "accepted" and not one.type.startswith("salur.event.")]


def done(own: Own, taken: TakenBack) -> Page:
    """Return what came of it."""
    number = own.speaker.number
    facts = [(own.say(f"taken_{name}"), Cell(text=number(count))) for name, count in taken._asdict().items()]
    return Page(
        page="take-back",
        title=own.say("take_back"),
        notice=own.say("taken_back", count=number(taken.sent)),
        trail=[(own.say("mitra"), own.path("")), (own.say("sent"), own.path("sent"))],
        parts=[Part(section=Section(heading=own.say("take_back"), facts=facts, links=[(own.say("sent"), own.path("sent"))], is_figure=False))],
    )


def _question(own: Own, count: int, action: str, hidden: dict[str, str], what: str, error: str = "") -> Page:
    say = own.say
    texts = [Cell(text=what), Cell(text=say("take_back_count", count=own.speaker.number(count)))]
    inputs = [
        Input(name="reason", label=say("reason"), kind="choice", value=REASONS[0], options=[(code, say(f"because_{code}")) for code in REASONS]),
        Input(name="sure", label=say("take_back_sure"), kind="tick", is_needed=True, error=error),
    ]
    form = Form(action=action, submit=say("take_back_now"), inputs=inputs, hidden=hidden, is_grave=True)
    forms = [form] if count and own.visitor.may("publish") else []
    return Page(
        page="take-back",
        title=say("take_back"),
        lead=say("take_back_lead"),
        trail=[(say("mitra"), own.path("")), (say("sent"), own.path("sent"))],
        parts=[Part(section=Section(heading=say("take_back_heading"), texts=texts, is_figure=False), forms=forms)],
    )
