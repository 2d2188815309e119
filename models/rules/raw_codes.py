"""The codes of an event that is not well-formed: so that a partner mends a wrong number and a wrong programme in one go.

Well-formed events are judged by the rules of their type (``models.rules.catalogue``). Here only what can be read for
sure is looked at: texts, where every type of event has its codes. Nothing is refused for this alone.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from models.events.catalogue import EVENT_TYPES
from models.reasons import RejectCode, Violation
from models.registry import Registry
from models.rules.rule import MAX_VIOLATIONS, unknown_code
from models.strict_json import is_plain
from models.units import CURRENCIES, UNITS

_IN_DATA: Final[Mapping[str, RejectCode]] = {
    "programme": "rjct.unknown_programme",
    "country": "rjct.unknown_country",
    "recipient_type": "rjct.unknown_recipient_type",
    "legal_basis": "rjct.unknown_legal_basis",
}
_IN_LINES: Final[Mapping[str, RejectCode]] = {"item": "rjct.unknown_item", "unit": "rjct.unknown_unit", "currency": "rjct.currency_invalid"}


def unknown_raw_codes(event: Any, registry: Registry, *, besides: Collection[str]) -> list[Violation]:
    """Return the codes of a JSON value that are on no list, but for members whose pointers are in ``besides``."""
    if not isinstance(event, dict) or event.get("type") not in EVENT_TYPES or not isinstance(event.get("data"), dict):
        return []
    found: list[Violation] = []
    for pointer, reason, code in _codes(event["data"]):
        known = _known(reason, registry)
        if pointer not in besides and code not in known:
            found += unknown_code(reason, pointer, code=code, known=known, already_found=len(found))
        if len(found) >= MAX_VIOLATIONS:
            break
    return found


def _codes(data: Mapping[str, Any]) -> Iterator[tuple[str, RejectCode, str]]:
    for name, reason in _IN_DATA.items():
        if is_plain(data.get(name)):
            yield f"/data/{name}", reason, data[name]
    lines = data.get("lines")
    for number, line in enumerate(lines if isinstance(lines, list) else ()):
        for name, reason in _IN_LINES.items():
            if isinstance(line, dict) and is_plain(line.get(name)):
                yield f"/data/lines/{number}/{name}", reason, line[name]


def _known(reason: RejectCode, registry: Registry) -> Collection[str]:
    match reason:
        case "rjct.unknown_programme":
            return registry.programmes
        case "rjct.unknown_country":
            return registry.countries
        case "rjct.unknown_recipient_type":
            return registry.recipient_types
        case "rjct.unknown_legal_basis":
            return registry.legal_bases
        case "rjct.unknown_item":
            return registry.items
        case "rjct.currency_invalid":
            return CURRENCIES
        case _:
            return UNITS
