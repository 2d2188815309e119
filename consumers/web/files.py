"""The addresses of files: a view whole in any format below /v1/exports, its manifest beside it, and proofs below /v1/proofs.

A file is made on the disk first; so its hash is in the headers, and the read log has it, before the first byte leaves.
"""

import base64
import dataclasses
import tempfile
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, BinaryIO, Final, NamedTuple, cast

import msgspec
import sqlalchemy as sa
from litestar import Response, Router, get
from litestar.params import FromPath
from litestar.response import Stream

from consumers.exports.iati_file import Publisher
from consumers.exports.making import FORMATS, SUFFIXES, Made, format_of, make
from consumers.exports.manifest import chunks_of, hashed
from consumers.proof import bundles
from consumers.web import problems, responses
from consumers.web.answer import BASE, without
from consumers.web.exported import TOLD_TO_IATI, opened, view_of, views
from consumers.web.pack import MEDIA_TYPE, make_pack
from consumers.web.problems import Problem
from consumers.web.question import COMMON, Parameters, cells_of
from consumers.web.responses import AnyRequest
from consumers.web.shell import Asked, NotBooked, Shell, problem_response
from models import schema
from models.errors import ConfigurationError
from models.languages import preferred
from models.proof import seal as seals

EXPORTS: Final = f"{BASE}/exports"
MANIFEST: Final = ".manifest.json"
AT_ONCE: Final = 2
"""So many files are made at a time; others are asked to wait."""
PACK: Final = "pack.zip"
PACKED: Final = COMMON
PROVED: Final = without("as_of", "simulated", "province")
MOST: Final = 2**63 - 1
_OCTETS: Final = "application/octet-stream"
_TEXT: Final = "text/plain; charset=utf-8"


class Handed(NamedTuple):
    """What goes with files: who reports to IATI, and the tools that lie in every evidence pack, by name."""

    publisher: Publisher = Publisher()
    tools: Mapping[str, bytes] = MappingProxyType({})


@dataclasses.dataclass(frozen=True, slots=True)
class Files:
    """Makes files, a few at a time."""

    shell: Shell
    handed: Handed
    places: threading.BoundedSemaphore

    def respond(self, request: AnyRequest, allowed: Sequence[str], make_one: Callable[[Asked], Response[Any]]) -> Response[Any]:
        """Answer with a file, or with a problem."""

        def fail(problem: Problem, correlation_id: str) -> Response[bytes]:
            return problem_response(self.shell, request, problem, correlation_id)

        if not self.places.acquire(blocking=False):
            return fail(Problem(kind="too-busy"), problems.new_correlation_id())
        try:
            return self.shell.answer(request, allowed, make_one, fail)
        finally:
            self.places.release()


def router(shell: Shell, handed: Handed) -> Router:
    """Return the addresses of files, seals and proofs."""
    files = Files(shell, handed, threading.BoundedSemaphore(AT_ONCE))

    @get("/exports/{name:str}", name="api_export", sync_to_thread=True)
    def export(request: AnyRequest, name: FromPath[str]) -> Response[Any]:
        return _export(files, request, name)

    @get("/seals/{number:int}", name="api_seal", sync_to_thread=True)
    def one_seal(request: AnyRequest, number: FromPath[int]) -> Response[Any]:
        return files.respond(request, ("part",), lambda asked: _seal(asked, _booked(number)))

    @get("/proofs/receipts/{decision:int}", name="api_receipt", sync_to_thread=True)
    def receipt(request: AnyRequest, decision: FromPath[int]) -> Response[Any]:
        return files.respond(request, (), lambda asked: _receipt(asked, _booked(decision)))

    @get("/proofs/compact", name="api_compact", sync_to_thread=True)
    def compact(request: AnyRequest) -> Response[Any]:
        return files.respond(request, PROVED, _compact)

    @get("/proofs/complete", name="api_complete", sync_to_thread=True)
    def complete(request: AnyRequest) -> Response[Any]:
        return files.respond(request, PROVED, _complete)

    return Router(path=BASE, route_handlers=[export, one_seal, receipt, compact, complete])


def parameters_of(name: str) -> Sequence[str]:
    """Return which parameters the address of a file takes. Raises ConfigurationError."""
    _, allowed = view_of(name.partition(".")[0])
    return (*allowed, "lang")


def addresses() -> Mapping[str, Sequence[str]]:
    """Return the name of every file with the parameters of its address, and under ``proofs`` those of a proof."""
    told = {view: [format_ for format_ in FORMATS if format_ != "iati" or view in TOLD_TO_IATI] for view in views()}
    files = {f"{view}{SUFFIXES[format_]}": parameters_of(view) for view, formats in told.items() for format_ in formats}
    return {**files, PACK: PACKED, "proofs": PROVED}


def _export(files: Files, request: AnyRequest, name: str) -> Response[Any]:
    plain = name.removesuffix(MANIFEST)
    view, _, suffix = plain.partition(".")

    def made(asked: Asked) -> Response[Any]:
        language = preferred(asked.parameters.get("lang") or request.headers.get("accept-language"))
        parameters = {key: value for key, value in asked.parameters.items() if key != "lang"}
        file = make(opened(asked._replace(parameters=parameters), view), format_of(suffix), language=language, publisher=files.handed.publisher)
        if name.endswith(MANIFEST):
            file.file.close()
            return responses.respond(responses.as_json(file.manifest.to_json()), responses.JSON, headers=_held(file.manifest.about.as_of.booking, 1))
        return _download(file, f"{EXPORTS}/{name}{MANIFEST}?{request.url.query}")

    def packed(asked: Asked) -> Response[Any]:
        pack = make_pack(asked, files.handed.tools)
        if name.endswith(MANIFEST):
            pack.file.close()
            return responses.respond(responses.as_json(pack.told()), responses.JSON, headers=_held(pack.booking, 1))
        return _stream(pack.file, pack.name, MEDIA_TYPE, pack.sha256, pack.bytes, _held(pack.booking, pack.rows))

    if plain == PACK:
        return files.respond(request, PACKED, packed)
    try:
        allowed = parameters_of(plain)
        format_of(suffix)
    except ConfigurationError:
        return files.respond(request, (), _nothing)
    return files.respond(request, allowed, made)


def _download(made: Made, manifest: str) -> Response[Any]:
    about = made.manifest
    headers = {"Link": f'<{manifest}>; rel="describedby"', **_held(about.about.as_of.booking, about.rows)}
    return _stream(made.file, about.file, about.media_type, about.sha256, about.bytes, headers)


def _stream(file: BinaryIO, name: str, media_type: str, sha256: str, size: int, headers: Mapping[str, str]) -> Response[Any]:
    every = {
        **responses.SAFE_HEADERS,
        "Vary": "Accept, Accept-Language",
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Length": str(size),
        "Repr-Digest": f"sha-256=:{base64.b64encode(bytes.fromhex(sha256)).decode()}:",
        responses.SHA256: sha256,
        **headers,
    }
    # The framework names the charset of text by itself.
    chunks = _and_close(file)
    # A reader who goes away before the first byte never begins the chunks, which then cannot end either.
    weakref.finalize(chunks, file.close)
    return Stream(chunks, media_type=media_type.partition(";")[0], headers=every, status_code=200)


def _and_close(file: BinaryIO) -> Iterator[bytes]:
    with file:
        yield from chunks_of(file)


def _held(booking: int, rows: int) -> dict[str, str]:
    return {responses.AS_OF: str(booking), responses.ROWS: str(rows)}


def _nothing(_asked: Asked) -> Response[Any]:
    raise NotBooked


def _booked(number: int) -> int:
    """Return a number that there may be a row of. Raises NotBooked for one that no database can hold."""
    if number > MOST:
        raise NotBooked
    return number


def _seal(asked: Asked, number: int) -> Response[Any]:
    row = asked.moment.connection.execute(sa.select(schema.seals).where(schema.seals.c.number == number)).first()
    if row is None:
        raise NotBooked
    held = _held(row.booking, 1)
    match asked.parameters.get("part"):
        case None:
            value = {**_told(row), "document": bytes(row.document).decode(), "note": row.note}
            return responses.respond(responses.as_json(value), responses.JSON, headers=held)
        case "document":
            return responses.respond(bytes(row.document), responses.JSON, headers={**held, **_named(f"{number:08d}.json")})
        case "note":
            return responses.respond(row.note.encode(), _TEXT, headers={**held, **_named(f"{number:08d}.note")})
    raise ConfigurationError("a seal has a document and a note", hint="write part=document or part=note")


def _told(row: Any) -> dict[str, Any]:
    document = seals.decode(bytes(row.document))
    told = {"number": row.number, "booking": row.booking, "decisions": row.size, "root": document.log.root.hex(), "address": f"{BASE}/seals/{row.number}"}
    return {**told, "sha256": hashed([bytes(row.document)])}


def _named(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def _receipt(asked: Asked, decision: int) -> Response[Any]:
    content = bundles.receipt_of(asked.moment.connection, decision).encode()
    return responses.respond(content, _TEXT, headers={**_held(_sealed(asked), 1), **_named(f"salur-receipt-{decision}.txt")})


def _compact(asked: Asked) -> Response[Any]:
    content = bundles.compact(asked.moment.connection, _wanted(asked))
    headers = {**_held(_sealed(asked), 1), responses.SHA256: hashed([content]), **_named("salur-compact.json")}
    return responses.respond(content, responses.JSON, headers=headers)


def _complete(asked: Asked) -> Response[Any]:
    wanted = _wanted(asked)
    file = cast("BinaryIO", tempfile.TemporaryFile(prefix="salur-proof-"))  # noqa: SIM115 - it is closed when it was sent
    try:
        figure = bundles.complete(asked.moment.connection, wanted, file)
        size = file.seek(0, 2)
        return _stream(file, "salur-complete.bin", _OCTETS, hashed(chunks_of(file)), size, _held(_sealed(asked), msgspec.convert(figure["events"], int)))
    except BaseException:
        file.close()
        raise


def _wanted(asked: Asked) -> dict[str, Any]:
    named: Parameters = asked.parameters
    return bundles.wanted_of(cells_of(named, asked.moment.registry))


def _sealed(asked: Asked) -> int:
    return bundles.LastSeal(asked.moment.connection).seal.booking
