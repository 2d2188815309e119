"""The description of the read API for programs (OpenAPI 3.1): every address, its parameters, and what it may answer."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from consumers.web.problems import KINDS, MEDIA_TYPE, STATUS, Kind

PATH: Final = "/figures/openapi.json"
_SCHEMAS: Final = "#/components/schemas/"
_ALWAYS: Final[tuple[Kind, ...]] = ("question-unclear", "internal", "not-available")

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
    "add_up": "yes to add up all events however many there are, no never to.",
    "flag": "The flag whose events are asked for.",
    "batch": "Only these batches, with or without batch/ before the name.",
    "older_than": "Only what was sent so many days ago and is not confirmed.",
    "seed": "The published seed.",
    "size": "How many deliveries; by value at most so many.",
    "year": "The fiscal year.",
    "format": "json or csv.",
}

Json = dict[str, Any]


def description(base_url: str, simple: Mapping[str, Sequence[str]]) -> Json:
    """Return the document; ``simple`` says which parameters each address without a name in it takes."""
    paths = {f"/v1{path}": _get(path.strip("/"), _SUMMARIES[path], parameters, _kinds(path)) for path, parameters in simple.items()}
    paths["/v1/statements/{statement}"] = _get(
        "statement", "One published figure with its verdict, its parts and its events", (*simple["/statements"], "limit"), ("not-booked",), ("statement",)
    )
    paths["/v1/partners/{partner}/events/{id}"] = _get(
        "event", "One event: its verdict, what corrects it, and everything that it moved, before and after", (), ("not-booked",), ("partner", "id")
    )
    text: Json = {"type": "string"}
    problem = {"type": {"type": "string", "format": "uri"}, "title": text, "status": {"type": "integer"}, "detail": text, "correlation_id": text}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Salur: figures and the events behind them", "version": "1", "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "servers": [{"url": base_url}],
        "paths": paths,
        "components": {
            "schemas": {
                "Answer": {"type": "object", "description": "Quantities are exact decimal strings beside their unit; no figure is null, never 0."},
                "Problem": {"type": "object", "properties": problem, "required": list(problem)},
            }
        },
    }


def _kinds(path: str) -> tuple[Kind, ...]:
    return ("several-units",) if path == "/tallies" else ()


def _get(name: str, summary: str, parameters: Sequence[str], kinds: Iterable[Kind], named: Sequence[str] = ()) -> Json:
    in_path = [{"name": one, "in": "path", "required": True, "schema": {"type": "string"}} for one in named]
    in_query = [
        {"name": one, "in": "query", "schema": {"type": "string"}, "description": _MEANINGS.get(one, f"Only this {one.replace('_', ' ')}; commas mean or.")}
        for one in (*parameters, "format")
    ]
    header = {"name": "If-None-Match", "in": "header", "schema": {"type": "string"}, "description": "The ETag of an answer that is there already."}
    content = {"application/json": {"schema": {"$ref": f"{_SCHEMAS}Answer"}}, "text/csv": {"schema": {"type": "string"}}}
    mark = {"ETag": {"schema": {"type": "string"}, "description": "Changes when something is booked."}}
    problems = {
        str(STATUS[kind]): {"description": KINDS[kind].en.text, "content": {MEDIA_TYPE: {"schema": {"$ref": f"{_SCHEMAS}Problem"}}}}
        for kind in (*kinds, *_ALWAYS)
    }
    responses = {"200": {"description": "The answer.", "headers": mark, "content": content}, "304": {"description": "Nothing was booked since."}, **problems}
    return {"get": {"operationId": f"read_{name}", "summary": summary, "parameters": [*in_path, *in_query, header], "responses": responses}}
