"""Every way in which a JSON value differs from the shape of its event type, in partners' words.

This is the slow, complete answer; it is asked only about events that typed decoding refused.
"""

import dataclasses
import datetime
import difflib
import functools
import itertools
from collections.abc import Collection, Iterator
from typing import Any, Final

import jsonschema
import msgspec

from models.events.catalogue import EVENT_TYPES
from models.events.envelope import SOURCE_PREFIX
from models.json_schema import envelope_schema, schema_of
from models.reasons import RejectCode, Violation
from models.strict_json import pointer

MAX_VIOLATIONS: Final = 100
"""A hostile event may break a rule per byte; a person reads the first hundred."""
FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2999

_QUANTITIES: Final = frozenset({"quantity", "amount", "payments", "count", "damaged", "missing", "revenue", "value", "nearest"})
_MOMENTS: Final = frozenset({"time", "recordedtime", "start", "end", "issued", "published", "as_of", "day_from", "day_to"})
_CODES: Final[dict[str, RejectCode]] = {
    **dict.fromkeys(_QUANTITIES, "rjct.quantity_invalid"),
    **dict.fromkeys(_MOMENTS, "rjct.time_invalid"),
    "currency": "rjct.currency_invalid",
    "line": "rjct.line_numbers_invalid",
}
_EXPECTED: Final = {
    "rjct.quantity_invalid": "a whole JSON number up to 2^53, or a decimal string such as 0.5",
    "rjct.time_invalid": "a moment with its offset such as 2020-05-03T09:00:00+08:00 (RFC 3339)",
    "rjct.currency_invalid": "an ISO 4217 code such as IDR",
    "rjct.line_numbers_invalid": "a whole number from 1",
}
_EITHER: Final = {"quantity": "quantity and unit, or recipients", "period": "period or batches"}
"""What is missing where one of several members must be there, by the first of them."""
_FORMATS: Final = jsonschema.FormatChecker(formats=())


@_FORMATS.checks("date-time")
def is_moment(value: object) -> bool:
    """Tell whether a string is a moment that can be placed in a calendar everywhere on Earth."""
    if not isinstance(value, str):
        return True
    try:
        moment = msgspec.convert(value, datetime.datetime)
    except (msgspec.ValidationError, UnicodeEncodeError):  # half of a surrogate pair is not a moment
        return False
    return moment.tzinfo is not None and FIRST_YEAR <= moment.year <= LAST_YEAR


@_FORMATS.checks("date")
def is_date(value: object) -> bool:
    """Tell whether a string is a day of the calendar."""
    if not isinstance(value, str):
        return True
    try:
        datetime.date.fromisoformat(value)
    except ValueError:
        return False
    return len(value) == len("2020-05-03")


def shape_violations(event: Any) -> list[Violation]:
    """Return what is wrong with ``event``, a value of ``models.strict_json``, in the order of pointers."""
    if not isinstance(event, dict):
        return [Violation(code="rjct.wrong_type", expected="a JSON object")]
    found = [*_type_violations(event)]
    errors = _validator(event["type"] if not found else "").iter_errors(event)
    found.extend(itertools.islice(itertools.chain.from_iterable(_violations(_difference(error)) for error in errors), MAX_VIOLATIONS))
    return sorted(set(found), key=lambda violation: (violation.pointer, violation.code))


def _type_violations(event: dict[str, Any]) -> Iterator[Violation]:
    match event.get("type"):
        case str(name) if name not in EVENT_TYPES:
            yield Violation(code="rjct.unknown_type", pointer="/type", expected="a type of the catalogue", closest=_closest(name, EVENT_TYPES))
        case str():
            return
        case _ if "type" in event:
            yield Violation(code="rjct.wrong_type", pointer="/type", expected="string")
        case _:
            yield Violation(code="rjct.missing_field", pointer="/type", expected="a type of the catalogue")


@dataclasses.dataclass(frozen=True, slots=True)
class _Difference:
    """One complaint of the JSON Schema validator: which rule, what it wanted, of what, where."""

    rule: str
    wanted: Any
    found: Any
    members: Any
    path: tuple[str | int, ...]
    alternatives: tuple["_Difference", ...]


def _difference(error: jsonschema.ValidationError) -> _Difference:
    return _Difference(
        rule=str(error.validator),
        wanted=error.validator_value,
        found=error.instance,
        members=error.schema.get("properties", {}) if isinstance(error.schema, dict) else {},
        path=tuple(error.absolute_path),
        alternatives=tuple(map(_difference, error.context)),
    )


@functools.cache
def _validator(event_type: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(schema_of(event_type) if event_type else envelope_schema(), format_checker=_FORMATS)


def _violations(difference: _Difference) -> Iterator[Violation]:
    if difference.path == ("type",):  # already answered, with the closest type
        return
    match difference.rule:
        case "additionalProperties":
            yield from _unknown_members(difference)
        case "required" | "dependentRequired":
            yield from _missing_members(difference)
        case "anyOf":
            yield from _no_alternative(difference)
        case "type":
            yield _wrong_type(difference)
        case _:
            yield _wrong_value(difference)


def _unknown_members(difference: _Difference) -> Iterator[Violation]:
    unknown = (name for name in difference.found if name not in difference.members)
    for name in itertools.islice(unknown, MAX_VIOLATIONS):
        yield Violation(code="rjct.unknown_field", pointer=pointer(*difference.path, name), closest=_closest(name, difference.members))


def _missing_members(difference: _Difference) -> Iterator[Violation]:
    if difference.rule == "required":
        names = set(difference.wanted)
    else:
        names = {other for name, others in difference.wanted.items() if name in difference.found for other in others}
    for name in sorted(names - set(difference.found)):
        path = (*difference.path, name)
        if path != ("type",):
            yield Violation(code="rjct.missing_field", pointer=pointer(*path), expected=_EXPECTED.get(_code_for(path, "rjct.missing_field"), ""))


def _no_alternative(difference: _Difference) -> Iterator[Violation]:
    """Explain the alternative that was meant: the object, if an object was given, or else what would be allowed."""
    path = difference.path
    if not isinstance(difference.found, dict):
        if any(inner.rule != "type" for inner in difference.alternatives):
            yield Violation(code="rjct.value_invalid", pointer=pointer(*path), expected="1 to 128 characters")
        else:
            yield Violation(code="rjct.wrong_type", pointer=pointer(*path), expected="string or object")
    elif all(inner.rule == "required" for inner in difference.alternatives):
        first = difference.wanted[0]["required"][0]
        yield Violation(code="rjct.missing_field", pointer=pointer(*path, first), expected=_EITHER[first])
    else:
        meant = (inner for inner in difference.alternatives if inner.rule != "type" or inner.path != path)
        yield from itertools.chain.from_iterable(map(_violations, meant))


def _wrong_type(difference: _Difference) -> Violation:
    code = _code_for(difference.path, "rjct.wrong_type")
    wanted = difference.wanted if isinstance(difference.wanted, str) else " or ".join(difference.wanted)
    return Violation(code=code, pointer=pointer(*difference.path), expected=_EXPECTED.get(code, wanted))


def _wrong_value(difference: _Difference) -> Violation:
    code = _code_for(difference.path, "rjct.value_invalid")
    expected = "a day such as 2020-05-03" if difference.wanted == "date" else _EXPECTED.get(code) or _limit(difference)
    return Violation(code=code, pointer=pointer(*difference.path), expected=expected)


def _limit(difference: _Difference) -> str:
    if difference.path == ("source",):
        return f"{SOURCE_PREFIX}<code>"
    match difference.rule:
        case "enum":
            return "one of " + ", ".join(map(str, difference.wanted))
        case "minLength" | "minItems":
            return f"at least {difference.wanted}"
        case "maxLength" | "maxItems":
            return f"at most {difference.wanted}"
        case rule:
            return f"{rule} {difference.wanted}"


def _code_for(path: tuple[str | int, ...], otherwise: RejectCode) -> RejectCode:
    names = [token for token in path if isinstance(token, str)]
    if "disaggregation" in names[:-2]:
        return "rjct.quantity_invalid"
    return _CODES.get(str(path[-1]), otherwise) if path else otherwise


def _closest(name: str, known: Collection[str]) -> str:
    # Only a code or a name of ours is ever suggested; long strings are not compared, for the time it takes.
    return _closest_of(name[:64], frozenset(known))


@functools.lru_cache(maxsize=1024)
def _closest_of(name: str, known: frozenset[str]) -> str:
    return next(iter(difflib.get_close_matches(name, sorted(known), n=1)), "")
