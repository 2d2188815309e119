"""CloudEvents in Kafka's binary mode: attributes in ``ce_`` headers, data in the value. Turned into structured JSON here.

A record is in binary mode when it has ``ce_`` headers and its content type does not say that the value is a whole
event (CloudEvents Kafka protocol binding 1.0.2, section 3).
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from models.reasons import Violation
from models.strict_json import parse

Headers = Sequence[tuple[str, bytes | None]]

_ATTRIBUTE: Final = "ce_"
_CONTENT_TYPE: Final = "content-type"
_STRUCTURED: Final = b"application/cloudevents"


def is_binary(headers: Headers) -> bool:
    """Tell whether the value is the event's data alone."""
    structured = any(name == _CONTENT_TYPE and (value or b"").startswith(_STRUCTURED) for name, value in headers)
    return not structured and any(name.startswith(_ATTRIBUTE) for name, _ in headers)


def assembled(value: bytes, headers: Headers) -> bytes | tuple[Violation, ...]:
    """Return the event as structured JSON, its data byte for byte as sent; or what is wrong with headers or value."""
    attributes: dict[str, str] = {}
    for name, content in headers:
        attribute = _attribute(name)
        if attribute is None:
            continue
        text = _text(content)
        if text is None:
            return (_broken("headers of UTF-8 text"),)
        if attribute in attributes or attribute == "data":
            return (_broken("each attribute once, and data in the value"),)
        attributes[attribute] = text
    # The value must be one JSON text in itself, or it could close the object and add attributes of its own.
    data = parse(value)
    if data.flaws:
        return tuple(msgspec.structs.replace(flaw, pointer=f"/data{flaw.pointer}") for flaw in data.flaws)
    return msgspec.json.encode({**attributes, "data": msgspec.Raw(value)})


def _attribute(name: str) -> str | None:
    if name == _CONTENT_TYPE:
        return "datacontenttype"
    return name.removeprefix(_ATTRIBUTE) if name.startswith(_ATTRIBUTE) else None


def _text(content: bytes | None) -> str | None:
    try:
        return None if content is None else content.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _broken(expected: str) -> Violation:
    return Violation(code="rjct.malformed", expected=expected)
