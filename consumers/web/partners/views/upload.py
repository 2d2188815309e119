"""One spreadsheet: how far it is, every mistake at its cell, what can be done with it, and the verdicts on its events."""

from collections.abc import Iterator
from typing import Final

from anyio import from_thread

from consumers.answers.sent import SentEvent, events_at
from consumers.web.partners.scene import Own
from consumers.web.partners.view import Form, Page, Part, Progress
from consumers.web.partners.views.sent import why
from consumers.web.partners.views.uploads import mode_words, state_cell
from consumers.web.question import whole_number
from consumers.web.shell import NotBooked
from consumers.web.view import Cell, Section, Table
from models import receipt_code
from models.uploads import Report, SaidMistake, UploadedEvent

ALLOWED: Final = ("after", "watch")
RECEIPTS: Final = ("after",)
PAGE: Final = 100
WATCH_SECONDS: Final = 5
_PORTION: Final = 1000


def one_upload(own: Own) -> Page:
    """Return the page. Raises NotBooked for an upload that the partner has not."""
    report = _report(own)
    upload = report.upload
    parts = [_state(own, report)]
    if report.is_remembered and not upload.is_running:
        parts += _ways_on(own, report)
    parts.append(_numbers(own, report))
    if report.mistakes:
        parts.append(_mistakes(own, report))
    again = WATCH_SECONDS if upload.is_running and own.parameters.get("watch") == "yes" else 0
    return Page(
        page=f"uploads/{upload.id}",
        title=upload.name,
        trail=[(own.say("mitra"), own.path("")), (own.say("uploads"), own.path("uploads"))],
        parts=parts,
        rows=(lambda: [{name: getattr(one, name) or "" for name in ("cell", "header", "code", "detail", "hint")} for one in report.mistakes])
        if report.mistakes
        else None,
        again_seconds=again,
    )


def receipts(own: Own) -> Page:
    """Return the page with the events of an upload, each with its receipt and its verdict. Raises NotBooked."""
    upload = own.asked.names[0]
    after = whole_number(own.parameters, "after", 0) or 0
    found = from_thread.run(lambda: own.sending.events(own.partner, upload, after=after, limit=PAGE + 1))
    if found is None:
        raise NotBooked
    page = found[:PAGE]
    heading = own.say("receipts")
    links = [(own.say("next_page"), own.path(f"uploads/{upload}/receipts", after=page[-1].number))] if len(found) > PAGE else []
    states = _states(own, page)
    table = Table(
        caption=heading,
        columns=own.columns("row", "event", "state", "receipt_code", "sha256", "why_or_what"),
        rows=[_receipt(own, one, states.get(one.event_id)) for one in page],
    )
    texts = [] if page else [Cell(text=own.say("nothing_sent"))]
    return Page(
        page=f"uploads/{upload}/receipts",
        title=heading,
        lead=own.say("receipt_lead"),
        trail=[(own.say("uploads"), own.path("uploads")), (own.say("upload_page"), own.path(f"uploads/{upload}"))],
        parts=[Part(section=Section(heading=heading, texts=texts, table=table if page else None, links=links))],
        rows=lambda: _receipt_rows(own, upload),
    )


def _report(own: Own) -> Report:
    upload = own.asked.names[0]
    report = from_thread.run(lambda: own.sending.report(own.partner, upload, own.language))
    if report is None:
        raise NotBooked
    return report


def _state(own: Own, report: Report) -> Part:
    """Return what became of the file, in words; how far it is, while something does."""
    upload, counts, say = report.upload, report.upload.counts, own.say
    here = own.path(f"uploads/{upload.id}")
    links = [(say("receipts"), f"{here}/receipts")] if counts.sent + counts.sent_before + counts.amended else []
    progress = None
    if upload.is_running:
        label = say(f"progress_{upload.state}", done=own.speaker.number(report.done), total=own.speaker.number(report.total))
        progress = Progress(label=label, done=report.done, total=report.total)
        watched = own.parameters.get("watch") == "yes"
        links = [(say("look_again"), here), (say("watch_no") if watched else say("watch", seconds=WATCH_SECONDS), here if watched else f"{here}?watch=yes")]
    texts = [state_cell(own, upload), Cell(text=say(f"upload_means_{upload.state}"))]
    if not report.is_remembered and not upload.is_running:
        texts.append(Cell(text=say("file_forgotten")))
    if report.is_remembered and not report.has_keys and counts.events:
        texts.append(Cell(text=say("without_keys"), mark="held"))
    return Part(section=Section(heading=say("what_became"), texts=texts, links=links, is_figure=False), progress=progress)


def _numbers(own: Own, report: Report) -> Part:
    """Return how many there were of everything, and which file it is."""
    upload, counts, say, number = report.upload, report.upload.counts, own.say, own.speaker.number
    facts = [
        (say("mode"), Cell(text=mode_words(own, upload.mode))),
        (say("rows"), Cell(text=number(counts.rows))),
        (say("events"), Cell(text=number(counts.events), note=say("with_mistakes", count=number(counts.with_mistakes)) if counts.with_mistakes else "")),
        (say("sent_count"), Cell(text=number(counts.sent))),
        (say("known_count"), Cell(text=number(counts.sent_before + counts.amended))),
        *([(say("taken_count"), Cell(text=number(counts.taken)))] if counts.taken else []),
        (say("came"), Cell(text=say("came_times", times=number(upload.times), at=own.speaker.moment(upload.last_at)))),
        (say("sha256_of_file"), Cell(text=upload.sha256.hex(), kind="code")),
    ]
    return Part(section=Section(heading=say("upload_page"), facts=facts, is_figure=False))


def _ways_on(own: Own, report: Report) -> list[Part]:
    """Return what can be done with a file while it is remembered, and with what was sent of it."""
    upload, counts, say = report.upload, report.upload.counts, own.say
    here = own.path(f"uploads/{upload.id}")
    links = [(say("annotated_copy"), f"{here}/annotated")] if report.mistakes else []
    forms: list[Form] = []
    left = counts.events - counts.with_mistakes - counts.taken - counts.sent - counts.sent_before - counts.amended
    if own.visitor.may("publish"):
        if report.is_readable and left > 0:
            mode = "good-rows" if report.mistakes else "all-or-nothing"
            label = say("send_good" if report.mistakes else "send_all", count=own.speaker.number(left))
            forms.append(Form(action=f"{here}/send", submit=label, hidden={"mode": mode}))
        if counts.taken:
            amend = say("amend_taken", count=own.speaker.number(counts.taken))
            forms.append(Form(action=f"{here}/send", submit=amend, hidden={"mode": "good-rows", "amend": "yes"}))
        if counts.sent + counts.sent_before + counts.amended:
            links.append((say("take_back"), f"{here}/take-back"))
    if not links and not forms:
        return []
    return [Part(section=Section(heading=say("what_now"), links=links, is_figure=False), forms=forms)]


def _mistakes(own: Own, report: Report) -> Part:
    after = whole_number(own.parameters, "after", 0) or 0
    page = report.mistakes[after : after + PAGE]
    heading = own.say("mistakes")
    links = []
    if after + PAGE < len(report.mistakes):
        links.append((own.say("more_mistakes"), own.path(f"uploads/{report.upload.id}", after=after + PAGE)))
    count = own.say("mistakes_count", count=own.speaker.number(len(report.mistakes)))
    table = Table(caption=heading, columns=own.columns("cell_of", "column_of", "mistake", "mend"), rows=[_mistake(own, one) for one in page])
    return Part(section=Section(heading=heading, texts=[Cell(text=count)], table=table, links=links, is_figure=False))


def _mistake(own: Own, one: SaidMistake) -> list[Cell]:
    place = one.cell or own.say("whole_file")
    return [Cell(text=place, kind="code"), Cell(text=one.header or "\u2013"), Cell(text=one.detail, note=one.code), Cell(text=one.hint)]


def _states(own: Own, page: list[UploadedEvent]) -> dict[str, SentEvent]:
    """Return how the events stand in the ledger, by id; what is not booked yet is not there."""
    numbers = own.reader.claimed(own.partner, [one.event_id for one in page])
    found = events_at(own.connection, [number for number in numbers if number is not None])
    return {one.event_id: found[number] for one, number in zip(page, numbers, strict=True) if number in found}


def _receipt(own: Own, one: UploadedEvent, state: SentEvent | None) -> list[Cell]:
    if state is None:
        verdict, code, told = Cell(text=own.say("not_yet")), "\u2013", own.say("not_yet_hint")
    else:
        verdict, code, told = Cell(text=own.say(state.state), mark=state.state), receipt_code.code_of(state.decision, state.sha256), why(own, state) or "\u2013"
    return [
        own.count(one.row, "row"),
        Cell(text=one.event_id, kind="code", href=own.event_path(one.event_id)),
        verdict,
        Cell(text=code, kind="code"),
        Cell(text=one.sha256.hex(), kind="code"),
        Cell(text=told),
    ]


def _receipt_rows(own: Own, upload: str) -> Iterator[dict[str, object]]:
    after = 0
    while page := _portion(own, upload, after):
        states = _states(own, page)
        for one in page:
            state = states.get(one.event_id)
            code = receipt_code.code_of(state.decision, state.sha256) if state else ""
            verdict = {"verdict": own.say(state.state) if state else own.say("not_yet"), "receipt": code, "why": why(own, state) if state else ""}
            yield {"row": one.row, "id": one.event_id, "sha256": one.sha256.hex(), **verdict}
        after = page[-1].number


def _portion(own: Own, upload: str, after: int) -> list[UploadedEvent]:
    return from_thread.run(lambda: own.sending.events(own.partner, upload, after=after, limit=_PORTION)) or []
