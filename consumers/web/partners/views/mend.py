"""The form that mends a refused event, which keeps its id: a field for every member, what is wrong beside it."""

from collections.abc import Mapping, Sequence
from typing import Final

from consumers.answers.event import OpenedEvent
from consumers.web.partners.mending import MEMBER, members_of
from consumers.web.partners.scene import Own
from consumers.web.partners.view import Form, Input, Page, Part
from consumers.web.partners.views.event import opened, raw_of, readable
from consumers.web.shell import NotBooked
from consumers.web.view import Cell, Section
from models.expectation_words import in_words
from models.reason_words import REASONS
from models.reasons import Violation
from models.uploads import NotDone, SaidError

ALLOWED: Final = ()
WHOLE: Final = "event"
"""The field that holds a whole event as JSON."""


def mend(own: Own) -> Page:
    """Return the page for a refused event. Raises NotBooked for another, or one whose content is not kept."""
    found, raw = refused(own)
    return page_of(own, found, raw, fields={}, errors=[_said(own, violation) for violation in found.violations])


def refused(own: Own) -> tuple[OpenedEvent, bytes]:
    """Return a refused event with its bytes. Raises NotBooked."""
    text = own.asked.names[0]
    found = opened(own, int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None)
    raw = raw_of(own, found)
    if found.state != "rejected" or raw is None:
        raise NotBooked
    return found, raw


def page_of(own: Own, found: OpenedEvent, raw: bytes, *, fields: Mapping[str, str], errors: Sequence[SaidError], alarm: str = "", status: int = 200) -> Page:
    """Return the page; ``fields`` is what was written into it already."""
    here = own.path(f"decisions/{found.decision}/mend")
    parts = [*_members_part(own, here, raw, fields, errors), _whole_part(own, here, raw, fields, errors)]
    return Page(
        page=f"decisions/{found.decision}",
        title=own.say("mend_event", event=found.id or found.decision),
        lead=own.say("mend_lead"),
        alarm=alarm,
        trail=[
            (own.say("mitra"), own.path("")),
            (own.say("sent"), own.path("sent")),
            (found.id or str(found.decision), own.path(f"decisions/{found.decision}")),
        ],
        parts=parts,
        status=status,
    )


def alarm_of(answer: NotDone) -> str:
    """Return what is said above the form of an event that was refused again."""
    return f"{answer.text[:1].upper()}{answer.text[1:]}. {answer.hint[:1].upper()}{answer.hint[1:]}."


def _members_part(own: Own, here: str, raw: bytes, fields: Mapping[str, str], errors: Sequence[SaidError]) -> list[Part]:
    members = members_of(raw)
    if members is None:
        return []
    by_pointer: dict[str, list[SaidError]] = {}
    for error in errors:
        by_pointer.setdefault(error.pointer, []).append(error)
    # What is missing has no member yet, and what is wrong with a whole part stands on none.
    pointers = [*members, *(pointer for pointer in by_pointer if pointer.startswith("/data/") and pointer not in members and not _is_above(pointer, members))]
    first = [pointer for pointer in pointers if pointer in by_pointer]
    ordered = [*first, *(pointer for pointer in pointers if pointer not in by_pointer)]
    inputs = [_input(pointer, fields.get(MEMBER + pointer, members.get(pointer, "")), by_pointer.get(pointer, [])) for pointer in ordered]
    general = [Cell(text=_sentence(error), note=f"{error.pointer or '/'} {error.code}", mark="rejected") for error in errors if error.pointer not in pointers]
    form = Form(action=here, submit=own.say("send_mended"), inputs=inputs)
    return [Part(section=Section(heading=own.say("mend_members"), texts=general, is_figure=False), forms=[form])]


def _whole_part(own: Own, here: str, raw: bytes, fields: Mapping[str, str], errors: Sequence[SaidError]) -> Part:
    told = "; ".join(f"{error.pointer or '/'}: {_sentence(error)}" for error in errors) if members_of(raw) is None else ""
    area = Input(
        name=WHOLE, label=own.say("event_as_json"), kind="lines", value=fields.get(WHOLE, readable(raw)), hint=own.say("event_as_json_hint"), error=told
    )
    return Part(section=Section(heading=own.say("mend_whole"), is_figure=False), forms=[Form(action=here, submit=own.say("send_mended"), inputs=[area])])


def _input(pointer: str, value: str, errors: Sequence[SaidError]) -> Input:
    label = pointer.removeprefix("/data/").removeprefix("/").replace("/", " \u203a ")
    return Input(name=MEMBER + pointer, label=label, value=value, error="; ".join(map(_sentence, errors)))


def _sentence(error: SaidError) -> str:
    return f"{error.detail}; {error.hint}" if error.hint else error.detail


def _said(own: Own, violation: Violation) -> SaidError:
    """Return a refusal of the ledger in words, as the intake says it."""
    words = REASONS[violation.code].words(own.language)
    wanted = f"; {own.say('expected').lower()}: {in_words(violation.expected, own.language)}" if violation.expected else ""
    hint = f"{own.say('closest').lower()}: {violation.closest}" if violation.closest else words.hint
    return SaidError(violation.pointer, violation.code, words.text + wanted, hint, violation.closest)


def _is_above(pointer: str, members: Mapping[str, str]) -> bool:
    return any(member.startswith(f"{pointer}/") for member in members)
