"""Around every page of a partner: who asks, the ledger at one moment, and errors as pages. Nothing here is kept by a browser."""

import functools
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import quote

import structlog
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Response

from consumers.web import pages, problems, responses, sheets
from consumers.web.partners.door import Door, Visitor, Wait
from consumers.web.partners.ports import Sending
from consumers.web.partners.scene import AREA, Own, PartnerSpeaker
from consumers.web.partners.view import Page
from consumers.web.question import Parameters, address, read_parameters
from consumers.web.reading import Moment
from consumers.web.responses import AnyRequest
from consumers.web.shell import CORRELATION, Asked, NotBooked, Shell
from consumers.web.speaking import Speaker
from models.errors import ConfigurationError, Unreachable
from models.reasons import Language

MENU: Final = ("", "uploads", "sent")
HEADERS: Final[Mapping[str, str]] = {
    "Cache-Control": "no-store",
    # The browser then says where a form comes from, and still tells other hosts nothing.
    "Referrer-Policy": "same-origin",
    "Vary": "Cookie",
}
FORMAT: Final = "format"
_FOLDER: Final = Path(__file__).parent

log = structlog.get_logger()

Draw = Callable[[Own], Page]


class Refused(Exception):
    """A page cannot be given: the status of HTTP, and the words that say why."""

    def __init__(self, status: int, text: str, hint: str = "", headers: Mapping[str, str] | None = None) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.hint = hint
        self.headers = headers or {}


class Frame(NamedTuple):
    """What every handler needs. ``clock`` gives milliseconds since 1970.

    ``is_open`` tells whether these pages lead to the auditors', where nobody has to sign in.
    """

    shell: Shell
    door: Door
    sending: Sending
    clock: Callable[[], int]
    is_open: bool

    def show(self, request: AnyRequest, language: Language, allowed: Sequence[str], draw: Draw, names: Sequence[str] = ()) -> Response[bytes]:
        """Return a page, or its list as a sheet."""

        def make() -> Response[bytes]:
            visitor = self.visitor(request, language)
            parameters = read_parameters(list(request.query_params.multi_items()), allowed=(*allowed, FORMAT))
            return self.drawn(request, language, visitor, parameters, draw, names)

        return self.guarded(request, language, make)

    def drawn(
        self, request: AnyRequest, language: Language, visitor: Visitor, parameters: Parameters, draw: Draw, names: Sequence[str] = ()
    ) -> Response[bytes]:
        """Return the page for a visitor. Raises what ``guarded`` turns into a page."""
        wished = parameters.get(FORMAT)
        asked = {name: value for name, value in parameters.items() if name != FORMAT}
        with self.shell.reader.moment() as moment:
            speaker = PartnerSpeaker(language, moment.registry)
            own = Own(Asked(moment, asked, tuple(names)), speaker, visitor, frame=self)
            page = draw(own)
            if wished is not None:
                return _sheet(page, wished)
            return self._html(request, page, speaker, visitor, as_csv=own.path(page.page, asked, format="csv") if page.rows is not None else "", own=own)

    def visitor(self, request: AnyRequest, language: Language) -> Visitor:
        """Return who asks. Raises Refused for nobody, who is shown the way in."""
        found = self.door.visitor(request)
        if found is None:
            here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            follow = {} if request.method != "GET" else {"next": here}
            raise Refused(303, "", headers={"Location": address(f"/{language}/{AREA}/sign-in", follow)})
        if isinstance(found, Wait):
            raise too_often(found, language)
        return found

    def guarded(self, request: AnyRequest, language: Language, make: Callable[[], Response[bytes]]) -> Response[bytes]:
        """Return what ``make`` makes, or the page of what went wrong."""
        try:
            return make()
        except Exception as error:  # noqa: BLE001 - the one place where an error becomes a page; one that is not expected is logged
            return self.told(request, language, error)

    def told(self, request: AnyRequest, language: Language, error: Exception) -> Response[bytes]:
        """Return the page of what went wrong, or the way in for somebody who is not signed in."""
        speaker = PartnerSpeaker(language)
        match error:
            case Refused() if error.status == 303:
                return redirect(error.headers["Location"])
            case Refused():
                refused = error
            case ConfigurationError():
                refused = Refused(400, self.shell.translate(str(error.args[0]), language), self.shell.translate(error.hint, language))
            case NotBooked():
                refused = Refused(404, speaker.say("not_booked_yet"))
            case Unreachable():
                words = problems.KINDS["not-available"].words(language)
                refused = Refused(503, words.text, words.hint, {"Retry-After": str(problems.RETRY_AFTER_SECONDS)})
            case _:
                return self._failed(request, speaker, error)
        return self._problem(request, speaker, refused, problems.new_correlation_id())

    def outside(self, request: AnyRequest, language: Language, page: Page, headers: Mapping[str, str] | None = None) -> Response[bytes]:
        """Return a page for somebody who is not signed in."""
        return self._html(request, page, PartnerSpeaker(language), None, headers=headers)

    def _html(
        self,
        request: AnyRequest,
        page: Page,
        speaker: Speaker,
        visitor: Visitor | None,
        *,
        as_csv: str = "",
        own: Own | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response[bytes]:
        moment = own.asked.moment if own is not None else None
        html = (
            _environment()
            .get_template("partner.html")
            .render(
                **self._common(request, speaker, is_signed_in=visitor is not None),
                page=page,
                view=page,
                title=page.title,
                key=visitor.key if visitor is not None else "",
                signed_in_as=speaker.say("signed_in_as", name=own.name("partner", own.partner)) if own is not None else "",
                sign_out=f"/{speaker.language}/{AREA}/sign-out",
                as_csv=as_csv,
                provenance=_as_of_when(moment, speaker) if moment is not None else "",
            )
        )
        again = {"Refresh": str(page.again_seconds)} if page.again_seconds else {}
        every = {**HEADERS, "Content-Language": speaker.language, **again, **(headers or {})}
        return responses.respond(html.encode(), responses.HTML, status=page.status, headers=every)

    def _failed(self, request: AnyRequest, speaker: Speaker, error: Exception) -> Response[bytes]:
        correlation_id = problems.new_correlation_id()
        # Where, not what: the message of an error may hold a value of an event.
        where = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
        log.error("request_failed", error=type(error).__name__, where=where, correlation_id=correlation_id)
        words = problems.KINDS["internal"].words(speaker.language)
        return self._problem(request, speaker, Refused(500, words.text, words.hint), correlation_id)

    def _problem(self, request: AnyRequest, speaker: Speaker, refused: Refused, correlation_id: str) -> Response[bytes]:
        html = (
            _environment()
            .get_template("problem.html")
            .render(
                **self._common(request, speaker, is_signed_in=False),
                title=speaker.say(f"problem_{refused.status}"),
                text=refused.text[:1].upper() + refused.text[1:],
                hint=refused.hint[:1].upper() + refused.hint[1:],
                correlation_id=correlation_id,
            )
        )
        headers = {**HEADERS, "Content-Language": speaker.language, CORRELATION: correlation_id, **refused.headers}
        return responses.respond(html.encode(), responses.HTML, status=refused.status, headers=headers)

    def _common(self, request: AnyRequest, speaker: Speaker, *, is_signed_in: bool) -> dict[str, Any]:
        language = speaker.language
        menu = [(name, speaker.say(name or AREA), f"/{language}/{AREA}{'/' if name else ''}{name}") for name in MENU] if is_signed_in else []
        if self.is_open:
            menu.append(("overview", speaker.say("overview"), f"/{language}/"))
        common = {**pages.common(speaker, request, menu=menu), "home": f"/{language}/{AREA}"}
        # Below a form's address there is nothing to look at in the other language.
        return common if request.method == "GET" else {**common, "other_path": f"/{common['other_language']}/{AREA}"}


def too_often(wait: Wait, language: Language) -> Refused:
    """Return the refusal of somebody who asks too often."""
    return Refused(429, PartnerSpeaker(language).say("too_often", seconds=wait.seconds), headers={"Retry-After": str(wait.seconds)})


def redirect(where: str, headers: Mapping[str, str] | None = None) -> Response[bytes]:
    """Return the answer that sends a browser to a page after a form."""
    return responses.respond(b"", responses.HTML, status=303, headers={**HEADERS, "Location": quote(where, safe="/?=&%:,#-._~+"), **(headers or {})})


def download(content: bytes, media_type: str, name: str) -> Response[bytes]:
    """Return a file that a browser saves."""
    plain = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "-_.") else "_" for letter in name)
    return responses.respond(content, media_type, headers={**HEADERS, "Content-Disposition": f'attachment; filename="{plain}"'})


def _as_of_when(moment: Moment, speaker: Speaker) -> str:
    head = moment.head
    if not head.booking:
        return speaker.say("provenance_none")
    return speaker.say("provenance_booking", booking=speaker.number(head.booking), booked_at=speaker.moment(head.booked_at))


def _sheet(page: Page, wished: str) -> Response[bytes]:
    if wished != "csv" or page.rows is None:
        raise ConfigurationError(f"there is no format {wished!r}", hint="the closest is 'csv'")
    return download(sheets.sheet(page.rows()), sheets.MEDIA_TYPE, f"{page.page.rpartition('/')[2] or AREA}.csv")


@functools.cache
def _environment() -> Environment:
    folders = [_FOLDER / "templates", _FOLDER.parent / "templates"]
    return Environment(loader=FileSystemLoader(folders), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
