"""The addresses of the partners' pages in both languages: what is looked at, and the way in and out."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from anyio import from_thread
from litestar import Response, Router, get, post
from litestar.params import FromPath

from consumers.web.api import event_id_of
from consumers.web.pages import LANGUAGES
from consumers.web.partners import actions
from consumers.web.partners.door import Wait, is_own_form
from consumers.web.partners.forms import FORM_BYTES, Fields, fields_of, in_thread, sender
from consumers.web.partners.scene import AREA, Own, PartnerSpeaker
from consumers.web.partners.shell import Draw, Frame, Refused, download, redirect, too_often
from consumers.web.partners.view import Page
from consumers.web.partners.views import event, figure, home, mend, sent, take_back, upload, uploads
from consumers.web.partners.views.sign_in import sign_in
from consumers.web.responses import AnyRequest
from consumers.web.shell import NotBooked
from models.reasons import Language

_SIMPLE: Final[Mapping[str, tuple[Sequence[str], Draw]]] = {
    "": (home.ALLOWED, home.home),
    "sent": (sent.ALLOWED, sent.everything_sent),
    "figure": (figure.ALLOWED, figure.figure),
    "receipt": (event.RECEIPT, event.by_code),
    "uploads": (uploads.ALLOWED, uploads.all_uploads),
    "take-back": (take_back.ALLOWED, take_back.of_sent),
}


def routers(frame: Frame) -> list[Router]:
    """Return the pages of both languages."""
    return [_router(frame, language) for language in LANGUAGES]


def _router(frame: Frame, language: Language) -> Router:
    handlers = [_handler(frame, language, page, allowed, draw) for page, (allowed, draw) in _SIMPLE.items()]

    @get("/events/{event_id:path}", name=f"{language}_mitra_event")
    async def one_event(request: AnyRequest, event_id: FromPath[str]) -> Response[bytes]:
        return await in_thread(lambda: frame.show(request, language, event.ALLOWED, event.by_id, (event_id_of(request, event_id),)))

    @get("/{rest:path}", name=f"{language}_mitra_nothing")
    async def nothing(request: AnyRequest, rest: FromPath[str]) -> Response[bytes]:
        return await in_thread(lambda: frame.show(request, language, (), _nothing, (rest,)))

    @get("/uploads/{upload:str}/annotated", name=f"{language}_mitra_annotated")
    async def annotated(request: AnyRequest) -> Response[bytes]:
        named = str(request.path_params["upload"])
        return await in_thread(lambda: frame.guarded(request, language, lambda: _annotated(frame, request, language, named)))

    several = [
        _named(frame, language, "decisions/{decision:str}", event.ALLOWED, event.by_decision),
        _named(frame, language, "decisions/{decision:str}/mend", mend.ALLOWED, mend.mend),
        _named(frame, language, "decisions/{decision:str}/take-back", (), take_back.of_one),
        _named(frame, language, "uploads/{upload:str}", upload.ALLOWED, upload.one_upload),
        _named(frame, language, "uploads/{upload:str}/receipts", upload.RECEIPTS, upload.receipts),
        _named(frame, language, "uploads/{upload:str}/take-back", (), take_back.of_upload),
    ]
    acting = actions.handlers(frame, language)
    return Router(path=f"/{language}/{AREA}", route_handlers=[*handlers, *several, one_event, annotated, nothing, *_way_in(frame, language), *acting])


def _named(frame: Frame, language: Language, path: str, allowed: Sequence[str], draw: Draw) -> Any:
    @get(f"/{path}", name=f"{language}_mitra_{path}")
    async def handle(request: AnyRequest) -> Response[bytes]:
        return await in_thread(lambda: frame.show(request, language, allowed, draw, tuple(map(str, request.path_params.values()))))

    return handle


def _annotated(frame: Frame, request: AnyRequest, language: Language, upload: str) -> Response[bytes]:
    visitor = frame.visitor(request, language)
    found = from_thread.run(frame.sending.annotated, visitor.partner, upload, language)
    if found is None:
        raise Refused(404, PartnerSpeaker(language).say("file_forgotten"))
    name, media_type, content = found
    return download(content, media_type, name)


def _nothing(_own: Own) -> Page:
    raise NotBooked


def _handler(frame: Frame, language: Language, page: str, allowed: Sequence[str], draw: Draw) -> Any:
    @get(f"/{page}", name=f"{language}_mitra_{page or 'home'}")
    async def handle(request: AnyRequest) -> Response[bytes]:
        return await in_thread(lambda: frame.show(request, language, allowed, draw))

    return handle


def _way_in(frame: Frame, language: Language) -> list[Any]:
    speaker = PartnerSpeaker(language)

    @get("/sign-in", name=f"{language}_mitra_sign_in", sync_to_thread=True)
    def ask(request: AnyRequest) -> Response[bytes]:
        following = _within(request.query_params.get("next", ""), language)
        return frame.outside(request, language, sign_in(speaker, following=following, is_out="out" in request.query_params))

    @post("/sign-in", name=f"{language}_mitra_signing_in", request_max_body_size=FORM_BYTES, status_code=303)
    async def enter(request: AnyRequest) -> Response[bytes]:
        fields = await fields_of(request)
        return await in_thread(lambda: frame.guarded(request, language, lambda: _enter(frame, request, language, fields)))

    @post("/sign-out", name=f"{language}_mitra_sign_out", request_max_body_size=FORM_BYTES, status_code=303)
    async def leave(request: AnyRequest) -> Response[bytes]:
        fields = await fields_of(request)

        def make() -> Response[bytes]:
            frame.door.sign_out(sender(frame, request, language, fields))
            return redirect(f"/{language}/{AREA}/sign-in?out=", {"Set-Cookie": frame.door.handed("")})

        return await in_thread(lambda: frame.guarded(request, language, make))

    return [ask, enter, leave]


def _enter(frame: Frame, request: AnyRequest, language: Language, fields: Fields) -> Response[bytes]:
    if not is_own_form(request, base_url=frame.shell.base_url):
        raise Refused(403, PartnerSpeaker(language).say("form_strange"))
    following = _within(fields.get("next", ""), language)
    found = frame.door.sign_in(fields.get("token", ""), request)
    if isinstance(found, Wait):
        raise too_often(found, language)
    if found is None:
        return frame.outside(request, language, sign_in(PartnerSpeaker(language), following=following, is_wrong=True))
    return redirect(following or f"/{language}/{AREA}", {"Set-Cookie": frame.door.handed(found.session)})


def _within(path: str, language: Language) -> str:
    """Return where to go after signing in, if it is one of these pages; a link made elsewhere leads nowhere else."""
    area = f"/{language}/{AREA}"
    is_plain = path.isascii() and path.isprintable() and "\\" not in path and "//" not in path
    return path if is_plain and (path == area or path.startswith((f"{area}/", f"{area}?"))) else ""
