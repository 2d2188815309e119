"""The code lists as tables: every code that an event may use, what it is called in both languages, and who may report what."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple

from msgspec import UNSET

from models.events.reference import Name
from models.measures import DISAGGREGATIONS
from models.registry import EVERY_PROGRAMME, Registry
from models.units import CURRENCIES, PEOPLE


class CodeList(NamedTuple):
    """One list: its name, the names of its columns, and its rows; the first column is the code."""

    name: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]


def code_lists(registry: Registry) -> list[CodeList]:
    """Return every list, in the order in which partners look for them."""
    return [CodeList(name, columns, list(rows(registry))) for name, (columns, rows) in _LISTS.items()]


def _programmes(registry: Registry) -> Iterator[tuple[str, ...]]:
    for code, one in registry.programmes.items():
        yield code, one.name.id, one.name.en, "" if one.parent is UNSET else one.parent, one.start.isoformat()


def _items(registry: Registry) -> Iterator[tuple[str, ...]]:
    return ((code, one.name.id, one.name.en, one.unit) for code, one in registry.items.items())


def _units(registry: Registry) -> Iterator[tuple[str, ...]]:
    for code, name in registry.units.items():
        if code not in CURRENCIES and "/" not in code:
            yield code, name.id, name.en, "people" if code in PEOPLE else ""


def _currencies(registry: Registry) -> Iterator[tuple[str, ...]]:
    names = registry.units
    return ((code, names[code].id, names[code].en) if code in names else (code, "", "") for code in sorted(CURRENCIES))


def _partners(registry: Registry) -> Iterator[tuple[str, ...]]:
    return ((code, one.name.id, one.name.en) for code, one in registry.partners.items())


def _sites(registry: Registry) -> Iterator[tuple[str, ...]]:
    for code, one in registry.sites.items():
        yield code, one.name.id, one.name.en, one.country, "" if one.partner is UNSET else one.partner


def _legal_bases(registry: Registry) -> Iterator[tuple[str, ...]]:
    return ((code, one.name.id, one.name.en) for code, one in registry.legal_bases.items())


def _disaggregations(_registry: Registry) -> Iterator[tuple[str, ...]]:
    return ((dimension, ", ".join(values)) for dimension, values in DISAGGREGATIONS.items())


def _entitlements(registry: Registry) -> Iterator[tuple[str, ...]]:
    for partner in registry.partners:
        for grant in registry.grants(partner):
            programme = "*" if grant.programme == EVERY_PROGRAMME else grant.programme
            yield partner, programme, " ".join(sorted(grant.countries)), " ".join(sorted(grant.reports))


def _named(names: Callable[[Registry], Mapping[str, Name]]) -> Callable[[Registry], Iterator[tuple[str, ...]]]:
    return lambda registry: ((code, name.id, name.en) for code, name in names(registry).items())


_NAMED: Final = ("code", "indonesian", "english")
_LISTS: Final[Mapping[str, tuple[tuple[str, ...], Callable[[Registry], Iterator[tuple[str, ...]]]]]] = {
    "programmes": ((*_NAMED, "parent", "start"), _programmes),
    "countries": (_NAMED, _named(lambda registry: registry.countries)),
    "items": ((*_NAMED, "unit"), _items),
    "units": ((*_NAMED, "counts"), _units),
    "currencies": (_NAMED, _currencies),
    "recipient_types": (_NAMED, _named(lambda registry: registry.recipient_types)),
    "disaggregations": (("dimension", "values"), _disaggregations),
    "legal_bases": (_NAMED, _legal_bases),
    "partners": (_NAMED, _partners),
    "sites": ((*_NAMED, "country", "partner"), _sites),
    "entitlements": (("partner", "programme", "countries", "reports"), _entitlements),
}
