"""The description of the read API for programs (OpenAPI 3.1): every address, its parameters, and what it may answer."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from consumers.exports.making import MEDIA_TYPES, format_of
from consumers.web.problems import KINDS, MEDIA_TYPE, STATUS, Kind

PATH: Final = "/figures/openapi.json"
_SCHEMAS: Final = "#/components/schemas/"
_ALWAYS: Final[tuple[Kind, ...]] = ("question-unclear", "sign-in-needed", "auditors-only", "too-many-questions", "internal", "not-available")
_BUSY: Final[tuple[Kind, ...]] = ("too-busy",)
_JSON: Final = "application/json"
_CSV: Final = "text/csv"

_SUMMARIES: Final[Mapping[str, str]] = {
    "/tallies": "Sums, one row per group, measure and unit; with total, one sum or the reason why there is none",
    "/entries": "The events behind figures, in the order of booking, and whether all of them add up",
    "/statements": "Published figures, each with its verdict",
    "/diff": "What changed between two bookings or moments, by cause, and the events that did it",
    "/balance": "What came in, what is there and what went out, per item, holder and lot",
    "/intake": "Events received, and what became of them, in all and by partner",
    "/plans": "Budgets and targets beside what was spent and delivered",
    "/reached": "How many people were reached, each figure with the rule by which it was found",
    "/parts": "People by sex, age and disability, with what nobody told as unknown",
    "/public": "Figures that may be handed to anybody: no count of fewer than ten people is in them, or follows from them",
    "/batches": "How far each batch of payments has come, and what was sent and not confirmed, since when",
    "/evidence": "How much of what was delivered is shown by evidence, or was verified",
    "/sample": "An audit sample that anyone can draw again from its seed",
    "/seals": "The newest seals: what was signed, and what no seal covers yet",
    "/flags": "How often each flag was raised; with flag, by which events",
}
_NUMBERS: Final = frozenset({"number", "decision"})
_MARKS: Final[Mapping[str, str]] = {
    "ETag": "Changes when something is booked.",
    "Salur-As-Of": "The booking that the answer holds for.",
    "Salur-Rows": "How many rows it has.",
}
_MEANINGS: Final[Mapping[str, str]] = {
    "from": "Happened on this day or month or later, in Asia/Jakarta.",
    "to": "Happened by the end of this day or month, in Asia/Jakarta.",
    "as_of": "What the ledger said then: a booking number, a moment or a day.",
    "since": "A booking, moment or day whose stock is the opening.",
    "a": "The earlier booking, moment or day.",
    "b": "The later booking, moment or day; by default now.",
    "simulated": "Whether simulated partners are left out (no), included (yes), or alone (only).",
    "below": "no for a programme without those below it.",
    "by": "Dimensions to group by, with commas between them; day and month too.",
    "total": "Ask for one total.",
    "after": "Go on after this decision; next_page has the whole address.",
    "limit": "At most so many events on a page, up to 500.",
    "newest_first": "yes for the last booked event first.",
    "add_up": "yes to add up all events, or their causes, however many there are, no never to.",
    "flag": "The flag whose events are asked for.",
    "batch": "Only these batches, with or without batch/ before the name.",
    "older_than": "Only what was sent so many days ago and is not confirmed.",
    "seed": "The published seed.",
    "size": "How many deliveries; by value at most so many.",
    "year": "The fiscal year.",
    "province": "Only this province, by its number, its ISO code or its name; its places are included.",
    "lang": "Language of the words in a spreadsheet: en or id.",
    "part": "document or note: the very bytes of one.",
    "format": "json or csv.",
}

Json = dict[str, Any]


def description(base_url: str, simple: Mapping[str, Sequence[str]], files: Mapping[str, Sequence[str]]) -> Json:
    """Return the document; ``simple`` and ``files`` say which parameters each address without a name in it, and each file, takes."""
    paths = {f"/v1{path}": _get(path.strip("/"), _SUMMARIES[path], parameters, _kinds(path)) for path, parameters in simple.items()}
    paths["/v1/statements/{statement}"] = _get(
        "statement", "One published figure with its verdict, its parts and its events", (*simple["/statements"], "limit"), ("not-booked",), ("statement",)
    )
    paths["/v1/partners/{partner}/events/{id}"] = _get(
        "event", "One event: its verdict, what corrects it, and everything that it moved, before and after", (), ("not-booked",), ("partner", "id")
    )
    paths |= _of_files(files)
    text: Json = {"type": "string"}
    problem = {"type": {"type": "string", "format": "uri"}, "title": text, "status": {"type": "integer"}, "detail": text, "correlation_id": text}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Salur: figures and the events behind them", "version": "1", "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "servers": [{"url": base_url}],
        "paths": paths,
        "security": [{}, {"bearer": []}, {"basic": []}],
        "components": {
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "description": "An auditor's token; on the machine itself none is needed."},
                "basic": {"type": "http", "scheme": "basic", "description": "Any name, and an auditor's token as the password."},
            },
            "schemas": {
                "Answer": {"type": "object", "description": "Quantities are exact decimal strings beside their unit; no figure is null, never 0."},
                "Problem": {"type": "object", "properties": problem, "required": list(problem)},
            },
        },
    }


def _of_files(files: Mapping[str, Sequence[str]]) -> dict[str, Json]:
    file: Json = {"schema": {"type": "string", "format": "binary"}}
    any_file = {"application/octet-stream": file}
    proved = files["proofs"]
    found = {
        f"/v1/exports/{name}": _get(
            f"export_{name.replace('.', '_')}",
            f"The whole of {name.partition('.')[0]} as a file; its manifest is at this address with .manifest.json after the name",
            parameters,
            _BUSY,
            content=_file_content(name, file),
        )
        for name, parameters in files.items()
        if name != "proofs"
    }
    text = {"text/plain": {"schema": {"type": "string"}}}
    whole = {_JSON: {"schema": {"$ref": f"{_SCHEMAS}Answer"}}}
    return {
        **found,
        "/v1/seals/{number}": _get("seal", "One seal: its document and its signed note", ("part",), (*_BUSY, "not-booked"), ("number",), {**whole, **text}),
        "/v1/proofs/receipts/{decision}": _get(
            "receipt", "That a decision is in the sealed log (C2SP tlog-proof)", (), (*_BUSY, "not-booked"), ("decision",), text
        ),
        "/v1/proofs/compact": _get("compact_proof", "One figure against the sealed sums, in at most 64 KiB", proved, _BUSY, content=whole),
        "/v1/proofs/complete": _get("complete_proof", "One figure with every decision, to be read again offline", proved, _BUSY, content=any_file),
    }


def _file_content(name: str, file: Json) -> dict[str, Json]:
    """Return what a file of this name is served as."""
    suffix = name.partition(".")[2]
    media_type = "application/zip" if suffix == "zip" else MEDIA_TYPES[format_of(suffix)].partition(";")[0]
    return {media_type: {"schema": {"type": "object"}} if media_type == _JSON else file}


def _kinds(path: str) -> tuple[Kind, ...]:
    return ("several-units",) if path in {"/tallies", "/sample"} else ()


def _get(
    name: str, summary: str, parameters: Sequence[str], kinds: Iterable[Kind], named: Sequence[str] = (), content: Mapping[str, Json] | None = None
) -> Json:
    in_path = [{"name": one, "in": "path", "required": True, "schema": {"type": "integer" if one in _NUMBERS else "string"}} for one in named]
    asked = (*parameters, "format") if content is None else parameters
    in_query = [
        {"name": one, "in": "query", "schema": {"type": "string"}, "description": _MEANINGS.get(one, f"Only this {one.replace('_', ' ')}; commas mean or.")}
        for one in asked
    ]
    header = {"name": "If-None-Match", "in": "header", "schema": {"type": "string"}, "description": "The ETag of an answer that is there already."}
    shown = content or {_JSON: {"schema": {"$ref": f"{_SCHEMAS}Answer"}}, _CSV: {"schema": {"type": "string"}}}
    marks = {name: {"schema": {"type": "string"}, "description": words} for name, words in _MARKS.items()}
    problems: dict[str, Json] = {}
    for kind in (*kinds, *_ALWAYS):
        # Two kinds may share a status.
        problems.setdefault(str(STATUS[kind]), {"description": KINDS[kind].en.text, "content": {MEDIA_TYPE: {"schema": {"$ref": f"{_SCHEMAS}Problem"}}}})
    responses = {"200": {"description": "The answer.", "headers": marks, "content": shown}, "304": {"description": "Nothing was booked since."}, **problems}
    return {"get": {"operationId": f"read_{name}", "summary": summary, "parameters": [*in_path, *in_query, header], "responses": responses}}
