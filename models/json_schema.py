"""The JSON Schema (2020-12) of every event type, made from the structs, and which changes to one would break partners.

The committed files in ``models/schemas`` are what ``schema_of`` returns; a test compares them. A schema says a
little more than a struct can: the form of a decimal string, and which members go together.
"""

import functools
import inspect
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

import msgspec

from models.events.catalogue import EVENT_TYPES
from models.events.envelope import MAX_JSON_INTEGER, Envelope

Schema = dict[str, Any]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_REFERENCE: Final = "#/$defs/{name}"
_QUANTITY: Final[Mapping[str, Any]] = MappingProxyType(
    {"type": ["integer", "string"], "minimum": 0, "maximum": MAX_JSON_INTEGER, "minLength": 1, "maxLength": 64, "pattern": r"^[0-9]+(\.[0-9]+)?$"}
)
_TOGETHER: Final[Mapping[str, Mapping[str, Any]]] = MappingProxyType(
    {
        "Reach": {"dependentRequired": {"quantity": ["unit"], "unit": ["quantity"]}, "anyOf": [{"required": ["quantity"]}, {"required": ["recipients"]}]},
        "Finding": {"dependentRequired": {"quantity": ["unit"], "unit": ["quantity"], "amount": ["currency"], "currency": ["amount"]}},
        "PeriodClosure": {"anyOf": [{"required": ["period"]}, {"required": ["batches"]}]},
        "Figure": {"dependentRequired": {"value": ["unit"], "nearest": ["value"], "less": ["scope"], "of": ["scope", "counted_in"], "counted_in": ["of"]}},
        "Part": {"dependentRequired": {"less": ["scope"]}},
    }
)


@functools.cache
def schema_of(event_type: str) -> Schema:
    """Return the schema of one event type, complete in itself; callers share the object and leave it as it is."""
    return _schema(EVENT_TYPES[event_type], name=event_type)


@functools.cache
def envelope_schema() -> Schema:
    """Return the schema of an event whose type is not known: the envelope, with any data."""
    schema = _schema(Envelope, name="envelope")
    envelope = schema["$defs"]["Envelope"]
    envelope["properties"] |= {"type": {"type": "string"}, "data": {"type": "object"}}
    envelope["required"].append("data")
    return schema


def breaking_changes(old: Schema, new: Schema) -> list[str]:
    """Return what an event that was valid by ``old`` could now be refused for; empty when nothing is."""
    return sorted(set(_breaks(old, new, old_root=old, new_root=new, where="$")))


def _schema(event: type[Envelope], *, name: str) -> Schema:
    (reference,), definitions = msgspec.json.schema_components([event], ref_template=_REFERENCE)
    completed = {
        title: _completed(definition) | _TOGETHER.get(title, {}) | {"description": inspect.cleandoc(definition.get("description", ""))}
        for title, definition in definitions.items()
    }
    return {"$schema": DIALECT, "$id": f"urn:salur:schema:{name}", "title": name, **reference, "$defs": completed}


def _completed(node: Any) -> Any:
    """Say of quantities, currencies and replacements what their annotations cannot."""
    match node:
        case {"anyOf": [{"type": "integer"}, {"type": "string"}]}:
            return dict(_QUANTITY)
        case dict():
            completed = {key: _completed(value) for key, value in node.items()}
            properties = completed.get("properties", {})
            if "currency" in properties:
                properties["currency"]["pattern"] = "^[A-Z]{3}$"
            if "replacement" in properties:
                properties["replacement"]["type"] = "object"
            return completed
        case list():
            return [_completed(value) for value in node]
        case _:
            return node


def _breaks(old: Any, new: Any, *, old_root: Schema, new_root: Schema, where: str) -> Iterator[str]:
    old, new = _resolved(old, old_root), _resolved(new, new_root)
    yield from _narrowed(old, new, where)
    members = old.get("properties", {})
    for name, member in members.items():
        if name in new.get("properties", {}):
            yield from _breaks(member, new["properties"][name], old_root=old_root, new_root=new_root, where=f"{where}.{name}")
        elif new.get("additionalProperties", True) is False:
            yield f"{where}.{name}: removed"
    for name in set(new.get("required", ())) - set(old.get("required", ())):
        yield f"{where}.{name}: required now"
    for key in ("items", "additionalProperties"):
        if isinstance(old.get(key), dict) and isinstance(new.get(key), dict):
            yield from _breaks(old[key], new[key], old_root=old_root, new_root=new_root, where=f"{where}[]")
    if len(old.get("anyOf", ())) > len(new.get("anyOf", ())) > 0:
        yield f"{where}: an alternative was removed"
    if _asks_for_more(old, new):
        yield f"{where}: a condition was added"


def _asks_for_more(old: Schema, new: Schema) -> bool:
    """Tell whether ``new`` wants members together that ``old`` did not want together."""
    if new.keys() & {"anyOf", "dependentRequired"} - old.keys():
        return "type" in new
    wanted = old.get("dependentRequired", {})
    return any(set(others) - set(wanted.get(name, ())) for name, others in new.get("dependentRequired", {}).items())


def _narrowed(old: Schema, new: Schema, where: str) -> Iterator[str]:
    if "enum" in new and ("enum" not in old or not set(old["enum"]) <= set(new["enum"])):
        yield f"{where}: fewer values"
    if "type" in new and not _types(old) <= _types(new):
        yield f"{where}: fewer types"
    if "pattern" in new and new["pattern"] != old.get("pattern"):
        yield f"{where}: another pattern"
    for limit in ("maximum", "maxLength", "maxItems"):
        if limit in new and new[limit] < old.get(limit, float("inf")):
            yield f"{where}: lower {limit}"
    for limit in ("minimum", "minLength", "minItems"):
        if limit in new and new[limit] > old.get(limit, float("-inf")):
            yield f"{where}: higher {limit}"


def _types(schema: Schema) -> set[str]:
    types = schema.get("type", "any")
    return {types} if isinstance(types, str) else set(types)


def _resolved(schema: Any, root: Schema) -> Schema:
    """Follow a reference into the same document."""
    reference = schema.get("$ref", "")
    name = re.sub("^#/\\$defs/", "", reference)
    resolved: Schema = root["$defs"][name] if reference else schema
    return resolved
