"""IATI 2.03: one activity for each programme, money as transactions, everything else as results with their periods.

Money that was confirmed or paid is a disbursement, what came back after that a negative one; what was declared is a
commitment, what was realised an expenditure, and a budget a budget. Every other figure (goods, people, and the stages that
money passed) is an indicator whose actual values name their destination. A stock has no period and is left out. A
count that is hidden is there without its value.

A transaction is a month's sum: dated its last day, or the day of the booking where that comes first.
"""

import calendar
import dataclasses
import datetime
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO, Final

from lxml import etree
from msgspec import UNSET

from consumers.answers.asof import AsOf, iso
from models.figure_words import measure_word, unit_word
from models.registry import Registry
from models.units import UNITS

VERSION: Final = "2.03"
UNREGISTERED: Final = "XX-UNREGISTERED"
"""Stands for the publisher's identifier until the publisher gives his own."""

_TRANSACTIONS: Final[Mapping[str, tuple[str, int]]] = {
    "declared": ("2", 1),
    "confirmed": ("3", 1),
    "paid": ("3", 1),
    "undelivered": ("3", -1),
    "realised": ("4", 1),
}
"""Measure of money → type of transaction (IATI code list TransactionType), and its sign."""
_BUDGET: Final = "budget"
_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_OUTPUT: Final = "1"
_UNIT: Final = "1"
_OWN_VOCABULARY: Final = "99"
_IMPLEMENTATION: Final = "2"
_ACTUAL_START: Final = "2"
_ACCOUNTABLE: Final = "2"
_GOVERNMENT: Final = "10"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure of a month: ``quantity`` is None where it is hidden."""

    programme: str
    destination: str
    month: str
    item: str
    measure: str
    unit: str
    quantity: str | None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """Who reports: the identifier that he is registered under with IATI, and his name."""

    ref: str = UNREGISTERED
    name: str = "Salur"


def write_iati(figures: Iterable[Figure], out: BinaryIO, *, registry: Registry, as_of: AsOf, publisher: Publisher, remark: str) -> int:
    """Write the activities and return how many figures are in them; ``remark`` is a comment at the top of the file."""
    told = 0
    known = sorted((one for one in figures if one.month), key=lambda one: (one.programme, one.measure, one.item, one.unit, one.month, one.destination))
    with etree.xmlfile(out, encoding="utf-8") as file:
        file.write_declaration()
        with file.element("iati-activities", {"version": VERSION, "generated-datetime": iso(as_of.booked_at) or "1970-01-01T00:00:00Z"}):
            file.write(etree.Comment(f" {remark.replace('--', '- -')} "))
            for programme, group in itertools.groupby(known, key=lambda one: one.programme):
                listed = list(group)
                file.write(_Activity(programme, listed, registry, as_of, publisher).element())
                told += len(listed)
    return told


class _Activity:
    """One activity in the making."""

    def __init__(self, programme: str, figures: Sequence[Figure], registry: Registry, as_of: AsOf, publisher: Publisher) -> None:
        self._code = programme
        self._figures = figures
        self._registry = registry
        self._programme = registry.programmes.get(programme)
        self._publisher = publisher
        self._as_of = as_of
        self._last_day = datetime.datetime.fromtimestamp((as_of.booked_at or 0) / 1000, datetime.UTC).date()

    def element(self) -> Any:
        """Return the element, its children in the order of the schema."""
        activity = etree.Element("iati-activity", {_LANG: "en", "last-updated-datetime": iso(self._as_of.booked_at) or "1970-01-01T00:00:00Z"})
        etree.SubElement(activity, "iati-identifier").text = f"{self._publisher.ref}-{self._code}"
        reporting = etree.SubElement(activity, "reporting-org", {"ref": self._publisher.ref, "type": _GOVERNMENT})
        _narrative(reporting, self._publisher.name)
        self._titled(etree.SubElement(activity, "title"))
        described = etree.SubElement(activity, "description", {"type": "1"})
        _narrative(described, f"Reported deliveries of the programme {self._code}, each traced to the events that make it")
        self._participating(activity)
        etree.SubElement(activity, "activity-status", {"code": _IMPLEMENTATION})
        etree.SubElement(activity, "activity-date", {"type": _ACTUAL_START, "iso-date": self._start().isoformat()})
        money = [one for one in self._figures if _is_transaction(one)]
        destinations = sorted({one.destination for one in self._figures})
        if not money and len(destinations) == 1:
            etree.SubElement(activity, "recipient-country", {"code": destinations[0]})
        sector = etree.SubElement(activity, "sector", {"vocabulary": _OWN_VOCABULARY, "code": self._code})
        self._titled(sector)
        activity.extend(self._budgets())
        activity.extend(map(self._transaction, money))
        activity.extend(self._results())
        return activity

    def _titled(self, parent: Any) -> None:
        name = None if self._programme is None else self._programme.name
        _narrative(parent, self._code if name is None else name.en)
        if name is not None:
            _narrative(parent, name.id, language="id")

    def _participating(self, activity: Any) -> None:
        owner = "" if self._programme is None or self._programme.owner is UNSET else self._programme.owner
        partner = self._registry.partners.get(owner)
        org = etree.SubElement(activity, "participating-org", {"role": _ACCOUNTABLE, "type": _GOVERNMENT})
        _narrative(org, partner.name.en if partner is not None else owner or self._publisher.name)

    def _start(self) -> datetime.date:
        first = min(_first_day(one.month) for one in self._figures)
        return first if self._programme is None else min(self._programme.start, first)

    def _budgets(self) -> Iterator[Any]:
        for one in self._figures:
            if _is_money(one) and one.measure == _BUDGET and one.quantity is not None:
                year = one.month[:4]
                budget = etree.Element("budget", {"type": "1", "status": "2"})
                etree.SubElement(budget, "period-start", {"iso-date": f"{year}-01-01"})
                etree.SubElement(budget, "period-end", {"iso-date": f"{year}-12-31"})
                self._value(budget, one.quantity, one)
                yield budget

    def _transaction(self, one: Figure) -> Any:
        kind, sign = _TRANSACTIONS[one.measure]
        quantity = one.quantity or "0"
        transaction = etree.Element("transaction")
        etree.SubElement(transaction, "transaction-type", {"code": kind})
        etree.SubElement(transaction, "transaction-date", {"iso-date": self._day(one.month).isoformat()})
        self._value(transaction, quantity if sign > 0 else _negative(quantity), one)
        _narrative(etree.SubElement(transaction, "description"), f"{one.measure}: {one.item}, {one.month}")
        etree.SubElement(transaction, "recipient-country", {"code": one.destination})
        return transaction

    def _value(self, parent: Any, quantity: str, one: Figure) -> None:
        etree.SubElement(parent, "value", {"currency": one.unit, "value-date": self._day(one.month).isoformat()}).text = quantity

    def _results(self) -> Iterator[Any]:
        others = [one for one in self._figures if not _is_transaction(one) and not (_is_money(one) and one.measure == _BUDGET)]
        for (measure, item, unit), group in itertools.groupby(others, key=lambda one: (one.measure, one.item, one.unit)):
            named = self._registry.items.get(item)
            titles = [
                ("en", f"{measure}: {named.name.en if named else item} ({unit})"),
                ("id", f"{measure_word(measure, 'id')}: {named.name.id if named else item} ({unit_word(unit, 'id')})"),
            ]
            result = etree.Element("result", {"type": _OUTPUT})
            indicator = _entitled(_entitled(result, titles, "indicator"), titles, None)
            for month, figures in itertools.groupby(group, key=lambda one: one.month):
                self._period(indicator, month, figures)
            yield result

    def _period(self, indicator: Any, month: str, figures: Iterable[Figure]) -> None:
        period = etree.SubElement(indicator, "period")
        etree.SubElement(period, "period-start", {"iso-date": _first_day(month).isoformat()})
        etree.SubElement(period, "period-end", {"iso-date": _last_day(month).isoformat()})
        for one in figures:
            actual = etree.SubElement(period, "actual", {} if one.quantity is None else {"value": one.quantity})
            etree.SubElement(actual, "dimension", {"name": "destination", "value": one.destination})
            if one.quantity is None:
                _narrative(etree.SubElement(actual, "comment"), "not published: it could point to fewer than ten people")

    def _day(self, month: str) -> datetime.date:
        return max(_first_day(month), min(_last_day(month), self._last_day))


def _entitled(parent: Any, titles: Sequence[tuple[str, str]], below: str | None) -> Any:
    title = etree.SubElement(parent, "title")
    for language, text in titles:
        _narrative(title, text, language=language)
    return parent if below is None else etree.SubElement(parent, below, {"measure": _UNIT, "ascending": "1"})


def _narrative(parent: Any, text: str, *, language: str = "en") -> None:
    narrative = etree.SubElement(parent, "narrative", {} if language == "en" else {_LANG: language})
    narrative.text = "".join(letter if letter.isprintable() else " " for letter in text)


def _is_money(one: Figure) -> bool:
    return one.unit in UNITS and UNITS[one.unit].kind == "money"


def _is_transaction(one: Figure) -> bool:
    return _is_money(one) and one.measure in _TRANSACTIONS and one.quantity is not None


def _negative(quantity: str) -> str:
    return quantity.removeprefix("-") if quantity.startswith("-") else quantity if not quantity.strip("0.") else f"-{quantity}"


def _first_day(month: str) -> datetime.date:
    return datetime.date.fromisoformat(f"{month}-01")


def _last_day(month: str) -> datetime.date:
    first = _first_day(month)
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])
