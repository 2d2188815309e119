"""The description of the intake for programs (OpenAPI 3.1): every address, every answer, every type of event.

Written from what the intake really uses: the schemas of the events, the kinds of problems, the limits.
"""

from collections.abc import Mapping
from typing import Any, Final

from models.decoding import MAX_BYTES
from models.events.catalogue import EVENT_TYPES
from models.json_schema import schema_of
from models.reason_words import REASONS
from streams.intake.body import ARRAY_TYPES, BATCH_BYTES, LINES_TYPES
from streams.intake.body import EVENT_TYPES as EVENT_MEDIA
from streams.intake.describing import BODY, ENTRY, SCHEMAS, Json, language, listed, problems, record, ref
from streams.intake.problem_words import Kind
from streams.intake.problems import MEDIA_TYPE
from streams.uploads import openapi as uploads

PATH: Final = "/v1/openapi.json"
_SUBMISSION: Final[tuple[Kind, ...]] = ("not-signed-in", "not-permitted", "not-available")

_EXAMPLE: Final[Mapping[str, Any]] = {
    "specversion": "1.0",
    "id": "masker-2020-05-03",
    "source": "urn:salur:partner:kdei-taipei",
    "type": "salur.distribution.recorded.v1",
    "time": "2020-05-03T09:00:00+08:00",
    "data": {"programme": "bantuan-pmi", "country": "TW", "recipient_type": "pmi", "lines": [{"line": 1, "item": "masker", "quantity": 100, "unit": "piece"}]},
}


def description(base_url: str) -> Json:
    """Return the document."""
    events, answers = event_schemas(), {**_answer_schemas(), **uploads.schemas()}
    assert not events.keys() & answers.keys(), "an answer and a part of an event have one name"
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Salur: partners' intake",
            "version": "1",
            "description": "Send events of aid that was given out, keep the receipts, ask for the verdicts. An event may be sent again, with the same id.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": base_url}],
        "security": [{"token": []}],
        "paths": {
            "/v1/events": {"post": _send_event()},
            "/v1/events:batch": {"post": _send_batch()},
            "/v1/events/{id}": {"get": _status()},
            "/v1/kobo/{mapping}": {"post": _send_submission()},
            **uploads.paths(),
        },
        "components": {
            "securitySchemes": {
                "password": {
                    "type": "http",
                    "scheme": "basic",
                    "description": "The token as the password, with any user name: KoboToolbox has fields for both.",
                },
                "token": {"type": "http", "scheme": "bearer", "description": "A token that `salur partner token` made; never in an address."},
            },
            "schemas": {**events, **answers},
        },
    }


def _send_event() -> Json:
    event = {"schema": ref("Event"), "example": _EXAMPLE}
    return {
        "operationId": "send_event",
        "summary": "Send one event",
        "parameters": [language()],
        "requestBody": {"required": True, "description": f"One CloudEvent of at most {MAX_BYTES} bytes.", "content": dict.fromkeys(EVENT_MEDIA, event)},
        "responses": {
            "202": {
                "description": "Kafka has the event, on every broker that must have it, or the ledger had it before (then Idempotent-Replayed is true).",
                "headers": {
                    "Idempotent-Replayed": {"schema": {"type": "string", "enum": ["true"]}, "description": "The same event was taken in before."},
                    "Location": {"schema": {"type": "string"}, "description": "Where its verdict is."},
                },
                "content": {"application/json": {"schema": ref("IntakeReceipt")}},
            },
            **problems((*BODY, "wrong-source", "id-taken", "event-refused")),
        },
    }


def _send_batch() -> Json:
    array = {"schema": {"type": "array", "minItems": 1, "items": ref("Event")}}
    lines = {"schema": {"type": "string", "description": "One event a line."}}
    results = {"application/json": {"schema": ref("Answers")}}
    return {
        "operationId": "send_batch",
        "summary": "Send many events",
        "parameters": [language()],
        "requestBody": {
            "required": True,
            "description": f"Events as a JSON array or as JSON Lines, together at most {BATCH_BYTES} bytes.",
            "content": {**dict.fromkeys(ARRAY_TYPES, array), **dict.fromkeys(LINES_TYPES, lines)},
        },
        "responses": {
            "202": {"description": "Every event was taken in; a receipt for each.", "content": results},
            "207": {"description": "Some were not; the result of each is at its index.", "content": results},
            **problems(BODY),
        },
    }


def _status() -> Json:
    name = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}, "description": "The event's id, percent-encoded."}
    return {
        "operationId": "event_status",
        "summary": "Ask what became of an event of one's own",
        "parameters": [name, language()],
        "responses": {
            "200": {"description": "The verdict.", "content": {"application/json": {"schema": ref("Status")}}},
            **problems((*ENTRY, "unknown-event", "malformed")),
        },
    }


def _send_submission() -> Json:
    name = {"name": "mapping", "in": "path", "required": True, "schema": {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,62}$"}, "example": "serah-terima"}
    uuid = {"type": "string", "minLength": 1, "maxLength": 128, "description": "The id of the event; of an edit, meta/rootUuid is."}
    submission = {"type": "object", "properties": {"_uuid": uuid}, "required": ["_uuid"], "description": "A submission as KoboToolbox sends it."}
    receipt = {"application/json": {"schema": ref("IntakeReceipt")}}
    amended = {"schema": {"type": "string", "enum": ["true"]}, "description": "The edit was sent as an amendment of what was sent first."}
    told = problems((*_SUBMISSION, "not-found", "too-large", "submission-edited", "event-refused"))
    for status in ("409", "422"):
        told[status] = {**told[status], "content": {MEDIA_TYPE: {"schema": ref("SubmissionProblem")}}}
    return {
        "operationId": "send_submission",
        "summary": "Send a submission of a KoboToolbox form, which a mapping makes an event of",
        "description": "What may pass is always answered with 503: KoboToolbox tries again after 502, 503 and 504 only.",
        "parameters": [name],
        "security": [{"token": []}, {"password": []}],
        "requestBody": {"required": True, "content": {"application/json": {"schema": submission}}},
        "responses": {
            "202": {"description": "Kafka has the event, or the ledger had it before.", "headers": {"Salur-Amended": amended}, "content": receipt},
            **told,
        },
    }


def event_schemas() -> Json:
    """Return the schema of every type of event, and Event for any of them."""
    schemas: Json = {}
    names: dict[str, str] = {}
    for event_type in EVENT_TYPES:
        schema = schema_of(event_type)
        for title, definition in schema["$defs"].items():
            placed = _placed(definition)
            assert schemas.setdefault(title, placed) == placed, f"two schemas are called {title}"
        names[event_type] = SCHEMAS + schema["$ref"].rpartition("/")[2]
    any_of = [{"$ref": reference} for reference in names.values()]
    return {**schemas, "Event": {"oneOf": any_of, "discriminator": {"propertyName": "type", "mapping": names}}}


def _placed(node: Any) -> Any:
    """Return a part of a schema with its references moved to where the document has them."""
    match node:
        case {"$ref": str(reference)}:
            return {**node, "$ref": SCHEMAS + reference.rpartition("/")[2]}
        case dict():
            return {key: _placed(value) for key, value in node.items()}
        case list():
            return [_placed(value) for value in node]
        case _:
            return node


def _answer_schemas() -> Json:
    text: Json = {"type": "string"}
    number: Json = {"type": "integer"}
    sha256: Json = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
    receipt = {"id": text, "source": text, "sha256": sha256, "status_url": {"type": "string", "format": "uri"}}
    error = {"pointer": text, "code": {"type": "string", "enum": sorted(REASONS)}, "detail": text, "hint": text, "type": text}
    problem = {"type": {"type": "string", "format": "uri"}, "title": text, "status": number, "detail": text, "correlation_id": text}
    status = {"id": text, "source": text, "type": text, "verdict": {"type": "string", "enum": ["accepted", "held", "rejected"]}, "sha256": sha256}
    moved = {"measure": text, "unit": text, "before": text, "change": text, "after": text}
    result = {"index": number, "status": number}
    return {
        "IntakeReceipt": record(receipt),
        "Error": record(error, {"closest": text}),
        "Problem": record(problem, {"errors": listed("Error"), "sha256": sha256, "standing_sha256": sha256, "supported": {"type": "array", "items": text}}),
        "SubmissionError": record({**error, "code": text}, {"closest": text, "field": text}),
        "SubmissionProblem": record(problem, {"errors": listed("SubmissionError"), "id": text, "sha256": sha256, "standing_sha256": sha256}),
        "Answer": record(result, {"receipt": ref("IntakeReceipt"), "problem": ref("Problem"), "replayed": {"type": "boolean"}}),
        "Answers": record({"results": listed("Answer")}),
        "Moved": record(moved),
        "Flag": record({"code": text, "detail": text, "hint": text}),
        "Position": record({"topic": text, "partition": number, "offset": number}),
        "Conflict": record({"sha256": sha256, "decision": number, "booking": number, "booked_at": text}),
        "Held": record({"code": text, "detail": text, "hint": text, "waits_for": record({"source": text, "id": text})}),
        "Status": record(
            {**status, "decision": number, "booking": number, "booked_at": text, "place": ref("Position"), "flags": listed("Flag"), "tallies": listed("Moved")},
            {"errors": listed("Error"), "held": ref("Held"), "conflicts": listed("Conflict")},
        ),
    }
