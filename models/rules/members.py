"""Members of events by the kind of text that they hold. What is not declared here is free text, so a new member is read closely.

Names mean the same wherever they stand, but for ``id``, ``code`` and ``edition``, which are identifiers in a
reference to an event or a place, and free text elsewhere. What is refused, and why, is in ``models.rules.identity``.
"""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import msgspec

from models.events.delivery import OriginalEvent, Place

NUMBERS: Final = frozenset(
    {"quantity", "amount", "payments", "count", "damaged", "missing", "revenue", "value", "nearest", "line"}
    | {"time", "recordedtime", "start", "end", "issued", "published", "as_of", "day_from", "day_to"}
)
"""Numbers and times: what is no number in their place is refused as such, and read then."""

IDENTIFIERS: Final = frozenset(
    {"id", "subject", "correlationid", "causationid", "original", "other", "lot", "lots", "tranche", "tranches", "batches", "places", "code", "edition"}
    | {"tracestate", "traceparent", "dataschema", "sha256", "tokens"}
)
"""Names that partners give to things, and hashes: long numbers are usual in them."""

CODES: Final = frozenset(
    {"programme", "country", "item", "unit", "currency", "recipient_type", "legal_basis", "to", "from", "parent", "owner", "partner", "type", "counted_in"}
    | {"programmes", "countries", "items", "partners", "recipient_types", "measures", "holders", "reports"}
)
"""Words of a list: one that is not on its list is refused, and read then."""

_FREE_ELSEWHERE: Final = frozenset({"id", "code", "edition"})


class Text(NamedTuple):
    """One text of an event: where it stands, what it says, and whether it is an identifier or free."""

    pointer: str
    value: str
    is_identifier: bool


def texts_of(form: msgspec.Struct, pointer: str) -> Iterator[Text]:
    """Yield every text of the form, and of the forms in it, that is neither a number nor a code."""
    names_something = isinstance(form, OriginalEvent | Place)
    for attribute, member in zip(form.__struct_fields__, form.__struct_encode_fields__, strict=True):
        is_identifier = names_something or (member in IDENTIFIERS and member not in _FREE_ELSEWHERE)
        yield from _texts(getattr(form, attribute), f"{pointer}/{member}", member, is_identifier=is_identifier)


def _texts(value: Any, pointer: str, member: str, *, is_identifier: bool) -> Iterator[Text]:
    if isinstance(value, msgspec.Struct):
        yield from texts_of(value, pointer)
    elif isinstance(value, list):
        for index, element in enumerate(value):
            yield from _texts(element, f"{pointer}/{index}", member, is_identifier=is_identifier)
    elif isinstance(value, str) and member not in NUMBERS and member not in CODES:
        yield Text(pointer, value, is_identifier)
