"""One event of a partner: its verdict and receipt, what it moved, why it waits or was refused, and what was sent."""

import json
from typing import Final

import segno
import sqlalchemy as sa

from consumers.answers.event import OpenedEvent, open_event
from consumers.answers.links import Link
from consumers.answers.moved import MovedCell
from consumers.web.partners.scene import Own
from consumers.web.partners.view import Form, Page, Part, Picture
from consumers.web.shell import NotBooked
from consumers.web.view import Cell, Section, Table
from models import receipt_code, schema
from models.expectation_words import in_words
from models.reason_words import REASONS

ALLOWED: Final = ()
RECEIPT: Final = ("code",)
_QUIET_ZONE: Final = 4


def by_id(own: Own) -> Page:
    """Return the page of the event with an id. Raises NotBooked."""
    decision = own.reader.decision_of(own.partner, own.asked.names[0])
    return page_of(own, opened(own, decision))


def by_decision(own: Own) -> Page:
    """Return the page of a decision. Raises NotBooked for one that is not the partner's own."""
    text = own.asked.names[0]
    return page_of(own, opened(own, int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None))


def by_code(own: Own) -> Page:
    """Return the page of the event whose receipt has a code. Raises NotBooked."""
    coded = receipt_code.read(own.parameters.get("code", ""))
    found = opened(own, coded.decision if coded is not None else None)
    if coded is None or receipt_code.check_of(bytes.fromhex(found.sha256)) != coded.check:
        raise NotBooked
    return page_of(own, found)


def opened(own: Own, decision: int | None) -> OpenedEvent:
    """Return the event of a decision. Raises NotBooked unless it is the partner's own: nobody learns which numbers others have."""
    found = open_event(own.connection, decision) if decision is not None else None
    if found is None or found.partner != own.partner:
        raise NotBooked
    return found


def raw_of(own: Own, found: OpenedEvent) -> bytes | None:
    """Return the bytes of the event, None where they are not kept; what was held is kept where it was held."""
    decisions = schema.decisions.c
    numbers = [found.decision, *([found.first] if found.first is not None and found.state in {"accepted", "rejected"} else [])]
    rows = own.connection.execute(sa.select(decisions.raw).where(decisions.number.in_(numbers), decisions.raw.is_not(None)).order_by(decisions.number.desc()))
    raw = rows.scalars().first()
    return None if raw is None else bytes(raw)


def page_of(own: Own, found: OpenedEvent) -> Page:
    """Return the page of an event."""
    raw = raw_of(own, found)
    moved = [cell for cell in found.moved if cell.dimensions.get("partner") == own.partner]
    parts = [_receipt(own, found)]
    if found.state == "rejected":
        parts.append(Part(section=_refusal(own, found, can_be_mended=raw is not None and own.visitor.may("publish"))))
    if found.waits_for is not None:
        waits = [Cell(text=own.say("held_hint"))]
        parts.append(
            Part(
                section=Section(
                    heading=own.say("why_held"), facts=[(own.say("waits_for"), Cell(text=found.waits_for[1], kind="code"))], texts=waits, is_figure=False
                )
            )
        )
    if found.state == "conflict":
        amend = Form(action=own.path(f"decisions/{found.decision}/amend"), submit=own.say("amend_this"))
        forms = [amend] if raw is not None and own.visitor.may("publish") else []
        parts.append(Part(section=Section(heading=own.say("conflicts_with"), texts=[Cell(text=own.say("conflicts_hint"))], is_figure=False), forms=forms))
    if moved:
        parts.append(Part(section=Section(heading=own.say("moved_of_yours"), table=_moved(own, moved))))
    texts = [] if raw is not None else [Cell(text=own.say("content_not_kept"))]
    parts.append(Part(section=Section(heading=own.say("content"), texts=texts, is_figure=False), text="" if raw is None else readable(raw)))
    return Page(
        page=f"decisions/{found.decision}",
        title=f"{own.say('event')} {found.id}",
        trail=[(own.say("mitra"), own.path("")), (own.say("sent"), own.path("sent"))],
        parts=parts,
    )


def readable(raw: bytes) -> str:
    """Return an event as people read it, or as it was sent where it is no JSON."""
    try:
        return json.dumps(json.loads(raw), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return raw.decode(errors="replace")


def picture_of(title: str, text: str) -> Picture:
    """Return the QR code of a text."""
    matrix = [list(row) for row in segno.make(text, error="m", micro=False).matrix]
    parts = []
    for top, row in enumerate(matrix):
        left = 0
        while left < len(row):
            width = next((place for place in range(left, len(row)) if not row[place]), len(row)) - left
            if width:
                parts.append(f"M{left + _QUIET_ZONE} {top + _QUIET_ZONE}h{width}v1h-{width}z")
            left += width or 1
    return Picture(title=title, size=len(matrix) + 2 * _QUIET_ZONE, path="".join(parts))


def _receipt(own: Own, found: OpenedEvent) -> Part:
    say = own.say
    code = receipt_code.code_of(found.decision, bytes.fromhex(found.sha256))
    booked = f"{own.speaker.moment(found.booked_at)} ({say('booking').lower()} {found.booking}, {say('decision').lower()} {found.decision})"
    facts = [
        (say("receipt_code"), Cell(text=code, kind="code")),
        (say("state"), Cell(text=say(found.state), mark=found.state)),
        (say("event"), Cell(text=found.id or "\u2013", kind="code")),
        (say("type"), Cell(text=own.speaker.event_type(found.type) or "\u2013", kind="code")),
        (say("happened"), Cell(text=own.speaker.moment(found.occurred_at))),
        (say("received"), Cell(text=own.speaker.moment(found.received_at))),
        (say("booked"), Cell(text=booked)),
        (say("position"), Cell(text=f"{found.topic}[{found.partition}]@{found.offset}", kind="code")),
        (say("sha256"), Cell(text=found.sha256, kind="code")),
        *((say("flag"), Cell(text=own.speaker.reason(flag), note=flag)) for flag in found.flags),
    ]
    if found.names and found.names.source == own.source:
        facts.append((say("names"), _link(own, found.names, "of")))
    facts += [(say("named_by"), _link(own, link, "link")) for link in found.named_by if link.source == own.source]
    if found.state in {"duplicate", "conflict"} and found.first is not None:
        facts.append((say("original"), Cell(text=found.id, kind="code", href=own.path(f"decisions/{found.first}"))))
    address = own.base_url + (own.event_path(found.id) if found.id and found.state != "conflict" else own.path(f"decisions/{found.decision}"))
    reversible = found.state == "accepted" and not found.type.startswith("salur.event.") and own.visitor.may("publish")
    links = [(say("take_back"), own.path(f"decisions/{found.decision}/take-back"))] if reversible else []
    section = Section(heading=say("receipt_of", code=code), texts=[Cell(text=say("receipt_lead"))], facts=facts, links=links)
    return Part(section=section, picture=picture_of(say("receipt_picture", address=address), address))


def _link(own: Own, link: Link, prefix: str) -> Cell:
    return own.event_cell(link.source, link.id, note=own.speaker.kind(prefix, link.kind))


def _refusal(own: Own, found: OpenedEvent, *, can_be_mended: bool) -> Section:
    language = own.speaker.language
    rows = [
        [
            Cell(text=one.pointer or "/", kind="code"),
            Cell(text=own.speaker.reason(one.code), note=one.code),
            Cell(text=in_words(one.expected, language) if one.expected else "\u2013"),
            Cell(text=one.closest or "\u2013", kind="code"),
            Cell(text=REASONS[one.code].words(language).hint if one.code in REASONS else "\u2013"),
        ]
        for one in found.violations
    ]
    columns = own.columns("where", "reason", "expected", "closest", "what_to_do")
    heading = own.say("why_refused")
    links = [(own.say("mend_it"), own.path(f"decisions/{found.decision}/mend"))] if can_be_mended else []
    return Section(heading=heading, table=Table(caption=heading, columns=columns, rows=rows), links=links, is_figure=False)


def _moved(own: Own, cells: list[MovedCell]) -> Table:
    names = ("cell", "measure", "before", "change", "after", "unit")
    columns = own.columns(*names, numbers={"before", "change", "after"})
    return Table(caption=own.say("moved_of_yours"), columns=columns, rows=[_moved_row(own, cell) for cell in cells])


def _moved_row(own: Own, cell: MovedCell) -> list[Cell]:
    shown = cell.to_json()
    left_out = {"table", "simulated", "partner"}
    words = " · ".join(own.name(name, str(value)) for name, value in cell.dimensions.items() if name not in left_out and value != "unknown")
    return [
        Cell(text=words or own.name("measure", cell.measure)),
        Cell(text=own.speaker.measure(cell.measure)),
        own.quantity(shown["before"], cell.unit),
        Cell(text=own.speaker.signed(shown["change"]), kind="number", unit=own.speaker.unit(cell.unit)),
        own.quantity(shown["after"], cell.unit),
        Cell(text=own.speaker.unit(cell.unit)),
    ]
