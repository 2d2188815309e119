"""What is asked for: which cells, happened when, as the ledger stood when. Reading words is here; SQL conditions too.

A filter is a plain value. Programmes below a named programme are already in it, so nothing later needs the code
lists. What a filter means for the materialized tables is in ``consumers.tables``.
"""

import dataclasses
import datetime
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from consumers.answers.dimensions import COLUMNS, unknown
from models.cells import DISBURSEMENTS, DISTRIBUTIONS, PLANS, SERVICES, STOCK, TALLY_TABLES
from models.errors import ConfigurationError
from models.measures import ALL_MEASURES, EVIDENCE, PARTS, PLANNED, STOCK_STATES
from models.provinces import read_province

JAKARTA: Final = datetime.timezone(datetime.timedelta(hours=7), "Asia/Jakarta")
"""UTC+7 with no daylight saving since 1964, before any event of ours."""

STOCK_MEASURES: Final = frozenset(STOCK_STATES)
PLANNED_MEASURES: Final = frozenset(PLANNED)
MEASURES: Final = ALL_MEASURES
ASIDE: Final = PARTS | frozenset(EVIDENCE)
"""Measures that say something more of what other figures count already: they are in an answer only when asked for by name."""
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MONTH: Final = re.compile(r"\d{4}-\d{2}", re.ASCII)
_BOOKING: Final = re.compile(r"\d{1,18}", re.ASCII)
_FREE_TEXT: Final = frozenset({"activity", "tranche", "place", "lot"})


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class KnownCodes:
    """The codes that a filter may name, per dimension, and which programmes are below one."""

    codes: Mapping[str, Collection[str]]
    descendants: Callable[[str], Iterable[str]] = lambda _programme: ()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CellFilter:
    """Which cells: for each dimension the values allowed (a dimension that is not there allows all).

    ``day_from`` and ``day_to`` are ISO dates in Asia/Jakarta, both included, empty for open. ``simulated`` holds
    the kinds of partner wanted. ``as_of`` is a booking, a moment, or None for now.
    """

    values: Mapping[str, frozenset[str]] = dataclasses.field(default_factory=dict)
    day_from: str = ""
    day_to: str = ""
    simulated: frozenset[bool] = frozenset({False})
    as_of: int | datetime.datetime | None = None

    @property
    def shows_simulated(self) -> bool:
        """Whether simulated partners were asked for; every row then says which kind it is."""
        return True in self.simulated

    def tables(self, by: Sequence[str] = ()) -> frozenset[str]:
        """Return the tables to look in: deliveries, and what is none (a stock is a state, a plan is to come) only for a question about it."""
        if "table" in self.values:
            return self.values["table"]
        measures = self.values.get("measure", frozenset())
        found = {DISBURSEMENTS, DISTRIBUTIONS, SERVICES}
        if STOCK_MEASURES & measures or {"holder", "lot"} & {*self.values, *by}:
            found.add(STOCK)
        if PLANNED_MEASURES & measures:
            found.add(PLANS)
        return frozenset(found)

    @property
    def left_out(self) -> frozenset[str]:
        """The measures that a question which names none leaves out, whatever table they are in."""
        return frozenset() if "measure" in self.values else ASIDE

    def narrowed(self, row: Mapping[str, str | bool]) -> "CellFilter":
        """Return the filter for the cells of one row of its answer, given by the row's group values, measure and unit."""
        values = dict(self.values)
        simulated, day_from, day_to = self.simulated, self.day_from, self.day_to
        for dimension, value in row.items():
            if dimension == "simulated":
                simulated = frozenset({value is True})
            elif dimension in {"day", "month"}:
                day_from, day_to = max(day_from, first_day(str(value))), min(day_to or "9999", last_day(str(value)))
            elif dimension in COLUMNS:
                values[dimension] = frozenset({str(value)})
        return dataclasses.replace(self, values=MappingProxyType(values), simulated=simulated, day_from=day_from, day_to=day_to)


def parse_filter(
    words: Mapping[str, str | Sequence[str]], known: KnownCodes, *, simulated: bool = False, happened_from: str = "", happened_to: str = "", as_of: str = ""
) -> CellFilter:
    """Read a filter from words: per dimension one or more values, commas between them meaning *or*.

    ``happened_from`` and ``happened_to`` are days or months, ``as_of`` a booking number or a moment. Raises
    ConfigurationError, which names the closest valid code.
    """
    values: dict[str, frozenset[str]] = {}
    for name, given in words.items():
        dimension = name.replace("-", "_")
        if dimension not in COLUMNS:
            raise unknown("dimension", name, tuple(COLUMNS))
        listed = given.split(",") if isinstance(given, str) else [part for text in given for part in text.split(",")]
        if wanted := [value.strip() for value in listed if value.strip()]:
            values[dimension] = frozenset(code for value in wanted for code in _codes(dimension, value, known))
    day_from = first_day(happened_from) if happened_from else ""
    day_to = last_day(happened_to) if happened_to else ""
    if day_from and day_to and day_from > day_to:
        raise ConfigurationError(f"--from {day_from} is after --to {day_to}", hint="turn them round")
    return CellFilter(
        values=MappingProxyType(values),
        day_from=day_from,
        day_to=day_to,
        simulated=frozenset({True, False} if simulated else {False}),
        as_of=parse_as_of(as_of) if as_of else None,
    )


def _codes(dimension: str, value: str, known: KnownCodes) -> Iterable[str]:
    if dimension in _FREE_TEXT:
        return (value,)
    if dimension == "province":
        return (read_province(value),)
    valid = {"measure": MEASURES, "table": TALLY_TABLES}.get(dimension) or known.codes.get(dimension)
    if not valid:
        return (value,)
    code = next((code for code in (*valid, "unknown") if code.lower() == value.lower()), None)
    if code is None:
        raise unknown(dimension.replace("_", " "), value, valid)
    return (code, *known.descendants(code)) if dimension == "programme" else (code,)


def first_day(text: str) -> str:
    """Return the first day of an ISO day or month. Raises ConfigurationError."""
    return _date(text if not _MONTH.fullmatch(text) else f"{text}-01", text).isoformat()


def last_day(text: str) -> str:
    """Return the last day of an ISO day or month. Raises ConfigurationError."""
    if not _MONTH.fullmatch(text):
        return _date(text, text).isoformat()
    first = _date(f"{text}-01", text)
    return ((first + datetime.timedelta(days=31)).replace(day=1) - datetime.timedelta(days=1)).isoformat()


def _date(text: str, asked: str) -> datetime.date:
    try:
        if _DAY.fullmatch(text):
            return datetime.date.fromisoformat(text)
    except ValueError:
        pass
    raise ConfigurationError(f"{asked!r} is not a day or a month", hint="write 2020-05-03 or 2020-05")


def parse_as_of(text: str) -> int | datetime.datetime:
    """Read a booking number, a moment, or a day (its end in Asia/Jakarta). Raises ConfigurationError."""
    if _BOOKING.fullmatch(text):
        return int(text)
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError as error:
        raise ConfigurationError(f"{text!r} is neither a booking nor a moment", hint="write 123 or 2020-05-03T12:00:00+07:00") from error
    if _DAY.fullmatch(text):
        moment += datetime.timedelta(days=1, milliseconds=-1)
    return moment if moment.tzinfo else moment.replace(tzinfo=JAKARTA)
