"""What a partner does on its pages: uploads a file, goes on with it, mends an event, puts right a conflict, takes events back.

Each is a form of the partner's own session; afterwards the browser is sent to a page that can be looked at again.
"""

from collections.abc import Callable, Mapping
from typing import Any

import anyio.to_thread
from anyio import from_thread
from litestar import Response, post

from consumers.web.partners.door import Visitor, is_key_of, is_own_form
from consumers.web.partners.forms import FORM_BYTES, MEND_BYTES, Fields, fields_of, in_thread, sender
from consumers.web.partners.mending import members_of, mended
from consumers.web.partners.scene import AREA, Own, PartnerSpeaker
from consumers.web.partners.shell import Frame, Refused, redirect
from consumers.web.partners.view import Page
from consumers.web.partners.views import mend, take_back
from consumers.web.partners.views.event import opened, raw_of
from consumers.web.question import read_parameters
from consumers.web.responses import AnyRequest
from consumers.web.shell import NotBooked
from models.reasons import Language
from models.uploads import MODES, Form, NotDone, Sent, Upload


def handlers(frame: Frame, language: Language) -> list[Any]:
    """Return the handlers below /mitra of a language."""

    @post("/uploads", name=f"{language}_mitra_upload", status_code=303)
    async def upload(request: AnyRequest) -> Response[bytes]:
        return await _upload(frame, request, language)

    def form(path: str, name: str, make: Callable[[Acting], Response[bytes]], *, size: int = FORM_BYTES) -> Any:
        async def handle(request: AnyRequest) -> Response[bytes]:
            fields = await fields_of(request)

            def act() -> Response[bytes]:
                visitor = sender(frame, request, language, fields)
                _refuse_readers(visitor, language)
                return make(Acting(frame, request, language, fields, visitor))

            return await in_thread(lambda: frame.guarded(request, language, act))

        return post(path, name=f"{language}_mitra_{name}", status_code=303, request_max_body_size=size)(handle)

    return [
        upload,
        form("/uploads/{upload:str}/send", "send_upload", _send_upload),
        form("/uploads/{upload:str}/take-back", "take_back_upload", _take_back_upload),
        form("/take-back", "take_back_sent", _take_back_sent),
        form("/decisions/{decision:str}/mend", "mending", _mend, size=MEND_BYTES),
        form("/decisions/{decision:str}/amend", "amending", _amend),
        form("/decisions/{decision:str}/take-back", "take_back_one", _take_back_one),
    ]


class Acting:
    """One form of one partner."""

    def __init__(self, frame: Frame, request: AnyRequest, language: Language, fields: Fields, visitor: Visitor) -> None:
        self.frame = frame
        self.request = request
        self.language: Language = language
        self.fields = fields
        self.visitor = visitor

    @property
    def names(self) -> tuple[str, ...]:
        """The names in the path."""
        return tuple(str(self.request.path_params[name]) for name in ("upload", "decision") if name in self.request.path_params)

    def shown(self, draw: Callable[[Own], Page], parameters: Mapping[str, str] | None = None) -> Response[bytes]:
        """Return a page that answers the form."""
        return self.frame.drawn(self.request, self.language, self.visitor, parameters or {}, draw, self.names)

    def path(self, page: str) -> str:
        """Return the address of a page."""
        return f"/{self.language}/{AREA}/{page}"


async def _upload(frame: Frame, request: AnyRequest, language: Language) -> Response[bytes]:
    try:
        # Before anything of a large file is read.
        visitor = await anyio.to_thread.run_sync(lambda: _uploader(frame, request, language))
        begun = await _begin(frame, visitor, await frame.sending.form(request.stream(), request.headers, language), language)
        await frame.sending.wait(visitor.partner, begun.id)
    except Exception as error:  # noqa: BLE001 - handed to the one place where an error becomes a page
        return frame.told(request, language, error)
    return redirect(f"/{language}/{AREA}/uploads/{begun.id}")


def _uploader(frame: Frame, request: AnyRequest, language: Language) -> Visitor:
    visitor = frame.visitor(request, language)
    if not is_own_form(request, base_url=frame.shell.base_url):
        raise Refused(403, PartnerSpeaker(language).say("form_strange"))
    _refuse_readers(visitor, language)
    return visitor


async def _begin(frame: Frame, visitor: Visitor, form: Form | NotDone, language: Language) -> Upload:
    if isinstance(form, NotDone):
        raise _not_done(form)
    if not is_key_of(visitor, form.fields.get("key", "")):
        raise Refused(403, PartnerSpeaker(language).say("form_strange"))
    mode = next((mode for mode in MODES if mode == form.fields.get("mode")), None)
    if not form.name or mode is None:
        raise Refused(400, PartnerSpeaker(language).say("choose_file"))
    begun = await frame.sending.begin(form, visitor.grant, event_type=form.fields.get("type", "").strip(), mode=mode, lang=language)
    if isinstance(begun, NotDone):
        raise _not_done(begun)
    return begun


def _send_upload(acting: Acting) -> Response[bytes]:
    (upload,) = acting.names
    mode = next((mode for mode in MODES if mode == acting.fields.get("mode")), None)
    if mode is None:
        raise Refused(400, PartnerSpeaker(acting.language).say("choose_file"))
    sending, grant = acting.frame.sending, acting.visitor.grant
    begun = from_thread.run(lambda: sending.again(upload, grant, mode=mode, may_amend=acting.fields.get("amend") == "yes", lang=acting.language))
    if isinstance(begun, NotDone):
        raise _not_done(begun)
    from_thread.run(sending.wait, acting.visitor.partner, upload)
    return redirect(acting.path(f"uploads/{upload}"))


def _take_back_upload(acting: Acting) -> Response[bytes]:
    return acting.shown(lambda own: _taken(own, acting, take_back.upload_ids(own), take_back.of_upload))


def _take_back_sent(acting: Acting) -> Response[bytes]:
    given = [(name, value) for name, value in acting.fields.items() if name in take_back.ALLOWED]
    parameters = read_parameters(given, allowed=take_back.ALLOWED)
    return acting.shown(lambda own: _taken(own, acting, take_back.sent_ids(own), take_back.of_sent), parameters)


def _take_back_one(acting: Acting) -> Response[bytes]:
    def draw(own: Own) -> Page:
        found = opened(own, int(acting.names[0]) if acting.names[0].isdigit() and len(acting.names[0]) < 19 else None)
        return _taken(own, acting, [found.id], take_back.of_one)

    return acting.shown(draw)


def _taken(own: Own, acting: Acting, ids: list[str], ask: Callable[[Own], Page]) -> Page:
    """Take events back if that is wished for sure; else ask once more."""
    reason = acting.fields.get("reason", "")
    if acting.fields.get("sure") != "yes" or reason not in take_back.REASONS:
        return ask(own)
    return take_back.done(own, from_thread.run(acting.frame.sending.take_back, ids, acting.visitor.grant, reason))


def _mend(acting: Acting) -> Response[bytes]:
    def draw(own: Own) -> Page:
        found, raw = mend.refused(own)
        is_whole = mend.WHOLE in acting.fields or members_of(raw) is None
        value = acting.fields.get(mend.WHOLE, "").encode() if is_whole else mended(raw, acting.fields)
        answer = from_thread.run(acting.frame.sending.send, value, acting.visitor.grant, acting.language)
        if isinstance(answer, Sent):
            return _sent(own, answer)
        return mend.page_of(own, found, raw, fields=acting.fields, errors=answer.errors, alarm=mend.alarm_of(answer), status=answer.status)

    return acting.shown(draw)


def _amend(acting: Acting) -> Response[bytes]:
    def draw(own: Own) -> Page:
        text = acting.names[0]
        found = opened(own, int(text) if text.isdigit() and len(text) < 19 else None)
        raw = raw_of(own, found)
        if found.state != "conflict" or raw is None:
            raise NotBooked
        answer = from_thread.run(acting.frame.sending.amend, raw, acting.visitor.grant, acting.language)
        if isinstance(answer, NotDone):
            raise _not_done(answer)
        return _sent(own, answer)

    return acting.shown(draw)


def _sent(own: Own, sent: Sent) -> Page:
    return Page(page="sent", title=own.say("taken_in"), notice=own.say("taken_in_as", event=sent.event_id), parts=[take_back.ways_on(own, sent.event_id)])


def _refuse_readers(visitor: Visitor, language: Language) -> None:
    if not visitor.may("publish"):
        raise Refused(403, PartnerSpeaker(language).say("may_not_publish"))


def _not_done(answer: NotDone) -> Refused:
    wait = answer.retry_after_seconds
    told = "; ".join(f"{error.pointer}: {error.detail}" for error in answer.errors)
    return Refused(answer.status, answer.text, f"{told}. {answer.hint}" if told else answer.hint, {"Retry-After": str(wait)} if wait else {})
