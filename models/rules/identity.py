"""No person's number enters the log: which members of an event are read for one, and how closely.

Free text is read for every kind of number, identifiers (id, subject, lot and the like) for a NIK only, and
members that hold numbers never. Deliveries, which are nearly all events, are read member by member; all others as
``models.rules.members`` finds their texts. Bytes that could not be decoded are read as text.
"""

import itertools
import json
import operator
import re
from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import UNSET, UnsetType

from models.events.catalogue import DeliveryEvent, Event
from models.events.corrections import EventAmended
from models.events.delivery import Delivery, Line, Original
from models.events.goods import ConsignmentReceived
from models.events.payments import DisbursementReturned
from models.reasons import Violation
from models.registry import Registry
from models.rules.disaggregation import KNOWN_PARTS
from models.rules.members import IDENTIFIERS, NUMBERS, texts_of
from models.rules.personal_numbers import holds_nik, identifies_a_person
from models.rules.rule import MAX_VIOLATIONS, NONE

_LONGEST_HARMLESS: Final = 15
"""An identifier shorter than a NIK cannot hold one."""
_PLAIN_JSON: Final = "application/json"
_TRACEPARENT: Final = re.compile("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_BEFORE_KEY: Final = len("hmac-sha256:")
_AFTER_KEY: Final = -len(":") - 64
"""Where a token names the key that it was made with; the hexadecimal digits after it are nobody's number."""

Members = Iterable[tuple[str, str | UnsetType]]


_other_identifiers: Final = operator.attrgetter("subject", "correlationid", "causationid", "datacontenttype", "tracestate", "dataschema", "traceparent")
_NO_OTHERS: Final = (UNSET,) * 7


def envelope_names_nobody(event: Event, _registry: Registry, _received_at_ms: int) -> Sequence[Violation]:
    """Refuse a NIK in one of the identifiers of the envelope."""
    if _other_identifiers(event) == _NO_OTHERS and (len(event.id) <= _LONGEST_HARMLESS or not holds_nik(event.id)):
        return NONE
    found = _with_nik((("/id", event.id), ("/subject", event.subject)))
    if event.correlationid is not UNSET or event.causationid is not UNSET:
        found += _with_nik((("/correlationid", event.correlationid), ("/causationid", event.causationid)))
    if event.datacontenttype is not UNSET and event.datacontenttype != _PLAIN_JSON:
        found += _with_nik((("/datacontenttype", event.datacontenttype),))
    if event.tracestate is UNSET and event.dataschema is UNSET and event.traceparent is UNSET:
        return found
    return found + _with_nik((("/tracestate", event.tracestate), ("/dataschema", event.dataschema), ("/traceparent", _irregular(event.traceparent))))


_texts_of_delivery: Final = operator.attrgetter("activity", "channel", "evidence", "tranche", "place", "tokens")
_NO_TEXTS: Final = (UNSET,) * 6
_texts_of_line: Final = operator.attrgetter("lot", "disaggregation")
_NO_LINE_TEXTS: Final = (UNSET,) * 2
_NAMING: Final = frozenset({DisbursementReturned, ConsignmentReceived})


def delivery_names_nobody(event: DeliveryEvent, _registry: Registry, _received_at_ms: int) -> Sequence[Violation]:
    """Refuse a person's number in the free text of a delivery, and a NIK in its identifiers."""
    data = event.data
    if len(data.lines) == 1 and _texts_of_delivery(data) == _NO_TEXTS and _texts_of_line(data.lines[0]) == _NO_LINE_TEXTS and event.__class__ not in _NAMING:
        return NONE
    found: list[Violation] = []
    if data.activity is not UNSET or data.channel is not UNSET or data.evidence is not UNSET:
        found += _with_number(_free_text(data))
    if data.tranche is not UNSET or data.place is not UNSET:
        found += _with_nik(_identifiers(data))
    for index, line in enumerate(data.lines):
        if line.lot is UNSET and line.disaggregation is UNSET:
            continue
        found += _line_names_somebody(line, f"/data/lines/{index}")
        if len(found) >= MAX_VIOLATIONS:
            break
    if data.tokens is not UNSET:
        found += _with_nik(("/data/tokens", key) for key in {token[_BEFORE_KEY:_AFTER_KEY] for token in data.tokens})
    original = getattr(data, "original", UNSET)
    if original is not UNSET:
        found += _with_nik(_original(original))
    return found


def texts_name_nobody(event: Event, _registry: Registry, _received_at_ms: int) -> Sequence[Violation]:
    """Refuse a person's number in whatever text the data of an event of another kind has."""
    texts = texts_of(event.data, "/data")
    personal = (text.pointer for text in texts if (holds_nik(text.value) if text.is_identifier else identifies_a_person(text.value)))
    return [Violation("rjct.personal_data", pointer) for pointer in itertools.islice(personal, MAX_VIOLATIONS)]


def replacement_names_nobody(event: EventAmended, _registry: Registry, _received_at_ms: int) -> Sequence[Violation]:
    """Refuse a person's number in the text of a replacement."""
    return [Violation("rjct.personal_data", "/data/replacement")] if _json_may_identify(bytes(event.data.replacement)) else NONE


def raw_may_hold_identity(raw: bytes) -> bool:
    """Tell whether bytes that could not be decoded may hold a person's number, so that only their hash may be kept.

    Readable JSON is read member by member; other text as a whole; compressed or otherwise unreadable bytes may hold
    anything.
    """
    return raw.startswith(_COMPRESSED) or _json_may_identify(raw)


_SHORTEST_ACCOUNT: Final = 10**9
"""A number of ten digits."""
_COMPRESSED: Final = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\x04\x22\x4d\x18", b"\xff\x06\x00\x00sNaPpY", b"PK\x03\x04", b"BZh", b"\xfd7zXZ")
_PLAIN_NUMBER: Final = re.compile(r"[-+.0-9:TZeE]*")
"""What a quantity or a moment is written with."""
_NUMBER_MEMBER_IN_TEXT: Final = re.compile(rf'"(?:{"|".join(sorted(NUMBERS))})"\s*:\s*(?:"{_PLAIN_NUMBER.pattern}"|{_PLAIN_NUMBER.pattern})')
_ESCAPED_CHARACTER: Final = re.compile(r"\\u00([0-7][0-9a-fA-F])")


def _free_text(data: Delivery) -> Members:
    yield "/data/activity", data.activity
    yield "/data/channel", data.channel
    for index, evidence in enumerate(data.evidence or ()):
        yield f"/data/evidence/{index}/kind", evidence.kind
        yield f"/data/evidence/{index}/reference", evidence.reference


def _identifiers(data: Delivery) -> Members:
    yield "/data/tranche", data.tranche
    if data.place is not UNSET:
        yield "/data/place/code", data.place.code
        yield "/data/place/edition", data.place.edition


def _line_names_somebody(line: Line, pointer: str) -> list[Violation]:
    found = _with_nik(((f"{pointer}/lot", line.lot),))
    for dimension, parts in (line.disaggregation or {}).items():
        known = KNOWN_PARTS.get(dimension)
        if known is not None and known.issuperset(parts):
            continue
        if identifies_a_person(dimension) or any(map(identifies_a_person, parts)):
            found.append(Violation("rjct.personal_data", f"{pointer}/disaggregation"))
    return found


def _original(original: Original) -> Members:
    if isinstance(original, str):
        yield "/data/original", original
    else:
        yield "/data/original/source", original.source
        yield "/data/original/id", original.id


def _irregular(traceparent: str | UnsetType) -> str | UnsetType:
    """Return what stands in the place of a trace's parent unless it has its form: one in a million of those holds a NIK by chance."""
    return UNSET if traceparent is UNSET or _TRACEPARENT.fullmatch(traceparent) else traceparent


def _with_number(members: Members) -> list[Violation]:
    return [Violation("rjct.personal_data", pointer) for pointer, text in members if isinstance(text, str) and identifies_a_person(text)]


def _with_nik(members: Members) -> list[Violation]:
    found: list[Violation] = []
    for pointer, text in members:
        if text is not UNSET and len(text) > _LONGEST_HARMLESS and holds_nik(text):
            found.append(Violation("rjct.personal_data", pointer))
    return found


class _Members(tuple[tuple[str, object], ...]):
    """The members of a JSON object, repeated ones included: the first of two could hold what the second hides."""

    __slots__ = ()


def _json_may_identify(raw: bytes) -> bool:
    try:
        return _tree_may_identify(json.loads(raw, object_pairs_hook=_Members))
    except (ValueError, RecursionError):  # no JSON, no UTF-8, a number of thousands of digits, too deep
        return _text_may_identify(raw)


def _tree_may_identify(root: object) -> bool:
    """Read every member name, text and number of a JSON document."""
    waiting: list[tuple[str, object]] = [("", root)]
    while waiting:
        member, value = waiting.pop()
        if isinstance(value, _Members):
            if any(identifies_a_person(name) for name, _ in value):
                return True
            waiting += value
        elif isinstance(value, list):
            waiting += ((member, element) for element in value)
        elif isinstance(value, str):
            if _text_of_member_may_identify(member, value):
                return True
        elif isinstance(value, int | float) and member not in NUMBERS and abs(value) >= _SHORTEST_ACCOUNT:
            return True  # a number in a member that no event type has may be anything
    return False


def _text_of_member_may_identify(member: str, text: str) -> bool:
    if member in NUMBERS and _PLAIN_NUMBER.fullmatch(text):
        return False
    return holds_nik(text) if member in IDENTIFIERS else identifies_a_person(text)


def _text_may_identify(raw: bytes) -> bool:
    text = raw.replace(b"\x00", b"").decode("utf-8", errors="replace")
    text = _ESCAPED_CHARACTER.sub(lambda escape: chr(int(escape[1], 16)), text)
    return identifies_a_person(_NUMBER_MEMBER_IN_TEXT.sub(" ", text))
