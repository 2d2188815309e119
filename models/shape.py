"""Every way in which a JSON value differs from the shape of its event type, in partners' words.

This is the slow, complete answer; it is asked only about events that typed decoding refused.
"""

import datetime
import difflib
import functools
import itertools
from collections.abc import Iterator
from typing import Any, Final

import jsonschema
import msgspec

from models.events.catalogue import EVENT_TYPES
from models.events.envelope import SOURCE_PREFIX, Moment
from models.json_schema import envelope_schema, schema_of
from models.reasons import RejectCode, Violation
from models.strict_json import pointer

MAX_VIOLATIONS: Final = 100
"""A hostile event may break a rule per byte; a person reads the first hundred."""
FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2999

_QUANTITIES: Final = frozenset({"quantity", "amount", "payments", "count", "damaged", "missing", "revenue"})
_MOMENTS: Final = frozenset({"time", "recordedtime", "start", "end", "issued"})
_CODES: Final[dict[str, RejectCode]] = {
    **dict.fromkeys(_QUANTITIES, "rjct.quantity_invalid"),
    **dict.fromkeys(_MOMENTS, "rjct.time_invalid"),
    "currency": "rjct.currency_invalid",
    "line": "rjct.line_numbers_invalid",
}
_EXPECTED: Final = {
    "rjct.quantity_invalid": "a whole JSON number up to 2^53, or a decimal string such as 0.5",
    "rjct.time_invalid": "a date and time with offset such as 2020-05-03T09:00:00+08:00 (RFC 3339), or a date where only a date is asked for",
    "rjct.currency_invalid": "an ISO 4217 code such as IDR",
    "rjct.line_numbers_invalid": "a whole number from 1",
}
_FORMATS: Final = jsonschema.FormatChecker(formats=())


@_FORMATS.checks("date-time")
def is_moment(value: object) -> bool:
    """Tell whether a string is a moment that can be placed in a calendar everywhere on Earth."""
    if not isinstance(value, str):
        return True
    try:
        moment: Any = msgspec.convert(value, Moment)
    except msgspec.ValidationError:
        return False
    return FIRST_YEAR <= moment.year <= LAST_YEAR


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
    found.extend(itertools.islice(itertools.chain.from_iterable(map(_violations, errors)), MAX_VIOLATIONS))
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


@functools.cache
def _validator(event_type: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(schema_of(event_type) if event_type else envelope_schema(), format_checker=_FORMATS)


def _violations(error: jsonschema.ValidationError) -> Iterator[Violation]:
    path = tuple(error.absolute_path)
    if path == ("type",):  # already answered, with the closest type
        return
    match error.validator:
        case "additionalProperties":
            yield from _unknown_members(error, path)
        case "required" | "dependentRequired":
            yield from _missing_members(error, path)
        case "anyOf":
            yield from _no_alternative(error, path)
        case "type":
            yield _wrong_type(error, path)
        case _:
            yield _wrong_value(error, path)


def _unknown_members(error: jsonschema.ValidationError, path: tuple[str | int, ...]) -> Iterator[Violation]:
    known = error.schema["properties"]
    for name in itertools.islice((name for name in error.instance if name not in known), MAX_VIOLATIONS):
        yield Violation(code="rjct.unknown_field", pointer=pointer(*path, name), closest=_closest(name, known))


def _missing_members(error: jsonschema.ValidationError, path: tuple[str | int, ...]) -> Iterator[Violation]:
    if error.validator == "required":
        names = set(error.validator_value)
    else:
        names = {other for name, others in error.validator_value.items() if name in error.instance for other in others}
    for name in sorted(names - set(error.instance) - ({"type"} if not path else set())):
        yield Violation(code="rjct.missing_field", pointer=pointer(*path, name), expected=_described(name))


def _no_alternative(error: jsonschema.ValidationError, path: tuple[str | int, ...]) -> Iterator[Violation]:
    """Explain the alternative that was meant: the object, if an object was given, or else what would be allowed."""
    if not isinstance(error.instance, dict):
        if any(inner.validator != "type" for inner in error.context):
            yield Violation(code="rjct.value_invalid", pointer=pointer(*path), expected="1 to 128 characters")
        else:
            yield Violation(code="rjct.wrong_type", pointer=pointer(*path), expected="string or object")
    elif all(inner.validator == "required" for inner in error.context):
        yield Violation(code="rjct.missing_field", pointer=pointer(*path, "quantity"), expected="quantity and unit, or recipients")
    else:
        for inner in error.context:
            if inner.validator != "type" or tuple(inner.absolute_path) != path:
                yield from _violations(inner)


def _wrong_type(error: jsonschema.ValidationError, path: tuple[str | int, ...]) -> Violation:
    code = _code_for(path, "rjct.wrong_type")
    wanted = error.validator_value
    return Violation(code=code, pointer=pointer(*path), expected=_EXPECTED.get(code, wanted if isinstance(wanted, str) else " or ".join(wanted)))


def _wrong_value(error: jsonschema.ValidationError, path: tuple[str | int, ...]) -> Violation:
    code = _code_for(path, "rjct.value_invalid")
    return Violation(code=code, pointer=pointer(*path), expected=_EXPECTED.get(code) or _limit(error, path))


def _limit(error: jsonschema.ValidationError, path: tuple[str | int, ...]) -> str:
    limit = error.validator_value
    if path and path[-1] == "source":
        return f"{SOURCE_PREFIX}<code>"
    match error.validator:
        case "enum":
            return "one of " + ", ".join(map(str, limit))
        case "minLength" | "minItems":
            return f"at least {limit}"
        case "maxLength" | "maxItems":
            return f"at most {limit}"
        case _:
            return f"{error.validator} {limit}"


def _code_for(path: tuple[str | int, ...], otherwise: RejectCode) -> RejectCode:
    names = [token for token in path if isinstance(token, str)]
    if "disaggregation" in names[:-2]:
        return "rjct.quantity_invalid"
    # "start" and "end" of a period are moments; a list index has no code of its own.
    return _CODES.get(str(path[-1]), otherwise) if path else otherwise


def _described(name: str) -> str:
    return _EXPECTED.get(_CODES.get(name, ""), "")


def _closest(name: str, known: Any) -> str:
    # Only a code or a name of ours is ever suggested; long strings are not compared, for the time it takes.
    return next(iter(difflib.get_close_matches(name[:64], list(known), n=1)), "")
