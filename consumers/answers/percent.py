"""Percentages: exact, from whole steps, and never without the two figures that they compare."""

import dataclasses
from fractions import Fraction

from models.units import format_steps


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Percent:
    """One figure as a share of another, exact: the two figures, their fraction, and two decimals rounded half to even."""

    part: int
    whole: int
    unit: str

    @property
    def hundredths(self) -> int:
        """The percentage in hundredths."""
        quotient, rest = divmod(self.part * 10_000, self.whole)
        return quotient + (2 * rest > self.whole or (2 * rest == self.whole and quotient % 2 == 1))

    def to_json(self) -> dict[str, str]:
        """Return the percentage as JSON values."""
        sign, digits = "-" if self.hundredths < 0 else "", f"{abs(self.hundredths):03d}"
        fraction = Fraction(self.part, self.whole)
        return {
            "percent": f"{sign}{digits[:-2]}.{digits[-2:]}",
            "part": format_steps(self.part, self.unit),
            "whole": format_steps(self.whole, self.unit),
            "fraction": f"{fraction.numerator}/{fraction.denominator}",
        }
