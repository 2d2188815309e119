"""The registry: which codes exist, what they are called, and what each partner may report.

It begins with the shipped code lists and grows by reference events, in booking order; a registered code never
changes its meaning. What was closed is kept here too, because it changes how later events are taken. Whether an
event may register or close something is decided in ``models.rules``; here it is simply taken up, and taking it up
again changes nothing. Nothing is read from disk but by ``Registry.shipped``.
"""

import datetime
import difflib
from collections.abc import Collection, Iterable, Mapping
from typing import Final, NamedTuple, assert_never, cast

from msgspec import UNSET

from models.closings import Closings
from models.codelists import reader
from models.events.assurance import PeriodClosed
from models.events.reference import (
    ItemRegistered,
    ItemRegistration,
    LegalBasisRegistered,
    LegalBasisRegistration,
    Name,
    PartnerRegistered,
    PartnerRegistration,
    ProgrammeRegistered,
    ProgrammeRegistration,
    ProgrammeResumed,
    ProgrammeSuspended,
    ReferenceEvent,
    ReportGroup,
    SiteRegistered,
    SiteRegistration,
)
from models.units import UNITS

SIMULATED_PREFIX: Final = "simulasi-"
"""A partner's code begins like this if and only if it is registered as simulated: nobody can mistake the one for the other."""

EVERY_PROGRAMME: Final = "*"
"""Stands for all programmes, those of later days too, in a shipped entitlement; no registration can say it."""
WITHOUT_PROGRAMME: Final[frozenset[ReportGroup]] = frozenset({"reference", "assurance", "statements"})
"""The groups that are granted as such, for no programme and no destination."""

_PER_DAY: Final = "/day"
_CLOSE_ENOUGH: Final = 0.6
_JAKARTA: Final = datetime.timezone(datetime.timedelta(hours=7))


class Grant(NamedTuple):
    """One permission: these groups of events, for this programme and all below it, at these destinations.

    A grant without programme and countries is for the groups ``WITHOUT_PROGRAMME``.
    """

    programme: str
    countries: frozenset[str]
    reports: frozenset[ReportGroup]


class Registry:
    """The code lists as they stand at one booking. The mappings are for reading; ``apply`` is the only way to add."""

    __slots__ = (
        "_ancestors",
        "_entitled",
        "_grants",
        "_suspended",
        "changes",
        "closings",
        "countries",
        "items",
        "legal_bases",
        "partners",
        "programme_starts_at_ms",
        "programmes",
        "recipient_types",
        "simulated",
        "simulated_closings",
        "sites",
        "taken_up",
        "units",
    )

    def __init__(self) -> None:
        self.countries: dict[str, Name] = {}
        self.recipient_types: dict[str, Name] = {}
        self.units: dict[str, Name] = {}
        self.programmes: dict[str, ProgrammeRegistration] = {}
        self.items: dict[str, ItemRegistration] = {}
        self.partners: dict[str, PartnerRegistration] = {}
        self.sites: dict[str, SiteRegistration] = {}
        self.legal_bases: dict[str, LegalBasisRegistration] = {}
        self.simulated: set[str] = set()
        self.programme_starts_at_ms: dict[str, int] = {}
        self._grants: dict[str, tuple[Grant, ...]] = {}
        self._ancestors: dict[str, frozenset[str]] = {}
        self._suspended: set[tuple[str, str]] = set()
        self.closings = Closings()
        self.simulated_closings = Closings()
        self.changes = 0
        """How often something was taken up: what was found out of the registry holds until this grows."""
        self.taken_up: list[ReferenceEvent | PeriodClosed] = []
        """Every event that was applied, in order: applied to the shipped lists again, they make this registry."""
        # Only permissions that exist are remembered, so input cannot make this grow beyond the lists themselves.
        self._entitled: set[tuple[str, str, str, ReportGroup]] = set()

    @classmethod
    def shipped(cls) -> "Registry":
        """Return the code lists that Salur starts with. Reads the packaged files."""
        registry = cls()
        registry.countries = _names(reader.rows("countries"))
        registry.recipient_types = _names(reader.rows("recipient_types"))
        registry.units = _with_rates(_names(reader.rows("units")))
        for row in reader.rows("programmes"):
            registry._add_programme(_programme(row))
        for row in reader.rows("items"):
            registry.items[row["code"]] = ItemRegistration(code=row["code"], name=_name(row), unit=row["unit"])
        for row in reader.rows("legal_bases"):
            registry.legal_bases[row["code"]] = LegalBasisRegistration(code=row["code"], name=_name(row))
        for row in reader.rows("partners"):
            registry._add_partner(PartnerRegistration(code=row["code"], name=_name(row)), grants=())
        for row in reader.rows("entitlements"):
            registry._grants[row["partner"]] += (_grant(row),)
        return registry

    def copy(self) -> "Registry":
        """Return an equal registry that grows on its own."""
        other = Registry()
        for name in self.__slots__:
            value = getattr(self, name)
            setattr(other, name, value if isinstance(value, int) else value.copy())
        return other

    def apply(self, event: ReferenceEvent | PeriodClosed) -> None:
        """Take up an accepted event; a code that exists already stays as it is."""
        self.changes += 1
        self.taken_up.append(event)
        match event:
            case PartnerRegistered(data=partner):
                self._add_partner(partner, grants=_grants_of(partner))
            case ProgrammeRegistered(data=programme):
                self._add_programme(programme)
            case ItemRegistered(data=item):
                self.items.setdefault(item.code, item)
            case SiteRegistered(data=site):
                self.sites.setdefault(site.code, site)
            case LegalBasisRegistered(data=legal_basis):
                self.legal_bases.setdefault(legal_basis.code, legal_basis)
            case ProgrammeSuspended(data=standing):
                self._suspended.add((standing.programme, standing.country))
            case ProgrammeResumed(data=standing):
                self._suspended.discard((standing.programme, standing.country))
            case PeriodClosed(data=closure):
                (self.simulated_closings if event.partner in self.simulated else self.closings).close(closure)
            case _:
                assert_never(event)

    def is_entitled(self, *, partner: str, programme: str, country: str, group: ReportGroup) -> bool:
        """Tell whether the partner may report events of this group on the programme at the destination.

        For the groups ``WITHOUT_PROGRAMME`` both are empty strings.
        """
        key = (partner, programme, country, group)
        if key in self._entitled:
            return True
        above = self._ancestors.get(programme, _NO_PROGRAMME)
        for grant in self._grants.get(partner, ()):
            if group in grant.reports and covers(grant, above) and (country in grant.countries or not programme):
                self._entitled.add(key)
                return True
        return False

    def is_entitled_somewhere(self, *, partner: str, country: str, group: ReportGroup) -> bool:
        """Tell whether the partner may report events of this group at the destination on any programme at all."""
        return any(group in grant.reports and country in grant.countries for grant in self._grants.get(partner, ()))

    def grants(self, partner: str) -> tuple[Grant, ...]:
        """Return what the partner may report; nothing for a registered party that does not report, or an unknown one."""
        return self._grants.get(partner, ())

    def is_holder(self, code: str) -> bool:
        """Tell whether goods can be in the hands of this partner or at this site."""
        return code in self.partners or code in self.sites

    def is_suspended(self, *, programme: str, country: str) -> bool:
        """Tell whether the programme, or one above it, is suspended at the destination."""
        return any((above, country) in self._suspended for above in self._ancestors.get(programme, ()))

    def is_closed(self, *, programme: str, country: str, day: str, subject: str, simulated: bool = False) -> bool:
        """Tell whether the day or the batch is closed at the destination for the programme or one above it.

        Real partners close nothing of simulated ones, and simulated partners nothing of real ones.
        """
        closings = self.simulated_closings if simulated else self.closings
        return closings.anything and closings.cover(self._ancestors.get(programme, ()), country, day=day, subject=subject)

    def programme_is_within(self, code: str, ancestor: str) -> bool:
        """Tell whether the programme is ``ancestor`` or anywhere below it."""
        return ancestor in self._ancestors.get(code, ())

    def ancestors(self, code: str) -> frozenset[str]:
        """Return the programme and all above it; empty for an unknown code."""
        return self._ancestors.get(code, frozenset())

    def descendants(self, code: str) -> frozenset[str]:
        """Return the programme and all below it; empty for an unknown code."""
        return frozenset(programme for programme, above in self._ancestors.items() if code in above)

    def _add_programme(self, programme: ProgrammeRegistration) -> None:
        if programme.code in self.programmes:
            return
        above = self._ancestors[programme.parent] if isinstance(programme.parent, str) else frozenset()
        self.programmes[programme.code] = programme
        self._ancestors[programme.code] = above | {programme.code}
        midnight = datetime.datetime.combine(programme.start, datetime.time(), tzinfo=_JAKARTA)
        self.programme_starts_at_ms[programme.code] = int(midnight.timestamp()) * 1000

    def _add_partner(self, partner: PartnerRegistration, *, grants: tuple[Grant, ...]) -> None:
        if partner.code in self.partners:
            return
        self.partners[partner.code] = partner
        self._grants[partner.code] = grants
        if partner.simulated is True:
            self.simulated.add(partner.code)


def closest(code: str, known: Collection[str]) -> str:
    """Return the known code that is most like ``code``, or an empty string: the hint "did you mean"."""
    folded = {candidate.lower(): candidate for candidate in known}
    matches = difflib.get_close_matches(code.lower().replace("_", "-").replace(" ", "-"), folded, n=1, cutoff=_CLOSE_ENOUGH)
    return folded[matches[0]] if matches else ""


def covers(grant: Grant, programmes: Collection[str]) -> bool:
    """Tell whether the grant is for one of these: a programme with all above it, or only an empty string if none is concerned."""
    return grant.programme in programmes or (grant.programme == EVERY_PROGRAMME and "" not in programmes)


_NO_PROGRAMME: Final = frozenset(("",))


def _grants_of(partner: PartnerRegistration) -> tuple[Grant, ...]:
    """Return the grants of a registration: every programme named, at every destination named, and what needs neither."""
    reports = frozenset(partner.reports or ())
    countries = frozenset(partner.countries or ())
    of_programmes, as_such = reports - WITHOUT_PROGRAMME, reports & WITHOUT_PROGRAMME
    grants = [Grant(programme, countries, of_programmes) for programme in partner.programmes or () if of_programmes]
    if as_such:
        grants.append(Grant("", frozenset(), as_such))
    return tuple(grants)


def _with_rates(names: dict[str, Name]) -> dict[str, Name]:
    """Return the names of units, and of a unit per day whatever its unit is called."""
    rates = {code: names[code.removesuffix(_PER_DAY)] for code in UNITS if code.endswith(_PER_DAY)}
    return names | {code: Name(id=f"{unit.id} per hari", en=f"{unit.en} per day") for code, unit in rates.items()}


def _names(rows: Iterable[Mapping[str, str]]) -> dict[str, Name]:
    return {row["code"]: _name(row) for row in rows}


def _name(row: Mapping[str, str]) -> Name:
    return Name(id=row["name_id"], en=row["name_en"])


def _programme(row: Mapping[str, str]) -> ProgrammeRegistration:
    return ProgrammeRegistration(
        code=row["code"], name=_name(row), parent=row["parent"] or UNSET, start=datetime.date.fromisoformat(row["start"]), owner=row["owner"] or UNSET
    )


def _grant(row: Mapping[str, str]) -> Grant:
    reports = cast("list[ReportGroup]", row["reports"].split())
    return Grant(row["programme"], frozenset(row["countries"].split()), frozenset(reports))
