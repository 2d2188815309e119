"""The description of the way straight into Kafka for programs (AsyncAPI 3.0): topics, keys, headers, and every type of event.

Written from what the ledger really reads: the topics, the schemas of the events, the settings of inbound topics.
"""

from typing import Any, Final

from models.events.catalogue import EVENT_TYPES
from models.topics import EVENTS, MAX_RECORD_BYTES, partner_topic
from streams.docs.event_words import meaning, title
from streams.docs.snippets import example
from streams.intake.openapi import event_schemas
from streams.sheets.columns import short_type

PATH: Final = "/v1/asyncapi.json"
_STRUCTURED: Final = "application/cloudevents+json"

Json = dict[str, Any]


def description() -> Json:
    """Return the document. Servers are an installation's own matter and not named here."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Salur: straight into Kafka",
            "version": "1",
            "description": "Where a partner with a Kafka producer of its own writes its events. An event may be written again, with the same id.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": _STRUCTURED,
        "channels": {
            "shared": _channel(EVENTS, "The topic of all partners, where the cluster has no access control."),
            "own": {
                **_channel(partner_topic("{partner}"), "The topic of one partner, who alone may write to it; the source of every event must be that partner."),
                "parameters": {"partner": {"description": "The partner's code."}},
            },
        },
        "operations": {name: _operation(name) for name in ("shared", "own")},
        "components": {"messages": _messages(), "schemas": {name: schema for name, schema in event_schemas().items() if name != "Event"}},
    }


def _channel(address: str, text: str) -> Json:
    config = {"cleanup.policy": ["delete"], "retention.ms": -1, "retention.bytes": -1, "max.message.bytes": MAX_RECORD_BYTES}
    return {
        "address": address,
        "description": text,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in _names()},
        "bindings": {"kafka": {"topicConfiguration": config, "bindingVersion": "0.5.0"}},
    }


def _operation(channel: str) -> Json:
    return {
        "action": "receive",
        "channel": {"$ref": f"#/channels/{channel}"},
        "summary": "Salur reads what partners write, and decides about every record exactly once.",
        "messages": [{"$ref": f"#/channels/{channel}/messages/{name}"} for name in _names()],
    }


def _names() -> list[str]:
    return [*(short_type(one) for one in EVENT_TYPES), "binary"]


def _messages() -> Json:
    structured = {short_type(event_type): _structured(event_type) for event_type in EVENT_TYPES}
    return {**structured, "binary": _binary()}


def _structured(event_type: str) -> Json:
    short = short_type(event_type)
    return {
        "name": event_type,
        "title": title(short, "en"),
        "summary": meaning(short, "en"),
        "contentType": _STRUCTURED,
        "headers": {"type": "object", "properties": {"content-type": {"type": "string", "enum": [_STRUCTURED, f"{_STRUCTURED}; charset=UTF-8"]}}},
        "payload": {"$ref": f"#/components/schemas/{EVENT_TYPES[event_type].__name__}"},
        "examples": [{"name": "shortest", "payload": example(event_type)}],
        "bindings": _key(),
    }


def _binary() -> Json:
    needed = ["ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time"]
    text: Json = {"type": "string"}
    return {
        "name": "binary",
        "title": "Any of them in binary mode",
        "summary": "Attributes in headers, data alone in the value (CloudEvents Kafka protocol binding 1.0.2).",
        "contentType": "application/json",
        "headers": {"type": "object", "properties": {**dict.fromkeys(needed, text), "content-type": {"const": "application/json"}}, "required": needed},
        "payload": {"type": "object", "description": "What stands under data in the structured form of the same type."},
        "bindings": _key(),
    }


def _key() -> Json:
    text = "source, a bar, id; of the original for a correction. Nothing depends on it but how soon a correction meets its original."
    return {"kafka": {"key": {"type": "string", "description": text}, "bindingVersion": "0.5.0"}}
