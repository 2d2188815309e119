"""The description of uploads for programs: send a file, ask how far it is, get it back annotated, get receipts, take it back."""

from typing import Final, get_args

from models.uploads import MODES, State
from streams.intake.describing import BODY, ENTRY, Json, language, listed, problems, record, ref
from streams.intake.problems import MEDIA_TYPE
from streams.uploads.form import CSV, DEFAULT_MODE, FILE_BYTES, FORM, XLSX

PATH: Final = "/v1/uploads"
_BINARY: Final[Json] = {"schema": {"type": "string", "contentMediaType": "application/octet-stream"}}
_JSON: Final = "application/json"


def paths() -> Json:
    """Return every address."""
    one = f"{PATH}/{{upload}}"
    return {
        PATH: {"post": _send(), "get": _read("list_uploads", "Your uploads, the last that came first", "Uploads", named=False)},
        one: {"get": _read("upload_status", "How far an upload is, and every mistake that was found in it", "UploadReport")},
        f"{one}/annotated": {"get": _annotated()},
        f"{one}/receipts": {"get": _receipts()},
        f"{one}/reversals": {"post": _take_back()},
    }


def schemas() -> Json:
    """Return what the addresses answer."""
    text: Json = {"type": "string"}
    number: Json = {"type": "integer"}
    sha256: Json = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
    address: Json = {"type": "string", "format": "uri"}
    maybe: Json = {"type": ["string", "null"]}
    counts = dict.fromkeys(("rows", "events", "with_mistakes", "mistakes", "sent", "sent_before", "amended", "taken", "unacknowledged"), number)
    state: Json = {"type": "string", "enum": list(get_args(State))}
    upload: Json = {
        "id": text,
        "name": text,
        "event_type": text,
        "mode": {"type": "string", "enum": list(MODES)},
        "state": state,
        "times": number,
        "sha256": sha256,
        **counts,
        **dict.fromkeys(("status_url", "annotated_url", "receipts_url"), address),
    }
    mistake = {"row": number, "column": maybe, "cell": maybe, "header": maybe, "code": text, "detail": text, "hint": text, "type": address}
    closest = {"closest": {"type": "array", "items": text}}
    found = {"errors": listed("SheetMistake"), "progress": record({"done": number, "total": number})}
    problem = {"type": address, "title": text, "status": number, "detail": text, "correlation_id": text}
    receipt = {"row": number, "id": text, "source": text, "sha256": sha256, "status_url": address}
    return {
        "SheetMistake": record({**mistake, **closest}),
        "Upload": record(upload),
        "Uploads": record({"uploads": listed("Upload")}),
        "UploadReport": record(upload, found),
        "FileProblem": record(problem, {**upload, **found}),
        "UploadReceipt": record(receipt),
        "UploadReceipts": record({"receipts": listed("UploadReceipt"), "next": {"type": ["string", "null"], "format": "uri"}}),
        "TakenBack": record(dict.fromkeys(("sent", "taken_back_before", "not_booked", "unacknowledged"), number)),
    }


def _send() -> Json:
    report = {_JSON: {"schema": ref("UploadReport")}}
    where = {"Location": {"schema": {"type": "string"}, "description": "Where the upload is."}}
    form: Json = {
        "file": {"type": "string", "contentMediaType": "application/octet-stream"},
        **{name: {"type": "string"} for name in ("mode", "type", "amend")},
    }
    told = problems((*BODY, "file-refused"))
    told["422"] = {**told["422"], "content": {MEDIA_TYPE: {"schema": ref("FileProblem")}}}
    question = [
        _question("mode", {"type": "string", "enum": list(MODES), "default": DEFAULT_MODE}, "Send nothing; everything or nothing; or what has no mistake."),
        _question("type", {"type": "string"}, "The type of event of rows that do not say it, such as distribution.recorded."),
        _question("amend", {"type": "string", "enum": ["yes"]}, "Put the content of rows whose key was sent before in the place of what stands."),
        {"name": "Prefer", "in": "header", "schema": {"type": "string"}, "description": "respond-async: do not wait until the file is read and sent."},
        {"name": "Accept", "in": "header", "schema": {"type": "string"}, "description": "The type of the file, to be answered with its annotated copy."},
        language(),
    ]
    return {
        "operationId": "send_file",
        "summary": "Send a spreadsheet; the same file again is harmless, and finishes what was interrupted",
        "parameters": question,
        "requestBody": {
            "required": True,
            "description": f"A CSV or XLSX of at most {FILE_BYTES} bytes, by itself or in a form.",
            "content": {XLSX: _BINARY, CSV: {"schema": {"type": "string"}}, FORM: {"schema": {"type": "object", "properties": form, "required": ["file"]}}},
        },
        "responses": {
            "200": {
                "description": "The file was read, and sent as far as the mode allows.",
                "headers": where,
                "content": {**report, XLSX: _BINARY, CSV: _BINARY},
            },
            "202": {"description": "It is still being read or sent; ask at Location.", "headers": where, "content": report},
            **told,
        },
    }


def _read(name: str, summary: str, schema: str, *, named: bool = True) -> Json:
    answer = {"description": "The answer.", "content": {_JSON: {"schema": ref(schema)}}}
    kinds = problems((*ENTRY, "unknown-upload")) if named else problems(ENTRY)
    return {"operationId": name, "summary": summary, "parameters": [*([_named()] if named else []), language()], "responses": {"200": answer, **kinds}}


def _annotated() -> Json:
    copy = {"description": "Your own file with each mistake beside its row.", "content": {XLSX: _BINARY, CSV: _BINARY}}
    summary = "The file with its mistakes, while it is remembered"
    return {
        "operationId": "upload_annotated",
        "summary": summary,
        "parameters": [_named(), language()],
        "responses": {"200": copy, **problems((*ENTRY, "unknown-upload"))},
    }


def _receipts() -> Json:
    after = _question("after", {"type": "integer", "minimum": 0, "maximum": 999_999_999}, "Go on after this event; next has the whole address.")
    answer = {"description": "A page of receipts, in the order of the file.", "content": {_JSON: {"schema": ref("UploadReceipts")}}}
    return {
        "operationId": "upload_receipts",
        "summary": "The receipts of an upload's events: the same however often the file came",
        "parameters": [_named(), after, language()],
        "responses": {"200": answer, **problems((*ENTRY, "unknown-upload", "malformed"))},
    }


def _take_back() -> Json:
    reason = record({"reason": {"type": "string", "minLength": 1, "maxLength": 200}})
    return {
        "operationId": "upload_reversals",
        "summary": "Take back every event of an upload: a reversal is sent for each that counts",
        "parameters": [_named(), language()],
        "requestBody": {"required": True, "content": {_JSON: {"schema": reason}}},
        "responses": {
            "202": {"description": "What came of it.", "content": {_JSON: {"schema": ref("TakenBack")}}},
            **problems((*ENTRY, "unknown-upload", "malformed", "too-slow", "too-large")),
        },
    }


def _named() -> Json:
    return {
        "name": "upload",
        "in": "path",
        "required": True,
        "schema": {"type": "string", "pattern": "^[0-9a-f]{24}$"},
        "description": "The name of an upload.",
    }


def _question(name: str, schema: Json, description: str) -> Json:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": description}
