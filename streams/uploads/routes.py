"""The addresses of uploads for programs: send a file, ask how far it is, get it back annotated, get receipts, take it back."""

from collections.abc import Awaitable, Callable
from typing import Any, Final, NamedTuple

import msgspec
from litestar import Response, Router, get, post

from models.access import Grant, Scope
from models.errors import Unreachable
from models.reasons import Language
from models.uploads import Report, SaidMistake, Upload, UploadedEvent
from streams.intake.body import read_body
from streams.intake.door import Door
from streams.intake.problems import PAGES, Problem, unavailable
from streams.intake.receiving import Receipt
from streams.intake.routes import SAFE_HEADERS, Answers, AnyRequest, enter, language_of, respond
from streams.sheets.columns import full_type
from streams.uploads.form import CSV, XLSX, mode_of, read_form
from streams.uploads.uploading import Uploads

PATH: Final = "/v1/uploads"
WAIT_SECONDS: Final = 20.0
MOST_ERRORS: Final = 10_000
MOST_RECEIPTS: Final = 1_000
MOST_LISTED: Final = 100
REASON_BYTES: Final = 4096
LONGEST_REASON: Final = 200
SUPPORTED: Final = ("file", "mode=check", "mode=all-or-nothing", "mode=good-rows", "amend=yes", "type=distribution.recorded")


class _Reason(msgspec.Struct):
    reason: str


_reason: Final = msgspec.json.Decoder(_Reason)

Made = Response[bytes] | Problem


class Asked(NamedTuple):
    """One request of somebody who may make it."""

    request: AnyRequest
    grant: Grant
    language: Language
    uploads: Uploads
    base_url: str

    @property
    def upload(self) -> str:
        """The name of the upload in the path."""
        return str(self.request.path_params["upload"])


def router(uploads: Uploads, door: Door, *, base_url: str) -> Router:
    """Return the addresses below /v1/uploads."""
    answers = Answers(base_url)

    def handler(method: Callable[..., Any], path: str, name: str, scope: Scope, make: Callable[[Asked], Awaitable[Made]]) -> Any:
        async def handle(request: AnyRequest) -> Response[bytes]:
            language = language_of(request)
            grant = await enter(request, door, scope=scope)
            if isinstance(grant, Problem):
                return answers.problem(grant, language)
            try:
                made = await make(Asked(request, grant, language, uploads, base_url))
            except Unreachable:
                made = unavailable()
            return answers.problem(made, language) if isinstance(made, Problem) else made

        return method(PATH + path, name=name)(handle)

    handlers = [
        handler(post, "", "send_file", "publish", _send),
        handler(get, "", "list_uploads", "read", _list),
        handler(get, "/{upload:str}", "upload_status", "read", _status),
        handler(get, "/{upload:str}/annotated", "upload_annotated", "read", _annotated),
        handler(get, "/{upload:str}/receipts", "upload_receipts", "read", _receipts),
        handler(post, "/{upload:str}/reversals", "upload_reversals", "publish", _take_back),
    ]
    return Router(path="/", route_handlers=handlers)


def report_json(report: Report, base_url: str) -> dict[str, Any]:
    """Return a report as JSON values; of very many mistakes only the first, the annotated copy has them all."""
    listed = {"errors": [_error(one, base_url) for one in report.mistakes[:MOST_ERRORS]]} if report.is_remembered else {}
    progress = {"progress": {"done": report.done, "total": report.total}} if report.upload.is_running else {}
    return {**_upload_json(report.upload, base_url), **progress, **listed}


def file_response(name: str, content: bytes) -> Response[bytes]:
    """Return a file to be saved: the partner's own with what is wrong beside its rows."""
    ending = "xlsx" if content.startswith(b"PK") else "csv"
    headers = {**SAFE_HEADERS, "Content-Disposition": f'attachment; filename="{annotated_name(name)}.{ending}"'}
    return Response(content=content, status_code=200, media_type=XLSX if ending == "xlsx" else CSV, headers=headers)


def annotated_name(name: str) -> str:
    """Return what the annotated copy of a file is called, without its ending."""
    stem = name.rpartition(".")[0] or name
    return "".join(letter if letter.isascii() and (letter.isalnum() or letter in "-_") else "_" for letter in stem)[:80] + "-salur"


async def _send(asked: Asked) -> Made:
    form = await read_form(asked.request.stream(), asked.request.headers)
    if isinstance(form, Problem):
        return form
    given = {**{name: str(value) for name, value in asked.request.query_params.items()}, **form.fields}
    mode, kind = mode_of(given.get("mode", "")), given.get("type", "")
    if mode is None or not form.name or (kind and full_type(kind) is None):
        return Problem(kind="malformed", more={"supported": list(SUPPORTED)})
    uploads, partner = asked.uploads, asked.grant.partner
    begun = await uploads.start(form.content, asked.grant, name=form.name, event_type=kind, mode=mode, lang=asked.language, may_amend="amend" in given)
    if isinstance(begun, Problem):
        return begun
    if not asked.request.headers.get("prefer", "").startswith("respond-async"):
        await uploads.wait(partner, begun.id, seconds=WAIT_SECONDS)
    report = await uploads.report(partner, begun.id, asked.language)
    if report is None:
        return unavailable()
    if not report.upload.is_running and asked.request.headers.get("accept", "").startswith((XLSX, CSV)):
        copy = await uploads.annotated(partner, begun.id, asked.language)
        if copy is not None:
            return file_response(*copy)
    return _sent(report, asked)


def _sent(report: Report, asked: Asked) -> Made:
    where = {"Location": _address(report.upload, asked.base_url)}
    match report.upload.state:
        case "refused":
            return Problem(kind="file-refused", more=report_json(report, asked.base_url))
        case "unfinished":
            return unavailable()
    return respond(report_json(report, asked.base_url), 202 if report.upload.is_running else 200, asked.language, where)


async def _list(asked: Asked) -> Made:
    found = await asked.uploads.uploads(asked.grant.partner, limit=MOST_LISTED)
    return respond({"uploads": [_upload_json(one, asked.base_url) for one in found]}, 200, asked.language, {})


async def _status(asked: Asked) -> Made:
    report = await asked.uploads.report(asked.grant.partner, asked.upload, asked.language)
    return Problem(kind="unknown-upload") if report is None else respond(report_json(report, asked.base_url), 200, asked.language, {})


async def _annotated(asked: Asked) -> Made:
    found = await asked.uploads.annotated(asked.grant.partner, asked.upload, asked.language)
    return Problem(kind="unknown-upload") if found is None else file_response(*found)


async def _receipts(asked: Asked) -> Made:
    after = asked.request.query_params.get("after", "0")
    if not (after.isascii() and after.isdigit() and len(after) < 10):
        return Problem(kind="malformed", more={"supported": ["after"]})
    found = await asked.uploads.events(asked.grant.partner, asked.upload, after=int(after), limit=MOST_RECEIPTS + 1)
    if found is None:
        return Problem(kind="unknown-upload")
    page = found[:MOST_RECEIPTS]
    following = f"{asked.base_url}{PATH}/{asked.upload}/receipts?after={page[-1].number}" if len(found) > MOST_RECEIPTS else None
    receipts = [_receipt(one, asked.grant.partner, asked.base_url) for one in page]
    return respond({"receipts": receipts, "next": following}, 200, asked.language, {})


async def _take_back(asked: Asked) -> Made:
    body = await read_body(asked.request.stream(), asked.request.headers, limit_bytes=REASON_BYTES)
    if isinstance(body, Problem):
        return body
    try:
        reason = _reason.decode(body).reason.strip()
    except (msgspec.MsgspecError, ValueError):
        reason = ""
    if not 0 < len(reason) <= LONGEST_REASON:
        return Problem(kind="malformed", more={"supported": ["reason"]})
    taken = await asked.uploads.take_back_upload(asked.upload, asked.grant, reason)
    return Problem(kind="unknown-upload") if taken is None else respond(taken._asdict(), 202, asked.language, {})


def _upload_json(upload: Upload, base_url: str) -> dict[str, Any]:
    address = _address(upload, base_url)
    more = {"status_url": address, "annotated_url": f"{address}/annotated", "receipts_url": f"{address}/receipts"}
    return {**upload.to_json(), **more}


def _error(mistake: SaidMistake, base_url: str) -> dict[str, Any]:
    return {**msgspec.to_builtins(mistake), "type": f"{base_url}{PAGES}{mistake.code}"}


def _receipt(event: UploadedEvent, partner: str, base_url: str) -> dict[str, Any]:
    return {"row": event.row, **Receipt(f"urn:salur:partner:{partner}", event.event_id, event.sha256, is_replayed=False).to_json(base_url)}


def _address(upload: Upload, base_url: str) -> str:
    return f"{base_url}{PATH}/{upload.id}"
