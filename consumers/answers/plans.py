"""Budgets and targets beside what was spent and delivered, per programme, destination, fiscal year, item and unit.

A plan is held against what its programme and all programmes below it did in the calendar year at that destination,
in exactly its unit: money against money, pieces against pieces, people against people reached. Nothing here adds
two units, and a figure that nobody reported is no figure, never 0. A percentage always carries its two figures.
"""

import dataclasses
import datetime
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from consumers.answers.asof import AsOf, milliseconds, resolve
from consumers.answers.filters import JAKARTA, CellFilter
from consumers.answers.history import cells_as_of
from consumers.answers.levels import conditions
from consumers.answers.percent import Percent
from models import schema
from models.cells import DISBURSEMENTS, DISTRIBUTIONS, PLANS, SERVICES
from models.errors import ConfigurationError
from models.measures import DELIVERED, RECIPIENTS, UNDELIVERED
from models.units import PEOPLE, UNITS, format_steps

BUDGET: Final = "budget"
REALISED: Final = "realised"
TARGET: Final = "target"
RETURNED: Final = "returned"

_YEAR: Final = re.compile(r"[12]\d{3}", re.ASCII)
_PLANNED: Final = (BUDGET, REALISED, TARGET)
_DONE: Final = (*sorted(DELIVERED), RECIPIENTS)
_DELIVERIES: Final = frozenset({DISBURSEMENTS, DISTRIBUTIONS, SERVICES})
_cells = schema.cells.c
_KEY: Final = (_cells.programme, _cells.destination, _cells.day, _cells.item, _cells.unit, _cells.simulated)


class PlanKey(NamedTuple):
    """What a plan is about; ``simulated`` is None where simulated partners are left out."""

    programme: str
    destination: str
    year: str
    item: str
    unit: str
    simulated: bool | None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PlanFigure:
    """A sum: by measure, what of it the programmes below did, and what was booked after the year's end (None if nothing was)."""

    measures: Mapping[str, int]
    below: Mapping[str, int]
    after_year_end: int | None

    @property
    def steps(self) -> int:
        """The whole sum; what came back after it was confirmed is taken off."""
        return sum(-steps if measure == RETURNED else steps for measure, steps in self.measures.items())

    def to_json(self, unit: str) -> dict[str, Any]:
        """Return the figure as JSON values; ``below`` names each programme below and its part."""
        late = None if self.after_year_end is None else format_steps(self.after_year_end, unit)
        return {
            "quantity": format_steps(self.steps, unit),
            "measures": {measure: format_steps(steps, unit) for measure, steps in self.measures.items()},
            "below": {programme: format_steps(steps, unit) for programme, steps in self.below.items()},
            "booked_after_year_end": late,
        }


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PlanRow:
    """A plan beside what came of it; None where nothing was reported."""

    key: PlanKey
    budget: PlanFigure | None
    realised: PlanFigure | None
    target: PlanFigure | None
    delivered: PlanFigure | None
    year_is_over: bool

    @property
    def is_over_budget(self) -> bool | None:
        """Whether more was spent, or paid out, than budgeted; None without a budget."""
        return _exceeds(self.budget, self.realised, self.delivered if self._is_money else None)

    @property
    def is_over_target(self) -> bool | None:
        """Whether more was delivered than the target; None without a target."""
        return _exceeds(self.target, self.delivered)

    @property
    def percents(self) -> Mapping[str, Percent | None]:
        """The shares that can be told."""
        return {
            "realised_of_budget": self._percent(self.realised, self.budget),
            "delivered_of_budget": self._percent(self.delivered, self.budget) if self._is_money else None,
            "delivered_of_target": self._percent(self.delivered, self.target),
        }

    def to_json(self) -> dict[str, Any]:
        """Return the row as JSON values."""
        key = {name: value for name, value in self.key._asdict().items() if value is not None}
        figures = {name: getattr(self, name) for name in (BUDGET, REALISED, TARGET, "delivered")}
        return {
            **key,
            **{name: None if figure is None else figure.to_json(self.key.unit) for name, figure in figures.items()},
            "percent": {name: None if percent is None else percent.to_json() for name, percent in self.percents.items()},
            "over_budget": self.is_over_budget,
            "over_target": self.is_over_target,
            "year_is_over": self.year_is_over,
        }

    @property
    def _is_money(self) -> bool:
        return UNITS[self.key.unit].kind == "money"

    def _percent(self, part: PlanFigure | None, whole: PlanFigure | None) -> Percent | None:
        if part is None or whole is None or whole.steps <= 0:
            return None
        return Percent(part=part.steps, whole=whole.steps, unit=self.key.unit)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PlansAnswer:
    """The rows, and the booking that they hold for."""

    as_of: AsOf
    rows: tuple[PlanRow, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the answer as JSON values."""
        return {"as_of": self.as_of.to_json(), "rows": [row.to_json() for row in self.rows]}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PlanCodes:
    """What the code lists say: a programme with all below it, and the unit of an item (None for one that is not there)."""

    descendants: Callable[[str], Iterable[str]]
    item_unit: Callable[[str], str | None]


def plans(connection: sa.Connection, wanted: CellFilter, codes: PlanCodes, *, years: Collection[str] = ()) -> PlansAnswer:
    """Return one row for each plan or expenditure of ``wanted`` (programmes, destinations, items), of these years if any are given."""
    as_of = resolve(connection, wanted.as_of)
    planned = _sums(connection, _narrowed(wanted, {PLANS}, _PLANNED), as_of)
    keys = sorted({key for _, key in planned if not years or key.year in years}, key=lambda key: tuple(map(str, key)))
    below = {key.programme: sorted({*codes.descendants(key.programme), key.programme}) for key in keys}
    done = dict(planned)
    if keys:
        done |= _done(connection, _realisation(wanted, keys, below), as_of)
    at_year_end = {year: _at_year_end(connection, wanted, year, keys, below, as_of) for year in {key.year for key in keys}}
    book = _Book(codes=codes, below=below, now=done, at_year_end=at_year_end)
    return PlansAnswer(as_of=as_of, rows=tuple(book.row(key) for key in keys))


def parse_years(text: str) -> frozenset[str]:
    """Read the fiscal years of ``--year``; none at all are all. Raises ConfigurationError."""
    years = [year.strip() for year in text.split(",") if year.strip()]
    for year in years:
        if not _YEAR.fullmatch(year):
            raise ConfigurationError(f"{year!r} is not a year", hint="write 2020")
    return frozenset(years)


Sums = dict[tuple[str, PlanKey], list[int]]
"""(measure, key) → sum in steps, and the number of postings in it."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Book:
    """The sums from which rows are made: now, and for years that are over as they stood at their end."""

    codes: PlanCodes
    below: Mapping[str, Collection[str]]
    now: Sums
    at_year_end: Mapping[str, Sums | None]

    def row(self, key: PlanKey) -> PlanRow:
        people = key.unit in PEOPLE and self.codes.item_unit(key.item) != key.unit
        delivered = (RECIPIENTS,) if people else (*sorted(DELIVERED), RETURNED)
        own, all_below = (key.programme,), self.below[key.programme]
        return PlanRow(
            key=key,
            budget=self._figure(key, (BUDGET,), own),
            realised=self._figure(key, (REALISED,), all_below),
            target=self._figure(key, (TARGET,), own),
            delivered=self._figure(key, delivered, all_below),
            year_is_over=self.at_year_end[key.year] is not None,
        )

    def _figure(self, key: PlanKey, measures: Collection[str], programmes: Iterable[str]) -> PlanFigure | None:
        by_measure: dict[str, int] = {}
        by_programme: dict[str, int] = {}
        then = self.at_year_end[key.year]
        late, was_late = 0, False
        for programme in programmes:
            for measure in measures:
                where = (measure, key._replace(programme=programme))
                if where not in self.now:
                    continue
                steps, postings = self.now[where]
                sign = -1 if measure == RETURNED else 1
                by_measure[measure] = by_measure.get(measure, 0) + steps
                by_programme[programme] = by_programme.get(programme, 0) + sign * steps
                if then is not None:
                    steps_then, postings_then = then.get(where, (0, 0))
                    late += sign * (steps - steps_then)
                    was_late = was_late or postings != postings_then
        if not by_measure:
            return None
        below = {programme: steps for programme, steps in by_programme.items() if programme != key.programme}
        return PlanFigure(measures=by_measure, below=below, after_year_end=late if was_late else None)


def _narrowed(wanted: CellFilter, tables: Collection[str], measures: Collection[str], **values: Collection[str]) -> CellFilter:
    named = {name: given for name, given in wanted.values.items() if name in ("programme", "destination", "item")}
    more = {name: frozenset(given) for name, given in {**values, "table": tables, "measure": measures}.items()}
    return dataclasses.replace(wanted, values={**named, **more}, day_from="", day_to="")


def _realisation(wanted: CellFilter, keys: Collection[PlanKey], below: Mapping[str, Collection[str]]) -> CellFilter:
    """Return the filter of everything that the plans are held against: what the programmes planned for, and all below them, did."""
    programmes = {programme for all_below in below.values() for programme in all_below}
    cells = _narrowed(wanted, {PLANS, *_DELIVERIES}, (REALISED, *_DONE), programme=programmes, item={key.item for key in keys})
    years = {key.year for key in keys}
    return dataclasses.replace(cells, day_from=f"{min(years)}-01-01", day_to=f"{max(years)}-12-31")


def _at_year_end(
    connection: sa.Connection, wanted: CellFilter, year: str, keys: Collection[PlanKey], below: Mapping[str, Collection[str]], as_of: AsOf
) -> Sums | None:
    """Return the sums as the ledger had them when the year ended in Jakarta; None while that is still to come."""
    end = datetime.datetime(int(year) + 1, 1, 1, tzinfo=JAKARTA)
    if as_of.booked_at is None or as_of.booked_at < milliseconds(end):
        return None
    then = resolve(connection, end - datetime.timedelta(milliseconds=1))
    if not then.booking:
        return {}
    of_year = [key for key in keys if key.year == year]
    sums = _sums(connection, _narrowed(wanted, {PLANS}, _PLANNED), then)
    return {**sums, **_done(connection, _realisation(wanted, of_year, below), then)}


def _done(connection: sa.Connection, wanted: CellFilter, as_of: AsOf) -> Sums:
    """Return what was spent and delivered, and as ``returned`` what of it came back after it was confirmed."""
    undelivered = dataclasses.replace(wanted, values={**wanted.values, "table": frozenset({DISBURSEMENTS}), "measure": frozenset({UNDELIVERED})})
    back = {(RETURNED, key): total for (_, key), total in _sums(connection, undelivered, as_of).items()}
    return {**_sums(connection, wanted, as_of), **back}


def _sums(connection: sa.Connection, wanted: CellFilter, as_of: AsOf) -> Sums:
    sums: Sums = defaultdict(lambda: [0, 0])
    for _cell, steps, events, measure, *values in cells_as_of(connection, (_cells.measure, *_KEY), conditions(wanted), as_of):
        total = sums[measure, _key(values, wanted)]
        total[0] += steps
        total[1] += events
    return dict(sums)


def _key(values: Sequence[Any], wanted: CellFilter) -> PlanKey:
    programme, destination, day, item, unit, simulated = values
    return PlanKey(programme, destination, str(day)[:4], item, unit, bool(simulated) if wanted.shows_simulated else None)


def _exceeds(plan: PlanFigure | None, *done: PlanFigure | None) -> bool | None:
    if plan is None or plan.steps <= 0:
        return None
    return any(figure is not None and figure.steps > plan.steps for figure in done)
