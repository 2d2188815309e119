"""What reference events bring into being is new, stands on known codes, and says openly when it is simulated."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, assert_never

import msgspec
from msgspec import UNSET

from models.cells import UNKNOWN
from models.events.reference import (
    ItemRegistered,
    ItemRegistration,
    LegalBasisRegistered,
    PartnerRegistered,
    PartnerRegistration,
    ProgrammeRegistered,
    ProgrammeRegistration,
    ProgrammeResumed,
    ProgrammeStanding,
    ProgrammeSuspended,
    ReferenceEvent,
    SiteRegistered,
    SiteRegistration,
)
from models.reasons import Violation
from models.registry import SIMULATED_PREFIX, Registry
from models.rules.rule import MAX_VIOLATIONS, unknown_code
from models.units import UNITS

_MINISTRY: Final = "kemnaker"


def registration_stands(event: ReferenceEvent, registry: Registry, _received_at_ms: int) -> Sequence[Violation]:
    """Refuse a code that is taken by other content, and a registration that names unknown codes."""
    return list(_problems(event, registry))[:MAX_VIOLATIONS]


def _problems(event: ReferenceEvent, registry: Registry) -> Iterator[Violation]:
    match event:
        case PartnerRegistered(data=partner):
            yield from _taken(partner.code, partner, registry.partners, registry.sites)
            yield from _partner(partner, registry)
        case ProgrammeRegistered(data=programme):
            yield from _taken(programme.code, programme, registry.programmes)
            yield from _programme(programme, registry)
        case ItemRegistered(data=item):
            yield from _taken(item.code, item, registry.items)
            yield from _item(item)
        case SiteRegistered(data=site):
            yield from _taken(site.code, site, registry.sites, registry.partners)
            yield from _site(site, registry)
        case LegalBasisRegistered(data=legal_basis):
            yield from _taken(legal_basis.code, legal_basis, registry.legal_bases)
        case ProgrammeSuspended(data=standing) | ProgrammeResumed(data=standing):
            yield from _standing(standing, registry)
        case _:
            assert_never(event)


def _taken(code: str, content: msgspec.Struct, same: Mapping[str, msgspec.Struct], other: Mapping[str, msgspec.Struct] | None = None) -> Iterator[Violation]:
    """Yield that the code means something else: in its own list, in one that shares its members, or as the word for what nobody knows."""
    taken = code in same and same[code] != content
    if taken or code == UNKNOWN or (other is not None and code in other):
        yield Violation("rjct.code_already_registered", "/data/code", expected="a code that is not taken, or the same content as before")


def _partner(partner: PartnerRegistration, registry: Registry) -> Iterator[Violation]:
    if partner.code.startswith(SIMULATED_PREFIX) is not (partner.simulated is True):
        yield Violation("rjct.simulation_unmarked", "/data/code", expected=f"a code that begins with {SIMULATED_PREFIX} exactly when simulated is true")
    for index, programme in enumerate(partner.programmes or ()):
        if programme not in registry.programmes:
            yield from unknown_code("rjct.unknown_programme", f"/data/programmes/{index}", code=programme, known=registry.programmes, already_found=index)
    for index, country in enumerate(partner.countries or ()):
        if country not in registry.countries:
            yield from unknown_code("rjct.unknown_country", f"/data/countries/{index}", code=country, known=registry.countries, already_found=index)
    if "reference" in (partner.reports or ()) and not _is_of_the_ministry(partner.code):
        yield Violation("rjct.partner_not_entitled", "/data/reports", expected="reference events for partners of Kemnaker only")


def _is_of_the_ministry(code: str) -> bool:
    return code == _MINISTRY or code.startswith(f"{_MINISTRY}-")


def _programme(programme: ProgrammeRegistration, registry: Registry) -> Iterator[Violation]:
    if programme.parent is not UNSET and programme.parent not in registry.programmes:
        yield from unknown_code("rjct.unknown_programme", "/data/parent", code=programme.parent, known=registry.programmes)
    if programme.owner is not UNSET and programme.owner not in registry.partners:
        yield from unknown_code("rjct.unknown_partner", "/data/owner", code=programme.owner, known=registry.partners)


def _item(item: ItemRegistration) -> Iterator[Violation]:
    unit = UNITS.get(item.unit)
    if unit is None:
        yield from unknown_code("rjct.unknown_unit", "/data/unit", code=item.unit, known=UNITS)
    elif unit.kind in {"money", "ratio", "rate"}:
        yield Violation("rjct.item_unsuitable", "/data/unit", expected="a unit in which things or people are counted")


def _site(site: SiteRegistration, registry: Registry) -> Iterator[Violation]:
    if site.country not in registry.countries:
        yield from unknown_code("rjct.unknown_country", "/data/country", code=site.country, known=registry.countries)
    if site.partner is not UNSET and site.partner not in registry.partners:
        yield from unknown_code("rjct.unknown_partner", "/data/partner", code=site.partner, known=registry.partners)


def _standing(standing: ProgrammeStanding, registry: Registry) -> Iterator[Violation]:
    if standing.programme not in registry.programmes:
        yield from unknown_code("rjct.unknown_programme", "/data/programme", code=standing.programme, known=registry.programmes)
    if standing.country not in registry.countries:
        yield from unknown_code("rjct.unknown_country", "/data/country", code=standing.country, known=registry.countries)
    if standing.legal_basis not in registry.legal_bases:
        yield from unknown_code("rjct.unknown_legal_basis", "/data/legal_basis", code=standing.legal_basis, known=registry.legal_bases)
