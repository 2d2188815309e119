"""Rules of a value: what was said, held against the sum over its scope.

The qualifier says what fits: *exactly* the same; *about* within less than the step to which the speaker rounded (if
that is not said, the last digit that is not a zero, and no more than a tenth of the value); *more than* and *less than* strictly; *tens*, *hundreds* and
*thousands* anything with that many digits. A *target* fits when it is reached, and speaks of deliveries only.

A sum that is smaller than what was said is *part* as long as more may come: until the scope is closed, and never
for a difference. One that is larger contradicts. No sum is never 0: where nothing was booked, or all of it was taken
back, the claim is *unsupported*, unless its very number is counted in another unit, which contradicts it.
"""

import dataclasses
from typing import Final, Literal

from msgspec import UNSET

from models.events.statements import Figure, Part, Qualifier
from models.statements.sums import Amount, ScopeSums
from models.statements.verdicts import Judged, Reason, ReasonCode
from models.units import PER_DAY, UNITS, parse_steps

PERCENT: Final = "percent"
ANNOUNCED: Final = frozenset({"target", "budget"})
"""Measures of what is to come."""

_RANGES: Final[dict[Qualifier, tuple[int, int]]] = {"tens": (10, 99), "hundreds": (100, 999), "thousands": (1_000, 9_999)}

Fit = Literal["fits", "short", "over"]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What was said of one value, in steps of its unit; ``steps`` is None where only its range was said."""

    unit: str
    steps: int | None
    qualifier: Qualifier = "exactly"
    nearest: int | None = None
    counted_in: str | None = None

    @property
    def said(self) -> Amount | None:
        """The value as an amount."""
        return None if self.steps is None else Amount(self.steps, self.unit)

    def fit(self, tally: int) -> Fit:
        """Tell whether a sum fits what was said, or is short of it or over it."""
        if self.steps is None:
            lowest, highest = (bound * 10 ** UNITS[self.unit].decimals for bound in _RANGES[self.qualifier])
            return _fit(tally, lowest=lowest, above_highest=highest + 10 ** UNITS[self.unit].decimals)
        match self.qualifier:
            case "about":
                step = self.nearest if self.nearest is not None else rounded_to(self.steps)
                return _fit(tally, lowest=self.steps - step + 1, above_highest=self.steps + step)
            case "more-than":
                return "fits" if tally > self.steps else "short"
            case "less-than":
                return "fits" if tally < self.steps else "over"
            case "target":
                return "fits" if tally >= self.steps else "short"
            case _:
                return _fit(tally, lowest=self.steps, above_highest=self.steps + 1)

    def gap(self, tally: int) -> Amount | None:
        """Return by how much a sum is above what was said (below it: negative)."""
        return None if self.steps is None else Amount(tally - self.steps, self.unit)


def claim_of(said: Figure | Part) -> Claim | None:
    """Return what a figure or part says of a value; None for a claim that names neither value nor range."""
    if said.unit is UNSET:
        return None
    unit = UNITS[said.unit]
    if isinstance(said, Part):
        return Claim(unit=unit.code, steps=parse_steps(said.value, unit))
    if said.qualifier in _RANGES:
        return Claim(unit=unit.code, steps=None, qualifier=said.qualifier)
    if said.value is UNSET:
        return None
    return Claim(
        unit=unit.code,
        steps=parse_steps(said.value, unit),
        qualifier=said.qualifier,
        nearest=None if said.nearest is UNSET else parse_steps(said.nearest, unit),
        counted_in=None if said.counted_in is UNSET else said.counted_in,
    )


def rounded_to(steps: int) -> int:
    """Return the step to which a number seems to be rounded: that of its last digit that is not a zero, a tenth of it at most."""
    step = 1
    while steps and steps % (step * 10) == 0:
        step *= 10
    return max(1, min(step, abs(steps) // 10))


def judge_value(claim: Claim, scope: ScopeSums, *, less: ScopeSums | None = None, of: ScopeSums | None = None) -> Judged:
    """Hold a value against the sum over its scope, less another, or as a share of another."""
    if claim.unit == PERCENT:
        return _judge_share(claim, scope, of)
    if less is not None:
        return _judge_difference(claim, scope, less)
    tally = scope.total(claim.unit) if claim.qualifier != "target" else _delivered(scope, claim.unit)
    if tally is None:
        return Judged(reason=_nothing(claim, scope))
    if tally < 0:
        return Judged(reason=Reason("stmt.taken_back", {"tally": (Amount(tally, claim.unit),)}), tally=Amount(tally, claim.unit))
    return _compared(claim, tally, is_closed=scope.is_closed)


def _judge_difference(claim: Claim, scope: ScopeSums, less: ScopeSums) -> Judged:
    minuend, subtrahend = scope.total(claim.unit), less.total(claim.unit)
    if minuend is None:
        return Judged(reason=_nothing(claim, scope))
    if subtrahend is None:
        return Judged(reason=Reason("stmt.subtrahend_missing", {"found": (Amount(minuend, claim.unit),)}))
    return _compared(claim, minuend - subtrahend, is_difference=True)


def _judge_share(claim: Claim, scope: ScopeSums, of: ScopeSums | None) -> Judged:
    """Hold a percentage against its two figures, rounded half up to the hundredths that percentages have."""
    if of is None:
        return Judged(reason=Reason("stmt.denominator_missing"))
    units = [unit for unit in dict.fromkeys(amount.unit for amount in (*scope.sums, *of.sums)) if claim.counted_in in {None, unit}]
    both = [(unit, scope.total(unit), of.total(unit)) for unit in units]
    shares = [(Amount(part, unit), Amount(whole, unit)) for unit, part, whole in both if part is not None and whole]
    if not shares:
        return Judged(reason=Reason(_missing_share(any(part is not None for _, part, _ in both), any(whole for _, _, whole in both))))
    if len(shares) > 1:
        return Judged(reason=Reason("stmt.percent_unit_open", {"found": tuple(whole for _, whole in shares)}))
    [(part, whole)] = shares
    per_whole = 100 * 10 ** UNITS[PERCENT].decimals
    hundredths = (2 * per_whole * part.steps + whole.steps) // (2 * whole.steps)
    compared = _compared(claim, hundredths, is_closed=scope.is_closed and of.is_closed)
    return dataclasses.replace(compared, shares=(part, whole))


def _missing_share(has_part: bool, has_whole: bool) -> ReasonCode:  # noqa: FBT001 - the two figures in their order
    if has_part == has_whole:
        return "stmt.percent_figures_missing"
    return "stmt.denominator_missing" if has_part else "stmt.numerator_missing"


def _compared(claim: Claim, tally: int, *, is_closed: bool = False, is_difference: bool = False) -> Judged:
    match claim.fit(tally):
        case "fits":
            code = _how_it_fits(claim, tally)
        case "over":
            code = "stmt.exceeded"
        case "short" if claim.qualifier == "target":
            code = "stmt.target_short"
        case "short" if is_difference:
            code = "stmt.difference_short"
        case _:
            code = "stmt.short_when_closed" if is_closed else "stmt.short_so_far"
    return Judged(reason=_reason(code, claim, tally), tally=Amount(tally, claim.unit), gap=claim.gap(tally))


def _how_it_fits(claim: Claim, tally: int) -> ReasonCode:
    fitting: dict[Qualifier, ReasonCode] = {"more-than": "stmt.more", "less-than": "stmt.less", "target": "stmt.realised"}
    if claim.steps is None:
        return "stmt.in_range"
    return fitting.get(claim.qualifier) or ("stmt.equal" if tally == claim.steps else "stmt.near")


def _nothing(claim: Claim, scope: ScopeSums) -> Reason:
    """Return what to say when nothing was counted in the unit that was said."""
    if claim.qualifier == "target":
        return Reason("stmt.announced_only")
    besides = scope.besides(claim.unit)
    # A number of steps is only the number that was said when both units have the same decimals.
    same = tuple(amount for amount in besides if claim.fit(_rescaled(amount, claim.unit)) == "fits") if claim.qualifier in {"exactly", "about"} else ()
    said = (claim.said,) if claim.said else ()
    if same:
        return Reason("stmt.counted_otherwise", {"said": said, "found": same})
    if besides:
        return Reason("stmt.other_units", {"found": besides})
    if scope.was_taken_back(claim.unit):
        return Reason("stmt.taken_back", {"tally": (Amount(0, claim.unit),)})
    others = tuple(amount for amount in scope.other_measures() if amount.unit.removesuffix(PER_DAY) == claim.unit.removesuffix(PER_DAY))
    return Reason("stmt.other_measures", {"found": others}) if others else Reason("stmt.no_events")


def _rescaled(amount: Amount, unit: str) -> int:
    """Return the same bare number in steps of another unit; one that it cannot write is no number of that unit."""
    steps = amount.steps * 10 ** UNITS[unit].decimals
    whole, rest = divmod(steps, 10 ** UNITS[amount.unit].decimals)
    return -1 if rest else whole


def _delivered(scope: ScopeSums, unit: str) -> int | None:
    return dataclasses.replace(scope, sums=tuple(amount for amount in scope.sums if amount.measure not in ANNOUNCED)).total(unit)


def _reason(code: ReasonCode, claim: Claim, tally: int) -> Reason:
    gap = claim.gap(tally)
    amounts = {"said": (claim.said,) if claim.said else (), "tally": (Amount(tally, claim.unit),), "gap": (gap,) if gap else ()}
    return Reason(code, amounts)


def _fit(tally: int, *, lowest: int, above_highest: int) -> Fit:
    if tally < lowest:
        return "short"
    return "fits" if tally < above_highest else "over"
