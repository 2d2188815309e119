"""From the bytes of a record to an event, or to everything that is wrong with them. No input raises.

The usual event takes the fast way: typed decoding, and a few checks on the bytes for what typed decoding lets
pass. Everything else is read again, strictly. An event is only ever accepted by both. What the values mean is
not judged here: see ``models.rules``.
"""

import dataclasses
import re
from collections.abc import Iterable
from typing import Any, Final

import msgspec
import rfc8785

from models.cloudevents import Headers, assembled, is_binary
from models.events.catalogue import Event
from models.events.corrections import EventAmended
from models.events.envelope import SOURCE_PREFIX, Envelope
from models.reasons import Violation
from models.shape import FIRST_YEAR, LAST_YEAR, shape_violations
from models.strict_json import HIDDEN, Ambiguous, is_plain, parse

MAX_BYTES: Final = 1024 * 1024
_JSON_DATA: Final = "application/json"

_decoder: Final[msgspec.json.Decoder[Event]] = msgspec.json.Decoder(Event)
_encoder: Final = msgspec.json.Encoder()
# Besides its own errors msgspec lets these through: bytes that are not UTF-8 (a ValueError) and deep nesting.
_REFUSED: Final = (msgspec.MsgspecError, ValueError, OverflowError, RecursionError)
_SOURCE: Final = re.compile(SOURCE_PREFIX + "[a-z0-9][a-z0-9-]{0,62}")
_LONG_NUMBER: Final = re.compile(r"\d{16}")


@dataclasses.dataclass(frozen=True, slots=True)
class Undecodable:
    """Bytes that are no event: why, and who seems to have sent them, as far as that can be read without doubt."""

    violations: tuple[Violation, ...]
    source: str | None = None
    event_id: str | None = None
    type: str | None = None
    partner: str | None = None


def decode(value: bytes | None, headers: Headers = ()) -> Event | Undecodable:
    """Read one record: an event as structured JSON, or in Kafka's binary mode if the headers say so."""
    if value is None:
        return _malformed("a value; a record without one removes nothing here")
    if len(value) > MAX_BYTES:
        return _malformed(f"at most {MAX_BYTES} bytes")
    if headers and is_binary(headers):
        whole = assembled(value, headers)
        if isinstance(whole, tuple):
            return Undecodable(whole)
        value = whole
    return _structured(value)


def decode_replacement(original: Event, replacement: bytes | msgspec.Raw) -> Event | tuple[Violation, ...]:
    """Read what an amendment puts in the place of ``original``: its envelope, with the new data, and the new time if one is given."""
    parsed = parse(bytes(replacement))
    if parsed.flaws:
        return _within_replacement(parsed.flaws)
    if not isinstance(parsed.value, dict):
        return (Violation(code="rjct.wrong_type", pointer="/data/replacement", expected="object"),)
    data = dict(parsed.value)
    event = {**_envelope(original), "data": data}
    if "time" in data:
        event["time"] = data.pop("time")
    try:
        replaced: Event = msgspec.convert(event, type(original))
    except _REFUSED:
        return _within_replacement(shape_violations(event) or (Violation(code="rjct.value_invalid", pointer="/data"),))
    return replaced if _is_in_calendar(replaced) else _within_replacement(shape_violations(event))


def same_content(a: bytes, b: bytes, *, a_headers: Headers = (), b_headers: Headers = ()) -> bool:
    """Tell whether two records say the same: equal bytes, or equal as canonical JSON (RFC 8785)."""
    if a == b and list(a_headers) == list(b_headers):
        return True
    if not a_headers and not b_headers and (quick := _quickly_same(a, b)) is not None:
        return quick
    canonical = _canonical(a, a_headers)
    return canonical is not None and canonical == _canonical(b, b_headers)


def _quickly_same(a: bytes, b: bytes) -> bool | None:
    """Settle almost every pair without writing canonical JSON, which is slow; None where only that can tell."""
    try:
        parsed_a, parsed_b = msgspec.json.decode(a), msgspec.json.decode(b)
    except _REFUSED:
        return None
    # What is equal as canonical JSON is equal in Python; the reverse fails for 1, 1.0 and true, which are written apart.
    if parsed_a != parsed_b:
        return False
    return True if msgspec.json.encode(parsed_a, order="sorted") == msgspec.json.encode(parsed_b, order="sorted") else None


def _envelope(event: Event) -> dict[str, Any]:
    """Return the attributes of an event as they are on the wire."""
    attributes = {name: getattr(event, name) for name in Envelope.__struct_fields__}
    wire: dict[str, Any] = msgspec.to_builtins({name: value for name, value in attributes.items() if value is not msgspec.UNSET})
    return {**wire, "type": event.type}


def _structured(raw: bytes) -> Event | Undecodable:
    try:
        event = _decoder.decode(raw)
    except _REFUSED as refusal:
        return _explained(raw, refusal)
    if _is_plainly_sound(event, raw):
        return event
    return _read_strictly(event, raw)


def _is_plainly_sound(event: Event, raw: bytes) -> bool:
    """Tell, from little work, that strict reading would find nothing.

    Without backslashes every quote in ``raw`` delimits a string, and no member is unknown: so if the event written
    again has as many quotes, no member was there twice. Control characters cannot stand in a string unescaped.
    """
    return (
        type(event) is not EventAmended  # whose replacement was not read yet, not even as UTF-8
        and b"\\" not in raw
        and raw.count(b'"') == _encoder.encode(event).count(b'"')
        and ((raw.isascii() and b"\x7f" not in raw) or HIDDEN.search(raw.decode()) is None)
        and _is_in_calendar(event)
    )


def _is_in_calendar(event: Event) -> bool:
    """Tell whether the times can be moved to any zone without leaving the calendar."""
    recorded = event.recordedtime
    return FIRST_YEAR <= event.time.year <= LAST_YEAR and (recorded is msgspec.UNSET or FIRST_YEAR <= recorded.year <= LAST_YEAR)


def _read_strictly(event: Event, raw: bytes) -> Event | Undecodable:
    """Decide on an event that typed decoding took, but that was not plainly sound."""
    parsed = parse(raw)
    if not parsed.is_json:
        return Undecodable(parsed.flaws)
    if parsed.flaws or not _is_in_calendar(event):
        return _undecodable(parsed.value, (*parsed.flaws, *shape_violations(parsed.value)))
    if type(event) is EventAmended and not isinstance(parsed.value["data"]["replacement"], dict):
        return _undecodable(parsed.value, shape_violations(parsed.value))
    return event


def _explained(raw: bytes, refusal: Exception) -> Undecodable:
    parsed = parse(raw)
    if not parsed.is_json:
        return Undecodable(parsed.flaws)
    violations = (*parsed.flaws, *shape_violations(parsed.value))
    # The two readers should agree; where the complete one finds nothing, the refusal still stands.
    return _undecodable(parsed.value, violations or (Violation(code="rjct.malformed", expected=type(refusal).__name__),))


def _undecodable(event: Any, violations: Iterable[Violation]) -> Undecodable:
    members = event if isinstance(event, dict) else {}
    repeated = members.repeated if isinstance(members, Ambiguous) else ()
    source, event_id, event_type = (None if name in repeated else _plain(members.get(name)) for name in ("source", "id", "type"))
    partner = source.removeprefix(SOURCE_PREFIX) if source is not None and _SOURCE.fullmatch(source) else None
    return Undecodable(tuple(violations), source=source, event_id=event_id, type=event_type, partner=partner)


def _plain(member: object) -> str | None:
    """Return a member that may be shown: short, without hidden characters, and without a number long enough for a person's."""
    return member if isinstance(member, str) and is_plain(member) and not _LONG_NUMBER.search(member) else None


def _malformed(expected: str) -> Undecodable:
    return Undecodable((Violation(code="rjct.malformed", expected=expected),))


def _within_replacement(violations: Iterable[Violation]) -> tuple[Violation, ...]:
    return tuple(msgspec.structs.replace(found, pointer="/data/replacement" + found.pointer.removeprefix("/data")) for found in violations)


def _canonical(value: bytes, headers: Headers) -> bytes | None:
    whole = assembled(value, headers) if headers and is_binary(headers) else value
    if isinstance(whole, tuple):
        return None
    parsed = parse(whole)
    if parsed.flaws or not isinstance(parsed.value, dict):
        return None
    event = dict(parsed.value)
    # JSON is what data is anyway; the two modes differ in whether they say so.
    if event.get("datacontenttype") == _JSON_DATA:
        del event["datacontenttype"]
    try:
        return rfc8785.dumps(event)
    except (rfc8785.CanonicalizationError, RecursionError):
        return None
