"""The scopes of published figures as questions to the tally: which cells they are, what they sum to, and whether they are closed."""

import dataclasses
import datetime
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import sqlalchemy as sa
from msgspec import UNSET

from consumers.answers.asof import AsOf
from consumers.answers.filters import STOCK_MEASURES, CellFilter
from consumers.answers.history import cells_as_of
from consumers.answers.levels import CELLS, conditions_at, level_of
from consumers.answers.standing import Standing, standing_events
from models.cells import DISBURSEMENTS, DISTRIBUTIONS, PLANS, SERVICES
from models.closings import day_of
from models.events.assurance import PeriodClosed
from models.events.statements import Scope, Showing
from models.naming import REFERENCE
from models.registry import Registry
from models.statements.closure import Closing, Span, is_closed
from models.statements.showing import SHOWABLE, shows
from models.statements.sums import Amount, ScopeSums

_ANY_TABLE: Final = frozenset({DISBURSEMENTS, DISTRIBUTIONS, SERVICES, PLANS})
"""All but stock, which is a state and nothing that happened."""
_BY: Final = ("destination",)
_DIMENSIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "measure": "measures",
        "programme": "programmes",
        "destination": "countries",
        "item": "items",
        "partner": "partners",
        "activity": "activities",
        "tranche": "tranches",
        "recipient_type": "recipient_types",
        "place": "places",
        "holder": "holders",
        "lot": "lots",
    }
)
"""Dimension of the tally → member of a scope."""
_CLOSED: Final = str(PeriodClosed.__struct_config__.tag)


class Scopes:
    """Sums over scopes as of one booking. A statement is held against the events of its own kind of partner only."""

    def __init__(self, connection: sa.Connection, registry: Registry, as_of: AsOf) -> None:
        self._connection = connection
        self._registry = registry
        self._as_of = as_of
        self._closings = {simulated: _closings(connection, registry, as_of, simulated=simulated) for simulated in (False, True)}
        self._standing: dict[str, list[Standing]] = {}

    def filter_of(self, scope: Scope, *, until: datetime.date | None, simulated: bool) -> CellFilter:
        """Return the cells of a scope; ``until`` is its last day where it names none, None for open."""
        values = {dimension: frozenset(codes) for dimension, codes in named(scope).items()}
        if "programme" in values:
            values["programme"] = self._with_descendants(values["programme"])
        first, last = days(scope, until)
        return CellFilter(values=values, day_from=first, day_to=last, simulated=frozenset({simulated}), as_of=self._as_of.booking)

    def sums(self, scope: Scope, *, until: datetime.date | None, simulated: bool) -> ScopeSums:
        """Return what is booked in a scope."""
        wanted = self.filter_of(scope, until=until, simulated=simulated)
        by_destination = self._amounts(wanted)
        measures = set(scope.measures)
        countries = [] if scope.countries is UNSET or len(scope.countries) < 2 else scope.countries
        return ScopeSums(
            sums=_merged(by_destination, measures=measures),
            others=_merged(by_destination, measures=None, but=measures),
            destinations={country: _merged({country: by_destination.get(country, {})}, measures=measures) for country in countries},
            is_closed=is_closed(self._span(scope, until), self._closings[simulated], above=self._registry.ancestors, start=self._start),
        )

    def showing(self, wanted: Showing, *, simulated: bool) -> dict[str, list[int]]:
        """Return the decisions that show a claim, per destination: each that is named, and each at which there are any."""
        kind = SHOWABLE.get(wanted.type)
        if kind is None:
            return {}
        if wanted.type not in self._standing:
            self._standing[wanted.type] = standing_events(self._connection, kind=kind, types={wanted.type}, as_of=self._as_of)
        programmes = self._with_descendants(wanted.programmes or ())
        found: dict[str, list[int]] = {country: [] for country in wanted.countries or ()}
        for one in self._standing[wanted.type]:
            if (one.event.partner in self._registry.simulated) is simulated and shows(one.event, wanted, programmes=programmes):
                found.setdefault(str(getattr(one.event.data, "country", "")), []).append(one.decision)
        return found

    def _amounts(self, wanted: CellFilter) -> dict[str, dict[tuple[str, str], int]]:
        """Return the sums of all measures in the scope: destination → (measure, unit) → steps."""
        of_any = dataclasses.replace(wanted, values={**{name: codes for name, codes in wanted.values.items() if name != "measure"}, "table": _ANY_TABLE})
        level = level_of(wanted, _BY)
        if level is not level_of(of_any, _BY):
            level = CELLS
        condition = sa.or_(*(sa.and_(*conditions_at(level, one, _BY)) for one in (wanted, of_any)))
        columns = [level.column("destination"), level.sums.c.measure, level.sums.c.unit]
        sums: dict[str, dict[tuple[str, str], int]] = {}
        for _number, steps, _events, destination, measure, unit in cells_as_of(self._connection, columns, [condition], self._as_of, level=level):
            totals = sums.setdefault(destination, {})
            totals[measure, unit] = totals.get((measure, unit), 0) + steps
        return sums

    def _with_descendants(self, programmes: Any) -> frozenset[str]:
        return frozenset(code for programme in programmes for code in (programme, *self._registry.descendants(programme)))

    def _span(self, scope: Scope, until: datetime.date | None) -> Span:
        return Span(scope.programmes or (), scope.countries or (), *days(scope, until))

    def _start(self, programme: str) -> str:
        registered = self._registry.programmes.get(programme)
        return registered.start.isoformat() if registered is not None else ""


def named(scope: Scope) -> dict[str, tuple[str, ...]]:
    """Return what a scope names, by dimension of the tally."""
    given = {dimension: getattr(scope, member) for dimension, member in _DIMENSIONS.items()}
    return {dimension: tuple(codes) for dimension, codes in given.items() if codes is not UNSET}


def days(scope: Scope, until: datetime.date | None) -> tuple[str, str]:
    """Return the first and last day of a scope as ISO dates, empty where it is open, as a stock always is: a state that has no day."""
    if STOCK_MEASURES.issuperset(scope.measures):
        return "", ""
    last = until if scope.day_to is UNSET else scope.day_to
    return "" if scope.day_from is UNSET else scope.day_from.isoformat(), "" if last is None else last.isoformat()


def _merged(by_destination: Mapping[str, Mapping[tuple[str, str], int]], *, measures: set[str] | None, but: set[str] | None = None) -> tuple[Amount, ...]:
    totals: dict[tuple[str, str], int] = {}
    for sums in by_destination.values():
        for (measure, unit), steps in sums.items():
            if (measures is None or measure in measures) and measure not in (but or ()):
                totals[measure, unit] = totals.get((measure, unit), 0) + steps
    return tuple(Amount(steps, unit, measure) for (measure, unit), steps in sorted(totals.items()))


def _closings(connection: sa.Connection, registry: Registry, as_of: AsOf, *, simulated: bool) -> list[Closing]:
    found: list[Closing] = []
    for one in standing_events(connection, kind=REFERENCE, types={_CLOSED}, as_of=as_of):
        assert isinstance(one.event, PeriodClosed)
        closure = one.event.data
        if closure.period is not UNSET and (one.event.partner in registry.simulated) is simulated:
            first, last = day_of(closure.period.start), day_of(closure.period.end)
            assert first is not None, "a rule refuses a period that begins on no day"
            assert last is not None, "a rule refuses a period that ends on no day"
            found.append(Closing(closure.programme, closure.country, first, last))
    return found
