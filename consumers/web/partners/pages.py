"""The addresses of the partners' pages in both languages: what is looked at, and the way in and out."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import parse_qsl

import anyio.to_thread
from litestar import Response, Router, get, post
from litestar.params import FromPath

from consumers.web.api import event_id_of
from consumers.web.pages import LANGUAGES
from consumers.web.partners.door import Visitor, Wait, is_key_of, is_own_form
from consumers.web.partners.scene import AREA, Own, PartnerSpeaker
from consumers.web.partners.shell import Draw, Frame, Refused, redirect, too_often
from consumers.web.partners.view import Page
from consumers.web.partners.views import event, figure, home, sent
from consumers.web.partners.views.sign_in import sign_in
from consumers.web.responses import AnyRequest
from consumers.web.shell import NotBooked
from models.reasons import Language

FORM_BYTES: Final = 64 * 1024
Fields = Mapping[str, str]

_SIMPLE: Final[Mapping[str, tuple[Sequence[str], Draw]]] = {
    "": (home.ALLOWED, home.home),
    "sent": (sent.ALLOWED, sent.everything_sent),
    "figure": (figure.ALLOWED, figure.figure),
    "receipt": (event.RECEIPT, event.by_code),
}


def routers(frame: Frame) -> list[Router]:
    """Return the pages of both languages."""
    return [_router(frame, language) for language in LANGUAGES]


def _router(frame: Frame, language: Language) -> Router:
    handlers = [_handler(frame, language, page, allowed, draw) for page, (allowed, draw) in _SIMPLE.items()]

    @get("/events/{event_id:path}", name=f"{language}_mitra_event", sync_to_thread=True)
    def one_event(request: AnyRequest, event_id: FromPath[str]) -> Response[bytes]:
        return frame.show(request, language, event.ALLOWED, event.by_id, (event_id_of(request, event_id),))

    @get("/decisions/{decision:str}", name=f"{language}_mitra_decision", sync_to_thread=True)
    def one_decision(request: AnyRequest, decision: FromPath[str]) -> Response[bytes]:
        return frame.show(request, language, event.ALLOWED, event.by_decision, (decision,))

    @get("/{rest:path}", name=f"{language}_mitra_nothing", sync_to_thread=True)
    def nothing(request: AnyRequest, rest: FromPath[str]) -> Response[bytes]:
        return frame.show(request, language, (), _nothing, (rest,))

    return Router(path=f"/{language}/{AREA}", route_handlers=[*handlers, one_event, one_decision, nothing, *_way_in(frame, language)])


def _nothing(_own: Own) -> Page:
    raise NotBooked


def _handler(frame: Frame, language: Language, page: str, allowed: Sequence[str], draw: Draw) -> Any:
    @get(f"/{page}", name=f"{language}_mitra_{page or 'home'}", sync_to_thread=True)
    def handle(request: AnyRequest) -> Response[bytes]:
        return frame.show(request, language, allowed, draw)

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


def sender(frame: Frame, request: AnyRequest, language: Language, fields: Fields) -> Visitor:
    """Return who sent a form. Raises Refused for a form that is not of the sender's own pages."""
    visitor = frame.visitor(request, language)
    if not is_own_form(request, base_url=frame.shell.base_url) or not is_key_of(visitor, fields.get("key", "")):
        raise Refused(403, PartnerSpeaker(language).say("form_strange"))
    return visitor


async def fields_of(request: AnyRequest) -> Fields:
    """Return the fields of a small form; whatever is no form has none."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        return {}
    return dict(parse_qsl((await request.body()).decode(errors="replace"), keep_blank_values=True, max_num_fields=1000))


async def in_thread(make: Callable[[], Response[bytes]]) -> Response[bytes]:
    """Run what blocks beside the loop."""
    return await anyio.to_thread.run_sync(make)


def _within(path: str, language: Language) -> str:
    """Return where to go after signing in, if it is one of these pages; a link made elsewhere leads nowhere else."""
    area = f"/{language}/{AREA}"
    is_plain = path.isascii() and path.isprintable() and "\\" not in path and "//" not in path
    return path if is_plain and (path == area or path.startswith((f"{area}/", f"{area}?"))) else ""
