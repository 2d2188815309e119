"""Statements: each figure has a name of its own, a number with its unit, and a scope in which the tally can be asked.

Whether a figure is true is no matter of rules: see ``models.statements``.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import UNSET, UnsetType

from models.cells import UNKNOWN
from models.events.statements import Figure, Part, Scope, Showing, StatementPublished
from models.measures import ALL_MEASURES
from models.reasons import Violation
from models.registry import Registry
from models.rules.quantities import missing_half, quantity_violations
from models.rules.rule import MAX_VIOLATIONS, Code, unknown_code, unknown_codes
from models.statements.showing import SHOWABLE
from models.units import UNITS

_RANGES: Final = frozenset({"tens", "hundreds", "thousands"})
"""The qualifiers that say how many by themselves."""


def figures_can_be_asked(event: StatementPublished, registry: Registry, _received_at_ms: int) -> Sequence[Violation]:
    """Refuse figures that share a name, numbers that are not exact in a known unit, and scopes of unknown codes."""
    found: list[Violation] = []
    names: set[str] = set()
    for index, figure in enumerate(event.data.figures):
        pointer = f"/data/figures/{index}"
        if figure.figure in names:
            found.append(Violation("rjct.value_invalid", f"{pointer}/figure", expected="a name of its own"))
        names.add(figure.figure)
        found += _flaws_of_figure(figure, pointer, registry)
        if len(found) >= MAX_VIOLATIONS:
            break
    return found[:MAX_VIOLATIONS]


def _flaws_of_figure(figure: Figure, pointer: str, registry: Registry) -> Iterator[Violation]:
    if figure.value is not UNSET or figure.qualifier not in _RANGES:
        yield from missing_half(("value", figure.value), ("unit", figure.unit), within=pointer)
    if figure.value is not UNSET and figure.qualifier in _RANGES:
        yield Violation("rjct.value_invalid", f"{pointer}/value", expected="no value beside tens, hundreds or thousands")
    yield from _flaws_of_number(pointer, figure.value, figure.unit)
    yield from _flaws_of_step(figure, pointer)
    yield from _flaws_of_percentage(figure, pointer)
    if figure.less is not UNSET and figure.scope is UNSET:
        yield Violation("rjct.missing_field", f"{pointer}/scope", expected="scope beside less")
    for member, scope in (("scope", figure.scope), ("less", figure.less), ("of", figure.of)):
        if scope is not UNSET:
            yield from _flaws_of_scope(scope, f"{pointer}/{member}", registry)
    for index, part in enumerate(figure.parts or ()):
        yield from _flaws_of_part(part, f"{pointer}/parts/{index}", registry)
    if figure.shown_by is not UNSET:
        yield from _flaws_of_showing(figure.shown_by, f"{pointer}/shown_by", registry)


def _flaws_of_step(figure: Figure, pointer: str) -> Iterator[Violation]:
    """Yield what is wrong with the step to which the speaker rounded."""
    if figure.nearest is UNSET:
        return
    if figure.value is UNSET:
        yield Violation("rjct.missing_field", f"{pointer}/value", expected="value beside nearest")
    elif figure.unit is not UNSET:
        yield from quantity_violations(f"{pointer}/nearest", figure.nearest, figure.unit)


def _flaws_of_percentage(figure: Figure, pointer: str) -> Iterator[Violation]:
    """Yield what is wrong with the two figures that a percentage is made of: both are there, in one unit, or neither."""
    yield from missing_half(("of", figure.of), ("counted_in", figure.counted_in), within=pointer)
    if figure.of is not UNSET and figure.scope is UNSET:
        yield Violation("rjct.missing_field", f"{pointer}/scope", expected="scope beside of")
    if figure.counted_in is not UNSET and figure.counted_in not in UNITS:
        yield from unknown_code("rjct.unknown_unit", f"{pointer}/counted_in", code=figure.counted_in, known=UNITS)


def _flaws_of_part(part: Part, pointer: str, registry: Registry) -> Iterator[Violation]:
    yield from _flaws_of_number(pointer, part.value, part.unit)
    if part.less is not UNSET and part.scope is UNSET:
        yield Violation("rjct.missing_field", f"{pointer}/scope", expected="scope beside less")
    for member, scope in (("scope", part.scope), ("less", part.less)):
        if scope is not UNSET:
            yield from _flaws_of_scope(scope, f"{pointer}/{member}", registry)


def _flaws_of_showing(showing: Showing, pointer: str, registry: Registry) -> Iterator[Violation]:
    if showing.type not in SHOWABLE:
        yield from unknown_code("rjct.unknown_type", f"{pointer}/type", code=showing.type, known=SHOWABLE)
    yield from unknown_codes(_codes_of_showing(showing, pointer, registry))


def _flaws_of_number(pointer: str, value: int | str | UnsetType, unit: str | UnsetType) -> Iterator[Violation]:
    """Yield what is wrong with a published number; nothing is a number too."""
    if unit is UNSET:
        return
    if unit not in UNITS:
        yield from unknown_code("rjct.unknown_unit", f"{pointer}/unit", code=unit, known=UNITS)
    if value is not UNSET:
        yield from quantity_violations(f"{pointer}/value", value, unit, lowest=0)


def _flaws_of_scope(scope: Scope, pointer: str, registry: Registry) -> Iterator[Violation]:
    for index, measure in enumerate(scope.measures):
        if measure not in ALL_MEASURES:
            where = f"{pointer}/measures/{index}"
            yield from unknown_code("rjct.value_invalid", where, code=measure, known=ALL_MEASURES, already_found=index, expected="a measure of the tally")
    yield from unknown_codes(_codes_of_scope(scope, pointer, registry))
    if scope.day_from is not UNSET and scope.day_to is not UNSET and scope.day_to < scope.day_from:
        yield Violation("rjct.value_invalid", f"{pointer}/day_to", expected="the day of day_from or later")


def _codes_of_scope(scope: Scope, pointer: str, registry: Registry) -> Iterator[Code]:
    """Yield the codes of a scope; what nobody knows can be asked for too."""
    for index, code in enumerate(scope.programmes or ()):
        yield Code("rjct.unknown_programme", f"{pointer}/programmes/{index}", code, (*registry.programmes, UNKNOWN))
    for index, code in enumerate(scope.countries or ()):
        yield Code("rjct.unknown_country", f"{pointer}/countries/{index}", code, registry.countries)
    for index, code in enumerate(scope.items or ()):
        yield Code("rjct.unknown_item", f"{pointer}/items/{index}", code, registry.items)
    for index, code in enumerate(scope.partners or ()):
        yield Code("rjct.unknown_partner", f"{pointer}/partners/{index}", code, registry.partners)
    for index, code in enumerate(scope.recipient_types or ()):
        yield Code("rjct.unknown_recipient_type", f"{pointer}/recipient_types/{index}", code, registry.recipient_types)
    for index, code in enumerate(scope.holders or ()):
        yield Code("rjct.unknown_holder", f"{pointer}/holders/{index}", code, (*registry.partners, *registry.sites))


def _codes_of_showing(showing: Showing, pointer: str, registry: Registry) -> Iterator[Code]:
    for index, code in enumerate(showing.programmes or ()):
        yield Code("rjct.unknown_programme", f"{pointer}/programmes/{index}", code, registry.programmes)
    for index, code in enumerate(showing.countries or ()):
        yield Code("rjct.unknown_country", f"{pointer}/countries/{index}", code, registry.countries)
    yield Code("rjct.unknown_legal_basis", f"{pointer}/legal_basis", showing.legal_basis, registry.legal_bases)
