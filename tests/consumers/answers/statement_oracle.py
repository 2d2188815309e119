"""What a careful reader says of a statement, from the facts themselves: written from the rules in words, with none of the program's code.

A fact is one delivery as its reporter told it, in whole units. What was reversed is no fact any more, and what was
amended is the newer fact.
"""

import dataclasses
import datetime
import itertools
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

PARENT = {"jps-tkm": "jps", "jps-padat-karya": "jps"}
BEGINNING = datetime.date(2020, 1, 1)
WORDS = {"tens": (10, 100), "hundreds": (100, 1_000), "thousands": (1_000, 10_000)}
ONLY_SAID = {"target", "budget"}


@dataclasses.dataclass(frozen=True)
class Fact:
    """Something that was reported, with the amounts that it counts for: (measure, unit, amount)."""

    programme: str
    country: str
    item: str
    partner: str
    day: datetime.date
    amounts: tuple[tuple[str, str, Decimal], ...]


@dataclasses.dataclass(frozen=True)
class Closed:
    """Days of a programme at a destination of which nothing more is expected."""

    programme: str
    country: str
    first: datetime.date
    last: datetime.date


@dataclasses.dataclass(frozen=True)
class World:
    """All that was known at one moment."""

    facts: tuple[Fact, ...] = ()
    closed: tuple[Closed, ...] = ()


def verdict_of_statement(said: dict[str, Any], world: World) -> str:
    verdicts = {verdict_of_figure(figure, said, world) for figure in said["figures"]}
    if "contradicted" in verdicts:
        return "contradicted"
    return verdicts.pop() if len(verdicts) == 1 else "part"


def verdict_of_figure(figure: dict[str, Any], said: dict[str, Any], world: World) -> str:
    qualifier = figure.get("qualifier", "exactly")
    until = None if qualifier == "target" else said.get("as_of") or said.get("published")
    if "value" not in figure and qualifier not in WORDS:
        return _shown(figure, world, until)
    own = _held(figure, qualifier, world, until) if "scope" in figure else None
    if "parts" not in figure:
        return own or "unsupported"
    parts = [_held(part, "exactly", world, until) if "scope" in part else None for part in figure["parts"]]
    if own == "contradicted" or "contradicted" in parts:
        return "contradicted"
    opened = [verdict for verdict in (own, *parts) if verdict]
    if any(part["unit"] != figure["unit"] for part in figure["parts"]):
        return "part" if set(opened) & {"supported", "part"} else "unsupported"
    return _of_whole_and_parts(figure, qualifier, own, parts, opened)


def _of_whole_and_parts(figure: dict[str, Any], qualifier: str, own: str | None, parts: list[str | None], opened: list[str]) -> str:
    made = sum((Decimal(part["value"]) for part in figure["parts"]), Decimal(0))
    direction = _direction(figure, qualifier, made)
    if direction > 0:
        return "contradicted"
    if own == "part":
        return "part"
    if not opened:
        return "part" if direction == 0 else "unsupported"
    if set(opened) == {"unsupported"}:
        return "unsupported"
    is_all_shown = set(opened) == {"supported"} and (own is not None or None not in parts)
    return "supported" if is_all_shown and direction == 0 else "part"


def _held(claim: dict[str, Any], qualifier: str, world: World, until: str | None) -> str:
    """Hold one value against its scope."""
    unit = claim["unit"]
    if unit == "percent":
        return _share(claim, qualifier, world, until)
    found = amount_in(claim["scope"], world, until, unit, without=ONLY_SAID if qualifier == "target" else set())
    if not found:
        return _unit_mistaken(claim, qualifier, world, until)
    if "less" in claim:
        taken_off = amount_in(claim["less"], world, until, unit)
        return "unsupported" if not taken_off else _compare(claim, qualifier, found - taken_off, is_final=True)
    return _compare(claim, qualifier, found, is_final=_is_closed(claim["scope"], world, until))


def _unit_mistaken(claim: dict[str, Any], qualifier: str, world: World, until: str | None) -> str:
    if qualifier not in {"exactly", "about"}:
        return "unsupported"
    for measure, unit in {(measure, unit) for fact in world.facts for measure, unit, _ in fact.amounts if unit != claim["unit"]}:
        other = amount_in({**claim["scope"], "measures": [measure]}, world, until, unit) if measure in claim["scope"]["measures"] else None
        if other and _is_writable(other, claim["unit"]) and _direction(claim, qualifier, other) == 0:
            return "contradicted"
    return "unsupported"


def _is_writable(amount: Decimal, unit: str) -> bool:
    return unit in {"litre", "IDR"} or amount == amount.to_integral_value()


def _share(claim: dict[str, Any], qualifier: str, world: World, until: str | None) -> str:
    part, whole = (amount_in(claim[name], world, until, claim["counted_in"]) for name in ("scope", "of"))
    if not part or not whole:
        return "unsupported"
    exact = Fraction(part) / Fraction(whole) * 10_000
    rounded = Decimal((exact + Fraction(1, 2)).__floor__()) / 100
    return _compare(claim, qualifier, rounded, is_final=all(_is_closed(claim[name], world, until) for name in ("scope", "of")))


def _compare(claim: dict[str, Any], qualifier: str, found: Decimal, *, is_final: bool) -> str:
    direction = _direction(claim, qualifier, found)
    if direction == 0:
        return "supported"
    if direction > 0:
        return "contradicted"
    return "contradicted" if is_final and qualifier != "target" else "part"


def _direction(claim: dict[str, Any], qualifier: str, found: Decimal) -> int:
    """Return 0 if the amount fits what was said, 1 if it is too much, -1 if too little."""
    if qualifier in WORDS:
        low, high = WORDS[qualifier]
        return -1 if found < low else 0 if found < high else 1
    value = Decimal(claim["value"])
    if qualifier == "more-than":
        return 0 if found > value else -1
    if qualifier == "less-than":
        return 0 if found < value else 1
    if qualifier == "target":
        return 0 if found >= value else -1
    if qualifier == "about":
        return 0 if abs(found - value) < _rounding(claim, value) else 1 if found > value else -1
    return (found > value) - (found < value)


def _rounding(claim: dict[str, Any], value: Decimal) -> Decimal:
    if "nearest" in claim:
        return Decimal(claim["nearest"])
    smallest = {"litre": Decimal("0.001"), "IDR": Decimal("0.01"), "percent": Decimal("0.01")}.get(claim["unit"], Decimal(1))
    digits = str(int(value / smallest))
    zeros = len(digits) - len(digits.rstrip("0"))
    return Decimal(max(1, min(int("1" + "0" * zeros), int(digits) // 10))) * smallest


def amount_in(scope: dict[str, Any], world: World, until: str | None, unit: str, *, without: set[str] | None = None) -> Decimal:
    """Return how much of a unit there is in a scope; 0 is nothing."""
    wanted = set(scope["measures"]) - (without or set())
    facts = [fact for fact in world.facts if _is_in(fact, scope, until)]
    return sum((amount for fact in facts for measure, its_unit, amount in fact.amounts if measure in wanted and its_unit == unit), Decimal(0))


def _is_in(fact: Fact, scope: dict[str, Any], until: str | None) -> bool:
    programmes = {fact.programme, PARENT.get(fact.programme, fact.programme)}
    last = scope.get("day_to", until)
    return (
        ("programmes" not in scope or bool(programmes & set(scope["programmes"])))
        and fact.country in scope.get("countries", [fact.country])
        and fact.item in scope.get("items", [fact.item])
        and fact.partner in scope.get("partners", [fact.partner])
        and scope.get("day_from", "") <= fact.day.isoformat() <= (last or "9999")
    )


def _shown(figure: dict[str, Any], world: World, until: str | None) -> str:
    """A claim without value is shown at every destination that it names, or anywhere if it names fewer than two."""
    scope = figure["scope"]
    counted = {measure for measure in scope["measures"] if figure.get("qualifier") != "target" or measure not in ONLY_SAID}
    there: Counter[str] = Counter()
    for fact in world.facts:
        if _is_in(fact, scope, until):
            there[fact.country] += sum(measure in counted for measure, _, _ in fact.amounts)
    countries = scope.get("countries", [])
    if len(countries) < 2:
        return "supported" if there.total() else "unsupported"
    shown = [bool(there[country]) for country in countries]
    return "supported" if all(shown) else "part" if any(shown) else "unsupported"


def _is_closed(scope: dict[str, Any], world: World, until: str | None) -> bool:
    last = scope.get("day_to", until)
    if not last or "programmes" not in scope or "countries" not in scope:
        return False
    days = _days(scope.get("day_from"), last)
    return all(
        _is_day_closed(day, programme, country, world.closed)
        for programme, country in itertools.product(scope["programmes"], scope["countries"])
        for day in days
    )


def _is_day_closed(day: datetime.date, programme: str, country: str, closed: Sequence[Closed]) -> bool:
    above = {programme, PARENT.get(programme, programme)}
    return any(one.programme in above and one.country == country and one.first <= day <= one.last for one in closed)


def _days(first: str | None, last: str) -> list[datetime.date]:
    begin = datetime.date.fromisoformat(first) if first else BEGINNING
    return [begin + datetime.timedelta(days=number) for number in range((datetime.date.fromisoformat(last) - begin).days + 1)]
