"""Units and exact quantities: how a written number becomes whole steps of its unit, and back.

A step is the smallest part a unit is counted in (a piece, a millilitre, a minor unit of a currency), so every
quantity is an integer. Adding two units raises ``UnitMismatch``; there is no conversion anywhere. Whether a
quantity may be zero or negative is a rule, not a matter of units. Display names live in ``codelists/units.csv``.
"""

import dataclasses
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

from models.errors import SalurError

UnitKind = Literal["count", "measure", "money", "ratio", "rate"]

MAX_DIGITS: Final = 18
"""More digits do not fit a signed 64-bit column; counted in steps, so that a sum's column can always hold one event."""

MAX_JSON_INTEGER: Final = 2**53
"""A JSON number above this is not exact in every reader; it must be written as a string."""

_TOO_MANY_STEPS: Final = 10**MAX_DIGITS
_STEPS_PER_WHOLE: Final = (1, 10, 100, 1_000)


@dataclasses.dataclass(frozen=True, slots=True)
class Unit:
    """A wire unit, an ISO 4217 currency or a rate per day; one whole unit is ``10 ** decimals`` steps. No item is counted in a rate."""

    code: str
    decimals: int
    kind: UnitKind


PER_DAY: Final = "/day"


def per_day(unit_code: str) -> str:
    """Return the unit of a rate: so many of ``unit_code`` a day."""
    return unit_code + PER_DAY


def _units(*units: Unit) -> Mapping[str, Unit]:
    rates = (Unit(per_day(unit.code), unit.decimals, "rate") for unit in units if unit.kind in {"count", "measure"})
    return MappingProxyType({unit.code: unit for unit in (*units, *rates)})


UNITS: Final[Mapping[str, Unit]] = _units(
    *(
        Unit(code, 0, "count")
        for code in ("person", "household", "group", "payment", "package", "piece", "box", "set", "dose", "person-day", "training-place", "site", "enterprise")
    ),
    Unit("litre", 3, "measure"),
    Unit("kilogram", 3, "measure"),
    Unit("percent", 2, "ratio"),
    # Minor units as ISO 4217 gives them: the won has none.
    Unit("IDR", 2, "money"),
    Unit("HKD", 2, "money"),
    Unit("TWD", 2, "money"),
    Unit("MYR", 2, "money"),
    Unit("SGD", 2, "money"),
    Unit("KRW", 0, "money"),
    Unit("BND", 2, "money"),
)

CURRENCIES: Final = frozenset(unit.code for unit in UNITS.values() if unit.kind == "money")
PEOPLE: Final = frozenset({"person", "household"})
"""The units that recipients are counted in."""


class QuantityInvalid(ValueError):
    """A written number is not an exact quantity of its unit; ``expected`` says what would be, without the number."""

    def __init__(self, expected: str) -> None:
        super().__init__(f"expected {expected}")
        self.expected = expected


class UnitMismatch(SalurError, TypeError):
    """Two quantities of different units were added or compared; ``left`` and ``right`` are their unit codes."""

    def __init__(self, *, left: str, right: str) -> None:
        super().__init__(f"{left} and {right} are different units", hint="ask for one unit at a time; they have no common total")
        self.left = left
        self.right = right


@dataclasses.dataclass(frozen=True, slots=True)
class Quantity:
    """An exact amount: ``steps`` of ``unit``. Adds, subtracts and compares with its own unit only."""

    steps: int
    unit: Unit

    def __add__(self, other: "Quantity") -> "Quantity":
        return Quantity(self.steps + self._steps_of(other), self.unit)

    def __sub__(self, other: "Quantity") -> "Quantity":
        return Quantity(self.steps - self._steps_of(other), self.unit)

    def __neg__(self) -> "Quantity":
        return Quantity(-self.steps, self.unit)

    def __lt__(self, other: "Quantity") -> bool:
        return self.steps < self._steps_of(other)

    def __le__(self, other: "Quantity") -> bool:
        return self.steps <= self._steps_of(other)

    def __str__(self) -> str:
        return f"{format_steps(self.steps, self.unit.code)} {self.unit.code}"

    def _steps_of(self, other: "Quantity") -> int:
        if other.unit != self.unit:
            raise UnitMismatch(left=self.unit.code, right=other.unit.code)
        return other.steps


_DECIMAL: Final = re.compile(r"(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?")


def parse_steps(value: int | str, unit: Unit) -> int:
    """Return the whole steps that ``value`` writes; negative numbers are read, a rule refuses them.

    A string is an ASCII decimal as in JSON without exponent: no sign but a minus, no blanks, no leading zeros, no
    other digits than 0-9. Raises QuantityInvalid for any other form, for more decimals than the unit has, and for
    more than ``MAX_DIGITS`` digits in steps.
    """
    if isinstance(value, str):
        steps = _read_decimal(value, unit)
    elif isinstance(value, bool) or not isinstance(value, int):
        raise QuantityInvalid("a JSON integer or a decimal string")
    elif not -MAX_JSON_INTEGER <= value <= MAX_JSON_INTEGER:
        raise QuantityInvalid("a JSON number of at most 2^53, or the same digits as a string")
    else:
        steps = value * _STEPS_PER_WHOLE[unit.decimals]
    if -_TOO_MANY_STEPS < steps < _TOO_MANY_STEPS:
        return steps
    raise QuantityInvalid(f"at most {MAX_DIGITS} digits, {unit.decimals} of them decimals, for unit {unit.code}")


def _read_decimal(text: str, unit: Unit) -> int:
    # The length is checked before int(), which is slower than linear on long input.
    if len(text) > MAX_DIGITS + 2:
        raise QuantityInvalid(f"at most {MAX_DIGITS} digits")
    # Nearly every quantity is a plain whole number; isdigit() alone would let other scripts' digits pass.
    if text.isdigit() and text.isascii() and text[0] != "0":
        return int(text) * _STEPS_PER_WHOLE[unit.decimals]
    match = _DECIMAL.fullmatch(text)
    if match is None:
        raise QuantityInvalid("ASCII digits with at most one decimal point, as in 1500 or 0.5")
    sign, whole, fraction = match.groups(default="")
    if len(fraction) > unit.decimals:
        raise QuantityInvalid(f"at most {unit.decimals} decimals for unit {unit.code}")
    steps = int(whole + fraction.ljust(unit.decimals, "0"))
    return -steps if sign else steps


def format_steps(steps: int, unit_code: str) -> str:
    """Return ``steps`` as an exact decimal string in whole units, zeros at the end of a fraction dropped. Raises KeyError for an unknown unit."""
    decimals = UNITS[unit_code].decimals
    if not decimals:
        return str(steps)
    digits = str(abs(steps)).rjust(decimals + 1, "0")
    whole, fraction = digits[:-decimals], digits[-decimals:].rstrip("0")
    sign = "-" if steps < 0 else ""
    return f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}"
