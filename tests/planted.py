"""Events with every member that they can have, and a person's number planted in one of them.

They are made from the structs, so a new type or a new member is tried without anybody thinking of it. Which members
hold identifiers and numbers is written down here once more: what is declared nowhere is free text.
"""

import datetime
import functools
import json
import types
from collections.abc import Iterator
from typing import Any, Final, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

import msgspec

from models.events.catalogue import EVENT_TYPES
from models.events.corrections import Amendment

NIK: Final = "3174011204670001"
OTHERS: Final = ("paspor B1234567", "WA 0812-3456-7890", "rek 002301004567508", "nik-3174011204670001-paspor-b1234567")
"""A passport, a phone and an account number, and what fits where only small letters, digits and hyphens may stand."""

IDENTIFIERS: Final = frozenset(
    {"id", "subject", "correlationid", "causationid", "tracestate", "traceparent", "dataschema", "datacontenttype", "original", "other"}
    | {"lot", "lots", "tranche", "tranches", "batches", "places", "tokens"}
)
"""Members in which long numbers are usual, so that only a NIK is looked for; ``id`` of a name is none of them."""
OF_A_PLACE: Final = frozenset({"code", "edition"})
NUMBERS: Final = frozenset({"quantity", "amount", "payments", "count", "damaged", "missing", "revenue", "value", "nearest"})
"""Members for numbers, in which sixteen digits are sixteen digits."""
CODES_MADE: Final = frozenset({"statement", "figure"})
CODES: Final = frozenset(
    {"programme", "country", "item", "unit", "counted_in", "recipient_type", "legal_basis", "from", "to", "type"}
    | {"programmes", "countries", "items", "partners", "recipient_types", "measures", "holders"}
)
"""Words of a list in plans, services, assurance and statements."""
ANY_TEXT: Final = "x"
SAMPLES: Final[dict[str, Any]] = {
    "source": "urn:salur:partner:kemnaker",
    "datacontenttype": "application/json",
    "sha256": "0" * 64,
    "tokens": "hmac-sha256:k:" + "0" * 64,
    "start": "2020-01-01",
    "end": "2020-12-31",
    "currency": "IDR",
}
"""What has a form of its own."""


class Place(NamedTuple):
    """One text in an event: the keys and indexes that lead to it."""

    type: str
    path: tuple[str | int, ...]

    def __str__(self) -> str:
        return f"{self.type}:{'/'.join(map(str, self.path))}"

    @property
    def member(self) -> str:
        """The name of the innermost member."""
        return [step for step in self.path if isinstance(step, str)][-1]

    @property
    def is_identifier(self) -> bool:
        """Whether only a NIK is looked for."""
        names = [step for step in self.path if isinstance(step, str)]
        if "name" in names:
            return False
        return self.member in IDENTIFIERS or ("original" in names or "other" in names) or ("place" in names and self.member in OF_A_PLACE)

    @property
    def is_open(self) -> bool:
        """Whether the place takes any short text: no date, no word of a short list, nothing with a form of its own."""
        return self.path in _open_places(self.type)

    @property
    def is_code(self) -> bool:
        """Whether a new code is made there, of small letters, digits and hyphens."""
        return self.member in CODES_MADE

    @property
    def is_free(self) -> bool:
        """Whether partners write there what they like."""
        return self.is_open and not self.is_identifier and self.member not in CODES


def whole(form: type[msgspec.Struct]) -> dict[str, Any]:
    """Return the form with every member that it can have, on the wire."""
    hints = get_type_hints(form)
    names = zip(form.__struct_fields__, form.__struct_encode_fields__, strict=True)
    members = {wire: sample(hints[attribute], wire) for attribute, wire in names}
    return members | {"replacement": {"activity": "posko"}} if form is Amendment else members


def sample(hint: Any, member: str) -> Any:
    """Return some value of the type; of alternatives the one that holds most text."""
    if get_origin(hint) in {Union, types.UnionType}:
        options = [option for option in get_args(hint) if option is not msgspec.UnsetType]
        return sample(next((option for option in options if option is str), options[-1]), member)
    if get_origin(hint) is Literal:
        return get_args(hint)[0]
    if get_origin(hint) is list:
        return [sample(get_args(hint)[0], member)] * (2 if member == "parts" else 1)
    if get_origin(hint) is dict:
        return {"sex": {"f": 1}}
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return whole(hint)
    simple = {int: 1, bool: True, datetime.datetime: "2020-06-01T09:00:00+07:00", datetime.date: "2020-06-01", msgspec.Raw: {}}
    return simple[hint] if hint in simple else SAMPLES.get(member, "1" if member in NUMBERS else ANY_TEXT)


def event_of(kind: str) -> dict[str, Any]:
    """Return an event with every member; its codes need not be known."""
    return {**whole(EVENT_TYPES[kind]), "specversion": "1.0", "type": kind}


def texts(node: Any, above: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the way to every text."""
    if isinstance(node, dict):
        for name, value in node.items():
            yield from texts(value, (*above, name))
    elif isinstance(node, list):
        yield from texts(node[0], (*above, 0))
    elif isinstance(node, str):
        yield above


def variants(kind: str) -> Iterator[dict[str, Any]]:
    """Yield the event, and the event that names others by source and id too."""
    event = event_of(kind)
    yield event
    named = {name: {"source": "urn:salur:partner:kemnaker", "id": "x"} for name in ("original", "other") if name in event["data"]}
    if named:
        yield {**event, "data": {**event["data"], **named}}


PLACES: Final = sorted({Place(kind, path) for kind in EVENT_TYPES for event in variants(kind) for path in texts(event)}, key=str)


@functools.cache
def _open_places(kind: str) -> frozenset[tuple[str | int, ...]]:
    return frozenset(path for event in variants(kind) for path in texts(event) if _at(event, path) == ANY_TEXT)


def _at(node: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        node = node[step]
    return node


def planted(place: Place, text: str) -> dict[str, Any]:
    """Return the event with ``text`` in this place, in whatever form the place needs."""
    event = next(event for event in variants(place.type) if place.path in set(texts(event)))
    copy: Any = json.loads(json.dumps(event))
    parent = copy
    for step in place.path[:-1]:
        parent = parent[step]
    form = {"tokens": f"hmac-sha256:{text}:{'0' * 64}", "datacontenttype": f"application/json; {text}", "source": f"urn:salur:partner:{text}"}
    parent[place.path[-1]] = form.get(place.member, text)
    whole_event: dict[str, Any] = copy
    return whole_event
